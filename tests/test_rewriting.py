"""What a model wrote of a passage: read as a sentence or a headline, or refused."""

import pytest

from toolkit.engines import Generation
from toolkit.rewriting import as_headline, as_sentence

SOURCE = (
    'The council of Jena voted 31 to 22 on Monday to close the old bridge to cars, and the mayor said: "It is safe to '
    'walk on." Her deputy, Paul Winter, had warned the council of the costs in May.'
)


def _output(text: str, *, log_prob: float = -0.2, cut: bool = False) -> Generation:
    return Generation(text, log_prob, len(text.split()), cut)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("The council voted to close the old bridge.", "The council voted to close the old bridge."),
        ("the council of jena closed the old bridge", "The council of Jena closed the old bridge."),
        ("The council voted 31 to 22. The mayor said it is safe.", "The council voted 31 to 22."),
        ("  The  council voted on the old\nbridge. ", "The council voted on the old bridge."),
    ],
)
def test_sentences(text: str, read: str) -> None:
    assert as_sentence(_output(text), SOURCE) == read


def test_headlines_have_no_full_stop() -> None:
    assert as_headline(_output("Council of Jena closes old bridge to cars."), SOURCE) == (
        "Council of Jena closes old bridge to cars"
    )


@pytest.mark.parametrize(
    "text",
    [
        "The council of Berlin voted to close the bridge.",
        "The council voted 31 to 23 to close the bridge.",
        "The council voted to close the",
        'The mayor said: "It is safe.',
        "The council, which voted on Monday.",
        "Quantum physicists explain gravity waves here.",
        "Closed.",
        "bridge bridge bridge bridge bridge bridge",
        "",
    ],
)
def test_what_is_unsound_is_refused(text: str) -> None:
    assert as_sentence(_output(text), SOURCE) is None
    assert as_headline(_output(text), SOURCE) is None


def test_what_the_model_was_unsure_of_or_did_not_end_is_refused() -> None:
    text = "The council voted to close the old bridge."
    assert as_sentence(_output(text, log_prob=-3.0), SOURCE) is None
    assert as_sentence(_output(text, cut=True), SOURCE) is None
