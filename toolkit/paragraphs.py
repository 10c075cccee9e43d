"""Text → paragraphs, headings and list items, as one reads them, with the way back to the source.

A line break is a wrap or the end of a paragraph; German helps to tell, because a line that starts in lower case goes
on with a sentence. Everything here is one pass over the lines: no expression that can backtrack over a long text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_NARROWEST_WRAP = 40
"""Columns. Lines of a narrower block are verses, addresses or table cells, each its own paragraph."""

_WIDEST_WRAP = 120
"""Columns. Nobody wraps wider; a longer line is a whole paragraph."""

_USUAL_WRAP = 60
"""Columns. A line of this length or more may be wrapped even where nothing proves it."""

_RAGGED = 0.8
"""Of the width: the shortest full line where lines were not broken as late as possible (copied from a page)."""

_CLOSERS = "\"'“”‘’«»‹›)]}"
_ENDS = (".", "!", "?", "…", ":")

_MARKER = re.compile(
    r"(?:[•‣⁃▪▫◦●○■□►▶➤➢✓✔→*·]|(?P<dash>[-–—])|(?P<number>\d{1,3})\.|\d{1,3}\)|\(\d{1,3}\)|\(?[a-z]\)|\#{1,6}) +(?=\S)"
)
_LONE_MARKER = frozenset("•‣⁃▪▫◦●○■□►▶➤➢·*-–—")
_NOT_ITEM = re.compile(
    r"(?:FC|FSV|SC|SV|TSV|VfL|Bundesliga|Liga|Mannschaft|Jahrhundert|Platz|Mai"
    r"|(?:Jän|Jan|Feb|Mär|Apr|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-zä]*)\b"
)
"""What makes a number with a full stop at the start of a line an ordinal: "1. FC Köln", "3. Oktober"."""

_DANGLING = frozenset(
    """der die das des dem den ein eine einen einem einer eines kein keine keinen seine seinen seiner ihre ihren ihrer
    und oder aber sowie dass weil wenn als wie ob in im an am auf aus bei beim bis durch für gegen mit nach ohne seit
    über um unter von vom vor wegen zu zum zur zwischen sich nicht auch noch nur sehr mehr the a an of and or to for
    with by from at on is are was were that this""".split()
)
"""No line of its own ends in one of these: the sentence goes on."""

_AFTER_HYPHEN = frozenset("und oder bzw. sowie als wie bis noch statt & u. o.".split())
"""After these words a hyphen at the end of a line belongs to the word: "Vor- und Nachteile"."""


@dataclass(slots=True)
class Reading:
    """Text as an engine reads it, each character with its span in the source.

    Single spaces for any white space, composed, no invisible marks, nothing blank at either end.
    """

    text: str = ""
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)


def clean(text: str) -> str:
    """`text` as an engine reads it: see `Reading`."""
    return unicodedata.normalize("NFC", _read(text, 0).text).strip()


def find_paragraphs(text: str) -> list[Reading]:
    """The paragraphs, headings and list items of `text`, in order, none blank; list markers are left out."""
    blocks: list[list[_Line]] = [[]]
    start = 0
    for source in text.splitlines(keepends=True):
        line = _Line.read(source, start)
        start += len(source)
        if line.reading.text:
            blocks[-1].append(line)
        if blocks[-1] and (not line.reading.text or source.endswith(("\u2029", "\f"))):
            blocks.append([])
    _mark_items([line for block in blocks for line in block])
    wrapped = [block for block in blocks if _is_wrapped(block)]
    wrap = max(map(_width, wrapped), default=0)
    is_ragged = any(map(_has_short_lines, wrapped))
    groups = [_group(block, wrap, is_ragged=is_ragged, first=number == 0) for number, block in enumerate(blocks)]
    return [_assemble(lines) for group in groups for lines in group]


@dataclass(slots=True)
class _Line:
    reading: Reading
    indent: int
    soft: bool
    """Ends in a soft hyphen: the word goes on in the next line."""
    marker: int = 0
    """Characters of `reading` that are a list marker."""

    @classmethod
    def read(cls, source: str, start: int) -> _Line:
        body = source.rstrip("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        indent = len(body) - len(body.lstrip(" \t"))
        return cls(_read(body, start), indent, body.rstrip().endswith("\u00ad"))

    @property
    def width(self) -> int:
        return self.indent + len(self.reading.text)

    @property
    def ends_sentence(self) -> bool:
        return self.reading.text.rstrip(_CLOSERS).endswith(_ENDS)


def _read(text: str, start: int) -> Reading:
    if text.isprintable() and "  " not in text and unicodedata.is_normalized("NFC", text):
        left = len(text) - len(text.lstrip(" "))
        body = text.strip(" ")
        first = start + left
        return Reading(body, list(range(first, first + len(body))), list(range(first + 1, first + len(body) + 1)))
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for i, raw in enumerate(text, start):
        char = " " if raw.isspace() else raw
        kind = unicodedata.category(char)
        if kind in ("Cc", "Cf"):
            continue
        if kind == "Cs":
            char = "\ufffd"
        if char == " " and (not chars or chars[-1] == " "):
            continue
        if chars and unicodedata.combining(char):
            pair = unicodedata.normalize("NFC", chars[-1] + char)
            if len(pair) == 1:
                chars[-1], ends[-1] = pair, i + 1
                continue
        chars.append(char)
        starts.append(i)
        ends.append(i + 1)
    if chars and chars[-1] == " ":
        del chars[-1], starts[-1], ends[-1]
    return Reading("".join(chars), starts, ends)


def _mark_items(lines: Sequence[_Line]) -> None:
    """Find the list markers; a number or a dash is one only in the company that makes it a list."""
    found = [_MARKER.match(line.reading.text) for line in lines]
    numbers = [int(match["number"]) if match and match["number"] else None for match in found]
    for i, (line, match) in enumerate(zip(lines, found, strict=True)):
        if match is None:
            continue
        if numbers[i] is not None:
            if _NOT_ITEM.match(line.reading.text, match.end()):
                continue
            near = [number for number in numbers[max(0, i - 12) : i + 13] if number is not None]
            if numbers[i] + 1 not in near and numbers[i] - 1 not in near:  # type: ignore[operator]
                continue
        elif match["dash"] and i and _is_open(lines[i - 1]) and not _is_dashed(lines, found, i):
            continue
        line.marker = match.end()


def _is_open(line: _Line) -> bool:
    return not line.ends_sentence and not line.marker and line.width >= _NARROWEST_WRAP


def _is_dashed(lines: Sequence[_Line], found: Sequence[re.Match[str] | None], i: int) -> bool:
    """Whether a neighbouring line starts with the same dash, as in a list."""
    here = lines[i].reading.text[0]
    around = (j for j in (i - 1, i + 1) if 0 <= j < len(lines))
    return any(found[j] is not None and lines[j].reading.text[0] == here for j in around)


def _width(block: Sequence[_Line]) -> int:
    return max((line.width for line in block), default=0)


def _goes_on(before: _Line, line: _Line) -> bool:
    """Whether `line` surely goes on with the sentence of `before`."""
    if line.marker or before.ends_sentence:
        return False
    if before.soft or _is_broken_word(before.reading.text):
        return True
    text = line.reading.text.lstrip("–—- ")
    starts_low = text[:1].islower() and not text[1:2].isupper()
    return starts_low or before.reading.text.endswith(",") or before.reading.text.rpartition(" ")[2] in _DANGLING


def _is_broken_word(text: str) -> bool:
    return text.endswith(("-", "\u2010")) and text[-2:-1].isalnum()


def _is_wrapped(block: Sequence[_Line]) -> bool:
    """Whether some line break in `block` is surely a wrap."""
    width = _width(block)
    return _NARROWEST_WRAP <= width <= _WIDEST_WRAP and any(
        _goes_on(a, b) and a.width * 2 >= width for a, b in pairwise(block)
    )


def _has_short_lines(block: Sequence[_Line]) -> bool:
    """Whether a line that surely goes on in the next was broken earlier than it had to be."""
    width = _width(block)
    return any(_goes_on(a, b) and not _is_full(a, b, width) for a, b in pairwise(block))


def _group(block: Sequence[_Line], wrap: int, *, is_ragged: bool, first: bool) -> list[list[_Line]]:
    """The lines of each paragraph of `block`; `wrap` is the widest wrapped block of the text, 0 where there is none."""
    width = _width(block)
    is_wrapped = _is_wrapped(block)
    if is_wrapped and is_ragged:
        width = int(width * _RAGGED)
    may_wrap = not is_wrapped and _NARROWEST_WRAP <= width <= _WIDEST_WRAP
    groups: list[list[_Line]] = []
    before: _Line | None = None
    in_item = False
    for line in block:
        if line.reading.text in _LONE_MARKER:
            before, in_item = None, True
            continue
        in_item = bool(line.marker) or (in_item and line.indent > 0)
        if before is None or line.marker:
            joins = False
        elif _continues(before, line, width, is_wrapped=is_wrapped, in_item=in_item):
            joins = True
        elif not may_wrap:
            joins = False
        elif wrap:
            joins = _is_full(before, line, max(width, wrap))
        else:  # nothing shows that this text is wrapped: its first lines are more often headings than a paragraph
            joins = not first and before.width >= _USUAL_WRAP and not before.ends_sentence and block[-1].ends_sentence
        if joins:
            groups[-1].append(line)
        else:
            groups.append([line])
        before = line
    return groups


def _continues(before: _Line, line: _Line, width: int, *, is_wrapped: bool, in_item: bool) -> bool:
    """Whether `line` surely belongs to the paragraph of the line before it, in a block `width` columns wide."""
    if _goes_on(before, line):
        if in_item or before.soft or _is_broken_word(before.reading.text):
            return True
        if before.width >= _NARROWEST_WRAP and before.width * 2 >= min(width, _WIDEST_WRAP):
            return True
    if in_item and not before.ends_sentence:
        return True
    if not is_wrapped or (line.indent >= before.indent + 2 and not in_item):
        return False  # an indented line is the first of a paragraph
    return _is_full(before, line, width)


def _is_full(before: _Line, line: _Line, width: int) -> bool:
    """Whether the first word of `line` had no room at the end of the line before it."""
    return before.width + 1 + len(line.reading.text.partition(" ")[0]) > width


def _assemble(lines: Sequence[_Line]) -> Reading:
    """One paragraph out of its lines."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for i, line in enumerate(lines):
        reading = line.reading
        text, after = reading.text[line.marker :], ""
        if i + 1 < len(lines):
            glue, cut = ("", 0) if line.soft else _seam(text, lines[i + 1].reading.text)
            text, after = text[: len(text) - cut], glue
        pieces += (text, after)
        starts += reading.starts[line.marker : line.marker + len(text)]
        ends += reading.ends[line.marker : line.marker + len(text)]
        if after:
            starts.append(ends[-1])
            ends.append(lines[i + 1].reading.starts[0])
    return Reading("".join(pieces), starts, ends)


def _seam(left: str, right: str) -> tuple[str, int]:
    """What stands between two joined lines, and how many characters go at the end of the first."""
    if not left or not _is_broken_word(left):
        return " ", 0
    word = left.rpartition(" ")[2][:-1]
    following = right.partition(" ")[0].rstrip(",;")
    if following in _AFTER_HYPHEN:
        return " ", 0
    keeps = (
        not right[:1].islower()
        or not word.isalpha()
        or word.isupper()
        or (word.endswith(("isch", "deutsch")) and "isch" in following)
    )
    return "", 0 if keeps else 1
