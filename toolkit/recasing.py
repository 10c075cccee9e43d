"""Text in capitals, and how it might be written otherwise."""

from __future__ import annotations

import re

# Capitals: at least two words of four letters or more, nearly all letters upper-case; "EU und NATO" is none.
_CAPITAL_SHARE = 0.9
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
# Up to three letters a word in capitals is an acronym (EU, SPD, USA) unless it is one of these.
_SHORT_WORDS = frozenset(
    "ab als am an auf aus bei bis da das dem den der des die du ein er es für ich ihm ihn ihr im in ist ja man mit nie "
    "nun nur ob per pro sie so um und uns vom von vor war was wem wen wer wie wir wo zu zum zur".split()
)


def is_capitals(text: str) -> bool:
    """Whether a text is written in capitals."""
    letters = [character for character in text if character.isalpha()]
    upper = sum(character.isupper() for character in letters)
    return upper >= _CAPITAL_SHARE * len(letters) and len(_LONG_WORD.findall(text)) >= 2


def sentence_case(text: str) -> str:
    """CAPITALS as a German sentence might be cased: words of four letters and more capitalised, as nouns are,
    short function words small, other short words (acronyms) left alone.
    """

    def recase(match: re.Match[str]) -> str:
        word = match.group()
        if len(word) >= 4 or (match.start() == 0 and word.lower() in _SHORT_WORDS):
            return word.capitalize()
        return word.lower() if word.lower() in _SHORT_WORDS else word

    return re.sub(r"[^\W\d_]+", recase, text)
