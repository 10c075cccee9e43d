"""Links, e-mail addresses, handles and hashtags, which come through a translation letter by letter."""

from __future__ import annotations

import re

from toolkit.documents import Finding
from toolkit.facts.findings import Mention, pair

_LINK = re.compile(
    r"""
    (?:https?://|ftp://|www\.)[^\s<>"„“”»«]*[^\s<>"„“”»«.,;:!?)\]'’]
    | (?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+
    | (?<![\w@.-])(?:[A-Za-z0-9-]{1,63}\.){1,5}
      (?:de|com|org|net|eu|at|ch|info|gov|edu|uk|fr|it|es|nl|pl|io|tv|berlin|news|ru|us)(?:/[^\s<>"„“”»«]*[^\s<>"„“”»«.,;:!?)\]'’])?(?![\w])
    | (?<![\w&/])[@\#][A-Za-z_ÄÖÜäöü][\wÄÖÜäöüß]*
    """,
    re.VERBOSE,
)
# A dot or colon within a word: without one there is no address.
_WITHIN = re.compile(r"\.[a-z]|://")


def links(text: str) -> list[Mention]:
    """Where the links, addresses, handles and hashtags of a text are."""
    if "@" not in text and "#" not in text and _WITHIN.search(text) is None:
        return []
    return [Mention(match.start(), match.end()) for match in _LINK.finditer(text)]


def compare(source: str, translation: str, left: list[Mention], right: list[Mention]) -> list[Finding]:
    """Those that are on one side only, case aside."""
    if not left and not right:
        return []
    lost = [mention for mention in left if not _is_in(source[mention.start : mention.end], translation)]
    new = [mention for mention in right if not _is_in(translation[mention.start : mention.end], source)]
    return pair("link", source, translation, lost, new)


def _is_in(link: str, text: str) -> bool:
    """Whether the link stands in the text as a whole."""
    pattern = rf"(?<![\w@.-]){re.escape(link)}(?![\w@-]|[./][\w])"
    return re.search(pattern, text, re.IGNORECASE) is not None
