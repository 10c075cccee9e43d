"""Tokens that must come through a translation unchanged: links, addresses, placeholders, mark-up, codes, file names."""

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
    | \$[A-Z][A-Z_]+\b                                                 # $HOME
    | (?<!\S)--[a-z][\w-]+                                             # --option
    | (?<![\w.])[@\#]\w{2,}                                            # @account, #tag
    | \b[A-Z]{2}\d{2}(?:\ ?\d{4}){3,7}(?:\ ?\d{1,3})?\b                 # bank accounts (IBAN)
    | \b10\.\d{4,9}/[^\s<>"„“”]*[^\s<>"„“”.,;:!?)\]]                    # publications (DOI)
    | (?<![\d.,])(?:\+\d{1,3}|0\d{2,5})(?:[\ /-]\d{2,})+\b             # telephone numbers
    | \b[A-Za-z]:\\[^\s<>"„“”]*[^\s<>"„“”.,;:!?)\]]                     # C:\folder
    | (?<![\w/])(?:/[\w.-]+){2,}\b                                     # /folder/file
    | \b[\w-]+\.(?:csv|docx?|gif|html?|jpe?g|json|md|mp[34]|odt|pdf|png|pptx?|py|svg|txt|xlsx?|xml|zip)\b
    | (?<![\w.-])(?=[A-Z\d./-]*\d)(?=[A-Z\d./-]*[A-Z])[A-Z\d]+(?:[./-][A-Z\d]+)*(?![\w-]) # A7-XK-90213, M29
    | (?<![\w-])(?=[\da-f-]*[a-f])(?=[\da-f-]*\d)[\da-f]{4,}(?:-[\da-f]{4,})+(?![\w-])    # 7f3a-99c1
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
