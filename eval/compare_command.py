"""`python -m eval compare`: its options, and what it prints."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eval.runs import Run
    from eval.sets import DataSet
    from eval.tasks import Task

CLOSED = 1


def add_parser(commands: Any) -> None:
    """Add the command."""
    compare = commands.add_parser(
        "compare",
        help="what changed between runs, and whether it may pass",
        description="Compare runs with their baselines; exit 1 where a score is significantly worse than its tolerance "
        "allows, or no better than a trivial baseline.",
        allow_abbrev=False,
    )
    compare.add_argument(
        "baseline", type=Path, metavar="BASELINE", help="a run file, or a folder of them named TASK.json"
    )
    compare.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="run files, or folders of them")
    compare.add_argument(
        "--update-baseline", action="store_true", help="then copy the runs over their baselines, and exit 0"
    )
    add_judging(compare)
    compare.add_argument("--json", action="store_true", help="print JSON instead of a table")
    compare.set_defaults(action=_compare)


def add_judging(parser: Any) -> None:
    """Add the options for references of anyone's own data, and for the tolerances."""
    from eval.run_command import add_data

    add_data(parser.add_argument_group("data other than our own, as they were given to `python -m eval run`"))
    parser.add_argument(
        "--tolerances", type=Path, metavar="FILE", help="TOML table of what may be lost (default: ours)"
    )


def data_for(options: argparse.Namespace) -> Callable[[Task], DataSet | None]:
    """A function that gives the data of a task where the options name other than our own."""

    def data(task: Task) -> DataSet | None:
        from eval import sets
        from eval.run_command import data_of

        if options.reference and not options.source and not options.data:
            # Metrics that need no source can be computed all the same.
            return sets.from_text(
                options.reference[0], options.reference, lambda name, _, references: task.example(name, "", references)
            )
        return data_of(task, options)

    return data


def _compare(options: argparse.Namespace) -> int:
    from eval import baseline, gate
    from eval.tolerances import OURS, read_tolerances

    tolerances = read_tolerances(options.tolerances or OURS)
    runs = baseline.read_runs(options.runs)
    if options.update_baseline and not options.baseline.exists():
        return _update(options.baseline, runs)
    pairs = baseline.pair(options.baseline, runs)
    if options.baseline.is_dir() and all(path.is_dir() for path in options.runs):
        baseline.require_all(options.baseline, [run.task for run in runs.values()])
    verdict = gate.judge(baseline.compare_all(pairs, data=data_for(options)), tolerances)
    print(json.dumps(gate.to_json(verdict), indent=1) if options.json else gate.to_text(verdict))
    if options.update_baseline:
        return _update(options.baseline, runs)
    return 0 if verdict.is_open else CLOSED


def _update(target: Path, runs: dict[Path, Run]) -> int:
    from eval import baseline

    for path in baseline.update(target, runs):
        print(f"eval: written: {path}", file=sys.stderr)
    return 0
