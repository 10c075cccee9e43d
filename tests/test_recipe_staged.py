"""All models in one run, from packed archives alone, interrupted and gone on with."""

import json
import lzma
import time
from pathlib import Path

import pytest
import sentencepiece

from models.recipes import back_translation, corpora, parallel, seq2seq, staged, summaries, terms, vocabulary

_TOWNS = "Bonn Kiel Gera Jena Köln Ulm Trier Mainz Celle Worms".split()
_NOUNS = {"Brücke": "bridge", "Schule": "school", "Klinik": "hospital", "Straße": "road", "Bücherei": "library"}
_PAIRS = [
    (f"Der Rat von {town} hat im Jahr {year} den Bau der {german} beschlossen.",
     f"In {year} the council of {town} decided to build the {english}.")
    for town in _TOWNS
    for year in range(2001, 2005)
    for german, english in _NOUNS.items()
]  # fmt: skip
_LEADS = [
    f"The mayor of {town} has resigned after a dispute about the {thing}, police said. Nobody else was in the room."
    f"\tMayor of {town} resigned after the dispute about the {thing}\t\t2020-01-01\tNews\n"
    for town in _TOWNS
    for thing in _NOUNS.values()
]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder as the recipes read it."""
    folder = tmp_path / "data"
    for name in ("parallel", "summarization", "dev/translation", "dev/summarization", "dev/topics"):
        (folder / name).mkdir(parents=True)
    for name, part in (("newstest_human_08-17", _PAIRS[:150]), ("talks", _PAIRS[150:])):
        with lzma.open(folder / "parallel" / f"{name}.tsv.xz", "wt", encoding="utf-8") as out:
            out.writelines(f"{german}\t{english}\n" for german, english in part)
    held = folder / "dev" / "translation"
    (held / "newstest2018.de").write_text("Der Rat von Ahlen tagt heute wieder im Saal.\n", encoding="utf-8")
    (held / "newstest2018.en").write_text("The council of Ahlen meets again in the hall today.\n", encoding="utf-8")
    with lzma.open(folder / "summarization" / "newsapi.tsv.xz", "wt", encoding="utf-8") as out:
        out.writelines(_LEADS)
    for name in summaries.CORPORA:
        if name != "newsapi":
            with lzma.open(folder / "summarization" / f"{name}.jsonl.xz", "wt", encoding="utf-8") as file:
                file.write(json.dumps({"document": _LEADS[0].split("\t")[0], "summary": "The mayor of Jena resigned."}))
    known = (corpora.Corpus("newstest_human_08-17", 2, "CC0"), corpora.Corpus("talks", 1, "CC0"))
    monkeypatch.setattr(corpora, "CORPORA", known)
    monkeypatch.setattr(summaries, "COPIES", ("newstest_human_08-17",))
    monkeypatch.setattr(terms, "_COMMON_WORDS", 3)
    monkeypatch.setattr(back_translation, "is_usable", lambda german, english: True)  # a few steps write no German yet
    return folder


def test_everything_from_the_archives_alone(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [side for pair in _PAIRS for side in pair] + _LEADS
    spm = vocabulary.train(lines, size=420, folder=tmp_path / "vocabulary")
    written = staged.pack(data, tmp_path / "work", spm=spm, seed=1)
    assert [path.name for path in written] == ["pairs.xz", "english.xz", "summarizer.xz"]

    root = tmp_path / "root"
    staged.unpack_pairs(written[0], root)
    for name in staged.SETS:
        before = seq2seq.EncodedPairs.load(tmp_path / "work" / name / "train.npz")
        after = seq2seq.EncodedPairs.load(root / name / "train.npz")
        assert (after.side(0), after.side(1)) == (before.side(0), before.side(1))

    monkeypatch.setattr(corpora, "mixture", None)  # the corpora are not read again
    options = ["run", "--packed", written[0].parent, "--root", root, "--steps", "4", "--batch-tokens", "512"]
    options += ["--reverse", "64", "64", "--size", "64", "64", "--device", "cpu", "--count", "6"]
    late = written[2].rename(tmp_path / "late.xz")

    def interrupted(path: Path) -> None:
        if not path.exists():
            raise KeyboardInterrupt

    monkeypatch.setattr(staged, "_wait_for", interrupted)
    with pytest.raises(KeyboardInterrupt):
        staged.main([str(option) for option in options])
    done = {path.name: path.stat().st_mtime_ns for path in (root / "done").iterdir()}
    assert list(staged.SHARES)[:-1] == sorted(done, key=done.__getitem__)

    late.rename(written[2])
    staged.main([str(option) for option in options])
    assert all((root / "done" / name).stat().st_mtime_ns == time for name, time in done.items())
    assert (root / "done" / "summarizer").exists()
    for name in ("reverse", "without", "with", "translator", "news", "summarizer"):
        assert (root / name / "model" / "model.safetensors").stat().st_size > 0
        if name not in {"reverse", "summarizer"}:
            assert len((root / "outputs" / f"{name}.newstest2018.en").read_text(encoding="utf-8").splitlines()) == 1
    counts = {
        name: json.loads((root / name / "run.json").read_text(encoding="utf-8"))["back_translated"]
        for name in ("without", "with", "translator", "news")
    }
    assert counts == {"without": 0, "with": 6, "translator": 6, "news": 6}
    processor = sentencepiece.SentencePieceProcessor(model_file=str(spm))
    pairs = seq2seq.EncodedPairs.load(root / "back-translation" / "pairs.npz")
    english = (tmp_path / "work" / "english.txt").read_text(encoding="utf-8").splitlines()
    assert sorted(processor.decode(pairs.side(1))) == sorted(english[:6])


def test_steps_fit_the_time_that_is_left(tmp_path: Path) -> None:
    pairs = seq2seq.EncodedPairs.build([([2, 3, 4], [3, 4, 5])] * 40)
    (tmp_path / "forward").mkdir()
    vocabulary.train([side for pair in _PAIRS for side in pair], size=400, folder=tmp_path / "forward")
    size = (64, 64)
    now = time.time()
    plan = staged.Run(root=tmp_path, seconds=1000, started=now, device="cpu", batch_tokens=64)
    some = staged._steps(plan, "reverse", pairs, lambda: staged._new(plan, size))
    late = staged.Run(root=tmp_path, seconds=1000, started=now - 160, device="cpu", batch_tokens=64)
    assert some > 3 * staged._steps(late, "reverse", pairs, lambda: staged._new(plan, size))
    assert plan.left("summarizer") == pytest.approx(1000, abs=60)


def test_news_are_the_corpora_of_weight(data: Path, tmp_path: Path) -> None:
    spm = vocabulary.train([side for pair in _PAIRS for side in pair], size=400, folder=tmp_path / "vocabulary")
    parallel.prepare(data, tmp_path / "news", vocabulary_size=0, seed=1, spm=spm, least_weight=staged.NEWS_WEIGHT)
    assert json.loads((tmp_path / "news" / "mixture.json").read_text(encoding="utf-8"))["pairs"] == {
        "newstest_human_08-17": 300
    }
