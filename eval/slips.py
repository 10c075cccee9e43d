"""Errors planted in good translations: one slip each, of the kinds that turn the news around."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

KINDS = ("number", "date", "time", "negation", "name", "omission", "roles")
"""Number, date or time changed; negation set or dropped; name replaced; part of the sentence dropped; two names
exchanged, one of whom does something to the other."""

_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = "thousand million billion".split()
# What a name gives way to: one of its own kind where it is in a list, else a surname.
_COUNTRIES = (
    "Austria Belgium Brazil Bulgaria Canada China Denmark Egypt Finland France Germany Greece Hungary India Iran "
    "Ireland Israel Italy Japan Mexico Norway Poland Portugal Romania Russia Serbia Spain Sweden Switzerland Turkey "
    "Ukraine"
).split()
_PEOPLES = (
    "American Austrian Belgian Brazilian British Canadian Chinese Danish Dutch Finnish French German Greek Hungarian "
    "Indian Iranian Irish Israeli Italian Japanese Mexican Norwegian Polish Portuguese Russian Spanish Swedish Swiss "
    "Turkish Ukrainian"
).split()
_CITIES = (
    "Amsterdam Athens Berlin Bremen Brussels Budapest Cologne Copenhagen Dresden Frankfurt Geneva Hamburg Hanover "
    "Leipzig Lisbon London Madrid Milan Moscow Munich Naples Nuremberg Paris Prague Rome Stuttgart Vienna Warsaw Zurich"
).split()
_SURNAMES = (
    "Albers Bergmann Brandt Dietrich Ebert Falk Gruber Hartwig Jansen Kessler Lindner Martens Neubauer Pohl Reinhardt "
    "Seidel Thiele Ullrich Vogt Wegener"
).split()

_YEAR = re.compile(r"(?<![\d.,$€£-])(?:19|20)\d\d(?![\d.,]*\d)")
_DAY = re.compile(rf"\b(?:{'|'.join(_MONTHS)}) (\d{{1,2}})\b|\b(\d{{1,2}})(?:st|nd|rd|th)? (?:{'|'.join(_MONTHS)})\b")
_CLOCK = re.compile(r"(?<![\d:.])(\d{1,2})(?=(?:[:.][0-5]\d)? ?(?:[ap]\.?m\b|o['’]clock)|:[0-5]\d\b)")
_HALF = re.compile(r"(?<=\d) ?([ap])(?=\.?m\b)")
_NUMBER = re.compile(r"(?<![\w.,:/-])\d+(?:[.,]\d+)*(?![\w:/-]|[.,]\d)")
_NAMES = re.compile(r"(?<![\w.'’-])[A-ZÄÖÜ][a-zäöüßáéíóúèçñ]{2,}(?:[ -][A-ZÄÖÜ][a-zäöüßáéíóúèçñ]{2,})*(?![\w-])")
_DATED = frozenset((*_MONTHS, *_DAYS))
_LISTED = frozenset((*_COUNTRIES, *_PEOPLES, *_CITIES))
_NOT = re.compile(
    r"\b(?:is|are|was|were|has|have|had|does|do|did|would|could|should|must)(n['’]t)\b|\bcan(not)\b"
    r"|( not)(?! (?:only|just|least|even|necessarily|yet|until|all|every)\b)\b"
    r"|\b(never )|\b(no)(?= [a-z])(?! (?:longer|one|more|less|matter|doubt)\b)"
)
_NEGATED = re.compile(
    r"\b(?:nicht|kein\w*|nie|niemals|niemand\w*|nichts|ohne|weder|kaum|not?|never|neither|nor|none|nobody|nothing"
    r"|without|cannot|hardly|barely)\b|n['’]t\b",
    re.IGNORECASE,
)
# Not before a subject, as in questions.
_AUXILIARY = re.compile(
    r"(?<=\w )(?:is|are|was|were|will|would|can|could|should)(?= (?!the|an?|you|s?he|it|we|they|i|there)[a-z]{2})"
    r"|(?<=\w )(?:has|have|had)(?= (?:\w+ed|been|become|made|taken|given|seen|come|gone|said|begun|lost|won|left)\b)"
)
_PART = re.compile(
    r"[,;:] |(?= (?:(?:in|of|for|to|with|from|on|by|at) )?(?:which|whom|whose)\b)"
    r"|(?<![,;:])(?= (?:and|but|because|while|although|after|before|when|who|where)\b)"
)
_LEAST_WORDS = 4
"""Of a part that is dropped, and of what is left."""
# Between two names one of whom does something to the other: two that are merely named together have no roles.
_VERB = re.compile(
    r"\b(?:\w{2,}ed|\w{3,}izes|accuses|asks|beats?|began|bought|brought|calls|caught|defeats|fought|found|gave|heard|held"
    r"|helps|hit|kept|led|leads|left|lost|made|meets|met|paid|praises|put|said|saw|says|sent|sold|sues|supports|tells"
    r"|thanks|threatens|told|took|visits|wants|warns|wins|won|wrote)\b"
)
_PLACED = re.compile(r"\b(?:at|from|in|into|near|of|to|via|with)(?: the)? $")
_STEM = 4


class _Edit(NamedTuple):
    start: int
    end: int
    new: str


def plant(source: str, translation: str, rng: random.Random) -> tuple[str, str] | None:
    """The translation with one error planted, and the kind of it (from KINDS); None where there is no place for any.

    The kind is drawn first, among those that the sentence has a place for, then the place. The same pair and the same
    state of `rng` give the same slip. A word at the start of the translation is never a name.
    """
    kinds = list(KINDS)
    rng.shuffle(kinds)
    for kind in kinds:
        if slip := plant_kind(kind, source, translation, rng):
            return slip, kind
    return None


def plant_kind(kind: str, source: str, translation: str, rng: random.Random) -> str | None:
    """The translation with an error of one kind; None where the sentence has no place for it."""
    places = _PLACES[kind](source, translation, rng)
    if not places:
        return None
    edits = rng.choice(places)
    for edit in sorted(edits, reverse=True):
        translation = translation[: edit.start] + edit.new + translation[edit.end :]
    return translation


_Places = list[tuple[_Edit, ...]]


def _other(words: Sequence[str], word: str, rng: random.Random) -> str:
    return rng.choice([other for other in words if other.casefold() != word.casefold()])


def _numbers(_source: str, text: str, rng: random.Random) -> _Places:
    taken = [match.span() for pattern in (_YEAR, _DAY, _CLOCK) for match in pattern.finditer(text)]
    found: _Places = []
    for match in _NUMBER.finditer(text):
        if not any(start <= match.start() < end for start, end in taken):
            found.append((_Edit(*match.span(), _changed(match.group(), rng)),))
    for words in (_WORDS, _TENS, _SCALES):
        for match in re.finditer(rf"\b(?:{'|'.join(words)})\b(?! o['’]clock| [ap]\.?m\b)", text):
            found.append((_Edit(*match.span(), _other(words, match.group(), rng)),))
    return found


def _changed(number: str, rng: random.Random) -> str:
    """Another number of as many digits: two neighbours exchanged, or one digit replaced."""
    digits = [i for i, character in enumerate(number) if character.isdecimal()]
    pairs = [(i, j) for i, j in itertools.pairwise(digits) if number[i] != number[j] and number[j] != "0"]
    if pairs and rng.random() < 0.5:
        i, j = rng.choice(pairs)
        return number[:i] + number[j] + number[i + 1 : j] + number[i] + number[j + 1 :]
    i = rng.choice(digits)
    return number[:i] + _other("123456789", number[i], rng) + number[i + 1 :]


def _dates(_source: str, text: str, rng: random.Random) -> _Places:
    found: _Places = []
    for words in (_MONTHS, _DAYS):
        # May and March are words besides: only beside a number or behind a preposition are they months.
        for match in re.finditer(rf"\b(?:{'|'.join(words)})\b", text):
            before, after = text[: match.start()].rstrip().rsplit(" ", 1)[-1], text[match.end() : match.end() + 2]
            if match.group() in {"May", "March"} and not (
                after[1:].isdecimal() or before[:1].isdecimal() or before in {"in", "In", "of", "since", "last", "next"}
            ):
                continue
            found.append((_Edit(*match.span(), _other(words, match.group(), rng)),))
    for match in _DAY.finditer(text):
        group = 1 if match.group(1) else 2
        days = [str(day) for day in range(1, 29)]
        found.append((_Edit(*match.span(group), _other(days, match.group(group), rng)),))
    for match in _YEAR.finditer(text):
        year = int(match.group())
        found.append((_Edit(*match.span(), str(year + rng.choice((-10, -3, -2, -1, 1, 2, 3, 10)))),))
    return found


def _times(_source: str, text: str, rng: random.Random) -> _Places:
    hours = [str(hour) for hour in range(1, 12)]
    found: _Places = [(_Edit(*match.span(), _other(hours, match.group(), rng)),) for match in _CLOCK.finditer(text)]
    found += [(_Edit(*match.span(1), "p" if match.group(1) == "a" else "a"),) for match in _HALF.finditer(text)]
    for match in re.finditer(rf"\b(?:{'|'.join(_WORDS)})(?= o['’]clock| [ap]\.?m\b)", text):
        found.append((_Edit(*match.span(), _other(_WORDS, match.group(), rng)),))
    return found


def _negations(source: str, text: str, _rng: random.Random) -> _Places:
    found: _Places = []
    for match in _NOT.finditer(text):
        group = match.lastindex or 0
        found.append((_Edit(*match.span(group), "some" if match.group(group) == "no" else ""),))
    if not _NEGATED.search(text) and not _NEGATED.search(source):
        found = [(_Edit(match.end(), match.end(), " not"),) for match in _AUXILIARY.finditer(text)]
    return found


def _names(source: str, text: str) -> list[re.Match[str]]:
    """Names in the middle of the translation: listed ones, and those that begin like a capitalised source word."""
    stems = {word[:_STEM] for word in re.findall(r"\w+", source) if word[0].isupper()}
    found = []
    for match in _NAMES.finditer(text):
        last = _last(match)
        before = text[: match.start()].rstrip()
        if (
            before
            and before[-1] not in '.!?:"“”„»«›‹(['
            and last not in _DATED
            and (last in _LISTED or last[:_STEM] in stems)
        ):
            found.append(match)
    return found


def _last(name: re.Match[str]) -> str:
    return re.split("[ -]", name.group())[-1]


def _replaced(source: str, text: str, rng: random.Random) -> _Places:
    found: _Places = []
    for match in _names(source, text):
        last = _last(match)
        group = next((group for group in (_COUNTRIES, _PEOPLES, _CITIES) if last in group), _SURNAMES)
        found.append((_Edit(match.end() - len(last), match.end(), _other(group, last, rng)),))
    return found


def _roles(source: str, text: str, _rng: random.Random) -> _Places:
    # At the start of the sentence too, where the one who does it is most often found.
    first = _NAMES.match(text)
    names = [name for name in _names(source, text) if not _PLACED.search(text[: name.start()])]
    if first is not None and _last(first) in re.findall(r"\w+", source):
        names.insert(0, first)
    found: _Places = []
    for one, other in itertools.combinations(names, 2):
        between = text[one.end() : other.start()]
        is_place = [any(_last(name) in group for group in (_COUNTRIES, _CITIES)) for name in (one, other)]
        if one.group() != other.group() and is_place[0] == is_place[1] and _VERB.search(between):
            found.append((_Edit(*one.span(), other.group()), _Edit(*other.span(), one.group())))
    return found


def _parts(_source: str, text: str, _rng: random.Random) -> _Places:
    """Parts between commas and conjunctions; the mark before a part goes with it, that at the end stays."""
    end = len(text.rstrip(".!?\"”“’' "))
    cuts = [match.start() for match in _PART.finditer(text, 0, end)]
    found: _Places = []
    for start, stop in zip([0, *cuts], [*cuts, end], strict=True):
        part = text[start:stop]
        left = text[:start] + text[stop:]
        is_whole = not len(re.findall('["“”]', part)) % 2
        if start and is_whole and min(len(part.split()), len(left.split())) >= _LEAST_WORDS:
            found.append((_Edit(start, stop, ""),))
    return found


_PLACES: dict[str, Callable[[str, str, random.Random], _Places]] = {
    "number": _numbers,
    "date": _dates,
    "time": _times,
    "negation": _negations,
    "name": _replaced,
    "omission": _parts,
    "roles": _roles,
}
