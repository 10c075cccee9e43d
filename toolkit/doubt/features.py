"""What about a translated sentence speaks for checking it, as numbers: each is 0 or more, and more speaks louder."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence

from toolkit import repetition
from toolkit.documents import Finding
from toolkit.engines import Generation

FEATURES: dict[str, str] = {
    "unsure": "unsure",
    "pieced": "unsure",
    "short": "short",
    "long": "long",
    "number": "number",
    "negation": "negation",
    "name": "name",
    "link": "link",
    "quotation": "quotation",
    "repetition": "repetition",
    "german": "german",
    "cut": "german",
    "split": "split",
    "retried": "retried",
    "rescued": "retried",
    "recased": "recased",
    "foreign": "foreign",
}
"""Every feature, with the reason from `toolkit.documents.REASONS` that it gives."""

_FEATURE_OF_KIND = {
    "number": "number",
    "date": "number",
    "time": "number",
    "currency": "number",
    "unit": "number",
    "negation": "negation",
    "name": "name",
    "acronym": "name",
    "link": "link",
    "quotation": "quotation",
}
"""The kinds of `toolkit.facts.KINDS`, by what they tell the reader."""
FACTS = frozenset(_FEATURE_OF_KIND.values())
"""The features that count findings."""
_MARKS = ("cut", "split", "retried", "rescued", "recased", "foreign")

# Characters of the English for one of German, as natural logarithm: the references of newstest2018 have 0.94 in the
# median (-0.06). German capitals and compounds make short sentences vary more, hence the constant on both sides.
_USUAL_RATIO = -0.06
_SMOOTHING = 10
# One finding of a kind may be chance, three are no worse than two.
_MOST = 2.0

_WORD = re.compile(r"[^\W\d_]+")
# German words that are no English ones; "die", "war", "in", "was", "hat", "man", "will" and the like are both.
_GERMAN = frozenset(
    "aber als auch auf aus bei beim bis dann das dass dem den denn der des diese dieser dieses doch durch ein eine "
    "einem einen einer eines er es für gegen haben hatte hatten ich ihm ihr ihre ihren im ist kann kein keine können "
    "mehr mit muss nach nicht noch nur oder ohne schon sehr sein seine sich sie sind über um und uns unter vom von vor "
    "waren weil wenn werden wie wir wird wurde wurden zu zum zur zwischen".split()
)
_UMLAUT = re.compile("[äöüß]")


def measure(
    source: str,
    translation: str,
    *,
    generations: Sequence[Generation],
    marks: Collection[str],
    findings: Sequence[Finding],
) -> dict[str, float | None]:
    """Every feature of a sentence, in the order of `FEATURES`; None where the engine did not tell."""
    ratio = math.log((len(translation) + _SMOOTHING) / (len(source) + _SMOOTHING)) - _USUAL_RATIO
    found = Counter(_FEATURE_OF_KIND[finding.kind] for finding in findings)
    values: dict[str, float | None] = dict.fromkeys(FEATURES, 0.0)
    values["unsure"] = _unsure(generations)
    values["pieced"] = _pieced(generations)
    values["short"] = max(0.0, -ratio)
    values["long"] = max(0.0, ratio)
    values |= {feature: min(_MOST, count) for feature, count in found.items()}
    values["repetition"] = float("loop" in marks or repetition.is_looping(source, translation))
    values["german"] = min(_MOST, _german_words(source, translation))
    values |= {mark: float(mark in marks) for mark in _MARKS}
    return values


def _unsure(generations: Sequence[Generation]) -> float | None:
    """Minus the mean log-probability per output token, end marks included; None where nothing was generated."""
    weights = [generation.tokens + 1 for generation in generations]
    if not weights:
        return None
    return -sum(generation.log_prob * weight for generation, weight in zip(generations, weights, strict=True)) / sum(
        weights
    )


def _pieced(generations: Sequence[Generation]) -> float | None:
    """Output tokens for each word: what is rare, or no word at all, is put together of many pieces."""
    if not generations:
        return None
    words = sum(len(_WORD.findall(generation.text)) for generation in generations)
    return sum(generation.tokens for generation in generations) / max(1, words)


def _german_words(source: str, translation: str) -> int:
    """German words in small letters that the translation took over: capitalised ones may be names."""
    taken = set(_WORD.findall(source)) & set(_WORD.findall(translation))
    return sum(word in _GERMAN or (word.islower() and bool(_UMLAUT.search(word))) for word in taken)
