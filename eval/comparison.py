"""Two runs of one task held against each other: what changed, by how much, and whether by more than chance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.examples import Example
from eval.metrics import Statistics
from eval.running import measured
from eval.runs import Json, Run
from eval.sets import DataSet
from eval.significance import Difference, difference
from eval.tasks import Measure, Task, find
from toolkit.errors import InputError

_SAME = 1e-6
"""Relative; two computations of one score differ by less (the file holds all digits, sums may differ in order)."""


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """One metric before and after."""

    measure: Measure
    difference: Difference

    @property
    def gain(self) -> float:
        """The change, positive where it is for the better."""
        return self.difference.change if self.measure.metric.higher_is_better else -self.difference.change


@dataclass(frozen=True, slots=True)
class InputChange:
    """One input whose output is not what it was."""

    example: Example
    before: Json
    after: Json
    values: tuple[tuple[float, float], ...]
    """Before and after by each measure, NaN where it has nothing to score in this input."""
    gains: tuple[float, ...]
    """By each measure, positive where it is for the better, 0 where it cannot tell; to sort by, the first decides."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs of one task."""

    task: Task
    before: Run
    after: Run
    measures: tuple[MeasureChange, ...]
    inputs: tuple[InputChange, ...]
    """Those that changed, the greatest loss first."""
    recomputed: tuple[str, ...]
    """Metrics that give the outputs before another score than their file has: their code has changed since."""

    @property
    def regressions(self) -> tuple[InputChange, ...]:
        """Inputs that lost, the worst first."""
        return tuple(change for change in self.inputs if _first(change.gains) < 0)

    @property
    def improvements(self) -> tuple[InputChange, ...]:
        """Inputs that gained, the best first."""
        return tuple(change for change in reversed(self.inputs) if _first(change.gains) > 0)


def _first(gains: Sequence[float]) -> float:
    """The first that tells anything."""
    return next((gain for gain in gains if gain), 0.0)


def compare(before: Run, after: Run, *, examples: Sequence[Example] | None = None) -> Comparison:
    """Compare every metric that both runs have, and every input.

    `examples` are the inputs and references of anyone's own data; without them they are the task's. Where their sources
    are blank, metrics that need them are left out. Raises InputError where the runs are not of the same task, version,
    data and metrics, or the references not theirs.
    """
    check_comparable(before, after)
    task = find(after.task)
    if after.version != task.version:
        raise InputError(
            f"the runs are of version {after.version} of {task.name}, which is now {task.version}: "
            "make both anew with `python -m eval run`"
        )
    examples = own_examples(task, after) if examples is None else examples
    if len(examples) != after.dataset.n:
        raise InputError(f"{len(examples)} references for runs of {after.dataset.n} inputs: give one for each")
    has_sources = any(example.source for example in examples)
    is_same_data = DataSet("given", tuple(examples)).sha256 == after.dataset.sha256
    if has_sources and not is_same_data:
        raise InputError(
            f"the data given are not those of the runs of {task.name} (checksum {_short(after.dataset.sha256)}): "
            "give the files the runs were made with"
        )
    measures = [
        measure
        for measure in measured(task, examples)
        if before.score(measure.title)
        and after.score(measure.title)
        and (has_sources or not measure.metric.needs_sources)
    ]
    if not measures:
        raise InputError(f"the runs of {task.name} have no metric in common that these references can score")
    was = {measure.title: measure.statistics(before.outputs, examples) for measure in measures}
    now = {measure.title: measure.statistics(after.outputs, examples) for measure in measures}
    recomputed = [measure for measure in measures if _is_other(measure, before, was) or _is_other(measure, after, now)]
    if recomputed and not is_same_data:
        raise InputError(
            f"{recomputed[0].title} of {task.name} has another value with these references than in the run files: "
            "give the references the runs were made with"
        )
    return Comparison(
        task=task,
        before=before,
        after=after,
        measures=tuple(
            MeasureChange(measure, difference(was[measure.title], now[measure.title], measure.metric.score))
            for measure in measures
        ),
        inputs=_input_changes(measures, was, now, before, after, examples),
        recomputed=tuple(measure.title for measure in recomputed),
    )


def check_comparable(before: Run, after: Run) -> None:
    """Raise InputError unless both runs answer the same inputs and are scored alike."""
    for what, one, other in (
        ("task", before.task, after.task),
        ("version of the task", before.version, after.version),
        ("number of inputs", before.dataset.n, after.dataset.n),
        ("checksum of the data", before.dataset.sha256, after.dataset.sha256),
    ):
        if one != other:
            raise InputError(
                f"the runs of {before.task} cannot be compared: {what} {_short(one)} before and {_short(other)} now; "
                "run both on the same"
            )
    labels, now = _labels(before), _labels(after)
    if labels != now:
        raise InputError(
            f"the runs of {before.task} cannot be compared: the labels were {', '.join(sorted(labels))} and are "
            f"{', '.join(sorted(now))}; run both with the same"
        )
    for score in after.scores:
        old = before.score(score.metric)
        if old is not None and _settings(old.signature) != _settings(score.signature):
            raise InputError(
                f"the runs of {before.task} cannot be compared: {score.metric} was {old.signature} and is "
                f"{score.signature}; run both with the same settings"
            )


def _settings(signature: str) -> list[str]:
    """Its parts without the version of the package: whichever is installed now scores the outputs of both runs."""
    return [part for part in signature.split("|") if not part.startswith("version:")]


def _labels(run: Run) -> set[str]:
    """Every label that the outputs score."""
    outputs = (output for output in run.outputs if isinstance(output, dict))
    return {score["label"] for output in outputs for score in output.get("topics", ())}


def own_examples(task: Task, run: Run) -> tuple[Example, ...]:
    """The inputs of a run on the task's own data, or on the first of them. Raises InputError for other data."""
    data = task.dataset().first(run.dataset.n)
    if data.sha256 != run.dataset.sha256:
        raise InputError(
            f"the run of {task.name} was made on {run.dataset.name}, which is not our data as they are now: "
            "give its texts with --source and --reference, or make the run anew"
        )
    return data.examples


def _is_other(measure: Measure, run: Run, statistics: Mapping[str, Statistics]) -> bool:
    """Whether the statistics give another score than the run's file has."""
    score, found = run.score(measure.title), float(measure.metric.score(statistics[measure.title].sum(axis=0)))
    return score is None or not math.isclose(score.value, found, rel_tol=_SAME, abs_tol=_SAME)


def _input_changes(
    measures: Sequence[Measure],
    was: Mapping[str, Statistics],
    now: Mapping[str, Statistics],
    before: Run,
    after: Run,
    examples: Sequence[Example],
) -> tuple[InputChange, ...]:
    """Every changed output with its own scores; of equal loss, in the order of the inputs."""
    scores = [
        (measure.metric.score(was[measure.title]).tolist(), measure.metric.score(now[measure.title]).tolist())
        for measure in measures
    ]
    signs = [1 if measure.metric.higher_is_better else -1 for measure in measures]
    changes = []
    for i, example in enumerate(examples):
        if before.outputs[i] == after.outputs[i]:
            continue
        values = tuple((old[i], new[i]) for old, new in scores)
        gains = tuple(
            0.0 if math.isnan(new - old) else sign * (new - old) for sign, (old, new) in zip(signs, values, strict=True)
        )
        changes.append(InputChange(example, before.outputs[i], after.outputs[i], values, gains))
    return tuple(sorted(changes, key=lambda change: change.gains))


def _short(value: object) -> str:
    """A checksum by its first digits, anything else as it is."""
    text = str(value)
    return f"{text[:12]}…" if len(text) == 64 else text
