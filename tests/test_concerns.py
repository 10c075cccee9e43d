"""Which sentences need checking, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import samples
from toolkit import concerns, exports, records, terminal
from toolkit.documents import REASONS, Finding, TermUse, TranslatedSegment
from toolkit.ui import signs

PLAIN = samples.TRANSLATION.segments[0]
FINDING = Finding("date", 0, 3, "Der", "The")


@pytest.mark.parametrize(
    ("segment", "codes"),
    [
        (PLAIN, []),
        (replace(PLAIN, doubt=0.1, reasons=("long", "unsure")), []),
        (replace(PLAIN, doubt=concerns.NEEDS_CHECKING, reasons=("long", "unsure")), ["long", "unsure"]),
        (replace(PLAIN, reasons=("long",)), ["long"]),
        (replace(PLAIN, doubt=0.1, reasons=("long", "number"), findings=(FINDING,)), ["number"]),
        (replace(PLAIN, doubt=0.1, findings=(FINDING,)), ["number"]),
        (replace(PLAIN, doubt=0.1, marks=("cut", "restored")), ["cut"]),
        (replace(PLAIN, doubt=0.9, reasons=("repetition",), marks=("loop",)), ["repetition"]),
        (replace(PLAIN, doubt=0.1, terms=(TermUse("Rat", "board", is_applied=False),)), ["term"]),
        (replace(PLAIN, doubt=0.1, terms=(TermUse("Rat", "council", is_applied=True),)), []),
    ],
)
def test_concerns(segment: TranslatedSegment, codes: list[str]) -> None:
    assert [concern.code for concern in concerns.concerns_of(segment)] == codes
    translation = replace(samples.TRANSLATION, segments=(PLAIN, segment))
    assert concerns.to_check(translation) == ((2,) if codes else ())


def test_details() -> None:
    (concern,) = concerns.concerns_of(replace(PLAIN, findings=(FINDING, replace(FINDING, new=""))))
    assert concern.words.endswith("German “Der”, English “The”; “Der” is missing")


@pytest.mark.parametrize("threshold", [0.2, 0.6])
def test_everything_shown_follows_one_threshold(threshold: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concerns, "NEEDS_CHECKING", threshold)
    segment = replace(PLAIN, doubt=0.4, reasons=("unsure",))
    translation = replace(samples.TRANSLATION, segments=(segment,))
    digest = replace(samples.digest("Ende.", "End."), translation=translation)
    is_shown = threshold < 0.4
    assert bool(concerns.to_check(translation)) == is_shown
    assert bool(signs.signs_of(segment)) == is_shown
    assert (terminal.check_note(translation) is not None) == is_shown
    assert (REASONS["unsure"] in exports.export(digest, ".md", exports.Provenance()).decode()) == is_shown
    assert bool(records.check_records(translation)) == is_shown
