"""What speaks for or against a summary sentence, as figures between 0 and 1 (a few may pass 1)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from toolkit.facts import quantities
from toolkit.support import lexicon
from toolkit.support.reading import Reading, Word, read_sentence, same_name

# A word and its neighbour in the summary stand at most so far apart in the evidence, in tokens.
_NEAR = 8
# So many of the rarest words in a row without a counterpart are a wide gap.
_WIDE = 3
# Words on either side of a verb that may be who does it and to whom, and how far from it they stand in the evidence.
_BESIDE = 3
_FAR = 12
# Tokens between a participle and the "by" of its passive.
_BY = 4
# Two words in different sentences.
_APART = 25
# The nearest content words of a name that are asked whether they are its own.
_NEIGHBOURS = 2
_MOST = 2.0
"""Of a kind, more add nothing."""


@dataclass(frozen=True, slots=True)
class Features:
    """The figures, by name, and the words they come from."""

    values: dict[str, float]
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """For "name" and "number" what the evidence lacks, as written in the sentence."""


@dataclass(frozen=True, slots=True)
class _Match:
    """A word of the summary and its places in the evidence: (sentence, word)."""

    word: Word
    places: tuple[tuple[int, Word], ...]
    is_exact: bool


def features(sentence: str, evidence: Sequence[str]) -> Features:
    """The figures of one summary sentence against the sentences it rests on."""
    read = read_sentence(sentence)
    sources = [read_sentence(text) for text in evidence]
    matches = [_match(word, sources) for word in read.words]
    lacking = [match.word for match in matches if not match.places]
    names = tuple(word.text for word in lacking if word.is_name and not _is_acronym(word.text, evidence))
    numbers = _missing_numbers(read, sources)
    plain = [match for match in matches if not match.word.is_name and not match.word.is_number]
    total = sum(lexicon.weight(match.word.stem) for match in plain) or 1.0
    named = _orders(_first_of_each([m for m in matches if m.word.is_name and m.places]), read, sources)
    balance = _balance(read, _closest(matches, sources))
    roles = _roles(matches, read, sources)
    named_roles = _roles(matches, read, sources, is_named=True)
    values = {
        "words found": sum(m.is_exact and bool(m.places) for m in matches) / (len(matches) or 1),
        "unfound words": sum(_weight(m) for m in plain if not m.places) / total,
        "unfound name": float(bool(names)),
        "further unfound names": min(_MOST, max(0, len(names) - 1)),
        "unfound number": float(any(not _is_small(number) for number in numbers)),
        "unfound small number": float(any(map(_is_small, numbers))),
        "new negation": float(read.negations > 0 and not any(s.negations + s.firm_denials for s in sources)),
        "negation new to all": float(read.negations > 0 and not any(s.negations + s.weak_negations for s in sources)),
        "denied otherwise": _denied_otherwise(matches),
        "denied only here": _denied(matches, here=True, there=False),
        "denied only there": _denied(matches, here=False, there=True),
        "denied in both": _denied(matches, here=True, there=True),
        "more denials": float(balance > 0),
        "fewer denials": float(balance < 0),
        "opposites": _opposites(matches, sources),
        "names in order": _share(named, lambda same: same),
        "names turned round": _share(named, lambda same: not same),
        "neighbours of another": _misplaced(matches),
        "neighbours kept": _neighbours(matches),
        "roles kept": _share(roles, lambda same: same),
        "roles turned": _share(roles, lambda same: not same),
        "named roles turned": _share(named_roles, lambda same: not same),
        "gap": min(_MOST, _gap(matches) / _WIDE),
    }
    return Features(values, {"name": names, "number": numbers})


def _weight(match: _Match) -> float:
    return lexicon.weight(match.word.stem)


def _match(word: Word, sources: Sequence[Reading]) -> _Match:
    def places(is_one: Callable[[Word], bool]) -> tuple[tuple[int, Word], ...]:
        return tuple((i, other) for i, source in enumerate(sources) for other in source.words if is_one(other))

    exact = places(lambda other: other.stem == word.stem)
    if exact:
        return _Match(word, exact, is_exact=True)
    if word.is_name:
        named = places(lambda other: other.is_name and same_name(word.text, other.text))
        if named or not lexicon.is_frequent(word.stem):
            return _Match(word, named, is_exact=True)
        # The Founder, a Channel: written large, a word like any other.
    if word.is_number:
        return _Match(word, (), is_exact=True)
    near = lexicon.related(word.stem)
    return _Match(word, places(lambda other: other.stem in near or _same_root(word.stem, other.stem)), is_exact=False)


def _same_root(one: str, other: str) -> bool:
    """Protest and protester, vaccinate and vaccination."""
    shorter = min(len(one), len(other))
    shared = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    return shared >= 5 and shared >= 0.6 * max(len(one), len(other))


def _is_acronym(text: str, evidence: Sequence[str]) -> bool:
    """Whether its letters start neighbouring words of the evidence."""
    if not (2 <= len(text) <= 6 and text.isupper()):
        return False
    return any(text.casefold() in "".join(word[0] for word in source.split()).casefold() for source in evidence)


def _missing_numbers(read: Reading, sources: Sequence[Reading]) -> tuple[str, ...]:
    values = {value for source in sources for value in quantities.all_values(source.numbers)}
    lacking = quantities.unmatched(read.numbers, values)
    return tuple(read.text[number.start : number.end] for number in lacking)


def _is_small(number: str) -> bool:
    """Whether it is a number in words, used without counting more often than one in digits."""
    return not any(sign.isdecimal() for sign in number)


def _closest(matches: Sequence[_Match], sources: Sequence[Reading]) -> Reading | None:
    """The sentence of the evidence that holds most of the words."""
    if not sources:
        return None
    held = [sum(_weight(m) for m in matches if any(i == k for i, _ in m.places)) for k in range(len(sources))]
    return sources[max(range(len(sources)), key=lambda k: held[k])]


def _denied_otherwise(matches: Sequence[_Match]) -> float:
    """The share of the found words that are denied here and nowhere there, or there and not here."""
    found = [m for m in matches if m.places and not m.word.is_name and not m.word.is_number]
    if not found:
        return 0.0
    return sum(all(other.is_denied != m.word.is_denied for _, other in m.places) for m in found) / len(found)


def _denied(matches: Sequence[_Match], *, here: bool, there: bool) -> float:
    """The share of the found words whose clause denies, or does not, here and in all its places there."""
    found = [m for m in matches if m.places and not m.word.is_name and not m.word.is_number]
    total = sum(map(_weight, found))
    if not total:
        return 0.0
    chosen = [m for m in found if m.word.in_denial == here and all(other.in_denial == there for _, other in m.places)]
    return sum(map(_weight, chosen)) / total


def _balance(read: Reading, closest: Reading | None) -> int:
    """Above 0 where the sentence denies more than its closest source, below 0 where less; 0 where both do or neither.

    Two denials cancel each other; a word that may stand for one evens it out.
    """
    if closest is None:
        return 0
    here, there = (one.negations + one.firm_denials for one in (read, closest))
    if here % 2 == there % 2 or (closest if here > there else read).weak_negations:
        return 0
    return here - there


def _gap(matches: Sequence[_Match]) -> float:
    """What the longest run of words without a counterpart tells."""
    longest = run = 0.0
    for match in matches:
        run = 0.0 if match.places else run + _told(match)
        longest = max(longest, run)
    return longest


def _roles(
    matches: Sequence[_Match], read: Reading, sources: Sequence[Reading], *, is_named: bool = False
) -> list[bool]:
    """For each two words, or names, and one between them: whether they stand on the same sides of it in the evidence.

    A passive ("X was removed by Y") turns them round.
    """
    found = [m for m in matches if m.places]
    same: list[bool] = []
    for at, middle in enumerate(found):
        if middle.word.is_name or middle.word.is_number:
            continue
        sides = [
            [m for m in side if m.is_exact and not m.word.is_number and (m.word.is_name or not is_named)]
            for side in (found[:at], found[at + 1 :])
        ]
        before = [m for m in sides[0] if middle.word.place - m.word.place <= _NEAR][-_BESIDE:]
        after = [m for m in sides[1] if m.word.place - middle.word.place <= _NEAR][:_BESIDE]
        here = _is_passive(read, middle.word)
        for one, other in itertools.product(before, after):
            there = set(_sides(one, middle, other, sources))
            if len(there) == 1:
                same.append(there.pop() != here)
    return same


def _sides(one: _Match, middle: _Match, other: _Match, sources: Sequence[Reading]) -> Iterator[bool]:
    """For each place of a word in the evidence between those of two others: whether the first is on its left."""
    for i, verb in middle.places:
        left, right = (
            [word.place for k, word in match.places if k == i and abs(word.place - verb.place) <= _FAR]
            for match in (one, other)
        )
        is_turned = _is_passive(sources[i], verb)
        for a, b in itertools.product(left, right):
            if (a < verb.place < b) or (b < verb.place < a):
                yield (a < b) != is_turned


def _is_passive(read: Reading, verb: Word) -> bool:
    """Whether "by" shortly follows."""
    return any(verb.place < place <= verb.place + _BY for place in read.passives)


def _opposites(matches: Sequence[_Match], sources: Sequence[Reading]) -> float:
    """Words whose opposite the evidence has, denied neither here nor there; beyond the second they add nothing."""
    there = {(other.stem, other.is_denied) for source in sources for other in source.words}
    count = 0
    for match in matches:
        if not (match.places and match.is_exact):
            count += any((stem, match.word.is_denied) in there for stem in lexicon.opposites(match.word.stem))
    return min(_MOST, count) / _MOST


def _share(items: Sequence[bool], is_counted: Callable[[bool], bool]) -> float:
    return sum(map(is_counted, items)) / len(items) if items else 0.0


def _orders(matches: Sequence[_Match], read: Reading, sources: Sequence[Reading]) -> list[bool]:
    """For each two words that share a sentence of the evidence, whether they stand in the same order.

    A passive between them ("X was removed by Y") turns the order round, as does a verb that says it from the other side
    (who buys, who sells).
    """
    same: list[bool] = []
    for one, other in itertools.combinations(matches, 2):
        here = _is_turned(read, one.word.place, other.word.place)
        between = [word.stem for word in read.words if one.word.place < word.place < other.word.place]
        converse = frozenset().union(*map(lexicon.converses, between))
        there = {
            ((a.place < b.place) != _is_turned(sources[i], *sorted((a.place, b.place))))
            != any(word.stem in converse for word in sources[i].words)
            for i, a in one.places
            for j, b in other.places
            if i == j and a.place != b.place
        }
        if len(there) == 1:
            same.append(there.pop() != here)
    return same


def _told(match: _Match) -> float:
    """How much a word tells; names and numbers as much as the rarest words."""
    return 1.0 if match.word.is_name or match.word.is_number else _weight(match)


def _first_of_each(matches: Sequence[_Match]) -> list[_Match]:
    """One match a name: Annika Brandt is one, by her last word, and so is a second mention."""
    kept: list[_Match] = []
    for match in matches:
        if kept and match.word.is_name and match.word.place == kept[-1].word.place + 1:
            kept[-1] = match
        elif all(match.word.stem != other.word.stem for other in kept):
            kept.append(match)
    return kept


def _is_turned(read: Reading, start: int, end: int) -> bool:
    return any(start < place < end for place in read.passives)


def _distance(one: Iterable[tuple[int, Word]], other: Iterable[tuple[int, Word]]) -> int:
    others = tuple(other)
    return min(
        (
            abs(a.place - b.place) if i == j else _APART
            for i, a in one
            for j, b in others
            if (i, a.place) != (j, b.place)
        ),
        default=_APART,
    )


def _misplaced(matches: Sequence[_Match]) -> float:
    """The share of the names' and numbers' nearest words that in the evidence stand nearer to another one."""
    found = [m for m in matches if m.places]
    anchors = [m for m in found if m.word.is_name or m.word.is_number]
    plain = [m for m in found if not m.word.is_name and not m.word.is_number]
    asked = wrong = 0
    for anchor in anchors:
        rivals = [r for r in anchors if r.word.is_name == anchor.word.is_name and r.word.stem != anchor.word.stem]
        rivals = [r for r in rivals if abs(r.word.place - anchor.word.place) > 1]
        if not rivals:
            continue
        near = sorted(plain, key=lambda m: abs(m.word.place - anchor.word.place))[:_NEIGHBOURS]
        for word in near:
            own = _distance(anchor.places, word.places)
            asked += 1
            wrong += any(
                _distance(rival.places, word.places) < own
                and abs(rival.word.place - word.word.place) > abs(anchor.word.place - word.word.place)
                for rival in rivals
            )
    return wrong / asked if asked else 0.0


def _neighbours(matches: Sequence[_Match]) -> float:
    """The share of neighbouring content words that stand near each other in the evidence, in the same order."""
    pairs = list(itertools.pairwise(matches))
    if not pairs:
        return 0.0
    kept = sum(
        any(i == j and 0 < b.place - a.place <= _NEAR for i, a in one.places for j, b in other.places)
        for one, other in pairs
    )
    return kept / len(pairs)
