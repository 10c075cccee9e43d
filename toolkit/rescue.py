"""Second attempts: what went wrong the first time is translated another way, and the better one is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from toolkit import segmentation
from toolkit.attempts import Attempt, Generate, Work
from toolkit.engines import GenerationOptions

# A second attempt after a loop or an early stop: no three tokens twice, and a mild penalty (1.2: Keskar et al. 2019).
_NGRAM = 3
_PENALTY = 1.2
# Fewer words are not split.
_WORDS_TO_SPLIT = 8


def rescue(works: Sequence[Work], generate: Generate, options: GenerationOptions) -> None:
    """Translate again, first as a whole and then in halves, what loops, stopped early or came out empty."""
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


def _halve(works: Sequence[Work], generate: Generate, options: GenerationOptions) -> None:
    """What still loops, stops early or came out empty is split in two at a clause and tried once more."""
    halved: list[tuple[Work, Attempt, list[Attempt]]] = []
    for work in works:
        for attempt in work.attempts:
            if attempt.is_bad and len(attempt.text.split()) >= _WORDS_TO_SPLIT:
                texts = segmentation.split_at_clause(attempt.text, _is_at_most(len(attempt.text) * 2 // 3))
                halved.append((work, attempt, [Attempt(text, marks={"retried"}) for text in texts]))
    generate([half for _, _, halves in halved for half in halves], options)
    for work, attempt, halves in halved:
        if sum(half.is_bad for half in halves) < len(halves):
            at = next(i for i, other in enumerate(work.attempts) if other is attempt)
            work.attempts[at : at + 1] = halves
            work.marks.add("split")


def _is_at_most(characters: int) -> Callable[[str], bool]:
    return lambda text: len(text) <= characters
