"""Shorter forms of sentences: what may go, what must stay, and that nothing is put in."""

import re

import hypothesis
import pytest
from hypothesis import strategies

from toolkit.clauses import shorter_forms, without_dateline


@pytest.mark.parametrize(
    ("sentence", "form"),
    [
        (
            "The bar, which traces its origin back to 1955, is still run by the same family.",
            "The bar is still run by the same family.",
        ),
        ("But the council of Jena has closed the old bridge.", "The council of Jena has closed the old bridge."),
        (
            "On the edge of a summit in Rome, Foreign Minister Anna Lenz led talks on Monday.",
            "Foreign Minister Anna Lenz led talks on Monday.",
        ),
        (
            "After a debate of four hours, the council voted to close the bridge.",
            "The council voted to close the bridge.",
        ),
        (
            "The council of Jena closed the bridge (built in 1912) to all traffic.",
            "The council of Jena closed the bridge to all traffic.",
        ),
        (
            "The council of Jena will close the bridge in May, the mayor said.",
            "The council of Jena will close the bridge in May.",
        ),
        (
            "The council of Jena closed the bridge to cars on Monday evening.",
            "The council of Jena closed the bridge to cars.",
        ),
        (
            "The council of Jena closed the old bridge, although shopkeepers had warned against it.",
            "The council of Jena closed the old bridge.",
        ),
    ],
)
def test_what_a_sentence_stands_without_may_go(sentence: str, form: str) -> None:
    assert form in shorter_forms(sentence, most=25)


@pytest.mark.parametrize(
    "sentence",
    [
        "The mayor of the town resigned on a rainy day.",
        '"We will not close the bridge, which is safe," said the mayor of the town of Jena.',
        "He was named after the mayor of the town of Jena.",
        "They will meet again in the old town, the mayor of Jena said at noon.",
    ],
)
def test_what_it_needs_stays(sentence: str) -> None:
    assert all(form.count('"') % 2 == 0 and form.endswith(".") for form in shorter_forms(sentence, most=25))
    assert sentence in shorter_forms(sentence, most=25)
    assert all(len(form.split()) >= 7 for form in shorter_forms(sentence, most=25))


def test_forms_are_no_longer_than_asked() -> None:
    sentence = "The council closed the bridge, which is old, after a long debate, although the shopkeepers had warned."
    for most in range(5, 20):
        assert all(len(form.split()) <= most for form in shorter_forms(sentence, most=most))
    assert shorter_forms("word " * 30 + "end.", most=25) == []
    assert shorter_forms("Council news", most=25) == ["Council news"]


@hypothesis.given(
    strategies.lists(
        strategies.sampled_from(
            'The mayor, who is ill, said was closed after the (old) bridge – and but “in” May 5 " which'.split()
        ),
        max_size=40,
    )
)
def test_every_word_of_a_form_is_the_sentences_own_in_its_order(words: list[str]) -> None:
    text = " ".join([*words, "ended."])
    for form in shorter_forms(text, most=25):
        rest = iter(text.casefold().replace(",", " ").replace(".", " ").split())
        assert all(word in rest for word in form.casefold().replace(",", " ").replace(".", " ").split())


def test_the_speaker_goes_only_with_what_he_said() -> None:
    sentence = "The residents will meet again in the old town, the mayor of Jena said at noon."
    assert "The residents will meet again in the old town, the mayor of Jena." not in shorter_forms(sentence, most=25)


def test_the_place_of_a_report_is_left_out() -> None:
    text = 'Bremen/Kourou – The satellite "Hansewind 1" was launched on Monday.'
    assert shorter_forms(text, most=25)[0] == 'The satellite "Hansewind 1" was launched on Monday.'
    assert without_dateline("New York - Police found him.") == "Police found him."
    assert without_dateline("Mannheim -- the heat goes on.") == "The heat goes on."
    for kept in (
        "Lenz - the mayor - has resigned.",
        "Jena – which is old – is shut.",
        "The mayor of Jena – A. Lenz – has resigned.",
        "He said – and meant it – that the bridge is old.",
    ):
        assert without_dateline(kept) == kept


def test_no_form_is_broken_off() -> None:
    forms = shorter_forms("The viaduct has been closed since 10 p.m., the police said.", most=25)
    assert "The viaduct has been closed since 10 p.m." in forms
    assert not any(form.endswith("..") for form in forms)
    assert shorter_forms("In Berlin, Hamburg and Bremen, Lenz has closed the shops.", most=7) == []
    left = shorter_forms("You want to put it down after thirty pages, not because it is bad.", most=25)
    assert not any(re.search(r"\bnot[.]$", form) for form in left)
