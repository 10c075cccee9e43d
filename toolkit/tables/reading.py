"""Tables read from text formats: a record a line, csv, tsv, JSON Lines, a folder of texts."""

from __future__ import annotations

import csv
import glob
import itertools
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from toolkit.errors import InputError
from toolkit.files import decode
from toolkit.tables.rows import (
    BOOLEAN,
    FLOAT,
    ID_COLUMN,
    INTEGER,
    MIXED,
    STRING,
    TEXT_COLUMN,
    Row,
    choose_columns,
    id_text,
    listed,
)
from toolkit.tables.streams import LONGEST_LINE, read_lines, readable, reading, undecodable

# Records of JSON Lines have columns of their own; the first so many say whether the one asked for is there.
_LOOK_AT = 100
_INT64 = 1 << 63
TEXT_ENDINGS = (".txt", ".md")


class LinesTable:
    """A text file with a record a line; lines end at "\\n" alone, a "\\r" before it aside."""

    def __init__(self, path: Path, *, name: str, column: str, encoding: str | None) -> None:
        self.name, self.files = name, [(name, path)]
        self._path, self._encoding = path, encoding
        if column != TEXT_COLUMN:
            raise InputError(f"{name} has no column {column!r}: a record a line is one column, {TEXT_COLUMN!r}")

    def count(self) -> int:
        return sum(1 for _ in self._lines())

    def kinds(self) -> dict[str, str]:
        return {TEXT_COLUMN: STRING}

    def rows(self, *, whole: bool) -> Iterator[Row]:
        for line in self._lines():
            text = line.removesuffix("\n").removesuffix("\r")
            fields = {TEXT_COLUMN: readable(text)} if whole else {}
            yield Row(text, None, fields, _too_long(line) or undecodable(text))

    def _lines(self) -> Iterator[str]:
        return read_lines(self._path, name=self.name, encoding=self._encoding, newline="\n")


class CsvTable:
    """A table with a line of column names.

    csv: RFC 4180, fields in quotes may hold commas, quotes and line breaks; semicolons where the first line has no
    comma. tsv: no quoting, as the media type text/tab-separated-values has it. A blank line is no record, unless there
    is one column only.
    """

    def __init__(
        self, path: Path, *, name: str, column: str, id_column: str | None, encoding: str | None, is_tsv: bool
    ) -> None:
        self.name, self.files = name, [(name, path)]
        self._path, self._encoding, self._is_tsv = path, encoding, is_tsv
        self._delimiter = "\t"
        if not is_tsv:
            first = next(self._lines(), "")
            self._delimiter = ";" if ";" in first and "," not in first else ","
        self._columns = next(self._records(), [])
        if not self._columns:
            raise InputError(f"{name} is empty: expected a line of column names")
        self._column, self._id = column, choose_columns(name, self._columns, column=column, id_column=id_column)

    def count(self) -> int:
        return sum(1 for _ in self._records()) - 1

    def kinds(self) -> dict[str, str]:
        return dict.fromkeys(self._columns, STRING)

    def rows(self, *, whole: bool) -> Iterator[Row]:
        at = self._columns.index(self._column)
        id_at = None if self._id is None else self._columns.index(self._id)
        for record in itertools.islice(self._records(), 1, None):
            error = next(filter(None, map(undecodable, record)), None)
            if len(record) != len(self._columns):
                error = f"{len(record)} fields, where the first line names {len(self._columns)} columns"
            id_ = None if id_at is None or id_at >= len(record) else readable(record[id_at])
            fields = dict(zip(self._columns, map(readable, record), strict=False)) if whole else {}
            yield Row(record[at] if at < len(record) else None, id_, fields, error)

    def _records(self) -> Iterator[list[str]]:
        ended = False

        def lines() -> Iterator[str]:
            nonlocal ended
            for line in self._lines():
                if len(line) >= LONGEST_LINE:
                    raise InputError(f"{self.name}: a line of more than {LONGEST_LINE:,} characters: is it a table?")
                yield line
            ended = True

        csv.field_size_limit(LONGEST_LINE)
        if self._is_tsv:
            reader = csv.reader(lines(), delimiter="\t", quoting=csv.QUOTE_NONE)
        else:
            reader = csv.reader(lines(), delimiter=self._delimiter)
        line = 1
        is_single = False
        try:
            for record in reader:
                if ended:  # it asked for one more line, to find the end of a quoted field
                    raise InputError(f"{self.name}: a quote in the record at line {line} is never closed: close it")
                if record or is_single:
                    is_single = is_single or (line == 1 and len(record) == 1)
                    yield record or [""]
                line = reader.line_num + 1
        except csv.Error as error:
            raise InputError(
                f"{self.name}: no record can be read at line {line} ({error}): is a quote never closed?"
            ) from None

    def _lines(self) -> Iterator[str]:
        return read_lines(self._path, name=self.name, encoding=self._encoding, newline="")


class JsonTable:
    """JSON Lines: an object a line, each with columns of its own. A blank line is no record."""

    def __init__(self, path: Path, *, name: str, column: str, id_column: str | None, encoding: str | None) -> None:
        self.name, self.files = name, [(name, path)]
        self._path, self._encoding = path, encoding
        self._column, self._id = column, id_column
        self._kinds: dict[str, str] | None = None
        # Told apart here: a wrong column for all records is a mistake of the caller's, for one of them its own.
        first = list(itertools.islice((row for row in self.rows(whole=True) if row.fields), _LOOK_AT))
        columns = list(dict.fromkeys(key for row in first for key in row.fields))
        if first:
            self._id = choose_columns(name, columns, column=column, id_column=id_column)

    def count(self) -> int:
        return sum(1 for _ in self._lines())

    def kinds(self) -> dict[str, str]:
        if self._kinds is None:
            self._kinds = self._find_kinds()
        return self._kinds

    def _find_kinds(self) -> dict[str, str]:
        kinds: dict[str, str] = {}
        for row in self.rows(whole=True):
            for key, value in row.fields.items():
                kind = _kind(value)
                known = kinds.setdefault(key, kind)
                if kind not in ("", known):
                    is_number = {kind, known} == {INTEGER, FLOAT}
                    kinds[key] = kind if not known else FLOAT if is_number else MIXED
        return {key: kind or STRING for key, kind in kinds.items()}

    def rows(self, *, whole: bool) -> Iterator[Row]:
        for number, line in self._lines():
            yield self._row(number, line, whole)

    def _row(self, number: int, line: str, whole: bool) -> Row:
        if error := _too_long(line) or undecodable(line):
            return Row(None, None, {}, error)
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as problem:
            return Row(None, None, {}, f"line {number} is not JSON ({problem})")
        if not isinstance(record, dict):
            return Row(None, None, {}, f"line {number} is no JSON object: expected {{{self._column!r}: …}}")
        id_ = id_text(record.get(self._id or ID_COLUMN))
        fields = record if whole else {}
        if self._column not in record:
            return Row(None, id_, fields, f"no field {self._column!r}, only {listed(list(record))}")
        return Row(record[self._column], id_, fields)

    def _lines(self) -> Iterator[tuple[int, str]]:
        lines = read_lines(self._path, name=self.name, encoding=self._encoding, newline="\n")
        return ((number, line) for number, line in enumerate(lines, start=1) if not line.isspace())


class FolderTable:
    """Text files, a record each, by their path in the folder; hidden ones are left out."""

    def __init__(self, name: str, files: Sequence[tuple[str, Path]], *, column: str, encoding: str | None) -> None:
        self.name, self.files = name, list(files)
        self._encoding = encoding
        if not self.files:
            raise InputError(f"{name}: no file ending in {' or '.join(TEXT_ENDINGS)} there")
        if column != TEXT_COLUMN:
            raise InputError(f"{name} has no column {column!r}: texts in files are one column, {TEXT_COLUMN!r}")

    def count(self) -> int:
        return len(self.files)

    def kinds(self) -> dict[str, str]:
        return {ID_COLUMN: STRING, TEXT_COLUMN: STRING}

    def rows(self, *, whole: bool) -> Iterator[Row]:
        for name, path in self.files:
            id_ = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            text, error = self._read(name, path)
            yield Row(text, id_, {ID_COLUMN: id_, TEXT_COLUMN: text} if whole else {}, error)

    def _read(self, name: str, path: Path) -> tuple[str | None, str | None]:
        try:
            with reading(name):
                if path.stat().st_size > 4 * LONGEST_LINE:
                    return None, f"more than {LONGEST_LINE:,} characters"
                raw = path.read_bytes()
            # A file without a byte is as blank as one with a space.
            return decode(raw, name=name, encoding=self._encoding) if raw else "", None
        except InputError as error:
            return None, str(error)


def files_of_folder(folder: Path) -> list[tuple[str, Path]]:
    """The text files in a folder and those below it, with their paths in it, sorted."""
    found = []
    for where, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith(".")]
        found += [Path(where, each) for each in names if not each.startswith(".") and _is_text(each)]
    return sorted((path.relative_to(folder).as_posix(), path) for path in found)


def files_of_pattern(pattern: str) -> list[tuple[str, Path]]:
    """The text files that a pattern with *, ? or [ ] finds, with their paths in the folder of them all, sorted."""
    found = (Path(each) for each in glob.glob(pattern, recursive=True))  # noqa: PTH207 - may be absolute
    # "**" twice in a pattern finds a file on several ways.
    paths = [path for path in dict.fromkeys(found) if _is_text(path.name) and not path.is_dir()]
    folder = os.path.commonpath([path.parent for path in paths]) if paths else ""
    return sorted((path.relative_to(folder).as_posix(), path) for path in paths)


def is_pattern(name: str) -> bool:
    """Whether a name holds *, ? or [ ]."""
    return any(each in name for each in "*?[")


def _is_text(name: str) -> bool:
    return name.lower().endswith(TEXT_ENDINGS)


def _too_long(line: str) -> str | None:
    is_cut = len(line) >= LONGEST_LINE and not line.endswith("\n")
    return f"more than {LONGEST_LINE:,} characters in a line" if is_cut else None


def _kind(value: object) -> str:
    """What a value is; "" for null, which goes with everything."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int):
        return INTEGER if -_INT64 <= value < _INT64 else MIXED
    return FLOAT if isinstance(value, float) else STRING if isinstance(value, str) else MIXED
