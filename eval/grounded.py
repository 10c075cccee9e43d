"""What of an output is true to its source: numbers and names it holds, sentences that were translated."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import datasets

from eval.metrics import TEXT, Share
from toolkit import facts, grounding, segmentation

# What follows an opening quotation mark or a colon starts a sentence of its own.
_STARTS = re.compile(r"(?:(?<!\w)[\"“„‘'«»]|:\s)")


class NumberPrecision(Share):
    """For a translation: a counterpart is what `toolkit.facts` takes for one."""

    name = "number precision"
    about = "share of the numbers written in digits that have a counterpart in the German source, 0 to 1"
    needs_sources = True

    def row(self, prediction: str, _reference: Sequence[str], source: str, /) -> tuple[float, float]:
        total = len(facts.numbers(prediction, language="en"))
        _, extra = facts.missing_numbers(source, prediction)
        return max(0, total - len(extra)), total


class NumberRecall(Share):
    """For a translation: a counterpart is what `toolkit.facts` takes for one."""

    name = "number recall"
    about = "share of the source's numbers in digits that have a counterpart in the English, 0 to 1"
    needs_sources = True

    def row(self, prediction: str, _reference: Sequence[str], source: str, /) -> tuple[float, float]:
        total = len(facts.numbers(source, language="de"))
        lost, _ = facts.missing_numbers(source, prediction)
        return max(0, total - len(lost)), total


class EntityPrecision(Share):
    """For a translation: names that stay as they are may come from the source, the others from a reference."""

    name = "entity precision"
    about = "share of the names (capitalised words inside a sentence) found in the source or a reference, 0 to 1"
    needs_sources = True

    def row(self, prediction: str, reference: Sequence[str], source: str, /) -> tuple[float, float]:
        return _found_names(prediction, " ".join([source, *reference]))


class GroundedNumbers(Share):
    """For a summary: the reference is the English article."""

    name = "number precision"
    about = "share of the numbers written in digits that the article holds, 0 to 1"
    reference_type = TEXT

    def row(self, prediction: str, reference: str, _source: str, /) -> tuple[float, float]:
        written = Counter(prediction[number.start : number.end] for number in facts.numbers(prediction, language="en"))
        missing = Counter(grounding.ungrounded(prediction, reference)) & written
        return written.total() - missing.total(), written.total()


class GroundedEntities(Share):
    """For a summary: the reference is the English article."""

    name = "entity precision"
    about = "share of the names (capitalised words inside a sentence) that the article holds, 0 to 1"
    reference_type = TEXT

    def row(self, prediction: str, reference: str, _source: str, /) -> tuple[float, float]:
        return _found_names(prediction, reference)


class Coverage(Share):
    """The prediction is the count of the translation (`toolkit.documents.Coverage`); nothing is held against it."""

    name = "coverage"
    about = "share of the source's sentences that were translated whole, 0 to 1"
    prediction_type = datasets.Features(
        {count: datasets.Value("int64") for count in ("sentences", "translated", "split", "cut")}
    )
    reference_type = TEXT

    def row(self, prediction: Mapping[str, int], _reference: str, _source: str, /) -> tuple[float, float]:
        return prediction["translated"], prediction["sentences"]


def names(text: str) -> list[str]:
    """Capitalised content words that do not start a sentence or a quotation, in order."""
    found = []
    for sentence in segmentation.split_sentences(text, language="en"):
        for part in _STARTS.split(sentence):
            found += [word for word in grounding.words(part)[1:] if word[0].isupper() and grounding.is_content(word)]
    return found


def _found_names(text: str, evidence: str) -> tuple[int, int]:
    """How many of its names the evidence holds, and how many there are."""
    named = Counter(names(text))
    missing = Counter(grounding.ungrounded(text, evidence)) & named
    return named.total() - missing.total(), named.total()
