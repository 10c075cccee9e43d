"""What speaks for checking a translated sentence, in words."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.documents import MARKS, REASONS, Finding, TranslatedSegment, Translation

SIGN = "⚠"
"""Stands before every concern, so that it is seen without colour."""

_REASONS_OF_MARKS: dict[str, frozenset[str]] = {
    "cut": frozenset(),
    "loop": frozenset({"repetition"}),
    "lost": frozenset({"number", "link"}),
    "foreign": frozenset(),
    "split": frozenset({"split"}),
}
"""Marks that are concerns, with the reasons that say the same; the other marks are repairs that worked."""
NEEDS_CHECKING = 0.3
"""From this doubt on the reasons for it are concerns: see `toolkit.doubt`, which measures it."""
UNSUPPORTED = "the sentences named do not clearly bear this out"
"""What is wrong with a summary sentence that is not supported."""
_TERM = "a term of the glossary is not as it was wanted"
_KINDS_OF_REASONS: dict[str, frozenset[str]] = {
    "number": frozenset({"number", "date", "time", "currency", "unit"}),
    "negation": frozenset({"negation"}),
    "name": frozenset({"name", "acronym"}),
    "link": frozenset({"link"}),
    "quotation": frozenset({"quotation"}),
}
"""The kinds of finding that each reason stands for."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One reason to check a sentence."""

    code: str
    """A key of `REASONS` or `MARKS`, or "term"."""
    meaning: str
    """What it tells the reader, the same for every sentence."""
    detail: str = ""
    """What it is in this sentence: "German “186”, English “168”"; "" where nothing more is known."""

    @property
    def words(self) -> str:
        """Meaning and detail in one."""
        return f"{self.meaning}: {self.detail}" if self.detail else self.meaning


def concerns_of(segment: TranslatedSegment) -> tuple[Concern, ...]:
    """The concerns about one sentence, the weightiest first; empty where it needs no checking.

    Reasons are concerns where the doubt is high enough or was not estimated; a fact that differs always is one.
    """
    is_doubtful = segment.doubt is None or segment.doubt >= NEEDS_CHECKING
    codes = [code for code in segment.reasons if code in REASONS and (is_doubtful or findings_of(code, segment))]
    codes += [code for code in _KINDS_OF_REASONS if code not in codes and findings_of(code, segment)]
    concerns = [Concern(code, REASONS[code], "; ".join(map(_difference, findings_of(code, segment)))) for code in codes]
    known = {concern.code for concern in concerns}
    concerns += [
        Concern(mark, MARKS[mark])
        for mark in dict.fromkeys(segment.marks)
        if mark in _REASONS_OF_MARKS and not _REASONS_OF_MARKS[mark] & known
    ]
    missed = [f"“{term.source}” as “{term.wanted}”" for term in segment.terms if not term.is_applied]
    if missed:
        concerns.append(Concern("term", _TERM, ", ".join(missed)))
    return tuple(concerns)


def findings_of(code: str, segment: TranslatedSegment) -> tuple[Finding, ...]:
    """The findings that a reason stands for."""
    kinds = _KINDS_OF_REASONS.get(code, frozenset())
    return tuple(finding for finding in segment.findings or () if finding.kind in kinds)


def to_check(translation: Translation) -> tuple[int, ...]:
    """The sentences about which there is a concern, counted from 1."""
    return tuple(number for number, segment in enumerate(translation.segments, start=1) if concerns_of(segment))


def _difference(finding: Finding) -> str:
    if not finding.new:
        return f"“{finding.missing}” is missing"
    if not finding.missing:
        return f"“{finding.new}” is only in the English"
    return f"German “{finding.missing}”, English “{finding.new}”"
