"""Which passages of an article its summary is written from: short runs of sentences from its start to its end."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit import grounding

MAX_SENTENCES = 3
MAX_WORDS = 60
"""Longest passage, as the summariser was trained on (models/recipes/summaries.py)."""

_WHOLE_SENTENCE = re.compile(r"[.!?…:][\"'”’»«)\]]*$")
_LEAST_WORDS = 4
# Stretches grow towards the end, because news says the most at the start: with three, they end at 22, 59 and 100 %.
_GROWTH = 1.35
# How much less a passage at the very end of a text weighs than the same one at its start.
_POSITION = 0.6
# What a passage says is divided by this power of its length: 1 would prefer single short sentences, 0 the longest runs.
_BREVITY = 0.6
# A passage that opens with "He" or "But" leans on the sentence before it.
_LEANING = 0.7
_LEANING_START = re.compile(
    r"[\"“'‘]?(?:he|she|it|they|we|i|you|his|her|their|this|that|these|those|there|but|and|so|or|also|then|however|"
    r"meanwhile|here)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring sentences of an article."""

    sentences: tuple[int, ...]
    """Their indices, ascending."""
    text: str


def choose_passages(sentences: Sequence[str], *, count: int) -> tuple[Passage, ...]:
    """At most `count` passages that do not overlap, in the order of the article, for a text of one sentence or more.

    The article is cut into `count` stretches; of each, the passage is taken that says most of what the whole article
    talks about and no earlier passage has said, for its length. Headings are left out where there are sentences.
    """
    usable = [i for i, text in enumerate(sentences) if is_sentence(text)] or list(range(len(sentences)))
    count = min(count, max(1, len(usable) - 1))
    stems = {i: frozenset(grounding.content_stems(sentences[i])) for i in usable}
    weight = {word: math.log1p(times) for word, times in Counter(w for i in usable for w in stems[i]).items()}
    edges = [round(len(usable) * (i / count) ** _GROWTH) for i in range(count + 1)]
    chosen: list[Passage] = []
    said: set[str] = set()
    for i in range(count):
        # Rounding may leave a stretch empty in a short text: it takes the sentence that follows then.
        start = max(edges[i], edges[i - 1] + 1 if i else 0)
        stretch = usable[start : max(edges[i + 1], start + 1)]
        best: tuple[int, ...] = ()
        best_score = -1.0
        for run in _runs(stretch, sentences):
            new = set().union(*(stems[j] for j in run)) - said
            words = sum(len(sentences[j].split()) for j in run)
            score = sum(weight[word] for word in new) / (words + 1) ** _BREVITY
            score *= 1 - _POSITION * run[0] / len(sentences)
            if run[0] > 0 and _LEANING_START.match(sentences[run[0]]):
                score *= _LEANING
            if score > best_score:
                best, best_score = run, score
        if best:
            chosen.append(Passage(best, " ".join(sentences[j] for j in best)))
            said |= set().union(*(stems[j] for j in best))
    return tuple(chosen)


def opening(sentences: Sequence[str]) -> Passage:
    """The first sentences, the heading before them included: what a headline is written from."""
    kept: list[int] = []
    words = 0
    for i, text in enumerate(sentences):
        words += len(text.split())
        if kept and (words > MAX_WORDS or len(kept) == MAX_SENTENCES):
            break
        kept.append(i)
    return Passage(
        tuple(kept), " ".join(sentences[i] if is_sentence(sentences[i]) else sentences[i] + "." for i in kept)
    )


def is_sentence(text: str) -> bool:
    """Whether a segment reads as a sentence, not as a heading or a caption."""
    return len(text.split()) >= _LEAST_WORDS and _WHOLE_SENTENCE.search(text) is not None


def _runs(stretch: Sequence[int], sentences: Sequence[str]) -> list[tuple[int, ...]]:
    """Runs of one to `MAX_SENTENCES` neighbours within `MAX_WORDS`; a longer sentence stands alone."""
    runs: list[tuple[int, ...]] = []
    for i in range(len(stretch)):
        words = 0
        for size in range(1, MAX_SENTENCES + 1):
            run = tuple(stretch[i : i + size])
            words += len(sentences[run[-1]].split())
            if len(run) < size or run[-1] - run[0] != size - 1 or (size > 1 and words > MAX_WORDS):
                break
            runs.append(run)
    return runs
