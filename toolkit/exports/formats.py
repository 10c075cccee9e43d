"""The formats of exports, by the endings of their files."""

from __future__ import annotations

from collections.abc import Callable

from toolkit.documents import Digest
from toolkit.exports.html import to_html
from toolkit.exports.markdown import to_markdown
from toolkit.exports.outline import Provenance
from toolkit.exports.record import to_json
from toolkit.exports.word import to_docx

FORMATS: dict[str, Callable[[Digest, Provenance | None], str | bytes]] = {
    ".md": to_markdown,
    ".html": to_html,
    ".docx": to_docx,
    ".json": to_json,
}
"""Ending → what writes such a file."""


def export(digest: Digest, ending: str, provenance: Provenance | None = None) -> bytes:
    """The bytes of a file with this ending, one of `FORMATS`; text is UTF-8."""
    written = FORMATS[ending](digest, provenance)
    return written if isinstance(written, bytes) else written.encode()
