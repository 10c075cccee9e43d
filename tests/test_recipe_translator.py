"""The translator's recipe from corpora to folders: a reverse model, back-translation, training with tagged pairs."""

import json
import lzma
from pathlib import Path

import pytest
import sentencepiece

from models.recipes import back_translation, corpora, parallel, seq2seq, terms, translator
from toolkit import repetition

_TOWNS = "Bonn Kiel Gera Jena Köln Ulm Trier Mainz Celle Worms".split()
_NOUNS = {"Brücke": "bridge", "Schule": "school", "Klinik": "hospital", "Straße": "road", "Bücherei": "library"}


def _sentences() -> list[str]:
    return [
        f"Der Rat von {town} hat im Jahr {year} den Bau der {german} beschlossen.\t"
        f"In {year} the council of {town} decided to build the {english}."
        for town in _TOWNS
        for year in range(2001, 2009)
        for german, english in _NOUNS.items()
    ]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder as the recipes read it: two small corpora, one of them by machine, leads and a held-out set."""
    folder = tmp_path / "data"
    for name in ("parallel", "summarization", "dev/translation", "dev/summarization", "dev/topics"):
        (folder / name).mkdir(parents=True)
    lines = _sentences()
    for name, part in (("news", lines[:300]), ("machine", lines[300:])):
        with lzma.open(folder / "parallel" / f"{name}.tsv.xz", "wt", encoding="utf-8") as out:
            out.write("".join(f"{line}\n" for line in part))
    held = folder / "dev" / "translation"
    (held / "newstest2018.de").write_text("Der Rat von Ahlen tagt heute wieder im Saal.\n", encoding="utf-8")
    (held / "newstest2018.en").write_text("The council of Ahlen meets again in the hall today.\n", encoding="utf-8")
    with lzma.open(folder / "summarization" / "newsapi.tsv.xz", "wt", encoding="utf-8") as out:
        for town in _TOWNS:
            out.write(f"The council of {town} met late on Monday. The mayor was not there…\tCouncil\t\t2020\tx\n")
        out.write("The council of Ahlen meets again in the hall today.\tHeld out\t\t2020\tx\n")
    monkeypatch.setattr(
        corpora,
        "CORPORA",
        (corpora.Corpus("news", 2, "CC0"), corpora.Corpus("machine", 1, "CC0", synthetic_source=True)),
    )
    monkeypatch.setattr(terms, "_COMMON_WORDS", 3)
    return folder


def _run(monkeypatch: pytest.MonkeyPatch, data: Path, work: Path, *extra: str | Path) -> None:
    arguments = ["--data", data, "--work", work, "--vocabulary", "390", "--d-model", "64", "--feed-forward", "64"]
    arguments += ["--batch-tokens", "512", "--steps", "30", "--short-first", "0", "--device", "cpu", *extra]
    monkeypatch.setattr("sys.argv", ["translator", *map(str, arguments)])
    translator.main()


def test_back_translation_from_the_reverse_model_to_tagged_pairs(
    monkeypatch: pytest.MonkeyPatch, data: Path, tmp_path: Path
) -> None:
    _run(monkeypatch, data, tmp_path / "reverse", "--reverse")
    mixture = json.loads((tmp_path / "reverse" / "mixture.json").read_text(encoding="utf-8"))
    assert mixture["pairs"] == {"news": 600}  # no German by machine to learn to write

    english = back_translation.sentences(data)
    assert sorted(english) == sorted(f"The council of {town} met late on Monday." for town in _TOWNS)
    work = tmp_path / "back"
    arguments = ["--model", tmp_path / "reverse" / "model", "--data", data, "--work", work, "--device", "cpu"]
    monkeypatch.setattr("sys.argv", ["back_translation", *map(str, arguments)])
    monkeypatch.setattr(back_translation, "PART", 4)
    monkeypatch.setattr(corpora, "is_clean", lambda source, target: True)  # thirty steps write no German yet
    monkeypatch.setattr(repetition, "is_looping", lambda source, target: False)
    back_translation.main()
    parts = sorted((work / "parts").iterdir())
    assert len(parts) == 3
    pairs = list(corpora.read_pairs(work, "pairs"))
    assert {target for _, target in pairs} <= set(english)
    # Interrupted and started again: finished parts are kept, a missing one is made anew.
    kept, lost = parts[0].stat().st_mtime_ns, parts[1].read_bytes()
    parts[1].unlink()
    back_translation.main()
    assert parts[0].stat().st_mtime_ns == kept
    assert parts[1].read_bytes() == lost

    with lzma.open(work / "pairs.tsv.xz", "wt", encoding="utf-8") as out:
        out.write("Der Rat traf sich spät.\tThe council met late.\n")
    _run(monkeypatch, data, tmp_path / "forward", "--back-translated", work / "pairs.tsv.xz", "--stop-after", "2")
    encoded = seq2seq.EncodedPairs.load(tmp_path / "forward" / "train.npz")
    mixture = json.loads((tmp_path / "forward" / "mixture.json").read_text(encoding="utf-8"))
    assert mixture["back_translated"] == 1
    assert mixture["with_terms"] > 0
    processor = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "forward" / "source.spm"))
    last = [encoded.ids[side][encoded.offsets[side][-2] : encoded.offsets[side][-1]].tolist() for side in (0, 1)]
    assert last[0] == [processor.piece_to_id("⟦bt⟧"), *processor.encode("Der Rat traf sich spät."), 0]
    assert last[1] == [*processor.encode("The council met late."), 0]


def test_prepared_once(data: Path, tmp_path: Path) -> None:
    parallel.prepare(data, tmp_path / "work", vocabulary_size=390, seed=1)
    first = (tmp_path / "work" / "train.npz").read_bytes()
    parallel.prepare(data, tmp_path / "again", vocabulary_size=390, seed=1)
    assert (tmp_path / "again" / "train.npz").read_bytes() == first
    (tmp_path / "work" / "train.npz").unlink()
    parallel.prepare(data, tmp_path / "work", vocabulary_size=390, seed=1)
    assert not (tmp_path / "work" / "train.npz").exists()
