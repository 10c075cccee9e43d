"""The signs of doubt beside a sentence: a glyph and a colour for each reason to check it."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.concerns import Concern, concerns_of
from toolkit.documents import TranslatedSegment

# Code of a concern → its glyph, from what every system font has, and whether the translation is likely to say something
# else than the German.
_GLYPHS = {
    "number": ("#", True),
    "negation": ("¬", True),
    "name": ("@", True),
    "link": ("/", True),
    "cut": ("×", True),
    "lost": ("#", True),
    "loop": ("=", True),
    "repetition": ("=", True),
    "quotation": ("”", False),
    "unsure": ("?", False),
    "short": ("‹", False),
    "long": ("›", False),
    "german": ("ß", False),
    "foreign": ("~", False),
    "split": ("+", False),
    "retried": ("2", False),
    "recased": ("A", False),
    "term": ("§", False),
}


@dataclass(frozen=True, slots=True)
class Sign:
    """How one reason is shown: never by colour alone."""

    glyph: str
    is_grave: bool
    """True where the translation is likely to say something else than the German."""
    concern: Concern


def signs_of(segment: TranslatedSegment) -> tuple[Sign, ...]:
    """The signs of one sentence, the weightiest first; empty where nothing speaks against it."""
    return tuple(Sign(*_GLYPHS.get(concern.code, ("!", False)), concern) for concern in concerns_of(segment))
