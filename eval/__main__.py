"""`python -m eval COMMAND`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from toolkit.errors import KlartextError


def main(arguments: list[str] | None = None) -> int:
    """Run a command; 0 done, 2 for wrong usage or unusable input."""
    parser = argparse.ArgumentParser(prog="python -m eval", description="Measure klartext.")
    commands = parser.add_subparsers(dest="command", required=True)
    bench = commands.add_parser("bench", help="speed, memory and start-up, as ratios in one run")
    bench.add_argument("--article", type=Path, help="German text file for the digest (default: the demo article)")
    bench.add_argument(
        "--sentences", type=int, default=240, help="German sentences to translate (default: %(default)s)"
    )
    bench.add_argument(
        "--rounds", type=int, default=3, help="passes per system, the median counts (default: %(default)s)"
    )
    bench.add_argument("--json", action="store_true", help="print the measurements as JSON instead of a table")
    options = parser.parse_args(arguments)

    from eval import bench as measurement

    try:
        report = measurement.run(article=options.article, sentences=options.sentences, rounds=options.rounds)
    except KlartextError as error:
        print(f"eval: {error}", file=sys.stderr)
        return 2
    print(measurement.to_json(report) if options.json else measurement.to_table(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
