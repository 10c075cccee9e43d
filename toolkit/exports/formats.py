"""The formats of exports, by the endings of their files."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

from toolkit.documents import Digest
from toolkit.errors import InputError
from toolkit.exports.html import to_html
from toolkit.exports.markdown import to_markdown
from toolkit.exports.outline import Provenance
from toolkit.exports.record import to_json
from toolkit.exports.word import NEEDS_DOCX, to_docx

FORMATS: dict[str, Callable[[Digest, Provenance | None], str | bytes]] = {
    ".md": to_markdown,
    ".html": to_html,
    ".docx": to_docx,
    ".json": to_json,
}
"""Ending → what writes such a file."""


def ending_of(path: str) -> str | None:
    """The ending of `path` that says what to write, one of `FORMATS`; None for any other."""
    ending = Path(path).suffix.lower()
    return ending if ending in FORMATS else None


def check_ending(ending: str) -> None:
    """Raise InputError where the package that writes such a file is missing, before any work is done."""
    if ending == ".docx" and importlib.util.find_spec("docx") is None:
        raise InputError(NEEDS_DOCX)


def export(digest: Digest, ending: str, provenance: Provenance | None = None) -> bytes:
    """The bytes of a file with this ending, one of `FORMATS`; text is UTF-8."""
    written = FORMATS[ending](digest, provenance)
    return written if isinstance(written, bytes) else written.encode()
