"""`python -m eval COMMAND`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn

from toolkit.errors import KlartextError

COMMANDS = ("run_command", "compare_command", "gate_command", "report_command", "bench_command", "checksums")
"""Modules of this folder with a function `add_parser(commands)`, which adds one command with its options and sets
the default `action`: a function of the parsed options that does it and returns the exit code."""

UNUSABLE, INTERRUPTED = 2, 130


class _Parser(argparse.ArgumentParser):
    """One line of error, without the usage, and the remedy."""

    def error(self, message: str) -> NoReturn:
        self.exit(UNUSABLE, f"eval: error: {message} (see `{self.prog} --help`)\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands and options."""
    parser = _Parser(
        prog="python -m eval",
        description="Measure klartext: quality, what changed, speed.",
        epilog="exit codes: 0 done; 1 done, but the gate is closed; 2 wrong usage or unusable input; 130 interrupted",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, title="commands")
    for name in COMMANDS:
        importlib.import_module(f"eval.{name}").add_parser(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = build_parser().parse_args(arguments)
    try:
        code: int = options.action(options)
    except KeyboardInterrupt:
        print("eval: interrupted", file=sys.stderr)
        return INTERRUPTED
    except KlartextError as error:
        print(f"eval: error: {error}", file=sys.stderr)
        return UNUSABLE
    return code


if __name__ == "__main__":
    sys.exit(main())
