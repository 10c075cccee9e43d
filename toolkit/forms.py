"""Forms of English words, plurals and adverbs, and which of them a German word in a text can stand for."""

from __future__ import annotations

import re

from toolkit.inflection import is_plural, tokens

_ALIKE = ("er", "el", "en", "chen", "lein")
"""Nouns that end so and are not feminine have a plural that looks the same."""
# Words before such a noun: der and die may stand before either (die Helfer, die Ampel), den only before one (the dative
# of the plural has an n more).
_ONE = frozenset(
    "das dem den des ein einem einen eines dies dieses diesem diesen jedes jedem jeden jeder kein keinem keinen keines "
    "mein meinem meinen sein seinem seinen ihr ihrem ihren unser unserem unseren im am vom zum beim ins ans".split()
)
_MANY = frozenset("alle viele einige mehrere wenige beide zwei drei vier fünf sechs sieben acht neun zehn".split())

_IRREGULAR = {
    "child": "children",
    "person": "people",
    "foot": "feet",
    "tooth": "teeth",
    "mouse": "mice",
    "wife": "wives",
    "life": "lives",
    "knife": "knives",
    "leaf": "leaves",
    "half": "halves",
    "thief": "thieves",
    "wolf": "wolves",
    "shelf": "shelves",
    "criterion": "criteria",
    "larva": "larvae",
    "bacterium": "bacteria",
}
_NO_MEN = ("human", "german", "roman", "norman", "shaman", "talisman", "ottoman")
_UNCOUNTED = frozenset(
    "advice clothing equipment evidence feedback food funding furniture hardware information infrastructure jewellery "
    "jewelry legislation livestock luggage machinery merchandise money people personnel police research software staff "
    "traffic wildlife".split()
)


def written(english: str, lemma: str, found: str, before: str) -> tuple[str, ...]:
    """The forms of the English for `lemma` that its form `found`, behind the text `before`, can stand for."""
    if lemma[0].islower():
        # With an ending it stands before a noun; without one it may be an adverb.
        return (english, adverb(english)) if found == lemma else (english,)
    return tuple(plural(english) if is_many else english for is_many in numbers(before, found, lemma))


def numbers(before: str, noun: str, lemma: str) -> tuple[bool, ...]:
    """Whether a form of the noun `lemma`, behind the text `before`, is a plural: what is possible, False first."""
    if is_plural(noun, lemma):
        return (True,)
    if noun != lemma:
        return (False, True)
    return _of_like_forms(before) if lemma.endswith(_ALIKE) else (False,)


def _of_like_forms(before: str) -> tuple[bool, ...]:
    """By the determiner, adjectives aside."""
    for token in reversed(tokens(before)):
        lower = token.text.casefold()
        if lower in _ONE:
            return (False,)
        if lower in _MANY or (lower.isdecimal() and lower != "1"):
            return (True,)
        if not token.text[0].islower():
            break
    return (False, True)


def plural(english: str) -> str:
    """Of the last word, or of the one before "of": members of parliament."""
    words = english.split()
    head = words.index("of") - 1 if "of" in words[1:] else len(words) - 1
    words[head] = _of_word(words[head])
    return " ".join(words)


def adverb(english: str) -> str:
    """Of an adjective, by its last word: publicly, possibly, hastily."""
    if english.endswith("ly"):
        return english
    if english.endswith("ic") and english != "public":
        return english + "ally"
    if english.endswith("le"):
        return english[:-1] + "y"
    if english.endswith("y"):
        return english[:-1] + "ily"
    return english + "ly"


def pattern(word: str) -> str:
    """A pattern of a word and its plural."""
    if not word[-1].isalpha():
        return re.escape(word)
    forms = sorted({word, _of_word(word)}, key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, forms))}|{re.escape(word)}e?s)"


def _of_word(word: str) -> str:
    lower = word.casefold()
    for ending, other in _IRREGULAR.items():
        if lower.endswith(ending):
            return word[: len(word) - len(ending)] + other
    if lower in _UNCOUNTED or not word[-1].isalpha() or word[-1].isupper():
        return word
    if lower.endswith("man") and not lower.endswith(_NO_MEN):
        return word[:-2] + "en"
    if lower.endswith("y") and lower[-2:-1] not in tuple("aeiou"):
        return word[:-1] + "ies"
    if lower.endswith("sis"):
        return word[:-2] + "es"
    if lower.endswith(("x", "z", "ch", "sh", "ss", "us", "tato", "mato", "hero", "veto")):
        return word + "es"
    return word if lower.endswith("s") else word + "s"  # what ends in s is one already
