"""An English sentence read for what it says: content words, names, numbers, negations, each with its place."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass

from toolkit import grounding
from toolkit.facts import capitals, exonyms, quantities, tables, times
from toolkit.facts.quantities import Quantity
from toolkit.facts.sentence import fold, read
from toolkit.support import lexicon

# How many words behind "not", "no longer", "refuses to" are denied by it.
_SCOPE = 5
# A negation reaches no further than its clause, read off signs and words; "that" opens none: "denied that".
_CLAUSE_SIGNS = frozenset(",;:–—()…")
_CLAUSE_WORDS = frozenset(
    "although because but despite however if since though unless until when where whereas which while who".split()
)
# "and" parts two clauses where it does not join two short phrases.
_LEAST_BEFORE_AND = 5
_OPENING = frozenset("\"“”„‘'«»:(")


@dataclass(frozen=True, slots=True)
class Word:
    """A content word: a name, a number or any other, at a place counted in tokens."""

    place: int
    text: str
    stem: str
    is_name: bool
    is_number: bool
    is_denied: bool
    """Whether it stands within the reach of one negation, "not" or "refuse"; two cancel each other."""
    in_denial: bool
    """Whether its clause has an odd number of negations besides itself, firm denials ("ruled out") counted."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sentence says."""

    words: tuple[Word, ...]
    numbers: tuple[Quantity, ...]
    negations: int
    """Words that negate by themselves."""
    weak_negations: int
    """Words that may stand for one: refuse, fail, hardly."""
    firm_denials: int
    """Words and phrases among them that hardly ever stand for anything else: reject, rule out."""
    passives: tuple[int, ...]
    """The places of each "by" shortly behind a participle."""
    text: str


@functools.lru_cache(maxsize=4096)
def read_sentence(text: str) -> Reading:
    """Read one sentence; kept for the next summary sentence that rests on it."""
    sentence = read(text, "en")
    found = times.times(sentence)
    numbers = tuple(quantities.quantities(sentence, found))
    tokens = sentence.tokens
    lowers = [token.lower for token in tokens]
    strong = [i for i, lower in enumerate(lowers) if _negates(lower) and not _is_affirming(lowers[i : i + 3])]
    weak = [i for i, token in enumerate(tokens) if i not in strong and lexicon.may_negate(token.lower)]
    denials = [place for i in (*strong, *weak) for place in range(i + 1, i + 1 + _SCOPE)]
    firm = [i for i in range(len(tokens)) if i not in strong and lexicon.denies(*lowers[i : i + 2])]
    clauses = _clauses(lowers)
    denying = Counter(clauses[i] for i in (*strong, *firm))
    words: list[Word] = []
    for i, token in enumerate(tokens):
        is_number = any(number.start <= token.start < number.end for number in numbers)
        if not token.text[0].isalnum() or i in strong or not (is_number or grounding.is_content(token.text)):
            continue
        stem = lexicon.lemma(token.text)
        is_first = i == 0 or tokens[i - 1].text in _OPENING
        is_name = not is_number and token.text[0].isupper() and not (is_first and _is_ordinary(token.lower, stem))
        in_denial = (denying[clauses[i]] - (i in firm)) % 2 == 1
        is_denied = denials.count(i) % 2 == 1
        words.append(Word(i, token.text, stem, is_name, is_number, is_denied, in_denial))
    return Reading(
        words=tuple(words),
        numbers=numbers,
        negations=len(strong),
        weak_negations=len(weak),
        firm_denials=len(firm),
        passives=tuple(
            i
            for i, token in enumerate(tokens)
            if token.lower == "by" and any(_is_participle(before.lower) for before in tokens[max(0, i - 3) : i])
        ),
        text=text,
    )


def _clauses(words: list[str]) -> list[int]:
    """The number of the clause that each word stands in."""
    numbers: list[int] = []
    clause = start = 0
    for i, word in enumerate(words):
        if word in _CLAUSE_SIGNS or word in _CLAUSE_WORDS or (word == "and" and i - start >= _LEAST_BEFORE_AND):
            clause, start = clause + 1, i
        numbers.append(clause)
    return numbers


def same_name(one: str, other: str) -> bool:
    """Whether two names are spellings of one, or a country and its people: Serbia, Serbian; Poland, Polish."""
    a, b = fold(one).removesuffix("'s"), fold(other).removesuffix("'s")
    if a == b:
        return True
    if set(exonyms.english(a)) & set(exonyms.english(b)):
        return True
    shorter = min(len(a), len(b))
    shared = next((i for i in range(shorter) if a[i] != b[i]), shorter)
    if shared >= 4 and shared >= 0.6 * max(len(a), len(b)):
        return True
    # One letter more, less or other: Hillary, Hilary.
    ends = next((i for i in range(shorter - shared) if a[-1 - i] != b[-1 - i]), shorter - shared)
    return shorter >= 5 and max(len(a), len(b)) - shared - ends <= 1


def _negates(lower: str) -> bool:
    return lower in tables.words("negation-en") or lower.endswith(("n't", "n’t"))


def _is_affirming(words: list[str]) -> bool:
    """Whether what starts like a negation is none: not only, no more than."""
    following = " ".join(words[1:])
    return following.startswith(("only", "just", "merely")) or following in ("more than", "less than", "fewer than")


def _is_ordinary(lower: str, stem: str) -> bool:
    return lexicon.is_frequent(stem) or capitals.is_ordinary(lower) or bool(lexicon.related(stem))


def _is_participle(lower: str) -> bool:
    return lower.endswith(("ed", "en", "wn", "ught", "ound", "eld", "ade", "ent", "ung"))
