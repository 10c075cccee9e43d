"""The memory of translations: everything known of a segment comes back from memory and from the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.documents import Finding, Segment, TermUse, TranslatedSegment
from toolkit.memory import TranslationMemory

SOURCE = "Der Bundesrat kam nicht."


@pytest.mark.parametrize(
    "segment",
    [
        TranslatedSegment(Segment(SOURCE, 0, len(SOURCE), 0), "The Bundesrat came.", -0.5),
        TranslatedSegment(
            Segment(SOURCE, 0, len(SOURCE), 0),
            "The Bundesrat came.",
            -0.25,
            marks=("retried", "split"),
            doubt=0.75,
            reasons=("negation", "split"),
            findings=(Finding("negation", 18, 23, "nicht", ""),),
            terms=(TermUse("Bundesrat", "Federal Council", is_applied=False),),
        ),
        TranslatedSegment(Segment(SOURCE, 0, len(SOURCE), 0), SOURCE, None, ("copied",), findings=()),
    ],
)
def test_every_field_comes_back(segment: TranslatedSegment, tmp_path: Path) -> None:
    memory = TranslationMemory(path=tmp_path / "known.sqlite")
    memory.keep("model", {SOURCE: segment})
    assert memory.find("model", [SOURCE]) == {SOURCE: segment}
    assert memory.find("another model", [SOURCE]) == {}
    assert TranslationMemory(path=tmp_path / "known.sqlite").find("model", [SOURCE]) == {SOURCE: segment}
