"""German (and English) text → paragraphs → sentences, with exact offsets; nothing of the text is lost.

`toolkit.paragraphs` tells paragraphs from wrapped lines, `toolkit.sentences` finds the sentences in each.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from toolkit.documents import Document, Segment
from toolkit.language import detect
from toolkit.paragraphs import clean, find_paragraphs
from toolkit.sentences import find_sentences


def read_document(
    text: str,
    *,
    id: str | None = None,  # noqa: A002 - the field of Document has this name
    language: str | None = "de",
) -> Document:
    """Split `text` into paragraphs and sentences; empty or blank text gives a document without segments.

    `language` None: detected, and stored in the document (None where it cannot be told; split as German then).
    "de" and "en" have rules of their own; any other language is split by its punctuation alone.
    """
    if language is None:
        language = detect(text)
    segments: list[Segment] = []
    number = 0
    for paragraph in find_paragraphs(text):
        before = len(segments)
        for start, end in find_sentences(paragraph.text, language or "de"):
            source = (paragraph.starts[start], paragraph.ends[end - 1])
            if content := clean(paragraph.text[start:end]):
                segments.append(Segment(content, *source, number))
        number += len(segments) > before
    return Document(text, tuple(segments), id, language)


def split_sentences(text: str, *, language: str = "de") -> list[str]:
    """The sentences of `text` in order, as `Segment.text` has them."""
    return [segment.text for segment in read_document(text, language=language).segments]


def split_at_clause(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Cut `text` into parts that fit, near the middle of what is too long and where it hurts least.

    Prefers ; then : or a dash, then a comma, then a conjunction, then any space. Joined by single spaces the parts are
    `text`, unless a single word does not fit: it is cut between characters. A single character is never cut.
    """
    pending, parts = [text], []
    while pending:
        part = pending.pop()
        if len(part) < 2 or fits(part):
            parts.append(part)
            continue
        end, start = _cut(part)
        pending += (part[start:], part[:end])
    return parts


_CONJUNCTIONS = frozenset(
    """und oder aber denn sondern doch sowie weil dass obwohl während wenn nachdem bevor damit indem wobei sodass
    and or but because although while when which that who""".split()
)

_CENTRE = 0.25
"""A clause is cut between the first and the last quarter: a worse place there beats a better one that leaves a stub."""


def _cut(text: str) -> tuple[int, int]:
    """Where the first part ends and where the second begins."""
    middle = len(text) / 2
    spaces = [i for i in range(1, len(text) - 1) if text[i] == " "]
    central = [i for i in spaces if _CENTRE <= i / len(text) <= 1 - _CENTRE]
    if central:
        best = min(central, key=lambda i: (_strength(text, i), abs(i - middle)))
        return best, best + 1
    if spaces:
        best = min(spaces, key=lambda i: abs(i - middle))
        return best, best + 1
    i = len(text) // 2
    while i > 1 and unicodedata.combining(text[i]):
        i -= 1
    return i, i


def _strength(text: str, space: int) -> int:
    """How little it hurts to cut at this space; 0 is best."""
    mark = text[space - 1]
    if mark in ";.!?":
        return 0
    if mark == ":" or text[space + 1 : space + 3] in ("– ", "— ", "- "):
        return 1
    if mark == ",":
        return 2
    end = text.find(" ", space + 1, space + 12)
    return 3 if text[space + 1 : end] in _CONJUNCTIONS else 4
