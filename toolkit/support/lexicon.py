"""What is known of English words: how rare they are, and which mean much the same or the opposite."""

from __future__ import annotations

import functools
import math
from importlib import resources

from toolkit import grounding
from toolkit.facts import tables

_COMMON = 50.0
"""The rank up to which a word weighs next to nothing."""
_LEAST_WEIGHT = 0.2
# Verbs that tell the same from two sides.
_CONVERSE = (
    ("beat defeat overcome outplay eliminate knock thrash", "lose bow succumb trail"),
    ("buy purchase acquire", "sell"),
    ("give grant award hand pay lend send present", "receive get obtain borrow accept inherit"),
    ("employ hire", "work serve"),
    ("replace succeed follow", "precede predecessor"),
    ("teach coach train", "learn study"),
    ("own", "belong"),
    ("export", "import"),
)
_UNDENYING = frozenset(
    """
    unbox uncover und under undercover undertake unearth unfold unfollow unlike unload unlock unmask unpack untold
    unwind
    """.split()
)
"""Words that begin with "un" and deny nothing."""


@functools.lru_cache(maxsize=1 << 12)
def lemma(word: str) -> str:
    """The stem of a word, that of its base form where it is irregular (won, lost, children)."""
    lower = word.casefold().replace("’", "'").removesuffix("'s")
    return grounding.stem(_irregular().get(lower, lower))


def weight(stem: str) -> float:
    """How much a word tells, 0.2 to 1: by the logarithm of its rank among the words of news; 1 for all rarer ones."""
    ranks = _ranks()
    rank = ranks.get(stem)
    if rank is None:
        return 1.0
    return max(_LEAST_WEIGHT, math.log((rank + _COMMON) / _COMMON) / math.log((len(ranks) + _COMMON) / _COMMON))


def is_frequent(stem: str) -> bool:
    """Whether it is among the frequent words written small."""
    return stem in _ranks()


def related(stem: str) -> frozenset[str]:
    """The stems that mean much the same, or what it is a kind of; never its opposites."""
    return _pairs("related").get(stem, frozenset())


def opposites(stem: str) -> frozenset[str]:
    """The stems that mean the opposite."""
    return _pairs("opposite").get(stem, frozenset())


@functools.lru_cache(maxsize=1 << 12)
def may_negate(lower: str) -> bool:
    """Whether a word may stand for a negation: refuse, cancelled, hardly, without a "not" of its own."""
    return lemma(lower) in _negative()


def converses(stem: str) -> frozenset[str]:
    """The verbs that say the same with the roles exchanged: who sells, from whom one buys."""
    return _converses().get(stem, frozenset())


@functools.cache
def _converses() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for one, other in ([frozenset(map(lemma, side.split())) for side in pair] for pair in _CONVERSE):
        table |= {stem: table.get(stem, frozenset()) | other for stem in one}
        table |= {stem: table.get(stem, frozenset()) | one for stem in other}
    return table


@functools.lru_cache(maxsize=1 << 12)
def denies(lower: str, following: str = "") -> bool:
    """Whether a word, or it and the one that follows, denies as firmly as "not": rejected, ruled out, lack of."""
    stem = lemma(lower)
    if stem in _denials() or f"{stem} {following}" in _denials():
        return True
    # Unhurt, unclear: what is left of a word without its "un" is a word, too.
    return lower.startswith("un") and is_frequent(lemma(lower.removeprefix("un"))) and lower not in _UNDENYING


@functools.cache
def _denials() -> frozenset[str]:
    phrases = [line.split() for line in _lines("denials") if not line.startswith("# ")]
    return frozenset(" ".join([lemma(first), *rest]) for first, *rest in phrases)


@functools.cache
def _negative() -> frozenset[str]:
    words = {word for line in _lines("negative") if not line.startswith("# ") for word in line.split()}
    return frozenset(map(lemma, words | tables.words("weak-negation-en")))


def _lines(name: str) -> list[str]:
    path = resources.files("toolkit.support").joinpath("words", f"{name}.txt")
    return path.read_text(encoding="utf-8").splitlines()


@functools.cache
def _ranks() -> dict[str, int]:
    return {stem: rank for rank, stem in enumerate(" ".join(_lines("frequent")).split(), start=1)}


@functools.cache
def _irregular() -> dict[str, str]:
    return {line.split()[0]: line.split()[1] for line in _lines("irregular")}


@functools.cache
def _pairs(name: str) -> dict[str, frozenset[str]]:
    """Both ways; the file has each pair once, on the line of its first word."""
    found: dict[str, set[str]] = {}
    for line in _lines(name):
        first, *others = line.split()
        for other in others:
            found.setdefault(first, set()).add(other)
            found.setdefault(other, set()).add(first)
    return {stem: frozenset(others) for stem, others in found.items()}
