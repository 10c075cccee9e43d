"""Word documents: what is in the package is checked before anything parses it for good."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from toolkit.uploads.content import Content, Refused
from toolkit.uploads.limits import Limits

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_GONE = frozenset({f"{_W}del", f"{_W}moveFrom", _FALLBACK})
"""Deleted or moved away under tracked changes; the second copy of a text box, for old programs."""
_CHARACTERS = {
    f"{_W}tab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "\u2011",
    f"{_W}softHyphen": "",
}
_UNKNOWN_ENCODING = 18  # XML_ERROR_UNKNOWN_ENCODING of expat.h


def parse_docx(raw: bytes, encoding: str | None, limits: Limits) -> Content:  # noqa: ARG001 - XML names its own
    """The paragraphs in reading order, those of tables a row a line; tracked deletions and hidden text left out."""
    _check_package(raw, limits)
    import docx

    document = docx.Document(io.BytesIO(raw))
    paragraphs = [text for text in _paragraphs(document.element.body) if text.strip()]
    title = (document.core_properties.title or "").strip() or None
    return Content(text="\n\n".join(paragraphs) + "\n" if paragraphs else "", title=title)


def _check_package(raw: bytes, limits: Limits) -> None:
    """Refuse bombs: too many parts, too much to unpack, document types (entities), elements nested too deeply."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            parts = package.infolist()
            if len(parts) > limits.parts:
                raise Refused(f"holds {len(parts):,} parts, more than the {limits.parts:,} allowed: save it anew")
            unpacked = sum(part.file_size for part in parts)
            if unpacked > limits.unpacked_bytes:
                raise Refused(
                    f"unpacks to {unpacked:,} bytes, more than the {limits.unpacked_bytes:,} allowed: "
                    "leave its pictures out, or paste its text"
                )
            if any(part.flag_bits & 1 for part in parts):
                raise Refused("is encrypted: save it without a password")
            for part in parts:
                _check_part(part.filename, package.read(part), limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise Refused("is damaged: open it in a word processor and save it anew, or paste its text") from None


def _check_part(name: str, raw: bytes, limits: Limits) -> None:
    """Refuse a part that is XML with a document type or too deep; pictures and the like are no XML and pass.

    Every part is looked at: which of them are parsed is for the package itself to say.
    """
    depth = 0

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.nesting:
            raise Refused(f"nests more than {limits.nesting} elements in each other: save it anew, or paste its text")

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        raise Refused("declares XML entities, which no word processor writes: it may be built to harm")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = start, end, doctype
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        if error.code == _UNKNOWN_ENCODING or name.lower().endswith((".xml", ".rels")):
            raise Refused("is damaged: open it in a word processor and save it anew, or paste its text") from None


def _paragraphs(body: Any) -> Iterator[str]:
    """The text of each paragraph, heading and list item, and of each row of a table with tabs between its cells.

    Read from the elements: python-docx itself passes over insertions under tracked changes and content controls.
    """
    for element in body:
        if element.tag == f"{_W}p":
            yield _text(element)
            yield from _boxes(element)
        elif element.tag == f"{_W}tbl":
            for row in element.iter(f"{_W}tr"):
                cells = (" ".join(_cell(cell)) for cell in row.iterchildren(f"{_W}tc"))
                yield "\t".join(cell for cell in cells if cell)
        elif element.tag not in _GONE:
            yield from _paragraphs(element)  # a content control, an insertion


def _cell(cell: Any) -> Iterator[str]:
    for element in cell:
        if element.tag == f"{_W}tbl":
            continue  # its rows are rows of their own
        if element.tag == f"{_W}p":
            yield " ".join(_text(element).split())
        elif element.tag not in _GONE:
            yield from _cell(element)


def _boxes(paragraph: Any) -> Iterator[str]:
    """The paragraphs of text boxes anchored in a paragraph."""
    for box in paragraph.iter(f"{_W}txbxContent"):
        if not any(above.tag in _GONE for above in box.iterancestors()):
            yield from _paragraphs(box)


def _text(paragraph: Any) -> str:
    return "".join(_pieces(paragraph)).strip(" \t\n")


def _pieces(element: Any) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag in _GONE or tag == f"{_W}txbxContent" or not isinstance(tag, str):
            continue
        if tag == f"{_W}t":
            yield child.text or ""
        elif tag in _CHARACTERS:
            yield _CHARACTERS[tag]
        elif tag != f"{_W}r" or child.find(f"{_W}rPr/{_W}vanish") is None:
            yield from _pieces(child)
