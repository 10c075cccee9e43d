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
# How much less a sentence at the very end of a text weighs than the same one at its start, and the power of its length
# by which what it says is divided (1 would prefer short sentences, 0 long ones): the best on 400 articles of XSum,
# where the chosen sentence, cut to 28 words, has ROUGE-1 18.1 against 15.1 for any sentence of the article.
_POSITION = 0.3
_BREVITY = 0.4
# A word that the article says once weighs this much beside the logarithm of how often it says the others.
_ONCE = 0.1
# A sentence that opens with "He" or "But" leans on the sentence before it.
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

    The article is cut into `count` stretches; of each, the sentence is taken that says most of what the whole article
    keeps coming back to and no earlier passage has said, with those after it that go on about the same. Headings are
    left out where there are sentences.
    """
    usable = [i for i, text in enumerate(sentences) if is_sentence(text)] or list(range(len(sentences)))
    count = min(count, max(1, len(usable) - 1))
    stems = {i: frozenset(grounding.content_stems(sentences[i])) for i in usable}
    weight = {word: math.log(n) + _ONCE for word, n in Counter(w for i in usable for w in stems[i]).items()}
    edges = [round(len(usable) * (i / count) ** _GROWTH) for i in range(count + 1)]
    chosen: list[Passage] = []
    said: set[str] = set()

    def score(i: int) -> float:
        value: float = sum(weight[word] for word in stems[i] - said) / (len(sentences[i].split()) + 1) ** _BREVITY
        value *= 1 - _POSITION * i / len(sentences)
        return value * _LEANING if i > 0 and _LEANING_START.match(sentences[i]) else value

    for i in range(count):
        # Rounding may leave a stretch empty in a short text: it takes the sentence that follows then.
        start = max(edges[i], edges[i - 1] + 1 if i else 0)
        stretch = usable[start : max(edges[i + 1], start + 1)]
        if not stretch:
            break
        best = max(stretch, key=lambda i: (score(i), -i))
        run = [best]
        for j in stretch[stretch.index(best) + 1 :][: MAX_SENTENCES - 1]:
            words = sum(len(sentences[k].split()) for k in (*run, j))
            if j != run[-1] + 1 or words > MAX_WORDS or not stems[j] & stems[best]:
                break
            run.append(j)
        chosen.append(Passage(tuple(run), " ".join(sentences[j] for j in run)))
        said |= set().union(*(stems[j] for j in run))
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
