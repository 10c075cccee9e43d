"""How far a summary sentence is borne out by the sentences it rests on: English against English, without a model.

What the figures are and how they were weighted: README.md here.
"""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from toolkit.support.features import features

__all__ = ["REASONS", "Support", "assess"]

REASONS: dict[str, tuple[str, ...]] = {
    "name": ("unfound name", "further unfound names"),
    "number": ("unfound number", "unfound small number"),
    "negation": (
        "new negation",
        "negation new to all",
        "denied otherwise",
        "denied only here",
        "denied only there",
        "more denials",
        "fewer denials",
        "opposites",
    ),
    "order": ("names turned round", "neighbours of another", "roles turned", "named roles turned"),
    "words": ("unfound words", "gap"),
}
"""What speaks against a sentence, and the figures that say so."""
_LEAST = 0.25
"""How much of the logit a reason must take away to be named: a quarter turns even odds into 44 to 56."""


@dataclass(frozen=True, slots=True)
class Support:
    """The verdict on one summary sentence."""

    score: float
    """Probability that the evidence bears it out, 0 to 1."""
    is_supported: bool
    """Whether the score reaches the threshold."""
    reasons: tuple[str, ...] = ()
    """What speaks against it, from `REASONS`, the weightiest first."""
    unfound: tuple[str, ...] = ()
    """Names and numbers that the evidence lacks, as the sentence writes them."""


@dataclass(frozen=True, slots=True)
class _Weights:
    threshold: float
    offset: float
    weights: dict[str, float]


def assess(sentence: str, evidence: Sequence[str]) -> Support:
    """Weigh a summary sentence against its evidence.

    Without evidence or without a word nothing is supported: the score is 0. What stands there word for word has 1.
    """
    sources = [text for text in evidence if text.strip()]
    if not sources or not any(character.isalnum() for character in sentence):
        return Support(score=0.0, is_supported=False)
    copied = " ".join(sentence.split()).rstrip(" .…")
    if any(copied in " ".join(text.split()) for text in sources):
        return Support(score=1.0, is_supported=True)
    known = _weights()
    found = features(sentence, sources)
    shares = {name: weight * found.values[name] for name, weight in known.weights.items()}
    score = 1 / (1 + math.exp(-(known.offset + sum(shares.values()))))
    against = {reason: -sum(min(0.0, shares[name]) for name in names) for reason, names in REASONS.items()}
    reasons = sorted((reason for reason in against if against[reason] >= _LEAST), key=lambda reason: -against[reason])
    return Support(
        score=score,
        is_supported=score >= known.threshold,
        reasons=tuple(reasons),
        unfound=(*found.missing["name"], *found.missing["number"]),
    )


@functools.cache
def _weights() -> _Weights:
    text = resources.files("toolkit.support").joinpath("weights.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return _Weights(table["threshold"], table["offset"], dict(table["weights"]))
