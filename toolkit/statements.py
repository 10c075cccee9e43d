"""Sentences of a summary with what they rest on, and whether two of them say the same."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit import grounding, support
from toolkit.documents import SummarySentence

SAME = 0.75
"""Two sentences that share this much of the shorter one's content words say the same."""


def supported(text: str, indices: tuple[int, ...], article: Sequence[str]) -> SummarySentence:
    """A summary sentence with the indices of what it rests on and how far that bears it out."""
    found = support.assess(text, [article[i] for i in indices])
    return SummarySentence(text, indices, found.score, found.is_supported)


def needed(sentences: Sequence[str], indices: Sequence[int], text: str) -> tuple[int, ...]:
    """Which of the sentences at `indices` a text rests on: the closest, and those that hold more of its words."""
    wanted = set(grounding.content_stems(text))
    found: list[int] = []
    for i in sorted(indices, key=lambda i: (-len(wanted & set(grounding.content_stems(sentences[i]))), i)):
        held = set(grounding.content_stems(sentences[i]))
        if not found or wanted & held:
            found.append(i)
            wanted -= held
    return tuple(sorted(found))


def shared(one: str, other: str) -> float:
    """Share of the content words of the shorter text that the other has too."""
    a, b = set(grounding.content_stems(one)), set(grounding.content_stems(other))
    return len(a & b) / max(1, min(len(a), len(b))) if a and b else float(one == other)
