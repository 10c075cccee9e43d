"""How much of a file is read, and for how long, before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may be and cost; the defaults let a book through and stop a bomb."""

    bytes: int = 20 * 2**20
    """Of the file as it lies on the disk."""
    unpacked_bytes: int = 100 * 2**20
    """Of all parts of a .docx together, unpacked; of any single stream of a .pdf."""
    parts: int = 2_000
    """Parts in a .docx; Word writes about fifteen and one more a picture."""
    pages: int = 500
    nesting: int = 200
    """Elements within elements, of .html and .docx; Word's deepest tables stay under fifty."""
    characters: int = 1_000_000
    """Of the text that comes out."""
    seconds: float = 30.0
    """For the process that parses, its start included."""
    memory_bytes: int = 2**30
    """Address space of the process that parses; kept on Linux alone."""
