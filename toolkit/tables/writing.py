"""Tables written: every column of the input, then the new ones; a failed record keeps its place."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Protocol, cast

from toolkit.errors import InputError
from toolkit.records import to_json
from toolkit.tables.rows import MIXED, Row, Table
from toolkit.tables.values import as_text, one_line, plain, without_surrogates

_CRLF = "\r\n"
ERROR_FIELD = "error"
"""In JSON Lines, why a record failed."""


class Writer(Protocol):
    """Takes the rows of a table in order."""

    @property
    def needs_fields(self) -> bool:
        """Whether `write` wants the columns of each row."""

    def write(self, row: Row, values: Mapping[str, object] | None, error: str | None) -> None:
        """One row with the values of its new columns, or None and the reason for it."""

    def close(self) -> None:
        """Write what is still held back; the stream stays open."""


class LinesWriter:
    """One new column alone, a record a line; line breaks in it become spaces, a failed record an empty line."""

    needs_fields = False

    def __init__(self, stream: IO[bytes], column: str) -> None:
        self._stream, self._column = stream, column

    def write(self, row: Row, values: Mapping[str, object] | None, error: str | None) -> None:  # noqa: ARG002
        text = one_line(as_text((values or {}).get(self._column)))
        self._stream.write(f"{without_surrogates(text)}\n".encode())

    def close(self) -> None:
        pass


class CsvWriter:
    """csv as in RFC 4180 with "\\n" as line end, or tsv, where tabs and line breaks in a field become spaces."""

    needs_fields = True

    def __init__(self, stream: IO[bytes], table: Table, new: Mapping[str, str], *, is_tsv: bool) -> None:
        self._stream, self._new, self._is_tsv = stream, new, is_tsv
        self._columns = list(table.kinds())
        self._line = io.StringIO()
        # What is in the line end is what gets quotes: with "\n" alone, a "\r" in a field would end a line.
        self._csv = csv.writer(self._line, lineterminator=_CRLF)
        self._put([*self._columns, *new])

    def write(self, row: Row, values: Mapping[str, object] | None, error: str | None) -> None:  # noqa: ARG002
        old = [as_text(row.fields.get(name)) for name in self._columns]
        self._put([*old, *(as_text((values or {}).get(name)) for name in self._new)])

    def close(self) -> None:
        pass

    def _put(self, cells: list[str]) -> None:
        cells = [without_surrogates(cell) for cell in cells]
        if self._is_tsv:
            self._stream.write(("\t".join(one_line(cell, tabs=False) for cell in cells) + "\n").encode())
            return
        self._csv.writerow(cells)
        self._stream.write(f"{self._line.getvalue().removesuffix(_CRLF)}\n".encode())
        self._line.seek(0)
        self._line.truncate()


class JsonWriter:
    """JSON Lines; the new fields of a failed record are null, and `error` says why."""

    needs_fields = True

    def __init__(self, stream: IO[bytes], new: Mapping[str, str]) -> None:
        self._stream, self._new = stream, new

    def write(self, row: Row, values: Mapping[str, object] | None, error: str | None) -> None:
        record = {name: plain(value) for name, value in row.fields.items()}
        for name in self._new:
            if values is not None:
                record[name] = plain(values.get(name))
            else:
                record.setdefault(name, None)
        if error is not None:
            record[ERROR_FIELD] = error
        self._stream.write(f"{to_json(record)}\n".encode())

    def close(self) -> None:
        pass


class FolderWriter:
    """A file for each record: under the name of the file it came from, else under its number."""

    needs_fields = False

    def __init__(self, folder: Path, table: Table, column: str, *, kind: str) -> None:
        """`column` goes into the files; JSON where its kind is mixed."""
        self._folder, self._column, self._is_json = folder, column, kind == MIXED
        self._names = [name for name, _ in table.files] if is_of_files(table) else None
        self._number = 0

    def write(self, row: Row, values: Mapping[str, object] | None, error: str | None) -> None:  # noqa: ARG002
        value = (values or {}).get(self._column)
        content = without_surrogates(as_text(value))
        if self._is_json and content:
            content += "\n"
        path = self._folder / self._next_name()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())

    def close(self) -> None:
        pass

    def _next_name(self) -> str:
        self._number += 1
        if self._names is None:
            return f"{self._number:08d}" + (".json" if self._is_json else ".txt")
        return self._names[self._number - 1] + (".json" if self._is_json else "")


def is_of_files(table: Table) -> bool:
    """Whether each record of a table is a file of its own."""
    from toolkit.tables.reading import FolderTable

    return isinstance(table, FolderTable)


def compressed(stream: IO[bytes]) -> IO[bytes]:
    """A stream of gzip into another; the same content gives the same bytes."""
    return cast("IO[bytes]", gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0))


def check_new_columns(table: Table, new: Mapping[str, str], *, output: str, has_errors: bool) -> None:
    """Raise InputError where a new column has the name of an old one."""
    names = [*new, ERROR_FIELD] if has_errors else [*new]
    taken = next((name for name in names if name in table.kinds()), None)
    if taken == ERROR_FIELD:
        raise InputError(f"{table.name} has a column {taken!r}, which {output} needs for errors: rename it")
    if taken is not None:
        raise InputError(f"{table.name} has a column {taken!r} already: give the new ones a prefix with --prefix")
