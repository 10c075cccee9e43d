"""Repetition loops."""

import pytest

from toolkit import repetition


@pytest.mark.parametrize(
    ("source", "translation", "looping"),
    [
        ("Der Minister sprach.", "The minister spoke.", False),
        ("Der Minister sprach.", "The minister the minister the minister", True),
        ("Er lief und lief.", "He ran and ran and ran and ran.", True),
        ("Er lief und lief und lief und lief.", "He ran and ran and ran and ran.", False),
        ("sehr sehr gut", "very very very good", False),
        ("ja", "yes yes yes yes", True),
        ("ja ja ja ja", "yes yes yes yes", False),
        ("Nein!", " ".join(f"word{i}" for i in range(40)), True),
        ("Ha", "ha" * 30, True),
        ("Hahahahahahahahaha", "Hahahahahahahahaha", False),
        ("", "", False),
    ],
)
def test_is_looping(source: str, translation: str, looping: bool) -> None:
    assert repetition.is_looping(source, translation) is looping


def test_longest_run_counts_words() -> None:
    assert repetition.longest_run("a b a b a b") == 6
    assert repetition.longest_run("a b a b") == 0
