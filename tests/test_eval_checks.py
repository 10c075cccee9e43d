"""What a contrast set asks of a translation, and how pairs are counted."""

from __future__ import annotations

from typing import Any

import pytest

from eval.contrast import ItemAccuracy, PairAccuracy, occurs, passes, unmet


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("million", "Three Million euros"),
        ("July 3", "on july 3, he"),
        ("3.5 million", "some 3.5\u00a0million"),
        ("3.5 million", "(3.5  million)."),
        ("didn't", "He didn’t come."),
        ("NATO", "the NATO summit"),
        ("from Milan", "From Milan came rain."),
        ("3", "3, 4 and 5"),
        ("10%", "by 10% more"),
        ("half past seven", "half past seven."),
        ('"no"', "He said “no”."),
        ("Zürich", "in Zürich."),
    ],
)
def test_occurs(text: str, output: str) -> None:
    assert occurs(text, output)


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("million", "millions of euros"),
        ("3", "3.5 million"),
        ("3", "13 and 33"),
        ("3", "2,3"),
        ("3.5 million", "13.5 million"),
        ("NATO", "the nato summit"),
        ("US", "told us"),
        ("from Milan", "from milan"),
        ("from Milan", "FROM Milan"),
        ("July 3", "July 31"),
        ("no", "none, not, nothing"),
    ],
)
def test_does_not_occur(text: str, output: str) -> None:
    assert not occurs(text, output)


CHECKS: dict[str, Any] = {"expects": [["3 million", "three million"], ["July 3", "3 July"]], "forbids": ["billion"]}


@pytest.mark.parametrize(
    ("output", "is_right"),
    [
        ("Three million came on 3 July.", True),
        ("3 million came on July 3.", True),
        ("3 million came.", False),
        ("3 million, not billion, came on July 3.", False),
        ("", False),
    ],
)
def test_passes(output: str, is_right: bool) -> None:
    assert passes(output, CHECKS) == is_right


def test_unmet() -> None:
    assert unmet("On July 3.", CHECKS["expects"]) == [["3 million", "three million"]]


def _item(pair: str, word: str) -> dict[str, object]:
    return {"pair": pair, "expects": [[word]], "forbids": []}


def test_a_pair_is_right_if_both_are() -> None:
    references = [_item("a", "yes"), _item("a", "no"), _item("b", "yes"), _item("b", "no"), _item("c", "x")]
    predictions = ["yes", "no", "yes", "yes", "y"]
    items = ItemAccuracy().compute(predictions=predictions, references=references)
    assert items["items right"] == pytest.approx(3 / 5)
    rows = PairAccuracy().statistics(predictions=predictions, references=references)
    assert rows.tolist() == [[1, 1], [0, 0], [0, 1], [0, 0], [0, 1]]
    assert float(PairAccuracy().score(rows.sum(axis=0))) == pytest.approx(1 / 3)


def test_nothing_asked_is_not_right_either() -> None:
    references = [_item("a", "yes"), {"pair": "", "expects": [], "forbids": []}]
    rows = ItemAccuracy().statistics(predictions=["yes", "x"], references=references)
    assert rows.tolist() == [[1, 1], [0, 0]]


def test_the_items_of_a_pair_may_stand_apart() -> None:
    references = [_item("a", "yes"), _item("b", "yes"), _item("b", "no"), _item("a", "no")]
    rows = PairAccuracy().statistics(predictions=["no", "yes", "no", "no"], references=references)
    assert rows.tolist() == [[0, 1], [1, 1], [0, 0], [0, 0]]
