"""Second attempts: what went wrong the first time is translated another way, and the better one is kept.

What repeats itself, stopped early or came out empty is decoded more strictly, then in halves. Where a number, a not or
a link was lost, German is left over or much seems missing, `WAYS` are tried, and the least doubtful output stays.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from toolkit import doubt, facts, protection, segmentation
from toolkit.attempts import Attempt, Generate, Work, joined
from toolkit.control import PLACEHOLDER
from toolkit.engines import Generation, GenerationOptions

# A second attempt after a loop or an early stop: no three tokens twice, and a mild penalty (1.2: Keskar et al. 2019).
_NGRAM = 3
_PENALTY = 1.2
# A second attempt after anything else: a wider beam that prefers longer outputs.
_WIDER = 1.5
_LENGTH_PENALTY = 1.6
# Fewer words are not split.
_WORDS_TO_SPLIT = 8

# Facts that the English must have too; a name or a quotation mark is more often merely put otherwise.
_FACTS = frozenset({"number", "date", "time", "currency", "link"})
# The feature of the doubt from which on a translation is much too short: about 0.7 of the usual length.
_SHORT = 0.3
# How much less doubtful a second attempt must be that brings no lost fact back.
_MARGIN = 0.02

_LEAST_DIGITS = 2
"""One-digit numbers are ordinals, dates and words more often than errors."""
_JOINED = re.compile(r"\d[.:/]\||\|[.:/]\d")


def rescue(
    works: Sequence[Work],
    generate: Generate,
    options: GenerationOptions,
    *,
    fits: Callable[[str], bool],
    is_trained: bool,
) -> None:
    """Translate again what went wrong; of a text that does not look like German only what loops or stopped early."""
    careful = replace(
        options,
        no_repeat_ngram=max(options.no_repeat_ngram, _NGRAM),
        repetition_penalty=max(options.repetition_penalty, _PENALTY),
    )
    failed = [(attempt, attempt.result) for work in works for attempt in work.attempts if attempt.is_bad]
    generate([attempt for attempt, _ in failed], careful)
    for attempt, first in failed:
        attempt.marks.add("retried")
        if attempt.is_bad and first is not None and first.log_prob > attempt.log_prob:
            attempt.result = first
    _halve(works, generate, careful)
    _recover(
        [work for work in works if "foreign" not in work.marks], generate, options, fits=fits, is_trained=is_trained
    )


def _halve(works: Sequence[Work], generate: Generate, options: GenerationOptions) -> None:
    """What still loops, stops early or came out empty is split in two at a clause and tried once more."""
    halved = [
        (work, attempt, _halves(attempt.text, {"retried"}))
        for work in works
        for attempt in work.attempts
        if attempt.is_bad and len(attempt.text.split()) >= _WORDS_TO_SPLIT
    ]
    generate([half for _, _, halves in halved for half in halves], options)
    for work, attempt, halves in halved:
        if sum(half.is_bad for half in halves) < len(halves):
            at = next(i for i, other in enumerate(work.attempts) if other is attempt)
            work.attempts[at : at + 1] = halves
            work.marks.add("split")


def _halves(text: str, marks: Iterable[str] = ()) -> list[Attempt]:
    most = len(text) * 2 // 3
    return [
        Attempt(part, marks=set(marks)) for part in segmentation.split_at_clause(text, lambda part: len(part) <= most)
    ]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What is sent, what makes one output of what came back, and the marks that it leaves."""

    parts: list[Attempt]
    restore: Callable[[Sequence[Attempt]], Generation | None]
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class _State:
    """What is wrong with an output."""

    doubt: float
    lost: frozenset[tuple[str, int]]
    """Facts of the German, by kind and place, and what must come through unchanged."""
    differing: int
    """Facts that differ, those that only the English has included."""
    spans: tuple[tuple[int, int], ...]
    """Where the German has a number that is missing."""
    is_wrong: bool
    """Whether a fact or a negation differs or German is left over."""
    is_short: bool

    def is_better(self, other: _State) -> bool:
        """Less doubtful: clearly so, or at all where it has a fact that the other lost."""
        return self.doubt < other.doubt - (0.0 if self.lost < other.lost else _MARGIN)


def _recover(
    works: Sequence[Work],
    generate: Generate,
    options: GenerationOptions,
    *,
    fits: Callable[[str], bool],
    is_trained: bool,
) -> None:
    """Try what has a complaint in other ways, all in one batch, and keep what is clearly less doubtful."""
    tried = []
    for work in works:
        for attempt in work.attempts:
            if not attempt.is_copied and attempt.result is not None:
                first = _state(attempt.text, attempt.result, set())
                if first.is_wrong or first.is_short:
                    ways = [way for way in WAYS.values() if is_trained or way is not _placed]
                    candidates = [each for way in ways for each in way(attempt.text, first)]
                    tried.append((attempt, first, candidates))
    other = replace(
        options, beam=math.ceil(_WIDER * options.beam), length_penalty=max(options.length_penalty, _LENGTH_PENALTY)
    )
    sent = [part for *_, candidates in tried for candidate in candidates for part in candidate.parts]
    generate([part for part in sent if fits(part.text)], other)
    for attempt, first, candidates in tried:
        best, kept = first, None
        for candidate in candidates:
            if any(part.result is None for part in candidate.parts):
                continue
            made = candidate.restore(candidate.parts)
            if made is None or Attempt(attempt.text, made).is_bad:
                continue
            state = _state(attempt.text, made, candidate.marks)
            if state.is_better(best) and state.lost <= first.lost and state.differing <= first.differing:
                best, kept = state, (made, candidate.marks)
        if kept is not None:
            attempt.result = kept[0]
            attempt.marks |= kept[1]


def _state(text: str, output: Generation, marks: Iterable[str]) -> _State:
    """Of an output, with its one wrong number put right where that will be done in the end."""
    translation = facts.restore_number(text, output.text) or output.text
    findings = facts.check(text, translation)
    kept = {*marks} - {"rescued", "restored"} | ({"cut"} if output.cut else set())
    values = doubt.measure(text, translation, generations=[output], marks=kept, findings=findings)
    missing = [each for each in findings if each.kind in _FACTS and each.missing]
    return _State(
        doubt=doubt.shipped().estimate(values).probability,
        lost=frozenset((each.kind, each.start) for each in missing)
        | {(each, -1) for each in protection.lost(text, translation)},
        differing=sum(each.kind in _FACTS for each in findings),
        spans=tuple((each.start, each.end) for each in missing),
        is_wrong=bool(missing or values["negation"] or values["german"]),
        is_short=(values["short"] or 0.0) > _SHORT,
    )


def _placed(text: str, first: _State) -> Iterator[_Candidate]:
    """One lost number after the other as a placeholder, which the model was trained to take over."""
    for number in facts.numbers(text, language="de"):
        written = text[number.start : number.end]
        if (
            any(start <= number.start < end for start, end in first.spans)
            and sum(character.isdecimal() for character in written) >= _LEAST_DIGITS
            # 19.15 Uhr and 3.7.2025 are written otherwise in English.
            and not _JOINED.search(text[: number.start][-2:] + "|" + text[number.end :][:2])
        ):
            sent = Attempt(text[: number.start] + PLACEHOLDER + text[number.end :])
            put = functools.partial(_put_back, english=facts.in_english(written))
            yield _Candidate([sent], put, frozenset({"rescued", "restored"}))


def _put_back(parts: Sequence[Attempt], *, english: str) -> Generation | None:
    """The output with the number where the placeholder is, unless that was lost."""
    (part,) = parts
    if part.result is None or part.output.count(PLACEHOLDER) != 1:
        return None
    return replace(part.result, text=part.output.replace(PLACEHOLDER, english))


def _decoded(text: str, _first: _State) -> Iterator[_Candidate]:
    """The same once more, as the options of second attempts decode it."""
    yield _Candidate([Attempt(text)], lambda parts: parts[0].result, frozenset({"rescued"}))


def _split(text: str, first: _State) -> Iterator[_Candidate]:
    """In two parts, cut at a clause; for what is merely short, decoding it otherwise does more and costs less."""
    if first.is_wrong and len(text.split()) >= _WORDS_TO_SPLIT:
        yield _Candidate(_halves(text), _spaced, frozenset({"rescued", "split"}))


def _spaced(parts: Sequence[Attempt]) -> Generation:
    return replace(joined(parts), text=" ".join(part.output.strip() for part in parts))


WAYS = {"placed": _placed, "decoded": _decoded, "split": _split}
"""How what has a complaint is tried again: the ways that lower findings on news (`models/recipes/rescue_scores.py`)."""
