"""Words that a small translator does not know: what is found in a text, and what the translator makes of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.test_translation import Scripted
from toolkit import lexicon
from toolkit.control import PLACEHOLDER, TERM_END, TERM_START
from toolkit.engines import GenerationOptions
from toolkit.facts import tables
from toolkit.glossary import Glossary
from toolkit.translation import Translator

Rule = Callable[[str, GenerationOptions], str]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ein Streifenwagen stand dort.", {"Streifenwagen": "patrol car"}),
        ("Sie riefen die Gegendemonstranten.", {"Gegendemonstranten": "counter-demonstrator"}),
        ("Nach den Freisprüchen gab es Beifall.", {"Freisprüchen": "acquittal", "Beifall": "applause"}),
        ("Karibische Inseln und karibischer Rum", {"Karibische": "Caribbean", "karibischer": "Caribbean"}),
        # A word that is listed itself is no form of another.
        ("die Leiharbeiter", {"Leiharbeiter": "temporary worker"}),
        ("die Leiharbeit", {"Leiharbeit": "temporary work"}),
        # Neither a part of a word nor somebody's name.
        ("die Streifenwagenbesatzung", {}),
        ("Frau Kürbis und Peter Kürbis", {}),
        ("Ein Kürbis.", {"Kürbis": "pumpkin"}),
        ("", {}),
    ],
)
def test_found(text: str, found: dict[str, str]) -> None:
    assert {text[each.start : each.end]: each.entry.english for each in lexicon.find(text)} == found


def test_every_line_can_be_used() -> None:
    """Every word once, whatever the order; no English is missing, doubled, or first the German word itself."""
    listed = [line.split(" = ") for line in tables.lines("lexicon")]
    german = [pair[0] for pair in listed]
    assert len(german) == len(set(german)) > 20_000
    for word, english in listed:
        options = english.split("|")
        assert all(each and each == " ".join(each.split()) for each in options), word
        assert len(options) == len(set(options)), word
        assert " " not in word
        assert options[0].casefold() != word.casefold()
        assert not any(each in english for each in "()[],;="), word


def test_it_finds_every_word_that_it_lists() -> None:
    lost = [
        word
        for word in tables.options("lexicon", "|")
        if [each.entry.german for each in lexicon.find(f"so {word}")] != [word]
    ]
    assert not lost


def _translate(rule: Rule, text: str, **options: object) -> tuple[str, list[list[str]]]:
    engine = Scripted(rule)
    (segment,) = Translator(engine=engine, **options).translate(text).segments  # type: ignore[arg-type]
    return segment.text, engine.calls


def test_a_missing_word_is_marked_and_the_rest_stays() -> None:
    def rule(text: str, _: GenerationOptions) -> str:
        return "A patrol car stood there." if TERM_START in text else "A strip car stood there."

    text, calls = _translate(rule, "Dort stand ein Streifenwagen.")
    assert text == "A patrol car stood there."
    assert calls == [["Dort stand ein Streifenwagen."], [f"Dort stand ein {TERM_START} patrol car {TERM_END}."]]


def test_any_of_the_listed_english_will_do() -> None:
    text, calls = _translate(lambda *_: "Squad cars stood there.", "Dort standen Streifenwagen.")
    assert (text, len(calls)) == ("Squad cars stood there.", 1)


def test_where_the_german_may_be_either_the_likelier_number_stays() -> None:
    asked = []

    def rule(text: str, _: GenerationOptions) -> str:
        asked.append(text)
        return "Patrol cars came." if "cars" in text else "A patrol car came." if TERM_START in text else "Strips came."

    class Sure(Scripted):
        def generate(self, texts, *, options):  # type: ignore[no-untyped-def]
            made = super().generate(texts, options=options)
            return [
                type(one)(text=one.text, log_prob=-0.1 if "cars" in one.text else -0.4, tokens=one.tokens, cut=False)
                for one in made
            ]

    (segment,) = Translator(engine=Sure(rule)).translate("Dort kamen Streifenwagen.").segments
    assert segment.text == "Patrol cars came."
    assert [each.count(TERM_START) for each in asked[-2:]] == [1, 1]
    assert asked[-2] != asked[-1]


def test_what_obeys_no_mark_gets_a_placeholder() -> None:
    def rule(text: str, _: GenerationOptions) -> str:
        return f"A {PLACEHOLDER} stood there." if PLACEHOLDER in text else "A strip car stood there."

    assert _translate(rule, "Dort stand ein Streifenwagen.")[0] == "A patrol car stood there."


@pytest.mark.parametrize(
    "worse", ["A patrol car stood there on 3 May.", "No patrol car stood there.", "patrol car " * 20, ""]
)
def test_what_loses_or_invents_something_is_not_taken(worse: str) -> None:
    def rule(text: str, _: GenerationOptions) -> str:
        return worse if TERM_START in text or PLACEHOLDER in text else "A strip car stood there."

    assert _translate(rule, "Dort stand ein Streifenwagen.")[0] == "A strip car stood there."


def test_the_glossary_comes_first() -> None:
    def rule(text: str, _: GenerationOptions) -> str:
        return "A police vehicle stood there." if "police vehicle" in text else "A patrol car stood there."

    text, _ = _translate(rule, "Dort stand ein Streifenwagen.", glossary=Glossary({"Streifenwagen": "police vehicle"}))
    assert text == "A police vehicle stood there."
