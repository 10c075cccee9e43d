"""A digest as Markdown (CommonMark with tables)."""

from __future__ import annotations

import re

from toolkit.documents import Digest
from toolkit.exports.concerns import SIGN
from toolkit.exports.outline import Outline, Provenance, Row, outline

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~&$^#])")
_BLOCK_START = re.compile(r"^(?:([-+=:])|(\d{1,9})([.)])(?=\s|$))")
MACHINE = "Machine translation from German; check what matters against the original beside it."


def to_markdown(digest: Digest, provenance: Provenance | None = None) -> str:
    """Headline, summary, topics, both texts in a table, legend and what was done; whatever a user wrote stays text."""
    shown = outline(digest, provenance)
    blocks = [f"# {escape(shown.heading)}"]
    blocks += [f"*{MACHINE}*"]
    if shown.source is not None and shown.headline:
        blocks.append(f"German text: {escape(shown.source)}")
    if shown.gists:
        blocks += ["## Summary", "\n".join(_gists(shown))]
    if shown.topics:
        blocks += ["## Topics", "\n".join(_topics(shown))]
    if shown.rows:
        head = "| No. | German | English |\n| ---: | --- | --- |"
        blocks += ["## Text", "\n".join((head, *map(_row, shown.rows)))]
    if shown.legend:
        blocks += ["## Signs", "\n".join(f"- {SIGN} {code}: {escape(meaning)}" for code, meaning in shown.legend)]
    blocks += ["## What was done", "\n".join(f"- {escape(word)}: {escape(said)}" for word, said in shown.done)]
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    """`text`, one line of it, as Markdown that renders as the same characters, wherever it stands."""
    escaped = _SPECIAL.sub(r"\\\1", text)
    return _BLOCK_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", escaped)


def _gists(shown: Outline) -> list[str]:
    return [
        f"- {escape(gist.text)}"
        + (f" {SIGN} summary" if gist.is_doubtful else "")
        + (f" (sentences {', '.join(map(str, gist.numbers))})" if gist.numbers else "")
        for gist in shown.gists
    ]


def _topics(shown: Outline) -> list[str]:
    none = ["- none of these: no label fits well enough"] if shown.none_of_these else []
    return none + [
        f"- {f'**{escape(label)}**' if is_chosen and label else escape(label)}: {score:.2f}"
        for label, score, is_chosen in shown.topics
    ]


def _row(row: Row) -> str:
    concerns = "".join(f"<br>{SIGN} {concern.code}: {escape(concern.words)}" for concern in row.concerns)
    return f"| {row.number} | {escape(row.german)} | {escape(row.english)}{concerns} |"
