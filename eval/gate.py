"""Whether a change may pass: no score significantly worse than its baseline, no trivial baseline unbeaten."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.comparison import Comparison, MeasureChange
from eval.runs import Json, Run
from eval.significance import holm
from eval.tasks import Measure, find
from eval.tolerances import Shortfall, Tolerance, Tolerances

Outcome = Literal["worse", "tolerated", "better", "within chance", "equal", "not judged"]
"""Significant and beyond the tolerance; significant, within it; significant, for the better; chance could do as much;
the same as before; without a tolerance."""


@dataclass(frozen=True, slots=True)
class Check:
    """One score against its baseline."""

    task: str
    change: MeasureChange
    tolerance: Tolerance | None
    p: float
    """Corrected for all scores judged together; uncorrected where it is not judged."""
    outcome: Outcome

    @property
    def metric(self) -> str:
        """Name of the score."""
        return self.change.measure.title


@dataclass(frozen=True, slots=True)
class Floor:
    """A trivial baseline that a run does not beat."""

    task: str
    metric: str
    value: float
    baseline: str
    reached: float
    """What the baseline reaches."""
    decimals: int
    shortfall: Shortfall | None
    """The entry of the tolerances that lets it pass."""
    is_by_chance: bool
    """Whether the run before beat it and has lost no more since than chance can take: on another processor a single
    sentence may come out otherwise, and a score may be one sentence above its floor."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks together."""

    checks: tuple[Check, ...]
    floors: tuple[Floor, ...]
    """All that are not beaten, those that close no gate too."""
    notes: tuple[str, ...]
    """What a reader should know of the runs: other models, engines or settings than the baseline's."""

    @property
    def regressions(self) -> tuple[Check, ...]:
        """The scores that close the gate."""
        return tuple(check for check in self.checks if check.outcome == "worse")

    @property
    def unbeaten(self) -> tuple[Floor, ...]:
        """The trivial baselines that close the gate."""
        return tuple(floor for floor in self.floors if floor.shortfall is None and not floor.is_by_chance)

    @property
    def is_open(self) -> bool:
        """Whether the change may pass."""
        return not self.regressions and not self.unbeaten


def judge(comparisons: Sequence[Comparison], tolerances: Tolerances) -> Verdict:
    """Judge every score that has a tolerance, and every trivial baseline of the new runs."""
    found = [
        (comparison.task.name, change, tolerances.find(comparison.task.name, change.measure.title))
        for comparison in comparisons
        for change in comparison.measures
    ]
    judged = iter(holm([change.difference.p for _, change, tolerance in found if tolerance is not None]))
    checks = []
    for task, change, tolerance in found:
        p = change.difference.p if tolerance is None else next(judged)
        checks.append(Check(task, change, tolerance, p, _outcome(change, tolerance, p, tolerances.significance)))
    chance = {(check.task, check.metric) for check in checks if check.p >= tolerances.significance}
    return Verdict(
        checks=tuple(checks),
        floors=tuple(floor for comparison in comparisons for floor in _unbeaten(comparison, tolerances, chance)),
        notes=(*_notes(comparisons), *_beaten_by_now([each.after for each in comparisons], tolerances)),
    )


def _outcome(change: MeasureChange, tolerance: Tolerance | None, p: float, significance: float) -> Outcome:
    if tolerance is None:
        return "not judged"
    if not change.gain:
        return "equal"
    if p >= significance:
        return "within chance"
    if change.gain > 0:
        return "better"
    # A loss of exactly the tolerance passes, whatever the last bit of its floating-point difference says.
    return "worse" if -change.gain > tolerance.loss + 1e-9 else "tolerated"


def _unbeaten(comparison: Comparison, tolerances: Tolerances, chance: Container[tuple[str, str]]) -> Iterator[Floor]:
    """The trivial baselines that the new run does not beat; `chance`: task and metric of what did not really change."""
    task = comparison.task.name
    beaten_before = {
        (measure.title, name) for measure, _, name, _, is_beaten in _floors(comparison.before) if is_beaten
    }
    for measure, value, name, reached, is_beaten in _floors(comparison.after):
        if not is_beaten:
            yield Floor(
                task=task,
                metric=measure.title,
                value=value,
                baseline=name,
                reached=reached,
                decimals=measure.metric.decimals,
                shortfall=tolerances.shortfall(task, measure.title, name),
                is_by_chance=(measure.title, name) in beaten_before and (task, measure.title) in chance,
            )


def _floors(run: Run) -> Iterator[tuple[Measure, float, str, float, bool]]:
    """Measure, score, name of the baseline, its score, and whether it is beaten."""
    for measure in find(run.task).measures:
        score = run.score(measure.title)
        if score is None or not measure.is_floor:
            continue
        for name, scores in run.baselines.items():
            reached = next((other.value for other in scores if other.metric == measure.title), None)
            if reached is None:
                continue
            yield measure, score.value, name, reached, measure.metric.is_better(score.value, reached)


def _beaten_by_now(runs: Sequence[Run], tolerances: Tolerances) -> Iterator[str]:
    for run in runs:
        for measure, _, name, _, is_beaten in _floors(run):
            if is_beaten and tolerances.shortfall(run.task, measure.title, name):
                yield f"{measure.title} now beats {name!r}: remove its [[unbeaten]] entry ({run.task})"


def _notes(comparisons: Sequence[Comparison]) -> tuple[str, ...]:
    """In which way the new runs were made otherwise than their baselines, each remark once with its tasks."""
    tasks: dict[str, list[str]] = {}
    for comparison in comparisons:
        recomputed = [
            f"{metric} was computed anew, by code that has changed since the run files were written"
            for metric in comparison.recomputed
        ]
        for remark in (*_differences(comparison.before, comparison.after), *recomputed):
            tasks.setdefault(remark, []).append(comparison.task.name)
    return tuple(f"{remark} ({', '.join(names)})" for remark, names in tasks.items())


def _differences(before: Run, after: Run) -> Iterator[str]:
    for role in dict.fromkeys([*before.models, *after.models]):
        old, new = before.models.get(role), after.models.get(role)
        if old != new:
            one, other = (f"{model.name} {model.sha256[:12]}" if model else "none" for model in (old, new))
            yield f"the baseline was made by another {role}: {one}, now {other}"
    for score in before.scores:
        if after.score(score.metric) is None:
            yield f"{score.metric} has nothing to score any more, so it is not judged"
    for score in after.scores:
        if before.score(score.metric) is None:
            yield f"{score.metric} has no score in the baseline, so it is not judged"
    if before.engine != after.engine:
        yield f"the baseline ran on {before.engine}, now {after.engine}"
    versions = [
        f"{name} {before.versions[name]}, now {version}"
        for name, version in after.versions.items()
        if before.versions.get(name, version) != version
    ]
    if versions:
        yield f"the baseline was made with {'; '.join(versions)}"
    for key in dict.fromkeys([*before.settings, *after.settings]):
        if before.settings.get(key) != after.settings.get(key):
            yield f"the baseline had {key} {before.settings.get(key)}, now {after.settings.get(key)}"


def to_json(verdict: Verdict) -> Mapping[str, Json]:
    """The verdict as one JSON object."""
    return {
        "format": 1,
        "open": verdict.is_open,
        "checks": [
            {
                "task": check.task,
                "metric": check.metric,
                "before": check.change.difference.before,
                "after": check.change.difference.after,
                "low": check.change.difference.low,
                "high": check.change.difference.high,
                "p_bootstrap": check.change.difference.p_bootstrap,
                "p_randomization": check.change.difference.p_randomization,
                "p": check.p,
                "tolerance": None if check.tolerance is None else check.tolerance.loss,
                "outcome": check.outcome,
            }
            for check in verdict.checks
        ],
        "floors": [
            {
                "task": floor.task,
                "metric": floor.metric,
                "value": floor.value,
                "baseline": floor.baseline,
                "reached": floor.reached,
                "known": floor.shortfall is not None,
                "by_chance": floor.is_by_chance,
            }
            for floor in verdict.floors
        ],
        "notes": list(verdict.notes),
    }


def to_text(verdict: Verdict) -> str:
    """The verdict for a terminal or a log: a table of all checks, what closes the gate, and last whether it is open."""
    rows = [("task", "metric", "before", "now", "change", "95 % interval", "p", "")]
    for check in verdict.checks:
        found, places = check.change.difference, check.change.measure.metric.decimals
        rows.append(
            (
                check.task,
                check.metric,
                f"{found.before:.{places}f}",
                f"{found.after:.{places}f}",
                f"{found.change:+.{places}f}",
                f"{found.low:+.{places}f} … {found.high:+.{places}f}",
                f"{check.p:.4f}",
                "WORSE" if check.outcome == "worse" else check.outcome,
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    left = {0, 1, 7}
    lines = [
        "  ".join(
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines += ["", *(f"note: {remark}" for remark in remarks(verdict)), *reasons(verdict)]
    judged = sum(check.tolerance is not None for check in verdict.checks)
    lines.append(
        f"gate open: {judged} scores judged, none worse beyond its tolerance"
        if verdict.is_open
        else f"GATE CLOSED: {', '.join(closed_tasks(verdict))}"
    )
    return "\n".join(lines)


def closed_tasks(verdict: Verdict) -> list[str]:
    """The tasks that close the gate, in the order they were judged."""
    worse, unbeaten = ([finding.task for finding in found] for found in (verdict.regressions, verdict.unbeaten))
    return list(dict.fromkeys([*worse, *unbeaten]))


def reasons(verdict: Verdict) -> list[str]:
    """What closes the gate, one line each, task and metric first."""
    lines = []
    for check in verdict.regressions:
        found, places = check.change.difference, check.change.measure.metric.decimals
        assert check.tolerance is not None  # noqa: S101 - only what is judged can be worse
        lines.append(
            f"{check.task}: {check.metric} is worse: {found.before:.{places}f} before, {found.after:.{places}f} now "
            f"({found.change:+.{places}f}; {check.tolerance.loss:g} tolerated; p = {check.p:.4f})"
        )
    return lines + [_floor_line(floor) for floor in verdict.unbeaten]


def remarks(verdict: Verdict) -> list[str]:
    """What a reader should know besides: how the runs were made, and the unbeaten baselines that close no gate."""
    known = [f"{_floor_line(floor)}, as is known" for floor in verdict.floors if floor.shortfall is not None]
    by_chance = [
        f"{_floor_line(floor)}, as it did before: what was lost since is within chance"
        for floor in verdict.floors
        if floor.shortfall is None and floor.is_by_chance
    ]
    return [*verdict.notes, *known, *by_chance]


def _floor_line(floor: Floor) -> str:
    return (
        f"{floor.task}: {floor.metric} {floor.value:.{floor.decimals}f} does not beat the baseline "
        f"{floor.baseline!r} ({floor.reached:.{floor.decimals}f})"
    )
