"""What a model made of a sentence: read as a sentence or a headline, or refused."""

import pytest

from toolkit.rewriting import as_headline, as_sentence

SOURCE = (
    'The council of Jena voted 31 to 22 on Monday to close the old bridge to cars, and the mayor said: "It is safe to '
    'walk on." Her deputy, Paul Winter, had warned the council of the costs in May.'
)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("The council voted to close the old bridge.", "The council voted to close the old bridge."),
        ("the council of Jena closed the old bridge", "The council of Jena closed the old bridge."),
        (", the council voted on the old bridge.", "The council voted on the old bridge."),
        ("  The  council voted on the old\nbridge. ", "The council voted on the old bridge."),
    ],
)
def test_sentences(text: str, read: str) -> None:
    assert as_sentence(text, SOURCE) == read


def test_an_abbreviation_at_the_end_has_one_full_stop() -> None:
    source = "The council of Jena met on Monday at 4.20 p.m. in the town hall."
    assert as_sentence("The council met at 4.20 p.m..", source) == "The council met at 4.20 p.m."


def test_headlines_have_no_full_stop() -> None:
    assert as_headline("Council of Jena closes old bridge to cars.", SOURCE) == (
        "Council of Jena closes old bridge to cars"
    )


def test_a_sentence_is_no_longer_than_its_source() -> None:
    assert as_sentence("Rain fell on Jena", "Rain fell on Jena") is None


@pytest.mark.parametrize(
    "text",
    [
        "The council of Berlin voted to close the bridge.",
        "The council voted 31 to 23 to close the bridge.",
        "The council voted to close the",
        'The mayor said: "It is safe.',
        "The council voted to close the, and the mayor said it is safe.",
        "The council voted on Monday,, the mayor said it is safe.",
        "The council voted on Monday) to close the old bridge.",
        "The council, which voted on Monday.",
        "Quantum physicists explain gravity waves here.",
        "Closed.",
        "bridge bridge bridge bridge bridge bridge",
        "",
    ],
)
def test_what_is_unsound_is_refused(text: str) -> None:
    assert as_sentence(text, SOURCE) is None
    assert as_headline(text, SOURCE) is None
