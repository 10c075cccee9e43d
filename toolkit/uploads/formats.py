"""What a file is, by its ending and by its first bytes, and what reads it."""

from __future__ import annotations

import re

KINDS: dict[str, str] = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".docx": "docx",
    ".pdf": "pdf",
}
"""Every ending that can be read, with the kind of file it stands for."""

LIBRARIES: dict[str, tuple[str, str]] = {
    "html": ("trafilatura", "trafilatura"),
    "docx": ("docx", "python-docx"),
    "pdf": ("pypdf", "pypdf"),
}
"""Kind → the module that reads it and the package that holds the module."""

NAMES: dict[str, str] = {
    "text": "plain text",
    "markdown": "Markdown",
    "html": "HTML",
    "docx": "a Word document (.docx)",
    "pdf": "a PDF",
    "zip": "a ZIP archive",
    "ole": "an old or password-protected Office document",
    "rtf": "rich text (RTF)",
    "image": "an image",
    "gzip": "a gzip archive",
}

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"\x1f\x8b", "gzip"),
)
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_PDF_WINDOW = 1024
"""Bytes. Readers of PDF find the mark anywhere in the first kilobyte (ISO 32000-1, annex H)."""


def sniff(raw: bytes) -> str | None:
    """What the first bytes of a file say it is, one of `NAMES`; None where they say nothing, as of plain text."""
    for signature, kind in _SIGNATURES:
        if raw.startswith(signature):
            return "docx" if kind == "zip" and b"word/document" in raw else kind
    if raw[:_PDF_WINDOW].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-") or b"%PDF-" in raw[:_PDF_WINDOW]:
        return "pdf"
    return "html" if _HTML.match(raw[:4096].removeprefix(b"\xef\xbb\xbf")) else None
