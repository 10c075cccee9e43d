"""Training a model to obey a glossary: wanted English words inside German sentences (Dinu et al. 2019).

In the German a word is replaced by the English it became, between two control tokens; the model learns to take it over.
What must stay untouched altogether becomes a placeholder on both sides.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from models.recipes import alignment
from models.recipes.alignment import Link
from models.recipes.corpora import Pair
from toolkit.control import PLACEHOLDER, TERM_END, TERM_START

# Of the sentences with a term: how many show placeholders instead.
PLACEHOLDERS = 0.25
_MOST_TERMS = 3
# As frequent as this, a word is grammar rather than a term.
_COMMON_WORDS = 300
_SHORTEST = 4
# Model 1 gives a word seen once or twice everything in the sentence that nothing else explains.
_SEEN = 3


def annotated(pairs: Sequence[Pair], count: int, *, rng: random.Random) -> list[Pair]:
    """`count` of the pairs, fewer where fewer have a term, each with one to three terms or placeholders."""
    links = alignment.align(pairs)
    frequency = Counter(
        source[slice(*link.source)].casefold()
        for (source, _), found in zip(pairs, links, strict=True)
        for link in found
    )
    common = {word for word, _ in frequency.most_common(_COMMON_WORDS)}
    known = {word for word, times in frequency.items() if times >= _SEEN} - common
    made: list[Pair] = []
    for k in rng.sample(range(len(pairs)), len(pairs)):
        if len(made) == count:
            break
        (source, target), found = pairs[k], links[k]
        terms = [link for link in found if _is_term(source, target, link, known)]
        same = [link for link in found if source[slice(*link.source)] == target[slice(*link.target)]]
        if same and rng.random() < PLACEHOLDERS:
            link = rng.choice(same)
            made.append((_put(source, [(link.source, PLACEHOLDER)]), _put(target, [(link.target, PLACEHOLDER)])))
        elif terms:
            chosen = rng.sample(terms, min(len(terms), rng.choice((1, 1, 2, _MOST_TERMS))))
            made.append((_put(source, [(link.source, marked(target[slice(*link.target)])) for link in chosen]), target))
    return made


def marked(term: str) -> str:
    """A wanted English term as it stands in a German source."""
    return f"{TERM_START} {term} {TERM_END}"


def _is_term(source: str, target: str, link: Link, known: set[str]) -> bool:
    """A noun or a name that is rare enough to be a term and frequent enough to be linked rightly."""
    german, english = source[slice(*link.source)], target[slice(*link.target)]
    is_whole = len(german) >= _SHORTEST and len(english) >= _SHORTEST
    return is_whole and german[0].isupper() and link.source[0] > 0 and german.casefold() in known


def _put(text: str, changes: Sequence[tuple[tuple[int, int], str]]) -> str:
    """`text` with the spans replaced."""
    for (start, end), new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text
