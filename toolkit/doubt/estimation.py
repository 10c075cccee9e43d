"""The probability that a sentence needs checking: a logistic regression over its features, from `coefficients.json`."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toolkit.concerns import NEEDS_CHECKING
from toolkit.documents import REASONS, Finding
from toolkit.doubt.features import FACTS, FEATURES, measure
from toolkit.engines import Generation

__all__ = ["COEFFICIENTS", "NEEDS_CHECKING", "Coefficient", "Coefficients", "Doubt", "estimate", "read", "shipped"]

COEFFICIENTS = Path(__file__).with_name("coefficients.json")

# A reason is named where it makes the odds of an error half as large again as they would be with the usual value; a
# fact that differs is one by itself, however many such findings have proved harmless.
_NAMED = math.log(1.5)


@dataclass(frozen=True, slots=True)
class Doubt:
    """How likely a translated sentence needs checking, and why."""

    probability: float
    """0 to 1, calibrated on sentences of which about a seventh were bad; see README.md."""
    reasons: tuple[str, ...]
    """From `REASONS`, the weightiest first; empty where nothing speaks for checking."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """What one feature adds to the logarithm of the odds: `weight * (value - usual)`."""

    weight: float
    usual: float
    """The mean of the sentences it was fitted on; taken where a value is not known."""

    def contribution(self, value: float | None) -> float:
        """In natural logarithm of the odds; 0 where the value is not known."""
        return 0.0 if value is None else self.weight * (value - self.usual)


@dataclass(frozen=True, slots=True)
class Coefficients:
    """The regression: the log odds of the usual sentence, and each feature's coefficient."""

    usual: float
    features: Mapping[str, Coefficient]

    def estimate(self, values: Mapping[str, float | None]) -> Doubt:
        """The doubt of a sentence with these features."""
        contributions = {name: self.features[name].contribution(values[name]) for name in FEATURES}
        log_odds = self.usual + sum(contributions.values())
        weights: dict[str, float] = {}
        for name, contribution in contributions.items():
            weights[FEATURES[name]] = weights.get(FEATURES[name], 0.0) + contribution
        differing = {FEATURES[name] for name in FACTS if values[name]}
        named = [reason for reason in REASONS if reason in differing or weights.get(reason, 0.0) >= _NAMED]
        reasons = tuple(sorted(named, key=lambda reason: -weights[reason]))
        return Doubt(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds)))), reasons)


def estimate(
    source: str,
    translation: str,
    *,
    generations: Sequence[Generation],
    marks: Collection[str],
    findings: Sequence[Finding],
) -> Doubt:
    """The doubt of a translated sentence. Not for one that was only copied: there is nothing to check.

    `generations` are the outputs it was joined from, `marks` from `toolkit.documents.MARKS`, `findings` those of
    `toolkit.facts.check`.
    """
    values = measure(source, translation, generations=generations, marks=marks, findings=findings)
    return shipped().estimate(values)


@cache
def shipped() -> Coefficients:
    """The coefficients that klartext ships."""
    return read(COEFFICIENTS)


def read(path: Path) -> Coefficients:
    """Coefficients as `models/recipes/doubt.py` writes them."""
    written = json.loads(path.read_text(encoding="utf-8"))
    features = {name: Coefficient(row["weight"], row["usual"]) for name, row in written["features"].items()}
    return Coefficients(written["usual"], features)
