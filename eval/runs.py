"""Run files: what one evaluation measured, on which data and with which models, and every output."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.outputs import fault
from toolkit import files
from toolkit.errors import InputError

FORMAT = 1
"""Of the file; raised whenever an older reader would misunderstand it."""

Json = Any
"""What JSON holds: null, booleans, finite numbers, text, lists, and objects with text keys."""


@dataclass(frozen=True, slots=True)
class Score:
    """One metric over all inputs of a run."""

    metric: str
    """Name of the task's measure, e.g. "chrF" or "headline rougeL"."""
    value: float
    low: float
    """Lower end of the 95 % bootstrap interval."""
    high: float
    signature: str
    """How it was computed: settings and versions."""


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    """The inputs and references of a run."""

    name: str
    sha256: str
    n: int
    """Inputs."""


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A model that took part."""

    name: str
    sha256: str
    """Of the model's files, as `toolkit.store` computes it; empty where no model stood behind the engine (fake)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One task, run once."""

    task: str
    version: int
    """Of the task: scores of different versions are not comparable."""
    dataset: DatasetRecord
    models: Mapping[str, ModelRecord]
    """By role: translator, summarizer, topics. Empty for predictions made elsewhere."""
    model_sha256: str
    """That of the one model, or the SHA-256 over those of all roles; empty where there is none."""
    engine: str
    """What really ran: ct2, hf, fake; "given" for predictions made elsewhere, "rules" where no model is needed;
    several are joined by "+"."""
    settings: Mapping[str, Json]
    scores: tuple[Score, ...]
    baselines: Mapping[str, tuple[Score, ...]]
    """Of the trivial baselines, by name; the same metrics in the same order."""
    outputs: tuple[Json, ...]
    """One an input: text for translations, else the JSON value of the task."""
    ids: tuple[str, ...]
    """One an input."""
    details: Mapping[str, Json] = field(default_factory=dict)
    """Per label, per register, confusion, calibration, marks, and whether each baseline is beaten."""
    versions: Mapping[str, str]
    """Of Python and of the packages that shape the result."""
    seconds: float
    """Wall clock for all inputs, loading and scoring left out."""
    peak_mb: float
    """The most memory the process held while the models ran."""
    format: int = FORMAT

    def score(self, metric: str) -> Score | None:
        """The score of that name, if there is one."""
        return next((score for score in self.scores if score.metric == metric), None)


def write_run(run: Run, path: str | Path) -> None:
    """Write the run as JSON, whole or not at all; folders that are missing are made."""
    parts = (f" {json.dumps(key)}: {_layout(value)}" for key, value in _to_json(run).items())
    write_text(path, "{\n" + ",\n".join(parts) + "\n}\n")


def _layout(value: Json) -> str:
    """JSON with each entry of a list in a line of its own, so that a diff shows which outputs changed."""
    if isinstance(value, list) and value:
        entries = (json.dumps(entry, ensure_ascii=False, allow_nan=False) for entry in value)
        return "[\n  " + ",\n  ".join(entries) + "\n ]"
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).replace("\n", "\n ")


def check_writable(path: str | Path) -> None:
    """Raise InputError where `write_run` would: before the work, not after it. Missing folders are made."""
    target = Path(path)
    if target.is_dir():
        raise InputError(f"{path} is a folder: name a file in it")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}): check the folder and its permissions") from None


def write_text(path: str | Path, text: str) -> None:
    """Write a text file, whole or not at all; folders that are missing are made. Raises InputError where it cannot."""
    target = Path(path)
    temporary = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as file:
            temporary = Path(file.name)
            file.write(text)
        # A temporary file is its owner's alone; what is written here is as readable as any other new file.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(target)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}): check the folder and its permissions") from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def read_run(path: str | Path) -> Run:
    """The run in a file. Raises InputError for a file that is missing, damaged or of another format."""
    try:
        record = json.loads(files.read_text(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{path} is no run file ({error}): make it anew with `python -m eval run`") from None
    if not isinstance(record, dict) or "format" not in record:
        raise InputError(f'{path} is no run file: expected an object with "format": {FORMAT}')
    if record["format"] != FORMAT:
        raise InputError(
            f"{path} has format {record['format']!r}, expected {FORMAT}: make it anew with `python -m eval run`"
        )
    try:
        return _from_json(record)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(f"{path} is damaged ({what}): make it anew with `python -m eval run`") from None


def _to_json(run: Run) -> dict[str, Json]:
    return {
        "format": run.format,
        "task": run.task,
        "version": run.version,
        "dataset": {"name": run.dataset.name, "sha256": run.dataset.sha256, "n": run.dataset.n},
        "models": {role: {"name": model.name, "sha256": model.sha256} for role, model in run.models.items()},
        "model_sha256": run.model_sha256,
        "engine": run.engine,
        "settings": dict(run.settings),
        "scores": [_score_to_json(score) for score in run.scores],
        "baselines": {name: [_score_to_json(score) for score in scores] for name, scores in run.baselines.items()},
        "details": dict(run.details),
        "ids": list(run.ids),
        "outputs": list(run.outputs),
        "versions": dict(run.versions),
        "seconds": run.seconds,
        "peak_mb": run.peak_mb,
    }


def _score_to_json(score: Score) -> dict[str, Json]:
    return {
        "metric": score.metric,
        "value": score.value,
        "low": score.low,
        "high": score.high,
        "signature": score.signature,
    }


def _from_json(record: dict[str, Json]) -> Run:
    run = Run(
        format=record["format"],
        task=_text(record, "task"),
        version=_whole(record, "version"),
        dataset=DatasetRecord(
            name=_text(record["dataset"], "name"),
            sha256=_text(record["dataset"], "sha256"),
            n=_whole(record["dataset"], "n"),
        ),
        models={
            str(role): ModelRecord(_text(model, "name"), _text(model, "sha256"))
            for role, model in record["models"].items()
        },
        model_sha256=_text(record, "model_sha256"),
        engine=_text(record, "engine"),
        settings=dict(record["settings"]),
        scores=_scores_from_json(record["scores"]),
        baselines={str(name): _scores_from_json(scores) for name, scores in record["baselines"].items()},
        outputs=tuple(_list(record, "outputs")),
        ids=tuple(str(each) for each in _list(record, "ids")),
        details=dict(record["details"]),
        versions={str(name): str(version) for name, version in record["versions"].items()},
        seconds=_number(record, "seconds"),
        peak_mb=_number(record, "peak_mb"),
    )
    if not len(run.outputs) == len(run.ids) == run.dataset.n:
        raise ValueError(f"{len(run.outputs)} outputs and {len(run.ids)} ids for {run.dataset.n} inputs")
    if wrong := fault(run.outputs):
        raise ValueError(wrong)
    # Of the details, those that a report plots.
    for time in run.details.get("milliseconds", []):
        _number({"milliseconds": time}, "milliseconds")
    for each in run.details.get("topics", {}).get("calibration", []):
        for key in ("confidence", "accuracy", "n"):
            _number(each, key)
    return run


def _scores_from_json(scores: list[dict[str, Json]]) -> tuple[Score, ...]:
    return tuple(
        Score(
            metric=_text(score, "metric"),
            value=_number(score, "value"),
            low=_number(score, "low"),
            high=_number(score, "high"),
            signature=_text(score, "signature"),
        )
        for score in scores
    )


def _text(record: dict[str, Json], key: str) -> str:
    if not isinstance(value := record[key], str):
        raise TypeError(f"{key} must be text, got {value!r:.60}")
    return value


def _list(record: dict[str, Json], key: str) -> list[Json]:
    if not isinstance(value := record[key], list):
        raise TypeError(f"{key} must be a list, got {value!r:.60}")
    return value


def _whole(record: dict[str, Json], key: str) -> int:
    if not isinstance(value := record[key], int) or isinstance(value, bool):
        raise TypeError(f"{key} must be a whole number, got {value!r:.60}")
    return value


def _number(record: dict[str, Json], key: str) -> float:
    value = record[key]
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise TypeError(f"{key} must be a finite number, got {value!r:.60}")
    return float(value)
