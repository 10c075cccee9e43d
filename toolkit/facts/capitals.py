"""English words that are capitalised without being names: titles, offices, institutions, works, feasts."""

from __future__ import annotations

import functools
import re

from toolkit.facts import tables

_ORDINARY_ENDING = re.compile(
    r"(?:tions?|ments?|ships?|ness|ities|isms?|ists?|ances?|ences?|ical|ology|logists?|ial|able|ible|ful|less|ous)$"
)


@functools.lru_cache(maxsize=1 << 12)
def is_ordinary(lower: str) -> bool:
    """Whether a casefolded English word may be capitalised as part of a title or at the start of a sentence."""
    bare = lower.replace("’", "'").removesuffix("'s").removesuffix("'")
    ordinary = tables.words("capitals")
    if bare in ordinary or lower in ordinary or _ORDINARY_ENDING.search(bare):
        return True
    return (bare.endswith("s") and bare[:-1] in ordinary) or f"{bare}s" in ordinary
