"""Parquet in and out with pyarrow, a few rows at a time; columns keep their types."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from toolkit.errors import InputError
from toolkit.tables.rows import BOOLEAN, FLOAT, INTEGER, STRING, Row, Table, choose_columns, id_text
from toolkit.tables.streams import readable, reading, undecodable
from toolkit.tables.values import plain, without_surrogates

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 1024
"""Rows read or written at once."""
_KINDS = {STRING: "string", INTEGER: "int64", FLOAT: "float64", BOOLEAN: "bool"}


class ParquetTable:
    """A Parquet file."""

    def __init__(self, path: Path, *, name: str, column: str, id_column: str | None) -> None:
        self.name, self.files = name, [(name, path)]
        self._path, self._column = path, column
        schema = self.schema
        self._id = choose_columns(name, schema.names, column=column, id_column=id_column)
        kind = schema.field(column).type
        if str(kind).startswith("dictionary"):
            kind = kind.value_type
        if str(kind).removeprefix("large_").removesuffix("_view") not in ("string", "null"):
            raise InputError(f"{name}: the column {column!r} holds {kind}, not text: name another with --column")

    @property
    def schema(self) -> pa.Schema:
        """The columns with their types."""
        with self._opened() as file:
            return file.schema_arrow

    def count(self) -> int:
        with self._opened() as file:
            return int(file.metadata.num_rows)

    def kinds(self) -> dict[str, str]:
        return dict.fromkeys(self.schema.names, STRING)

    def rows(self, *, whole: bool) -> Iterator[Row]:
        columns = None if whole else [self._column] if self._id is None else [self._column, self._id]
        for batch in self.batches(columns):
            # A column at a time: two columns of one name would make one entry of a dictionary.
            names = batch.schema.names
            values = {name: self._values(name, column) for name, column in zip(names, batch.columns, strict=True)}
            for i in range(batch.num_rows):
                fields = {name: _readable(column[i]) for name, column in values.items()} if whole else {}
                text = values[self._column][i]
                error = undecodable(text) if isinstance(text, str) else None
                yield Row(text, id_text(_readable(values[self._id][i])) if self._id else None, fields, error)

    def batches(self, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The file, some rows at a time; all columns unless some are named."""
        with self._opened() as file, _damage(self.name):
            yield from file.iter_batches(batch_size=_ROWS, columns=columns)

    def _values(self, name: str, column: pa.Array) -> list[Any]:
        """The values of a column; bytes that are no UTF-8 as lone surrogates, like those of `read_lines`."""
        import pyarrow as pa

        try:
            return list(column.to_pylist())
        except (ValueError, OverflowError, LookupError):
            pass  # text that is no UTF-8, a date after the year 9999, a time zone this machine does not know
        kind = column.type
        try:
            if pa.types.is_dictionary(kind):
                return self._values(name, column.dictionary_decode())
            if pa.types.is_string(kind) or pa.types.is_large_string(kind):
                raw = column.cast(pa.binary() if pa.types.is_string(kind) else pa.large_binary()).to_pylist()
                return [None if each is None else each.decode("utf-8", "surrogateescape") for each in raw]
            if pa.types.is_timestamp(kind) and kind.tz not in (None, "UTC"):
                return self._values(name, column.cast(pa.timestamp(kind.unit, "UTC")))
            return list(column.cast(pa.string()).to_pylist())
        except (ValueError, pa.ArrowException) as error:
            reason = str(error).splitlines()[0].rstrip(".")
            raise InputError(
                f"{self.name}: a value in the column {name!r} cannot be read ({reason}): drop the column"
            ) from None

    def _opened(self) -> Any:
        parquet = import_parquet()
        with reading(self.name), _damage(self.name):
            if self._path.is_dir():
                raise IsADirectoryError
            return parquet.ParquetFile(self._path)


class ParquetWriter:
    """A Parquet file: the columns of the table, then new ones."""

    def __init__(self, stream: IO[bytes], table: Table, new: Mapping[str, str]) -> None:
        parquet = import_parquet()
        import pyarrow as pa

        self._new = new
        # From Parquet, the columns are taken over as they are, in the same pieces, without a detour through Python.
        self._batches = table.batches() if isinstance(table, ParquetTable) else None
        if isinstance(table, ParquetTable):
            # What datasets notes about its columns would no longer be true.
            metadata = {k: v for k, v in (table.schema.metadata or {}).items() if k != b"huggingface"}
            own = [*table.schema]
        else:
            metadata = None
            own = [pa.field(name, _type(kind)) for name, kind in table.kinds().items()]
        schema = pa.schema([*own, *(pa.field(name, _type(kind)) for name, kind in new.items())], metadata or None)
        self._own = [field.name for field in own]
        self._schema = schema
        self._writer = parquet.ParquetWriter(stream, schema)
        self._rows: list[tuple[Mapping[str, object], Mapping[str, object]]] = []
        self._batch = self._next_batch()

    @property
    def needs_fields(self) -> bool:
        """Whether `write` wants the columns of each row."""
        return self._batches is None

    def write(self, row: Row, values: Mapping[str, object] | None, error: str | None) -> None:  # noqa: ARG002
        self._rows.append((row.fields, values or {}))
        if len(self._rows) == (_ROWS if self._batch is None else self._batch.num_rows):
            self._flush()

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._batch is not None:
            own = list(self._batch.columns)
        else:
            own = [self._array(name, [fields.get(name) for fields, _ in self._rows]) for name in self._own]
        new = [self._array(name, [values.get(name) for _, values in self._rows]) for name in self._new]
        self._writer.write_batch(pa.record_batch([*own, *new], schema=self._schema))
        self._rows = []
        self._batch = self._next_batch()

    def _next_batch(self) -> pa.RecordBatch | None:
        if self._batches is None:
            return None
        return next((batch for batch in self._batches if batch.num_rows), None)

    def _array(self, name: str, values: list[object]) -> pa.Array:
        import pyarrow as pa

        kind = self._schema.field(name).type
        if kind == pa.string():
            values = [None if value is None else _text(value) for value in values]
        elif kind == pa.float64():
            values = [None if value is None else float(value) for value in values]  # type: ignore[arg-type]
        return pa.array(values, type=kind)


def import_parquet() -> Any:
    """pyarrow.parquet, or the error that names what to install."""
    try:
        import pyarrow.parquet
    except ImportError:
        raise InputError("Parquet needs pyarrow: pip install 'klartext[batch]'") from None
    return pyarrow.parquet


def _type(kind: str) -> pa.DataType:
    import pyarrow as pa

    return getattr(pa, {"bool": "bool_"}.get(found := _KINDS.get(kind, "string"), found))()


def _readable(value: object) -> object:
    return readable(value) if isinstance(value, str) else value


def _text(value: object) -> str:
    return without_surrogates(value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False))


class _damage:  # noqa: N801 - used like a function
    """Turn what pyarrow says about a damaged file into one line."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        import pyarrow as pa

        if isinstance(error, pa.ArrowException) or (isinstance(error, OSError) and error.errno is None):
            reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
            raise InputError(
                f"{self._name} is damaged, cut off or no Parquet file ({reason}): fetch it again"
            ) from None
