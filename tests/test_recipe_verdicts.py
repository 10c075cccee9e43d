"""Judged texts: the files are whole, read alike, and divided by their source."""

import pytest

from models.recipes import verdicts
from models.recipes.edits import TASKS
from models.recipes.verdicts import Judged


@pytest.mark.parametrize(
    ("name", "count"),
    [("edited.jsonl", 1600), ("headlines.jsonl", 1900), ("written.jsonl", 3000), ("openings.jsonl", 2000)],
)
def test_every_file_has_texts_with_verdicts_and_evidence(name: str, count: int) -> None:
    rows = list(verdicts.read(name))
    assert len(rows) > count
    assert {row.verdict for row in rows} <= set(verdicts.VERDICTS)
    assert {"fine", "broken", "untrue"} <= {row.verdict for row in rows}
    assert all(row.evidence and row.text and row.log_prob <= 0 for row in rows)
    assert {row.task for row in rows} <= set(TASKS)


def test_what_the_shipped_weights_are_fitted_to_is_not_learned_from() -> None:
    assert verdicts.SHIPPED not in verdicts.LEARNED
    asked = {text for row in verdicts.read(verdicts.SHIPPED) for text in row.evidence}
    learned = list(verdicts.learned())
    assert len(learned) > 8000
    assert {row.task for row in learned} == set(TASKS)
    assert not asked & {text for row in learned for text in row.evidence}
    assert {path.name for path in verdicts.FOLDER.glob("*.jsonl")} == {*verdicts.LEARNED, verdicts.SHIPPED}


def test_texts_of_one_source_stay_together() -> None:
    rows = [
        Judged(
            (f"Sentence {i % 40} of a story.",), f"Text {i}.", "sentence", "fine", is_translated=False, log_prob=-1.0
        )
        for i in range(120)
    ]
    learned, held_out = verdicts.parts(rows)
    assert held_out
    assert len(learned) + len(held_out) == 120
    assert not {row.evidence for row in learned} & {row.evidence for row in held_out}


def test_the_source_is_all_of_the_evidence() -> None:
    row = Judged(("It rained.", "He left."), "He left.", "sentence", "untrue", is_translated=False, log_prob=0.0)
    assert [unit.text for unit in row.source] == ["It", "rained", ".", "He", "left", "."]
    assert [unit.text for unit in row.units] == ["He", "left", "."]
    assert not row.is_fine
