"""Whether two German words are forms of one: endings of case and number, umlauts of the plural, adjectives.

By rule and without a dictionary, for terms that somebody chose: Rat and Rates are one word, Rate (an instalment) is
taken for a form of Rat.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_TOKEN = re.compile(r"\w+(?:[-‐‑]\w+)*|[^\w\s]")
_UMLAUTS = str.maketrans("äöü", "aou")
# Longer endings are these twice over (Lehrer-innen is a word of its own).
_NOUN = frozenset(("s", "es", "e", "en", "n", "er", "ern", "ens", "ns", "se", "ses", "sen"))
_UMLAUT_PLURAL = frozenset(("", "e", "en", "er", "ern", "n"))
_ADJECTIVE = ("en", "em", "er", "es", "e")
_NAME = frozenset(("s", "es"))
# Gremium/Gremien, Virus/Viren, Firma/Firmen; Ministerin/Ministerinnen.
_OTHER_PLURALS = (("um", ("en", "a")), ("us", ("en", "i")), ("a", ("en",)), ("in", ("innen",)))
# Nouns that inflect as adjectives do: Abgeordneter, Beauftragte, Vorsitzender; not Mieter, Sünder.
_PARTICIPLE = re.compile(r".*(?:(?:ge|be|ver|ent|er|zer)\w{2,}t|\w{3,}end)")
# "Bunden" is no form of Bund; of three letters and fewer nearly anything would be one.
_SHORTEST = 4
_STEM = 3
# Of a word in its key, at least: EUs is a form of EU.
_KEPT = 2
# All that endings are made of, and um, us, a.
_LETTERS_OF_ENDINGS = "aeimnrsu"


@dataclass(frozen=True, slots=True)
class Token:
    """A word, hyphens inside, or a single other character: `[start:end]` of its text."""

    text: str
    start: int
    end: int
    is_joined: bool
    """Nothing lies between it and the one before."""


def tokens(text: str) -> tuple[Token, ...]:
    """The words and the other characters of a text in order."""
    found = []
    end = -1
    for match in _TOKEN.finditer(text):
        found.append(Token(match.group(), match.start(), match.end(), match.start() == end))
        end = match.end()
    return tuple(found)


def key(word: str) -> str:
    """The same for all forms of a word, and for some that are none."""
    folded = _fold(word).translate(_UMLAUTS)
    return folded[:_KEPT] + folded[_KEPT:].rstrip(_LETTERS_OF_ENDINGS)


def is_form(
    word: str, lemma: str, *, is_name: bool = False, is_attribute: bool = False, is_first: bool = False
) -> bool:
    """Whether `word` is an inflected form of `lemma`.

    `is_name`: names have a genitive and no plural (Bayern is no form of Bayer). `is_attribute`: an adjective before a
    noun, perhaps. `is_first`: at the start of a sentence a small first letter is a capital.
    """
    if word == lemma:
        return True
    if lemma[0].isupper() != word[0].isupper() and not (is_first and word[0].isupper()):
        return False
    if any(map(str.isdecimal, lemma)) or (len(lemma) > 1 and lemma.isupper()):
        return word == f"{lemma}s" or (word.isupper() and word == lemma.upper())  # EU, CO2; many PCs
    left, right = _fold(lemma), _fold(word)
    if left == right:
        return True
    if len(left) < _STEM:
        return False
    if (is_attribute or lemma[0].islower()) and _adjective_stem(left) == _adjective_stem(right):
        return True
    if is_name or is_attribute:
        return right.startswith(left) and right[len(left) :] in _NAME
    return _is_noun_form(right, left)


def is_plural(word: str, lemma: str) -> bool:
    """Whether a form of `lemma` is one of its plural beyond doubt: Räte, Ministerinnen, Gremien.

    Where the singular may look the same (des Studenten, die Studenten), it is not told.
    """
    left, right = _fold(lemma), _fold(word)
    bare = right.translate(_UMLAUTS)
    if bare != right and left.translate(_UMLAUTS) == left and bare.startswith(left):
        return True
    return any(
        left.endswith(old) and right in {left.removesuffix(old) + ending for ending in endings} - {left}
        for old, endings in _OTHER_PLURALS
    )


def _is_noun_form(word: str, lemma: str) -> bool:
    if word.startswith(lemma) and word[len(lemma) :] in (_NOUN if len(lemma) >= _SHORTEST else _NAME):
        return True
    bare = word.translate(_UMLAUTS)
    if bare != word and bare.startswith(lemma) and bare[len(lemma) :] in _UMLAUT_PLURAL:
        return True
    for old, endings in _OTHER_PLURALS:
        stem = lemma.removesuffix(old)
        if stem != lemma and len(stem) >= _STEM and word in {stem + ending for ending in endings}:
            return True
    stem = _adjective_stem(lemma)
    if stem != lemma and _PARTICIPLE.fullmatch(stem):
        return _adjective_stem(word) == stem
    # A term in the plural: the Grünen, a Grüner.
    return lemma.endswith("en") and word in (lemma[:-1], f"{lemma[:-1]}r")


def _adjective_stem(word: str) -> str:
    """Without its ending, but for one of three letters."""
    for ending in _ADJECTIVE:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word[: -len(ending)]
    return word


def _fold(word: str) -> str:
    return unicodedata.normalize("NFC", word.casefold())
