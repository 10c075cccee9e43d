"""Forms of German words: what counts as one, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.inflection import is_form, is_plural, key, tokens

FORMS = [
    ("Bundesrat", "Bundesrates"),
    ("Bundesrat", "Bundesrats"),
    ("Bundesrat", "Bundesrate"),
    ("Bundesrat", "Bundesräte"),
    ("Bundesrat", "Bundesräten"),
    ("Bundesland", "Bundesländern"),
    ("Ministerpräsident", "Ministerpräsidenten"),
    ("Untersuchungsausschuss", "Untersuchungsausschüsse"),
    ("Ausschuß", "Ausschusses"),
    ("Abgeordneter", "Abgeordnete"),
    ("Abgeordnete", "Abgeordneter"),
    ("Vorsitzender", "Vorsitzenden"),
    ("Grünen", "Grüne"),
    ("Gymnasium", "Gymnasien"),
    ("Gymnasium", "Gymnasiums"),
    ("Virus", "Viren"),
    ("Firma", "Firmen"),
    ("Ergebnis", "Ergebnisse"),
    ("Name", "Namens"),
    ("Mutter", "Mütter"),
    ("Kita", "Kitas"),
    ("EU", "EUs"),
    ("Rat", "Rates"),
    ("Ampel-Koalition", "Ampel-Koalitionen"),
    ("nachhaltig", "nachhaltigen"),
    ("grüner", "grünes"),
]
OTHERS = [
    ("Bundesrat", "Bundesratspräsident"),
    ("Bundesrat", "Rat"),
    ("Bundesrat", "Bundesrat-Sitzung"),
    ("Miete", "Mieter"),
    ("Lehre", "Lehrer"),
    ("Sünde", "Sünder"),
    ("Leiter", "Leitung"),
    ("Leiter", "leiten"),
    ("Rat", "Rate"),
    ("Bund", "bund"),
    ("EU", "eu"),
    ("CO2", "CO"),
    ("ab", "aber"),
]


@pytest.mark.parametrize(("lemma", "word"), FORMS)
def test_forms(lemma: str, word: str) -> None:
    assert is_form(word, lemma)
    assert key(word) == key(lemma)


@pytest.mark.parametrize(("lemma", "word"), OTHERS)
def test_other_words(lemma: str, word: str) -> None:
    assert not is_form(word, lemma)


def test_names_have_no_plural() -> None:
    assert is_form("Bayerns", "Bayern", is_name=True)
    assert not is_form("Bayern", "Bayer", is_name=True)
    assert is_form("Deutschen", "Deutsche", is_name=True, is_attribute=True)


def test_small_letters_are_capitals_where_a_sentence_starts() -> None:
    assert is_form("Nachhaltige", "nachhaltig", is_first=True)
    assert not is_form("Nachhaltige", "nachhaltig")


@pytest.mark.parametrize(
    ("lemma", "word", "expected"),
    [
        ("Bundesland", "Bundesländer", True),
        ("Bundesland", "Bundesländern", True),
        ("Bundesrat", "Bundesräte", True),
        ("Ministerin", "Ministerinnen", True),
        ("Gremium", "Gremien", True),
        ("Bundesland", "Bundeslandes", False),
        ("Bundesrat", "Bundesrat", False),
        ("Student", "Studenten", False),
        ("Präsident", "Präsidenten", False),
        ("Behörde", "Behörden", False),
    ],
)
def test_a_plural_beyond_doubt(lemma: str, word: str, expected: bool) -> None:
    assert is_form(word, lemma)
    assert is_plural(word, lemma) is expected


def test_tokens() -> None:
    found = tokens("C++ und A-Z, nicht")
    assert [token.text for token in found] == ["C", "+", "+", "und", "A-Z", ",", "nicht"]
    assert [token.is_joined for token in found] == [False, True, True, False, False, True, False]


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_words_can_be_compared(left: str, right: str) -> None:
    for word in tokens(left):
        assert is_form(word.text, word.text)
        for other in tokens(right):
            assert not is_form(other.text, word.text) or key(other.text) == key(word.text)
