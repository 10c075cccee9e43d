"""Topics against gold labels: accuracy, macro-F1, calibration, and the figures of each label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import datasets
import numpy as np

from eval.metrics import Metric, Share, Statistics
from eval.runs import Json

BINS = 10
"""Of the confidence, of equal width (Guo et al. 2017 take 15, for thousands of inputs)."""

Scores = Sequence[Mapping[str, Any]]
"""`{"label": …, "score": …}` for every label, in any order."""

_SCORES = datasets.List({"label": datasets.Value("string"), "score": datasets.Value("float64")})


class Accuracy(Share):
    name = "accuracy"
    about = "share of the texts whose best label is the main topic, 0 to 1"
    prediction_type = _SCORES

    def row(self, prediction: Scores, reference: Sequence[str], _source: str, /) -> tuple[float, float]:
        return best(prediction) == reference[0], 1.0


class AnyAccuracy(Share):
    name = "accuracy, any topic"
    about = "share of the texts whose best label is one of their topics, 0 to 1"
    prediction_type = _SCORES

    def row(self, prediction: Scores, reference: Sequence[str], _source: str, /) -> tuple[float, float]:
        return best(prediction) in reference, 1.0


class MacroF1(Metric):
    """Columns: for each label in alphabetical order its hits, wrong guesses and misses."""

    name = "macro-F1"
    about = "mean over the labels of the F1 of the best label against the main topic, 0 to 1"
    prediction_type = _SCORES

    def rows(
        self, predictions: Sequence[Scores], references: Sequence[Sequence[str]], _sources: Sequence[str], /
    ) -> Any:
        place = {label: i for i, label in enumerate(labels_of(predictions, references))}
        rows = np.zeros((len(predictions), len(place), 3))
        for row, scores, topics in zip(rows, predictions, references, strict=True):
            guess, gold = best(scores), topics[0]
            if guess == gold:
                row[place[gold], 0] = 1
            else:
                row[place[guess], 1] = row[place[gold], 2] = 1
        return rows.reshape(len(predictions), -1)

    def score(self, summed: Statistics) -> Statistics:
        counts = summed.reshape(*summed.shape[:-1], -1, 3)
        # A label that is neither gold nor guessed has no F1 and does not count, as in scikit-learn.
        occurs = counts.sum(axis=-1) > 0
        twice = 2 * counts[..., 0] + counts[..., 1] + counts[..., 2]
        f1 = np.divide(2 * counts[..., 0], twice, out=np.zeros_like(twice), where=twice > 0)
        number = occurs.sum(axis=-1)
        mean: Statistics = np.divide(f1.sum(axis=-1), number, out=np.full(number.shape, np.nan), where=number > 0)
        return mean


class CalibrationError(Metric):
    """Columns: for each bin its texts, the sum of their confidences, and how many were right."""

    name = "calibration error"
    about = "mean distance between the best label's score and how often it is right, over ten bins, 0 to 1"
    higher_is_better = False
    prediction_type = _SCORES

    def rows(
        self, predictions: Sequence[Scores], references: Sequence[Sequence[str]], _sources: Sequence[str], /
    ) -> Any:
        rows = np.zeros((len(predictions), BINS, 3))
        for row, scores, topics in zip(rows, predictions, references, strict=True):
            confidence = max(score["score"] for score in scores)
            place = min(BINS - 1, int(confidence * BINS))
            row[place] = 1, confidence, best(scores) == topics[0]
        return rows.reshape(len(predictions), -1)

    def score(self, summed: Statistics) -> Statistics:
        bins = summed.reshape(*summed.shape[:-1], BINS, 3)
        total = bins[..., 0].sum(axis=-1)
        distance = np.abs(bins[..., 1] - bins[..., 2]).sum(axis=-1)
        mean: Statistics = np.divide(distance, total, out=np.full_like(total, np.nan), where=total > 0)
        return mean

    def signature(self, references: Sequence[Any]) -> str:
        return f"{super().signature(references)}|bins:{BINS}"


def best(scores: Scores) -> str:
    """The label with the highest score; of several the first."""
    return str(max(scores, key=lambda score: score["score"])["label"])


def labels_of(predictions: Sequence[Scores], references: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Every label that was scored or is a main topic, in alphabetical order."""
    scored = {str(score["label"]) for scores in predictions for score in scores}
    return tuple(sorted(scored | {topics[0] for topics in references}))


def describe(predictions: Sequence[Scores], references: Sequence[Sequence[str]]) -> Mapping[str, Json]:
    """The figures of each label, the confusion of gold (rows) with best labels (columns), and the calibration bins."""
    labels = labels_of(predictions, references)
    place = {label: i for i, label in enumerate(labels)}
    confusion = np.zeros((len(labels), len(labels)), dtype=np.int64)
    for scores, topics in zip(predictions, references, strict=True):
        confusion[place[topics[0]], place[best(scores)]] += 1
    error = CalibrationError()
    bins = error.statistics(predictions=predictions, references=references).sum(axis=0).reshape(BINS, 3)
    return {
        "labels": {
            label: _figures(int(confusion[i, i]), int(confusion[i].sum()), int(confusion[:, i].sum()))
            for label, i in place.items()
        },
        "confusion": {"labels": list(labels), "counts": confusion.tolist()},
        "calibration": [
            {
                "from": i / BINS,
                "to": (i + 1) / BINS,
                "n": int(count),
                "confidence": confidence / count,
                "accuracy": right / count,
            }
            for i, (count, confidence, right) in enumerate(bins.tolist())
            if count
        ],
    }


def _figures(hits: int, gold: int, guessed: int) -> dict[str, Json]:
    """Null where a figure would be nought by nought."""
    return {
        "n": gold,
        "guessed": guessed,
        "precision": hits / guessed if guessed else None,
        "recall": hits / gold if gold else None,
        "f1": 2 * hits / (gold + guessed) if gold + guessed else None,
    }
