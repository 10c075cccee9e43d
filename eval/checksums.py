"""The table of our data in eval/data/README.md: rows and checksum of each file."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import Any

from toolkit import files
from toolkit.errors import InputError

FOLDER = Path(__file__).parent / "data"
START, END = "<!-- checksums: written by `python -m eval checksums` -->", "<!-- end of checksums -->"

DONE, STALE = 0, 1


def add_parser(commands: Any) -> None:
    """Add the command."""
    checksums = commands.add_parser("checksums", help="write the table of checksums in eval/data/README.md anew")
    checksums.add_argument("--check", action="store_true", help="only say whether it is current: exit 1 if not")
    checksums.set_defaults(action=_run)


def _run(options: argparse.Namespace) -> int:
    readme = FOLDER / "README.md"
    text = files.read_text(readme)
    current = with_table(text, table(FOLDER))
    if text == current:
        return DONE
    if options.check:
        print(f"eval: {readme.name} is not current: run `python -m eval checksums`", file=sys.stderr)
        return STALE

    from eval.runs import write_text

    write_text(readme, current)
    return DONE


def table(folder: Path) -> str:
    """One line for each file of rows in a folder and below, by path, as Markdown."""
    lines = ["| file | rows | sha256 |", "|---|---:|---|"]
    for path in sorted(folder.rglob("*.jsonl")):
        raw = path.read_bytes()
        rows = sum(bool(line.strip()) for line in raw.split(b"\n"))
        lines.append(f"| {path.relative_to(folder).as_posix()} | {rows} | `{hashlib.sha256(raw).hexdigest()}` |")
    return "\n".join(lines)


def with_table(text: str, table: str) -> str:
    """The text with the table between its two marks. Raises InputError where they are missing."""
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise InputError(f"README.md of the data lacks the line {START if not start else END}: put it back")
    return f"{before}{START}\n{table}\n{END}{after}"
