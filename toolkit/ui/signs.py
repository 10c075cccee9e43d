"""The signs of doubt beside a sentence: a glyph and a colour for each reason to check it, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.documents import MARKS, REASONS, TranslatedSegment


@dataclass(frozen=True, slots=True)
class Sign:
    """How one reason is shown: never by colour alone."""

    code: str
    """A key of `REASONS` or of `MARKS`, or "term"."""
    glyph: str
    is_grave: bool
    """True where the translation is likely to say something else than the German."""
    meaning: str
    """What it tells the reader."""


# Glyphs are taken from what every system font has.
_GLYPHS = {
    "number": ("#", True),
    "negation": ("¬", True),
    "name": ("@", True),
    "link": ("/", True),
    "quotation": ("”", False),
    "unsure": ("?", False),
    "short": ("‹", False),
    "long": ("›", False),
    "omission": ("…", True),
    "repetition": ("=", True),
    "german": ("de", False),
    "split": ("+", False),
}
_MARK_GLYPHS = {"cut": ("×", True), "loop": ("=", True), "lost": ("#", True), "foreign": ("~", False)}
# A mark whose reason says the same.
_REASON_OF_MARK: dict[str, set[str]] = {
    "loop": {"repetition"},
    "lost": {"number", "link"},
    "split": {"split"},
    "cut": set(),
    "foreign": {"german"},
}

SIGNS: dict[str, Sign] = {
    **{code: Sign(code, glyph, grave, MARKS[code]) for code, (glyph, grave) in _MARK_GLYPHS.items()},
    **{code: Sign(code, *_GLYPHS.get(code, ("!", False)), meaning) for code, meaning in REASONS.items()},
    "term": Sign("term", "§", False, "a term of your glossary is not as you wanted it"),
}
"""Every sign by its code."""


def signs_of(segment: TranslatedSegment) -> tuple[Sign, ...]:
    """The signs of one sentence, the weightiest first; empty where nothing speaks against it."""
    codes = list(segment.reasons)
    for mark in segment.marks:
        if mark in _REASON_OF_MARK and not _REASON_OF_MARK[mark] & set(codes):
            codes.append(mark)
    if any(not term.is_applied for term in segment.terms):
        codes.append("term")
    return tuple(SIGNS[code] for code in dict.fromkeys(codes) if code in SIGNS)
