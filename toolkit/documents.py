"""The values that flow through the chain: Document → Translation → Summary, Topics → Digest.

All are frozen; each holds what it came from; joining text is a method of the type.
Offsets are indices of Python string characters into `Document.text`, end exclusive.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WHITESPACE_WITH_BREAK = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


@dataclass(frozen=True, slots=True)
class Segment:
    """One unit of translation: a sentence, a list item or a heading.

    `Document.text[start:end]` is the exact source; `text` is the same with hard line breaks
    joined to one space, composed to NFC and freed of soft hyphens and invisible marks: what an engine reads.
    Never blank. List markers and indentation lie in the gaps before it, not in it.
    """

    text: str
    start: int
    end: int
    paragraph: int
    """Index of its paragraph, list item or heading, counted from 0."""


@dataclass(frozen=True, slots=True)
class Document:
    """A source text and its segments, in order, without overlap.

    The segments' source spans and the gaps between them, joined, are `text` character by character.
    """

    text: str
    segments: tuple[Segment, ...]
    id: str | None = None
    language: str | None = None
    """ISO 639-1 code as detected ("de"); None when the text is too short to tell."""

    def source(self, index: int) -> str:
        """The exact source of segment `index`."""
        segment = self.segments[index]
        return self.text[segment.start : segment.end]

    def gaps(self) -> tuple[str, ...]:
        """What lies before, between and after the segments: one more than there are segments."""
        edges = [0]
        for segment in self.segments:
            edges += (segment.start, segment.end)
        edges.append(len(self.text))
        return tuple(self.text[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2))


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact of the source that the translation lacks or changed, or one that only the translation has.

    `source[start:end]` is `missing`; where nothing is missing, the span is empty and at the start of the source.
    `new` is what stands in the translation instead or in addition, as written there; "" where nothing does.
    """

    kind: str
    """One of `toolkit.facts.KINDS`."""
    start: int
    end: int
    missing: str
    new: str


@dataclass(frozen=True, slots=True)
class TermUse:
    """A term of the glossary that occurs in a segment, and whether its translation has it as wanted."""

    source: str
    """As it stands in the segment, inflected or not."""
    wanted: str
    """The English wanted for it; the term itself for a name that is not to be translated."""
    is_applied: bool


@dataclass(frozen=True, slots=True)
class TranslatedSegment:
    """The English of one segment of the source."""

    source: Segment
    text: str
    log_prob: float | None = None
    """Mean natural-log probability per output token, ≤ 0; None where nothing was generated (a copy)."""
    marks: tuple[str, ...] = ()
    """What happened to it, from `MARKS`."""
    doubt: float | None = None
    """Probability that the sentence needs checking, 0 to 1; None where it was not estimated."""
    reasons: tuple[str, ...] = ()
    """What speaks for checking it, from `REASONS`, the weightiest first; empty where nothing does."""
    findings: tuple[Finding, ...] | None = None
    """Facts that differ from `source.text`, offsets into it; None where they were not checked."""
    terms: tuple[TermUse, ...] = ()
    """The glossary's terms in it, in the order of the source."""


MARKS: dict[str, str] = {
    "split": "translated in parts: longer than the model reads at once, or cut at a clause or around a term",
    "cut": "part of it could not be translated; the rest is the source text",
    "retried": "the first attempt repeated itself or stopped early: this is a second attempt",
    "rescued": "the first attempt lost something or left it in German: this second one is less doubtful",
    "loop": "the translation repeats itself",
    "recased": "written in capitals: translated from a lower-cased form",
    "restored": "a number, link or placeholder was put back in place",
    "lost": "a number, link or placeholder of the source is missing",
    "copied": "nothing to translate: copied as it is",
    "foreign": "does not look like German",
}
"""Every mark a translated segment can carry, with what it tells the reader."""

REASONS: dict[str, str] = {
    "number": "a number, date, time, currency or unit differs from the German",
    "negation": "a not was lost or added",
    "name": "a name or an acronym is missing or new",
    "link": "a link or an address differs",
    "quotation": "quotation marks differ",
    "unsure": "the model was unsure of its words",
    "short": "much shorter than the German: something may be missing",
    "long": "much longer than the German: something may be invented",
    "repetition": "it repeats itself",
    "german": "German words were left as they are",
    "split": "translated in parts",
    "retried": "a second attempt, after the first repeated itself, stopped early or lost something",
    "recased": "the German is in capitals",
    "foreign": "the source does not look like German",
}
"""Every reason to check a translated segment, with what it tells the reader."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a document was translated, in segments."""

    sentences: int
    translated: int
    split: int
    cut: int


@dataclass(frozen=True, slots=True)
class Translation:
    """A document in English, aligned segment by segment: `segments[i].source is document.segments[i]`."""

    document: Document
    segments: tuple[TranslatedSegment, ...]
    model: str
    engine: str

    @property
    def text(self) -> str:
        """The English with the document's own paragraphs, blank lines and list markers.

        A hard-wrapped paragraph comes back as one line.
        """
        gaps = self.document.gaps()
        parts = [gaps[0]]
        for i, segment in enumerate(self.segments):
            parts.append(segment.text)
            gap = gaps[i + 1]
            is_inner = i + 1 < len(self.segments) and self.segments[i + 1].source.paragraph == segment.source.paragraph
            parts.append(_WHITESPACE_WITH_BREAK.sub(" ", gap) if is_inner else gap)
        return "".join(parts)

    @property
    def coverage(self) -> Coverage:
        """Counts over the segments; a segment that was only copied counts as translated unless it is cut."""
        cut = sum("cut" in segment.marks for segment in self.segments)
        return Coverage(
            sentences=len(self.segments),
            translated=len(self.segments) - cut,
            split=sum("split" in segment.marks for segment in self.segments),
            cut=cut,
        )


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """One sentence of a summary and what it rests on."""

    text: str
    evidence: tuple[int, ...]
    """Indices of the segments it was written from, ascending."""
    support: float | None = None
    """How far the evidence bears it out, 0 to 1; None when not computed."""
    is_supported: bool | None = None
    """False when the support is too low to be relied upon; None when not computed."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A headline and a few sentences; both empty for an empty text."""

    headline: str
    sentences: tuple[SummarySentence, ...]
    model: str
    engine: str

    @property
    def text(self) -> str:
        """The sentences joined by spaces, without the headline."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class TopicScore:
    """A label and its probability, 0 to 1."""

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Topics:
    """Every label with its score, best first; ties keep the caller's order.

    Single-label scores and the probability of none of these sum to 1; multi-label scores are independent of each other.
    """

    scores: tuple[TopicScore, ...]
    threshold: float
    multi_label: bool
    model: str
    engine: str

    @property
    def none_of_these(self) -> bool:
        """True when no label reaches the threshold."""
        return not self.scores or self.scores[0].score < self.threshold

    @property
    def best(self) -> str | None:
        """The best label, or None for none of these."""
        return None if self.none_of_these else self.scores[0].label

    @property
    def selected(self) -> tuple[str, ...]:
        """The labels at or above the threshold; at most one unless multi-label."""
        chosen = tuple(score.label for score in self.scores if score.score >= self.threshold)
        return chosen if self.multi_label else chosen[:1]


@dataclass(frozen=True, slots=True)
class Digest:
    """What the chain makes of one document."""

    translation: Translation
    summary: Summary
    topics: Topics

    @property
    def document(self) -> Document:
        """The source document."""
        return self.translation.document
