"""Numbers in German and English notation, as values: what a translation must not change."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = re.compile(r"(?<![\w.,])\d+(?:[.,:\u00a0\u202f'’]\d+)*|\d+(?:[.,]\d+)*", re.ASCII)
_GROUPED = {
    "de": re.compile(r"\d{1,3}(?:[.\u00a0\u202f'’]\d{3})+(?:,\d+)?"),
    "en": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"),
}
_DECIMAL = {"de": re.compile(r"\d+,\d+"), "en": re.compile(r"\d+\.\d+")}
_DECIMAL_MARK = {"de": ",", "en": "."}

# English number words a translator may well write for a German digit, and the other way round.
_WORDS: dict[str, int] = {
    **{word: i for i, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())},
    **{word: i for i, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)},
    "both": 2,
    "once": 1,
    "twice": 2,
    "half": 5,
    "hundred": 100,
    "thousand": 1000,
    "million": 1000000,
}
_WORD = re.compile(r"[a-z]+")
_MONTHS = "january february march april may june july august september october november december".split()


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in digits: `text[start:end]` and its value."""

    start: int
    end: int
    value: Decimal


def numbers(text: str, *, language: str) -> tuple[Number, ...]:
    """The numbers written in digits, in order, read in the notation of "de" or "en".

    What is neither a grouped number nor a decimal ("19.15", "3:1", "3.7.2025") counts as its parts.
    """
    found: list[Number] = []
    for match in _DIGITS.finditer(text):
        written = match.group()
        if written.isdigit() or _GROUPED[language].fullmatch(written) or _DECIMAL[language].fullmatch(written):
            found.append(Number(match.start(), match.end(), _value(written, language)))
        else:
            found += [
                Number(match.start() + part.start(), match.start() + part.end(), Decimal(part.group()))
                for part in re.finditer(r"\d+", written)
            ]
    return tuple(found)


def _value(written: str, language: str) -> Decimal:
    mark = _DECIMAL_MARK[language]
    whole, _, fraction = written.partition(mark)
    whole = re.sub(r"\D", "", whole)
    return Decimal(f"{whole}.{fraction}" if fraction else whole)


def missing_numbers(source: str, translation: str) -> tuple[tuple[Number, ...], tuple[Number, ...]]:
    """German numbers without a counterpart in the English, and English numbers without one in the German.

    A counterpart has the same value, or is that value as an English word, as a month, or on a twelve-hour clock.
    """
    left = list(numbers(source, language="de"))
    right = list(numbers(translation, language="en"))
    available = Counter(number.value for number in right)
    lost = []
    for number in left:
        if available[number.value]:
            available[number.value] -= 1
        else:
            lost.append(number)
    extra = []
    for number in reversed(right):
        if available[number.value] > 0:
            available[number.value] -= 1
            extra.append(number)
    words = _WORD.findall(translation.casefold())
    spelled = Counter(_WORDS[word] for word in words if word in _WORDS)
    spelled.update(i for i, month in enumerate(_MONTHS, 1) if month in words)
    still_lost = []
    for number in lost:
        if spelled[int(number.value)] > 0 and number.value == int(number.value):
            spelled[int(number.value)] -= 1
            continue
        clock = next((other for other in extra if 12 < number.value <= 24 and other.value == number.value - 12), None)
        if clock is not None:
            extra.remove(clock)
            continue
        still_lost.append(number)
    return tuple(still_lost), tuple(sorted(extra, key=lambda number: number.start))


def in_english(written: str) -> str:
    """A German number in English notation: 1.200,50 becomes 1,200.50, 3,5 becomes 3.5; anything else stays."""
    if _GROUPED["de"].fullmatch(written):
        whole, _, fraction = written.partition(",")
        whole = re.sub(r"\D", ",", whole)
        return f"{whole}.{fraction}" if fraction else whole
    if _DECIMAL["de"].fullmatch(written):
        return written.replace(",", ".")
    return written


def restore_number(source: str, translation: str) -> str | None:
    """The translation with its one wrong number put right, or None where it is not certain which one is wrong.

    Certain means: exactly one number of the source is missing, exactly one is new, and both have at least two digits
    (smaller ones are ordinals, dates and clock times more often than errors).
    """
    lost, extra = missing_numbers(source, translation)
    if len(lost) != 1 or len(extra) != 1:
        return None
    wrong, right = extra[0], source[lost[0].start : lost[0].end]
    digits = [sum(c.isdigit() for c in written) for written in (right, translation[wrong.start : wrong.end])]
    if min(digits) < 2:
        return None
    return translation[: wrong.start] + in_english(right) + translation[wrong.end :]
