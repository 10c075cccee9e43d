"""Quotation marks that a translation lost, added or left open."""

from __future__ import annotations

import re

from toolkit.documents import Finding

_MARKS = re.compile('["„“”«»]')
# Single marks are apostrophes too, so they count only where they open before a word or close behind one.
_SINGLE = re.compile(r"(?<![\w.!?])[‚‘'‹›](?=\w)|(?<=[\w.,!?…])[’'‘‹›](?!\w)|(?:''|``|’’)")

_WORD = re.compile(r"[^\W_]+")
_TITLE_WORDS = 6


def compare(source: str, translation: str) -> list[Finding]:
    """Marks in pairs on one side and none on the other, or an even number made odd."""
    left = [match.start() for match in _MARKS.finditer(source)]
    right = [match.start() for match in _MARKS.finditer(translation)]
    if len(left) == len(right):
        return []
    if left and not right and not _SINGLE.search(translation):
        if _is_title(source[left[0] + 1 : left[-1]], translation):
            return []
        return [Finding("quotation", left[0], left[-1] + 1, source[left[0] : left[-1] + 1], "")]
    if len(right) > 1 and not left and not _SINGLE.search(source):
        return [Finding("quotation", 0, 0, "", translation[right[0] : right[-1] + 1])]
    if left and len(left) % 2 == 0 and len(right) % 2 and not _SINGLE.search(translation):
        return [Finding("quotation", left[0], left[0] + 1, source[left[0]], translation[right[-1]])]
    return []


def _is_title(quoted: str, translation: str) -> bool:
    """Whether what is quoted is a short name that the translation holds too: English prints papers in italics."""
    words = _WORD.findall(quoted)
    names = [word for word in words if len(word) > 3 and word[0].isupper()]
    return len(words) <= _TITLE_WORDS and any(name in translation for name in names)
