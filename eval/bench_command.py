"""`python -m eval bench`: its options, and what it prints."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the command."""
    bench = commands.add_parser(
        "bench",
        help="speed, start-up and memory, as ratios in one run",
        description="Measure both engines against transformers and CTranslate2 used by hand, in one run.",
        allow_abbrev=False,
    )
    bench.add_argument("--article", type=Path, metavar="FILE", help="one German text instead of our own articles")
    bench.add_argument("--articles", type=int, default=24, metavar="N", help="of our own (default: %(default)s)")
    bench.add_argument(
        "--sentences", type=int, default=240, metavar="N", help="translated in one call (default: %(default)s)"
    )
    bench.add_argument(
        "--rounds",
        type=int,
        default=3,
        metavar="N",
        help="through all systems, the median counts (default: %(default)s)",
    )
    bench.add_argument(
        "--digests", type=int, default=200, metavar="N", help="in a row through one pipeline (default: %(default)s)"
    )
    bench.add_argument("--json", action="store_true", help="print JSON instead of tables")
    bench.add_argument("-o", "--output", type=Path, metavar="FILE", help="write the JSON there and print the tables")
    bench.set_defaults(action=_bench)


def _bench(options: argparse.Namespace) -> int:
    from eval import bench
    from eval.runs import check_writable, write_text

    if options.output is not None:
        check_writable(options.output)
    report = bench.run(
        article=options.article,
        sentences=options.sentences,
        rounds=options.rounds,
        article_count=options.articles,
        digests=options.digests,
    )
    if options.output is not None:
        write_text(options.output, bench.to_json(report) + "\n")
    print(bench.to_json(report) if options.json else bench.to_table(report))
    return 0
