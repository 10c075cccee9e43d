"""Numbers of a sentence in digits and in words, with their scales, as values to compare."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolkit.facts import numerals
from toolkit.facts.digits import read_digits
from toolkit.facts.findings import Mention
from toolkit.facts.sentence import Sentence, Token

# Letters right behind English digits: 3.5m is million or metres, 3.5bn nothing but billion.
_ATTACHED: dict[str, tuple[float, bool]] = {
    "k": (1e3, False),
    "m": (1e6, False),
    "b": (1e9, False),
    "mn": (1e6, True),
    "mln": (1e6, True),
    "mio": (1e6, True),
    "bn": (1e9, True),
    "bln": (1e9, True),
    "mrd": (1e9, True),
    "tn": (1e12, True),
    "trn": (1e12, True),
}
_DECADES = {"de": {"er", "ern", "erjahre", "erjahren"}, "en": {"s"}}
# The groups behind the first in 12 610 and 19 552,88.
_GROUP = re.compile(r"\d{3}(?:[.,]\d{1,2})?")
_POWERS = {"km", "m", "cm", "mm", "co", "h"}
_PLURALS = {"tens": 10.0, "hundreds": 100.0, "thousands": 1000.0}
_DECADE, _CENTURY = 10, 100
_SPANS = {
    **dict.fromkeys("decade decades jahrzehnt jahrzehnte jahrzehnten jahrzehnts".split(), _DECADE),
    **dict.fromkeys("century jahrhundert jahrhunderts".split(), _CENTURY),
}
"""How many years each word spans."""
_ARTICLES = frozenset("a the last past one ein einem eines dem im das letzten vergangenen".split())
# How far apart two numbers may stand that share a scale: from 14.8 to 18.5 billion.
_SHARED_WITHIN = 40


@dataclass(frozen=True, slots=True)
class Quantity(Mention):
    """A number with all the values as which it may be written; a certain one needs a counterpart."""

    values: tuple[float, ...]
    is_certain: bool
    scale: float = 0.0


def quantities(sentence: Sentence, taken: Sequence[Mention]) -> list[Quantity]:
    """The numbers of a sentence, in order, without what lies in the parts already `taken` (times, links)."""
    reader = _Reader(sentence)
    found: list[Quantity] = []
    position = 0
    tokens = sentence.tokens
    look_up = numerals.german if sentence.language == "de" else numerals.english
    while position < len(tokens):
        token = tokens[position]
        is_digit = token.text[0].isdecimal()
        numeral = None if is_digit else look_up(token.lower)
        if not is_digit and numeral is None:
            position += 1
            continue
        if taken and any(mention.start <= token.start < mention.end for mention in taken):
            position += 1
            continue
        if numeral is None:
            some, position = reader.digits(position)
            found += some
        else:
            one, position = reader.words(position, numeral)
            found.append(one)
    return _with_shared_scales(_with_spans(found, tokens) if _SPANS.keys() & sentence.words else found)


def _with_spans(found: list[Quantity], tokens: Sequence[Token]) -> list[Quantity]:
    """Let a number before decades be that of the years, too, and an ordinal before a century that of its first year."""
    behind = {before.end: _SPANS[token.lower] for before, token in itertools.pairwise(tokens) if token.lower in _SPANS}
    behind |= {
        before.end: _SPANS[token.lower]
        for before, dot, token in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if dot.text == "." and token.lower in _SPANS
    }
    more: list[Quantity] = []
    for one in found:
        years = behind.get(one.end)
        if years is None:
            more.append(one)
        elif years == _CENTURY:
            more.append(replace(one, values=(*one.values, *((value - 1) * years for value in one.values))))
        else:
            more.append(replace(one, values=(*one.values, *(value * years for value in one.values))))
    # A decade is ten years.
    single = [
        Quantity(token.start, token.end, (float(_DECADE),), is_certain=False)
        for before, token in itertools.pairwise(tokens)
        if token.lower in _SPANS and before.lower in _ARTICLES and _SPANS[token.lower] == _DECADE
    ]
    return sorted((*more, *single), key=lambda one: one.start)


class _Reader:
    """Reads one number from a given token on."""

    def __init__(self, sentence: Sentence) -> None:
        self._text = sentence.text
        self._tokens = sentence.tokens
        self._is_german = sentence.language == "de"
        self._look_up = numerals.german if self._is_german else numerals.english
        self._language = sentence.language

    def _at(self, position: int) -> Token | None:
        return self._tokens[position] if position < len(self._tokens) else None

    def _scale(self, position: int) -> tuple[float, int]:
        """The product of the scale words from `position` on, past a hyphen or dot, and where they end."""
        scale = 1.0
        while token := self._at(position):
            ahead = position + 1 if token.text in "-.‑" and scale == 1.0 else position
            word = self._at(ahead)
            numeral = self._look_up(word.lower) if word else None
            if numeral is None or not numeral.scale:
                break
            scale *= numeral.scale
            position = ahead + 1
        return scale, position

    def digits(self, position: int) -> tuple[list[Quantity], int]:
        """A number in digits: grouped, decimal, decade, ordinal, scaled; or the parts of 3:1 and 3.7.2025."""
        token = self._tokens[position]
        written, end, after = token.text, token.end, position + 1
        while (  # 12 610: grouped by spaces
            len(written) <= 3 + 4 * (after - position - 1)
            and (more := self._at(after)) is not None
            and (_GROUP.fullmatch(more.text) if written.isdecimal() else None)
            and self._text[end : more.start] == " "
        ):
            written, end, after = written + more.text, more.end, after + 1
        values = read_digits(written, self._language)
        if len(values) > 1:
            whole = read_digits(written, "en" if self._is_german else "de")
            also = (float(whole[0]),) if len(whole) == 1 else ()
            parts = re.finditer(r"\d+", written)
            return [
                Quantity(
                    token.start + part.start(),
                    token.start + part.end(),
                    (*_year_values(value, len(part.group()), i > 0), *also),
                    value != 0,
                )
                for i, (part, value) in enumerate(zip(parts, map(float, values), strict=True))
            ], after
        value = float(values[0])
        behind = self._at(after)
        attached = behind.lower if behind is not None and behind.start == end else ""
        if value and value % 10 == 0 and attached in _DECADES[self._language]:
            return [Quantity(token.start, end, numerals.decade(value), True)], after + 1
        if attached and attached in _ATTACHED:
            scale, is_sure = _ATTACHED[attached]
            scaled = round(value * scale, 3)
            return [Quantity(token.start, end, (scaled,) if is_sure else (value, scaled), True, scale)], after + 1
        scale, after = self._scale(after)
        if scale != 1:
            end = self._tokens[after - 1].end
            return [Quantity(token.start, end, (round(value * scale, 3),), True, scale)], after
        alternatives = self._short_year(position, value, written)
        before = self._tokens[position - 1] if position else None
        is_power = before is not None and before.end == token.start and before.lower in _POWERS  # km2, CO2
        is_first = value == 1 and attached == "st"
        return [Quantity(token.start, end, alternatives, value != 0 and not is_power and not is_first)], after

    def _short_year(self, position: int, value: float, written: str) -> tuple[float, ...]:
        """The 17 of 2016/17 and of '17 may be 2017."""
        if len(written) != 2 or position == 0:
            return (value,)
        before = self._tokens[position - 1].text
        if before in {"'", "’"}:
            return (value, 1900 + value, 2000 + value)
        if before in {"/", "-", "–"} and position > 1:
            first = self._tokens[position - 2].text
            if len(first) == 4 and first.isdecimal():
                return (value, float(first) // 100 * 100 + value)
        return (value,)

    def words(self, position: int, numeral: numerals.Numeral) -> tuple[Quantity, int]:
        """A number in words, with its scale."""
        read = self._german_words if self._is_german else self._english_words
        return read(position, numeral)

    def _german_words(self, position: int, numeral: numerals.Numeral) -> tuple[Quantity, int]:
        token = self._tokens[position]
        after = position + 1
        if len(token.text) <= 3 and token.text.isupper():
            numeral = numeral._replace(is_certain=False)
        if position and token.lower in {"elf", "acht"} and token.text[0].isupper():
            numeral = numeral._replace(is_certain=False)  # die Elf (a team), in Acht nehmen
        if token.lower == "vier" and (eyes := self._at(after)) and eyes.lower == "augen":
            numeral = numeral._replace(is_certain=False)  # in private
        ahead = self._at(after)
        is_half = token.lower.startswith("ein") and ahead is not None and ahead.lower in {"halbe", "halben"}
        if is_half and self._scale(after + 1)[0] != 1:
            numeral, after = numeral._replace(values=(0.5,)), after + 1
        if numeral.scale:
            scale, after = self._scale(after)
            total = numeral.scale * scale
            return Quantity(token.start, self._tokens[after - 1].end, (total,), numeral.is_certain, total), after
        scale, end = self._scale(after)
        if scale == 1 or (numeral.values[0] == 0.5 and not token.lower.startswith(("halb", "ein"))):
            return Quantity(token.start, token.end, numeral.values, numeral.is_certain), position + 1
        if token.lower in {"paar"}:
            return Quantity(token.start, self._tokens[end - 1].end, (scale,), True, scale), end
        value = round(numeral.values[0] * scale, 3)
        return Quantity(token.start, self._tokens[end - 1].end, (value,), True, scale), end

    def _english_words(self, position: int, numeral: numerals.Numeral) -> tuple[Quantity, int]:
        token = self._tokens[position]
        cardinal = numerals.ENGLISH_CARDINALS
        if token.lower == "half" and (article := self._at(position + 1)) and article.lower in {"a", "-"}:
            scale, after = self._scale(position + 2)
            if scale != 1:
                return Quantity(token.start, self._tokens[after - 1].end, (0.5 * scale,), True, scale), after
        if token.lower in _PLURALS and (of := self._at(position + 1)) and of.lower == "of":
            many = self._at(position + 2)
            among = numerals.english(many.lower) if many else None
            if many and among and among.scale > _PLURALS[token.lower]:  # hundreds of thousands
                value = _PLURALS[token.lower] * among.scale
                vague = (value, among.scale) if token.lower == "tens" else (value,)
                return Quantity(token.start, many.end, vague, True, value), position + 3
        if token.lower not in cardinal and token.lower not in numerals.ENGLISH_SCALES:
            return Quantity(token.start, token.end, numeral.values, numeral.is_certain), position + 1
        total, current, largest = 0.0, 0.0, 0.0
        after, end = position, position
        while word := self._at(after):
            lower = word.lower
            if lower in cardinal:
                value = cardinal[lower]
                if current % 100 and not (value < 10 and current % 100 >= 20 and current % 10 == 0):
                    break
                if not current % 100 and value >= 100:
                    break
                current += value
            elif (ordinal := numerals.ENGLISH_ORDINALS.get(lower)) and ordinal < 100 and (current or total):
                if current % 100 and not (ordinal < 10 and current % 100 >= 20 and current % 10 == 0):
                    break
                current, after = current + ordinal, after + 1
                end = after
                break
            elif lower in numerals.ENGLISH_SCALES:
                scale = numerals.ENGLISH_SCALES[lower]
                largest = max(largest, scale)
                if scale == 100:
                    current = max(current, 1) * 100
                elif current == 0 and 0 < total < scale:
                    total *= scale  # a thousand million
                else:
                    total, current = total + max(current, 1) * scale, 0.0
            elif lower == "and" and self._half_follows(after):
                current, after = current + 0.5, after + 2
            elif lower in {"and", "-"} and after > position and self._continues(after, current, total):
                after += 1
                continue
            else:
                break
            after += 1
            end = after
        last = self._tokens[end - 1]
        return Quantity(token.start, last.end, (round(total + current, 3),), total + current > 1, largest), end

    def _half_follows(self, position: int) -> bool:
        article, half = self._at(position + 1), self._at(position + 2)
        return bool(article and half and article.lower == "a" and half.lower == "half")

    def _continues(self, position: int, current: float, total: float) -> bool:
        """Whether a number goes on behind "and" or a hyphen: two hundred and five, twenty-three, 5-million."""
        word = self._at(position + 1)
        if word is None:
            return False
        value = numerals.ENGLISH_CARDINALS.get(word.lower) or numerals.ENGLISH_ORDINALS.get(word.lower)
        if self._tokens[position].text == "-":
            if word.lower in numerals.ENGLISH_SCALES:
                return True
            return value is not None and value < 10 and current % 100 >= 20 and current % 10 == 0
        return value is not None and value < 100 and bool(current or total) and current % 100 == 0


def _year_values(value: float, digits: int, is_last: bool) -> tuple[float, ...]:
    """The 25 of 3.7.25 may be 2025."""
    return (value, 1900 + value, 2000 + value) if is_last and digits == 2 else (value,)


def _with_shared_scales(found: list[Quantity]) -> list[Quantity]:
    """Let a number without a scale borrow its neighbour's: two to three million."""
    if not any(quantity.scale for quantity in found):
        return found
    shared = []
    for i, quantity in enumerate(found):
        scales = [
            other.scale
            for other in found[max(0, i - 1) : i + 2]
            if other.scale and max(other.start - quantity.end, quantity.start - other.end) <= _SHARED_WITHIN
        ]
        borrowed = [round(value * scale, 3) for value in quantity.values for scale in scales if not quantity.scale]
        shared.append(replace(quantity, values=(*quantity.values, *borrowed)) if borrowed else quantity)
    return shared


def unmatched(left: Sequence[Quantity], values: set[float]) -> list[Quantity]:
    """The certain numbers none of whose values is among `values`."""
    return [one for one in left if one.is_certain and values.isdisjoint(one.values)]


def all_values(found: Sequence[Quantity]) -> set[float]:
    """Every value of every number."""
    return {value for quantity in found for value in quantity.values}
