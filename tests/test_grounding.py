"""Words, names and numbers of a sentence in its evidence."""

import pytest

from toolkit import grounding


@pytest.mark.parametrize(
    ("one", "other"),
    [("announces", "announced"), ("plans", "planning"), ("Germany's", "Germany"), ("U.S.", "US"), ("cities", "city")],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert grounding.stem(one) == grounding.stem(other)


@pytest.mark.parametrize(("one", "other"), [("Iran", "Iraq"), ("north", "south"), ("2021", "2022"), ("bank", "band")])
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert grounding.stem(one) != grounding.stem(other)


@pytest.mark.parametrize(
    ("sentence", "evidence", "missing"),
    [
        ("Merkel met Macron.", "Angela Merkel met Emmanuel Macron in Paris.", ()),
        ("Merkel met Putin.", "Angela Merkel met Emmanuel Macron in Paris.", ("Putin",)),
        ("Putin met Macron.", "Angela Merkel met Emmanuel Macron in Paris.", ("Putin",)),
        ("The firm has 1,200 workers.", "It employs 1200 people.", ()),
        ("The firm has 1,300 workers.", "It employs 1200 people.", ("1,300",)),
        ("Five people died.", "Police said 5 were dead.", ()),
        ("Seven people died.", "Police said 5 were dead: people died.", ("Seven",)),
        ("The UN agreed.", "The United Nations agreed.", ()),
        ("The growth was 3.5 per cent.", "Growth was 5 per cent.", ("3.5",)),
        ("French-German talks failed.", "Talks between German and French ministers failed.", ()),
    ],
)
def test_ungrounded(sentence: str, evidence: str, missing: tuple[str, ...]) -> None:
    found = grounding.ungrounded(sentence, evidence)
    assert tuple(word for word in found if word in missing) == missing
    if not missing:
        assert found == ()


@pytest.mark.parametrize(
    ("sentence", "evidence", "share"),
    [
        ("The dog barks.", "Two dogs barked.", 1.0),
        ("The dog sleeps.", "Two dogs barked.", 0.5),
        ("Cats purr.", "Two dogs barked.", 0.0),
        ("Cats purr.", "", 0.0),
        ("It is of the.", "Anything.", None),
        ("", "Anything.", None),
    ],
)
def test_support(sentence: str, evidence: str, share: float | None) -> None:
    assert grounding.support(sentence, evidence) == share
