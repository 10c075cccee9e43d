"""What speaks for or against a summary sentence, as figures between 0 and 1 (a few may pass 1)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from toolkit.facts import quantities
from toolkit.support import lexicon
from toolkit.support.reading import Reading, Word, read_sentence, same_name

# A word and its neighbour in the summary stand at most so far apart in the evidence, in tokens.
_NEAR = 8
# So much of rare words and names without a counterpart is as bad as can be.
_MUCH = 5.0
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


def features(sentence: str, evidence: Sequence[str], article: Sequence[str] = ()) -> Features:
    """The figures of one summary sentence against the sentences it rests on and the rest of the article."""
    read = read_sentence(sentence)
    sources = [read_sentence(text) for text in evidence]
    elsewhere = {word.stem for text in article if text not in evidence for word in read_sentence(text).words}
    matches = [_match(word, sources) for word in read.words]
    lacking = [match.word for match in matches if not match.places]
    names = tuple(word.text for word in lacking if word.is_name and not _is_acronym(word.text, evidence))
    numbers = _missing_numbers(read, sources)
    plain = [match for match in matches if not match.word.is_name and not match.word.is_number]
    total = sum(lexicon.weight(match.word.stem) for match in plain) or 1.0
    closest = _closest(matches, sources)
    named = _orders(_first_of_each([m for m in matches if m.word.is_name and m.places]), read, sources)
    denials = read.negations + read.weak_negations
    values = {
        "words found": sum(m.is_exact and bool(m.places) for m in matches) / (len(matches) or 1),
        "unfound words": sum(_weight(m) for m in plain if not m.places and m.word.stem not in elsewhere) / total,
        "words found elsewhere": sum(_weight(m) for m in plain if not m.places and m.word.stem in elsewhere) / total,
        "untold": min(1.0, sum(_told(m) for m in matches if not m.places) / _MUCH),
        "unfound name": float(bool(names)),
        "further unfound names": min(_MOST, max(0, len(names) - 1)),
        "unfound number": float(any(not _is_small(number) for number in numbers)),
        "unfound small number": float(any(map(_is_small, numbers))),
        "new negation": float(read.negations > 0 and not any(s.negations for s in sources)),
        "negation new to all": float(read.negations > 0 and not any(s.negations + s.weak_negations for s in sources)),
        "lost negation": float(not denials and closest is not None and closest.negations > 0),
        "denied otherwise": _denied_otherwise(matches),
        "opposites": _opposites(matches, sources),
        "names in order": _share(named, lambda same: same),
        "names turned round": _share(named, lambda same: not same),
        "neighbours of another": _misplaced(matches),
        "neighbours kept": _neighbours(matches),
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
        return _Match(word, places(lambda other: other.is_name and same_name(word.text, other.text)), is_exact=True)
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

    A passive between them ("X was removed by Y") turns the order round.
    """
    same: list[bool] = []
    for one, other in itertools.combinations(matches, 2):
        here = _is_turned(read, one.word.place, other.word.place)
        there = {
            (a.place < b.place) != _is_turned(sources[i], *sorted((a.place, b.place)))
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
