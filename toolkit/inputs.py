"""What the command line was given to read: files, standard input, a text, labels."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from toolkit import files, labels
from toolkit.errors import InputError
from toolkit.messages import say

STANDARD_INPUT = "-"
_DOCUMENTS = frozenset({".docx", ".htm", ".html", ".pdf", ".xhtml"})
"""Endings of files that are more than their text."""


@dataclass(frozen=True, slots=True)
class Source:
    """One input: a path, standard input or a text given as it is."""

    name: str
    id: str | None
    read: Callable[[], str]


def read_sources(options: argparse.Namespace) -> list[Source]:
    """The inputs, none of them opened yet."""
    encoding = options.encoding
    if options.command == "demo":
        return [Source(name="demo", id="demo", read=lambda: files.read_text(files.DEMO_ARTICLE))]
    if options.text is not None:
        if options.inputs:
            raise InputError("both files and --text given: give one of them")
        return [Source(name="text", id=None, read=lambda: str(options.text))]
    if not options.inputs:
        raise InputError("no input: give a file, - for standard input, or --text")
    if options.inputs.count(STANDARD_INPUT) > 1:
        raise InputError("- given twice: standard input can be read only once")

    def path(name: str) -> Source:
        return Source(name=name, id=name, read=lambda: _read_file(name, encoding))

    def standard_input() -> str:
        return files.decode(open_standard_input().read(), name="standard input", encoding=encoding)

    return [
        Source(name="standard input", id=STANDARD_INPUT, read=standard_input) if name == STANDARD_INPUT else path(name)
        for name in options.inputs
    ]


def _read_file(name: str, encoding: str | None) -> str:
    """The text of a file: of a document by its ending, of any other as it stands."""
    if Path(name).suffix.lower() not in _DOCUMENTS:
        return files.read_text(name, encoding=encoding)
    from toolkit.uploads import read_upload

    upload = read_upload(Path(name), name=name, encoding=encoding)
    for note in upload.notes:
        say(f"{name}: {note}")
    return upload.text


def open_standard_input() -> BinaryIO:
    """The bytes of standard input; a person who is to type them is told how to end."""
    if sys.stdin is None:  # as `<&-` has it
        raise InputError("standard input is closed: pipe a text into it, or give a file")
    if sys.stdin.isatty():
        say("reading standard input; end it with Ctrl-D (Windows: Ctrl-Z and Enter)")
    return sys.stdin.buffer


def read_labels(options: argparse.Namespace) -> list[str] | None:
    """The labels of --labels or --labels-file; None for the default set."""
    if options.labels_file is not None:
        given = files.read_lines(options.labels_file)
        if not given:
            raise InputError(f"{options.labels_file} holds no labels: give one a line")
    elif options.labels is not None:
        given = [label.strip() for label in options.labels.split(",")]
    else:
        return None
    labels.read_labels(given)  # so that a label that is blank or given twice is found before any model is loaded
    return given
