"""`python -m eval COMMAND`."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from toolkit.errors import KlartextError

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Any]
    """What `add_subparsers` gives."""

COMMANDS = ("running", "comparison", "report", "bench", "checksums")
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
        if importlib.util.find_spec(f"eval.{name}") is None:
            continue
        module = importlib.import_module(f"eval.{name}")
        if hasattr(module, "add_parser"):
            module.add_parser(commands)
        elif name == "bench":
            _add_bench(commands)
    return parser


def _add_bench(commands: Commands) -> None:
    bench = commands.add_parser("bench", help="speed, memory and start-up, as ratios in one run")
    bench.add_argument("--article", type=Path, help="German text file for the digest (default: our own articles)")
    bench.add_argument(
        "--sentences", type=int, default=240, help="German sentences to translate (default: %(default)s)"
    )
    bench.add_argument("--articles", type=int, default=24, help="articles to digest (default: %(default)s)")
    bench.add_argument("--rounds", type=int, default=3, help="passes per system (default: %(default)s)")
    bench.add_argument("--json", action="store_true", help="print the measurements as JSON instead of a table")
    bench.set_defaults(action=_run_bench)


def _run_bench(options: argparse.Namespace) -> int:
    from eval import bench

    report = bench.run(
        article=options.article,
        sentences=options.sentences,
        rounds=options.rounds,
        article_count=options.articles,
    )
    print(bench.to_json(report) if options.json else bench.to_table(report))
    return 0


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
