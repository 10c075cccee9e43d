"""Labels: what the model reads for them."""

from __future__ import annotations

import pytest

from toolkit.labels import DEFAULT_LABELS, DESCRIPTIONS, NEWS_FIELDS, aspects, describe, read_labels, shorten


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("sports", "sports: matches, teams, players, championships"),
        ("SPORT", "sports: matches, teams, players, championships"),
        ("chess openings", "chess openings"),
        ("  chess \n openings ", "chess openings"),
        ("Arts & Tech", f"{DESCRIPTIONS['arts']}; {DESCRIPTIONS['tech']}"),
        ("science or technology", f"{DESCRIPTIONS['science']}; {DESCRIPTIONS['technology']}"),
        ("health/education", f"{DESCRIPTIONS['health']}; {DESCRIPTIONS['education']}"),
        ("health and dragons", "health and dragons"),
        ("land", "land"),
        ("{}", "{}"),
        ("a, b", "a, b"),
    ],
)
def test_meanings(name: str, meaning: str) -> None:
    assert describe(name) == meaning
    assert read_labels([name])[0].meaning == meaning


def test_a_known_field_is_several_things_and_any_other_meaning_one() -> None:
    sports = aspects(describe("sport"))
    assert sports[:3] == ("sports", "matches", "teams")
    assert len(sports) == len(set(sports)) > 5
    assert aspects(describe("sport & health")) == (*sports, *aspects(describe("health")))
    for meaning in ("chess", "sports: my own, matches and teams", f"{DESCRIPTIONS['sport']}; dragons", ""):
        assert aspects(meaning) == (meaning,)


def test_every_field_of_news_has_aspects_of_a_few_words() -> None:
    for field in NEWS_FIELDS:
        assert 8 <= len(aspects(field)) <= 12
        assert all(part == part.strip() and 1 <= len(part.split()) <= 5 for part in aspects(field))


def test_the_news_set() -> None:
    labels = read_labels(None)
    assert tuple(label.name for label in labels) == DEFAULT_LABELS
    assert all(label.name in DESCRIPTIONS for label in labels)
    assert len({label.meaning for label in labels}) == len(labels), "no two default labels mean the same"
    assert set(DESCRIPTIONS.values()) == set(NEWS_FIELDS)
    assert all(name == name.casefold() for name in DESCRIPTIONS)


def test_names_are_stripped_and_order_is_kept() -> None:
    labels = read_labels([" b", "a ", "C"])
    assert [label.name for label in labels] == ["b", "a", "C"]


def test_descriptions_of_the_caller() -> None:
    labels = read_labels({"sports": "chess\nand go", "politics": " "})
    assert [label.meaning for label in labels] == ["chess and go", DESCRIPTIONS["politics"]]


def test_long_labels_are_shortened_in_messages() -> None:
    assert len(shorten("x" * 1_000)) < 70
    assert shorten("sports") == "sports"
