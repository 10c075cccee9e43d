"""News leads as whole sentences; texts no recipe learns from."""

import json
from pathlib import Path

import pytest

from models.recipes import leads
from models.recipes.corpora import key


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        ("The sun shone all day. It was the fourth day of the fair … [+99 chars]", ["The sun shone all day."]),
        ("LONDON (Reuters) - The bank cut its rate on Monday.", ["The bank cut its rate on Monday."]),
        ("New Delhi: The bank cut its rate on Monday.", ["The bank cut its rate on Monday."]),
        (
            "Mr. Smith met Gov. Lee in the U.S. on Monday. They spoke.",
            ["Mr. Smith met Gov. Lee in the U.S. on Monday."],
        ),
        (
            "The vote was close last night.The mayor won it by two.",
            ["The vote was close last night.", "The mayor won it by two."],
        ),
        ("The vote was close last night. The vote last night was close.", ["The vote was close last night."]),
        (
            "Anna Berg has halted production due to mounting costsThe mayor won the vote by two.",
            ["The mayor won the vote by two."],
        ),
        ("Sign up for our newsletter to read more about it.", []),
        ("", []),
    ],
)
def test_sentences_of_a_lead(lead: str, expected: list[str]) -> None:
    assert leads.sentences_of(lead) == expected


def test_every_sentence_of_a_development_set_is_held_out(tmp_path: Path) -> None:
    folder = tmp_path / "dev" / "summarization"
    folder.mkdir(parents=True)
    row = {"document": "The mayor of Gera has resigned after a dispute. It rained in Gera all day.", "summary": "x"}
    (folder / "held.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    found = leads.held_out(tmp_path)
    assert {key("The mayor of Gera has resigned after a dispute."), key("It rained in Gera all day.")} <= found
