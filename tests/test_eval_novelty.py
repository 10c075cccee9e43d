"""How much of a summary or a headline is the article's own words."""

import pytest

from eval.novelty import CopiedSentences

ARTICLE = "The council of Jena met on\nMonday. It closed the old bridge to cars, the mayor said."


@pytest.mark.parametrize(
    ("text", "copied", "sentences"),
    [
        ("The council of Jena met on Monday.", 1, 1),
        ("The council of Jena met on Monday", 1, 1),
        ("It closed the old bridge. The council met on Monday.", 1, 2),
        ("The council met. It closed the bridge.", 0, 2),
        ("It closed the old bridge to cars", 1, 1),
        ("The old bridge is closed", 0, 1),
    ],
)
def test_words_that_stand_one_after_the_other_are_copied(text: str, copied: int, sentences: int) -> None:
    assert CopiedSentences().row(text, ARTICLE, "") == (copied, sentences)
