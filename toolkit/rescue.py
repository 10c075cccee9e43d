"""Second attempts: what went wrong the first time is translated another way, and the better one is kept.

What repeats itself, stopped early or came out empty is decoded more strictly, then in halves. Where a number, a not or
a link was lost, German is left over or much seems missing, `WAYS` are tried, and the least doubtful output stays: the
cheap ones for what was lost first, another decoding of the whole only where they did not put everything right.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
# The feature of the doubt from which on a translation is much too short: about two thirds of the usual length.
_SHORT = 0.4
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

    values: Mapping[str, float | None]
    """The features of its doubt."""
    lost: frozenset[tuple[str, int]]
    """Facts of the German, by kind and place, and what must come through unchanged."""
    differing: int
    """Facts that differ, those that only the English has included."""
    spans: tuple[tuple[int, int], ...]
    """Where the German has a number that is missing."""

    @property
    def doubt(self) -> float:
        """How doubtful it is, 0 to 1."""
        return doubt.shipped().estimate(self.values).probability

    @property
    def is_wrong(self) -> bool:
        """Whether a fact or a negation differs or German is left over."""
        return bool(self.spans or self.values["negation"] or self.values["german"])

    @property
    def has_complaint(self) -> bool:
        """Whether it is wrong, or much seems missing."""
        return self.is_wrong or (self.values["short"] or 0.0) > _SHORT

    def is_better(self, other: _State) -> bool:
        """Less doubtful: clearly so, or at all where it has a fact that the other lost."""
        return self.doubt < other.doubt - (0.0 if self.lost < other.lost else _MARGIN)


@dataclass(slots=True)
class _Complaint:
    """An attempt with something wrong, and the best that was made of it so far."""

    work: Work
    attempt: Attempt
    first: _State
    best: _State
    left: frozenset[str] = frozenset()
    """The marks that the best has left."""

    def take(self, candidate: _Candidate) -> None:
        """Keep a candidate's output where it is better and has lost and added nothing."""
        if any(part.result is None for part in candidate.parts):
            return
        made = candidate.restore(candidate.parts)
        if made is None or Attempt(self.attempt.text, made).is_bad:
            return
        state = _state(self.work, self.attempt.text, made, candidate.marks)
        if state.is_better(self.best) and state.lost <= self.first.lost and state.differing <= self.first.differing:
            self.best = state
            self.attempt.result = made
            self.attempt.marks = (self.attempt.marks - self.left) | candidate.marks
            self.left = candidate.marks


def _recover(
    works: Sequence[Work],
    generate: Generate,
    options: GenerationOptions,
    *,
    fits: Callable[[str], bool],
    is_trained: bool,
) -> None:
    """Try what has a complaint in other ways, those of a stage in one batch, and keep what is clearly less doubtful."""
    complaints = [
        _Complaint(work, attempt, state, state)
        for work in works
        for attempt in work.attempts
        if not attempt.is_copied
        and attempt.result is not None
        and (state := _state(work, attempt.text, attempt.result, ())).has_complaint
    ]
    other = replace(
        options, beam=math.ceil(_WIDER * options.beam), length_penalty=max(options.length_penalty, _LENGTH_PENALTY)
    )
    for stage in STAGES:
        ways = [WAYS[name] for name in stage if name in WAYS and (is_trained or name not in _TRAINED)]
        tried = [
            (each, [candidate for way in ways for candidate in way(each.attempt.text, each.first)])
            for each in complaints
            if each.best.has_complaint
        ]
        sent = [part for _, candidates in tried for candidate in candidates for part in candidate.parts]
        generate([part for part in sent if fits(part.text)], other)
        for each, candidates in tried:
            for candidate in candidates:
                each.take(candidate)


def _state(work: Work, text: str, output: Generation, marks: Iterable[str]) -> _State:
    """Of an output, with its one wrong number put right where that will be done in the end."""
    translation = facts.restore_number(text, output.text) or output.text
    findings = work.check(text, translation)
    kept = {*marks} - {"rescued", "restored"} | ({"cut"} if output.cut else set())
    missing = [each for each in findings if each.kind in _FACTS and each.missing]
    return _State(
        values=doubt.measure(text, translation, generations=[output], marks=kept, findings=findings),
        lost=frozenset((each.kind, each.start) for each in missing)
        | {(each, -1) for each in protection.lost(text, translation)},
        differing=sum(each.kind in _FACTS for each in findings),
        spans=tuple((each.start, each.end) for each in missing),
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


WAYS = {"placed": _placed, "split": _split, "decoded": _decoded}
"""How what has a complaint is tried again: the ways that lower findings on news (`models/recipes/rescue_scores.py`)."""
STAGES = (("placed", "split"), ("decoded",))
"""Ways that are tried together; the later ones only where the earlier ones left a complaint."""
_TRAINED = frozenset({"placed"})
"""Ways for models that know placeholders."""
