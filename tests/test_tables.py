"""Tables as they are: any text survives every format that can hold it."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.tables import format_of, open_table, open_writer
from toolkit.tables.rows import STRING
from toolkit.tables.streams import fingerprint, stamp
from toolkit.tables.values import as_text, one_line, plain

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=20)
ROWS = st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=8)


def through(name: str, content: bytes, target: str) -> list[tuple[object, object]]:
    """Texts and other columns of a table, read, written and read again."""
    with tempfile.TemporaryDirectory() as folder:
        source, copy = Path(folder, name), Path(folder, target)
        source.write_bytes(content)
        table = open_table(str(source), column="text")
        assert table.count() == len(list(table.rows(whole=False)))
        with copy.open("wb") as stream:
            writer = open_writer(stream, str(format_of(target)), table, {"new": STRING}, main="new")
            for row in table.rows(whole=True):
                assert row.error is None
                writer.write(row, {"new": row.text}, None)
            writer.close()
        rows = list(open_table(str(copy), column="new").rows(whole=True))
        assert all(row.text == row.fields["text"] for row in rows)
        return [(row.text, row.fields.get("other")) for row in rows]


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_any_text_survives(rows: list[tuple[str, str]]) -> None:
    lines = "".join(json.dumps({"text": text, "other": other}) + "\n" for text, other in rows)
    table = io.StringIO(newline="")
    csv.writer(table).writerows([("text", "other"), *rows])
    for name, content in (("a.jsonl", lines), ("a.csv", table.getvalue())):
        for target in ("b.jsonl", "b.csv", "b.parquet"):
            assert through(name, content.encode(), target) == rows, (name, target)
        flat = [tuple(one_line(cell, tabs=False) for cell in row) for row in rows]
        assert through(name, content.encode(), "b.tsv") == flat


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.sampled_from(["a.txt", "a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.csv.gz"]))
def test_any_bytes_give_rows_or_one_line(raw: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(raw)
        try:
            table = open_table(str(path), column="text")
            assert table.count() == len(list(table.rows(whole=True)))
        except InputError as error:
            assert "\n" not in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", "txt"), ("A.CSV", "csv"), ("a.b.tsv.gz", "tsv"), ("a.ndjson", "jsonl"), ("x/a.md", "txt"),
        ("a.parquet", "parquet"), ("a.parquet.gz", None), ("a.xlsx", None), ("csv", None), ("a.gz", None),
    ],
)  # fmt: skip
def test_formats_are_told_by_endings(name: str, expected: str | None) -> None:
    assert format_of(name) == expected


def test_what_identifies_an_input(tmp_path: Path) -> None:
    one, other = tmp_path / "a.txt", tmp_path / "b.txt"
    one.write_bytes(b"same")
    other.write_bytes(b"same")
    assert fingerprint([("a", one)]) == fingerprint([("b", other)])
    assert stamp([("a", one)]) != stamp([("b", other)])
    before, content = stamp([("a", one)]), fingerprint([("a", one)])
    one.write_bytes(b"other")
    assert stamp([("a", one)]) != before
    assert fingerprint([("a", one)]) != content
    assert fingerprint([("a", one), ("b", other)]) != fingerprint([("b", one), ("a", other)])
    assert fingerprint([("none", tmp_path / "none")]) != fingerprint([("a", one)])


def test_values() -> None:
    assert plain({"a": [float("nan"), (1, True)], 2: b"\xff"}) == {"a": [None, [1, True]], "2": "/w=="}
    assert [as_text(value) for value in (None, "a", 1.5, True, ["ä"])] == ["", "a", "1.5", "true", '["ä"]']
    assert one_line("a\r\n\u2028b\tc") == "a b\tc"
