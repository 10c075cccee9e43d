"""Tokens that must come through a translation unchanged: links, addresses, placeholders, mark-up, endless words."""

from __future__ import annotations

import re
from collections import Counter

# The longest German word in print has 79 letters; anything past 100 is no word.
LONGEST_WORD = 100

_PROTECTED = re.compile(
    r"""
    (?:https?://|ftp://|www\.)[^\s<>"„“”»«]*[^\s<>"„“”»«.,;:!?)\]]     # links, without the sentence's own punctuation
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+                                     # e-mail addresses
    | \{\{?[\w.:\- ]{0,60}\}?\}                                        # {name}, {}, {{ name }}
    | \$\{\w{1,60}\}                                                   # ${name}
    | %\(\w{1,60}\)[sdf] | %(?:\d+\$)?[sd](?!\w)                       # %(name)s, %s, %1$d
    | </?[A-Za-z][\w-]{0,20}(?:\s[^<>]{0,200})?/?>                     # <b>, </b>, <a href="…">
    | &(?:[A-Za-z]{2,8}|\#\d{1,6});                                    # &nbsp;
    | \S{101,}                                                         # no word, see LONGEST_WORD
    """,
    re.VERBOSE,
)


def protected(text: str) -> tuple[str, ...]:
    """The tokens of `text` that must come through unchanged, in order."""
    return tuple(match.group() for match in _PROTECTED.finditer(text))


def lost(source: str, translation: str) -> tuple[str, ...]:
    """Protected tokens of the source that the translation has less often."""
    wanted = Counter(protected(source))
    return tuple(token for token, count in wanted.items() if translation.count(token) < count)


def pieces(text: str) -> tuple[str, ...]:
    """Text (even positions, perhaps blank) and protected tokens (odd ones) in turn; joined, they are `text`."""
    parts: list[str] = []
    end = 0
    for match in _PROTECTED.finditer(text):
        parts += (text[end : match.start()], match.group())
        end = match.end()
    return (*parts, text[end:])
