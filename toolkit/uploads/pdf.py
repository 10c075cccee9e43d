"""PDF: lines with their places on the page, made paragraphs again."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from toolkit.uploads.content import Content, Refused
from toolkit.uploads.limits import Limits

_PARAGRAPH_GAP = 1.35
"""Of the usual distance of lines: a wider one parts paragraphs, which most programs set half a line apart."""
_HEADING = 1.12
"""Of the other's font size: lines that differ more are not of one paragraph."""
_EDGE = 2
"""Lines at the top and at the foot of a page among which a running head or a page number may stand."""
_PAGE_NUMBER = re.compile(r"(?:[-–—|\s]*(?:Seite|S\.|Page)?\s*\d{1,4}(?:\s*(?:/|von|of)\s*\d{1,4})?[-–—|\s]*)")
_SENTENCE_END = re.compile(r"[.!?…:][\"'“”‘’«»‹›)\]]*$")
_JUNK_TITLE = re.compile(r"(?i)untitled|unbenannt|microsoft word|\.(?:docx?|indd|pdf|qxd|tex|dvi|pages|odt)\b|^\W*$")


@dataclass(slots=True)
class _Line:
    text: str
    y: float | None
    """Height above the foot of the page, in points; None where the page does not tell."""
    size: float


def parse_pdf(raw: bytes, encoding: str | None, limits: Limits) -> Content:  # noqa: ARG001 - PDF names its own
    """The text of all pages; running heads and page numbers left out, and said so."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    damaged = Refused("is damaged: open it in a PDF reader and save it anew, or paste its text")
    try:
        reader = PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused("is encrypted: save it without a password, or paste its text")
        count = len(reader.pages)
        if count > limits.pages:
            raise Refused(f"has {count:,} pages, more than the {limits.pages:,} allowed: give a part of it")
        pages = []
        characters = 0
        for page in reader.pages:
            pages.append(_lines(page))
            characters += sum(len(line.text) for line in pages[-1])
            if characters > limits.characters:
                raise Refused(f"holds more than the {limits.characters:,} characters allowed: give a part of it")
        title = _title(reader)
    except DependencyError:
        raise Refused("is encrypted: pip install 'klartext[files]' to read it, or save it without a password") from None
    except FileNotDecryptedError:
        raise Refused("is encrypted: save it without a password, or paste its text") from None
    except PyPdfError:
        raise damaged from None
    blank = sum(not page for page in pages)
    if blank == count:
        raise Refused("holds no text, only pictures of it (a scan): run text recognition (OCR) on it first")
    notes = [f"{blank} of {count} pages hold no text (pictures or scans)"] if blank else []
    removed = _remove_edges(pages)
    if removed:
        notes.append(f"{len(removed)} page numbers and running heads left out: {_some(removed)}")
    return Content(text=_join(pages), title=title, notes=tuple(notes))


def _title(reader: Any) -> str | None:
    """The title in the file's own metadata, where a person gave one."""
    title = " ".join(str(reader.metadata.title or "").split()) if reader.metadata is not None else ""
    return None if not title or _JUNK_TITLE.search(title) else title


def _lines(page: Any) -> list[_Line]:
    """The lines of a page that are not blank, from top to foot as the file has them."""
    lines = [_Line("", None, 0.0)]

    def visit(text: str, matrix: Sequence[float], text_matrix: Sequence[float], _font: object, size: float) -> None:
        y = matrix[1] * text_matrix[4] + matrix[3] * text_matrix[5] + matrix[5]
        scale = abs(matrix[3] * text_matrix[3]) or 1.0
        for i, part in enumerate(text.split("\n")):
            if i:
                lines.append(_Line("", None, 0.0))
            if part.strip() and lines[-1].y is None:
                lines[-1].y, lines[-1].size = y, size * scale
            lines[-1].text += part

    whole = page.extract_text(visitor_text=visit) or ""
    found = [line for line in lines if line.text.strip()]
    if _letters("".join(line.text for line in found)) != _letters(whole):  # the visitor did not see all
        found = [_Line(text, None, 0.0) for text in whole.split("\n") if text.strip()]
    for line in found:
        line.text = " ".join(line.text.replace("\0", "").split())
    return [line for line in found if line.text]


def _letters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


def _remove_edges(pages: Sequence[list[_Line]]) -> list[str]:
    """Take page numbers and what stands at the edge of more than half of the pages out of them; what was taken."""
    if len(pages) < 2:
        return []
    edges = [{*range(min(_EDGE, len(page))), *range(max(0, len(page) - _EDGE), len(page))} for page in pages]
    patterns = Counter(
        pattern for page, edge in zip(pages, edges, strict=True) for pattern in {_pattern(page[i].text) for i in edge}
    )
    repeated = {pattern for pattern, times in patterns.items() if times > max(2, len(pages) / 2)}
    removed = []
    for page, edge in zip(pages, edges, strict=True):
        outermost = {0, len(page) - 1}
        gone = {
            i
            for i in edge
            if _pattern(page[i].text) in repeated or (i in outermost and _PAGE_NUMBER.fullmatch(page[i].text))
        }
        removed += [page[i].text for i in sorted(gone)]
        page[:] = [line for i, line in enumerate(page) if i not in gone]
    return removed


def _pattern(text: str) -> str:
    """A line with its numbers made one: "Seite 3" and "Seite 4" are the same."""
    return re.sub(r"\d+", "#", text)


def _some(texts: Sequence[str], most: int = 3) -> str:
    shown = list(dict.fromkeys(texts))
    return ", ".join(f"“{text[:60]}”" for text in shown[:most]) + (" …" if len(shown) > most else "")


def _join(pages: Sequence[Sequence[_Line]]) -> str:
    """The lines with a blank one between paragraphs, as far as the distance of lines or their size tells."""
    usual = _usual_distance(pages)
    text = ""
    before: _Line | None = None
    for page in pages:
        for i, line in enumerate(page):
            if before is not None:
                is_parted = bool(_SENTENCE_END.search(before.text)) if i == 0 else _is_parted(before, line, usual)
                text += "\n\n" if is_parted else "\n"
            text += line.text
            before = line
    return text + "\n" if text else ""


def _usual_distance(pages: Sequence[Sequence[_Line]]) -> float | None:
    """Points from one line to the next, as most lines of the file have it."""
    distances = [
        round(above.y - below.y, 1)
        for page in pages
        for above, below in pairwise(page)
        if above.y is not None and below.y is not None and 0 < above.y - below.y < 5 * max(above.size, 1.0)
    ]
    return median(distances) if distances else None


def _is_parted(above: _Line, below: _Line, usual: float | None) -> bool:
    if above.size and below.size and not 1 / _HEADING <= below.size / above.size <= _HEADING:
        return True
    if above.y is None or below.y is None or usual is None:
        return False
    return above.y - below.y > usual * _PARAGRAPH_GAP
