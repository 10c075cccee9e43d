"""The command line with the fake engine: what is printed where, exit codes, JSON, and every kind of bad input."""

from __future__ import annotations

import io
import json
import math
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import toolkit
from tests import samples
from toolkit.cli import main

ROOT = Path(toolkit.__file__).resolve().parent.parent
GERMAN = "Der Stadtrat hat den Bau der Straßenbahn beschlossen. Sie kostet 186 Mio. Euro."
ENGLISH = "The council has decided to build the tram. It costs 186 million euros."
FIELDS = "format id language segments translation summary topics none_of_these coverage models".split()


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of one run."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, object]]:
        """The lines of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in a fresh folder, in this process, with the fake engine unless it takes none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("toolkit.commands._LOADING_SECONDS", math.inf)  # a busy machine must not change what is said

    def run(*arguments: str, stdin: bytes | None = None) -> Ran:
        takes_engine = arguments[:1] not in ((), ("models",)) and "--engine" not in arguments
        engine = ("--engine", "fake") if takes_engine else ()
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfd.readouterr()
        try:
            code = main([*arguments[:1], *engine, *arguments[1:]])
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return Ran(code, out, err)

    return run


def write(name: str, content: str | bytes) -> str:
    """Write a file into the current folder; its name."""
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def test_translate_keeps_the_layout(run: Run) -> None:
    wrapped = "Der Stadtrat hat am Mittwoch nach langer Debatte den Bau einer neuen\r\nStraßenbahn beschlossen.\r\n"
    text = "Überschrift\r\n\r\n\r\n  - erster Punkt\r\n  - zweiter Punkt\r\n\r\n" + wrapped
    ran = run("translate", write("a.txt", text))
    assert ran.code == 0
    assert ran.out.splitlines(keepends=True)[1:3] == ["\r\n", "\r\n"]
    assert ran.out.count("\r\n") == text.count("\r\n") - 1  # the wrapped line is one line now
    assert "\r\n  - retsre Tknup\r\n  - retiewz Tknup\r\n" in ran.out


def test_translate_writes_a_file(run: Run) -> None:
    ran = run("translate", write("a.txt", GERMAN), "-o", "out.txt")
    assert (ran.code, ran.out) == (0, "")
    assert Path("out.txt").read_text(encoding="utf-8").startswith("Red Tartdats")
    assert run("translate", "--text", GERMAN).out == Path("out.txt").read_text(encoding="utf-8")
    assert run("translate", "-", stdin=GERMAN.encode()).out == Path("out.txt").read_text(encoding="utf-8")


def test_what_to_check_is_said_beside_a_file_or_pipe_alone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    note = "klartext: text: 1 of 1 sentence needs checking: 1\n"
    text, glossary = "Stadtrat 17", write("odd.csv", "17,eighteen\n")
    assert run("translate", "--text", text, "--glossary", glossary).err.endswith(note)
    assert run("translate", "--text", text, "--glossary", glossary, "-o", "out.txt").err.endswith(note)
    monkeypatch.setattr("toolkit.output.Output.is_terminal", True)
    assert note not in run("translate", "--text", text, "--glossary", glossary).err


def test_unsupported_summary_sentences_are_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    unsupported = samples.DOUBTFUL.summary
    monkeypatch.setattr("toolkit.summarization.Summarizer.summarize", lambda *_, **__: unsupported)
    ran = run("summarize", "--text", ENGLISH)
    assert (ran.code, ran.err) == (0, "klartext: text: 1 of 1 summary sentence not clearly borne out: 1\n")


def test_glossary(run: Run) -> None:
    glossary = write("terms.tsv", "Stadtrat\tmunicipal board\nBau der Straßenbahn\n")
    ran = run("translate", "--text", GERMAN, "--glossary", glossary, "--json")
    assert ran.code == 0
    (record,) = ran.records
    segments: Any = record["segments"]
    first, second = segments
    assert "municipal board" in first["translation"].lower()
    assert [(term["source"], term["wanted"], term["applied"]) for term in first["terms"]] == [
        ("Stadtrat", "municipal board", True),
        ("Bau der Straßenbahn", "Bau der Straßenbahn", True),
    ]
    assert second["terms"] == []
    assert run("digest", "--text", GERMAN, "--glossary", glossary, "--json").records[0]["segments"][0] == first  # type: ignore[index]
    ran = run("translate", "--text", "Stadtrat 17 und Stadtrat 17", "--glossary", write("odd.csv", "17,eighteen\n"))
    assert ran.err.splitlines() == [
        "klartext: text: 2 of 2 terms of the glossary not applied: eighteen",
        "klartext: text: 1 of 1 sentence needs checking: 1",
    ]
    for content, message in (
        ("Rat\tcouncil\nRat\tadvice\n", "terms.tsv, line 2: 'Rat' is to become 'advice', but 'council' in"),
        (b"Gew\xe4hr\twarranty\n", "terms.tsv is not UTF-8 (byte 0xE4 at position 3): save it as UTF-8"),
    ):
        ran = run("translate", "--text", GERMAN, "--glossary", write("terms.tsv", content))
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"klartext: error: {message}")
        assert ran.err.count("\n") == 1


def test_digest_on_a_terminal_and_as_json(run: Run) -> None:
    ran = run("digest", "--text", GERMAN, "--labels", "politics,sport")
    assert ran.code == 0
    assert ran.err == ""
    for words in ("Topics", "politics", "1  Der Stadtrat", "2 of 2 sentences, 0 cut", "(fake)"):
        assert words in ran.out
    ran = run("digest", write("a.txt", GERMAN), "--labels", "politics,sport", "--json")
    (record,) = ran.records
    assert list(record) == FIELDS
    assert record["id"] == "a.txt"
    assert record["language"] == "de"
    assert record["coverage"] == {"sentences": 2, "translated": 2, "split": 0, "cut": 0}
    assert all(record[field] is not None for field in FIELDS)


@pytest.mark.parametrize(
    ("command", "null"),
    [
        ("translate", {"summary", "topics", "none_of_these"}),
        ("summarize", {"topics", "none_of_these"}),
        ("topics", {"summary"}),
        ("digest", set()),
    ],
)
def test_every_command_writes_the_same_fields(run: Run, command: str, null: set[str]) -> None:
    (record,) = run(command, write("a.txt", GERMAN), "--json").records
    assert list(record) == FIELDS
    assert {field for field in FIELDS if record[field] is None} == null


@pytest.mark.parametrize("command", ["summarize", "topics"])
def test_english_is_read_as_it_is_and_german_translated_first(run: Run, command: str) -> None:
    ran = run(command, "--text", ENGLISH, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.records[0]["translation"] is None
    assert ran.records[0]["language"] == "en"
    ran = run(command, "--text", GERMAN, "--json")
    assert ran.err == "klartext: text: German text: translated first\n"
    assert str(ran.records[0]["translation"]).startswith("Red Tartdats")
    assert run(command, "--text", GERMAN, "--from", "en", "--json").records[0]["translation"] is None
    assert run(command, "--text", ENGLISH, "--from", "de", "--json").records[0]["translation"] is not None
    ran = run(command, "--text", "Hm 12")
    assert ran.code == 0
    assert "language uncertain: read as English" in ran.err
    ran = run(command, "--text", "Le conseil municipal a décidé hier de construire une nouvelle ligne de tramway.")
    assert "looks like French: read as English (--from de translates it first)" in ran.err


def test_evidence_points_at_the_segments(run: Run) -> None:
    for text in (GERMAN, ENGLISH):
        (record,) = run("summarize", "--text", text, "--json").records
        segments, summary = record["segments"], record["summary"]
        assert isinstance(segments, list)
        assert isinstance(summary, dict)
        assert all(0 <= index < len(segments) for sentence in summary["sentences"] for index in sentence["evidence"])


def test_other_languages_are_said_and_translated(run: Run) -> None:
    ran = run("translate", "--text", ENGLISH)
    assert ran.code == 0
    assert "looks like English, not German: translated what can be" in ran.err
    assert "186 million euros." in ran.out
    assert ran.err.splitlines()[1:] == ["klartext: text: 2 of 2 sentences need checking: 1, 2"]
    ran = run("translate", "--text", f"{GERMAN} {GERMAN} The council has decided to build the tram.")
    assert "1 of 5 sentences marked foreign (does not look like German): 5" in ran.err
    dutch = "De gemeenteraad heeft gisteren besloten om een nieuwe tramlijn aan te leggen."
    assert "looks like Dutch" in run("translate", "--text", dutch).err


def test_several_inputs(run: Run) -> None:
    write("a.txt", GERMAN)
    write("b.txt", "Ende gut.\n")
    ran = run("translate", "a.txt", "b.txt")
    assert ran.code == 0
    assert ran.out.split("==> ")[1:][0].startswith("a.txt <==\nRed ")
    assert ran.out.endswith("\n\n==> b.txt <==\nEdne tug.\n")
    ran = run("translate", "a.txt", "-", "b.txt", "--json", stdin=b"Mitte.")
    assert [record["id"] for record in ran.records] == ["a.txt", "-", "b.txt"]


def test_a_failed_input_keeps_its_place_and_the_rest_go_on(run: Run) -> None:
    write("a.txt", GERMAN)
    write("latin.txt", GERMAN.encode("latin-1"))
    write("blank.txt", " \n")
    ran = run("translate", "a.txt", "latin.txt", "blank.txt", "none.txt", "a.txt", "--json")
    assert ran.code == 1
    assert [record["id"] for record in ran.records] == ["a.txt", "latin.txt", "blank.txt", "none.txt", "a.txt"]
    assert ["error" in record for record in ran.records] == [False, True, False, True, False]
    assert ran.records[2]["translation"] == " \n"
    assert ran.records[1]["translation"] is None
    assert "latin.txt is not UTF-8" in ran.err
    assert "2 of 5 inputs failed" in ran.err
    assert ran.records[0] == ran.records[4]
    ran = run("translate", "none.txt", "a.txt")
    assert ran.code == 1
    assert ran.out.startswith("==> a.txt <==\n")
    assert run("translate", "none.txt", "gone.txt").code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "required: COMMAND"),
        (("digst",), "invalid choice: 'digst'"),
        (("digest",), "no input: give a file, - for standard input, or --text"),
        (("digest", "--text", "a", "b.txt"), "both files and --text"),
        (("digest", "-", "-"), "- given twice"),
        (("digest", "none.txt"), "none.txt does not exist"),
        (("digest", "."), ". is a folder"),
        (("digest", "empty.txt"), "empty.txt is empty (0 bytes)"),
        (("digest", "latin.txt"), "--encoding latin-1"),
        (("digest", "binary.txt"), "looks binary (NUL"),
        (("digest", "a.txt", "--encoding", "klingon"), "unknown encoding"),
        (("digest", "a.txt", "--beam", "0"), "--beam: expected a whole number from 1 up, got '0'"),
        (("digest", "a.txt", "--threads", "-1"), "--threads"),
        (("digest", "a.txt", "--batch-tokens", "x"), "--batch-tokens"),
        (("digest", "a.txt", "--sentences", "0"), "--sentences"),
        (("digest", "a.txt", "--engine", "warp"), "invalid choice: 'warp'"),
        (("digest", "a.txt", "--eng", "fake"), "unrecognized arguments: --eng"),
        (("topics", "a.txt", "--threshold", "1.5"), "expected a number from 0 to 1"),
        (("topics", "a.txt", "--threshold", "nan"), "expected a number from 0 to 1"),
        (("topics", "a.txt", "--labels", "a,,b"), "label 2 of 3 is blank"),
        (("topics", "a.txt", "--labels", ""), "label 1 of 1 is blank"),
        (("topics", "a.txt", "--labels", "Sport,politics,sport "), "given twice"),
        (("topics", "a.txt", "--labels-file", "empty.txt"), "empty.txt is empty"),
        (("topics", "a.txt", "--labels-file", "blank.txt"), "blank.txt holds no labels"),
        (("topics", "a.txt", "--labels", "a", "--labels-file", "labels.txt"), "not allowed with"),
        (("translate", "a.txt", "-o", "."), ". is a folder"),
        (("translate", "a.txt", "-o", "none/out.txt"), "none does not exist"),
        (("translate", "a.txt", "-o", "a.txt"), "a.txt is one of the inputs"),
        (("translate", "a.txt", "--engine", "ct2", "--model", "no-such-model"), "no model 'no-such-model'"),
        (("translate", "a.txt", "--engine", "ct2", "--model", "."), "config.json"),
        (("translate", "a.txt", "--engine", "ct2", "--model", "bart-large-cnn"), "bart-large-cnn"),
        (("translate", "a.txt", "--engine", "ct2", "--model", "opus-mt-de-en"), "opus-mt-de-en"),
        (("summarize", "a.txt", "--engine", "hf", "--model", "no-one/no-such-model"), "no-one/no-such-model"),
        (("topics", "a.txt", "--engine", "hf", "--model", "a.txt"), "a.txt"),
    ],
)
def test_unusable(run: Run, arguments: tuple[str, ...], words: str) -> None:
    write("a.txt", GERMAN)
    write("empty.txt", b"")
    write("blank.txt", b"\n \n")
    write("latin.txt", GERMAN.encode("latin-1"))
    write("binary.txt", b"\x7fELF\x00\x01")
    write("labels.txt", "a\nb\n")
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert words in ran.err
    assert ran.err.startswith("klartext: error: ")
    assert ran.err.count("\n") == 1
    assert Path("a.txt").read_text(encoding="utf-8") == GERMAN


BAD_TEXTS = {
    "nothing": "",
    "blanks": " \t\n\r\n \u00a0\n",
    "one character": "x",
    "emoji": "🚋🎉👩‍👩‍👧‍👦",
    "capitals": GERMAN.upper(),
    "title case": GERMAN.title(),
    "CRLF": GERMAN.replace(" ", "\r\n"),
    "tabs": GERMAN.replace(" ", "\t"),
    "NBSP": GERMAN.replace(" ", "\u00a0"),
    "soft hyphens": GERMAN.replace("a", "a\u00ad"),
    "zero width and bidi": GERMAN.replace(" ", " \u200b\u202e\u2066"),
    "BOM inside": GERMAN + "\ufeff" + GERMAN,
    "decomposed": GERMAN.replace("ß", "ss").replace("a", "a\u0308"),
    "lone surrogates": "Der Rat\udce4 \ud800 stimmt zu.",
    "NUL": "Der Rat\0 stimmt zu.",
    "language code": ">>fr<< " + GERMAN,
    "long word": "Donau" * 200,
    "long sentence": "und das Haus, " * 350 + "Ende.",
    "markup": "Der Rat {name} %s <b>stimmt</b> zu: https://example.org/a?b=1&c=2",
    "escapes": "Der \x1b[31mRat\x1b[0m stimmt\x07 zu.",
}


@pytest.mark.parametrize("name", BAD_TEXTS)
@pytest.mark.parametrize("command", ["translate", "digest", "summarize", "topics"])
def test_bad_text_gives_a_result(run: Run, command: str, name: str) -> None:
    ran = run(command, "--text", BAD_TEXTS[name])
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.out or command == "translate"
    ran = run(command, "--text", BAD_TEXTS[name], "--json")
    (record,) = ran.records
    segments = record["segments"]
    assert isinstance(segments, list)
    assert [s["source"] for s in segments] == [BAD_TEXTS[name][s["start"] : s["end"]] for s in segments]


@pytest.mark.parametrize("text", ["Donau" * 20_000, "Der Rat stimmt zu, und die Linie 6 kommt 2031.\n" * 5_000])
def test_a_huge_text_comes_through_whole(run: Run, text: str) -> None:
    ran = run("digest", write("a.txt", text), "--json")
    assert ran.code == 0
    (record,) = ran.records
    assert isinstance(record["segments"], list)
    assert "".join(segment["source"] for segment in record["segments"]) == text.replace("\n", "")
    assert len(str(record["translation"])) >= len(text)


@pytest.mark.parametrize("labels", [["a {} b", "{", "%s"], ["one, two", "three"], [f"label {n}" for n in range(500)]])
def test_odd_labels_from_a_file(run: Run, labels: list[str]) -> None:
    write("labels.txt", "\ufeff" + "\r\n".join(labels) + "\n\n")
    (record,) = run("topics", "--text", ENGLISH, "--labels-file", "labels.txt", "--json").records
    topics = record["topics"]
    assert isinstance(topics, list)
    assert sorted(topic["label"] for topic in topics) == sorted(labels)


def test_a_name_that_is_no_text(run: Run) -> None:
    name = os.fsdecode(b"rat-\xe4.txt")
    Path(name).write_text("Ende gut.", encoding="utf-8")
    ran = run("translate", name, name, "--json")
    assert (ran.code, ran.records[0]["id"]) == (0, name)
    assert "\ufffd" in run("translate", name, name).out
    assert run("translate", os.fsdecode(b"none-\xe4.txt")).code == 2


def test_marks_are_said(run: Run) -> None:
    long_sentence = "und das Haus, " * 350 + "Ende."
    ran = run("translate", "--text", f"Kurz ist es. U{long_sentence[1:]}")
    assert "1 of 2 sentences marked split" in ran.err
    assert "around a term): 2\n" in ran.err


def test_models(run: Run) -> None:
    ran = run("models")
    assert ran.code == 0
    assert "Helsinki-NLP/opus-mt-de-en" in ran.out
    assert "CC-BY-4.0" in ran.out
    (record,) = run("models", "--json").records
    models = record["models"]
    assert isinstance(models, list)
    assert {"opus-mt-de-en", "bart-large-cnn"} <= {model["name"] for model in models}
    assert all(model["licence"] for model in models)


def test_demo(run: Run) -> None:
    ran = run("demo")
    assert ran.code == 0
    # Some of what the fake engine writes is thought worth a second attempt, in two halves.
    assert re.search(r"30 of 30 sentences, (\d+ split at a clause, )?0 cut", ran.out)
    assert run("demo", "--json").records[0]["id"] == "demo"


# ---- in a process of its own


def klartext(*arguments: str) -> list[str]:
    """The command line of a process."""
    return [sys.executable, "-m", "toolkit", *arguments]


def test_help_is_quick() -> None:
    command = klartext("--help")
    seconds = []
    for _ in range(3):
        before = os.times()
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        after = os.times()
        # CPU time of the process: the clock on the wall tells more about what else the machine does.
        seconds.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert min(seconds) < 0.5


def test_a_reader_that_goes_away_is_no_drama(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text((GERMAN + "\n\n") * 100, encoding="utf-8")
    process = subprocess.Popen(
        klartext("translate", "--engine", "fake", "--json", *[str(path)] * 50),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith(b"{")
    process.stdout.close()
    # The words on what to check, and no traceback.
    assert all(b" to check: " in line or b"need checking" in line for line in process.stderr.read().splitlines())
    process.stderr.close()
    assert process.wait() == 1


@pytest.mark.skipif(os.name == "nt", reason="needs a named pipe and SIGINT")
def test_ctrl_c_is_one_line_and_130(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        klartext("translate", "--engine", "fake", str(fifo)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell starts background jobs with SIGINT ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no threads here
    )
    writer = os.open(fifo, os.O_WRONLY)  # returns when the other side has opened it: it waits for text now
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    os.close(writer)
    assert (process.returncode, out, err) == (130, b"", b"klartext: interrupted\n")


def test_bytes_of_the_command_line_that_are_no_text() -> None:
    done = subprocess.run(
        [*map(os.fsencode, klartext("translate", "--engine", "fake", "--text")), b"Der R\xe4t stimmt zu."],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr
    done.stdout.decode("utf-8")
