"""Many records at once: in groups, in order, with bounded memory, and the failure of one is its own."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from toolkit.errors import EngineError, InputError, KlartextError
from toolkit.progress import start, wait

MAX_CHARACTERS = 1_000_000
"""Of one record, unless told otherwise; the longest books have a few million."""

# A group fills sorted batches for all cores, and is what a killed job has to do again: about 500 sentences.
GROUP_CHARACTERS = 1 << 16
_GROUP_RECORDS = 512
# While one group is computed the next ones are split into sentences and the last one is checked, on the same cores.
_GROUPS_AHEAD = 3
# An engine that fails so many records one after the other, or all there are, may be broken itself (or forked); then it
# fails on any text.
_DEAD_AFTER = 16
SOUND_TEXT = "Das ist ein Satz."

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What came of one record: a value, or the reason why there is none."""

    index: int
    """Its place in the input, counted from 0."""
    value: T | None = None
    error: str | None = None


def text_problem(text: object, max_characters: int) -> str | None:
    """Why a value is no text that can be processed, in a few words; None for a text."""
    if isinstance(text, str):
        if len(text) > max_characters:
            return f"{len(text):,} characters, the limit is {max_characters:,}"
        return None
    if text is None:
        return "no text: null"
    if isinstance(text, float) and math.isnan(text):
        return "no text: NaN"
    shown = repr(text)
    return f"no text: {type(text).__name__} {shown[:40]}{'…' * (len(shown) > 40)}"


def attempt(
    work: Callable[[Sequence[S]], Sequence[T]], items: Sequence[S], *, sound: S
) -> list[tuple[T | None, str | None]]:
    """What `work` makes of all items together; where that fails, of each alone, with the reasons of those that fail.

    Raises what is not the fault of an item: a cache or a model that cannot be read, memory that is used up, an engine
    that fails one after the other and even on the `sound` item.
    """
    try:
        return [(value, None) for value in work(items)] if items else []
    except Exception as error:
        if _is_of_the_job(error):
            raise
        if len(items) == 1 and isinstance(error, InputError):
            return [(None, _reason(error))]
    outcomes: list[tuple[T | None, str | None]] = []
    broken = 0
    for item in items:
        try:
            outcomes.append((work([item])[0], None))
        except Exception as error:
            outcomes.append((None, _reason(error)))
            if _is_of_the_job(error):
                raise
            broken += not isinstance(error, InputError)
            if broken == len(outcomes) and broken in (len(items), _DEAD_AFTER):
                work([sound])
    return outcomes


def _is_of_the_job(error: Exception) -> bool:
    return isinstance(error, MemoryError) or (
        isinstance(error, KlartextError) and not isinstance(error, InputError | EngineError)
    )


def _reason(error: Exception) -> str:
    """One line; an error that is not ours is a mistake of ours, which must not keep the other records waiting."""
    if isinstance(error, KlartextError):
        return str(error)
    return f"unexpected {type(error).__name__}: {' '.join(str(error).split())[:200]}"


def in_groups(items: Iterable[S], characters: Callable[[S], int]) -> Iterator[list[S]]:
    """Neighbours in groups of about `GROUP_CHARACTERS`; an error of `items` comes after the group before it."""
    group: list[S] = []
    size = 0
    try:
        for item in items:
            group.append(item)
            size += characters(item)
            if size >= GROUP_CHARACTERS or len(group) >= _GROUP_RECORDS:
                yield group
                group, size = [], 0
    except Exception:
        if group:
            yield group
        raise
    if group:
        yield group


def map_in_order(work: Callable[[S], T], items: Iterable[S], *, tick: Callable[[], None] = lambda: None) -> Iterator[T]:
    """`work` done on each item, a few at a time in threads; results in order, and no more items taken than needed.

    `tick` is called several times a second while waiting. An error of `items` comes after the results before it.
    """
    running: deque[Future[T]] = deque()
    waiting = iter(items)
    failure: BaseException | None = None
    while True:
        while failure is None and len(running) < _GROUPS_AHEAD:
            try:
                item = next(waiting)
            except StopIteration:
                break
            except Exception as error:  # the caller's own, or of a damaged file
                failure = error
                break
            running.append(start(lambda item=item: work(item)))  # type: ignore[misc]
        if not running:
            break
        yield wait(running.popleft(), tick=tick)
    if failure is not None:
        raise failure
