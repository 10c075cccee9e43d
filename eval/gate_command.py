"""`python -m eval gate`: its options, and what it prints."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.running import Models
    from eval.runs import Run
    from eval.sets import DataSet
    from eval.tasks import Task

DONE, CLOSED = 0, 1


def add_parser(commands: Any) -> None:
    """Add the command."""
    from eval.run_command import add_models

    gate = commands.add_parser(
        "gate",
        help="run our own tasks and compare them with the committed baselines",
        description="Run our own tasks and compare them with the committed baselines; exit 1 where a score is "
        "significantly worse than its tolerance allows, or no better than a trivial baseline.",
        allow_abbrev=False,
    )
    gate.add_argument("--tasks", metavar="A,B,C", help="these alone (default: all)")
    gate.add_argument("--limit", type=int, metavar="N", help="the first N inputs of each task alone")
    gate.add_argument("--seed", type=int, metavar="N", help="of the intervals and the random baseline (default: 12345)")
    gate.add_argument("--baseline", type=Path, metavar="FOLDER", help="default: eval/results/baseline")
    gate.add_argument("--output-folder", type=Path, metavar="FOLDER", help="keep the run files there")
    gate.add_argument("--tolerances", type=Path, metavar="FILE", help="TOML table of what may be lost (default: ours)")
    gate.add_argument(
        "--report",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="write the report to FILE.html or FILE.md; may be given several times",
    )
    gate.add_argument(
        "--update-baseline", action="store_true", help="accept the runs as the new baselines instead of judging them"
    )
    gate.add_argument("--json", action="store_true", help="print JSON instead of a table")
    add_models(gate.add_argument_group("models"))
    gate.set_defaults(action=_gate)


def _gate(options: argparse.Namespace) -> int:
    from eval import baseline, gate
    from eval.report_command import check_outputs, write_report
    from eval.run_command import models_of
    from eval.runs import check_writable, write_run
    from eval.tolerances import OURS, read_tolerances

    # What cannot be used is refused before minutes of work.
    if options.update_baseline and options.report:
        raise InputError("--update-baseline compares nothing that a report could show: leave out --report")
    if options.update_baseline and options.limit is not None and options.baseline is None:
        raise InputError("the committed baselines are of all inputs: with --limit, name another folder with --baseline")
    check_outputs(options.report)
    tolerances = read_tolerances(options.tolerances or OURS)
    models = models_of(options)

    from eval.tasks import find, tasks

    names = dict.fromkeys(name.strip() for name in options.tasks.split(",")) if options.tasks is not None else ()
    chosen = [find(name) for name in names] or list(tasks())
    target = options.baseline or baseline.OURS
    if not options.update_baseline:
        baseline.require_all(target, [task.name for task in chosen], exactly=not names)
        _require_same_data(target, chosen, options)
    for task in chosen:
        check_writable((options.output_folder or target) / f"{task.name}.json")
    started = time.perf_counter()
    runs = {}
    for task in chosen:
        path = (options.output_folder or target) / f"{task.name}.json"
        runs[path] = _run(task, models, options)
        if options.output_folder is not None:
            write_run(runs[path], path)
    seconds = time.perf_counter() - started
    if options.update_baseline:
        for path in baseline.update(target, runs):
            say(f"written: {path}")
        return DONE
    comparisons = baseline.compare_all(baseline.pair(target, runs))
    verdict = gate.judge(comparisons, tolerances)
    say(f"{len(chosen)} tasks run in {seconds:.0f} s")
    if options.report:
        from eval.report import build

        write_report(build(list(runs.values()), comparisons, tolerances), options.report, title="klartext: gate")
    # Last, so that the verdict is the last line of a log.
    print(json.dumps(gate.to_json(verdict), indent=1) if options.json else gate.to_text(verdict), flush=True)
    return DONE if verdict.is_open else CLOSED


def _require_same_data(target: Path, chosen: Sequence[Task], options: argparse.Namespace) -> None:
    from eval import baseline

    known = {run.task: run for run in baseline.read_runs([target]).values()}
    for task in chosen:
        data, record = _data(task, options), known[task.name].dataset
        if data.sha256 != record.sha256:
            raise InputError(
                f"the baseline of {task.name} is of {record.n} inputs of {record.name}, this would be of "
                f"{len(data.examples)} of {data.name}: give the same --limit and data, or accept a new baseline with "
                "--update-baseline"
            )


def _data(task: Task, options: argparse.Namespace) -> DataSet:
    return task.dataset() if options.limit is None else task.dataset().first(options.limit)


def _run(task: Task, models: Models, options: argparse.Namespace) -> Run:
    from eval.intervals import SEED
    from eval.running import run

    data = _data(task, options)
    started = time.perf_counter()
    result = run(task, data=data, models=models, seed=SEED if options.seed is None else options.seed)
    say(f"{task.name}: {len(data.examples)} inputs, {time.perf_counter() - started:.1f} s")
    return result


def say(message: str) -> None:
    """One line on standard error: results alone go to standard output."""
    print(f"eval: {message}", file=sys.stderr, flush=True)
