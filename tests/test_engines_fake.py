from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.engines import EngineSettings, GenerationOptions, load_encoder, load_entailment, load_seq2seq
from toolkit.engines.fake import FakeEncoder, FakeEntailment, FakeSeq2Seq
from toolkit.errors import EngineError, InputError

OPTIONS = GenerationOptions()


def test_the_setting_fake_needs_no_model() -> None:
    settings = EngineSettings(engine="fake")
    assert isinstance(load_seq2seq(None, settings), FakeSeq2Seq)
    assert isinstance(load_encoder(None, settings), FakeEncoder)
    assert isinstance(load_entailment(None, settings), FakeEntailment)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Der Hund bellt.", "Red Dnuh tlleb."),
        ("EU und USA", "UE dnu ASU"),
        ("Am 3. Mai um 19.15 Uhr", "Ma 3. Iam mu 19.15 Rhu"),
        ("(„Haus“)", "(„Suah“)"),
        ("{name} https://a.de/1", "{eman} https://a.de/1"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_words_are_turned(text: str, expected: str) -> None:
    (generation,) = FakeSeq2Seq().generate([text], options=OPTIONS)
    assert generation.text == expected
    assert generation.tokens == len(text.split())
    assert not generation.cut


@given(st.text(max_size=80))
def test_turning_twice_gives_the_words_back(text: str) -> None:
    engine = FakeSeq2Seq(max_source_tokens=100)
    (once,) = engine.generate([text], options=OPTIONS)
    (twice,) = engine.generate([once.text], options=OPTIONS)
    assert twice.text == " ".join(text.split())
    assert once.log_prob <= 0
    assert engine.generate([text], options=OPTIONS) == [once]


def test_it_can_be_told_to_do_wrong() -> None:
    engine = FakeSeq2Seq(loops_on=["Schleife"], fails_on=["Fehler"], seconds_per_text=0.02)
    (looped,) = engine.generate(["Eine Schleife"], options=GenerationOptions(max_tokens=9))
    assert looped.text.split() == ["Enie"] * 9
    assert looped.cut
    (calm,) = engine.generate(["Eine Schleife"], options=GenerationOptions(no_repeat_ngram=3))
    assert calm.text == "Enie Efielhcs"
    with pytest.raises(EngineError, match="told to fail"):
        engine.generate(["gut", "ein Fehler"], options=OPTIONS)
    started = time.monotonic()
    engine.generate(["a", "b", "c"], options=OPTIONS)
    assert time.monotonic() - started >= 0.06


def test_lengths_are_checked_and_cut_as_by_a_real_engine() -> None:
    engine = FakeSeq2Seq(max_source_tokens=4)
    assert engine.count_tokens(["a b c", ""]) == [4, 1]
    (generation,) = engine.generate(["eins zwei drei"], options=GenerationOptions(max_tokens=2))
    assert (generation.text, generation.tokens, generation.cut) == ("snie iewz", 2, True)
    with pytest.raises(InputError, match="text 1 has 5 tokens"):
        engine.generate(["a", "a b c d"], options=OPTIONS)


def test_shared_words_make_vectors_similar() -> None:
    texts = ["the bank raised rates", "the bank cut rates", "a goal in extra time", ""]
    vectors = FakeEncoder().embed(texts)
    assert all(math.isclose(math.hypot(*vector), 1.0) for vector in vectors)

    def similarity(first: int, second: int) -> float:
        return sum(x * y for x, y in zip(vectors[first], vectors[second], strict=True))

    assert similarity(0, 1) > similarity(0, 2)
    with pytest.raises(InputError, match="reads 3"):
        FakeEncoder(max_source_tokens=3).embed(["a b"])


def test_words_have_vectors_between_those_of_start_and_end() -> None:
    (rows,) = FakeEncoder(dimensions=8).encode_words([[["the", "bank"], ["raised", "the", "rates"]]])
    assert rows.shape == (2 + 5, 8)
    assert (rows[1] == rows[4]).all(), "the same word"
    with pytest.raises(InputError, match="reads 3"):
        FakeEncoder(max_source_tokens=3).encode_words([[["a", "b"]]])


def test_shared_words_make_entailment() -> None:
    entail = FakeEntailment().entail
    assert entail([("A goal in extra time.", "a goal"), ("A goal", "the bank"), ("x", "")]) == [4.0, -4.0, 0.0]
    with pytest.raises(InputError, match="reads 4"):
        FakeEntailment(max_source_tokens=4).entail([("a", "b"), ("a", "b c")])
