"""A glossary's terms in a translation: whether they are as wanted, and how a translator is made to use them.

What a first, plain translation has as wanted stays untouched. Where a term is missing, a model that was trained for it
reads the English within the German (Dinu et al. 2019), then a placeholder in the term's place; what still lacks it, and
every other model's, is translated around it.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from toolkit import forms, protection
from toolkit.attempts import Attempt, Generate, Work, joined, parts_of
from toolkit.control import PLACEHOLDER, TERM_END, TERM_START
from toolkit.documents import TermUse
from toolkit.engines import Generation, GenerationOptions
from toolkit.facts import missing_numbers
from toolkit.glossary import Entry, Occurrence

_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "‑": "-", "‐": "-", "\u00a0": " "})
_ARTICLE = re.compile(rf"\b([Aa])n? {re.escape(PLACEHOLDER)}")
_DEFINITE = re.compile(rf"\b[Tt]he {re.escape(PLACEHOLDER)}")
_GERMAN_ARTICLE = re.compile(r"(?:Der|Die|Das) ")
# What "an" stands before, by its letters: an upper house, a union.
_VOWEL = re.compile(r"(?!uni|us|ut[io]|eu|one\b|once)[aeiou]", re.IGNORECASE)


def uses(occurrences: Sequence[Occurrence], source: str, translation: str) -> tuple[TermUse, ...]:
    """What became of the terms of a text; a term that stands there twice must come twice."""
    left = {each.entry.english: count(each.entry, translation) for each in occurrences}
    found = []
    for each in occurrences:
        wanted = each.entry.english
        found.append(TermUse(source[each.start : each.end], wanted, left[wanted] > 0))
        left[wanted] -= 1
    return tuple(found)


def count(entry: Entry, translation: str) -> int:
    """How often a term's English stands in a text, in the singular, plural or possessive; a name has no plural."""
    straight = translation.translate(_STRAIGHT)
    return sum(len(_pattern(english, entry.is_name).findall(straight)) for english in (entry.english, *entry.others))


@functools.lru_cache(maxsize=1 << 12)
def _pattern(english: str, is_name: bool) -> re.Pattern[str]:
    """As whole words. The first letter may be a capital; others may differ in case where the term has no capital."""
    words = english.translate(_STRAIGHT).split()
    heads = {len(words) - 1, *(i - 1 for i, word in enumerate(words) if word == "of" and i)}
    written = [forms.pattern(word) if i in heads and not is_name else re.escape(word) for i, word in enumerate(words)]
    text = r"\s+".join(written)
    is_cased = is_name or any(character.isupper() for character in english[1:])
    if is_cased and text[0].islower():
        text = f"[{text[0]}{text[0].upper()}]{text[1:]}"
    before = r"(?<![\w-])" if english[0].isalnum() else ""
    after = r"(?![\w-])" if english[-1].isalnum() else ""
    return re.compile(f"{before}{text}{after}", 0 if is_cased else re.IGNORECASE)


def _wanted(text: str, occurrence: Occurrence) -> str:
    """The English to put in its place: the plural where the German is one beyond doubt (Bundesländer)."""
    return _written(text, occurrence)[0]


def _written(text: str, occurrence: Occurrence) -> tuple[str, ...]:
    """The English in every form that the German can stand for; of what somebody asked for, the first alone."""
    entry = occurrence.entry
    if entry.is_name:
        return (entry.english,)
    found = text[occurrence.start : occurrence.end].rsplit(maxsplit=1)[-1]
    made = forms.written(entry.english, entry.german.split()[-1], found, text[: occurrence.start])
    return made if entry.is_hint else made[:1]


def apply(
    works: Sequence[Work],
    find: Callable[[str], Sequence[Occurrence]],
    generate: Generate,
    options: GenerationOptions,
    *,
    fits: Callable[[str], bool],
    ways: Sequence[_Way],
) -> None:
    """Translate again, one way after the other, what lacks wanted terms; what has more and loses nothing stays.

    `find` tells which terms a text has: of a glossary, names, or words of the lexicon.
    """
    waiting = [
        (work, attempt, occurrences)
        for work in works
        for attempt in work.attempts
        if not attempt.is_copied and (occurrences := find(attempt.text))
    ]
    for way in ways:
        waiting = [each for each in waiting if _unmet(each[2], each[1].output)]
        tried = [(work, attempt, found, way(attempt, found)) for work, attempt, found in waiting]
        sent = [part for *_, candidates in tried for _, parts in candidates for part in parts if fits(part.text)]
        generate(sent, options)
        for work, attempt, found, candidates in tried:
            made = [
                Attempt(attempt.text, result, set(attempt.marks))
                for restore, parts in candidates
                if all(part.result is not None for part in parts) and (result := restore(parts)) is not None
            ]
            best = min(made, key=lambda each: (*_rank(work, each, found), -each.log_prob), default=attempt)
            if _rank(work, best, found) < _rank(work, attempt, found):
                attempt.result = best.result
                if way is _around:
                    work.marks.add("split")


_Candidate = tuple[Callable[[Sequence[Attempt]], Generation | None], list[Attempt]]
"""What is sent, and what makes one output of what came back."""
_Way = Callable[[Attempt, Sequence[Occurrence]], list[_Candidate]]
"""Makes candidates of an attempt and the terms in it."""


def _rank(work: Work, attempt: Attempt, occurrences: Sequence[Occurrence]) -> tuple[int, int]:
    """Lower is better: first nothing may be lost or added, then terms count."""
    output = attempt.output
    wrong = len(protection.lost(attempt.text, output)) + sum(map(len, missing_numbers(attempt.text, output)))
    if all(each.entry.is_hint for each in occurrences):
        wrong += len(work.check(attempt.text, output))
    return attempt.is_bad + wrong, len(_unmet(occurrences, output))


def _unmet(occurrences: Sequence[Occurrence], output: str) -> list[Occurrence]:
    """Those whose English the output lacks."""
    wanted = Counter(each.entry for each in occurrences)
    missing = {entry for entry, times in wanted.items() if count(entry, output) < times}
    return [each for each in occurrences if each.entry in missing]


def _to_put(attempt: Attempt, occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """The terms to write into the German: all that are asked for, of hints those that are missing."""
    unmet = _unmet(occurrences, attempt.output)
    return [each for each in occurrences if not each.entry.is_hint or each in unmet]


def _annotated(attempt: Attempt, occurrences: Sequence[Occurrence]) -> list[_Candidate]:
    """Every term replaced by its English between control tokens, hints only where they are missing.

    Hints whose form the German does not tell come in the one and, in another candidate, in the other.
    """
    chosen = _to_put(attempt, occurrences)
    written = [_written(attempt.text, each) for each in chosen]
    candidates: list[_Candidate] = []
    for i in range(max(map(len, written), default=0)):
        put = [(each, _marked(made[min(i, len(made) - 1)])) for each, made in zip(chosen, written, strict=True)]
        candidates.append((_whole, [Attempt(_put(attempt.text, put))]))
    return candidates


def _placed(attempt: Attempt, occurrences: Sequence[Occurrence]) -> list[_Candidate]:
    """One missing term after the other as a placeholder, the rest as before: two placeholders might change places."""
    candidates: list[_Candidate] = []
    text = attempt.text
    chosen = _to_put(attempt, occurrences)
    for english in dict.fromkeys(one for each in _unmet(chosen, attempt.output) for one in _written(text, each)):
        put = [
            (each, PLACEHOLDER if english in (made := _written(text, each)) else _marked(made[0])) for each in chosen
        ]
        times = sum(new == PLACEHOLDER for _, new in put)
        candidates.append((functools.partial(_restored, english=english, times=times), [Attempt(_put(text, put))]))
    return candidates


def _around(attempt: Attempt, occurrences: Sequence[Occurrence]) -> list[_Candidate]:
    """The text between the terms, each part by itself: between those that are missing, or between all."""
    unmet = _unmet(occurrences, attempt.output)
    chosen = [unmet] if len(unmet) == len(occurrences) else [unmet, occurrences]
    return [(joined, parts_of(_between(attempt.text, some))) for some in chosen]


def _between(text: str, occurrences: Sequence[Occurrence]) -> list[str]:
    """What is to be translated (even positions) and what is not, links and the English of terms, in turn."""
    pieces: list[str] = []
    end = 0
    for each in occurrences:
        pieces += (*protection.pieces(text[end : each.start]), _wanted(text, each))
        end = each.end
    return [*pieces, *protection.pieces(text[end:])]


def _marked(english: str) -> str:
    return f"{TERM_START} {english} {TERM_END}"


def _put(text: str, changes: Sequence[tuple[Occurrence, str]]) -> str:
    for occurrence, new in reversed(changes):
        text = text[: occurrence.start] + new + text[occurrence.end :]
    return text


def _whole(parts: Sequence[Attempt]) -> Generation | None:
    """The output, unless a control token came out with it."""
    (part,) = parts
    text = part.output
    if part.result is None or any(token in text for token in (TERM_START, TERM_END, PLACEHOLDER)):
        return None
    return part.result


def _restored(parts: Sequence[Attempt], *, english: str, times: int) -> Generation | None:
    """The output with the term where the placeholders are, unless one was lost."""
    (part,) = parts
    text = part.output
    if (
        part.result is None
        or text.count(PLACEHOLDER) != times
        or any(token in text for token in (TERM_START, TERM_END))
    ):
        return None
    if _GERMAN_ARTICLE.match(english):  # the Der Spiegel
        text = _DEFINITE.sub(PLACEHOLDER, text)
    elif _VOWEL.match(english):
        text = _ARTICLE.sub(rf"\1n {PLACEHOLDER}", text)
    else:
        text = _ARTICLE.sub(rf"\1 {PLACEHOLDER}", text)
    if text.startswith(PLACEHOLDER) and english[0].islower():
        text = english[0].upper() + english[1:] + text[len(PLACEHOLDER) :]
    return replace(part.result, text=text.replace(PLACEHOLDER, english))


TRAINED: tuple[_Way, ...] = (_annotated, _placed)
"""Ways for models that were trained to take over marked terms and placeholders."""
UNTRAINED: tuple[_Way, ...] = (_around,)
"""Ways for any model, at the cost of the sentence's coherence."""
