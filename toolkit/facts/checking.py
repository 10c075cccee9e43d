"""The check of one sentence against its translation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from toolkit.documents import Finding
from toolkit.facts import acronyms, conversions, dates, links, names, negation, quantities, quotations, times, units
from toolkit.facts.dates import Day
from toolkit.facts.findings import KINDS, Mention, pair
from toolkit.facts.quantities import Quantity
from toolkit.facts.sentence import Sentence, read

# Numbers up to this are written out and used without counting.
_SMALL = 12
_TWO = 2
# Round the clock, an emergency call, and the eleventh of September.
_IDIOMS = re.compile(r"\b(?:24/7|24 hours a day|9/11|4x4|911|Catch[- ]22|1st|2nd)\b")
_COVID = re.compile(r"\b(covid[-‑– ]?)19\b", re.IGNORECASE)
_ORDER = {kind: i for i, kind in enumerate(KINDS)}


def check(source: str, translation: str) -> tuple[Finding, ...]:
    """The facts of a German sentence that its English translation lacks, changed or added, by kind and place.

    An empty translation lacks every fact. No finding is no proof: what cannot be told with confidence is not reported.
    """
    addresses = links.links(source), links.links(translation)
    german = read(_without(source, addresses[0]), "de")
    english = read(_without(translation, addresses[1]), "en")
    numbers, converted = _numbers(german, english)
    found = [
        *numbers,
        *units.compare(german, english, "currency"),
        *units.compare(german, english, "unit", converted),
        *negation.compare(german, english),
        *names.compare(german, english),
        *acronyms.compare(german, english),
        *links.compare(source, translation, *addresses),
        *quotations.compare(source, translation),
    ]
    return tuple(sorted(found, key=lambda finding: (_ORDER[finding.kind], finding.start)))


def _without(text: str, links: Sequence[Mention]) -> str:
    """The text with blanks where the links are, so that nothing within them is read and every offset holds."""
    for link in links:
        text = text[: link.start] + " " * (link.end - link.start) + text[link.end :]
    return text


def _numbers(german: Sentence, english: Sentence) -> tuple[list[Finding], frozenset[str]]:
    """Numbers, dates and times, which may each be written as another; and the units that are told in another system."""
    clocks = times.times(german), times.times(english)
    numbers = quantities.quantities(german, clocks[0]), quantities.quantities(english, clocks[1])
    days = dates.days(german), dates.days(english)
    if not any((*clocks, *numbers, *days)):
        return [], frozenset()
    numbers = _without_months(numbers[0], days[0]), _without_months(numbers[1], days[1])
    plain = quantities.all_values(numbers[0]), quantities.all_values(numbers[1])
    values = [
        own | times.values(clock) | ({float(day.number) for day in found} if dates.numeric_months(other) else set())
        for own, clock, found, other in zip(plain, clocks, days, (english, german), strict=True)
    ]
    lost = _not_copied(quantities.unmatched(numbers[0], values[1]), german, english)
    new = _not_copied(quantities.unmatched(numbers[1], values[0]), english, german)
    lost, new, converted = _without_converted(lost, new, plain, german, english)
    lost, new = _without_covid(lost, german, english), _without_covid(new, english, german)
    if not lost:
        # The two of them, one in five: small numbers in words are new only in another's place.
        new = [one for one in new if english.text[one.start].isdecimal() or one.values[0] > _SMALL]
    if not new:
        # The same the other way round: die zwei Häuser are the houses.
        lost = [one for one in lost if german.text[one.start].isdecimal() or one.values[0] != _TWO]
    idioms = [match.span() for match in _IDIOMS.finditer(english.text)]
    new = [one for one in new if not any(start <= one.start < end for start, end in idioms)]
    findings: list[Finding] = []
    for kind, is_date in (("date", True), ("number", False)):
        some: list[list[Mention]] = [
            [one for one in side if dates.is_dated(text, one, found) == is_date]
            for side, text, found in zip((lost, new), (german, english), days, strict=True)
        ]
        findings += pair(kind, german.text, english.text, *some)
    findings += times.compare(german, english, *clocks, plain)
    findings += dates.compare(german, english, *days)
    return findings, converted


def _without_converted(
    lost: list[Quantity],
    new: list[Quantity],
    values: tuple[set[float], set[float]],
    german: Sentence,
    english: Sentence,
) -> tuple[list[Quantity], list[Quantity], frozenset[str]]:
    """What is lost and new without the numbers that the other side tells in another system, and those units."""
    used = conversions.conversions(german, english) if lost or new else ()
    if not used:
        return lost, new, frozenset()
    left = [one for one in lost if not conversions.are_told(one.values, values[1], used, is_metric=True)]
    right = [one for one in new if not conversions.are_told(one.values, values[0], used, is_metric=False)]
    is_converted = len(left) < len(lost) or len(right) < len(new)
    return left, right, frozenset(name for each in used for name in (each.metric, each.other) if is_converted)


def _without_covid(mentions: list[Quantity], own: Sentence, other: Sentence) -> list[Quantity]:
    """Those that are not the 19 of Covid-19, where the other side has Corona or Covid."""
    if not any(word.startswith(("corona", "covid")) for word in other.words):
        return mentions
    covid = {match.end(1) for match in _COVID.finditer(own.text)}
    return [one for one in mentions if one.start not in covid]


def _without_months(found: list[Quantity], days: list[Day]) -> list[Quantity]:
    """The numbers without the month of 3.7.2025."""
    months = {day.start for day in days if day.number <= 12}
    return [quantity for quantity in found if quantity.start not in months]


def _not_copied(mentions: Sequence[Quantity], own: Sentence, other: Sentence) -> list[Quantity]:
    """Those that are not words of a foreign title left as it is: "Ten Years Later" in the German too."""
    return [
        mention
        for mention in mentions
        if own.text[mention.start].isdecimal() or own.text[mention.start : mention.end].casefold() not in other.words
    ]
