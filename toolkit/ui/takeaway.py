"""What a reader takes away: files and quotations, made when they are asked for and kept nowhere."""

from __future__ import annotations

import base64
import re
import unicodedata
from datetime import datetime
from html import escape

from toolkit.errors import InputError
from toolkit.exports import Provenance, export, quote
from toolkit.ui.reading import Reading

FILES: tuple[tuple[str, str], ...] = (
    ("Markdown", ".md"),
    ("Web page", ".html"),
    ("Word", ".docx"),
    ("JSON", ".json"),
)
"""What a format is called, and its ending."""

_MEDIA_TYPES = {
    ".md": "text/markdown",
    ".html": "text/html",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".json": "application/json",
}


def file_of(reading: Reading, ending: str) -> dict[str, str]:
    """A file for the browser to save: its name, media type and bytes in base 64."""
    if reading.digest is None:
        raise InputError("There is nothing to download yet: the article has not been read to its end.")
    content = export(reading.digest, ending, _provenance(reading))
    return {
        "name": f"{_slug(reading.heading)}{ending}",
        "type": _MEDIA_TYPES[ending],
        "content": base64.b64encode(content).decode("ascii"),
    }


def quotation_of(reading: Reading, first: int, last: int) -> str:
    """The sentences `first` to `last` as a card with everything a citation needs, and as text to copy."""
    if reading.digest is None:
        raise InputError("The article has not been read to its end: quote from it when it has.")
    provenance = _provenance(reading)
    card = quote(reading.digest, first, last + 1, style="html", provenance=provenance)
    text = quote(reading.digest, first, last + 1, style="text", provenance=provenance)
    return (
        f'<section class="kt-quote" aria-label="Quotation">{card}<pre hidden id="kt-quote-text">{escape(text)}</pre>'
        '<button type="button" class="kt-link" data-copy="quote">Copy the quotation</button></section>'
    )


def _provenance(reading: Reading) -> Provenance:
    notes = (*reading.notes, *(f"{change.words}" for change in reading.changes))
    return Provenance(
        title=reading.origin or None,
        date=datetime.now().astimezone().strftime("%Y-%m-%d"),
        seconds=reading.seconds,
        checksums=reading.checksums,
        version=reading.version,
        notes=notes,
    )


def _slug(heading: str) -> str:
    """A file name of letters, digits and hyphens, whatever the heading holds."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-") or "article"
