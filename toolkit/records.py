"""The values of the chain as JSON records, format 1. What was not computed is null."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict

from toolkit import concerns
from toolkit.documents import Coverage, Digest, Document, Summary, Topics, TranslatedSegment, Translation

if TYPE_CHECKING:
    from toolkit.store import Model, Preset

FORMAT = 1
"""Raised whenever a field changes its meaning or goes away; new fields alone do not raise it."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class FindingRecord(TypedDict):
    """A fact that differs; `start` and `end` are characters of the sentence as it was read (see `Segment.text`)."""

    kind: str
    start: int
    end: int
    missing: str
    new: str


class TermRecord(TypedDict):
    """A term of the glossary in a segment."""

    source: str
    wanted: str
    applied: bool


class SegmentRecord(TypedDict):
    """One segment; `source` is the exact source text between the character offsets `start` and `end`."""

    source: str
    start: int
    end: int
    translation: str | None
    log_prob: float | None
    marks: list[str] | None
    doubt: float | None
    reasons: list[str] | None
    findings: list[FindingRecord] | None
    terms: list[TermRecord] | None


class CheckRecord(TypedDict):
    """A sentence to check: `sentence` is its index in `segments`, counted from 0."""

    sentence: int
    source: str
    translation: str
    doubt: float | None
    reasons: list[str]
    findings: list[FindingRecord] | None
    terms: list[TermRecord]


class SummarySentenceRecord(TypedDict):
    """One sentence of the summary; `evidence` holds indices into `segments`, counted from 0."""

    text: str
    evidence: list[int]
    support: float | None
    supported: bool | None


class SummaryRecord(TypedDict):
    """The summary; an empty headline and no sentences for an empty text."""

    headline: str
    sentences: list[SummarySentenceRecord]


class TopicRecord(TypedDict):
    """One label."""

    label: str
    score: float


class CoverageRecord(TypedDict):
    """How many sentences there were and what became of them."""

    sentences: int
    translated: int
    split: int
    cut: int


class ModelRecord(TypedDict):
    """The model and engine that really ran; `checksum` is null where nobody looked it up."""

    name: str
    engine: str
    checksum: str | None


class ModelsRecord(TypedDict):
    """The three models; null for a step that did not run."""

    translator: ModelRecord | None
    summarizer: ModelRecord | None
    topics: ModelRecord | None


class Record(TypedDict):
    """One input and all that was made of it."""

    format: int
    id: str | None
    language: str | None
    segments: list[SegmentRecord] | None
    translation: str | None
    summary: SummaryRecord | None
    topics: list[TopicRecord] | None
    none_of_these: bool | None
    coverage: CoverageRecord | None
    models: ModelsRecord


class FailedRecord(Record):
    """Keeps the place of an input that failed: everything null but its `id`, and the reason."""

    error: str


class AvailableRecord(TypedDict):
    """One model that can be named; `folder` and `checksum` are null for a preset, `hub` for all others."""

    name: str
    task: str
    origin: str
    architecture: str
    parameters: int | None
    licence: str
    folder: str | None
    hub: str | None
    checksum: str | None


def record(
    document: Document,
    *,
    translation: Translation | None = None,
    summary: Summary | None = None,
    topics: Topics | None = None,
    checksums: Mapping[str, str] | None = None,
) -> Record:
    """The record of one document and the steps that ran; `checksums` maps model names to theirs."""
    known = checksums or {}
    return Record(
        format=FORMAT,
        id=document.id,
        language=document.language,
        segments=_segments(document, translation),
        translation=None if translation is None else translation.text,
        summary=None if summary is None else _summary(summary),
        topics=None if topics is None else [TopicRecord(label=s.label, score=s.score) for s in topics.scores],
        none_of_these=None if topics is None else topics.none_of_these,
        coverage=None if translation is None else _coverage(translation.coverage),
        models=ModelsRecord(
            translator=_model(translation, known), summarizer=_model(summary, known), topics=_model(topics, known)
        ),
    )


def digest_record(digest: Digest, *, checksums: Mapping[str, str] | None = None) -> Record:
    """The record of a digest."""
    return record(
        digest.document,
        translation=digest.translation,
        summary=digest.summary,
        topics=digest.topics,
        checksums=checksums,
    )


def check_records(translation: Translation) -> list[CheckRecord]:
    """The records of the sentences to check, in order; empty where there is no concern."""
    records = []
    for number in concerns.to_check(translation):
        segment = translation.segments[number - 1]
        records.append(
            CheckRecord(
                sentence=number - 1,
                source=translation.document.source(number - 1),
                translation=segment.text,
                doubt=segment.doubt,
                reasons=[concern.code for concern in concerns.concerns_of(segment)],
                findings=_findings(segment),
                terms=_terms(segment),
            )
        )
    return records


def error_record(id: str | None, message: str) -> FailedRecord:  # noqa: A002 - the field's own name
    """The record that keeps the place of an input that failed."""
    return FailedRecord(
        format=FORMAT,
        id=id,
        language=None,
        segments=None,
        translation=None,
        summary=None,
        topics=None,
        none_of_these=None,
        coverage=None,
        models=ModelsRecord(translator=None, summarizer=None, topics=None),
        error=message,
    )


def shipped_record(model: Model) -> AvailableRecord:
    """The record of a model that is here."""
    return AvailableRecord(
        name=model.name,
        task=model.task,
        origin=model.origin,
        architecture=model.architecture,
        parameters=model.parameters,
        licence=model.licence,
        folder=str(model.folder),
        hub=None,
        checksum=model.checksum,
    )


def preset_record(preset: Preset) -> AvailableRecord:
    """The record of a short name for a model of the hub."""
    return AvailableRecord(
        name=preset.name,
        task=preset.task,
        origin="hub",
        architecture=preset.architecture,
        parameters=preset.parameters,
        licence=preset.licence,
        folder=None,
        hub=preset.hub,
        checksum=None,
    )


def to_json(value: Mapping[str, object]) -> str:
    """One line of JSON that is valid UTF-8 for any text: lone surrogates are written as \\u escapes."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", line)


def _segments(document: Document, translation: Translation | None) -> list[SegmentRecord]:
    records = []
    for index, segment in enumerate(document.segments):
        translated = None if translation is None else translation.segments[index]
        records.append(
            SegmentRecord(
                source=document.source(index),
                start=segment.start,
                end=segment.end,
                translation=None if translated is None else translated.text,
                log_prob=None if translated is None else translated.log_prob,
                marks=None if translated is None else list(translated.marks),
                doubt=None if translated is None else translated.doubt,
                reasons=None if translated is None else list(translated.reasons),
                findings=None if translated is None else _findings(translated),
                terms=None if translated is None else _terms(translated),
            )
        )
    return records


def _findings(segment: TranslatedSegment) -> list[FindingRecord] | None:
    if segment.findings is None:
        return None
    return [
        FindingRecord(kind=f.kind, start=f.start, end=f.end, missing=f.missing, new=f.new) for f in segment.findings
    ]


def _terms(segment: TranslatedSegment) -> list[TermRecord]:
    return [TermRecord(source=term.source, wanted=term.wanted, applied=term.is_applied) for term in segment.terms]


def _summary(summary: Summary) -> SummaryRecord:
    return SummaryRecord(
        headline=summary.headline,
        sentences=[
            SummarySentenceRecord(text=s.text, evidence=list(s.evidence), support=s.support, supported=s.is_supported)
            for s in summary.sentences
        ],
    )


def _coverage(coverage: Coverage) -> CoverageRecord:
    return CoverageRecord(
        sentences=coverage.sentences, translated=coverage.translated, split=coverage.split, cut=coverage.cut
    )


def _model(result: Translation | Summary | Topics | None, checksums: Mapping[str, str]) -> ModelRecord | None:
    if result is None:
        return None
    return ModelRecord(name=result.model, engine=result.engine, checksum=checksums.get(result.model))
