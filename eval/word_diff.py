"""What changed between two versions of a text, word by word."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

# A word or number ("3.5", "award-winning"), or a single mark, with the blanks before it: joined again, the pieces are
# the text.
_PIECE = re.compile(r"\s*(?:\w+(?:[.,:'’-]\w+)*|[^\w\s])|\s+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of words that both versions have, or only one of them."""

    kind: Literal["same", "removed", "added"]
    text: str


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces in order, what was removed before what took its place.

    The pieces that are not "added" join to `before`, those that are not "removed" to `after`.
    """
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    pieces: list[Piece] = []
    for operation, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            pieces.append(Piece("same", "".join(new[k:m])))
            continue
        if i < j:
            pieces.append(Piece("removed", "".join(old[i:j])))
        if k < m:
            pieces.append(Piece("added", "".join(new[k:m])))
    return tuple(pieces)
