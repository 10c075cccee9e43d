"""A parser in a process of its own: what it takes too long, eats or breaks stays there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass

from toolkit.uploads.limits import Limits


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the process gave: a text, or the reason why there is none, as the end of a sentence about the file."""

    text: str = ""
    title: str | None = None
    notes: tuple[str, ...] = ()
    error: str | None = None


def parse(raw: bytes, *, kind: str, encoding: str | None, limits: Limits) -> Parsed:
    """The text of a file of one kind, its bytes handed over through a pipe: the process opens no file of a reader."""
    request = json.dumps({"kind": kind, "encoding": encoding, "limits": asdict(limits)}).encode() + b"\n"
    try:
        # A module of this package, run by this interpreter; nothing of the file is on the command line.
        done = subprocess.run(
            [sys.executable, "-P", "-m", "toolkit.uploads.worker"],
            input=request + raw,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.seconds,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Parsed(error=f"took longer than {limits.seconds:g} seconds to read: give a smaller file, or its text")
    try:
        reply = json.loads(done.stdout)
        return Parsed(text=reply["text"], title=reply["title"], notes=tuple(reply["notes"]), error=reply["error"])
    except (ValueError, KeyError, TypeError):
        return Parsed(
            error="could not be read (its parser ended early): it is damaged; save it anew, or paste its text"
        )


def _environment() -> dict[str, str]:
    """That of this process, with its import path, so that the same packages are found."""
    path = os.pathsep.join(entry or str(os.getcwd()) for entry in sys.path)  # noqa: PTH109 - a string is wanted
    return {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "ignore"}
