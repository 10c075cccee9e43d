"""A table of records as every format gives it: rows in order, each with all its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from toolkit.errors import InputError

TEXT_COLUMN = "text"
"""The only column of a table without names: lines of a file, files of a folder."""
ID_COLUMN = "id"

STRING, INTEGER, FLOAT, BOOLEAN, MIXED = "string", "integer", "float", "boolean", "mixed"
"""What a column holds; a mixed one is written as JSON where a column has one type."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record."""

    text: object
    """What is to be processed: a string if all is well."""
    id: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    """Every column with its value; empty unless whole rows were asked for."""
    error: str | None = None
    """Why the record cannot be read."""


class Table(Protocol):
    """A table that can be read any number of times, from its first row on."""

    @property
    def name(self) -> str:
        """The file or folder as it was named."""

    @property
    def files(self) -> Sequence[tuple[str, Path]]:
        """The files it is read from, with their names in it."""

    def count(self) -> int:
        """How many rows there are; raises InputError for a table that is damaged."""

    def kinds(self) -> dict[str, str]:
        """The columns in order with what they hold, over all rows."""

    def rows(self, *, whole: bool) -> Iterator[Row]:
        """The rows in order, with all their columns or with text and id alone."""


def choose_columns(name: str, columns: Sequence[str], *, column: str, id_column: str | None) -> str | None:
    """Check that the columns asked for are there; the one with the ids, or None."""
    twice = next((each for i, each in enumerate(columns) if each in columns[:i]), None)
    if twice is not None:
        raise InputError(f"{name} has two columns {twice!r}: rename one")
    for wanted, option in ((column, "--column"), (id_column, "--id")):
        if wanted is not None and wanted not in columns:
            raise InputError(f"{name} has no column {wanted!r}, only {listed(columns)}: name one with {option}")
    return id_column or (ID_COLUMN if ID_COLUMN in columns else None)


def listed(columns: Sequence[str]) -> str:
    """Column names for a message, the first twenty."""
    names = ", ".join(repr(each) for each in columns[:20])
    return names + (", …" if len(columns) > 20 else "") if columns else "no columns at all"


def id_text(value: object) -> str | None:
    """An id as text; None stays None."""
    return None if value is None else str(value)
