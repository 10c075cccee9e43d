"""One event in the words of two outlets: the lead of one as source, the first sentence of the other as target.

News leads of one or two days are compared by the rare words they share; a pair is kept whose target has its names, its
numbers and most of its words in the source, but not its phrasing.
"""

from __future__ import annotations

import datetime
import itertools
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from toolkit import grounding

MOST_SEEN = 30
"""Leads of two days that may hold a word which still counts as rare."""
LEAST_SHARED = 3
"""Rare words that two leads must share to be compared."""
MOST_COMPARED = 24
"""Leads that one is compared with, those first that share most rare words."""
MOST_A_LEAD = 6
"""Pairs taken of one lead."""
_WORDS = (8, 26)
_LEAST_SUPPORT = 0.7
_MOST_COPIED = 0.8
"""Share of the target's bigrams in the source, above which the outlets printed the same agency text."""
_LEAST_COPIED = 0.25
"""Below it, they tell of two things."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The sentences of a news lead, who published it and when."""

    sentences: tuple[str, ...]
    outlet: str
    date: str
    headline: str = ""


def pairs(leads: Iterable[Lead], *, most_words: int, seed: int) -> Iterator[tuple[str, str, bool]]:
    """Source passages of up to `most_words` words, what says the same elsewhere, and whether that is a headline."""
    rng = random.Random(seed)
    days: defaultdict[str, list[_Told]] = defaultdict(list)
    for lead in leads:
        if lead.sentences:
            days[lead.date[:10]].append(_Told(lead))
    for day in sorted(days):
        following = (datetime.date.fromisoformat(day) + datetime.timedelta(days=1)).isoformat()
        yield from _of_days(days[day], days.get(following, []), most_words, rng)
        del days[day]


class _Told:
    """A lead with what is asked of it again and again."""

    def __init__(self, lead: Lead) -> None:
        self.lead = lead
        self.targets = [text for text in lead.sentences[:3] if _WORDS[0] <= len(text.split()) <= _WORDS[1]]
        if lead.headline:
            self.targets.append(lead.headline)
        self.target_stems = [frozenset(grounding.content_stems(text)) for text in self.targets]
        self.stems = frozenset(grounding.content_stems(" ".join(lead.sentences)))


def _of_days(
    today: Sequence[_Told], tomorrow: Sequence[_Told], most_words: int, rng: random.Random
) -> Iterator[tuple[str, str, bool]]:
    leads = [*today, *tomorrow]
    seen = Counter(stem for told in leads for stem in told.stems)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for i, told in enumerate(leads):
        for stem in told.stems:
            if 2 <= seen[stem] <= MOST_SEEN:
                holders[stem].append(i)
    for i, told in enumerate(leads):
        if not told.targets:
            continue
        shared: Counter[int] = Counter()
        for stem in told.stems:
            shared.update(j for j in holders.get(stem, ()) if j != i)
        taken = 0
        for j, count in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:MOST_COMPARED]:
            # Pairs within tomorrow come when it is today.
            if count < LEAST_SHARED or taken >= MOST_A_LEAD:
                break
            if leads[j].lead.outlet == told.lead.outlet or min(i, j) >= len(today):
                continue
            passages = list(dict.fromkeys(_passage(leads[j].lead.sentences[:size], most_words) for size in (1, 2, 3)))
            rng.shuffle(passages)
            for target, stems in zip(told.targets, told.target_stems, strict=True):
                # The exact answer takes long; words found only as parts of hyphenated ones are few.
                if len(stems & leads[j].stems) < (_LEAST_SUPPORT - 0.1) * len(stems):
                    continue
                is_headline = target == told.lead.headline
                same = [text for text in passages if _says_the_same(text, target, is_headline=is_headline)]
                taken += bool(same)
                # A headline needs one passage; sentences in other words are rare.
                for source in same[:1] if is_headline else same:
                    yield source, target, is_headline


def _passage(sentences: Sequence[str], most_words: int) -> str:
    kept: list[str] = []
    for sentence in sentences:
        if sum(len(other.split()) for other in kept) + len(sentence.split()) > most_words:
            break
        kept.append(sentence)
    return " ".join(kept)


def _says_the_same(source: str, target: str, *, is_headline: bool) -> bool:
    if not source or not (0 if is_headline else _LEAST_COPIED) <= copied(source, target) <= _MOST_COPIED:
        return False
    share = grounding.support(target, source)
    return share is not None and share >= _LEAST_SUPPORT and not grounding.ungrounded(target, source)


def copied(source: str, target: str) -> float:
    """Share of the target's bigrams that stand in the source."""
    one, other = (re.findall(r"\w+", text.casefold()) for text in (source, target))
    known = set(itertools.pairwise(one))
    bigrams = list(itertools.pairwise(other))
    return sum(bigram in known for bigram in bigrams) / max(1, len(bigrams))
