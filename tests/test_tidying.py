"""Tidying: what a page put into a text goes and is listed, what somebody wrote stays."""

from __future__ import annotations

from toolkit.tidying import Change, tidy


def test_every_change_is_listed() -> None:
    tidied = tidy("Rat stimmt zu\nVon Anna Muster\nTeilen\n\n\n\nDie Bundes-\nregierung hat zugestimmt.\n")
    assert tidied.text == "Rat stimmt zu\n\nDie Bundesregierung hat zugestimmt.\n"
    assert tidied.changes == (
        Change(kind="notice", count=1, removed=("Teilen",)),
        Change(kind="byline", count=1, removed=("Von Anna Muster",)),
        Change(kind="word", count=1, removed=("Bundesregierung",)),
    )
    assert [change.words for change in tidied.changes][1:] == [
        "1 by-line or agency name removed",
        "1 word joined that a line break had divided",
    ]
