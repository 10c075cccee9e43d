"""Terms of a glossary in translations: which way they come in, and what is reported."""

from __future__ import annotations

import pytest

from tests.test_translation import Scripted
from toolkit.control import PLACEHOLDER, TERM_END, TERM_START
from toolkit.documents import TermUse
from toolkit.engines import GenerationOptions
from toolkit.glossary import Entry, Glossary
from toolkit.terms import count, uses
from toolkit.translation import Translator

GLOSSARY = Glossary({"Bundesrat": "Federal Council", "Landtag": "state assembly"}, names=["Deutsche Bahn"])
TEXT = "Die Zustimmung des Bundesrates gilt als sicher."


def _rule(answers: dict[str, str]) -> Scripted:
    def answer(text: str, _: GenerationOptions) -> str:
        return next((english for part, english in answers.items() if part in text), "Something else.")

    return Scripted(answer)


def test_a_term_that_is_there_stays_untouched() -> None:
    engine = _rule({"": "The consent of the Federal Council is certain."})
    (segment,) = Translator(engine=engine, glossary=GLOSSARY).translate(TEXT).segments
    assert len(engine.calls) == 1
    assert segment.terms == (TermUse("Bundesrates", "Federal Council", is_applied=True),)


def test_first_the_english_within_the_german() -> None:
    engine = _rule({TERM_START: "The Federal Council's consent is certain.", "": "The consent is certain."})
    (segment,) = Translator(engine=engine, glossary=GLOSSARY).translate(TEXT).segments
    assert engine.calls[-1:] == [[f"Die Zustimmung des {TERM_START} Federal Council {TERM_END} gilt als sicher."]]
    assert segment.text == "The Federal Council's consent is certain."
    assert segment.terms[0].is_applied


def test_then_a_placeholder() -> None:
    engine = _rule({PLACEHOLDER: f"A {PLACEHOLDER} consents.", "": "The consent is certain."})
    (segment,) = Translator(engine=engine, glossary=Glossary({"Bundesrat": "upper house"})).translate(TEXT).segments
    assert segment.text == "An upper house consents."
    assert segment.terms == (TermUse("Bundesrates", "upper house", is_applied=True),)


@pytest.mark.parametrize(
    ("german", "english", "plural"),
    [
        ("Bundesland", "federal state", "federal states"),
        ("Bundesland", "state of Germany", "states of Germany"),
        ("Bundesland", "county", "counties"),
        ("Bundesland", "branch", "branches"),
        ("Bundesland", "alderman", "aldermen"),
        ("Bundesland", "EU", "EU"),
        ("Bundesland", "federal states", "federal states"),
    ],
)
def test_a_plural_is_put_in_as_one(german: str, english: str, plural: str) -> None:
    text = "Die Bundesländer wollen mehr Geld."
    glossary = Glossary({german: english})
    engine = _rule({PLACEHOLDER: f"The {PLACEHOLDER} want more money.", "": "They want more money."})
    (segment,) = Translator(engine=engine, glossary=glossary).translate(text).segments
    assert segment.text == f"The {plural} want more money."
    assert segment.terms == (TermUse("Bundesländer", english, is_applied=True),)
    assert [f"Die {TERM_START} {plural} {TERM_END} wollen mehr Geld."] in engine.calls


def test_one_placeholder_at_a_time() -> None:
    text = "Der Bundesrat und der Landtag tagen."
    engine = _rule({PLACEHOLDER: f"The {PLACEHOLDER} and the state assembly meet.", "": "They meet."})
    (segment,) = Translator(engine=engine, glossary=GLOSSARY).translate(text).segments
    assert all(sent.count(PLACEHOLDER) < 2 for call in engine.calls for sent in call)
    assert segment.text == "The Federal Council and the state assembly meet."
    assert [use.is_applied for use in segment.terms] == [True, True]


def test_last_the_text_around_it() -> None:
    engine = _rule({"Bundesrat": "The consent is certain.", "Zustimmung": "The consent of the", "gilt": "is certain."})
    (segment,) = Translator(engine=engine, glossary=GLOSSARY).translate(TEXT).segments
    assert segment.text == "The consent of the Federal Council is certain."
    assert "split" in segment.marks
    assert segment.terms[0].is_applied


def test_what_would_lose_a_number_is_not_taken_and_reported() -> None:
    engine = _rule({"des Bundesrates": "The 17 consent.", "": "No number."})
    (segment,) = Translator(engine=engine, glossary=GLOSSARY).translate("Die 17 des Bundesrates gelten.").segments
    assert segment.text == "The 17 consent."
    assert segment.terms == (TermUse("Bundesrates", "Federal Council", is_applied=False),)


def test_terms_twice_must_come_twice() -> None:
    once = "The Federal Council meets itself."
    engine = _rule({"Bundesrat": once, "trifft": "meets the", "Der": "The", ".": "."})
    text = "Der Bundesrat trifft den Bundesrat."
    (segment,) = Translator(engine=engine, glossary=GLOSSARY).translate(text).segments
    assert segment.text == "The Federal Council meets the Federal Council."
    assert [use.is_applied for use in segment.terms] == [True, True]
    assert [use.is_applied for use in uses(GLOSSARY.find(text), text, once)] == [True, False]


def test_a_glossary_changes_nothing_elsewhere_and_variants_share_the_engine() -> None:
    engine = _rule({TERM_START: "A Federal Council.", "Bundesrat": "A Bundesrat.", "": "Nothing."})
    plain = Translator(engine=engine)
    wanting = plain.variant(glossary=GLOSSARY)
    texts = ["Nichts davon.", "Ein Bundesrat."]
    assert [plain.translate(text).text for text in texts] == ["Nothing.", "A Bundesrat."]
    assert [wanting.translate(text).text for text in texts] == ["Nothing.", "A Federal Council."]
    assert wanting.variant(glossary=Glossary()).translate(texts[1]).text == "A Bundesrat."
    assert plain.translate(texts[1]).segments[0].terms == ()


@pytest.mark.parametrize(
    ("english", "text", "times"),
    [
        ("Federal Council", "The Federal Council's vote, the Federal Councils.", 2),
        ("Federal Council", "the federal council", 0),
        ("state assembly", "State assemblies and a State Assembly", 2),
        ("minister of foreign affairs", "The ministers of foreign affairs", 1),
        ("citizen's income", "the citizen’s income", 1),
        ("wage floor", "the floor of wages", 0),
        ("union", "reunion, non-union", 0),
    ],
)
def test_count(english: str, text: str, times: int) -> None:
    assert count(Entry("X", english), text) == times


def test_names_have_no_plural() -> None:
    assert count(Entry("Merkur", "Merkur"), "the Merkurs, Merkur's") == 1
