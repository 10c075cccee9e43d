"""Units of a text and edits of them: spaces, capitals, quotes and endings come out as they should."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies

from toolkit.edits import KEEP, LEAVE_OUT, Edit, Unit, apply, changed, units


def _kept(source: tuple[Unit, ...]) -> Edit:
    return Edit((KEEP,) * len(source), ("",) * (len(source) + 1))


def _without(text: str, *dropped: str, **inserted: str) -> str:
    """The text without some units; `before_N` and `at_end` put words in."""
    source = units(text)
    missing = set(dropped) - {unit.text for unit in source}
    assert not missing
    actions = tuple(LEAVE_OUT if unit.text in dropped else KEEP for unit in source)
    words = [inserted.get(f"before_{i}", "") for i in range(len(source))]
    return apply(Edit(actions, (*words, inserted.get("at_end", ""))), source)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        (" \n ", []),
        ("The council voted 31 to 22.", ["The", "council", "voted", "31", "to", "22", "."]),
        ("Lindenau's old town, today", ["Lindenau", "'s", "old", "town", ",", "today"]),
        ("the mayor’s plan", ["the", "mayor", "’s", "plan"]),
        ("the traders' plan", ["the", "traders", "'", "plan"]),
        ("They don't fear it", ["They", "don't", "fear", "it"]),
        ("a well-known U.S. firm", ["a", "well-known", "U.S.", "firm"]),
        ("3,000 euros at 19:15 on 5/6", ["3,000", "euros", "at", "19:15", "on", "5/6"]),
        ('("Yes")', ["(", '"', "Yes", '"', ")"]),
        ("a_b 😀", ["a", "_", "b", "😀"]),
        ("die Brücke", ["die", "Brücke"]),
    ],
)
def test_units(text: str, parts: list[str]) -> None:
    assert [unit.text for unit in units(text)] == parts


def test_units_know_what_stands_before_them() -> None:
    found = units('"The mayor\'s  plan," she said: it works')
    assert [unit.text for unit in found if not unit.is_spaced] == ["The", "'s", ",", '"', ":"]
    assert [unit.text for unit in found if unit.is_first] == ['"', "The", "she", "it"]
    assert found[0] == Unit('"', is_spaced=True, is_first=True)


@pytest.mark.parametrize(
    ("text", "dropped", "word", "left"),
    [
        ("The owner spoke.", ["The"], "a", "An owner spoke."),
        ("The unknown cantata", ["The"], "a", "An unknown cantata"),
        ("The university met.", ["The"], "an", "A university met."),
        ("The unit, the European one-man firm", ["The", "unit", ",", "the"], "an", "A European one-man firm"),
        ("The one-man firm", ["The"], "an", "A one-man firm"),
        ("The hour came.", ["The"], "a", "An hour came."),
        ("The house fell.", ["The"], "a", "A house fell."),
        ("The 18-year-old spoke.", ["The"], "a", "An 18-year-old spoke."),
        ("The 11,000 euros", ["The"], "a", "An 11,000 euros"),
        ("The 180 euros", ["The"], "an", "A 180 euros"),
        ("The 800 euros", ["The"], "a", "An 800 euros"),
        ("The SPD politician", ["The"], "a", "An SPD politician"),
        ("The US firm", ["The"], "an", "A US firm"),
        ("The NATO summit", ["The"], "an", "A NATO summit"),
        ("The (old) owner", ["The"], "a", "A (old) owner"),
        ("Theirs is a new owner.", ["new"], "", "Theirs is an owner."),
        ("Theirs is an old house.", ["old"], "", "Theirs is a house."),
        ('It was "a new owner".', ["new"], "", 'It was "an owner".'),
        ("He met a eagle.", [], "", "He met a eagle."),  # as the source has it
        ("Vitamina new owner", ["new"], "", "Vitamina owner"),
    ],
)
def test_the_indefinite_article_goes_with_the_word_after_it(
    text: str, dropped: list[str], word: str, left: str
) -> None:
    assert _without(text, *dropped, **{f"before_{len(dropped)}": word if word else ""}) == left


@pytest.mark.parametrize(
    "text",
    [
        "Lindenau's council voted 31 to 22, the mayor said.",
        'The mayor said "it is safe" (and old) on Monday.',
        "The mayor said “it is safe” – at last.",
        "A U.S. firm's well-known plan costs $3,000 (€2,700).",
    ],
)
def test_a_text_that_is_kept_stays_as_it_is(text: str) -> None:
    assert apply(_kept(units(text)), units(text)) == text


@hypothesis.given(strategies.text(alphabet="abTéI 's’.,:;-–\"“”()[]!?%&/0123_\n", max_size=80))
def test_keeping_everything_gives_the_words_back(text: str) -> None:
    source = units(text)
    kept = apply(_kept(source), source)
    assert "".join(kept.split()).casefold() == "".join(text.split()).casefold()
    assert [unit.text.casefold() for unit in units(kept)] == [unit.text.casefold() for unit in source]
    assert "  " not in kept
    assert kept == kept.strip()


@hypothesis.given(strategies.text(alphabet="abThe I's.,:\"“”() 1", max_size=60), strategies.data())
def test_every_edit_can_be_applied(text: str, data: strategies.DataObject) -> None:
    source = units(text)
    actions = strategies.sampled_from([KEEP, LEAVE_OUT, "-+s", "-s+", "-'s+", "-ed+ing"])
    words = strategies.sampled_from(["", "", "the", ", and", "'s", "."])
    edit = Edit(
        tuple(data.draw(actions) for _ in source),
        tuple(data.draw(words) for _ in range(len(source) + 1)),
    )
    made = apply(edit, source)
    assert made == made.strip()
    if set(edit.actions) <= {LEAVE_OUT} and not edit.inserted[-1]:
        assert made == ""


def test_what_is_left_out_leaves_no_gap() -> None:
    assert _without("The old bridge, built in 1912, is shut.", ",", "built", "in", "1912") == "The old bridge is shut."
    assert _without("The bridge (in Jena) is shut.", "(", "in", "Jena", ")") == "The bridge is shut."
    assert _without("The mayor of Jena's plan fails.", "of", "Jena") == "The mayor's plan fails."
    # Words that a sign joined stand apart without it.
    assert _without("The Berlin–Jena line is shut.", "–") == "The Berlin Jena line is shut."
    assert _without("The bridge is shut.", *("The", "bridge", "is", "shut", ".")) == ""


def test_the_start_gets_a_capital_and_a_later_start_loses_it() -> None:
    assert _without("On Monday the bridge was shut.", "On", "Monday") == "The bridge was shut."
    before, sentence = units("The mayor resigned."), units("The council had urged it.")
    source = before + sentence
    actions = (KEEP, KEEP, KEEP, LEAVE_OUT, *(KEEP,) * len(sentence))
    inserted = ["", "", "", "", "after", *("",) * len(sentence)]
    assert apply(Edit(actions, tuple(inserted)), source) == "The mayor resigned after the council had urged it."
    # A name keeps its capital, and so do "I" and acronyms.
    for start in ("Jena", "I", "US", "WHO", "May"):
        source = before + units(f"{start} had urged it.")
        actions = (KEEP, KEEP, KEEP, LEAVE_OUT, *(KEEP,) * 5)
        assert apply(Edit(actions, ("",) * 10), source) == f"The mayor resigned {start} had urged it."


def test_quotes_stand_close_round_what_is_kept() -> None:
    text = 'He said "the old bridge is safe" on Monday.'
    assert _without(text, "the", "old") == 'He said "bridge is safe" on Monday.'
    assert _without(text, "on", "Monday") == 'He said "the old bridge is safe".'
    assert _without(text, '"') == "He said the old bridge is safe on Monday."
    assert _without(text.replace('"the', "“the").replace('e"', "e”"), "the", "old") == (
        "He said “bridge is safe” on Monday."
    )


def test_a_word_put_in_after_an_opening_quote_stands_close() -> None:
    assert _without('He said "bridge is safe" on Monday.', before_3="the") == 'He said "the bridge is safe" on Monday.'


def test_marks_alone_are_read_in_no_time() -> None:
    assert len(units("! " * 50_000)) == 50_000


def test_words_put_in_stand_apart_and_marks_close() -> None:
    text = "The bridge in Jena shut on Monday"
    assert _without(text, before_3="of", before_4="is") == "The bridge in of Jena is shut on Monday"
    assert _without(text, "in", "Jena", before_4=", is") == "The bridge, is shut on Monday"
    assert _without(text, "in", before_3="'s", at_end=".") == "The bridge's Jena shut on Monday."
    assert _without(text, "The", "bridge", "in", before_3="the") == "The Jena shut on Monday"


@pytest.mark.parametrize(
    ("word", "action", "found"),
    [
        ("closing", "-ing+es", "closes"),
        ("vote", "-+s", "votes"),
        ("votes", "-s+", "vote"),
        ("co-op", "--op+", "co"),
        # No such ending, or nothing else.
        ("close", "-ing+es", "close"),
        ("s", "-s+", "s"),
    ],
)
def test_endings_are_changed(word: str, action: str, found: str) -> None:
    assert changed(word, action) == found


def test_a_changed_word_stands_where_the_other_did() -> None:
    source = units("The council is closing the bridge.")
    actions = (KEEP, KEEP, LEAVE_OUT, "-ing+es", KEEP, KEEP, KEEP)
    assert apply(Edit(actions, ("",) * 8), source) == "The council closes the bridge."
