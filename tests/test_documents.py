"""The values: gaps, the English as laid out, counts, and what counts as chosen."""

import dataclasses

import pytest

from toolkit.documents import (
    MARKS,
    Coverage,
    Digest,
    Document,
    Segment,
    Summary,
    SummarySentence,
    Topics,
    TopicScore,
    TranslatedSegment,
    Translation,
)
from toolkit.segmentation import read_document


def translated(document: Document, *english: str, marks: tuple[tuple[str, ...], ...] = ()) -> Translation:
    marks = marks or ((),) * len(english)
    pairs = zip(document.segments, english, marks, strict=True)
    segments = tuple(TranslatedSegment(source, text, -0.1, mark) for source, text, mark in pairs)
    return Translation(document, segments, "model", "fake")


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_without_segments_the_one_gap_is_the_text(text: str) -> None:
    document = Document(text, ())
    assert document.gaps() == (text,)
    assert translated(document).text == text
    assert translated(document).coverage == Coverage(0, 0, 0, 0)


def test_gaps_and_sources_join_to_the_text() -> None:
    document = Document(" a. b.\n", (Segment("a.", 1, 3, 0), Segment("b.", 4, 6, 0)))
    assert document.gaps() == (" ", " ", "\n")
    assert [document.source(i) for i in range(2)] == ["a.", "b."]


@pytest.mark.parametrize(
    ("german", "english", "text"),
    [
        ("Eins. Zwei.", ["One.", "Two."], "One. Two."),
        ("Eins.\n\n\nZwei.\n", ["One.", "Two."], "One.\n\n\nTwo.\n"),
        ("Liste:\n- Eins\n  - Zwei", ["List:", "One", "Two"], "List:\n- One\n  - Two"),
        ("Eins.\r\n\r\nZwei.\r\n", ["One.", "Two."], "One.\r\n\r\nTwo.\r\n"),
        ("Eins.  Zwei.", ["One.", "Two."], "One.  Two."),
        (
            "Der Rat hat am Montag lange getagt. Danach gab es für alle\nmüden Mitglieder ein Essen.",
            ["The council met.", "Then there was a meal."],
            "The council met. Then there was a meal.",
        ),
    ],
)
def test_the_english_has_the_layout_of_the_source(german: str, english: list[str], text: str) -> None:
    assert translated(read_document(german), *english).text == text


def test_coverage_counts_marks() -> None:
    document = read_document("Eins. Zwei. Drei. Vier.")
    translation = translated(document, "1", "2", "3", "4", marks=(("split",), ("split", "cut"), ("copied",), ()))
    assert translation.coverage == Coverage(sentences=4, translated=3, split=2, cut=1)
    assert {mark for segment in translation.segments for mark in segment.marks} <= set(MARKS)


def topics(*scores: tuple[str, float], threshold: float = 0.5, multi_label: bool = False) -> Topics:
    return Topics(tuple(TopicScore(*score) for score in scores), threshold, multi_label, "model", "fake")


@pytest.mark.parametrize(
    ("found", "best", "selected"),
    [
        (topics(), None, ()),
        (topics(("sport", 0.4), ("politics", 0.3)), None, ()),
        (topics(("sport", 0.5), ("politics", 0.5)), "sport", ("sport",)),
        (topics(("sport", 0.9), ("politics", 0.7), multi_label=True), "sport", ("sport", "politics")),
        (topics(("sport", 0.9), ("politics", 0.1), multi_label=True), "sport", ("sport",)),
        (topics(("sport", 0.4), multi_label=True), None, ()),
    ],
)
def test_what_counts_as_chosen(found: Topics, best: str | None, selected: tuple[str, ...]) -> None:
    assert found.best == best
    assert found.selected == selected
    assert found.none_of_these is (best is None)


def test_summary_and_digest_join_what_they_hold() -> None:
    document = read_document("Eins.")
    summary = Summary("Head", (SummarySentence("One.", (0,)), SummarySentence("Two.", (0,))), "model", "fake")
    digest = Digest(translated(document, "One."), summary, topics())
    assert summary.text == "One. Two."
    assert digest.document is document


def test_values_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Document("", ()).text = "x"  # type: ignore[misc]
