"""Times of day: 19.15 Uhr, halb acht, 7:15 p.m., a quarter to eight."""

from __future__ import annotations

import re
from dataclasses import dataclass

from toolkit.documents import Finding
from toolkit.facts.findings import Mention, pair
from toolkit.facts.sentence import Sentence

_DAY, _HALF_DAY = 24 * 60, 12 * 60


@dataclass(frozen=True, slots=True)
class Time(Mention):
    """A time of day in minutes after midnight; `half` is "am" or "pm" where the text says which, else ""."""

    minutes: int
    half: str
    is_certain: bool = True


def _hours(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_GERMAN_HOURS = {
    word: i for i, word in enumerate("eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split(), 1)
} | {"ein": 1}
_ENGLISH_HOURS = {
    word: i for i, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}
_CLOCK = r"(\d{1,2})(?:[.:](\d{2}))?"
_TO = r"\s*(?:bis|und|oder|to|and|until|till|or|-|–|—|/)\s*"
# 19 Uhr 30, but not the 38 of "16.20 Uhr 38,4 Grad".
_MINUTES_BEHIND = r"(?:\s*(\d{2})\b(?!\s*(?:[A-ZÄÖÜ%°€$]|[\d.,:]*\d)))?"
_GERMAN_RANGE = re.compile(rf"(?<![\d.,:]){_CLOCK}(?:{_TO}{_CLOCK})?\s*(?:Uhr|h)\b{_MINUTES_BEHIND}")
# Minutes to add to the hour: halb acht is 7:30.
_GERMAN_PARTS = {"halb": -30, "viertel vor": -15, "viertel nach": 15, "dreiviertel": -15}
_GERMAN_WORDS = re.compile(
    rf"\b(?:({'|'.join(_GERMAN_PARTS)})\s+)?({_hours(_GERMAN_HOURS)}|\d{{1,2}})(\s+Uhr)?\b", re.IGNORECASE
)
_AM_PM = r"(a\.?\s?m\b\.?|p\.?\s?m\b\.?|o['’]clock|noon|hours\b|hrs\b|h\b)"
_ENGLISH_RANGE = re.compile(rf"(?<![\d.,:]){_CLOCK}(?:{_TO}{_CLOCK})?\s*{_AM_PM}", re.IGNORECASE)
_ENGLISH_BARE = re.compile(r"(?<![\d.,:])([01]?\d|2[0-3]):([0-5]\d)(?![\d:.,]*\d)")
_ENGLISH_WORDS = re.compile(
    rf"\b(?:(half past|half|a quarter past|quarter past|a quarter to|quarter to|quarter after)\s+)?"
    rf"({_hours(_ENGLISH_HOURS)}|\d{{1,2}})(?:\s*{_AM_PM})?(?!\w)",
    re.IGNORECASE,
)
_PART_OF_DAY = {
    "de": {
        "pm": re.compile(r"abend|nachmittag|mittag|nacht", re.IGNORECASE),
        "am": re.compile(r"morgen|früh|vormittag|nacht", re.IGNORECASE),
    },
    "en": {
        "pm": re.compile(r"evening|afternoon|night|noon", re.IGNORECASE),
        "am": re.compile(r"morning|night|early|\bam\b", re.IGNORECASE),
    },
}


def times(sentence: Sentence) -> list[Time]:
    """The times of day that are written as such; a bare 19.15 is a number."""
    return _german(sentence) if sentence.language == "de" else _english(sentence)


def _german(sentence: Sentence) -> list[Time]:
    words, text = sentence.words, sentence.text
    found: list[Time] = []
    if "uhr" in words or "h" in words:
        for match in _GERMAN_RANGE.finditer(text):
            hour, minute, second_hour, second_minute, after = match.groups()
            if after and (minute or second_hour):
                after = None
            found += _clock(match, 1, hour, minute or after, "")
            if second_hour:
                found += _clock(match, 3, second_hour, second_minute, "")
    if "halb" in words or "viertel" in words or "dreiviertel" in words or "uhr" in words:
        for match in _GERMAN_WORDS.finditer(text):
            part, written, clock = match.groups()
            hour_value = _GERMAN_HOURS.get(written.lower()) or (int(written) if written.isdecimal() else 0)
            if (part or (clock and not written.isdecimal())) and 0 < hour_value <= 12:
                minutes = hour_value * 60 + _GERMAN_PARTS.get((part or "").lower(), 0)
                found.append(Time(match.start(), match.end(), minutes % _DAY, ""))
    for token in sentence.tokens:
        if token.lower in {"mitternacht", "mittag", "mittags"}:
            found.append(Time(token.start, token.end, 0 if token.lower == "mitternacht" else _HALF_DAY, "", False))
    return found


def _clock(match: re.Match[str], group: int, hour: str, minute: str | None, half: str) -> list[Time]:
    """One side of a range; nothing where it is no time of day."""
    hours, minutes = int(hour), int(minute or 0)
    if hours > 24 or minutes > 59:
        return []
    if half and hours <= 12:
        hours = hours % 12 + (12 if half == "pm" else 0)
    elif hours > 12:
        half = "pm"
    end = (
        match.end()
        if match.lastindex is None or group == 3 or match.group(3) is None
        else match.end(2 if minute else 1)
    )
    return [Time(match.start(group), end, (hours * 60 + minutes) % _DAY, half)]


def _english(sentence: Sentence) -> list[Time]:
    words, text = sentence.words, sentence.text
    found: list[Time] = []
    has_digit = any(token.text[0].isdecimal() for token in sentence.tokens)
    if has_digit:
        for match in _ENGLISH_RANGE.finditer(text):
            hour, minute, second_hour, second_minute, mark = match.groups()
            half = _half(mark)
            if mark.lower() in {"hours", "hrs", "h"} and minute is None and second_minute is None:
                continue  # 12 hours are a time span
            if second_hour:
                found += _clock(match, 3, second_hour, second_minute, half)
                # "10 to 2 p.m." leaves open which half the first belongs to
                found += _clock(match, 1, hour, minute, "")
            else:
                found += _clock(match, 1, hour, minute, half)
        taken = {time.start for time in found}
        if ":" in text:
            for match in _ENGLISH_BARE.finditer(text):
                if match.start() not in taken:
                    hours, minutes = int(match.group(1)), int(match.group(2))
                    half = "pm" if hours > 12 else ""
                    found.append(Time(match.start(), match.end(), hours * 60 + minutes, half, False))
    if "half" in words or "quarter" in words or "clock" in text or "am" in words or "pm" in words or ".m" in text:
        for match in _ENGLISH_WORDS.finditer(text):
            part, written, mark = match.groups()
            if part or (mark and not written.isdecimal() and mark.lower() not in {"hours", "hrs", "h"}):
                hour_value = _ENGLISH_HOURS.get(written.lower()) or int(written)
                if not 0 < hour_value <= 12 or (part and part.lower() == "half" and not mark):
                    continue
                shift = (
                    30 if part and part.lower().startswith("half") else 15 if part and "to" not in part.lower() else 0
                )
                shift = -15 if part and part.lower().endswith("to") else shift
                half = _half(mark or "")
                hour_value = hour_value % 12 + (12 if half == "pm" else 0) if half else hour_value
                found.append(Time(match.start(), match.end(), (hour_value * 60 + shift) % _DAY, half))
    for token in sentence.tokens:
        if token.lower in {"midnight", "noon", "midday"}:
            found.append(Time(token.start, token.end, 0 if token.lower == "midnight" else _HALF_DAY, "", False))
    return found


def _half(mark: str) -> str:
    mark = mark.lower()
    return "am" if mark.startswith("a") else "pm" if mark.startswith("p") else ""


def values(found: list[Time]) -> set[float]:
    """The numbers as which the times might be written elsewhere: hour, minute, 19.15, on both clocks."""
    result: set[float] = set()
    for time in found:
        hour, minute = divmod(time.minutes, 60)
        for other in {hour, (hour - 12) % 24, 24 if hour == 0 else hour}:
            result |= {other, minute, round(other + minute / 100, 2)}
    return result


def compare(
    source: Sentence, translation: Sentence, left: list[Time], right: list[Time], numbers: tuple[set[float], set[float]]
) -> list[Finding]:
    """Times without a counterpart; `numbers` are the values of the other numbers in the source and the translation."""
    lost: list[Mention] = [
        time for time in left if time.is_certain and not is_found(time, right, numbers[1], (source, translation))
    ]
    new: list[Mention] = [
        time for time in right if time.is_certain and not is_found(time, left, numbers[0], (translation, source))
    ]
    return pair("time", source.text, translation.text, lost, new)


def is_found(time: Time, others: list[Time], numbers: set[float], sides: tuple[Sentence, Sentence]) -> bool:
    """Whether the other of two `sides` has the time, among its `others` or as one or two of its `numbers`."""
    for other in others:
        if other.minutes % _HALF_DAY != time.minutes % _HALF_DAY:
            continue
        if not (time.half and other.half) or time.half == other.half:
            return _agree(time, other, sides)
    hour, minute = divmod(time.minutes, 60)
    for value in (hour, hour - 12, hour + 12, 24 if hour == 0 else hour):
        if (value in numbers and (minute == 0 or minute in numbers)) or round(value + minute / 100, 2) in numbers:
            return True
    return False


def _agree(time: Time, other: Time, sides: tuple[Sentence, Sentence]) -> bool:
    """Whether a time that names its half of the day may be one that does not: 7 Uhr is 7 a.m. unless it is evening."""
    if bool(time.half) == bool(other.half):
        return True
    half, silent, text = (time.half, other, sides[1]) if time.half else (other.half, time, sides[0])
    if text.language == "en" or half == "am" or silent.minutes >= _HALF_DAY:
        return True
    return bool(_PART_OF_DAY["de"][half].search(text.text))
