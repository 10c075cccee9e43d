"""Names that German and English write differently, and well-known ones that they share."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from toolkit.facts import tables
from toolkit.facts.sentence import fold

# Norddeutschland, Südfrankreich, Westantarktis, innerdeutsch.
_DIRECTION = re.compile(
    "^(?:nord|sud|ost|west|mittel|zentral|nieder|ober|ur|inner|latein|afro|anti|pro)(?:ost|west)?-?"
)


class _Tables(NamedTuple):
    """Groups of names by what writes them: whole English words, whole German names, German beginnings."""

    english: dict[str, tuple[int, ...]]
    german: dict[str, tuple[int, ...]]
    beginnings: dict[str, tuple[int, ...]]


@functools.cache
def _tables() -> _Tables:
    read = _Tables({}, {}, {})
    for group, line in enumerate(tables.lines("exonyms")):
        for table, cell in zip(read, line.split("|"), strict=True):
            for word in cell.split():
                folded = fold(word)
                table[folded] = (*table.get(folded, ()), group)
        for word in line.split("|")[1].split():
            folded = fold(word)
            read.beginnings[folded] = (*read.beginnings.get(folded, ()), group)
    return read


def english(folded: str) -> tuple[int, ...]:
    """The groups that an English word (or two, joined by "_") belongs to."""
    return _tables().english.get(folded, ())


@functools.lru_cache(maxsize=1 << 12)
def german(folded: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The groups that a German word names, and all those that it may stand for."""
    known = _tables()
    exact = known.german.get(folded) or (known.german.get(folded[:-1]) if folded.endswith("s") else None) or ()
    may = list(exact)
    for word in {folded, _DIRECTION.sub("", folded)}:
        for end in range(2, min(len(word), 14) + 1):
            may += known.beginnings.get(word[:end], ())
    return exact, tuple(may)
