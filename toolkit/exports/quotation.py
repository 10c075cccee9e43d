"""A passage to cite: the English, the German it was made from, its place, its doubts and the model."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from toolkit.documents import Digest
from toolkit.errors import InputError
from toolkit.exports import markdown
from toolkit.exports.concerns import SIGN
from toolkit.exports.outline import Outline, Provenance, Row, made_by, model_words, outline

STYLES = ("text", "markdown", "html")


def quote(
    digest: Digest,
    start_segment: int,
    end_segment: int,
    style: str = "text",
    provenance: Provenance | None = None,
) -> str:
    """The sentences from index `start_segment` to before `end_segment`, as one citable block in one of `STYLES`.

    Raises InputError for an empty or impossible range and an unknown style.
    """
    if style not in STYLES:
        raise InputError(f"unknown style of quotation {style!r}: expected one of {', '.join(STYLES)}")
    count = len(digest.translation.segments)
    if not 0 <= start_segment < end_segment <= count:
        raise InputError(f"no sentences from {start_segment} to before {end_segment}: the text has {count}")
    given = provenance or Provenance()
    shown = outline(digest, given)
    rows = shown.rows[start_segment:end_segment]
    lines = [("Source", _place(shown, rows, count))]
    lines.append(("Translation", f"machine translation by {model_words(digest.translation, given)}; {made_by(given)}"))
    doubts = [
        f"{SIGN} sentence {row.number}, {concern.code}: {concern.words}" for row in rows for concern in row.concerns
    ]
    if style == "html":
        return _html(rows, lines, doubts, shown.language)
    return _text(rows, lines, doubts) if style == "text" else _markdown(rows, lines, doubts)


def _place(shown: Outline, rows: Sequence[Row], count: int) -> str:
    first, last = rows[0].number, rows[-1].number
    numbers = f"sentence {first}" if first == last else f"sentences {first} to {last}"
    place = f"{numbers} of {count}"
    return place if shown.source is None else f"{shown.source}, {place}"


def _english(rows: Sequence[Row]) -> list[str]:
    """The English, a paragraph each, a sign after every sentence in doubt."""
    return _paragraphs([(row, f"{row.english} {SIGN}" if row.concerns else row.english) for row in rows])


def _german(rows: Sequence[Row]) -> list[str]:
    return _paragraphs([(row, row.german) for row in rows])


def _paragraphs(sentences: Sequence[tuple[Row, str]]) -> list[str]:
    paragraphs: list[str] = []
    for row, text in sentences:
        if row.is_first or not paragraphs:
            paragraphs.append(text)
        else:
            paragraphs[-1] += f" {text}"
    return paragraphs


def _text(rows: Sequence[Row], lines: Sequence[tuple[str, str]], doubts: Sequence[str]) -> str:
    blocks = ["\n\n".join(_english(rows)), "German: " + "\n\n".join(_german(rows))]
    blocks.append("\n".join([*(f"{word}: {said}" for word, said in lines), *doubts]))
    return "\n\n".join(blocks) + "\n"


def _markdown(rows: Sequence[Row], lines: Sequence[tuple[str, str]], doubts: Sequence[str]) -> str:
    quoted = [markdown.escape(paragraph) for paragraph in _english(rows)]
    quoted += ["German: " + markdown.escape(_german(rows)[0]), *map(markdown.escape, _german(rows)[1:])]
    block = "\n>\n".join(f"> {paragraph}" for paragraph in quoted)
    notes = [*(f"- {word}: {markdown.escape(said)}" for word, said in lines)]
    notes += [f"- {markdown.escape(doubt)}" for doubt in doubts]
    return block + "\n\n" + "\n".join(notes) + "\n"


def _html(rows: Sequence[Row], lines: Sequence[tuple[str, str]], doubts: Sequence[str], language: str) -> str:
    english = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in _english(rows))
    german = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in _german(rows))
    notes = "".join(f"<li>{word}: {escape(said)}</li>\n" for word, said in lines)
    notes += "".join(f"<li>{escape(doubt)}</li>\n" for doubt in doubts)
    return (
        f'<figure>\n<blockquote lang="en">\n{english}</blockquote>\n'
        f'<blockquote lang="{escape(language)}">\n{german}</blockquote>\n'
        f"<figcaption>\n<ul>\n{notes}</ul>\n</figcaption>\n</figure>\n"
    )
