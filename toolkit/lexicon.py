"""German words that a small translator has read too seldom to know, with their English.

It guesses them from their parts, or takes them for a word that looks alike: a Streifenwagen becomes a strip car. Where
a translation has none of the English that a listed word can have, that is a term that is wanted (`toolkit.terms`).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from toolkit.facts.names import makes_surname
from toolkit.facts.tables import options
from toolkit.forms import adverb
from toolkit.glossary import Entry, Occurrence
from toolkit.inflection import Token, is_form, key, tokens


@functools.cache
def _by_key() -> dict[str, list[str]]:
    """The listed words by what all their forms share."""
    found: dict[str, list[str]] = {}
    for german in options("lexicon", "|"):
        found.setdefault(key(german), []).append(german)
    return found


def find(text: str) -> tuple[Occurrence, ...]:
    """The listed words of a German text, in any case and number, but for those that are somebody's surname."""
    found = []
    told = tokens(text)
    for i, word in enumerate(told):
        german = _lemma(told, i)
        if german is not None:
            found.append(Occurrence(word.start, word.end, _entry(german)))
    return tuple(found)


@functools.lru_cache(maxsize=1 << 12)
def _entry(german: str) -> Entry:
    """With the adverbs of an adjective, which German does not tell from it."""
    english, *others = options("lexicon", "|")[german]
    if german[0].islower():
        others += [adverb(each) for each in (english, *others)]
    return Entry(german, english, tuple(dict.fromkeys(others)), is_hint=True)


def _lemma(told: Sequence[Token], i: int) -> str | None:
    """The listed word that a word is a form of; of several, itself."""
    word = told[i].text
    listed = _by_key().get(key(word))
    if listed is None or (i and word[0].isupper() and makes_surname(told[i - 1].text.casefold())):
        return None
    is_first = i == 0 or not told[i - 1].text[0].isalnum()
    forms = [german for german in listed if is_form(word, german, is_first=is_first)]
    return word if word in forms else next(iter(forms), None)
