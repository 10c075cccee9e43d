"""Which scores are judged and how much each may lose: a TOML table, ours in tolerances.toml."""

from __future__ import annotations

import fnmatch
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.tasks import tasks as known_tasks
from toolkit import files
from toolkit.errors import InputError

OURS = Path(__file__).parent / "tolerances.toml"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much one metric may lose."""

    loss: float
    """In the unit of the metric; what is lost beyond it counts."""
    reason: str


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A trivial baseline that a task is known not to beat: it is reported, and closes no gate."""

    task: str
    """Pattern of the task's name."""
    metric: str
    baseline: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tolerances:
    """By task and metric."""

    significance: float
    """p-value below which a difference counts, corrected for all scores judged together."""
    entries: Mapping[tuple[str, str], Tolerance]
    """By pattern of the task's name, and metric; the first that fits counts."""
    shortfalls: tuple[Shortfall, ...] = ()

    def shortfall(self, task: str, metric: str, baseline: str) -> Shortfall | None:
        """The entry that lets a trivial baseline stay unbeaten."""
        return next(
            (
                entry
                for entry in self.shortfalls
                if (entry.metric, entry.baseline) == (metric, baseline) and fnmatch.fnmatchcase(task, entry.task)
            ),
            None,
        )

    def find(self, task: str, metric: str) -> Tolerance | None:
        """The tolerance of a score; None where it is not judged."""
        return next(
            (
                tolerance
                for (pattern, name), tolerance in self.entries.items()
                if name == metric and fnmatch.fnmatchcase(task, pattern)
            ),
            None,
        )


def read_tolerances(path: str | Path = OURS) -> Tolerances:
    """The table in a file. Raises InputError where it is missing, no TOML, or says something unknown."""
    try:
        tables = tomllib.loads(files.read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is no TOML ({error}): see eval/tolerances.toml for how it looks") from None
    significance = tables.pop("significance", None)
    if not _is_number(significance) or not 0 < significance < 1:
        raise InputError(f"{path}: significance must be a number between 0 and 1, got {significance!r}")
    shortfalls = tuple(_shortfall(path, entry) for entry in _list(path, tables.pop("unbeaten", [])))
    known = [(task.name, measure.title) for task in known_tasks() for measure in task.measures]
    entries = {}
    for task, metrics in tables.items():
        if not isinstance(metrics, dict):
            raise InputError(f"{path}: expected a table [{task}.METRIC], got {task} = {metrics!r}")
        for metric, entry in metrics.items():
            where = f'{path}: [{task}."{metric}"]'
            if not isinstance(entry, dict) or entry.keys() != {"tolerance", "reason"}:
                raise InputError(f"{where} must hold a tolerance and a reason, and nothing else")
            if not _is_number(entry["tolerance"]) or entry["tolerance"] < 0:
                raise InputError(f"{where}: tolerance must be a number of at least 0, got {entry['tolerance']!r}")
            if not isinstance(entry["reason"], str) or not entry["reason"].strip():
                raise InputError(f"{where}: say why, as a text in reason")
            if not any(name == metric and fnmatch.fnmatchcase(each, task) for each, name in known):
                raise InputError(f"{where} is of no score there is: see `python -m eval tasks` for their names")
            entries[task, metric] = Tolerance(float(entry["tolerance"]), entry["reason"])
    return Tolerances(float(significance), entries, shortfalls)


def _list(path: str | Path, value: object) -> list[object]:
    if not isinstance(value, list):
        raise InputError(f"{path}: expected tables [[unbeaten]], got unbeaten = {value!r}")
    return value


def _shortfall(path: str | Path, entry: object) -> Shortfall:
    keys = ("task", "metric", "baseline", "reason")
    if not isinstance(entry, dict) or sorted(entry) != sorted(keys):
        raise InputError(f"{path}: [[unbeaten]] must hold {', '.join(keys)}, got {entry!r}")
    if not all(isinstance(entry[key], str) and entry[key].strip() for key in keys):
        raise InputError(f"{path}: [[unbeaten]] must hold texts that are not blank, got {entry!r}")
    return Shortfall(**{key: entry[key] for key in keys})


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
