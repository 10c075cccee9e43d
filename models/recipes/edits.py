"""Sentences of news cut for summaries, and the edits that make these of their sources.

A source is a sentence and the one before it; a target keeps some of their units in their order, changes some endings
and puts in small words. `align` finds the edit; what needs more than that is not learned from.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit import grounding
from toolkit.clauses import capitalised

KEEP = "keep"
LEAVE_OUT = "leave out"
_UNIT = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[-’'.,:/&][^\W_]+)*|\S")
_POSSESSIVE = re.compile(r"(.+?)([’']s)")
_OPENING = "([{“‘"
_STARTS = '"“‘:'
"""Marks after which a sentence may start."""
_ATTACHED = frozenset({",", ".", "'s"})
"""Words put in that stand at the end of the one before."""
CORPUS = Path(__file__).parent / "corpus" / "klartext_edits.jsonl"
TASKS = ("sentence", "short", "headline")
"""What is asked for: two thirds of a sentence, its main point alone, a headline."""
LEAST_COUNT = 4
"""Changes of endings and words put in that occur less often are not learned."""
_INSERTED = frozenset(
    "a an the is are was were has have had be been being will would can could to of in on at for from by with as and "
    "or but who which that than it he she they its his her their there not says said say do does did 's , .".split()
)
_LONGEST_ENDING = 4
_LEAST_STEM = 2
# What an alignment costs: the cheapest one leaves out few stretches, changes and puts in little, and takes what both
# sentences have from the later one.
_PUT_IN = 1.5
_CHANGE = 0.8
_STRETCH = 0.25
_BEFORE = 0.3


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, a number or a mark of a text."""

    text: str
    is_spaced: bool
    """Whether white space stands before it; so it does before the first."""
    is_first: bool = False
    """Whether a sentence starts with it."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of each unit, and what is put in."""

    actions: tuple[str, ...]
    """For each unit `KEEP`, `LEAVE_OUT`, or a change of its ending as "-ed+s"."""
    inserted: tuple[str, ...]
    """Words put in before each unit that is kept, and after the last one; mostly ""."""


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


def units(text: str) -> tuple[Unit, ...]:
    """The units of a sentence, in order; a possessive is one of its own, a hyphenated word is not divided."""
    found: list[Unit] = []
    end = -1
    for match in _UNIT.finditer(text):
        word, is_spaced = match.group(), match.start() != end
        is_first = not any(unit.text[0].isalnum() for unit in found) or found[-1].text in _STARTS
        end = match.end()
        if possessive := _POSSESSIVE.fullmatch(word):
            found.append(Unit(possessive[1], is_spaced, is_first))
            word, is_spaced, is_first = possessive[2], False, False
        found.append(Unit(word, is_spaced, is_first))
    return tuple(found)


def apply(edit: Edit, source: Sequence[Unit]) -> str:
    """The text that an edit makes of units, with a capital at its start."""
    text = ""
    was_kept = True
    for unit, action, inserted in zip(source, edit.actions, edit.inserted[:-1], strict=True):
        if action == LEAVE_OUT:
            was_kept = False
            continue
        text = _joined(text, inserted)
        word = unit.text if action == KEEP else changed(unit.text, action)
        # A stop word has a capital only because a sentence starts with it.
        if (
            unit.is_first
            and not was_kept
            and word != "I"
            and not grounding.is_content(word)
            and any(map(str.isalnum, text))
        ):
            word = word.casefold()
        is_spaced = unit.is_spaced or ((bool(inserted) or not was_kept) and word[0].isalnum())
        is_open = not text or text[-1] in _OPENING or (text[-1] == '"' and text.count('"') % 2)
        text += ("" if is_open or not is_spaced else " ") + word
        was_kept = True
    return capitalised(_joined(text, edit.inserted[-1]))


def changed(word: str, action: str) -> str:
    """A word with the end of `action` for its own: "closing" and "-ing+es" are "closes"; others stay as they are."""
    old, new = action[1:].split("+")
    return word.removesuffix(old) + new if word.endswith(old) and word != old else word


def _joined(text: str, inserted: str) -> str:
    for word in inserted.split():
        text += word if word in _ATTACHED or not text else f" {word}"
    return text


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
    if shared < _LEAST_STEM or max(len(old), len(new)) - shared > _LONGEST_ENDING:
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
