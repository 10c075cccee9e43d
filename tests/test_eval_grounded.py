"""Numbers, names and sentences that an output keeps or invents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from eval.grounded import (
    Coverage,
    EntityPrecision,
    GroundedEntities,
    GroundedNumbers,
    NumberPrecision,
    NumberRecall,
    names,
)

SOURCE = "Siemens verkaufte am 3. Juli 2,5 Millionen Turbinen nach Mailand."
REFERENCE = "On July 3, Siemens sold 2.5 million turbines to Milan."


@pytest.mark.parametrize(
    ("english", "precision", "recall"),
    [
        (REFERENCE, (2, 2), (2, 2)),
        ("On July 3, Siemens sold 2.7 million turbines to Milan.", (1, 2), (1, 2)),
        ("On July 3, Siemens sold 2.5 million turbines to 40 towns in Milan.", (2, 3), (2, 2)),
        ("Siemens sold turbines to Milan.", (0, 0), (0, 2)),
    ],
)
def test_numbers_of_a_translation(english: str, precision: tuple[int, int], recall: tuple[int, int]) -> None:
    inputs: dict[str, Any] = {"predictions": [english], "references": [[REFERENCE]], "sources": [SOURCE]}
    assert tuple(NumberPrecision().statistics(**inputs)[0]) == precision
    assert tuple(NumberRecall().statistics(**inputs)[0]) == recall


def test_precision_without_a_number_is_no_score() -> None:
    inputs: dict[str, Any] = {"predictions": ["Nothing."], "references": [["Nothing."]], "sources": ["Nichts."]}
    assert np.isnan(NumberPrecision().compute(**inputs)["number precision"])


def test_names() -> None:
    assert names("Yesterday Angela Merkel met Emmanuel Macron. Both spoke.") == [
        "Angela",
        "Merkel",
        "Emmanuel",
        "Macron",
    ]
    assert names('The mayor said: "Nobody saw the EU coming." Rain fell on Monday.') == ["EU", "Monday"]
    assert names("") == []


def test_names_of_a_translation() -> None:
    english = "Yesterday Siemens sold turbines to Milan and to Mailand in Italy."
    rows = EntityPrecision().statistics(predictions=[english], references=[[REFERENCE]], sources=[SOURCE])
    # Siemens and Mailand stand in the source, Milan in the reference, Italy nowhere.
    assert tuple(rows[0]) == (3, 4)


def test_any_reference_grounds_a_name() -> None:
    references = [["The town of Munich lies south."], ["A trip to Muenchen.", "A trip to Munich."]]
    predictions = ["We saw Munich."] * 2
    rows = EntityPrecision().statistics(predictions=predictions, references=references, sources=["x", "y"])
    assert rows.tolist() == [[1, 1], [1, 1]]


ARTICLE = "The city of Bonn will hire 1,200 teachers by 2027, Mayor Kaiser said. Three schools will open."


@pytest.mark.parametrize(
    ("summary", "numbers", "entities"),
    [
        ("The city of Bonn will hire 1,200 teachers.", (1, 1), (1, 1)),
        ("The city of Bonn will hire 1200 teachers.", (1, 1), (1, 1)),
        ("The city of Berlin will hire 1,300 teachers by 2027.", (1, 2), (0, 1)),
        ("The city opens 3 schools, says Kaiser.", (1, 1), (1, 1)),
        ("", (0, 0), (0, 0)),
    ],
)
def test_summary(summary: str, numbers: tuple[int, int], entities: tuple[int, int]) -> None:
    inputs: dict[str, Any] = {"predictions": [summary], "references": [ARTICLE]}
    assert tuple(GroundedNumbers().statistics(**inputs)[0]) == numbers
    assert tuple(GroundedEntities().statistics(**inputs)[0]) == entities


def test_coverage() -> None:
    counts = [
        {"sentences": 10, "translated": 9, "split": 2, "cut": 1},
        {"sentences": 10, "translated": 10, "split": 0, "cut": 0},
    ]
    assert Coverage().compute(predictions=counts, references=["a", "b"])["coverage"] == 0.95
