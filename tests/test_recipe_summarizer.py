"""The summariser's recipe on tiny data: prepared, trained with exact resume, exported for every engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sentencepiece
import torch
from safetensors.torch import load_file

from models.recipes import corpora, seq2seq, summaries, summarizer, translation_scores, vocabulary
from tests import corpora_samples, tiny_models
from toolkit.control import HEADLINE, SENTENCE
from toolkit.engines import EngineSettings
from toolkit.summarization import Summarizer

ARTICLES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "summaries.jsonl").read_text(encoding="utf-8").splitlines()
]
TEXT = "The city of Bremen plans a park on the river this summer. The park costs two million euros. It opens in May."


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like the translator's, with random weights."""
    folder = tmp_path_factory.mktemp("translator")
    lines = [*tiny_models.ENGLISH, *tiny_models.GERMAN, *(article["text"] for article in ARTICLES)]
    spm = vocabulary.train(lines, size=500, folder=tmp_path_factory.mktemp("vocabulary"))
    size = seq2seq.Size(d_model=64, feed_forward=64, heads=2, encoder_layers=1, decoder_layers=1, positions=128)
    pieces = len(sentencepiece.SentencePieceProcessor(model_file=str(spm)))
    seq2seq.export(seq2seq.build_model(size, vocabulary=pieces, seed=1), folder)
    vocabulary.write_tokenizer(spm, folder)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Corpora of our own sentences; one of them is in a development set too."""
    towns = [*corpora_samples.TOWNS, "Bremen", "Suhl"]
    copies = [(f"Guten Tag {town}.", f"Good morning to {town} today.") for town in towns]
    folder = corpora_samples.write_folder(
        tmp_path_factory.mktemp("summaries") / "data",
        parallel={summaries.COPIES[0]: copies},
        newsapi=corpora_samples.leads(("budget", "harbour", "museum", "bridge"), towns),
    )
    held = {
        "document": "The mayor of Gera has resigned after a dispute about the museum, police said. It rained.",
        "summary": "x",
    }
    (folder / "dev" / "summarization" / "held.jsonl").write_text(json.dumps(held) + "\n", encoding="utf-8")
    return folder


def _run(monkeypatch: pytest.MonkeyPatch, translator: Path, data: Path, work: Path, *extra: str) -> Path:
    output = work / "model"
    arguments = ["--data", data, "--work", work, "--translator", translator, "--output", output, "--steps", "20"]
    arguments += ["--batch-tokens", "256", "--leads", "100", "--device", "cpu", *extra]
    monkeypatch.setattr("sys.argv", ["summarizer", *map(str, arguments)])
    summarizer.main()
    return output


def test_interrupted_and_resumed_is_uninterrupted_and_every_engine_reads_the_result(
    monkeypatch: pytest.MonkeyPatch, translator: Path, data: Path, tmp_path: Path
) -> None:
    for work in ("whole", "resumed"):
        _run(monkeypatch, translator, data, tmp_path / work, "--only", "prepare")
    whole = _run(monkeypatch, translator, data, tmp_path / "whole", "--only", "train")
    for stop in ("5", "13"):
        _run(monkeypatch, translator, data, tmp_path / "resumed", "--only", "train", "--stop-after", stop)
    assert not (tmp_path / "resumed" / "model").exists()
    resumed = _run(monkeypatch, translator, data, tmp_path / "resumed", "--only", "train")
    one, other = (load_file(folder / "model.safetensors") for folder in (whole, resumed))
    assert all(torch.equal(one[name], other[name]) for name in one)
    before = load_file(translator / "model.safetensors")
    assert any(not torch.equal(one[name], before[name]) for name in one)
    assert (whole / "source.spm").read_bytes() == (translator / "source.spm").read_bytes()
    run = json.loads((tmp_path / "whole" / "run.json").read_text(encoding="utf-8"))
    assert run["steps"] == 20
    assert run["tokens"] > 0
    for engine in ("ct2", "hf"):
        summary = Summarizer(whole, settings=EngineSettings(engine=engine, threads=1)).summarize(TEXT, sentences=2)
        assert summary.headline
        assert summary.sentences


def test_it_goes_on_from_another_summariser_and_is_averaged_with_it(
    monkeypatch: pytest.MonkeyPatch, translator: Path, data: Path, tmp_path: Path
) -> None:
    start = tmp_path / "start"
    changed = seq2seq.load_model(translator)
    with torch.no_grad():
        next(p for name, p in changed.named_parameters() if name == "model.shared.weight").mul_(0.5)
    seq2seq.export(changed, start)
    _run(monkeypatch, translator, data, tmp_path, "--only", "prepare")
    options = ["--only", "train", "--start", str(start), "--steps", "2"]
    found = []
    for share in ("0", "0.25"):
        folder = _run(monkeypatch, translator, data, tmp_path, *options, "--start-share", share)
        found.append(load_file(folder / "model.safetensors"))
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["start_share"] == 0.25
    alone, blended = found
    begun = load_file(start / "model.safetensors")
    for name, weights in blended.items():
        expected = 0.75 * alone[name].float() + 0.25 * begun[name].float()
        torch.testing.assert_close(weights.float(), expected, msg=name, rtol=0.01, atol=0.001)
    size, whole = (w["model.shared.weight"].float().std() for w in (alone, load_file(translator / "model.safetensors")))
    assert size < 0.7 * whole, "it began from the translator"
    with pytest.raises(SystemExit):
        _run(monkeypatch, translator, data, tmp_path, *options, "--start-share", "1")


def test_prepared_pairs(monkeypatch: pytest.MonkeyPatch, translator: Path, data: Path, tmp_path: Path) -> None:
    _run(monkeypatch, translator, data, tmp_path, "--only", "prepare")
    lines = (tmp_path / "examples.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines
    assert not any("Gera" in line and "museum" in line for line in lines), "a sentence of a development set"
    assert any("Gera" in line for line in lines)
    mixture = json.loads((tmp_path / "mixture.json").read_text(encoding="utf-8"))
    pairs = seq2seq.EncodedPairs.load(tmp_path / "train.npz")
    assert sum(mixture.values()) == len(pairs)
    assert mixture[f"{summaries.COPIES[0]} {SENTENCE}"] == 12
    # An engine sends the token, a space and the text: the same pieces.
    processor = sentencepiece.SentencePieceProcessor(model_file=str(translator / "source.spm"))
    example = summaries.Example("newsapi", HEADLINE, "The mayor resigned.", "Mayor resigned")
    source, target = summarizer.encode([example], translator / "source.spm")[0]
    assert source == processor.encode("⟦headline⟧ The mayor resigned.")
    assert processor.piece_to_id("⟦headline⟧") in source
    assert target == processor.encode("Mayor resigned")
    before = (tmp_path / "train.npz").stat().st_mtime_ns
    _run(monkeypatch, translator, data, tmp_path, "--only", "prepare")
    assert (tmp_path / "train.npz").stat().st_mtime_ns == before


def test_stories_are_translated_once_and_kept(
    monkeypatch: pytest.MonkeyPatch, translator: Path, data: Path, tmp_path: Path
) -> None:
    en = ["The mayor of Jena has resigned after a dispute about debts.", "Her deputy, Paul Winter, will lead the city."]
    story = {"de": ["Eins.", "Zwei."], "en": en, "headline": "Mayor of Jena has resigned", "rewritings": []}
    monkeypatch.setattr(corpora, "stories", lambda: [story])
    monkeypatch.setattr(translation_scores, "translate_lines", lambda *_, **__: (list(reversed(en)), 0.0))
    _run(monkeypatch, translator, data, tmp_path, "--only", "prepare", "--translated-stories", "--stories", "2")
    assert json.loads((tmp_path / "mixture.json").read_text(encoding="utf-8"))[f"{corpora.STORIES} {HEADLINE}"] == 4
    monkeypatch.setattr(translation_scores, "translate_lines", None)
    (tmp_path / "held_out.npz").unlink()
    _run(monkeypatch, translator, data, tmp_path, "--only", "prepare", "--translated-stories", "--stories", "3")
    assert json.loads((tmp_path / "mixture.json").read_text(encoding="utf-8"))[f"{corpora.STORIES} {HEADLINE}"] == 6


def test_short_targets_are_padded_to_their_own_length() -> None:
    pairs = seq2seq.EncodedPairs.build([([5] * 50, [6] * (i % 20 + 2)) for i in range(80)])
    plan = seq2seq.batches(pairs, batch_tokens=400, epoch=0, seed=1, short_targets=True)
    assert {int(row) for _, rows in plan for row in rows} == set(range(80))
    widths = {seq2seq.target_length(pairs, rows, length) for length, rows in plan}
    assert widths == {12, 16, 24}
    assert {length for length, _ in plan} == {56}
