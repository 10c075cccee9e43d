"""How likely what was written is fine: each figure on its own, and the shipped weights on clear cases."""

from __future__ import annotations

import math

import pytest

from toolkit import wording

COUNCIL = "The town council of Lindenau wants to close the old town to cars from next spring."
TRADERS = "Traders in the market square fear that they will lose customers to the shopping centre."


def test_a_copy_has_no_joint() -> None:
    found = wording.figures(COUNCIL, [COUNCIL, TRADERS], -3.0)
    assert found == {"log-probability": -3.0, "joints": 0.0, "of one sentence": 1.0, "begins alike": 1.0}


def test_a_clause_left_out_makes_one_joint_of_two_triples() -> None:
    text = "The town council of Lindenau wants to close the old town from next spring."
    found = wording.figures(text, [COUNCIL], -3.0)
    assert found["joints"] == pytest.approx(math.log1p(2))
    assert (found["of one sentence"], found["begins alike"]) == (1.0, 1.0)


def test_halves_of_two_sentences_stand_in_neither() -> None:
    text = "Traders in the market square want to close the old town to cars."
    found = wording.figures(text, [COUNCIL, TRADERS], -3.0)
    assert found["of one sentence"] < 0.75
    assert found["begins alike"] == 1.0
    assert wording.figures("Next spring" + text[7:], [COUNCIL, TRADERS], -3.0)["begins alike"] == 0.0


def test_capitals_do_not_matter() -> None:
    assert wording.figures(COUNCIL.upper(), [COUNCIL], -1.0) == wording.figures(COUNCIL, [COUNCIL], -1.0)


@pytest.mark.parametrize(("sentence", "evidence"), [("", [COUNCIL]), ("…", [COUNCIL]), (COUNCIL, []), (COUNCIL, [" "])])
def test_without_a_word_or_evidence_nothing_is_fine(sentence: str, evidence: list[str]) -> None:
    assert wording.figures(sentence, evidence, -1.0) == {}
    assert wording.fineness(sentence, evidence, -1.0) == 0.0


def test_shipped_weights_prefer_a_shortened_sentence_to_joined_halves() -> None:
    shortened = "The town council of Lindenau wants to close the old town to cars."
    joined = "Traders in the market square want to close the old town to customers."
    evidence = [COUNCIL, TRADERS]
    fine, tangled = (wording.fineness(text, evidence, -6.0) for text in (shortened, joined))
    assert 0.0 < tangled < 0.5 < fine < 1.0


def test_certainty_speaks_for_a_sentence() -> None:
    text = "The council of Lindenau closes the old town to cars."
    assert wording.fineness(text, [COUNCIL], -4.0) > wording.fineness(text, [COUNCIL], -12.0)
