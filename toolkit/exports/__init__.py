"""A digest to take away: Markdown, HTML, Word and JSON files, and quotations from it."""

from toolkit.exports.concerns import Concern, concerns_of
from toolkit.exports.formats import FORMATS, check_ending, ending_of, export
from toolkit.exports.html import to_html
from toolkit.exports.markdown import to_markdown
from toolkit.exports.outline import Provenance
from toolkit.exports.quotation import STYLES, quote
from toolkit.exports.record import to_json
from toolkit.exports.word import to_docx

__all__ = [
    "FORMATS",
    "STYLES",
    "Concern",
    "Provenance",
    "check_ending",
    "concerns_of",
    "ending_of",
    "export",
    "quote",
    "to_docx",
    "to_html",
    "to_json",
    "to_markdown",
]
