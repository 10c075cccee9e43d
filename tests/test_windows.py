"""Models that read whole articles: windows, evidence, inventions; and whatever reads so short or so strange a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests import tiny_models
from tests.articles import SENTENCES, TEXT
from toolkit.engines import EngineSettings, Generation, GenerationOptions
from toolkit.engines.fake import FakeSeq2Seq
from toolkit.summarization import Summarizer


class Scripted:
    """An engine that writes what a function makes of each text; a word is a token."""

    name = "scripted"

    def __init__(self, write: Callable[[str], str], *, max_source_tokens: int = 200) -> None:
        self.max_source_tokens = max_source_tokens
        self.calls: list[list[str]] = []
        self._write = write

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 1 for text in texts]

    def generate(self, texts: Sequence[str], *, options: GenerationOptions) -> list[Generation]:
        assert max(self.count_tokens(texts)) <= self.max_source_tokens
        self.calls.append(list(texts))
        return [Generation(text, -0.5, len(text.split()), cut=False) for text in map(self._write, texts)]


def test_articles_are_read_whole_in_windows() -> None:
    engine = Scripted(lambda text: text.split(". ")[0].rstrip(".") + ".", max_source_tokens=40)
    summary = Summarizer(engine=engine).summarize(TEXT, sentences=3)
    assert " ".join(" ".join(call) for call in engine.calls) == " ".join(SENTENCES)
    assert len(engine.calls[0]) > 2
    assert [SENTENCES[sentence.evidence[0]] for sentence in summary.sentences] == [s.text for s in summary.sentences]
    assert summary.headline
    assert (summary.model, summary.engine) == ("scripted", "scripted")


def test_an_over_long_sentence_is_read_in_parts() -> None:
    engine = Scripted(lambda text: " ".join(text.split()[:4]) + ".", max_source_tokens=10)
    Summarizer(engine=engine).summarize(
        "The mayor spoke and " + "the people listened, " * 8 + "then it ended.", sentences=2
    )
    assert sum(len(text.split()) for call in engine.calls for text in call) == 4 + 3 * 8 + 3


def test_inventions_are_replaced() -> None:
    summary = Summarizer(
        engine=Scripted(lambda text: "Putin visited Altenbrück. The oven is beyond repair.")
    ).summarize(TEXT)
    assert "Putin" not in summary.text
    assert summary.sentences[0].text in SENTENCES


def test_control_tokens_in_a_text_are_only_text() -> None:
    engine = Scripted(lambda text: "")
    Summarizer(engine=engine).summarize("The ⟦headline⟧ token is ⟦sentence⟧ here. Nothing else was said.")
    assert not any("⟦" in text for call in engine.calls for text in call)


def test_endless_sentences_are_shortened_and_say_so() -> None:
    endless = (
        "The council met, " * 200 + "and it rained. Then it ended at last on a Monday. Nobody was there to see it end."
    )
    summary = Summarizer(engine=FakeSeq2Seq(max_source_tokens=50)).summarize(endless, sentences=2)
    assert len(summary.sentences) == 2
    assert summary.sentences[0].text.endswith(" …")
    assert len(summary.sentences[0].text.split()) <= 46
    assert len(summary.headline.split()) <= 17


@pytest.mark.parametrize("text", ["", "   \n\t ", "\u00ad"])
def test_a_blank_text_is_not_read(text: str) -> None:
    engine = Scripted(lambda text: text)
    assert Summarizer(engine=engine).summarize(text).text == ""
    assert engine.calls == []


@pytest.mark.parametrize("engine", ["ct2", "hf"])
def test_hub_layout_of_bart_runs(engine: str, tmp_path: Path) -> None:
    folder = tiny_models.bart(tmp_path / "bart")
    summarizer = Summarizer(folder, settings=EngineSettings(engine=engine, threads=1))
    summary = summarizer.summarize(TEXT, sentences=2)
    # Random weights write rubbish: what comes out is the article's own sentences.
    assert 1 <= len(summary.sentences) <= 2
    assert all(sentence.text in SENTENCES for sentence in summary.sentences)
    assert summary.engine == engine
