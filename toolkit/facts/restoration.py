"""Numbers in digits that a translation lost, and the one that can be put right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from toolkit.facts import dates, quantities, times
from toolkit.facts.digits import Number, in_english, numbers
from toolkit.facts.findings import Mention
from toolkit.facts.sentence import Sentence, read


def missing_numbers(source: str, translation: str) -> tuple[tuple[Number, ...], tuple[Number, ...]]:
    """German numbers without a counterpart in the English, and English numbers without one in the German.

    A counterpart has the same value, in digits or words (3,5 Mio. is 3,500,000), or is that value as a month or on a
    twelve-hour clock. What stands in digits twice must stand there twice.
    """
    left, right = numbers(source, language="de"), numbers(translation, language="en")
    if not left and not right:
        return (), ()
    german, english = read(source, "de"), read(translation, "en")
    return _unmatched(left, right, german, english), _unmatched(right, left, english, german)


def _unmatched(
    own: Sequence[Number], others: Sequence[Number], sentence: Sentence, other: Sentence
) -> tuple[Number, ...]:
    """The numbers of one side that the other side has neither in digits, as often, nor once in another form."""
    available = Counter(number.value for number in others)
    left_over = []
    for number in own:
        if available[number.value]:
            available[number.value] -= 1
        else:
            left_over.append(number)
    if not left_over:
        return ()
    clocks = times.times(other)
    mentioned = quantities.quantities(other, clocks)
    plain = quantities.all_values(mentioned)
    values = plain | times.values(clocks) | {float(day.number) for day in dates.days(other)}
    in_words = {value for one in mentioned if not other.text[one.start].isdecimal() for value in one.values}
    own_clocks = times.times(sentence)
    matched: list[Mention] = [clock for clock in own_clocks if times.is_found(clock, clocks, plain, (sentence, other))]
    matched += [one for one in quantities.quantities(sentence, own_clocks) if not values.isdisjoint(one.values)]
    in_digits = {number.value for number in others} - {Decimal(value) for value in in_words}
    return tuple(
        number
        for number in left_over
        if number.value in in_digits or not any(one.start <= number.start < one.end for one in matched)
    )


def restore_number(source: str, translation: str) -> str | None:
    """The translation with its one wrong number put right, or None where it is not certain which one is wrong.

    Certain means: exactly one number of the source is missing, exactly one is new, and both have at least two digits
    (smaller ones are ordinals, dates and clock times more often than errors).
    """
    lost, extra = missing_numbers(source, translation)
    if len(lost) != 1 or len(extra) != 1:
        return None
    wrong, right = extra[0], source[lost[0].start : lost[0].end]
    digits = [sum(c.isdecimal() for c in written) for written in (right, translation[wrong.start : wrong.end])]
    if min(digits) < 2:
        return None
    return translation[: wrong.start] + in_english(right) + translation[wrong.end :]
