"""Measures told in another system: 161 feet for 49 metres, 50 degrees Fahrenheit for 10 degrees."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.facts.sentence import Sentence

# Both round, so that six metres are 20 feet as well as 18.
_TOLERANCE = 0.1


@dataclass(frozen=True, slots=True)
class Conversion:
    """A metric unit and one of the other system, by their names in words/units.txt; one of the former is `factor` of
    the latter, counted from `offset`."""

    metric: str
    other: str
    factor: float
    offset: float = 0.0

    def agrees(self, metric: float, other: float) -> bool:
        """Whether two numbers are the same measure, both rounded."""
        return abs(metric * self.factor + self.offset - other) <= _TOLERANCE * abs(other)


_CONVERSIONS = (
    (r"kilomet|km", r"\bmiles?\b|mph\b", Conversion("kilometre", "mile", 0.6214)),
    (r"(?<!kilo)(?<!zenti)(?<!milli)meter|\bm\b", r"\b(?:feet|foot|ft)\b", Conversion("metre", "foot", 3.281)),
    (r"(?<!kilo)(?<!zenti)(?<!milli)meter|\bm\b", r"\byards?\b", Conversion("metre", "metre", 1.094)),
    (r"zentimeter|\bcm\b", r"\binch(?:es)?\b|\din\b", Conversion("centimetre", "inch", 0.3937)),
    (r"zentimeter|\bcm\b", r"\b(?:feet|foot|ft)\b", Conversion("centimetre", "foot", 0.03281)),
    (r"kilo|\bkg\b", r"\b(?:pounds?|lbs?)\b", Conversion("kilogram", "pound", 2.205)),
    (r"hektar", r"\bacres?\b", Conversion("hectare", "acre", 2.471)),
    (r"liter", r"\bgallons?\b", Conversion("litre", "gallon", 0.2642)),
    (r"\bgrad\b|°", r"\bdegrees?\b|°", Conversion("degree", "degree", 1.8, 32)),
)
_PATTERNS = tuple((re.compile(german, re.I), re.compile(english, re.I), each) for german, english, each in _CONVERSIONS)


def conversions(source: Sentence, translation: Sentence) -> tuple[Conversion, ...]:
    """Those that two sentences may have used."""
    return tuple(
        each for german, english, each in _PATTERNS if english.search(translation.text) and german.search(source.text)
    )


def are_told(values: Iterable[float], others: Iterable[float], used: Iterable[Conversion], *, is_metric: bool) -> bool:
    """Whether one of a number's values, metric or not, is one of the others converted."""
    own, there = tuple(values), tuple(others)
    return any(
        each.agrees(value, other) if is_metric else each.agrees(other, value)
        for each in used
        for value in own
        for other in there
    )
