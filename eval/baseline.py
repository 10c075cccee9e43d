"""The runs that others are held against: one file a task in a folder, ours in eval/results/baseline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from eval.comparison import Comparison, check_comparable, compare
from eval.runs import Run, read_run, write_run
from eval.sets import DataSet
from eval.tasks import Task, find
from eval.tasks import tasks as known_tasks
from toolkit.errors import InputError

OURS = Path(__file__).parent / "results" / "baseline"


def read_runs(paths: Sequence[Path]) -> dict[Path, Run]:
    """The runs in files and folders, in the order of the tasks.

    Raises InputError for a folder without any, and for two runs of one task.
    """
    found: dict[Path, Run] = {}
    for path in paths:
        files = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not files:
            raise InputError(f"{path} holds no run file (*.json): make some with `python -m eval run`")
        found |= {file: read_run(file) for file in files}
    tasks: dict[str, Path] = {}
    for path, run in found.items():
        if run.task in tasks:
            raise InputError(f"{tasks[run.task]} and {path} are both runs of {run.task}: give one for each task")
        tasks[run.task] = path
    places = {task.name: place for place, task in enumerate(known_tasks())}
    return dict(sorted(found.items(), key=lambda item: places.get(item[1].task, len(places))))


def pair(baseline: Path, runs: Mapping[Path, Run]) -> list[tuple[Run, Run]]:
    """Each run with its baseline: that of its task in a folder, or the file itself. Raises InputError without one."""
    if not baseline.is_dir():
        before = read_run(baseline)
        if len(runs) != 1:
            raise InputError(f"{baseline} is one file and there are {len(runs)} runs: give a folder of baselines")
        return [(before, next(iter(runs.values())))]
    known = {run.task: run for run in read_runs([baseline]).values()}
    for run in runs.values():
        if run.task not in known:
            raise InputError(f"{baseline} has no baseline of {run.task}: accept one with --update-baseline")
    return [(known[run.task], run) for run in runs.values()]


def require_all(baseline: Path, tasks: Sequence[str], *, exactly: bool = True) -> None:
    """Raise InputError unless the folder has a baseline of every task; `exactly`: and of no other.

    What was not run cannot pass: a task that fell out of the runs must not go unnoticed.
    """
    known = {run.task for run in read_runs([baseline]).values()}
    for name in tasks:
        if name not in known:
            raise InputError(f"{baseline} has no baseline of {name}: accept one with --update-baseline")
    for name in sorted(known - set(tasks)) if exactly else ():
        raise InputError(f"{baseline} has a baseline of {name}, which was not run: remove it, or run that task too")


def compare_all(
    pairs: Sequence[tuple[Run, Run]], *, data: Callable[[Task], DataSet | None] = lambda _: None
) -> list[Comparison]:
    """Compare each pair; `data` gives the inputs and references of a task where they are not our own."""
    comparisons = []
    for before, after in pairs:
        check_comparable(before, after)
        given = data(find(after.task))
        comparisons.append(compare(before, after, examples=None if given is None else given.examples))
    return comparisons


def update(target: Path, runs: Mapping[Path, Run]) -> list[Path]:
    """Copy runs over their baselines in a folder, or the one run over a file; returns the files written."""
    if target.suffix != ".json":
        written = {target / f"{run.task}.json": run for run in runs.values()}
    elif len(runs) == 1:
        written = {target: next(iter(runs.values()))}
    else:
        raise InputError(f"{target} is one file and there are {len(runs)} runs: name a folder")
    for path, run in written.items():
        write_run(run, path)
    return list(written)
