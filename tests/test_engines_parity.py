"""Both engines, the same weights in float32: the same text, the same log-probability."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest

from tests import families, tiny_models
from toolkit import store
from toolkit.engines import EngineSettings, GenerationOptions, Seq2SeqEngine, load_encoder, load_seq2seq
from toolkit.engines.weights import quiet

FLOAT32 = EngineSettings(precision="float32", threads=1)
REFERENCE = EngineSettings(engine="hf", precision="float32", threads=1)
OPTIONS = {
    "greedy": GenerationOptions(beam=1, max_tokens=30),
    "beam": GenerationOptions(beam=4, max_tokens=30),
    "penalty": GenerationOptions(beam=4, max_tokens=30, length_penalty=0.6, min_tokens=3),
    "ngrams": GenerationOptions(beam=4, max_tokens=30, no_repeat_ngram=2, min_tokens=1),
    "least": GenerationOptions(beam=2, max_tokens=20, min_tokens=9),
    "cut": GenerationOptions(beam=2, max_tokens=4, min_tokens=1),
    "longest": GenerationOptions(beam=1, max_tokens=140),
}


@pytest.fixture(scope="module")
def engines() -> dict[str, tuple[Seq2SeqEngine, Seq2SeqEngine]]:
    return {}


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.engines.conversion.convert", families.convert_here)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("family", families.SEQ2SEQ)
def test_same_text_and_log_probability(
    engines: dict[str, tuple[Seq2SeqEngine, Seq2SeqEngine]], family: str, options: str
) -> None:
    if family not in engines:
        model = families.seq2seq(family)
        engines[family] = (load_seq2seq(model, FLOAT32), load_seq2seq(model, REFERENCE))
    fast, reference = engines[family]
    assert (fast.name, reference.name) == ("ct2", "hf")
    texts = families.SEQ2SEQ[family][2][: 2 if options == "longest" else 16]
    fast_out = fast.generate(texts, options=OPTIONS[options])
    reference_out = reference.generate(texts, options=OPTIONS[options])
    for ours, theirs in zip(fast_out, reference_out, strict=True):
        assert (ours.text, ours.tokens, ours.cut) == (theirs.text, theirs.tokens, theirs.cut)
        assert math.isclose(ours.log_prob, theirs.log_prob, abs_tol=1e-3)
        assert ours.tokens <= OPTIONS[options].max_tokens
        assert ours.log_prob <= 0
    # The comparison means something: different texts, of which some end by themselves.
    assert len({generation.text for generation in fast_out}) > len(texts) // 3
    assert fast.count_tokens(texts) == reference.count_tokens(texts)


def test_log_probability_is_the_mean_over_tokens_and_end_mark() -> None:
    """Against the model itself, forced through the output."""
    import torch
    import transformers

    from toolkit.engines.ct2 import Ct2Seq2Seq
    from toolkit.engines.tokenization import MarianTokenizer

    model = families.seq2seq("marian")
    tokenizer = MarianTokenizer(model.folder)
    with quiet():
        weights = transformers.MarianMTModel.from_pretrained(str(model.folder))
    pad = weights.config.pad_token_id
    texts = families.SEQ2SEQ["marian"][2]
    options = GenerationOptions(beam=4, max_tokens=30, length_penalty=0.5, min_tokens=2)
    engine = load_seq2seq(model, FLOAT32)
    assert isinstance(engine, Ct2Seq2Seq)
    sources = tokenizer.encode(texts)
    hypotheses = [future.result().hypotheses[0] for future in engine._submit(sources, options)]
    for source, hypothesis, output in zip(sources, hypotheses, engine.generate(texts, options=options), strict=True):
        ids = tokenizer.ids(hypothesis)
        assert len(ids) == output.tokens + 1
        with torch.no_grad():
            logits = weights(
                input_ids=torch.tensor([tokenizer.ids(source)]), decoder_input_ids=torch.tensor([[pad, *ids[:-1]]])
            ).logits[0]
        logits[:, pad] = float("-inf")
        steps = logits.log_softmax(-1)[torch.arange(len(ids)), torch.tensor(ids)]
        # At least two tokens: the model gave the end mark no probability in the first two steps.
        for step in range(2):
            end = logits[step].log_softmax(-1)[0].exp()
            steps[step] -= torch.log1p(-end)
        assert math.isclose(output.log_prob, steps.mean().item(), abs_tol=1e-3)


@pytest.mark.parametrize("pooling", families.ENCODERS)
def test_same_vectors(pooling: str) -> None:
    model = families.model(families.ENCODERS[pooling], "topics")
    texts = [*tiny_models.ENGLISH, "", "Goal!", "ein  Wort"]
    fast, reference = load_encoder(model, FLOAT32), load_encoder(model, REFERENCE)
    assert (fast.name, reference.name) == ("ct2", "hf")
    fast_vectors, reference_vectors = fast.embed(texts), reference.embed(texts)
    for ours, theirs in zip(fast_vectors, reference_vectors, strict=True):
        assert math.isclose(math.hypot(*ours), 1.0, abs_tol=1e-5)
        assert max(abs(x - y) for x, y in zip(ours, theirs, strict=True)) < 1e-4
    assert max(abs(x - y) for x, y in zip(fast_vectors[0], fast_vectors[1], strict=True)) > 1e-2
    assert fast.count_tokens(texts) == reference.count_tokens(texts)
    assert fast.max_source_tokens == reference.max_source_tokens == 96
    words = [[text.split()] for text in tiny_models.ENGLISH[:5]] + [[["Two", "teams"], ["met", "\u200b"]]]
    for rows, others, parts in zip(fast.encode_words(words), reference.encode_words(words), words, strict=True):
        assert rows.shape == others.shape == (2 + sum(map(len, parts)), len(fast_vectors[0]))
        assert abs(rows - others).max() < 1e-4


def test_poolings_differ() -> None:
    vectors = [
        load_encoder(families.model(families.ENCODERS[pooling], "topics"), FLOAT32).embed(["Two teams met."])[0]
        for pooling in ("mean", "cls", "max")
    ]
    assert len({tuple(round(value, 3) for value in vector) for vector in vectors}) == 3


def test_without_a_word_on_pooling_it_is_the_mean(tmp_path: Path) -> None:
    said = families.model(families.ENCODERS["mean"], "topics")
    folder = Path(shutil.copytree(said.folder, tmp_path / "bert"))
    shutil.rmtree(folder / "1_Pooling")
    unsaid = store.resolve(folder, task="topics")
    texts = ["Two teams met."]
    assert load_encoder(unsaid, FLOAT32).embed(texts) == load_encoder(said, FLOAT32).embed(texts)
