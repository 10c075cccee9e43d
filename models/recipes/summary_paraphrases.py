"""One event in the words of two outlets: the lead of one as source, the first sentence of the other as target.

News leads of one or two days are compared by the rare words they share; a pair is kept whose target has its names, its
numbers and most of its words in the source, but not its phrasing.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from toolkit import grounding

MOST_SEEN = 30
"""Leads of two days that may hold a word which still counts as rare."""
LEAST_SHARED = 3
"""Rare words that two leads must share to be compared."""
MOST_A_LEAD = 3
"""Pairs taken of one lead."""
_WORDS = (10, 28)
_LEAST_SUPPORT = 0.66
_MOST_COPIED = 0.8
"""Share of the target's bigrams in the source, above which the outlets printed the same agency text."""
_LEAST_COPIED = 0.1


@dataclass(frozen=True, slots=True)
class Lead:
    """The sentences of a news lead, who published it and when."""

    sentences: tuple[str, ...]
    outlet: str
    date: str


def pairs(leads: Iterable[Lead], *, most_words: int) -> Iterator[tuple[str, str]]:
    """Source passages of up to `most_words` words, and the sentences that say the same elsewhere."""
    days: defaultdict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        if lead.sentences:
            days[lead.date[:10]].append(lead)
    for day in sorted(days):
        following = (datetime.date.fromisoformat(day) + datetime.timedelta(days=1)).isoformat()
        yield from _of_days(days[day], days.get(following, []), most_words)


def _of_days(today: Sequence[Lead], tomorrow: Sequence[Lead], most_words: int) -> Iterator[tuple[str, str]]:
    leads = [*today, *tomorrow]
    stems = [frozenset(grounding.content_stems(" ".join(lead.sentences))) for lead in leads]
    seen = Counter(stem for found in stems for stem in found)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for i, found in enumerate(stems):
        for stem in found:
            if 2 <= seen[stem] <= MOST_SEEN:
                holders[stem].append(i)
    for i, found in enumerate(stems):
        targets = [text for text in leads[i].sentences[:2] if _WORDS[0] <= len(text.split()) <= _WORDS[1]]
        if not targets:
            continue
        shared: Counter[int] = Counter()
        for stem in found:
            shared.update(j for j in holders.get(stem, ()) if j != i)
        taken = 0
        for j, count in shared.most_common(12):
            # Pairs within tomorrow come when it is today.
            if count < LEAST_SHARED or taken >= MOST_A_LEAD:
                break
            if leads[j].outlet == leads[i].outlet or min(i, j) >= len(today):
                continue
            source = _passage(leads[j].sentences, most_words)
            for target in targets:
                if _says_the_same(source, target):
                    taken += 1
                    yield source, target


def _passage(sentences: Sequence[str], most_words: int) -> str:
    kept: list[str] = []
    for sentence in sentences[:3]:
        if sum(len(other.split()) for other in kept) + len(sentence.split()) > most_words:
            break
        kept.append(sentence)
    return " ".join(kept)


def _says_the_same(source: str, target: str) -> bool:
    if not source or not _LEAST_COPIED <= copied(source, target) <= _MOST_COPIED:
        return False
    share = grounding.support(target, source)
    return share is not None and share >= _LEAST_SUPPORT and not grounding.ungrounded(target, source)


def copied(source: str, target: str) -> float:
    """Share of the target's bigrams that stand in the source."""
    one, other = (re.findall(r"\w+", text.casefold()) for text in (source, target))
    known = set(itertools.pairwise(one))
    bigrams = list(itertools.pairwise(other))
    return sum(bigram in known for bigram in bigrams) / max(1, len(bigrams))
