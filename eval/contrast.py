"""Contrast sets: pairs of sentences that differ in one thing, and what their translations must and must not say."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import datasets
import numpy as np

from eval.metrics import TEXT, TEXTS, Ratio, Share

_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "‑": "-", "\u00a0": " "})

CHECKS = datasets.Features({"pair": TEXT, "expects": datasets.List(TEXTS), "forbids": TEXTS})


class ItemAccuracy(Share):
    """Sentences of which nothing is asked do not count."""

    name = "items right"
    about = "share of the sentences whose translation says all it must and nothing it must not, 0 to 1"
    reference_type = CHECKS

    def row(self, prediction: str, reference: Mapping[str, Any], _source: str, /) -> tuple[float, float]:
        is_asked = bool(reference["expects"] or reference["forbids"])
        return is_asked and passes(prediction, reference), is_asked


class PairAccuracy(Ratio):
    """The row of a pair's first sentence stands for the pair; the others count nothing."""

    name = "pairs right"
    about = "share of the pairs with both sentences right, 0 to 1"
    reference_type = CHECKS

    def rows(
        self, predictions: Sequence[str], references: Sequence[Mapping[str, Any]], _sources: Sequence[str], /
    ) -> Any:
        rows = np.zeros((len(predictions), 2))
        first: dict[str, int] = {}
        for i, (prediction, checks) in enumerate(zip(predictions, references, strict=True)):
            is_right = passes(prediction, checks)
            row = rows[first.setdefault(checks["pair"], i)]
            row[:] = is_right and (row[1] == 0 or row[0] == 1), 1
        return rows


def passes(output: str, checks: Mapping[str, Any]) -> bool:
    """Whether one of each list in `expects` occurs in the output, and nothing of `forbids`."""
    return not unmet(output, checks["expects"]) and not any(occurs(text, output) for text in checks["forbids"])


def unmet(output: str, expects: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The lists of alternatives none of which occurs."""
    return [alternatives for alternatives in expects if not any(occurs(text, output) for text in alternatives)]


def occurs(text: str, output: str) -> bool:
    """Whether a text occurs as whole words, any white space for a blank, curly or straight quotation marks.

    Upper and lower case differ only where the text has a capital after its first letter (NATO, "from Milan"): what
    merely starts with one may as well start a sentence. A small first letter is never required: "From Milan" will do.
    A number is whole: "3" is not in "3.5" nor in "13".
    """
    return _pattern(text).search(output.translate(_STRAIGHT)) is not None


@functools.lru_cache(maxsize=1 << 14)
def _pattern(text: str) -> re.Pattern[str]:
    straight = text.translate(_STRAIGHT)
    words = r"\s+".join(re.escape(word) for word in straight.split())
    before = r"(?<!\w)(?<!\d[.,])" if straight[:1].isalnum() else ""
    after = r"(?!\w)(?![.,]\d)" if straight[-1:].isalnum() else ""
    is_cased = any(character.isupper() for character in straight[1:])
    if is_cased and words[0].islower():
        words = f"[{words[0]}{words[0].upper()}]{words[1:]}"
    return re.compile(before + words + after, 0 if is_cased else re.IGNORECASE)
