"""How likely a text is fine: each figure on its own, and the shipped weights on clear cases."""

from __future__ import annotations

import math

import pytest

from toolkit import wording

COUNCIL = "The town council of Lindenau wants to close the old town to cars from next spring."
TRADERS = "Traders in the market square fear that they will lose customers to the shopping centre."


def _figures(text: str, evidence: list[str], log_prob: float = -3.0, judged: float = 0.5) -> dict[str, float]:
    return wording.figures(text, evidence, log_prob=log_prob, judged=judged)


def test_a_copy_has_no_joint() -> None:
    assert _figures(COUNCIL, [TRADERS, COUNCIL]) == {
        "judged": 0.5,
        "log-probability": -3.0,
        "log-probability a word": pytest.approx(-3.0 / 17),
        "joints": 0.0,
        "share": 1.0,
        "words": pytest.approx(math.log(17)),
        "of main sentence": 1.0,
        "begins alike": 1.0,
        "ends alike": 1.0,
    }


def test_a_clause_left_out_makes_one_joint_of_two_triples() -> None:
    found = _figures("The town council of Lindenau wants to close the old town from next spring.", [COUNCIL])
    assert found["joints"] == pytest.approx(math.log1p(2))
    assert (found["of main sentence"], found["begins alike"], found["ends alike"]) == (1.0, 1.0, 1.0)
    assert found["share"] == pytest.approx(15 / 17)


def test_halves_of_two_sentences_stand_in_neither() -> None:
    text = "Traders in the market square want to close the old town to cars."
    found = _figures(text, [TRADERS, COUNCIL])
    assert found["of main sentence"] < 0.75
    assert (found["begins alike"], found["ends alike"]) == (1.0, 0.0)
    assert _figures("Next spring" + text[7:], [TRADERS, COUNCIL])["begins alike"] == 0.0


def test_capitals_do_not_matter() -> None:
    assert _figures(COUNCIL.upper(), [COUNCIL]) == _figures(COUNCIL, [COUNCIL])


@pytest.mark.parametrize(("text", "evidence"), [("", [COUNCIL]), ("…", [COUNCIL]), (COUNCIL, []), (COUNCIL, [" "])])
@pytest.mark.parametrize("task", ["sentence", "headline"])
def test_without_a_word_or_evidence_nothing_is_fine(task: str, text: str, evidence: list[str]) -> None:
    assert _figures(text, evidence) == {}
    assert wording.fineness(task, text, evidence, log_prob=-1.0, judged=5.0) == 0.0


@pytest.mark.parametrize("task", ["sentence", "headline"])
def test_judge_and_certainty_speak_for_a_text(task: str) -> None:
    text = "The council of Lindenau closes the old town to cars."

    def chance(log_prob: float, judged: float) -> float:
        return wording.fineness(task, text, [COUNCIL], log_prob=log_prob, judged=judged)

    assert 0.0 < chance(-12.0, 1.0) < chance(-4.0, 1.0) < 1.0
    assert chance(-4.0, -2.0) < 0.5 < chance(-2.0, 4.0)
