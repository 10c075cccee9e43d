"""The support set, and the AUROC that is computed from it."""

from __future__ import annotations

import json
import math
import random
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import roc_auc_score

from eval import sets
from eval.verdicts import FAITHFUL, UNFAITHFUL, Auroc
from toolkit import grounding

KINDS = ("name", "number", "negation", "agent", "invented")


def read() -> list[dict[str, Any]]:
    """The items, in order."""
    path = Path(__file__).parent.parent / "eval" / "data" / "support.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_there_are_enough_of_every_kind() -> None:
    counts = Counter(item["kind"] for item in read())
    assert tuple(counts) == KINDS
    assert counts.total() >= 120
    assert min(counts.values()) >= 24


def test_form() -> None:
    items = read()
    for field in ("id", "faithful", "unfaithful"):
        assert len({item[field] for item in items}) == len(items), field
    for item in items:
        assert list(item) == ["id", "kind", "domain", "evidence", "faithful", "unfaithful"]
        assert 2 <= len(item["evidence"]) <= 4
        for text in (*item["evidence"], item["faithful"], item["unfaithful"]):
            assert text == unicodedata.normalize("NFC", " ".join(text.split()))
            assert text.endswith(".")


def test_summaries_are_reworded() -> None:
    for item in read():
        assert item["faithful"] not in item["evidence"]
        assert item["faithful"] != item["unfaithful"]
        assert len(set(grounding.words(item["faithful"])) - set(grounding.words(" ".join(item["evidence"])))) >= 2, item


def test_every_item_gives_two_examples() -> None:
    data = sets.support()
    assert len(data.examples) == 2 * len(read())
    assert {example.verdict for example in data.examples} == {FAITHFUL, UNFAITHFUL}
    first = data.examples[0]
    assert first.article.split("\n") == read()[0]["evidence"]
    assert (first.source, first.register) == (read()[0]["faithful"], "name")


def test_auroc_is_that_of_scikit_learn() -> None:
    draw = random.Random(3)
    truth = [draw.random() < 0.4 for _ in range(300)]
    scores = [round(min(1.0, max(0.0, draw.gauss(0.6 if is_true else 0.5, 0.2))), 2) for is_true in truth]
    verdicts = [FAITHFUL if is_true else UNFAITHFUL for is_true in truth]
    found = Auroc().compute(predictions=scores, references=verdicts)["AUROC"]
    assert found == pytest.approx(roc_auc_score(truth, scores), abs=1e-9)


def test_auroc_of_one_class_is_no_score() -> None:
    assert math.isnan(Auroc().compute(predictions=[0.5, 1.0], references=[FAITHFUL, FAITHFUL])["AUROC"])
