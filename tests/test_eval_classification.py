"""Topics against gold labels: the same figures as scikit-learn, and what its functions do not give."""

from __future__ import annotations

import random

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support

from eval.classification import (
    BINS,
    Accuracy,
    AnyAccuracy,
    CalibrationError,
    MacroF1,
    best,
    describe,
    labels_of,
)

LABELS = ("economy", "politics", "science", "sport", "travel")


def _scores(*values: float) -> list[dict[str, object]]:
    return [{"label": label, "score": value} for label, value in zip(LABELS, values, strict=True)]


def _random_inputs(seed: int, count: int) -> tuple[list[list[dict[str, object]]], list[tuple[str, ...]]]:
    """Guesses that are right about half the time; "travel" is never gold."""
    draw = random.Random(seed)
    predictions: list[list[dict[str, object]]] = []
    references: list[tuple[str, ...]] = []
    for _ in range(count):
        gold = draw.choice(LABELS[:4])
        values = [draw.random() for _ in LABELS]
        if draw.random() < 0.5:
            values[LABELS.index(gold)] = 1.0
        predictions.append(_scores(*(value / sum(values) for value in values)))
        references.append((gold, draw.choice(LABELS)))
    return predictions, references


PREDICTIONS, REFERENCES = _random_inputs(7, 200)
GUESSES = [best(scores) for scores in PREDICTIONS]
GOLD = [topics[0] for topics in REFERENCES]


def test_accuracy() -> None:
    result = Accuracy().compute(predictions=PREDICTIONS, references=REFERENCES)
    assert result["accuracy"] == pytest.approx(accuracy_score(GOLD, GUESSES))


def test_any_topic_is_right() -> None:
    scores = _scores(0.1, 0.6, 0.1, 0.1, 0.1)
    references = [("sport", "politics"), ("sport", "science")]
    assert AnyAccuracy().compute(predictions=[scores] * 2, references=references)["accuracy, any topic"] == 0.5
    assert Accuracy().compute(predictions=[scores] * 2, references=references)["accuracy"] == 0


@pytest.mark.parametrize("count", [1, 3, 8, 200])
def test_macro_f1_of_any_part(count: int) -> None:
    """Labels that are neither gold nor guessed in the part do not count, as in scikit-learn."""
    metric = MacroF1()
    rows = metric.statistics(predictions=PREDICTIONS, references=REFERENCES)
    expected = f1_score(GOLD[:count], GUESSES[:count], average="macro")
    assert float(metric.score(rows[:count].sum(axis=0))) == pytest.approx(expected)
    assert np.isnan(metric.score(np.zeros(rows.shape[1])))


def test_calibration_error_by_hand() -> None:
    sure, unsure = _scores(0.95, 0.05, 0, 0, 0), _scores(0.2, 0.5, 0.1, 0.1, 0.1)
    predictions = [sure, sure, unsure, unsure]
    references = [("economy",), ("sport",), ("politics",), ("politics",)]
    # Bin 9: 0.95 sure, half right. Bin 5: 0.5 sure, all right. Half of the texts in each.
    expected = 0.5 * abs(0.95 - 0.5) + 0.5 * abs(0.5 - 1)
    result = CalibrationError().compute(predictions=predictions, references=references)
    assert result["calibration error"] == pytest.approx(expected)
    assert f"bins:{BINS}" in result["signature"]


def test_calibration_error_of_certainty() -> None:
    certain = _scores(1, 0, 0, 0, 0)
    compute = CalibrationError().compute
    assert compute(predictions=[certain], references=[["economy"]])["calibration error"] == 0
    assert compute(predictions=[certain], references=[["sport"]])["calibration error"] == 1


def test_first_of_equal_scores_is_best() -> None:
    assert best(_scores(0.1, 0.4, 0.4, 0.1, 0)) == "politics"


def test_details() -> None:
    details = describe(PREDICTIONS, REFERENCES)
    labels = labels_of(PREDICTIONS, REFERENCES)
    assert details["confusion"]["labels"] == list(labels) == list(LABELS)
    assert details["confusion"]["counts"] == confusion_matrix(GOLD, GUESSES, labels=labels).tolist()
    precision, recall, f1, gold = precision_recall_fscore_support(GOLD, GUESSES, labels=labels, zero_division=np.nan)
    for i, label in enumerate(labels):
        figures = details["labels"][label]
        assert figures["n"] == gold[i]
        for name, values in (("precision", precision), ("recall", recall), ("f1", f1)):
            assert figures[name] == (None if np.isnan(values[i]) else pytest.approx(values[i])), (label, name)
    assert details["labels"]["travel"]["recall"] is None
    bins = details["calibration"]
    assert sum(each["n"] for each in bins) == len(GOLD)
    assert all(each["from"] <= each["confidence"] <= each["to"] for each in bins)
    assert sum(each["n"] * each["accuracy"] for each in bins) == pytest.approx(
        len(GOLD) * accuracy_score(GOLD, GUESSES)
    )


def test_a_gold_label_that_was_never_scored_is_missed() -> None:
    predictions = [[{"label": "sport", "score": 1.0}]]
    assert MacroF1().compute(predictions=predictions, references=[["weather"]])["macro-F1"] == 0
    assert describe(predictions, [("weather",)])["confusion"]["counts"] == [[0, 0], [1, 0]]
