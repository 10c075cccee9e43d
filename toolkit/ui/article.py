"""The article as HTML: English and German beside each other, paragraph by paragraph; everything in it is escaped."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from toolkit.concerns import findings_of
from toolkit.documents import Document, Finding, Segment, TranslatedSegment
from toolkit.ui.signs import Sign, signs_of

_MARKER = re.compile(r"(?:[-*•–·]|\d{1,3}[.)])[ \t]+$")
# A headline: one short unit that ends like no sentence.
_HEADLINE_CHARACTERS = 120
_SENTENCE_END = re.compile(r"[.!?:;…»”“\"']$")

_UNMARKED = "What carries no sign can be wrong too: read it as a rough idea."
"""Of 240 outputs of the shipped model that were judged by reading, 29 had the whole meaning right."""


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """The segments of one paragraph, `first` to `last`, both included."""

    first: int
    last: int


def render_article(document: Document, segments: Sequence[TranslatedSegment], *, is_running: bool) -> str:
    """The whole article; `segments` are those translated so far, the first of the document's."""
    if not document.segments:
        return ""
    parts = [
        _render_pair(document, segments, paragraph, is_running=is_running)
        for paragraph in _paragraphs(document.segments)
    ]
    return f'<div class="kt-article" role="group" aria-label="The article, sentence by sentence">{"".join(parts)}</div>'


def render_legend(segments: Sequence[TranslatedSegment], *, is_running: bool) -> str:
    """What to trust at a glance: how many sentences to check, a way to them, and what each sign means."""
    signs = [signs_of(segment) for segment in segments]
    doubtful = sum(map(bool, signs))
    if not doubtful:
        if is_running or not segments or any(segment.findings is None for segment in segments):
            return ""
        return f'<p class="kt-trust kt-trust-none">No sentence stands out as one to check. {_UNMARKED}</p>'
    counts = Counter(sign.concern.code for each in signs for sign in each)
    kinds = {sign.concern.code: sign for each in signs for sign in each}
    rows = "".join(
        f"<li>{_glyph(kinds[code])} <span>{escape(kinds[code].concern.meaning)}</span> "
        f'<span class="kt-count">{_sentences(count)}</span></li>'
        for code, count in counts.most_common()
    )
    verb = "deserves" if doubtful == 1 else "deserve"
    return (
        f'<div class="kt-trust"><p><strong>{doubtful} of {_sentences(len(segments))}</strong> {verb} a check first. '
        '<button type="button" class="kt-link" data-next-doubt>Go to the next one</button> '
        f'<span class="kt-unmarked">{_UNMARKED}</span></p>'
        f"<details><summary>What the signs mean</summary><ul>{rows}</ul></details></div>"
    )


def _sentences(count: int) -> str:
    return f"{count} sentence" if count == 1 else f"{count} sentences"


def _paragraphs(segments: Sequence[Segment]) -> Iterator[_Paragraph]:
    for _, group in itertools.groupby(range(len(segments)), key=lambda index: segments[index].paragraph):
        indices = list(group)
        yield _Paragraph(indices[0], indices[-1])


def _render_pair(
    document: Document, segments: Sequence[TranslatedSegment], paragraph: _Paragraph, *, is_running: bool
) -> str:
    gaps = document.gaps()
    marker = _MARKER.search(gaps[paragraph.first])
    before = f'<span class="kt-marker">{escape(marker.group().strip())}</span> ' if marker else ""
    kind = " kt-item" if marker else " kt-headline" if _is_headline(document, paragraph) else ""
    english, german = [before], [before]
    for index in range(paragraph.first, paragraph.last + 1):
        gap = " " if index < paragraph.last else ""
        english.append(_render_english(document, segments, index, is_running=is_running) + gap)
        german.append(_render_german(document, segments, index) + gap)
    return (
        f'<div class="kt-pair{kind}"><p class="kt-en" lang="en">{"".join(english)}</p>'
        f'<p class="kt-de" lang="de">{"".join(german)}</p></div>'
    )


def _is_headline(document: Document, paragraph: _Paragraph) -> bool:
    text = document.segments[paragraph.first].text
    return (
        paragraph.first == paragraph.last
        and paragraph.last < len(document.segments) - 1
        and len(text) <= _HEADLINE_CHARACTERS
        and not _SENTENCE_END.search(text)
    )


def _render_english(document: Document, segments: Sequence[TranslatedSegment], index: int, *, is_running: bool) -> str:
    if index >= len(segments):
        # As wide as the English will be, about, so that the page does not jump when it comes.
        width = max(3, min(60, len(document.segments[index].text) // 2))
        words = "not translated yet" if is_running else "not translated"
        state = "kt-waiting" if is_running else "kt-missing"
        return f'<span class="{state}" style="--kt-width:{width}ch"><span class="kt-hidden">{words}</span></span>'
    segment = segments[index]
    signs = signs_of(segment)
    classes = "kt-s" + ("" if not signs else " kt-grave" if any(sign.is_grave for sign in signs) else " kt-doubt")
    # One stop of the Tab key for the whole article; the arrow keys go from sentence to sentence.
    stop = 0 if index == 0 else -1
    return (
        f'<span class="{classes}" id="en-{index}" data-segment="{index}" role="group" tabindex="{stop}" '
        f'aria-details="de-{index}">{escape(segment.text)}</span>{_render_sign(segment, signs, index)}'
    )


def _render_german(document: Document, segments: Sequence[TranslatedSegment], index: int) -> str:
    source = document.source(index)
    inner = escape(source)
    if index < len(segments) and source == document.segments[index].text:
        signs = signs_of(segments[index])
        inner = _with_findings(
            source, [finding for sign in signs for finding in findings_of(sign.concern.code, segments[index])]
        )
    return f'<span class="kt-s" id="de-{index}" data-segment="{index}" role="group" tabindex="-1">{inner}</span>'


def _with_findings(source: str, findings: Sequence[Finding]) -> str:
    """The German with what the English lacks or changed underlined."""
    parts, at = [], 0
    for finding in sorted(findings, key=lambda finding: finding.start):
        if at <= finding.start < finding.end <= len(source):
            parts.append(escape(source[at : finding.start]))
            parts.append(f'<span class="kt-differs">{escape(source[finding.start : finding.end])}</span>')
            at = finding.end
    return "".join(parts) + escape(source[at:])


def _render_sign(segment: TranslatedSegment, signs: Sequence[Sign], index: int) -> str:
    """A button after the sentence; its tip opens on hover, tap and keyboard focus."""
    if not signs:
        return ""
    lines = [f"{_glyph(sign)} {escape(_sentence_case(sign.concern.words))}." for sign in signs]
    if segment.doubt is not None:
        lines.append(f"{segment.doubt:.0%} likely to need a correction.")
    grave = " kt-grave" if any(sign.is_grave for sign in signs) else ""
    # Spans: a list within a paragraph would end it.
    said = "".join(f'<span class="kt-line">{line}</span>' for line in lines)
    shown = "".join(f"<span>{escape(sign.glyph)}</span>" for sign in signs[:2])
    return (
        f'<span class="kt-signs"><button type="button" class="kt-sign{grave}" id="sign-{index}" data-doubt="{index}" '
        f'aria-describedby="tip-{index}" aria-label="Check this sentence"><span aria-hidden="true">{shown}</span>'
        "</button>"
        f'<span class="kt-tip" role="tooltip" id="tip-{index}">{said}</span></span>'
    )


def _glyph(sign: Sign) -> str:
    grave = " kt-grave" if sign.is_grave else ""
    return f'<span class="kt-glyph{grave}" aria-hidden="true">{escape(sign.glyph)}</span>'


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
