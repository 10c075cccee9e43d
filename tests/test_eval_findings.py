"""The fact checks as a task: what counts as found, what as a false alarm, and that they beat a count of digits."""

from __future__ import annotations

import pytest

from eval import findings
from eval.findings import FalseAlarms, SlipRecall
from eval.running import run
from toolkit import facts

SLIP = {"pair": "", "expects": [["number"]], "forbids": []}
GOOD = {"pair": "", "expects": [], "forbids": []}


@pytest.mark.parametrize(
    ("predictions", "references", "found", "alarms"),
    [
        ([["number"], []], [SLIP, GOOD], 1.0, 0.0),
        ([["name"], ["name"]], [SLIP, GOOD], 0.0, 1.0),
        ([["name", "number"], []], [SLIP, SLIP], 0.5, None),
    ],
)
def test_slips_and_good_translations_count_apart(
    predictions: list[list[str]], references: list[dict[str, object]], found: float, alarms: float | None
) -> None:
    assert SlipRecall().compute(predictions=predictions, references=references)["slips found"] == found
    if alarms is not None:
        assert FalseAlarms().compute(predictions=predictions, references=references)["false alarms"] == alarms


def test_kinds_are_those_of_the_findings() -> None:
    assert findings.kinds("Am Montag kamen keine 20.", "On Tuesday 30 came.") == ["number", "date", "negation"]
    assert findings.kinds("Es kamen 20.", "20 came.") == []


def test_data_holds_slips_of_every_kind_and_all_references() -> None:
    data = findings.data()
    slips = [example for example in data.examples if example.expects]
    assert {example.expects[0][0] for example in slips} == set(facts.KINDS)
    assert len(slips) >= 400
    assert len(data.examples) - len(slips) > 600
    assert len({example.id for example in data.examples}) == len(data.examples)


def test_the_checks_beat_a_count_of_digits() -> None:
    result = run("facts")
    assert (result.engine, result.models) == ("rules", {})
    assert result.details["beaten"]["slips found"] == {"digit check": True}
    scores = {score.metric: score.value for score in result.scores}
    assert scores["slips found"] >= 0.95
    assert scores["false alarms"] <= 0.025
