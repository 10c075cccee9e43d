"""Quotation marks that a translation lost, added or left open."""

from __future__ import annotations

import re

from toolkit.documents import Finding

_MARKS = re.compile('["„“”«»]')
# Single marks are apostrophes too, so they count only where they open before a word or close behind one.
_SINGLE = re.compile(r"(?<![\w.!?])[‚‘'‹›](?=\w)|(?<=[\w.,!?…])[’'‘‹›](?!\w)|(?:''|``|’’)")

# Where the German reports what somebody says, the English may quote it, and what is called so is often put in marks.
_REPORTED = re.compile(
    r"\b(?:sag\w*|gesagt|erklär\w*|mein\w*|sprach\w*|spricht|sprechen|nann\w*|nenn\w*|genannt\w*|betont\w*|heißt|hieß"
    r"|laut|zufolge|Angaben|Worten|berichte\w*|schrieb\w*|schreib\w*|warn\w*|forder\w*|kritisier\w*|bezeichne\w*"
    r"|behaupt\w*"
    r"|sogenannt\w*|genannt\w*|Titel\w*|Namen?|Motto|Begriff\w*|Wort|sei|seien|habe|hätten?|werde|würden?|könne|solle|wolle|müsse)\b"
)
_WORD = re.compile(r"[^\W_]+")
_TITLE_WORDS = 6


def compare(source: str, translation: str) -> list[Finding]:
    """Marks in pairs on one side and none on the other, or an even number made odd."""
    left = [match.start() for match in _MARKS.finditer(source)]
    right = [match.start() for match in _MARKS.finditer(translation)]
    if len(left) == len(right):
        return []
    if len(left) == 1 and not right:
        return []  # a quotation of several sentences, of which English marks none by itself
    if left and not right and not _SINGLE.search(translation):
        if _is_title(source[left[0] + 1 : left[-1]], translation):
            return []
        return [Finding("quotation", left[0], left[-1] + 1, source[left[0] : left[-1] + 1], "")]
    if len(right) > 1 and not left and not _SINGLE.search(source):
        quoted = _WORD.findall(translation[right[0] : right[-1]])
        if _REPORTED.search(source) or all(word[0].isupper() for word in quoted):
            return []
        return [Finding("quotation", 0, 0, "", translation[right[0] : right[-1] + 1])]
    if left and len(left) % 2 == 0 and len(right) % 2 and not _SINGLE.search(translation):
        return [Finding("quotation", left[0], left[0] + 1, source[left[0]], translation[right[-1]])]
    return []


def _is_title(quoted: str, translation: str) -> bool:
    """Whether what is quoted is a short name that the translation holds too: English prints papers in italics."""
    words = _WORD.findall(quoted)
    names = [word for word in words if len(word) > 3 and word[0].isupper()]
    return len(words) <= _TITLE_WORDS and any(name in translation for name in names)
