"""The gate on the shipped models: it closes for a damaged one and names the task, and for nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.runs import read_run
from tests.shuffling import shuffled_copy
from toolkit import store

pytestmark = pytest.mark.weights

# Task, inputs, the option that names its model, what to damage, and a metric that must show it. Of the translator's
# sentences so many that no test takes long; of the articles all, because there are only 24.
_CASES = (
    ("translation", 12, "--translator", "translation", "encoder.layers.0.", "chrF"),
    ("summarization-gold", 24, "--summarizer", "summarization", "encoder.layer.0.", "copied headlines"),
    ("topics-gold", 24, "--topics-model", "topics", "encoder.layer.2.", "accuracy"),
)


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped models as they are."""
    folder = tmp_path_factory.mktemp("gate") / "baseline"
    for task, inputs, *_ in _CASES:
        arguments = ["gate", "--tasks", task, "--limit", str(inputs), "--baseline", str(folder), "--update-baseline"]
        assert main(arguments) == 0
    return folder


def _gate(task: str, inputs: int, baseline: Path, *options: str) -> int:
    return main(["gate", "--tasks", task, "--limit", str(inputs), "--baseline", str(baseline), *options])


@pytest.mark.parametrize(
    ("task", "inputs", "option", "role", "layer", "metric"), _CASES, ids=[task for task, *_ in _CASES]
)
def test_a_damaged_layer_closes_it(
    baseline: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    task: str,
    inputs: int,
    option: str,
    role: str,
    layer: str,
    metric: str,
) -> None:
    damaged = shuffled_copy(store.resolve(None, task=role).folder, tmp_path / "damaged", only=layer)
    report = tmp_path / "report.html"
    assert _gate(task, inputs, baseline, option, str(damaged), "--report", str(report)) == 1
    out = capsys.readouterr().out
    assert f"GATE CLOSED: {task}\n" in out
    assert f"{task}: {metric} is worse: " in out
    assert "the baseline was made by another" in out
    assert f"Gate closed: {task}" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize(("task", "inputs"), [(task, inputs) for task, inputs, *_ in _CASES])
def test_another_seed_and_batch_size_do_not(
    baseline: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], task: str, inputs: int
) -> None:
    options = ["--seed", "7", "--batch-tokens", "300", "--output-folder", str(tmp_path), "--json"]
    assert _gate(task, inputs, baseline, *options) == 0
    verdict = json.loads(capsys.readouterr().out)
    assert verdict["open"] is True
    assert len(verdict["checks"]) >= 4
    notes = " ".join(verdict["notes"])
    assert "the baseline had seed 12345, now 7" in notes
    assert "the baseline had batch_tokens 2048, now 300" in notes
    assert read_run(tmp_path / f"{task}.json").settings["batch_tokens"] == 300


def test_a_baseline_of_other_tasks_is_refused(baseline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _gate("chain", 2, baseline) == 2
    assert "has no baseline of chain: accept one with --update-baseline" in capsys.readouterr().err


def test_an_unknown_task_is_refused(baseline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _gate("poetry", 2, baseline) == 2
    assert "unknown task 'poetry'" in capsys.readouterr().err
