"""`klartext batch` with the fake engine: every format in and out, every bad input, resuming, refusing."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import toolkit
from tests.test_cli import Ran, write
from toolkit.batch.destination import Destination
from toolkit.cli import main
from toolkit.engines.fake import FakeSeq2Seq
from toolkit.errors import EngineError

ROOT = Path(toolkit.__file__).resolve().parent.parent
TEXTS = ["Der Rat stimmt zu. Er geht.", "", "Ende gut."]
ENGLISH = ["Red Tar tmmits uz. Re theg.", "", "Edne tug."]

Batch = Callable[..., Ran]


@pytest.fixture
def batch(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Batch:
    """Run `klartext batch` in a fresh folder, in this process, with the fake engine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("toolkit.commands._LOADING_SECONDS", math.inf)

    def run(*arguments: str, stdin: bytes | None = None) -> Ran:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfd.readouterr()
        try:
            code = main(["batch", "--engine", "fake", *arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return Ran(code, out, err)

    return run


def lines(name: str) -> list[str]:
    """The lines of a file, the last one ended too."""
    text = Path(name).read_text(encoding="utf-8")
    assert text == "" or text.endswith("\n")
    return text.split("\n")[:-1]


def jsonl(name: str) -> list[dict[str, object]]:
    """The records of a file of JSON Lines."""
    return [json.loads(line) for line in lines(name)]


def as_jsonl(*records: object) -> str:
    """Records as JSON Lines."""
    return "".join(json.dumps(record) + "\n" for record in records)


CHECKED = ["translation", "doubt", "to_check", "checks"]


def pair(row: dict[str, object]) -> tuple[object, object]:
    """A text with its translation."""
    return row["text"], row["translation"]


def klartext_batch(source: Path, target: Path) -> list[str]:
    """The command line of a process."""
    return [sys.executable, "-m", "toolkit", "batch", "--engine", "fake", str(source), "-o", str(target)]


# ---- formats


def written(name: str) -> str:
    """The three texts as a table in the format of a name."""
    if name.endswith(".parquet"):
        pq.write_table(pa.table({"text": TEXTS, "n": [1, 2, 3]}), name)
        return name
    content = {
        "txt": "\n".join(TEXTS) + "\n",
        "csv": "text,n\n" + "".join(f"{text},{n}\n" for n, text in enumerate(TEXTS, start=1)),
        "tsv": "text\tn\n" + "".join(f"{text}\t{n}\n" for n, text in enumerate(TEXTS, start=1)),
        "jsonl": as_jsonl(*({"text": text, "n": n} for n, text in enumerate(TEXTS, start=1))),
    }[name.removesuffix(".gz").rsplit(".", 1)[1]].encode()
    return write(name, gzip.compress(content) if name.endswith(".gz") else content)


def rows(name: str) -> list[dict[str, object]]:
    """What an output of any format holds, as text for the formats that have nothing else."""
    if name.endswith(".parquet"):
        return list(pq.read_table(name).to_pylist())
    raw = Path(name).read_bytes()
    text = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode()
    kind = name.removesuffix(".gz").rsplit(".", 1)[1]
    if kind == "jsonl":
        return [json.loads(line) for line in text.splitlines()]
    if kind == "txt":
        return [{"translation": line} for line in text.split("\n")[:-1]]
    reader = csv.DictReader(io.StringIO(text), delimiter="," if kind == "csv" else "\t")
    return [dict(row) for row in reader]


NAMES = ["a.txt", "a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.txt.gz", "a.csv.gz", "a.jsonl.gz"]


@pytest.mark.parametrize("target", ["o.txt", "o.csv", "o.tsv", "o.jsonl", "o.parquet", "o.jsonl.gz"])
@pytest.mark.parametrize("source", NAMES)
def test_every_format_into_every_other(batch: Batch, source: str, target: str) -> None:
    ran = batch(written(source), "-o", target)
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert "3 records" in ran.err
    made = rows(target)
    assert [row["translation"] for row in made] == ENGLISH
    if target != "o.txt":
        assert [row["text"] for row in made] == TEXTS
        if "txt" not in source:
            assert [str(row["n"]) for row in made] == ["1", "2", "3"]
    assert sorted(path.name for path in Path().iterdir()) == sorted([source, target])


def test_parquet_keeps_its_types(batch: Batch) -> None:
    table = pa.table(
        {
            "text": pa.array(["Ende gut."] * 3000).dictionary_encode(),
            "when": pa.array([1_700_000_000_000_000_001] * 3000, type=pa.timestamp("ns", tz="UTC")),
            "tags": pa.array([["a", "b"], None, []] * 1000),
            "raw": pa.array([b"\xff"] * 3000),
            "price": pa.array([math.nan, 1.5, None] * 1000),
        }
    )
    pq.write_table(table, "a.parquet", row_group_size=700)
    assert batch("a.parquet", "-o", "o.parquet").code == 0
    made = pq.read_table("o.parquet")
    added = {"translation": pa.string(), "doubt": pa.float64(), "to_check": pa.int64(), "checks": pa.string()}
    assert made.drop_columns([*added]).combine_chunks().equals(table.combine_chunks()) or made.schema.equals(
        pa.schema([*table.schema, *(pa.field(name, kind) for name, kind in added.items())])
    )
    assert made["when"].to_pylist()[0] == table["when"].to_pylist()[0]
    assert made["tags"].to_pylist() == table["tags"].to_pylist()
    assert set(made["translation"].to_pylist()) == {"Edne tug."}
    assert batch("a.parquet", "-o", "o.jsonl").code == 0
    first = jsonl("o.jsonl")[0]
    assert first["tags"] == ["a", "b"]
    assert first["raw"] == "/w=="
    assert first["price"] is None
    assert str(first["when"]).startswith("2023-11-14T22:13:20")


def test_json_of_many_types_becomes_a_table(batch: Batch) -> None:
    write(
        "a.jsonl", as_jsonl({"text": "Ende.", "a": 1, "b": True}, {"text": "Ende.", "a": 1.5, "c": {"d": 1}, "b": None})
    )
    assert batch("a.jsonl", "-o", "o.parquet").code == 0
    assert pq.read_schema("o.parquet").names == ["text", "a", "b", "c", *CHECKED]
    assert pq.read_table("o.parquet").drop_columns(CHECKED[1:]).to_pylist() == [
        {"text": "Ende.", "a": 1.0, "b": True, "c": None, "translation": "Edne."},
        {"text": "Ende.", "a": 1.5, "b": None, "c": '{"d": 1}', "translation": "Edne."},
    ]
    assert batch("a.jsonl", "-o", "o.csv").code == 0
    heading, *rows = lines("o.csv")
    assert heading == ",".join(["text", "a", "b", "c", *CHECKED])
    assert [row.rpartition(",Edne.,")[0] for row in rows] == ["Ende.,1,true,", 'Ende.,1.5,,"{""d"": 1}"']


def test_folder_pattern_and_standard_input(batch: Batch) -> None:
    Path("in/deep").mkdir(parents=True)
    for name, text in (("b.md", TEXTS[0]), ("a.txt", TEXTS[2]), ("deep/c.txt", " "), ("d.csv", "x"), (".e.txt", "x")):
        write(f"in/{name}", text)
    write("in/empty.txt", b"")
    assert batch("in", "-o", "o.jsonl").code == 0
    assert [(row["id"], row["translation"]) for row in jsonl("o.jsonl")] == [
        ("a.txt", ENGLISH[2]),
        ("b.md", ENGLISH[0]),
        ("deep/c.txt", " "),
        ("empty.txt", ""),
    ]
    assert batch("in", "-o", "en").code == 0
    found = {path.relative_to("en").as_posix(): path.read_text() for path in Path("en").rglob("*") if path.is_file()}
    assert found == {"a.txt": ENGLISH[2], "b.md": ENGLISH[0], "deep/c.txt": " ", "empty.txt": ""}
    assert batch("in/*.txt", "-o", "few.jsonl").code == 0
    assert [row["id"] for row in jsonl("few.jsonl")] == ["a.txt", "empty.txt"]
    assert batch("in", "-o", "digests", "--task", "digest").code == 0
    assert json.loads(Path("digests/b.md.json").read_text())["translation"] == ENGLISH[0]
    assert batch(written("a.csv"), "-o", "numbered/").code == 0
    assert sorted(path.name for path in Path("numbered").iterdir()) == [f"0000000{n}.txt" for n in (1, 2, 3)]
    assert batch("-", "-o", "o.txt", stdin=b"Ende gut.\r\n\nEnde").code == 0
    assert lines("o.txt") == ["Edne tug.", "", "Edne"]
    assert batch("-", "-o", "p.jsonl", "--format", "csv", stdin=b'text\n"Ende\ngut."\n').code == 0
    assert [pair(row) for row in jsonl("p.jsonl")] == [("Ende\ngut.", "Edne\ntug.")]
    assert not list(Path().glob("*.input*"))


def test_every_task(batch: Batch) -> None:
    written("a.jsonl")
    assert batch("a.jsonl", "-o", "d.jsonl", "--task", "digest", "--labels", "sport,politics").code == 0
    digest = jsonl("d.jsonl")[0]
    assert list(digest) == [
        "text", "n", *CHECKED[:3], "headline", "summary", "unsupported", "topic", "topic_score", "record",
    ]  # fmt: skip
    assert batch("a.jsonl", "-o", "s.csv", "--task", "summarize", "--prefix", "en_").code == 0
    assert lines("s.csv")[0] == "text,n,en_headline,en_summary,en_unsupported,en_record"
    assert batch("a.jsonl", "-o", "t.parquet", "--task", "topics", "--from", "en").code == 0
    topics = pq.read_table("t.parquet").to_pylist()
    assert [row["topic"] is None for row in topics][1]
    record = json.loads(topics[0]["record"])
    assert record["translation"] is None
    assert len(record["topics"]) > 5
    assert batch("a.jsonl", "-o", "t.txt", "--task", "topics").code == 0
    assert len(lines("t.txt")) == 3
    ran = batch("a.jsonl", "-o", "d.txt", "--task", "digest")
    assert ran.code == 2
    assert "several columns" in ran.err


def test_ids_come_from_a_column(batch: Batch) -> None:
    write("a.csv", "key,id,text\nx,1,\nz,3,Ende.\n")
    batch("a.csv", "-o", "o.jsonl", "--task", "summarize")
    assert [record["record"]["id"] for record in jsonl("o.jsonl")] == ["1", "3"]  # type: ignore[index]
    batch("a.csv", "-o", "p.jsonl", "--task", "summarize", "--id", "key")
    assert [record["record"]["id"] for record in jsonl("p.jsonl")] == ["x", "z"]  # type: ignore[index]


@pytest.mark.parametrize("target", ["o.txt", "o.csv", "o.jsonl", "o.parquet"])
@pytest.mark.parametrize(
    ("source", "content"), [("a.txt", ""), ("a.csv", "text\n"), ("a.jsonl", ""), ("a.jsonl", "\n")]
)
def test_nothing_in_nothing_out(batch: Batch, source: str, content: str, target: str) -> None:
    ran = batch(write(source, content), "-o", target)
    assert (ran.code, "0 records" in ran.err) == (0, True)
    assert rows(target) == []


def test_closed_streams(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    written("a.txt")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", None)
        ran = batch("-", "-o", "o.txt")
    assert (ran.code, "standard input is closed" in ran.err) == (2, True)
    assert [path.name for path in Path().iterdir()] == ["a.txt"]
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", None)
        ran = batch("a.txt", "-o", "o.txt")
    assert (ran.code, ran.out) == (0, "")
    assert lines("o.txt") == ENGLISH


def test_a_pattern_that_finds_a_file_twice(batch: Batch) -> None:
    Path("in/deep/deeper").mkdir(parents=True)
    write("in/deep/deeper/a.txt", "Ende.")
    write("in/b.txt", "Gut.")
    assert batch("in/**/**/*.txt", "-o", "o.jsonl").code == 0
    assert [row["id"] for row in jsonl("o.jsonl")] == ["b.txt", "deep/deeper/a.txt"]


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.txt.gz"])
def test_a_mark_and_nothing_else_is_no_record(batch: Batch, name: str) -> None:
    write(name, gzip.compress(b"\xef\xbb\xbf") if name.endswith(".gz") else b"\xef\xbb\xbf")
    ran = batch(name, "-o", "o.jsonl")
    assert (ran.code, "0 records" in ran.err, Path("o.jsonl").read_bytes()) == (0, True, b"")


def test_standard_input_that_fails_leaves_nothing(batch: Batch) -> None:
    assert batch("-", "-o", "o.jsonl", "--format", "csv", stdin=b"body\nEnde\n").code == 2
    assert not list(Path().iterdir())


# ---- bad records keep their place


def test_bad_records_keep_their_place(batch: Batch) -> None:
    write(
        "a.jsonl",
        as_jsonl(*({"id": f"r{n}", "text": text} for n, text in enumerate(["Ende.", None, 7, ["a"], "x" * 60, "Gut."])))
        + '{"id": "r6", "text": NaN}\n{"id": "r7"}\nno json\n["a"]\n'
        + as_jsonl({"id": "r10", "text": " "}, {"id": "r11", "text": "\ud800 Rat"}),
    )
    ran = batch("a.jsonl", "-o", "o.jsonl", "--max-chars", "50")
    assert ran.code == 1
    assert "12 records" in ran.err
    assert "8 failed and are listed in o.jsonl.errors.jsonl" in ran.err
    made = jsonl("o.jsonl")
    assert [row.get("id") for row in made] == ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", None, None, "r10", "r11"]
    failed = [n for n, row in enumerate(made) if "error" in row]
    assert failed == [1, 2, 3, 4, 6, 7, 8, 9]
    assert [row["translation"] is None for row in made] == [n in failed for n in range(12)]
    assert made[10]["translation"] == " "
    errors = jsonl("o.jsonl.errors.jsonl")
    assert [(error["record"], error["id"]) for error in errors] == [
        (2, "r1"), (3, "r2"), (4, "r3"), (5, "r4"), (7, "r6"), (8, "r7"), (9, "9"), (10, "10"),
    ]  # fmt: skip
    words = [
        "null",
        "int 7",
        "list",
        "60 characters",
        "NaN",
        "no field 'text', only 'id'",
        "line 9 is not JSON",
        "object",
    ]
    assert all(word in str(error["error"]) for word, error in zip(words, errors, strict=True)), errors
    # Repaired and run again, the list of errors is gone.
    write("a.jsonl", as_jsonl({"id": 1, "text": "Ende."}))
    assert batch("a.jsonl", "-o", "o.jsonl", "--overwrite").code == 0
    assert not Path("o.jsonl.errors.jsonl").exists()


def test_mixed_types_and_nulls_in_parquet(batch: Batch) -> None:
    pq.write_table(pa.table({"text": ["Ende.", None, ""], "n": [1, 2, None]}), "a.parquet")
    assert batch("a.parquet", "-o", "o.parquet").code == 1
    assert pq.read_table("o.parquet")["translation"].to_pylist() == ["Edne.", None, ""]
    assert jsonl("o.parquet.errors.jsonl") == [{"record": 2, "id": "2", "error": "no text: null"}]
    ran = batch("a.parquet", "-o", "p.parquet", "--column", "n")
    assert (ran.code, "holds int64, not text" in ran.err) == (2, True)


def test_parquet_values_that_python_has_no_room_for(batch: Batch) -> None:
    ends = pa.py_buffer(b"".join(n.to_bytes(4, "little") for n in (0, 5, 10, 14)))
    raw = pa.py_buffer(b"Ende." + b"Gr\xfc\xdfe" + b"Gut.")
    texts = pa.Array.from_buffers(pa.string(), 3, [None, ends, raw])
    table = pa.table(
        {
            "text": texts,
            "kind": texts.dictionary_encode(),
            "day": pa.array([2**31 - 1, 0, None], type=pa.date32()),
            "when": pa.array([1_000_000] * 3, type=pa.timestamp("us", tz="Nowhere/Land")),
        }
    )
    pq.write_table(table, "a.parquet")
    assert batch("a.parquet", "-o", "o.jsonl", "--id", "kind").code == 1
    made = jsonl("o.jsonl")
    assert [row["translation"] for row in made] == ["Edne.", None, "Tug."]
    assert [row["text"] for row in made] == [row["kind"] for row in made] == ["Ende.", "Gr\ufffd\ufffde", "Gut."]
    assert [str(row["when"])[:19] for row in made] == ["1970-01-01T00:00:01"] * 3
    assert [row["day"] for row in made][1:] == ["1970-01-01", None]
    errors = jsonl("o.jsonl.errors.jsonl")
    assert [(error["record"], error["id"]) for error in errors] == [(2, "Gr\ufffd\ufffde")]
    assert "byte 0xFC at character 2 is not in" in str(errors[0]["error"])
    assert batch("a.parquet", "-o", "o.parquet").code == 1
    assert pq.read_table("o.parquet")["translation"].to_pylist() == ["Edne.", None, "Tug."]
    pq.write_table(pa.table({"text": [["Ende."]]}), "b.parquet")
    ran = batch("b.parquet", "-o", "p.jsonl")
    assert (ran.code, "the column 'text' holds list<" in ran.err) == (2, True)


def test_csv_with_quotes_and_line_breaks(batch: Batch) -> None:
    write("a.csv", '\ufefftext,"a ""b"", c"\r\n"Er sagte: ""Gut,\nso.""","x\r\ny"\r\nEnde,z\r\n')
    assert batch("a.csv", "-o", "o.csv").code == 0
    made = list(csv.reader(io.StringIO(Path("o.csv").read_bytes().decode(), newline="")))
    assert made[0] == ["text", 'a "b", c', *CHECKED]
    assert made[1][:3] == ['Er sagte: "Gut,\nso."', "x\r\ny", 'Re etgas: "Tug,\nos."']
    assert made[2][:3] == ["Ende", "z", "Edne"]
    # Fields that are missing or too many are the record's own fault; a quote that is never closed is the table's.
    write("b.csv", "text,n\nEnde,1\nEnde\nEnde,1,2\nGut,2\n")
    assert batch("b.csv", "-o", "b.jsonl").code == 1
    assert [row["translation"] for row in jsonl("b.jsonl")] == ["Edne", None, None, "Tug"]
    assert "1 fields, where the first line names 2 columns" in str(jsonl("b.jsonl.errors.jsonl")[0]["error"])
    write("c.csv", 'text,n\nEnde,1\n"Ende,1\nGut,2\n')
    ran = batch("c.csv", "-o", "c.jsonl")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "a quote in the record at line 3 is never closed" in ran.err
    write("d.csv", "text;n\nEnde, gut;1\n")
    assert batch("d.csv", "-o", "d.jsonl").code == 0
    assert jsonl("d.jsonl")[0]["text"] == "Ende, gut"
    write("e.tsv", 'text\tn\n"Gut", sagt er\t1\n')
    assert batch("e.tsv", "-o", "e.tsv.jsonl").code == 0
    assert jsonl("e.tsv.jsonl")[0]["text"] == '"Gut", sagt er'


def test_bytes_that_are_not_in_the_encoding(batch: Batch) -> None:
    latin = "text,wer\nGrüße,Jörg\nEnde,x\n".encode("latin-1")
    write("a.csv", latin)
    assert batch("a.csv", "-o", "o.jsonl").code == 1
    made = jsonl("o.jsonl")
    nothing = dict.fromkeys(CHECKED)
    assert made[0] == {"text": "Gr\ufffd\ufffde", "wer": "J\ufffdrg", **nothing, "error": made[0]["error"]}
    assert "byte 0xFC at character 2 is not in the file's encoding" in str(made[0]["error"])
    assert made[1]["translation"] == "Edne"
    assert batch("a.csv", "-o", "p.jsonl", "--encoding", "latin-1").code == 0
    assert pair(jsonl("p.jsonl")[0]) == ("Grüße", "Eßürg")
    assert jsonl("p.jsonl")[0]["wer"] == "Jörg"
    write("b.txt", b"Ende\nGr\xfc\xdfe\nEnde\n")
    assert batch("b.txt", "-o", "b.en.txt").code == 1
    assert lines("b.en.txt") == ["Edne", "", "Edne"]
    write("c.txt", "Grüße\r\nEnde\r\n".encode("utf-16"))
    assert batch("c.txt", "-o", "c.en.txt").code == 0
    assert lines("c.en.txt") == ["Eßürg", "Edne"]
    write("d.jsonl", b'\xef\xbb\xbf{"text": "Ende"}\n{"text": "\xfc"}\n')
    assert batch("d.jsonl", "-o", "d.o.jsonl").code == 1
    assert [row["translation"] for row in jsonl("d.o.jsonl")] == ["Edne", None]


def test_a_line_too_long_to_be_read(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("streams", "reading"):
        monkeypatch.setattr(f"toolkit.tables.{module}.LONGEST_LINE", 100)
    write("b.txt", f"\ufeff{'x' * 250}\nEnde\n")
    assert batch("b.txt", "-o", "b.en.txt", "--max-chars", "90").code == 1
    assert lines("b.en.txt") == ["", "Edne"]
    write("a.txt", f"Ende\n{'x' * 250}\n{'y' * 100}\n{'z' * 99}\nGut\n")
    assert batch("a.txt", "-o", "o.txt").code == 1
    assert lines("o.txt") == ["Edne", "", "", "z" * 99, "Tug"]
    write("a.jsonl", as_jsonl({"text": "Ende"}, {"text": "x" * 300}, {"text": "Gut"}))
    assert batch("a.jsonl", "-o", "o.jsonl").code == 1
    assert [row["translation"] for row in jsonl("o.jsonl")] == ["Edne", None, "Tug"]
    write("a.csv", f"text\nEnde\n{'x' * 300}\n")
    ran = batch("a.csv", "-o", "o.csv")
    assert (ran.code, "is it a table?" in ran.err) == (2, True)


def test_an_unreadable_file_in_a_folder(batch: Batch) -> None:
    Path("in").mkdir()
    write("in/a.txt", "Ende")
    write("in/c.txt", "Gr\xfc\xdfe".encode("latin-1"))
    write("in/d.txt", b"\0\0")
    Path("in/b.txt").symlink_to("nowhere")
    Path("in/e.txt").symlink_to(".")
    assert batch("in", "-o", "o.jsonl").code == 1
    made = jsonl("o.jsonl")
    assert [row["translation"] for row in made] == ["Edne", None, None, None]
    assert [row["id"] for row in jsonl("o.jsonl.errors.jsonl")] == ["b.txt", "c.txt", "d.txt"]
    assert "b.txt does not exist" in str(made[1]["error"])
    assert "c.txt is not UTF-8" in str(made[2]["error"])
    assert "d.txt looks binary" in str(made[3]["error"])


def test_a_record_the_engine_fails_on_fails_alone(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = FakeSeq2Seq(fails_on=["Haus"])
    monkeypatch.setattr("toolkit.translation.load_seq2seq", lambda model, settings: broken)
    write("a.txt", "Ende\nDas Haus\nGut\n")
    assert batch("a.txt", "-o", "o.txt").code == 1
    assert lines("o.txt") == ["Edne", "", "Tug"]
    # An engine that fails on everything is not the records' fault.
    write("b.txt", "Ende\n" + "Das Haus\n" * 600)
    ran = batch("b.txt", "-o", "p.txt")
    assert ran.code == 1
    broken = FakeSeq2Seq(fails_on=["Haus", "Satz"])
    write("c.txt", "Das Haus\n" * 600)
    ran = batch("c.txt", "-o", "q.txt")
    assert (ran.code, "told to fail" in ran.err) == (2, True)
    assert not Path("q.txt").exists()


# ---- unusable


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none.txt", "-o", "o.txt"), "none.txt does not exist"),
        (("a.csv", "-o", "o.csv", "--column", "body"), "a.csv has no column 'body', only 'text', 'n': name one with"),
        (("a.jsonl", "-o", "o.csv", "--column", "body"), "a.jsonl has no column 'body', only 'text', 'n'"),
        (("a.parquet", "-o", "o.csv", "--column", "body"), "a.parquet has no column 'body', only 'text', 'n'"),
        (("a.csv", "-o", "o.csv", "--id", "key"), "no column 'key'"),
        (("a.txt", "-o", "o.csv", "--column", "body"), "a record a line is one column, 'text'"),
        (("folder", "-o", "o.csv", "--column", "body"), "texts in files are one column"),
        (("a.csv", "-o", "a.csv"), "a.csv would overwrite the input a.csv"),
        (("a.csv", "-o", "link.csv", "--overwrite"), "would overwrite the input a.csv"),
        (("o.csv.errors.jsonl", "-o", "o.csv"), "would overwrite the input"),
        (("folder", "-o", "folder/en"), "lies in the input folder"),
        (("folder", "-o", "folder"), "lies in the input folder"),
        (("a.csv", "-o", "done.csv"), "done.csv exists already: give --overwrite"),
        (("a.csv", "-o", "full"), "full exists already"),
        (("a.csv", "-o", "plain", "--overwrite"), "plain is a file without the ending of a format"),
        (("a.csv", "-o", "o.csv", "--cache", "o.csv"), "o.csv cannot be the cache as well as the input or output"),
        (("void.txt", "-o", "o.csv", "--cache", "void.txt"), "void.txt cannot be the cache as well"),
        (("a.txt", "-o", "o.csv", "--id", "key"), "a.txt has no column 'key': a record a line is one column, 'text'"),
        (("folder", "-o", "o.csv", "--id", "key"), "folder has no column 'key': the ids of texts in files are"),
        (("a.csv", "-o", "none/o.csv"), "none does not exist: make the folder"),
        (("a.csv", "-o", "o.xlsx"), "unknown ending of the output: expected .txt, .csv, .tsv, .jsonl, .parquet"),
        (("a.xlsx", "-o", "o.csv"), "a.xlsx: unknown ending"),
        (("empty.csv", "-o", "o.csv"), "empty.csv is empty: expected a line of column names"),
        (("twice.csv", "-o", "o.csv"), "two columns 'text'"),
        (("taken.csv", "-o", "o.csv"), "has a column 'translation' already: give the new ones a prefix"),
        (("taken.csv", "-o", "o.jsonl", "--prefix", "en_"), "has a column 'error', which o.jsonl needs"),
        (("cut.parquet", "-o", "o.csv"), "cut.parquet is damaged, cut off or no Parquet file"),
        (("text.parquet", "-o", "o.csv"), "text.parquet is damaged, cut off or no Parquet file"),
        (("cut.jsonl.gz", "-o", "o.csv"), "cut.jsonl.gz is damaged or cut off (gzip"),
        (("not.csv.gz", "-o", "o.csv"), "not.csv.gz is damaged or cut off (gzip"),
        (("binary.txt", "-o", "o.txt"), "binary.txt looks binary (NUL at byte 1)"),
        (("a.txt", "-o", "o.txt", "--encoding", "klingon"), "unknown encoding 'klingon'"),
        (("hollow", "-o", "o.txt"), "hollow: no file ending in .txt or .md there"),
        (("no*.txt", "-o", "o.txt"), "no*.txt: no file ending in"),
        (("a.txt", "b.txt", "-o", "o.txt"), "unrecognized arguments"),
        (("a.txt",), "required: -o/--output"),
        (("a.txt", "-o", "o.txt", "--task", "sing"), "invalid choice"),
        (("a.txt", "-o", "o.txt", "--max-chars", "0"), "--max-chars"),
        (("a.txt", "-o", "o.txt", "--cache", "a.csv"), "a.csv: the cache of translations cannot be used"),
        (("a.txt", "-o", "o.jsonl", "--task", "topics", "--labels", "a,,b"), "label 2 of 3 is blank"),
        (("a.txt", "-o", "/dev/full"), "/dev/full is no file"),
        (("a.txt", "-o", "-"), "standard output cannot hold a job"),
        (("a.txt", "-o", ""), "the name of the output is empty"),
        (("", "-o", "o.csv"), "the name of the input is empty"),
        (("/dev/null", "-o", "o.csv", "--format", "txt"), "/dev/null is a pipe or a device, and a table is read twice"),
    ],
)
def test_unusable(batch: Batch, arguments: tuple[str, ...], words: str) -> None:
    for name in ("a.txt", "a.csv", "a.jsonl", "a.parquet", "whole.parquet", "whole.jsonl.gz"):
        written(name)
    write("cut.parquet", Path("whole.parquet").read_bytes()[:-20])
    write("text.parquet", b"text")
    write("cut.jsonl.gz", Path("whole.jsonl.gz").read_bytes()[:-6])
    write("not.csv.gz", b"text\nEnde\n")
    write("a.xlsx", b"PK")
    write("done.csv", "precious")
    write("plain", "precious")
    write("void.txt", b"")
    write("empty.csv", b"")
    write("twice.csv", "text,text\n")
    write("taken.csv", "text,translation,error\n")
    write("binary.txt", b"\x7f\0\0")
    write("o.csv.errors.jsonl", as_jsonl({"text": "Ende."}))
    Path("link.csv").symlink_to("a.csv")
    for name in ("folder", "hollow", "full"):
        Path(name).mkdir()
    write("folder/a.txt", "Ende.")
    write("full/a.txt", "precious")
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    ran = batch(*arguments)
    assert ran.code == 2, ran.err
    assert words in ran.err
    assert ran.err.startswith("klartext: error: ")
    assert ran.err.count("\n") == 1
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


def test_what_needs_pyarrow_says_what_to_install(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    written("a.parquet")
    for module in [name for name in sys.modules if name.split(".")[0] == "pyarrow"] + ["pyarrow", "pyarrow.parquet"]:
        monkeypatch.setitem(sys.modules, module, None)
    ran = batch("a.parquet", "-o", "o.csv")
    assert (ran.code, "pip install 'klartext[batch]'" in ran.err) == (2, True)
    ran = batch(written("a.csv"), "-o", "o.parquet")
    assert (ran.code, "pip install 'klartext[batch]'" in ran.err) == (2, True)
    assert batch("a.csv", "-o", "o.tsv").code == 0


# ---- stopping and going on


class Stopped(FakeSeq2Seq):
    """Translates so many texts, then does what it is told."""

    def __init__(self, texts: int, then: Callable[[], object]) -> None:
        super().__init__()
        self.left, self._then = texts, then

    def generate(self, texts, *, options):  # type: ignore[no-untyped-def]
        self.left -= len(texts)
        if self.left < 0:
            self._then()
        return super().generate(texts, options=options)


@pytest.fixture
def stop(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have the engine do something after so many texts."""

    def at(texts: int, then: Callable[[], object]) -> None:
        engine = Stopped(texts, then)
        monkeypatch.setattr("toolkit.translation.load_seq2seq", lambda model, settings: engine)

    return at


def many(name: str, count: int = 2_000) -> str:
    """A file of that many different records."""
    return write(name, "".join(f"Das Haus Nummer {n} steht.\n" for n in range(count)))


def broken() -> None:
    """What an engine does when its memory is used up."""
    raise MemoryError


@pytest.fixture
def stopped(batch: Batch, stop: Callable[..., None]) -> Batch:
    """The same with a job that stopped in the middle, from many.txt to o.txt."""
    many("many.txt")
    stop(1_800, broken)  # three groups of 512 are under way at once: the first is done by then, the last is not
    ran = batch("many.txt", "-o", "o.txt")
    assert ran.code == 2
    assert "of 2,000 records are kept in o.txt.journal" in ran.err
    assert "out of memory" in ran.err
    assert not Path("o.txt").exists()
    return batch


def test_going_on_where_it_stopped(stopped: Batch, stop: Callable[..., None]) -> None:
    done = len(lines("o.txt.journal")) - 1
    assert 0 < done < 2_000
    assert stopped("many.txt", "-o", "whole.txt").code == 2  # the engine is as it was
    stop(2_000 - done, broken)  # one record twice, and it breaks
    ran = stopped("many.txt", "-o", "o.txt", "--resume")
    assert ran.code == 0, ran.err
    assert f"{done:,} of them done before" in ran.err
    stop(10_000, broken)
    assert stopped("many.txt", "-o", "whole.txt", "--restart").code == 0
    assert Path("o.txt").read_bytes() == Path("whole.txt").read_bytes()
    assert len(lines("o.txt")) == 2_000
    assert not list(Path().glob("*.journal"))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--beam", "2"), "another generation options (was GenerationOptions(beam=4"),
        (("--task", "digest"), "another task (was translate, is digest)"),
        (("--precision", "float32"), "another precision (was auto, is float32)"),
        (("--max-chars", "77"), "another size limit (was 1000000, is 77)"),
        (("--glossary", "terms.tsv"), "another glossary (was none, is "),
    ],
)
def test_a_changed_setting_is_noticed(stopped: Batch, more: tuple[str, ...], words: str) -> None:
    before = Path("o.txt.journal").read_bytes()
    Path("terms.tsv").write_text("Rat\tcouncil\n", encoding="utf-8")
    target = "o.txt"
    if more == ("--task", "digest"):
        target = "o.csv"
        Path("o.txt.journal").rename("o.csv.journal")
    ran = stopped("many.txt", "-o", target, *more)
    assert ran.code == 2
    assert words in ran.err
    assert "--restart" in ran.err
    assert Path(f"{target}.journal").read_bytes() == before


def test_glossary(batch: Batch) -> None:
    Path("in.txt").write_text("Der Rat stimmt zu.\nEnde gut.\n", encoding="utf-8")
    Path("terms.tsv").write_text("Rat\tcouncil\n", encoding="utf-8")
    assert batch("in.txt", "-o", "out.txt", "--glossary", "terms.tsv").code == 0
    assert lines("out.txt") == ["Red council tmmits uz.", "Edne tug."]
    Path("terms.tsv").write_text("Rat\n\tcouncil\n", encoding="utf-8")
    ran = batch("in.txt", "-o", "new.txt", "--glossary", "terms.tsv")
    assert (ran.code, ran.out) == (2, "")
    assert "terms.tsv, line 2: expected German, got ''" in ran.err
    assert not Path("new.txt").exists()


def test_a_changed_input_or_model_is_noticed(stopped: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    many("many.txt", 2_001)
    ran = stopped("many.txt", "-o", "o.txt")
    assert ran.code == 2
    assert "another input (was 2000 records in" in ran.err
    assert "is 2001 records in" in ran.err
    many("many.txt")
    monkeypatch.setattr(FakeSeq2Seq, "name", "other")
    ran = stopped("many.txt", "-o", "o.txt")
    assert ran.code == 2
    assert "another translator (was fake on fake, is other on other)" in ran.err


def test_standard_input_of_a_stopped_job_is_kept(batch: Batch, stop: Callable[..., None]) -> None:
    content = Path(many("many.txt")).read_bytes()
    stop(1_800, broken)
    assert batch("-", "-o", "o.txt", stdin=content).code == 2
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    assert before["o.txt.input"] == content
    stop(10_000, broken)
    ran = batch("-", "-o", "o.txt", stdin=b"")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "standard input is not what o.txt.journal was begun with (kept in o.txt.input)" in ran.err
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before
    ran = batch("-", "-o", "o.txt", stdin=content)
    assert (ran.code, "of them done before" in ran.err) == (0, True)
    assert len(lines("o.txt")) == 2_000
    assert sorted(path.name for path in Path().iterdir()) == ["many.txt", "o.txt"]


def test_interrupted_before_the_journal_is_read(stopped: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("toolkit.tables.reading.LinesTable.count", interrupt)
    ran = stopped("many.txt", "-o", "o.txt")
    assert ran.code == 130
    assert "what is done is kept in o.txt.journal: the same command goes on from there" in ran.err


def test_a_torn_or_foreign_journal(stopped: Batch, stop: Callable[..., None]) -> None:
    stop(10_000, broken)
    journal = Path("o.txt.journal")
    whole = journal.read_bytes()
    done = whole.count(b"\n") - 1
    journal.write_bytes(whole[:-20])
    ran = stopped("many.txt", "-o", "o.txt")
    assert (ran.code, f"{done - 1:,} of them done before" in ran.err) == (0, True)
    expected = Path("o.txt").read_bytes()
    # A line changed in the middle: it and all after it are done again.
    at = whole.index(b"Sad Suah", len(whole) // 2)
    journal.write_bytes(whole[:at] + b"Red" + whole[at + 3 :])
    assert stopped("many.txt", "-o", "o.txt", "--overwrite").code == 0
    assert Path("o.txt").read_bytes() == expected
    # Not a journal at all: nothing of it can be used.
    journal.write_bytes(b"something else\n")
    assert stopped("many.txt", "-o", "o.txt", "--overwrite").code == 0
    assert Path("o.txt").read_bytes() == expected


def test_an_output_made_meanwhile_is_not_replaced(stopped: Batch, stop: Callable[..., None]) -> None:
    stop(10_000, broken)
    write("o.txt", "precious")
    ran = stopped("many.txt", "-o", "o.txt")
    assert (ran.code, "made by something else since" in ran.err) == (2, True)
    assert Path("o.txt").read_text() == "precious"
    assert stopped("many.txt", "-o", "o.txt", "--overwrite").code == 0


def test_input_that_is_written_to(batch: Batch, stop: Callable[..., None]) -> None:
    many("many.txt")

    def append() -> None:
        with Path("many.txt").open("a") as file:
            file.write("Noch eines.\n")

    stop(1_300, append)
    ran = batch("many.txt", "-o", "o.txt")
    assert ran.code == 2
    assert "many.txt was changed while it was read: nothing was written" in ran.err
    assert "--restart" in ran.err
    assert not Path("o.txt").exists()
    stop(10_000, broken)
    assert batch("many.txt", "-o", "o.txt").code == 2
    assert batch("many.txt", "-o", "o.txt", "--restart").code == 0
    assert len(lines("o.txt")) == len(lines("many.txt"))


def test_a_second_writer_is_refused(batch: Batch) -> None:
    written("a.txt")
    with Destination("o.txt").locked():
        ran = subprocess.run(
            klartext_batch(Path("a.txt").resolve(), Path("o.txt").resolve()),
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    assert ran.returncode == 2
    assert "o.txt is being written by another process" in ran.stderr
    assert batch("a.txt", "-o", "o.txt").code == 0
    assert not Path("o.txt.lock").exists()


@pytest.mark.skipif(os.name == "nt", reason="needs RLIMIT_FSIZE")
def test_a_full_disk_loses_nothing(batch: Batch, tmp_path: Path) -> None:
    many("many.txt")

    program = """
import resource, sys
from toolkit.cli import main
from toolkit.language import detect
detect("Damit das Modell der Sprachen auf der Platte ist.")
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.exit(main(sys.argv[2:]))
"""
    arguments = ["batch", "--engine", "fake", str(tmp_path / "many.txt"), "-o", str(tmp_path / "o.jsonl")]
    for size in (20, 120_000):
        ran = subprocess.run(
            [sys.executable, "-c", program, str(size), *arguments], cwd=ROOT, capture_output=True, text=True
        )
        assert ran.returncode == 2
        assert "o.jsonl.journal cannot be written (File too large): free some space" in ran.stderr
        assert "Traceback" not in ran.stderr
    done = len(lines("o.jsonl.journal")) - 1
    assert 0 < done < 2_000
    assert batch("many.txt", "-o", "o.jsonl").code == 0
    assert batch("many.txt", "-o", "whole.jsonl").code == 0
    assert Path("o.jsonl").read_bytes() == Path("whole.jsonl").read_bytes()


def test_a_disk_full_at_the_end_keeps_the_journal(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    written("a.txt")
    with monkeypatch.context() as patch:

        def fail(*_: object) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr("toolkit.tables.writing.LinesWriter.write", fail)
        ran = batch("a.txt", "-o", "o.txt")
    assert ran.code == 2
    assert "o.txt.part cannot be written (No space left on device)" in ran.err
    assert sorted(path.name for path in Path().iterdir()) == ["a.txt", "o.txt.journal"]
    # What somebody else put there in between is not this job's own.
    write("o.txt", "precious")
    ran = batch("a.txt", "-o", "o.txt")
    assert (ran.code, "o.txt was made by something else since" in ran.err) == (2, True)
    assert Path("o.txt").read_text() == "precious"
    assert sorted(path.name for path in Path().iterdir()) == ["a.txt", "o.txt", "o.txt.journal"]
    Path("o.txt").unlink()
    ran = batch("a.txt", "-o", "o.txt")
    assert (ran.code, "3 of them done before" in ran.err) == (0, True)


@pytest.mark.skipif(os.name == "nt", reason="needs SIGINT")
def test_ctrl_c_says_how_to_go_on(batch: Batch, tmp_path: Path) -> None:
    many("many.txt", 20_000)
    process = subprocess.Popen(
        klartext_batch(tmp_path / "many.txt", tmp_path / "o.txt"),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    journal = tmp_path / "o.txt.journal"
    while process.poll() is None and not (journal.exists() and journal.stat().st_size > 100_000):
        pass
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "of 20,000 records are kept in" in err
    assert "the same command goes on from there" in err
    assert err.endswith("klartext: interrupted\n")
    assert "Traceback" not in err
    assert not (tmp_path / "o.txt").exists()


def test_the_cache_file_knows_sentences_of_other_jobs(batch: Batch, stop: Callable[..., None]) -> None:
    many("many.txt", 100)
    assert batch("many.txt", "-o", "o.txt", "--cache", "known.sqlite").code == 0
    stop(0, broken)  # any sentence that is not known
    assert batch("many.txt", "-o", "p.txt", "--cache", "known.sqlite").code == 0
    assert Path("o.txt").read_bytes() == Path("p.txt").read_bytes()
    assert batch("many.txt", "-o", "q.txt", "--cache", "known.sqlite", "--beam", "1").code == 2


def test_engine_errors_are_of_their_kind() -> None:
    with pytest.raises(EngineError, match="told to fail"):
        FakeSeq2Seq(fails_on=["x"]).generate(["x"], options=toolkit.GenerationOptions())
