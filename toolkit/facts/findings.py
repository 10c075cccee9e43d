"""What a fact check finds: one fact of a sentence that is missing, changed or new in its translation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.documents import Finding

KINDS = (
    "number",
    "date",
    "time",
    "currency",
    "unit",
    "negation",
    "name",
    "acronym",
    "link",
    "quotation",
)
"""The kinds of finding, in the order in which they are reported."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A fact as it is written: `text[start:end]`."""

    start: int
    end: int


def pair(kind: str, source: str, translation: str, lost: Sequence[Mention], new: Sequence[Mention]) -> list[Finding]:
    """Findings for what is lost and what is new; one and one make a single change."""
    if len(lost) == 1 and len(new) == 1:
        (old,), (other,) = lost, new
        return [Finding(kind, old.start, old.end, source[old.start : old.end], translation[other.start : other.end])]
    return [
        *(Finding(kind, old.start, old.end, source[old.start : old.end], "") for old in lost),
        *(Finding(kind, 0, 0, "", translation[other.start : other.end]) for other in new),
    ]
