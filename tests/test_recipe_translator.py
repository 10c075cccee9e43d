"""The translator's recipe from corpora to folders: a reverse model, back-translation, training with tagged pairs."""

import json
from pathlib import Path

import pytest
import sentencepiece
import torch

from models.recipes import back_translation, corpora, parallel, seq2seq, terms, translator
from tests import corpora_samples


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder as the recipes read it: two small corpora, one of them by machine, leads and a held-out set."""
    pairs = corpora_samples.pairs(range(2001, 2009))
    newsapi = [
        f"The council of {town} met late on Monday. The mayor was not there…\tCouncil\t\t2020\tx\n"
        for town in corpora_samples.TOWNS
    ]
    newsapi.append("The council of Ahlen meets again in the hall today.\tHeld out\t\t2020\tx\n")
    parallel = {"news": pairs[:300], "machine": pairs[300:]}
    folder = corpora_samples.write_folder(tmp_path / "data", parallel=parallel, newsapi=newsapi, only_leads=True)
    monkeypatch.setattr(
        corpora,
        "CORPORA",
        (corpora.Corpus("news", 2, "CC0"), corpora.Corpus("machine", 1, "CC0", synthetic_source=True)),
    )
    monkeypatch.setattr(terms, "_COMMON_WORDS", 3)
    return folder


def _run(monkeypatch: pytest.MonkeyPatch, data: Path, work: Path, *extra: str | Path) -> None:
    arguments = ["--data", data, "--work", work, "--vocabulary", "400", "--d-model", "64", "--feed-forward", "64"]
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
    assert sorted(english) == sorted(f"The council of {town} met late on Monday." for town in corpora_samples.TOWNS)
    work = tmp_path / "back"
    arguments = ["--model", tmp_path / "reverse" / "model", "--data", data, "--work", work, "--device", "cpu"]
    monkeypatch.setattr("sys.argv", ["back_translation", *map(str, arguments)])
    monkeypatch.setitem(back_translation.PART, "cpu", 4)
    monkeypatch.setattr(back_translation, "is_usable", lambda german, english: True)  # thirty steps write no German yet
    back_translation.main()
    parts = sorted((work / "parts").iterdir())
    assert len(parts) == 3
    pairs = seq2seq.EncodedPairs.load(work / "pairs.npz")
    processor = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "reverse" / "source.spm"))
    assert sorted(processor.decode(pairs.side(1))) == sorted(english)
    assert {source[0] for source in pairs.side(0)} == {processor.piece_to_id("⟦bt⟧")}
    # Interrupted and started again: finished parts are kept, a missing one is made anew.
    kept, lost = parts[0].stat().st_mtime_ns, parts[1].read_bytes()
    parts[1].unlink()
    back_translation.main()
    assert parts[0].stat().st_mtime_ns == kept
    assert parts[1].read_bytes() == lost

    written = ("--back-translated", work / "pairs.npz", "--most-back-translated", "3", "--back-translated-weight", "2")
    spm = ("--spm", tmp_path / "reverse" / "source.spm")
    _run(
        monkeypatch,
        data,
        tmp_path / "forward",
        *written,
        *spm,
        "--unscored",
        "--output",
        tmp_path / "forward" / "model",
    )
    own = len(seq2seq.EncodedPairs.load(tmp_path / "forward" / "train.npz"))
    run = json.loads((tmp_path / "forward" / "run.json").read_text(encoding="utf-8"))
    mixture = json.loads((tmp_path / "forward" / "mixture.json").read_text(encoding="utf-8"))
    assert (run["back_translated"], run["back_translated_weight"], mixture["encoded"]) == (3, 2, own)
    assert mixture["with_terms"] > 0
    assert (tmp_path / "forward" / "source.spm").read_bytes() == spm[1].read_bytes()


def test_it_goes_on_from_a_smaller_model_and_is_averaged_with_it(
    monkeypatch: pytest.MonkeyPatch, data: Path, tmp_path: Path
) -> None:
    first, further = tmp_path / "first", tmp_path / "further"
    _run(monkeypatch, data, first, "--steps", "3", "--unscored", "--output", first / "model")
    options: list[str | Path] = ["--start", first / "model", "--feed-forward", "96", "--steps", "3"]
    options += ["--unscored", "--output"]
    _run(monkeypatch, data, further, *options, further / "alone")
    # A finished training is exported again, with another share.
    _run(monkeypatch, data, further, *options, further / "blended", "--start-share", "0.25")
    assert json.loads((further / "run.json").read_text(encoding="utf-8"))["start_share"] == 0.25
    alone, blended = (seq2seq.load_model(further / name) for name in ("alone", "blended"))
    assert alone.config.encoder_ffn_dim == blended.config.decoder_ffn_dim == 96
    start = seq2seq.widen(seq2seq.load_model(first / "model"), 96, seed=1).state_dict()
    before = alone.state_dict()
    for name, weights in blended.state_dict().items():
        torch.testing.assert_close(weights, 0.75 * before[name] + 0.25 * start[name], msg=name, rtol=0.01, atol=0.001)
    _run(monkeypatch, data, further, *options, further / "both", "--blend", further / "blended", "0.5")
    for name, weights in seq2seq.load_model(further / "both").state_dict().items():
        torch.testing.assert_close(weights, 0.875 * before[name] + 0.125 * start[name], msg=name, rtol=0.01, atol=0.001)
    assert json.loads((further / "run.json").read_text(encoding="utf-8"))["other_shares"] == [0.5]
    for shares in (
        ["--start-share", "1"],
        ["--blend", further, "x"],
        ["--blend", further, ".6", "--start-share", ".4"],
    ):
        with pytest.raises(SystemExit):
            _run(monkeypatch, data, further, *options, further / "blended", *shares)


def test_what_loops_or_is_no_translation_is_not_learned_from() -> None:
    assert back_translation.is_usable("Der Rat traf sich spät am Montag.", "The council met late on Monday.")
    assert not back_translation.is_usable("", "The council met late on Monday.")
    assert not back_translation.is_usable("Der Rat der Rat der Rat der Rat.", "The council met late on Monday.")
    assert not back_translation.is_usable("Ja.", "The council met late on Monday, and nobody else was in the room.")


def test_prepared_once(data: Path, tmp_path: Path) -> None:
    parallel.prepare(data, tmp_path / "work", vocabulary_size=400, seed=1)
    first = (tmp_path / "work" / "train.npz").read_bytes()
    parallel.prepare(data, tmp_path / "again", vocabulary_size=400, seed=1)
    assert (tmp_path / "again" / "train.npz").read_bytes() == first
    (tmp_path / "work" / "train.npz").unlink()
    parallel.prepare(data, tmp_path / "work", vocabulary_size=400, seed=1)
    assert not (tmp_path / "work" / "train.npz").exists()


def test_what_was_measured_is_not_measured_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from models.recipes import (
        doubt,
        glossary_scores,
        publishing,
        rescue_scores,
        robustness_scores,
        translation_scores,
        translator_card,
    )

    called: list[str] = []

    def written(path: Path) -> None:
        called.append(path.name)
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}", encoding="utf-8")

    monkeypatch.setattr(publishing, "publish", lambda task, folder, licence: called.append(f"published {folder.name}"))
    monkeypatch.setattr(doubt, "main", lambda arguments: written(Path(arguments[-1]) / "report.json"))
    for module in (translation_scores, robustness_scores, rescue_scores, glossary_scores):
        monkeypatch.setattr(module, "write_scores", lambda *args, path, **options: written(path))
    monkeypatch.setattr(translator_card, "write_card", lambda work, folder: called.append("card"))
    model = tmp_path / "model"
    translator.measure(tmp_path, tmp_path, model)
    reports = ["report.json", "scores.json", "robustness.json", "rescue.json", "glossary.json"]
    assert called == ["published model", *reports, "card"]
    called.clear()
    (tmp_path / "rescue.json").unlink()
    translator.measure(tmp_path, tmp_path, model)
    assert called == ["published model", "rescue.json", "card"]


def test_measured_anew_without_the_files_of_the_training_the_card_keeps_what_it_says_of_it(tmp_path: Path) -> None:
    from models.recipes import translator_card

    work, model = tmp_path / "work", tmp_path / "model"
    for folder in (work, model):
        folder.mkdir()
    names = ("encoder_layers", "decoder_layers", "d_model", "encoder_ffn_dim", "encoder_attention_heads", "vocab_size")
    config = dict.fromkeys((*names, "max_position_embeddings"), 8)
    (model / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (model / "model.safetensors").write_bytes(b"")
    row = {"bleu": 12.3, "chrf": 45.6, "signatures": ["one", "two"], "words_per_second": 7}
    told = ("sentences", "plain_applied", "term_applied", "plain_chrf", "term_chrf", "placeholder_kept")
    scores = {"newstest2018": {"int8 beam 4": row}}
    (work / "scores.json").write_text(json.dumps(scores), encoding="utf-8")
    (work / "robustness.json").write_text(json.dumps({"robustness": {}, "terms": dict.fromkeys(told, 0)}), "utf-8")
    (model / "README.md").write_text("# another card\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="neither"):
        translator_card.write_card(work, model)
    training = "## Training\nOn a Monday.\n\n| corpus | pairs |\n|---|---:|\n| a | 3 |\n\n"
    (model / "README.md").write_text(f"# old\n1.0\n{training}## Licence\nOld.\n", encoding="utf-8")
    translator_card.write_card(work, model)
    card = (model / "README.md").read_text(encoding="utf-8")
    assert card.count(training) == 1
    assert "12.3" in card
    assert "# old" not in card
    translator_card.write_card(work, model)
    assert (model / "README.md").read_text(encoding="utf-8") == card
