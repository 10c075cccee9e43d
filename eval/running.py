"""Run a task: inputs through the models, and what came out against what should have."""

from __future__ import annotations

import contextlib
import hashlib
import math
import platform
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from eval import classification, doubts, findings, terminology
from eval.baselines import BASELINES, FROM_OUTPUTS
from eval.examples import Example
from eval.intervals import SEED, interval
from eval.metrics import Statistics
from eval.outputs import blank, fault
from eval.runs import DatasetRecord, Json, ModelRecord, Run, Score
from eval.sets import DataSet
from eval.systems import peak_megabytes
from eval.tasks import Measure, Task, find
from toolkit import support
from toolkit.documents import Coverage, Summary, Topics, Translation
from toolkit.engines import EngineSettings, GenerationOptions
from toolkit.errors import InputError
from toolkit.pipeline import Pipeline
from toolkit.summarization import Summarizer
from toolkit.topics import TopicClassifier
from toolkit.translation import Translator

PACKAGES = (
    "ctranslate2",
    "datasets",
    "evaluate",
    "numpy",
    "rouge_score",
    "sacrebleu",
    "sentencepiece",
    "tokenizers",
    "torch",
    "transformers",
)
"""What shapes the outputs and the scores."""

Progress = Callable[[int], None]
"""Called with the number of inputs finished since the last call."""


@dataclass(slots=True, kw_only=True)
class Models:
    """The three models, each loaded when it is first needed and kept for the next task."""

    translator_model: str | None = None
    summarizer_model: str | None = None
    topics_model: str | None = None
    """A name, folder or hub name each; None: the shipped one."""
    settings: EngineSettings = field(default_factory=EngineSettings)
    generation: GenerationOptions = field(default_factory=GenerationOptions)
    """Of the translation."""
    sentences: int = 3
    """Of a summary, at most."""
    _translator: Translator | None = None
    _summarizer: Summarizer | None = None
    _topics: TopicClassifier | None = None

    @property
    def translator(self) -> Translator:
        """German into English."""
        if self._translator is None:
            self._translator = Translator(self.translator_model, settings=self.settings, options=self.generation)
        return self._translator

    @property
    def summarizer(self) -> Summarizer:
        """English into a headline and a few sentences."""
        if self._summarizer is None:
            self._summarizer = Summarizer(self.summarizer_model, settings=self.settings)
        return self._summarizer

    @property
    def topics(self) -> TopicClassifier:
        """English into topics."""
        if self._topics is None:
            self._topics = TopicClassifier(self.topics_model, settings=self.settings)
        return self._topics

    def of(self, role: str) -> Translator | Summarizer | TopicClassifier:
        """The model of a role, loaded."""
        if role == "translator":
            return self.translator
        return self.summarizer if role == "summarizer" else self.topics


def run(
    task: Task | str,
    *,
    data: DataSet | None = None,
    models: Models | None = None,
    predictions: Sequence[Json] | None = None,
    seed: int = SEED,
    progress: Progress | None = None,
) -> Run:
    """Run a task on its own data or on other, with the shipped models or others.

    With `predictions`, one an input, no model runs: they are what is scored. `seed` is that of the bootstrap and of
    the random baseline; no model draws anything.
    """
    task = find(task) if isinstance(task, str) else task
    data = data or task.dataset()
    if not data.examples:
        raise InputError(f"{data.name} has no inputs: give at least one")
    if seed < 0:
        raise InputError(f"the seed must be at least 0, got {seed}")
    if predictions is None:
        models = models or Models()
        made = _produce(task, data, models, progress)
    else:
        if len(predictions) != len(data.examples):
            raise InputError(
                f"{len(predictions)} predictions for the {len(data.examples)} inputs of {data.name}: give one for each"
            )
        if wrong := fault(predictions) or blank(predictions):
            raise InputError(f"{wrong} (of the predictions given for {data.name})")
        made = _Produced(outputs=list(predictions), details={}, seconds=0.0, peak_mb=peak_megabytes())
        models = None
    return _score(task, data, models, made, seed)


@dataclass(frozen=True, slots=True)
class _Produced:
    outputs: list[Json]
    details: dict[str, Json]
    seconds: float
    peak_mb: float


def _produce(task: Task, data: DataSet, models: Models, progress: Progress | None) -> _Produced:
    for role in task.roles:
        models.of(role)
    steps = {
        "translation": _translate,
        "doubt": _doubt,
        "glossary": _glossary,
        "summary": _summarize,
        "topics": _classify,
        "digest": _digest,
        "support": _assess,
        "facts": _check,
    }
    outputs: list[Json] = []
    marks: Counter[str] = Counter()
    milliseconds = []
    _forget_peak()
    started = before = time.perf_counter()
    for output, translation in steps[task.step](task, data, models):
        outputs.append(output)
        if translation is not None:
            marks.update(mark for segment in translation.segments for mark in segment.marks)
        now = time.perf_counter()
        milliseconds.append(round((now - before) * 1000, 1))
        before = now
        if progress is not None:
            progress(1)
    seconds, peak = time.perf_counter() - started, peak_megabytes()
    details: dict[str, Json] = {}
    if "translator" in task.roles:
        details["marks"] = dict(sorted(marks.items()))
    if task.step == "digest":
        # One by one, so that each has a time of its own; in the other tasks inputs share batches.
        details["milliseconds"] = milliseconds
    return _Produced(outputs, details, seconds, peak)


def _forget_peak() -> None:
    """Let the peak be that of this run; where the system cannot (it is no Linux), it is that of the whole process."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # see proc(5)


_Outputs = Iterator[tuple[Json, Translation | None]]


def _translate(_task: Task, data: DataSet, models: Models) -> _Outputs:
    for translation in models.translator.translate_many(example.source for example in data.examples):
        yield translation.text, translation


def _doubt(_task: Task, data: DataSet, models: Models) -> _Outputs:
    for translation in models.translator.translate_many(example.source for example in data.examples):
        yield doubts.output_of(translation), translation


def _glossary(_task: Task, data: DataSet, models: Models) -> _Outputs:
    yield from terminology.outputs(data.examples, models.translator)


def _summarize(task: Task, data: DataSet, models: Models) -> _Outputs:
    texts = _english(task, data, models)
    for text, summary in zip(texts, models.summarizer.summarize_many(texts, sentences=models.sentences), strict=True):
        yield _summary_output(summary), text if isinstance(text, Translation) else None


def _classify(task: Task, data: DataSet, models: Models) -> _Outputs:
    texts = _english(task, data, models)
    for text, topics in zip(texts, models.topics.classify_many(texts, data.labels), strict=True):
        yield _topics_output(topics), text if isinstance(text, Translation) else None


def _digest(_task: Task, data: DataSet, models: Models) -> _Outputs:
    pipeline = Pipeline(models.translator, models.summarizer, models.topics)
    for example in data.examples:
        digest = pipeline.run(example.source, labels=data.labels, sentences=models.sentences)
        output = {
            "translation": digest.translation.text,
            **_summary_output(digest.summary),
            **_topics_output(digest.topics),
            "coverage": _coverage_output(digest.translation.coverage),
        }
        yield output, digest.translation


def _assess(_task: Task, data: DataSet, _models: Models) -> _Outputs:
    for example in data.examples:
        evidence = example.article.split("\n")
        yield {"support": support.assess(example.source, evidence).score}, None


def _check(_task: Task, data: DataSet, _models: Models) -> _Outputs:
    for example in data.examples:
        yield {"findings": findings.kinds(example.source, example.article)}, None


def _english(task: Task, data: DataSet, models: Models) -> list[str | Translation]:
    sources = [example.source for example in data.examples]
    return list(models.translator.translate_many(sources)) if task.language == "de" else [*sources]


def _summary_output(summary: Summary) -> dict[str, Json]:
    return {
        "headline": summary.headline,
        "summary": summary.text,
        "evidence": [list(sentence.evidence) for sentence in summary.sentences],
    }


def _topics_output(topics: Topics) -> dict[str, Json]:
    return {
        "topics": [{"label": score.label, "score": score.score} for score in topics.scores],
        "none_of_these": topics.none_of_these,
    }


def _coverage_output(coverage: Coverage) -> dict[str, Json]:
    return {
        "sentences": coverage.sentences,
        "translated": coverage.translated,
        "split": coverage.split,
        "cut": coverage.cut,
    }


def measured(task: Task, examples: Sequence[Example]) -> tuple[Measure, ...]:
    """The measures of a task that these inputs have something to hold against."""
    return tuple(measure for measure in task.measures if any(measure.expected(examples)))


def scored(measures: Sequence[Measure], outputs: Sequence[Json], examples: Sequence[Example], *, seed: int) -> Scored:
    """Every measure that has anything to score, with its interval, and the statistics it came from."""
    scores, statistics = [], {}
    for measure in measures:
        rows = measure.statistics(outputs, examples)
        value = float(measure.metric.score(rows.sum(axis=0)))
        if math.isnan(value):  # no number in any output, no name: there is nothing to be precise about
            continue
        low, high = interval(measure.metric, rows, seed=seed)
        scores.append(Score(measure.title, value, low, high, measure.signature(examples)))
        statistics[measure.title] = rows
    return Scored(tuple(scores), statistics)


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores and, by their names, the rows they are computed from."""

    scores: tuple[Score, ...]
    statistics: Mapping[str, Statistics]


def _score(task: Task, data: DataSet, models: Models | None, made: _Produced, seed: int) -> Run:
    examples = data.examples
    measures = measured(task, examples)
    if not measures:
        raise InputError(f"{data.name} has no references for {task.name}: give some")
    own = scored(measures, made.outputs, examples, seed=seed)
    baselines = {
        name: scored(measures, _floor(name, task, examples, made.outputs, seed), examples, seed=seed).scores
        for name in task.baselines
    }
    records = {} if models is None else {role: _model_record(models.of(role)) for role in task.roles}
    return Run(
        task=task.name,
        version=task.version,
        dataset=DatasetRecord(data.name, data.sha256, len(examples)),
        models=records,
        model_sha256=_joint_checksum([record.sha256 for record in records.values()]),
        engine="given" if models is None else _engines(task, models),
        settings={"seed": seed} if models is None else {**_settings(models), "seed": seed},
        scores=own.scores,
        baselines=baselines,
        outputs=tuple(made.outputs),
        ids=tuple(example.id for example in examples),
        details={
            **made.details,
            "floors": [measure.title for measure in measures if measure.is_floor],
            "beaten": _beaten(measures, own.scores, baselines),
            **_registers(measures, own.statistics, examples),
            **_topic_details(task, made.outputs, examples),
        },
        versions={"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        seconds=made.seconds,
        peak_mb=made.peak_mb,
    )


def _floor(name: str, task: Task, examples: Sequence[Example], outputs: Sequence[Json], seed: int) -> list[Json]:
    """What a trivial baseline gives for each input."""
    if name in FROM_OUTPUTS:
        return FROM_OUTPUTS[name](examples, outputs)
    return BASELINES[name](examples, task.step, seed)


def _model_record(model: Translator | Summarizer | TopicClassifier) -> ModelRecord:
    return ModelRecord(name=model.name, sha256=model.model.checksum if model.model else "")


def _joint_checksum(checksums: Sequence[str]) -> str:
    """That of the one model, or of all of them in the order they work; empty where one has none."""
    if not checksums or not all(checksums):
        return ""
    return checksums[0] if len(checksums) == 1 else hashlib.sha256("\n".join(checksums).encode()).hexdigest()


def _engines(task: Task, models: Models) -> str:
    return "+".join(dict.fromkeys(models.of(role).engine.name for role in task.roles)) or "rules"


def _settings(models: Models) -> dict[str, Json]:
    return {
        "engine": models.settings.engine,
        "device": models.settings.device,
        "precision": models.settings.precision,
        "threads": models.settings.threads,
        "batch_tokens": models.settings.batch_tokens,
        "beam": models.generation.beam,
        "sentences": models.sentences,
    }


def _beaten(
    measures: Sequence[Measure], scores: Sequence[Score], baselines: Mapping[str, Sequence[Score]]
) -> dict[str, dict[str, bool]]:
    """For each metric and baseline whether the score is the better one; a baseline without a score is beaten."""
    metrics = {measure.title: measure.metric for measure in measures}
    values = {name: {score.metric: score.value for score in found} for name, found in baselines.items()}
    return {
        score.metric: {
            name: score.metric not in found or metrics[score.metric].is_better(score.value, found[score.metric])
            for name, found in values.items()
        }
        for score in scores
    }


def _registers(
    measures: Sequence[Measure], statistics: Mapping[str, Statistics], examples: Sequence[Example]
) -> dict[str, Json]:
    """The scores of each kind of text by itself, where the inputs say what kind they are."""
    kinds = sorted({example.register for example in examples} - {""})
    if not kinds:
        return {}
    found: dict[str, dict[str, Json]] = {}
    for kind in kinds:
        chosen = [i for i, example in enumerate(examples) if example.register == kind]
        found[kind] = {"n": len(chosen)}
        for measure in measures:
            if measure.title in statistics:
                value = float(measure.metric.score(statistics[measure.title][chosen].sum(axis=0)))
                found[kind][measure.title] = None if math.isnan(value) else value
    return {"registers": found}


def _topic_details(task: Task, outputs: Sequence[Json], examples: Sequence[Example]) -> dict[str, Json]:
    if task.step not in {"topics", "digest"}:
        return {}
    details = classification.describe(
        [output["topics"] for output in outputs], [example.topics for example in examples]
    )
    none = sum(bool(output.get("none_of_these")) for output in outputs) / len(outputs)
    return {"topics": {**details, "none_of_these": none}}
