"""Months and days of the week, in words and as the middle number of 3.7.2025."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from toolkit.documents import Finding
from toolkit.facts.findings import Mention, pair
from toolkit.facts.sentence import Sentence, Token

_MONTHS = {
    "de": "januar februar märz april mai juni juli august september oktober november dezember".split(),
    "en": "january february march april may june july august september october november december".split(),
}
_MORE_MONTHS = {
    "de": {"jänner": 1, "jaenner": 1, "feber": 2, "maerz": 3, "juno": 6, "julei": 7},
    "en": {"sept": 9},
}
_SHORT_MONTHS = {
    "de": {
        "jan": 1,
        "feb": 2,
        "mär": 3,
        "mrz": 3,
        "apr": 4,
        "jun": 6,
        "jul": 7,
        "aug": 8,
        "sept": 9,
        "sep": 9,
        "okt": 10,
        "nov": 11,
        "dez": 12,
    },
    "en": {
        "jan": 1,
        "feb": 2,
        "mar": 3,
        "apr": 4,
        "jun": 6,
        "jul": 7,
        "aug": 8,
        "sep": 9,
        "oct": 10,
        "nov": 11,
        "dec": 12,
    },
}
_DAYS = {
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonntag".split(),
    "en": "monday tuesday wednesday thursday friday saturday sunday".split(),
}
_MORE_DAYS = {"de": {"sonnabend": 6}, "en": {}}
_SHORT_DAYS = {
    "de": {"mo": 1, "di": 2, "mi": 3, "do": 4, "fr": 5, "sa": 6, "so": 7},
    "en": {"mon": 1, "tue": 2, "tues": 2, "wed": 3, "thu": 4, "thur": 4, "thurs": 4, "fri": 5, "sat": 6, "sun": 7},
}
_RELATIVE = {
    "de": frozenset("heute gestern morgen vorgestern übermorgen heutigen gestrigen morgigen heutige gestrige".split()),
    "en": frozenset("today yesterday tomorrow tonight".split()),
}
_NUMERIC = re.compile(r"(?<![\d.])([0-3]?\d)\.\s?([01]?\d)\.(\s?(?:\d{4}|\d{2}))?(?!\d)")
_OF_A_YEAR = re.compile(r"(?<![\d.])\d{4}-([01]\d)-[0-3]\d(?!\d)|(?<![\d/])([0-3]?\d)/([0-3]?\d)/\d{2,4}(?!\d)")


@dataclass(frozen=True, slots=True)
class Day(Mention):
    """A month (1 to 12) or a day of the week (101 for Monday to 107); only a certain one needs a counterpart."""

    number: int
    is_certain: bool


@functools.lru_cache(maxsize=1 << 12)
def _read(lower: str, language: str) -> tuple[int, bool] | None:
    """The month or day that a casefolded word names, alone or within a compound."""
    if lower in _MONTHS[language]:
        return _MONTHS[language].index(lower) + 1, True
    if number := _MORE_MONTHS[language].get(lower):
        return number, True
    days = {**{day: i for i, day in enumerate(_DAYS[language], 1)}, **_MORE_DAYS[language]}
    for day, number in days.items():
        if lower.startswith("montage"):
            break  # Montageband: assembly
        if language == "de" and (lower.startswith(day) or lower.endswith(day)):
            return 100 + number, len(lower) <= len(day) + 2 or lower.startswith(day)
        if language == "en" and lower in {day, f"{day}s", f"{day}'s", f"{day}’s"}:
            return 100 + number, True
    if number := _SHORT_MONTHS[language].get(lower):
        return number, False
    if number := _SHORT_DAYS[language].get(lower):
        return 100 + number, False
    if language == "de":
        for i, month in enumerate(_MONTHS["de"], 1):
            if len(month) > 3 and lower.startswith(month):
                return i, lower in {month, f"{month}s"}
    else:
        for i, month in enumerate(_MONTHS["en"], 1):
            if lower in {f"{month}'s", f"{month}’s"}:
                return i, True
    return None


def days(sentence: Sentence) -> list[Day]:
    """The months and weekdays of a sentence, capitalised as both languages write them."""
    found = []
    for i, token in enumerate(sentence.tokens):
        number = _read(token.lower, sentence.language)
        if number is not None and (token.text[0].isupper() or sentence.language == "de" or len(token.text) > 5):
            if sentence.language == "en" and token.lower in {"may", "march", "august"} and not token.text[0].isupper():
                continue
            if sentence.language == "en" and token.lower in {"may", "march", "august"}:
                number = (number[0], _is_month(sentence.tokens, i))
            if sentence.language == "de" and not token.text[0].isupper() and number[0] < 100:
                continue
            found.append(Day(token.start, token.end, *number))
    if sentence.language == "de" and sentence.text.count(".") > 1:
        found += [
            Day(match.start(2), match.end(2), int(match.group(2)), bool(match.group(3)))
            for match in _NUMERIC.finditer(sentence.text)
            if 0 < int(match.group(2)) <= 12 and 0 < int(match.group(1)) <= 31
        ]
    return found


def _is_month(tokens: tuple[Token, ...], position: int) -> bool:
    """Whether May, March or August is sure to be the month: beside a number or behind a word that dates."""
    before = tokens[position - 1] if position else None
    after = tokens[position + 1] if position + 1 < len(tokens) else None
    if any(token is not None and token.text[0].isdecimal() for token in (before, after)):
        return True
    return before is not None and before.lower in {
        "in",
        "of",
        "since",
        "until",
        "by",
        "last",
        "next",
        "early",
        "late",
        "mid",
    }


def numeric_months(sentence: Sentence) -> set[int]:
    """The months of dates in digits; 7/3/2025 may be either."""
    if sentence.text.count(".") < 2 and "/" not in sentence.text and "-" not in sentence.text:
        return set()
    found = {int(match.group(2)) for match in _NUMERIC.finditer(sentence.text)}
    if "9/11" in sentence.text:
        found.add(9)
    for match in _OF_A_YEAR.finditer(sentence.text):
        found |= {int(group) for group in match.groups() if group}
    return found


def compare(source: Sentence, translation: Sentence, left: list[Day], right: list[Day]) -> list[Finding]:
    """Months and weekdays without a counterpart."""
    if not left and not right:
        return []
    known = [{day.number for day in side} | numeric_months(one) for side, one in ((left, source), (right, translation))]
    # In der Nacht zum Sonntag is on Saturday night.
    is_night = "nacht" in source.words
    lost = [
        day
        for day in left
        if day.is_certain
        and day.number not in known[1]
        and not (is_night and _neighbour(day, -1) in known[1])
        and source.text[day.start : day.end].casefold() not in translation.words
    ]
    new = [
        day
        for day in right
        if day.is_certain
        and day.number not in known[0]
        and not (is_night and _neighbour(day, 1) in known[0])
        and not any(word.startswith(_name(translation, day)) for word in source.words)
    ]
    # Agencies name the day where others say today, and the other way round.
    if not new and not _RELATIVE["en"].isdisjoint(translation.words):
        lost = [day for day in lost if day.number <= 12]
    if not lost and not _RELATIVE["de"].isdisjoint(source.words):
        new = [day for day in new if day.number <= 12]
    return pair("date", source.text, translation.text, lost, new)


def _neighbour(day: Day, step: int) -> int:
    """The number of the weekday before (-1) or after (1); 0 for a month."""
    return (day.number - 101 + step) % 7 + 101 if day.number > 100 else 0


def _name(sentence: Sentence, day: Day) -> str:
    """The word without a possessive, as a restaurant called Ruby Tuesday may stand in the German."""
    return sentence.text[day.start : day.end].casefold().replace("’", "'").removesuffix("'s")


def is_dated(sentence: Sentence, mention: Mention, found: list[Day]) -> bool:
    """Whether a number stands beside a month or is the first of 3.7.2025: then it is the day of a date."""
    for day in found:
        if (
            day.number <= 12
            and -1 <= day.start - mention.end <= 6
            and not _letters(sentence.text[mention.end : day.start])
        ):
            return True
        if (
            day.number <= 12
            and 0 <= mention.start - day.end <= 6
            and not _letters(sentence.text[day.end : mention.start])
        ):
            return True
    return False


def _letters(text: str) -> bool:
    return any(
        map(str.isalpha, text.replace("of", "").replace("th", "").replace("st", "").replace("nd", "").replace("rd", ""))
    )
