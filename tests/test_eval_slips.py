"""Planted errors: one a sentence, of the kind that is named, and the same each time."""

from __future__ import annotations

import difflib
import random

import pytest

from eval import sets, slips


def _planted(kind: str, german: str, english: str) -> set[str | None]:
    return {slips.plant_kind(kind, german, english, random.Random(seed)) for seed in range(200)}


@pytest.mark.parametrize(
    ("kind", "german", "english", "among"),
    [
        ("number", "Es kamen 47 Gäste.", "There were 47 guests.", "There were 74 guests."),
        ("number", "Es kamen drei Gäste.", "There came three guests.", "There came nine guests."),
        ("number", "Das kostet 3 Milliarden.", "It costs 3 billion.", "It costs 3 million."),
        ("date", "Er ging am 3. Mai.", "He left on May 3.", "He left on June 3."),
        ("date", "Er ging am 3. Mai.", "He left on May 3.", "He left on May 4."),
        ("date", "Sie kam am Montag.", "She came on Monday.", "She came on Friday."),
        ("date", "Sie starb 1987.", "She died in 1987.", "She died in 1977."),
        ("time", "Um 19.15 Uhr.", "It starts at 7:15 p.m.", "It starts at 7:15 a.m."),
        ("time", "Um 19.15 Uhr.", "It starts at 7:15 p.m.", "It starts at 9:15 p.m."),
        ("time", "Um neun Uhr.", "It starts at nine o'clock.", "It starts at four o'clock."),
        ("negation", "Er kam nicht.", "He did not come.", "He did come."),
        ("negation", "Er kam nie.", "He never came.", "He came."),
        ("negation", "Er hat kein Geld.", "He has no money.", "He has some money."),
        ("negation", "Er ist da gewesen.", "He has been there.", "He has not been there."),
        ("negation", "Das ist gut.", "That is good.", "That is not good."),
        ("name", "Er wohnt in Wien.", "He lives in Vienna.", "He lives in Milan."),
        ("name", "Er wohnt in Bonn.", "He lives in Bonn.", "He lives in Pohl."),
        ("name", "Er wohnt in Berlin.", "He lives in Berlin.", "He lives in Rome."),
        ("name", "Er ist in Spanien.", "He is in Spain.", "He is in Italy."),
        (
            "omission",
            "Er blieb zu Hause, weil es den ganzen Tag regnete.",
            "He stayed at home because it rained all day.",
            "He stayed at home.",
        ),
        ("roles", "Müller schlug Weber.", "Müller defeated Weber.", "Weber defeated Müller."),
    ],
)
def test_a_slip_of_the_kind(kind: str, german: str, english: str, among: str | None) -> None:
    assert among in _planted(kind, german, english)


@pytest.mark.parametrize(
    ("kind", "german", "english"),
    [
        ("number", "Um 9 Uhr.", "At 9 a.m. sharp."),
        ("number", "Am 3. Mai 1987.", "It was May 3, 1987."),
        ("negation", "Nicht nur er kam.", "It was not only him who came."),
        ("negation", "Kaum einer kam.", "Hardly anyone was interested."),
        ("name", "Am Montag.", "They met on Monday."),
        ("name", "Die Zeitung.", "They read the Gazette."),
        ("omission", "Er kam.", "He came, but late."),
        ("roles", "Müller und Weber kamen.", "Müller and Weber came."),
        ("roles", "Es regnet.", "It rains."),
    ],
)
def test_no_place_for_the_kind(kind: str, german: str, english: str) -> None:
    assert _planted(kind, german, english) == {None}


def test_nothing_to_plant() -> None:
    assert slips.plant("Hallo!", "Hello!", random.Random(1)) is None
    assert slips.plant("", "", random.Random(1)) is None


def test_slips_in_our_sentences_are_reproducible_and_small() -> None:
    pairs = [(example.source, example.translations[0]) for example in sets.sentences().examples]
    rounds = []
    for _ in range(2):
        rng = random.Random(7)
        rounds.append([slips.plant(*pair, rng) for pair in pairs])
    assert rounds[0] == rounds[1]
    found = [(english, slip) for (_, english), slip in zip(pairs, rounds[0], strict=True) if slip is not None]
    assert len(found) > 0.85 * len(pairs)
    assert {kind for _, (_, kind) in found} == set(slips.KINDS)
    for english, (slip, kind) in found:
        assert slip != english
        if kind not in {"omission", "roles"}:
            blocks = difflib.SequenceMatcher(None, english.split(), slip.split(), autojunk=False).get_opcodes()
            assert sum(tag != "equal" for tag, *_ in blocks) == 1, (english, slip)
