"""Words for the person at the terminal, on standard error: results alone go to standard output."""

from __future__ import annotations

import sys


def say(message: str) -> None:
    """One line on standard error, named after the program; what the stream cannot hold is escaped."""
    if sys.stderr is not None:  # where it is closed, print would write to standard output
        print(f"klartext: {message}", file=sys.stderr, flush=True)  # noqa: T201
