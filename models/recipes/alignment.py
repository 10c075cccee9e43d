"""Word alignment by IBM Model 1 (Brown et al. 1993) in both directions: which English words a German word became.

Written here because the aligners on PyPI draw their samples without a seed, and a recipe must give the same data twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.recipes.corpora import Pair

# Five rounds of EM from even probabilities; later ones only sharpen them (Och and Ney 2003 use five as well).
_ROUNDS = 5
_WORD = re.compile(r"\w+(?:[-'’.]\w+)*")


@dataclass(frozen=True, slots=True)
class Link:
    """A German word and the English words it became, as character spans."""

    source: tuple[int, int]
    target: tuple[int, int]


def align(pairs: Sequence[Pair], *, longest: int = 3) -> list[list[Link]]:
    """For every pair the links both directions agree on, in the order of the German; at most `longest` English words.

    A German word is linked where it and an English word choose each other; neighbouring English words that also choose
    it belong to the link.
    """
    spans = [tuple([found.span() for found in _WORD.finditer(side)] for side in pair) for pair in pairs]
    ids = [_numbered([side[a:b].casefold() for a, b in marks] for side, marks in rows) for rows in _sides(pairs, spans)]
    sizes = np.array([(len(s), len(t)) for s, t in zip(*ids, strict=True)], dtype=np.int64).reshape(-1, 2)
    if not len(pairs) or not (entries := sizes.prod(1)).sum():
        return [[] for _ in pairs]
    # All words of a pair against all others, row by row: one long list of entries for the whole corpus.
    source = np.concatenate([np.repeat(s, len(t)) for s, t in zip(*ids, strict=True)])
    target = np.concatenate([np.tile(t, len(s)) for s, t in zip(*ids, strict=True)])
    cells, place = np.unique(source.astype(np.int64) * (int(target.max()) + 1) + target, return_inverse=True)
    width = int(target.max()) + 1
    cell_source, cell_target = cells // width, cells % width
    row, column = _lines(sizes, entries)
    forward = _train(place, column, cell_source, len(cells))
    backward = _train(place, row, cell_target, len(cells))
    starts = np.concatenate([[0], np.cumsum(entries)])
    links = []
    for k, (marks, (n, m)) in enumerate(zip(spans, sizes, strict=True)):
        part = place[starts[k] : starts[k + 1]].reshape(n, m)
        links.append(_agreed(forward[part], backward[part], marks, longest) if n and m else [])
    return links


def _sides(
    pairs: Sequence[Pair], spans: Sequence[tuple[list[tuple[int, int]], ...]]
) -> list[list[tuple[str, list[tuple[int, int]]]]]:
    return [[(pair[side], marks[side]) for pair, marks in zip(pairs, spans, strict=True)] for side in (0, 1)]


def _numbered(texts: object) -> list[np.ndarray]:
    numbers: dict[str, int] = {}
    return [np.array([numbers.setdefault(w, len(numbers)) for w in words], dtype=np.int32) for words in texts]  # type: ignore[attr-defined]


def _lines(sizes: np.ndarray, entries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For every entry the number of its German word and of its English word, counted through the corpus."""
    pair = np.repeat(np.arange(len(sizes)), entries)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(entries) - entries, entries)
    firsts = np.cumsum(sizes, axis=0) - sizes
    width = np.maximum(sizes[pair, 1], 1)
    return firsts[pair, 0] + within // width, firsts[pair, 1] + within % width


def _train(place: np.ndarray, line: np.ndarray, given: np.ndarray, cells: int) -> np.ndarray:
    """Probabilities of the cells: each `line`, a word to explain, shares one count among the other side's words."""
    table = np.ones(cells)
    for _ in range(_ROUNDS):
        share = table[place]
        share /= np.bincount(line, share)[line]
        counts = np.bincount(place, share, minlength=cells)
        table = counts / np.bincount(given, counts)[given]
    return table


def _agreed(
    forward: np.ndarray, backward: np.ndarray, marks: tuple[list[tuple[int, int]], ...], longest: int
) -> list[Link]:
    chosen_by_target, chosen_by_source = forward.argmax(0), backward.argmax(1)
    found = []
    for i, j in enumerate(chosen_by_source):
        if chosen_by_target[j] != i:
            continue
        first = last = int(j)
        while first > 0 and chosen_by_target[first - 1] == i and last - first + 1 < longest:
            first -= 1
        while last + 1 < len(chosen_by_target) and chosen_by_target[last + 1] == i and last - first + 1 < longest:
            last += 1
        found.append(Link(marks[0][i], (marks[1][first][0], marks[1][last][1])))
    return found
