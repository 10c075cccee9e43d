"""What of an English sentence is found in the text it rests on: content words, names, numbers."""

from __future__ import annotations

import functools
import re
from decimal import Decimal

from toolkit import facts

_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*")
_STOP_WORDS = frozenset(
    """
    a about above across after again against ago all along also although am amid among an and another any anyone
    are around as at away back be became because become been before being below between both but by came can
    cannot could did do does doing done down due during each either else even ever every few for former from
    further gave get gets go goes going got had has have having he her here hers herself him himself his how
    however i if in including into is it its itself just last later least less like likely made make makes
    making many may me might more most much must my near neither never new next no nor not now of off often on
    once one only onto or other others our out over own per rather s same saw say saying says said see seen
    several shall she should since so some soon still such t take taken takes than that the their theirs them
    themselves then there these they this those though through thus to today together told too took toward
    towards two under until up upon us use used using very via was way we well went were what when where whether
    which while who whole whom whose why will with within without would yesterday yet you your
    """.split()
)
# Spelled numbers that are claims; "one", "first", "second", "both", "half" are mostly not.
_SPELLED = {
    word: Decimal(value)
    for value, word in enumerate("three four five six seven eight nine ten eleven twelve".split(), start=3)
}
_SPELLED_IN_EVIDENCE = {**_SPELLED, "one": Decimal(1), "two": Decimal(2), "both": Decimal(2), "half": Decimal(50)}
_SUFFIXES = ("ing", "ed", "es", "s", "e", "ly")


def words(text: str) -> list[str]:
    """The words of a text, as written."""
    return _WORD.findall(text)


@functools.lru_cache(maxsize=1 << 12)
def stem(word: str) -> str:
    """A word without case, dots, possessive and the commonest endings; for comparing only."""
    stemmed = word.casefold().replace("’", "'").removesuffix("'s").replace(".", "")
    for suffix in _SUFFIXES:
        if stemmed.endswith(suffix) and len(stemmed) - len(suffix) >= 3:
            stemmed = stemmed.removesuffix(suffix)
            break
    if len(stemmed) > 3 and stemmed[-1] == stemmed[-2]:
        stemmed = stemmed[:-1]
    return stemmed[:-1] + "i" if stemmed.endswith("y") else stemmed


def is_content(word: str) -> bool:
    """Whether a word carries meaning of its own."""
    return word.casefold() not in _STOP_WORDS and any(character.isalnum() for character in word)


def content_stems(text: str) -> list[str]:
    """Stems of the content words, in order."""
    return [stem(word) for word in words(text) if is_content(word)]


def support(sentence: str, evidence: str) -> float | None:
    """Share of the sentence's content words found in the evidence, 0 to 1; None where it has none."""
    wanted = content_stems(sentence)
    if not wanted:
        return None
    available = _stems_with_parts(evidence)
    return sum(_is_found(word, available) for word in wanted) / len(wanted)


def ungrounded(sentence: str, evidence: str) -> tuple[str, ...]:
    """Names (capitalised words) and numbers of the sentence that the evidence lacks, in order.

    An acronym is found where its letters start neighbouring words of the evidence.
    """
    available = _stems_with_parts(evidence)
    initials = "".join(word[0] for word in words(evidence)).casefold()
    missing: list[str] = []
    for word in words(sentence):
        lower = word.casefold()
        if not word[0].isupper() or lower in _STOP_WORDS or lower in _SPELLED or _is_found(stem(word), available):
            continue
        bare = word.replace(".", "")
        if 2 <= len(bare) <= 6 and bare.isupper() and bare.casefold() in initials:
            continue
        missing.append(word)
    values = {number.value for number in facts.numbers(evidence, language="en")}
    values |= {
        _SPELLED_IN_EVIDENCE[word.casefold()] for word in words(evidence) if word.casefold() in _SPELLED_IN_EVIDENCE
    }
    missing += [
        sentence[number.start : number.end]
        for number in facts.numbers(sentence, language="en")
        if number.value not in values
    ]
    missing += [
        word for word in words(sentence) if _SPELLED.get(word.casefold(), Decimal(1)) not in {*values, Decimal(1)}
    ]
    return tuple(missing)


def _stems_with_parts(text: str) -> frozenset[str]:
    """Stems of all words, and of the parts of hyphenated ones."""
    found = set()
    for word in words(text):
        found.add(stem(word))
        if "-" in word:
            found.update(stem(part) for part in word.split("-") if part)
    return frozenset(found)


def _is_found(stemmed: str, available: frozenset[str]) -> bool:
    if stemmed in available:
        return True
    return "-" in stemmed and all(stem(part) in available for part in stemmed.split("-") if part)
