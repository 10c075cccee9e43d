"""Sentences of news cut for summaries, and the edits that make these of their sources.

A source is a sentence and the one before it; a target keeps some of their units in their order, changes some endings
and puts in small words. `align` finds the edit; what needs more than that is not learned from.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.edits import KEEP, LEAVE_OUT, Edit, Unit, units

CORPUS = Path(__file__).parent / "corpus" / "klartext_edits.jsonl"
TASKS = ("sentence", "short", "headline", "opening")
"""What is asked for: two thirds of a sentence, its main point alone, a headline, what could open a news item."""
LEAST_COUNT = 4
"""Changes of endings and words put in that occur less often are not learned."""
_INSERTED = frozenset(
    "a an the is are was were has have had be been being will would can could to of in on at for from by with as and "
    "or but who which that than it he she they its his her their there says said say do does did after over into "
    "about when while because also more up out against during since before under between amid following despite "
    "through 's , . : ;".split()
)
_LONGEST_ENDING = 4
_LEAST_STEM = 2
_IRREGULAR = 4
"""Letters that both forms of a word have at least of which one is kept: "took" and "taken"."""
# What an alignment costs: the cheapest one leaves out few stretches, changes and puts in little, and takes what both
# sentences have from the later one.
_PUT_IN = 1.5
_CHANGE = 0.8
_STRETCH = 0.25
_BEFORE = 0.3


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of a story and what was made of it."""

    story: int
    """Index of the story in klartext_stories.jsonl."""
    before: tuple[Unit, ...]
    """Units of the sentence before it; none where it is the first."""
    sentence: tuple[Unit, ...]
    edits: Mapping[str, Edit]
    """Task → edit of `before` and `sentence`, one after the other; tasks no edit can do are missing."""

    @property
    def source(self) -> tuple[Unit, ...]:
        """All units."""
        return self.before + self.sentence


def read(path: Path = CORPUS) -> Iterator[Example]:
    """The examples of the corpus that have an edit for a task."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        before, sentence = units(row["before"]), units(row["source"])
        edits = {
            task: edit
            for task in TASKS
            if task in row and (edit := align(before + sentence, units(row[task]), early=len(before)))
        }
        if edits:
            yield Example(row["story"], before, sentence, edits)


def align(source: Sequence[Unit], target: Sequence[Unit], *, early: int = 0) -> Edit | None:
    """The cheapest edit that makes `target` of `source`, but for capitals; None where there is none.

    `early`: how many units are of the sentence before, from which less should be taken.
    """
    old, new = [unit.text.casefold() for unit in source], [unit.text.casefold() for unit in target]
    # (units read, units written, whether the last one read was kept) → cost, and the step that led there.
    best: dict[tuple[int, int, bool], tuple[float, tuple[int, int, bool], str]] = {
        (0, 0, False): (0.0, (0, 0, False), "")
    }

    def reach(place: tuple[int, int, bool], cost: float, origin: tuple[int, int, bool], step: str) -> None:
        if place not in best or cost < best[place][0]:
            best[place] = (cost, origin, step)

    for i in range(len(old) + 1):
        for j in range(len(new) + 1):
            for kept in (True, False):
                place = (i, j, kept)
                if place not in best:
                    continue
                cost = best[place][0]
                if j < len(new) and new[j] in _INSERTED:
                    reach((i, j + 1, False), cost + _PUT_IN, place, "")
                if i == len(old):
                    continue
                reach((i + 1, j, False), cost + (_STRETCH if kept else 0.0), place, LEAVE_OUT)
                if j < len(new) and (change := _change(old[i], new[j])):
                    price = (0.0 if change == KEEP else _CHANGE) + (_BEFORE if i < early else 0.0)
                    reach((i + 1, j + 1, True), cost + price, place, change)
    ends = [place for kept in (True, False) if (place := (len(old), len(new), kept)) in best]
    if not ends:
        return None
    return _read_back(best, min(ends, key=lambda place: best[place][0]), new)


def _read_back(
    best: Mapping[tuple[int, int, bool], tuple[float, tuple[int, int, bool], str]],
    place: tuple[int, int, bool],
    new: Sequence[str],
) -> Edit:
    steps: list[tuple[str, str]] = []
    while place != (0, 0, False):
        _, origin, step = best[place]
        steps.append((step, new[origin[1]] if origin[0] == place[0] else ""))
        place = origin
    actions: list[str] = []
    inserted: list[str] = []
    waiting: list[str] = []
    for step, word in reversed(steps):
        if word:
            waiting.append(word)
            continue
        actions.append(step)
        inserted.append("" if step == LEAVE_OUT else " ".join(waiting))
        if step != LEAVE_OUT:
            waiting = []
    return Edit(tuple(actions), (*inserted, " ".join(waiting)))


def _change(old: str, new: str) -> str | None:
    """`KEEP` for equal words, an ending for another where they begin alike, else None."""
    if old == new:
        return KEEP
    shared = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    least = 1 if min(len(old), len(new)) >= _IRREGULAR else _LEAST_STEM
    if shared < least or max(len(old), len(new)) - shared > _LONGEST_ENDING:
        return None
    return f"-{old[shared:]}+{new[shared:]}"


def labels(examples: Sequence[Example]) -> tuple[list[str], list[str]]:
    """Actions, `LEAVE_OUT` and `KEEP` first, and words put in, "" first; the commonest after these."""
    actions: Counter[str] = Counter()
    inserted: Counter[str] = Counter()
    for example in examples:
        for edit in example.edits.values():
            actions.update(action for action in edit.actions if action not in {KEEP, LEAVE_OUT})
            inserted.update(words for words in edit.inserted if words)
    return (
        [LEAVE_OUT, KEEP, *_common(actions)],
        ["", *_common(inserted)],
    )


def _common(counts: Counter[str]) -> list[str]:
    return [name for name, count in counts.most_common() if count >= LEAST_COUNT]
