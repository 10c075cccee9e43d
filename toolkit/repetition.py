"""Repetition loops: the typical failure of a translation model on noise, lists and capitals."""

from __future__ import annotations

import re

# A loop is the same one to eight words at least this often in a row. Three suffice for two words or more;
# single words ("sehr, sehr, sehr") need one more.
_TIMES = 3
_LONGEST = 8
_NORMAL_RATIO = 3
_NORMAL_EXTRA = 12
_NORMAL_CHARACTERS = 12
# A run of more characters than that holds its one to four at least four times in a row; looking for that is cheap.
_FOUR_TIMES = re.compile(r"(\S{1,4}?)\1{3}")


def longest_run(text: str) -> int:
    """How many words the longest immediate repetition takes up ("a b a b a b": 6); 0 when nothing repeats."""
    words = text.casefold().split()
    longest = 0
    for size in range(1, _LONGEST + 1):
        run = 0
        for i in range(size, len(words)):
            run = run + 1 if words[i] == words[i - size] else 0
            needed = size * (_TIMES - 1) if size > 1 else _TIMES
            if run >= needed:
                longest = max(longest, run + size)
    return longest


def is_looping(source: str, translation: str) -> bool:
    """Whether the translation repeats itself where the source does not, or is out of all proportion to it.

    A run of one endless word counts too, by characters.
    """
    run = longest_run(translation)
    if run and run > longest_run(source):
        return True
    if _FOUR_TIMES.search(translation) and _repeated_characters(translation) > max(
        _NORMAL_CHARACTERS, _repeated_characters(source)
    ):
        return True
    return len(translation.split()) > _NORMAL_RATIO * len(source.split()) + _NORMAL_EXTRA


def _repeated_characters(text: str) -> int:
    """Length of the longest run made of one to four characters again and again."""
    longest = 0
    for size in range(1, 5):
        run = 0
        for i in range(size, len(text)):
            run = run + 1 if text[i] == text[i - size] and not text[i].isspace() else 0
            longest = max(longest, run)
    return longest
