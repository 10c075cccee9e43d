"""A sentence read for its facts: tokens, folded spelling, and which parts of it are already accounted for."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import NamedTuple

# Numbers with their separators, words (a hyphen parts them, an apostrophe does not), anything else by itself.
_TOKEN = re.compile(r"\d+(?:[.,:\u00a0\u202f'’]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]", re.UNICODE)
_FOLDED = str.maketrans("äöüáàâãåéèêëíìîïóòôõøúùûýçćčñńšśžźżłğışđřěů", "aouaaaaaeeeeiiiiooooouuuycccnnsszzzlgisdreu")


class Token(NamedTuple):
    """A word, a number or a sign: `text[start:end]`, and the same casefolded."""

    start: int
    end: int
    text: str
    lower: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, its language ("de" or "en"), its tokens and its casefolded words."""

    text: str
    language: str
    tokens: tuple[Token, ...]
    words: frozenset[str]


def read(text: str, language: str) -> Sentence:
    """Split a sentence into tokens."""
    tokens = tuple(
        Token(match.start(), match.end(), written, written.casefold())
        for match in _TOKEN.finditer(text)
        if (written := match.group())
    )
    return Sentence(text, language, tokens, frozenset(token.lower for token in tokens))


@functools.lru_cache(maxsize=1 << 12)
def fold(word: str) -> str:
    """A word without case, accents and the two spellings of umlauts: Müller, Mueller and MULLER are one."""
    folded = word.casefold().translate(_FOLDED)
    return folded.replace("ae", "a").replace("oe", "o").replace("ue", "u")
