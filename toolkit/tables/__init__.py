"""Tables in and out, streamed: txt, csv, tsv, JSON Lines, Parquet and folders of texts, told by the ends of names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO

from toolkit.errors import InputError
from toolkit.tables.parquet import ParquetTable, ParquetWriter
from toolkit.tables.reading import (
    CsvTable,
    FolderTable,
    JsonTable,
    LinesTable,
    files_of_folder,
    files_of_pattern,
    is_pattern,
)
from toolkit.tables.rows import ID_COLUMN, TEXT_COLUMN, Row, Table
from toolkit.tables.writing import CsvWriter, JsonWriter, LinesWriter, Writer, is_of_files

__all__ = ["FOLDER", "FORMATS", "TEXT_COLUMN", "Row", "Table", "Writer", "format_of", "is_of_files", "open_table"]

FORMATS = ("txt", "csv", "tsv", "jsonl", "parquet")
FOLDER = "folder"
_ENDINGS = {f".{name}": name for name in FORMATS} | {".ndjson": "jsonl", ".md": "txt"}
_PACKED = ".gz"


def format_of(name: str) -> str | None:
    """The format that the ending of a name says, .gz aside (never of Parquet); None for any other."""
    lower = name.lower()
    is_packed = lower.endswith(_PACKED)
    found = _ENDINGS.get(Path(lower.removesuffix(_PACKED)).suffix)
    return None if is_packed and found == "parquet" else found


def open_table(
    name: str,
    *,
    column: str,
    id_column: str | None = None,
    format: str | None = None,  # noqa: A002
    encoding: str | None = None,
) -> Table:
    """The table in a file, a folder or what a pattern finds; raises InputError for one that cannot be used.

    `format` is needed where the name does not tell.
    """
    path = Path(name)
    if not name:
        raise InputError("the name of the input is empty: give a file, a folder, or - for standard input")
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise InputError(
            f"{name} is a pipe or a device, and a table is read twice: redirect it, and give - as the input"
        )
    if path.is_dir() or (is_pattern(name) and not path.exists()):
        found = files_of_folder(path) if path.is_dir() else files_of_pattern(name)
        if id_column not in (None, ID_COLUMN):
            raise InputError(f"{name} has no column {id_column!r}: the ids of texts in files are their paths")
        return FolderTable(name, found, column=column, encoding=encoding)
    known = format or format_of(name)
    if known is None and path.exists():
        raise InputError(f"{name}: unknown ending: expected {endings()}, or name the format with --format")
    if known == "parquet":
        return ParquetTable(path, name=name, column=column, id_column=id_column)
    if known == "jsonl":
        return JsonTable(path, name=name, column=column, id_column=id_column, encoding=encoding)
    if known in ("csv", "tsv"):
        is_tsv = known == "tsv"
        return CsvTable(path, name=name, column=column, id_column=id_column, encoding=encoding, is_tsv=is_tsv)
    if id_column is not None and path.exists():
        raise InputError(f"{name} has no column {id_column!r}: a record a line is one column, {TEXT_COLUMN!r}")
    return LinesTable(path, name=name, column=column, encoding=encoding)


def open_writer(stream: IO[bytes], format: str, table: Table, new: Mapping[str, str], *, main: str) -> Writer:  # noqa: A002
    """A writer of rows of `table` with the columns `new`, given with their kinds; `main` is what a txt file gets."""
    if format == "parquet":
        return ParquetWriter(stream, table, new)
    if format == "jsonl":
        return JsonWriter(stream, new)
    if format == "txt":
        return LinesWriter(stream, main)
    return CsvWriter(stream, table, new, is_tsv=format == "tsv")


def endings() -> str:
    """The endings of names for a message."""
    return ", ".join(f".{name}" for name in FORMATS) + " (.gz after all but the last)"
