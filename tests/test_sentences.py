"""Where sentences end: the tables in tests/data, one sentence after another between ‖."""

from pathlib import Path

import pytest

from toolkit.segmentation import split_sentences

DATA = Path(__file__).parent / "data"


def cases(name: str) -> list[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.partition("\t")[2] for line in lines]


GERMAN = cases("german_sentences.tsv")
ENGLISH = cases("english_sentences.tsv")


@pytest.mark.parametrize("case", GERMAN)
def test_german(case: str) -> None:
    sentences = case.split(" ‖ ")
    assert split_sentences(" ".join(sentences)) == sentences


@pytest.mark.parametrize("case", ENGLISH)
def test_english(case: str) -> None:
    sentences = case.split(" ‖ ")
    assert split_sentences(" ".join(sentences), language="en") == sentences


def test_the_table_is_large_and_without_repeats() -> None:
    assert len(GERMAN) >= 150
    assert len(set(GERMAN)) == len(GERMAN)


def test_decomposed_umlauts_and_soft_hyphens_split_the_same() -> None:
    assert split_sentences("Viele Sta\u0308dte, z. B. Mu\u0308n\u00adchen, sind scho\u0308n. O\u0308l ist teuer.") == [
        "Viele Städte, z. B. München, sind schön.",
        "Öl ist teuer.",
    ]


def test_any_other_language_is_split_by_its_punctuation() -> None:
    assert split_sentences("Het regent. De trein rijdt niet.", language="nl") == ["Het regent.", "De trein rijdt niet."]


def test_english_ordinals_do_not_hold_sentences_together() -> None:
    text = "The war ended in May. 12. Smith left"
    assert split_sentences("He is 12. Smith is 13.", language="en") == ["He is 12.", "Smith is 13."]
    assert split_sentences(text, language="en")[0] == "The war ended in May."
