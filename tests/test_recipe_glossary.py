"""What the recipe that scores a glossary counts, and the section that it writes."""

from __future__ import annotations

from eval.examples import Example
from models.recipes import glossary_scores
from models.recipes.rescue_scores import Remembering
from models.recipes.translation_scores import DevelopmentSet
from toolkit.engines import EngineSettings
from toolkit.engines.fake import FakeSeq2Seq
from toolkit.glossary import Glossary
from toolkit.translation import Translator

GERMAN = "Der Bundesrat berät am Montag."
OTHER = "Es regnet in der Stadt."


def translator() -> Translator:
    """The fake one, which leaves words as they are."""
    return Translator(settings=EngineSettings(engine="fake"), engine=Remembering(FakeSeq2Seq()))


def test_applied_with_and_without() -> None:
    example = Example(
        id="1",
        source=GERMAN,
        translations=("The Federal Council meets on Monday.",),
        term=("Bundesrat", "Federal Council"),
        expects=(("Federal Council", "Federal Council's"),),
    )
    assert glossary_scores.applied([example], translator()) == {
        "sentences": 1,
        "plain": 0,
        "applied": 1,
        "reported": 1,
    }


def test_elsewhere_only_lines_with_a_term_change() -> None:
    development = DevelopmentSet("some", (GERMAN, OTHER), (("The council meets.", "It rains in the city."),), {})
    report = glossary_scores.elsewhere(development, translator(), Glossary({"Bundesrat": "Federal Council"}))
    assert {name: report[name] for name in ("lines", "with a term", "changed")} == {
        "lines": 2,
        "with a term": 1,
        "changed": 1,
    }
    unused = glossary_scores.elsewhere(development, translator(), Glossary({"Bundestag": "parliament"}))
    assert unused["changed"] == 0
    assert unused["plain"] == unused["glossary"]


def test_section() -> None:
    row = {
        "lines": 1000,
        "with a term": 20,
        "changed": 9,
        "plain": {"bleu": 30.0, "chrf": 53.0},
        "glossary": {"bleu": 29.9, "chrf": 53.1},
    }
    applied = {"sentences": 200, "plain": 5, "applied": 199, "reported": 200}
    text = glossary_scores.table({"terms": 97, "applied": applied, "elsewhere": {"some": row}})
    assert "97 terms" in text
    assert "199 of 200 sentences" in text
    assert "5 without the glossary" in text
    assert "| some | 1,000 | 20 | 9 | 30.00 | 29.90 | -0.10 | 53.00 | 53.10 |" in text
