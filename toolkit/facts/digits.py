"""Numbers in German and English notation, as values: what a translation must not change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = re.compile(r"(?<![\w.,])\d+(?:[.,:\u00a0\u202f'’]\d+)*|\d+(?:[.,]\d+)*", re.ASCII)
_GROUPED = {
    "de": re.compile(r"\d{1,3}(?:[.\u00a0\u202f'’]\d{3})+(?:,\d+)?"),
    "en": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"),
}
_DECIMAL = {"de": re.compile(r"\d+,\d+"), "en": re.compile(r"\d+\.\d+")}
_DECIMAL_MARK = {"de": ",", "en": "."}


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
        if written.isdecimal() or _GROUPED[language].fullmatch(written) or _DECIMAL[language].fullmatch(written):
            found.append(Number(match.start(), match.end(), _value(written, language)))
        else:
            found += [
                Number(match.start() + part.start(), match.start() + part.end(), Decimal(part.group()))
                for part in re.finditer(r"\d+", written)
            ]
    return tuple(found)


def read_digits(written: str, language: str) -> list[Decimal]:
    """The value of a number written in the notation of "de" or "en"; of 3:1 and 3.7.2025 the values of the parts."""
    if written.isdecimal() or _GROUPED[language].fullmatch(written) or _DECIMAL[language].fullmatch(written):
        return [_value(written, language)]
    return [Decimal(part) for part in re.findall(r"\d+", written)]


def _value(written: str, language: str) -> Decimal:
    mark = _DECIMAL_MARK[language]
    whole, _, fraction = written.partition(mark)
    whole = re.sub(r"\D", "", whole)
    return Decimal(f"{whole}.{fraction}" if fraction else whole)


def in_english(written: str) -> str:
    """A German number in English notation: 1.200,50 becomes 1,200.50, 3,5 becomes 3.5; anything else stays."""
    if _GROUPED["de"].fullmatch(written):
        whole, _, fraction = written.partition(",")
        whole = re.sub(r"\D", ",", whole)
        return f"{whole}.{fraction}" if fraction else whole
    if _DECIMAL["de"].fullmatch(written):
        return written.replace(",", ".")
    return written
