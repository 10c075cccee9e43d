"""The summariser: order, evidence, lengths, faithfulness, fall-backs; and the shipped model's floors."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.articles import ARTICLES, SENTENCES, TEXT
from tests.shuffling import shuffled_copy
from toolkit import grounding, segmentation, store
from toolkit.clauses import shorter_forms
from toolkit.documents import Summary, TranslatedSegment, Translation
from toolkit.editor import HEADLINE, SENTENCE, Edited, Source
from toolkit.engines import EngineSettings
from toolkit.engines.fake import FakeEncoder, FakeSeq2Seq
from toolkit.errors import InputError
from toolkit.summarization import Summarizer


class Scripted:
    """An editor that makes of each source what a function makes of it, and judges all of it alike."""

    def __init__(self, make: Callable[[Source, str], str], *, judged: float = 8.0) -> None:
        self.engine = FakeEncoder()
        self.asked: list[tuple[str, Source]] = []
        self._make, self._judged = make, judged

    def edit(self, sources: Sequence[Source], task: str) -> list[list[Edited]]:
        self.asked += [(task, source) for source in sources]
        return [[Edited(text, -1.0)] if (text := self._make(source, task)) else [] for source in sources]

    def judge(self, pairs: Sequence[tuple[Source, str]]) -> list[float]:
        return [self._judged] * len(pairs)


def _shorten(source: Source, task: str) -> str:
    return " ".join(source.sentence.split()[:8]).rstrip(".,") + ("" if task == HEADLINE else ".")


def _summarize(make: Callable[[Source, str], str], text: str = TEXT, *, sentences: int = 3) -> Summary:
    return Summarizer(editor=Scripted(make)).summarize(text, sentences=sentences)


def test_every_sentence_is_made_of_its_evidence() -> None:
    summary = _summarize(_shorten)
    assert len(summary.sentences) == 3
    assert summary.headline == " ".join(SENTENCES[0].split()[:8]).removesuffix(".")
    ends = [sentence.evidence for sentence in summary.sentences]
    assert ends == sorted(ends)
    for sentence in summary.sentences:
        evidence = " ".join(SENTENCES[i] for i in sentence.evidence)
        assert evidence.startswith(sentence.text.removesuffix("."))
        assert sentence.support == 1.0
    assert (summary.model, summary.engine) == ("fake", "fake")


@pytest.mark.parametrize(
    "bad",
    [
        "Berlin residents raised money.",  # a name the sentence lacks
        "Residents raised 49,000 euros.",  # a number it lacks
        "Residents Residents Residents Residents Residents",
        "",
        "   ",
        "Residents have raised the",  # ends mid-sentence
        "Quantum physicists explain gravity waves.",  # another text
    ],
)
def test_what_is_unsound_is_replaced(bad: str) -> None:
    editor = Scripted(lambda source, task: bad)
    summary = Summarizer(editor=editor).summarize(TEXT, sentences=2)
    assert {task for task, _ in editor.asked} == {SENTENCE, HEADLINE}
    assert all(sentence.text in SENTENCES and len(sentence.evidence) == 1 for sentence in summary.sentences)
    assert all(SENTENCES[sentence.evidence[0]] == sentence.text for sentence in summary.sentences)
    assert summary.headline == SENTENCES[0].removesuffix(".")


def test_what_is_judged_badly_is_not_used() -> None:
    text = f"{LONG} Rain fell at noon."
    told = "The council of Jena has decided to sell the house."
    fine, bad = (
        Summarizer(editor=Scripted(lambda source, task: told, judged=judged)).summarize(text, sentences=1)
        for judged in (8.0, -8.0)
    )
    assert (fine.text, fine.headline) == (told, told.removesuffix("."))
    assert bad.text == LONG
    assert bad.headline == "The council of the old town of Jena has decided …"


def test_a_sentence_is_edited_after_the_one_before_it_and_alone() -> None:
    editor = Scripted(_shorten)
    Summarizer(editor=editor).summarize(
        "Rain fell on Jena in the night. The mayor spoke of a flood today. It was wet in May.", sentences=2
    )
    told = [source for task, source in editor.asked if task == SENTENCE]
    assert Source("The mayor spoke of a flood today.", "Rain fell on Jena in the night.") in told
    assert Source("The mayor spoke of a flood today.") in told


def test_evidence_is_what_the_sentence_needs() -> None:
    first, second = "Jena has a new mayor.", "She leads the city of 100,000 people with a small party now."
    told = "The mayor leads the city of 100,000 people with a small party now."
    summary = _summarize(
        lambda source, task: told if source.before == first else "",
        f"{first} {second} Rain fell on the town.",
        sentences=2,
    )
    assert [(sentence.text, sentence.evidence) for sentence in summary.sentences] == [(first, (0,)), (told, (0, 1))]


def test_what_was_said_already_is_not_said_again() -> None:
    same = _summarize(
        lambda source, _: "Residents raised euros." if SENTENCES[0] == source.sentence else _shorten(source, SENTENCE)
    )
    texts = [sentence.text for sentence in same.sentences]
    assert len(set(texts)) == len(texts)
    twice = _summarize(_shorten, "The bridge is closed. " * 6)
    assert len(twice.sentences) == 1


@pytest.mark.parametrize("text", ["", "   \n\t ", "\u00ad"])
def test_blank_text_gives_an_empty_summary(text: str) -> None:
    editor = Scripted(_shorten)
    summary = Summarizer(editor=editor).summarize(text)
    assert (summary.headline, summary.sentences, summary.text) == ("", (), "")
    assert editor.asked == []


@pytest.mark.parametrize(
    "text",
    [
        "Rain.",
        "!",
        "😀😀",
        "Hello",
        "The mayor resigned on Monday.",
        "The mayor resigned. Her deputy takes over now.",
        "x" * 100_000,
        "! " * 20_000,
    ],
)
def test_short_and_strange_texts_have_a_summary_no_longer_than_themselves(text: str) -> None:
    for summarizer in (Summarizer(editor=Scripted(_shorten)), Summarizer(engine=FakeSeq2Seq())):
        summary = summarizer.summarize(text)
        assert len(summary.sentences) == 1
        assert summary.headline
        assert len(summary.text) <= len(text)


@pytest.mark.parametrize("count", range(1, 12))
def test_a_summary_is_shorter_than_its_text(count: int) -> None:
    for write in (_shorten, lambda source, task: ""):
        summary = _summarize(write, sentences=count)
        assert 1 <= len(summary.sentences) <= count
        assert len(summary.text.split()) < len(TEXT.split())


def test_many_is_one_by_one_in_order_and_lazy() -> None:
    texts = [article["text"] for article in ARTICLES]
    texts[3] = ""
    texts = texts * 2
    summarizer = Summarizer(editor=Scripted(_shorten))
    assert list(summarizer.summarize_many(texts)) == [summarizer.summarize(text) for text in texts]
    endless = summarizer.summarize_many(itertools.cycle(texts))
    assert next(endless) == summarizer.summarize(texts[0])
    assert list(summarizer.summarize_many([])) == []


def test_a_translation_is_summarised_by_its_segments() -> None:
    german = segmentation.read_document("Erster Satz hier. Zweiter Satz hier. Dritter Satz hier. Vierter Satz hier.")
    english = [
        "The mayor of Jena resigned.",
        "Her deputy takes over.",
        "Nobody was surprised at it.",
        "A vote follows in May.",
    ]
    segments = tuple(TranslatedSegment(s, text) for s, text in zip(german.segments, english, strict=True))
    translation = Translation(german, segments, "m", "e")
    summary = Summarizer(editor=Scripted(_shorten)).summarize(translation, sentences=2)
    for sentence in summary.sentences:
        assert sentence.text.rstrip(".").split()[0] == english[sentence.evidence[0]].split()[0]


@pytest.mark.parametrize(
    ("sentence", "headline"),
    [
        ("The mayor resigned.", "The mayor resigned"),
        (
            "The mayor of the old town of Jena has resigned, after a long dispute about the budget of the next year.",
            "The mayor of the old town of Jena has resigned, after a long dispute about the budget of the next year",
        ),
        (
            f"The mayor of the old town of Jena has resigned, after a dispute about the budget{' of the council' * 5}.",
            "The mayor of the old town of Jena has resigned",
        ),
        ("word " * 30 + "end.", " ".join(["word"] * 15) + " …"),
    ],
)
def test_headlines_made_of_sentences_end_at_a_clause(sentence: str, headline: str) -> None:
    assert _summarize(lambda source, _: "", sentence).headline == headline


LONG = (
    "The council of the old town of Jena has decided against the advice of all its own lawyers to sell the large empty "
    "house beside the river to a bank from the south of Bavaria."
)
"""Too long for a headline, and without a clause that could go."""


def test_a_headline_is_made_of_the_first_sentence_without_its_dateline() -> None:
    editor = Scripted(lambda source, task: "Jena has decided to sell the house" if task == HEADLINE else "")
    summary = Summarizer(editor=editor).summarize(f"Politics\n\nJENA – {LONG} Rain fell at noon. The mayor spoke.")
    assert summary.headline == "Jena has decided to sell the house"
    assert [source for task, source in editor.asked if task == HEADLINE] == [Source(LONG)]


@pytest.mark.parametrize(
    "bad",
    [
        "Berlin has sold the house",  # a name the sentence lacks
        "Jena has decided to sell the",  # ends openly
        "",
    ],
)
def test_an_unsound_headline_is_replaced(bad: str) -> None:
    found = _summarize(lambda source, task: bad if task == HEADLINE else "", f"Politics\n\n{LONG}")
    assert found.headline == "The council of the old town of Jena has decided …"


def test_the_title_of_an_article_is_its_headline() -> None:
    title = "State parliament introduces night buses for all districts"
    text = (
        f"Politics\n\n{title}\n\nThe state parliament has decided on night buses in all districts. Rain fell at noon."
    )
    editor = Scripted(lambda source, task: "")
    assert Summarizer(editor=editor).summarize(text).headline == title
    assert not any(task == HEADLINE for task, _ in editor.asked)
    banner = "Media playback is not supported on this device"
    assert Summarizer(editor=editor).summarize(text.replace(title, banner)).headline == (
        "The state parliament has decided on night buses in all districts"
    )


@pytest.mark.parametrize("count", [0, -1])
def test_the_number_of_sentences_is_checked_at_once(count: int) -> None:
    with pytest.raises(InputError, match="at least 1"):
        Summarizer(engine=FakeSeq2Seq()).summarize_many([], sentences=count)


def test_an_engine_and_an_editor_are_one_too_many() -> None:
    with pytest.raises(InputError, match="not both"):
        Summarizer(engine=FakeSeq2Seq(), editor=Scripted(_shorten))


def test_fake_engine_by_settings() -> None:
    summary = Summarizer(settings=EngineSettings(engine="fake")).summarize(TEXT)
    assert summary.engine == "fake"
    assert grounding.ungrounded(summary.text, TEXT) == ()


# The shipped model


def _rouge1(summary: str, reference: str) -> float:
    one, other = (Counter(word.casefold() for word in grounding.words(text)) for text in (summary, reference))
    shared = (one & other).total()
    return 2 * shared / max(1, one.total() + other.total())


def _sentences(article: dict[str, str]) -> list[str]:
    return segmentation.split_sentences(article["text"], language="en")


def _random_passages(lengths: Sequence[int], seed: int) -> Iterator[float]:
    """ROUGE-1 of passages of the given lengths from anywhere in each article."""
    rng = random.Random(seed)
    for article, length in zip(ARTICLES, lengths, strict=False):
        words = article["text"].split()
        start = rng.randrange(max(1, len(words) - length))
        yield _rouge1(" ".join(words[start : start + length]), article["summary"])


def _beats_random_passages(outputs: Sequence[str]) -> bool:
    ours = sum(_rouge1(text, article["summary"]) for text, article in zip(outputs, ARTICLES, strict=False))
    lengths = [len(text.split()) for text in outputs]
    return ours > max(sum(_random_passages(lengths, seed)) for seed in range(3))


def _in_own_words(summaries: Sequence[Summary]) -> float:
    """Share of their sentences that are neither the article's nor one of the article's without some of its clauses."""
    own = total = 0
    for summary, article in zip(summaries, ARTICLES, strict=True):
        forms = {form for text in _sentences(article) for form in (text, *shorter_forms(text, most=25))}
        own += sum(sentence.text not in forms for sentence in summary.sentences)
        total += len(summary.sentences)
    return own / total


@pytest.fixture(scope="module")
def shipped() -> Summarizer:
    return Summarizer(settings=EngineSettings(threads=1))


@pytest.mark.weights
def test_shipped_summaries_beat_random_passages_and_are_its_own_words(shipped: Summarizer) -> None:
    summaries = list(shipped.summarize_many((article["text"] for article in ARTICLES), sentences=1))
    assert _beats_random_passages([summary.text for summary in summaries])
    assert _in_own_words(summaries) >= 0.3
    headlines = [_rouge1(s.headline, a["headline"]) for s, a in zip(summaries, ARTICLES, strict=True)]
    assert sum(headlines) / len(headlines) > 0.2


@pytest.mark.weights
def test_shuffled_weights_fail_that(shipped: Summarizer, tmp_path: Path) -> None:
    damaged = shuffled_copy(store.resolve(None, task="summarization").folder, tmp_path / "damaged")
    broken = Summarizer(damaged, settings=EngineSettings(threads=1))
    summaries = list(broken.summarize_many((article["text"] for article in ARTICLES), sentences=1))
    assert _in_own_words(summaries) < 0.15


@pytest.mark.weights
def test_shipped_engines_agree(shipped: Summarizer) -> None:
    texts = [article["text"] for article in ARTICLES[:3]]
    both = [
        list(Summarizer(settings=EngineSettings(engine=engine, precision="float32", threads=1)).summarize_many(texts))
        for engine in ("ct2", "hf")
    ]
    assert [(s.headline, s.text) for s in both[0]] == [(s.headline, s.text) for s in both[1]]
