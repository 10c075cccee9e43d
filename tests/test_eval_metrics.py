"""What all metrics share: the interface of `evaluate`, offline, and statistics that add up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import evaluate
import numpy as np
import pytest

from eval.metrics import TEXT, Metric
from eval.tasks import tasks
from toolkit.errors import InputError

METRICS: dict[type[Metric], Metric] = {
    type(measure.metric): measure.metric for task in tasks() for measure in task.measures
}
IDS = [kind.__name__ for kind in METRICS]

SCORES = [{"label": "sport", "score": 0.75}, {"label": "economy", "score": 0.25}]
CHECKS = {"pair": "p", "expects": [["3 million"]], "forbids": ["billion"]}
COUNTS = {"sentences": 4, "translated": 3, "split": 0, "cut": 1}


def _inputs(metric: Metric) -> dict[str, list[Any]]:
    """Two inputs that any metric of that kind takes."""
    kind = type(metric).__module__
    if kind == "eval.classification":
        return {"predictions": [SCORES, SCORES], "references": [["sport"], ["economy", "sport"]]}
    if kind == "eval.contrast":
        return {"predictions": ["3 million", "3 billion"], "references": [CHECKS, CHECKS]}
    if kind == "eval.verdicts":
        return {"predictions": [0.75, 0.25], "references": ["faithful", "unfaithful"]}
    if kind == "eval.doubts":
        doubted = [{"translation": "The sun.", "doubt": 0.25}, {"translation": "The moon.", "doubt": 0.75}]
        judged = [
            {"verdict": "adequate", "translation": "The sun."},
            {"verdict": "inadequate", "translation": "The moon."},
        ]
        if metric.name == "AUROC lowest tenth":
            return {"predictions": doubted, "references": [["The sun."], ["The stars.", "All stars."]]}
        return {
            "predictions": doubted if metric.name == "AUROC judged" else [each["translation"] for each in doubted],
            "references": judged,
        }
    if kind == "eval.findings":
        good = {"pair": "", "expects": [], "forbids": []}
        return {"predictions": [["3 million"], ["name"]], "references": [CHECKS, good]}
    if metric.name == "coverage":
        return {"predictions": [COUNTS, COUNTS], "references": ["x", "y"]}
    texts = ["In May Germany paid 3.5 billion to Bonn.", "The city of Bonn has 12 schools."]
    references: list[Any] = texts if metric.reference_type == TEXT else [[text] for text in texts]
    sources = ["Im Mai zahlte Deutschland 3,5 Milliarden an Bonn.", "Bonn hat 12 Schulen."]
    return {"predictions": texts[::-1], "references": references, "sources": sources}


@pytest.mark.parametrize("metric", METRICS.values(), ids=IDS)
def test_compute_is_the_score_of_the_summed_statistics(metric: Metric) -> None:
    assert isinstance(metric, evaluate.Metric)
    inputs = _inputs(metric)
    result = metric.compute(**inputs)
    rows = metric.statistics(**inputs)
    assert rows.shape[0] == 2
    assert rows.dtype == np.float64
    assert result == {
        metric.name: float(metric.score(rows.sum(axis=0))),
        "signature": metric.signature(inputs["references"]),
    }
    assert metric.compute(**inputs) == result


@pytest.mark.parametrize("metric", METRICS.values(), ids=IDS)
def test_batches_as_evaluate_adds_them(metric: Metric) -> None:
    inputs = _inputs(metric)
    if not metric.needs_sources:
        inputs.pop("sources", None)
    for i in range(2):
        metric.add_batch(**{name: column[i : i + 1] for name, column in inputs.items()})
    assert metric.compute() == metric.compute(**inputs)


@pytest.mark.parametrize("metric", METRICS.values(), ids=IDS)
def test_scores_of_many_sums_at_once(metric: Metric) -> None:
    rows = metric.statistics(**_inputs(metric))
    both = metric.score(np.stack([rows[0], rows[0] + rows[1]]))
    assert both.shape == (2,)
    np.testing.assert_array_equal(both[1], metric.score(rows.sum(axis=0)))


@pytest.mark.parametrize("metric", METRICS.values(), ids=IDS)
def test_nothing_to_score(metric: Metric) -> None:
    for compute in (metric.compute, metric.statistics):
        with pytest.raises(InputError, match="no predictions: give at least one"):
            compute(predictions=[], references=[], sources=[])
    with pytest.raises(InputError, match="no predictions: give at least one"):
        metric.compute()
    with pytest.raises(InputError, match="no predictions: give at least one"):
        metric.compute(references=["x"])


@pytest.mark.parametrize("metric", METRICS.values(), ids=IDS)
def test_unequal_numbers(metric: Metric) -> None:
    inputs = _inputs(metric)
    for compute in (metric.compute, metric.statistics):
        with pytest.raises(InputError, match="2 predictions and 1 references: give as many of each"):
            compute(**{**inputs, "references": inputs["references"][:1]})
    with pytest.raises(InputError, match="2 predictions and no references: give as many of each"):
        metric.compute(predictions=inputs["predictions"])
    if metric.needs_sources:
        with pytest.raises(InputError, match="2 predictions and no sources: give as many of each"):
            metric.compute(predictions=inputs["predictions"], references=inputs["references"])


@pytest.mark.parametrize("kind", METRICS, ids=IDS)
def test_no_folder_is_made(kind: type[Metric], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("evaluate.config.HF_METRICS_CACHE", str(tmp_path / "cache"))
    kind().compute(**_inputs(METRICS[kind]))
    assert not list(tmp_path.iterdir())


def test_combine_with_evaluate() -> None:
    from eval.overlap import Bleu, Chrf

    both = evaluate.combine([Bleu(), Chrf()])
    result = both.compute(predictions=["a small cat sat here"], references=[["a small cat sat here"]])
    assert result["BLEU"] == pytest.approx(100)
    assert result["chrF"] == pytest.approx(100)
