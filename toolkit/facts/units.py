"""Currencies and units of measure: which ones a sentence counts in."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from toolkit.documents import Finding
from toolkit.facts import numerals, tables
from toolkit.facts.digits import read_digits
from toolkit.facts.findings import Mention, pair
from toolkit.facts.sentence import Sentence

# Durations are told in many ways (anderthalb Jahre, 18 months): reported only where one takes another's place.
_DURATIONS = frozenset("year month week day hour minute second".split())


@dataclass(frozen=True, slots=True)
class Measure(Mention):
    """A currency or unit, and the values of the number before it; none where a currency stands by itself."""

    name: str
    values: tuple[float, ...]


class _Table:
    """The words of one language for currencies or units."""

    def __init__(self, kind: str, language: str) -> None:
        self._words: dict[str, tuple[str, bool]] = {}
        self._parts: list[tuple[str, str]] = []
        for line in tables.lines("currencies" if kind == "currency" else "units"):
            name, german, english, parts = (cell.strip() for cell in line.split("|"))
            for word in (german if language == "de" else english).split():
                bare = word.lstrip("#~")
                if word[0] == "~":
                    self._parts.append((bare, name))
                else:
                    self._words[bare] = (name, word != bare)
            self._parts += [(part, name) for part in parts.split()]
        known = sorted({part for part, _ in self._parts})
        whole, begins, within = (
            "|".join(re.escape(part) for part in known if min(max(len(part), 2), 4) == length) for length in (2, 3, 4)
        )
        # Most words hold none of them: one search tells.
        self._holds_part = re.compile(f"{within}|^(?:{begins}|(?:{whole})$)").search
        self.read = functools.lru_cache(maxsize=1 << 12)(self._read)

    def _read(self, lower: str) -> tuple[tuple[str, bool] | None, tuple[str, ...]]:
        """What a word is (name, whether it needs a number), and all that it may render.

        Parts of one or two letters are whole words, those of three begin one, longer ones stand anywhere in it.
        """
        exact = self._words.get(lower)
        if not self._holds_part(lower):
            return exact, (exact[0],) if exact else ()
        also = []
        for part, name in self._parts:
            if lower == part or (len(part) > 2 and lower.startswith(part)) or (len(part) > 3 and part in lower):
                also.append(name)
        return exact, (exact[0], *also) if exact else tuple(also)


@functools.cache
def _table(kind: str, language: str) -> _Table:
    return _Table(kind, language)


def measures(sentence: Sentence, kind: str) -> tuple[list[Measure], set[str]]:
    """The currencies or units that a sentence counts in, and the names of all that it may speak of."""
    read = _table(kind, sentence.language).read
    found: list[Measure] = []
    names: set[str] = set()
    tokens = sentence.tokens
    for i, token in enumerate(tokens):
        exact, also = read(token.lower)
        if token.lower == "cent" and i and tokens[i - 1].lower == "per":
            exact, also = (("per cent", False), ("per cent",)) if kind == "unit" else (None, ())
        if not also:
            continue
        names.update(also)
        if exact is None:
            continue
        name, needs_number = exact
        values = _count(sentence, i)
        if values or (kind == "currency" and not needs_number):
            found.append(Measure(token.start, token.end, name, values))
    return found, names


def _count(sentence: Sentence, position: int) -> tuple[float, ...]:
    """The values of the number right before the word, or right behind a sign such as $; none where there is none."""
    tokens = sentence.tokens
    look_up = numerals.german if sentence.language == "de" else numerals.english
    before = position - 1
    if before >= 0 and tokens[before].text in "-‑.":
        before -= 1
    if before >= 0:
        token = tokens[before]
        if token.text[0].isdecimal():
            return tuple(map(float, read_digits(token.text, sentence.language)[-1:]))
        numeral = look_up(token.lower)
        if numeral is not None and (numeral.is_certain or numeral.scale):
            return numeral.values
    after = position + 1
    if tokens[position].text in "€$£¥" and after < len(tokens) and tokens[after].text[0].isdecimal():
        return tuple(map(float, read_digits(tokens[after].text, sentence.language)[-1:]))
    return ()


def compare(
    source: Sentence, translation: Sentence, kind: str, converted: frozenset[str] = frozenset()
) -> list[Finding]:
    """Currencies or units without a counterpart, each named once; and a number that counts in another unit.

    The `converted` ones are told in another system.
    """
    left, left_names = measures(source, kind)
    right, right_names = measures(translation, kind)
    if not left and not right:
        return []
    lost = _first({one.name: one for one in reversed(left) if one.name not in right_names | converted})
    new = _first({one.name: one for one in reversed(right) if one.name not in left_names | converted})
    if all(measure.name in _DURATIONS for measure in (*lost, *new)) and not (lost and new):
        return _exchanged(source, translation, left, right, kind)
    return pair(kind, source.text, translation.text, lost, new)


def _first(found: dict[str, Measure]) -> list[Measure]:
    return sorted(found.values(), key=lambda measure: measure.start)


def _exchanged(
    source: Sentence, translation: Sentence, left: list[Measure], right: list[Measure], kind: str
) -> list[Finding]:
    """Numbers that each occur once on either side and count in different units there: drei Minuten, three years."""
    found: list[Finding] = []
    for measure in left:
        same = [other for other in right if not set(other.values).isdisjoint(measure.values)]
        ours = [other for other in left if not set(other.values).isdisjoint(measure.values)]
        if len(same) == 1 == len(ours) and same[0].name != measure.name:
            found += pair(kind, source.text, translation.text, [measure], [same[0]])
    return found
