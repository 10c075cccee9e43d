"""A digest as a Word document: headline, summary, a table of both languages, signs and what was done."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

from toolkit.documents import Digest
from toolkit.errors import InputError
from toolkit.exports.concerns import SIGN
from toolkit.exports.markdown import MACHINE
from toolkit.exports.outline import Outline, Provenance, Row, outline

NEEDS_DOCX = "writing .docx needs python-docx: pip install 'klartext[files]'"
_SIGN_COLOUR = "8A2F00"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a ZIP archive can name: the same digest gives the same bytes."""
_LANGUAGES = {"de": "de-DE", "en": "en-GB"}
"""What Word calls the languages it checks the spelling of."""


def to_docx(digest: Digest, provenance: Provenance | None = None) -> bytes:
    """The bytes of the file; raises InputError where python-docx is not installed."""
    try:
        import docx
    except ImportError:
        raise InputError(NEEDS_DOCX) from None
    shown = outline(digest, provenance)
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author, properties.language = shown.heading[:255], "klartext", "en-GB"
    properties.comments = ""
    properties.created = properties.modified = datetime(2000, 1, 1)  # noqa: DTZ001 - no time of its own, see _EPOCH
    _write(document, shown)
    written = io.BytesIO()
    document.save(written)
    return _timeless(written.getvalue())


def _write(document: Any, shown: Outline) -> None:
    _say(document.add_heading(level=1), shown.heading)
    _say(document.add_paragraph(), MACHINE).italic = True
    if shown.source and shown.headline:
        _say(document.add_paragraph(), f"German text: {shown.source}")
    if shown.gists:
        _say(document.add_heading(level=2), "Summary")
    for gist in shown.gists:
        paragraph = document.add_paragraph(style="List Bullet")
        _say(paragraph, gist.text)
        if gist.is_doubtful:
            _sign(paragraph, f" {SIGN} summary")
        if gist.numbers:
            _say(paragraph, f" [{', '.join(map(str, gist.numbers))}]")
    if shown.topics:
        _say(document.add_heading(level=2), "Topics")
    if shown.none_of_these:
        _say(document.add_paragraph(style="List Bullet"), "none of these: no label fits well enough")
    for label, score, is_chosen in shown.topics:
        _say(document.add_paragraph(style="List Bullet"), f"{label}: {score:.2f}").bold = is_chosen
    if shown.rows:
        _say(document.add_heading(level=2), "Text")
        _table(document, shown)
    if shown.legend:
        _say(document.add_heading(level=2), "Signs")
    for code, meaning in shown.legend:
        paragraph = document.add_paragraph(style="List Bullet")
        _sign(paragraph, f"{SIGN} {code}")
        _say(paragraph, f": {meaning}")
    _say(document.add_heading(level=2), "What was done")
    for word, said in shown.done:
        _say(document.add_paragraph(style="List Bullet"), f"{word}: {said}")


def _table(document: Any, shown: Outline) -> None:
    """A row a sentence, two columns; the heading is repeated on every page."""
    from docx.oxml import OxmlElement

    table = document.add_table(rows=1 + len(shown.rows), cols=2, style="Table Grid")
    grid = list(table.rows)  # a table looks its rows up anew each time
    for cell, name in zip(grid[0].cells, ("German", "English"), strict=True):
        _say(cell.paragraphs[0], name).bold = True
    grid[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cells, row in zip(grid[1:], shown.rows, strict=True):
        cells._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        german, english = cells.cells
        _say(german.paragraphs[0], f"{row.number}  ")
        _say(german.paragraphs[0], row.german, language=shown.language)
        _say(english.paragraphs[0], row.english)
        _concerns(english, row)


def _concerns(cell: Any, row: Row) -> None:
    for concern in row.concerns:
        _sign(cell.add_paragraph(), f"{SIGN} {concern.code}: {concern.words}")


def _sign(paragraph: Any, text: str) -> None:
    from docx.shared import RGBColor

    _say(paragraph, text).font.color.rgb = RGBColor.from_string(_SIGN_COLOUR)


def _say(paragraph: Any, text: str, *, language: str = "en") -> Any:
    """A run of text in its language."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = paragraph.add_run(text)
    mark = OxmlElement("w:lang")
    mark.set(qn("w:val"), _LANGUAGES.get(language, language))
    run._r.get_or_add_rPr().append(mark)
    return run


def _timeless(raw: bytes) -> bytes:
    """The same archive with one time for all its parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.infolist():
            after.writestr(zipfile.ZipInfo(part.filename, _EPOCH), before.read(part), zipfile.ZIP_DEFLATED)
    return written.getvalue()
