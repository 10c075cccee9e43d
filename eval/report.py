"""What a reader should see of one or more runs: scores, plots, and the inputs that changed most."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eval.charts import Bin, IntervalRow
from eval.classification import CalibrationError, MacroF1
from eval.comparison import Comparison, InputChange, own_examples
from eval.examples import Example
from eval.gate import Check, Verdict, judge
from eval.readable import output_text, reference_texts
from eval.running import measured
from eval.runs import Json, Run, Score
from eval.sets import DataSet
from eval.tasks import Measure, Task, find
from eval.tolerances import Tolerances
from toolkit.errors import InputError

_SENTENCES, _ARTICLES = 8, 4
"""Inputs shown of each kind: a page each of sentences, and of whole articles."""
_ARTICLE_WORDS = 80
"""Sources longer than this on average are articles."""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One score with all that belongs to it."""

    measure: Measure
    score: Score
    baselines: tuple[tuple[str, float | None], ...]
    """Name and score of each trivial baseline."""
    check: Check | None
    """Against the run before, where there is one."""

    @property
    def floor(self) -> float | None:
        """The best baseline, where the score has to beat them."""
        values = [value for _, value in self.baselines if value is not None]
        if not values or not self.measure.is_floor:
            return None
        return max(values) if self.measure.metric.higher_is_better else min(values)

    def beats(self, value: float) -> bool:
        """Whether the score is better than another value."""
        return self.measure.metric.is_better(self.score.value, value)


@dataclass(frozen=True, slots=True)
class Sample:
    """One input as a reader sees it."""

    id: str
    register: str
    values: tuple[tuple[str, str], ...]
    """Metric and its value, or "before → after"."""
    source: str
    references: tuple[str, ...]
    before: str | None
    """None where there is no run before."""
    after: str


@dataclass(frozen=True, slots=True)
class Section:
    """One task."""

    task: Task
    run: Run
    before: Run | None
    rows: tuple[ScoreRow, ...]
    samples: tuple[tuple[str, tuple[Sample, ...]], ...]
    """Under a heading each: the worst regressions, the best gains; or the lowest scores."""
    calibration: tuple[Bin, ...]
    lengths: tuple[tuple[float, float], ...]
    """Words of each source and the first measure of its output."""
    latencies: tuple[tuple[float, float], ...]
    """Words of each source and its milliseconds, where inputs ran one by one."""


@dataclass(frozen=True, slots=True)
class Report:
    """All sections, and whether the gate is open."""

    sections: tuple[Section, ...]
    verdict: Verdict | None
    """None where nothing was compared."""

    @property
    def overview(self) -> tuple[IntervalRow, ...]:
        """The first score of each task, in points of 100."""
        rows = []
        for section in self.sections:
            if not section.rows:
                continue
            row = section.rows[0]
            scale = 1.0 if row.measure.metric.decimals == 1 else 100.0
            floor = row.floor
            rows.append(
                IntervalRow(
                    label=f"{section.task.name}: {row.score.metric}",
                    value=row.score.value * scale,
                    low=row.score.low * scale,
                    high=row.score.high * scale,
                    before=None if row.check is None else row.check.change.difference.before * scale,
                    floor=None if floor is None else floor * scale,
                )
            )
        return tuple(rows)


def build(
    runs: Sequence[Run],
    comparisons: Sequence[Comparison],
    tolerances: Tolerances,
    *,
    data: Callable[[Task], DataSet | None] = lambda _: None,
) -> Report:
    """A report of `runs`, with what changed for those that a comparison ends in.

    `data` gives the inputs and references of a task where they are not our own.
    """
    verdict = judge(comparisons, tolerances) if comparisons else None
    by_run = {id(comparison.after): comparison for comparison in comparisons}
    sections = []
    for run in runs:
        task = find(run.task)
        given = data(task)
        examples = own_examples(task, run) if given is None else given.examples
        sections.append(_section(task, run, by_run.get(id(run)), examples, verdict))
    return Report(tuple(sections), verdict)


def _section(
    task: Task, run: Run, comparison: Comparison | None, examples: Sequence[Example], verdict: Verdict | None
) -> Section:
    checks = {check.metric: check for check in verdict.checks if check.task == run.task} if verdict else {}
    measures = [measure for measure in measured(task, examples) if run.score(measure.title)]
    if not measures:
        raise InputError(f"the run of {run.task} has no score that these references are for: make it anew")
    first = measures[0]
    values = first.metric.score(first.statistics(run.outputs, examples)).tolist()
    words = [len(example.source.split()) for example in examples]
    count = _ARTICLES if sum(words) / len(words) > _ARTICLE_WORDS else _SENTENCES
    samples: tuple[tuple[str, tuple[Sample, ...]], ...]
    if comparison is None:
        samples = ((f"Lowest {first.title}", _lowest(task, run, first, values, examples, count)),)
    else:
        shown = [
            i
            for i, change in enumerate(comparison.measures)
            if not isinstance(change.measure.metric, MacroF1 | CalibrationError)  # of no meaning for a single input
            and (i == 0 or checks[change.measure.title].tolerance is not None)
        ]
        samples = tuple(
            (heading, tuple(_changed(task, change, comparison, shown) for change in changes[:count]))
            for heading, changes in (
                (f"Worst regressions: {_inputs(comparison.regressions)} lost", comparison.regressions),
                (f"Best gains: {_inputs(comparison.improvements)} gained", comparison.improvements),
            )
        )
    milliseconds = run.details.get("milliseconds", [])
    return Section(
        task=task,
        run=run,
        before=None if comparison is None else comparison.before,
        rows=tuple(
            _row(measure, score, run, checks.get(measure.title))
            for measure in measures
            if (score := run.score(measure.title)) is not None
        ),
        samples=tuple((heading, found) for heading, found in samples if found),
        calibration=_calibration(run.details),
        lengths=tuple(
            (float(length), value) for length, value in zip(words, values, strict=True) if not math.isnan(value)
        )
        if task.step in {"translation", "summary"}
        else (),
        latencies=tuple((float(length), float(time)) for length, time in zip(words, milliseconds, strict=False)),
    )


def _inputs(changes: Sequence[InputChange]) -> str:
    return "1 input" if len(changes) == 1 else f"{len(changes)} inputs"


def _row(measure: Measure, score: Score, run: Run, check: Check | None) -> ScoreRow:
    baselines = tuple(
        (name, next((other.value for other in scores if other.metric == score.metric), None))
        for name, scores in run.baselines.items()
    )
    return ScoreRow(measure, score, baselines, check)


def _lowest(
    task: Task, run: Run, measure: Measure, values: Sequence[float], examples: Sequence[Example], count: int
) -> tuple[Sample, ...]:
    sign = 1 if measure.metric.higher_is_better else -1
    order = sorted((i for i in range(len(values)) if not math.isnan(values[i])), key=lambda i: sign * values[i])
    return tuple(
        Sample(
            id=examples[i].id,
            register=examples[i].register,
            values=((measure.title, f"{values[i]:.{measure.metric.decimals}f}"),),
            source=examples[i].source,
            references=reference_texts(task, examples[i]),
            before=None,
            after=output_text(run.outputs[i]),
        )
        for i in order[:count]
    )


def _changed(task: Task, change: InputChange, comparison: Comparison, shown: Sequence[int]) -> Sample:
    """An input before and after, with those of its own scores that changed."""
    values = []
    for i in shown:
        measure, (old, new) = comparison.measures[i].measure, change.values[i]
        if not math.isnan(new - old) and old != new:
            places = measure.metric.decimals
            values.append((measure.title, f"{old:.{places}f} → {new:.{places}f}"))
    return Sample(
        id=change.example.id,
        register=change.example.register,
        values=tuple(values),
        source=change.example.source,
        references=reference_texts(task, change.example),
        before=output_text(change.before),
        after=output_text(change.after),
    )


def _calibration(details: Mapping[str, Json]) -> tuple[Bin, ...]:
    bins = details.get("topics", {}).get("calibration", [])
    return tuple(Bin(each["confidence"], each["accuracy"], each["n"]) for each in bins)
