"""What every metric is: an `evaluate.Metric` that needs no network, with statistics that add up over the inputs.

A score is computed from the sum of its inputs' statistics alone. So bootstrap intervals (`eval.intervals`) and paired
tests resample rows of one array and never look at a text again, for every metric in the same way.
"""

from __future__ import annotations

import abc
import functools
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, ClassVar

import datasets
import evaluate
import numpy as np
import numpy.typing as npt

from toolkit.errors import InputError

Statistics = npt.NDArray[np.float64]
"""[n, k]: one row an input, one column a quantity."""

TEXT = datasets.Value("string")
TEXTS = datasets.List(datasets.Value("string"))


class Metric(evaluate.Metric, abc.ABC):  # type: ignore[misc]  # evaluate has no types
    """A score over many inputs.

    For a user of `evaluate`: `metric.compute(predictions=…, references=…)` gives `{name: score, "signature": …}`.
    `sources` go with it for the metrics that need them (`needs_sources`); the others ignore them.
    """

    name: ClassVar[str]
    """As scores and tables show it: "BLEU"."""
    about: ClassVar[str]
    """One sentence: what it measures, and its range."""
    higher_is_better: ClassVar[bool] = True
    decimals: ClassVar[int] = 3
    """Digits worth showing after the point: 1 for scores of 0 to 100, 3 for shares of 0 to 1."""
    needs_sources: ClassVar[bool] = False
    prediction_type: ClassVar[Any] = TEXT
    reference_type: ClassVar[Any] = TEXTS
    """As `datasets` names them."""

    def is_better(self, value: float, other: float) -> bool:
        """Whether `value` is the better of two different scores."""
        return value > other if self.higher_is_better else value < other

    def __init__(self) -> None:
        super().__init__(keep_in_memory=True)

    def statistics(
        self, *, predictions: Sequence[Any], references: Sequence[Any], sources: Sequence[str] | None = None
    ) -> Statistics:
        """One row of additive statistics an input. Raises InputError for no input and for unequal numbers."""
        self.check(predictions=predictions, references=references, sources=sources)
        rows = self.rows(predictions, references, sources if sources is not None else [""] * len(predictions))
        return np.asarray(rows, dtype=np.float64)

    @abc.abstractmethod
    def rows(self, predictions: Sequence[Any], references: Sequence[Any], sources: Sequence[str], /) -> Any:
        """As `statistics`, of sequences of one length."""

    @abc.abstractmethod
    def score(self, summed: Statistics) -> Statistics:
        """The score of statistics summed over the inputs: [..., k] gives [...], NaN where there is nothing to score."""

    def signature(self, references: Sequence[Any]) -> str:  # noqa: ARG002
        """How it is computed, in the notation of sacrebleu; `references` tell how many there are for an input."""
        return f"metric:{self.name}|klartext:1"

    def compute(
        self,
        *,
        predictions: Sequence[Any] | None = None,
        references: Sequence[Any] | None = None,
        sources: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """Score predictions against references, in the same order.

        Raises InputError for none at all and for unequal numbers.
        """
        given = {"predictions": predictions, "references": references, "sources": sources}
        if predictions is None and references is None and sources is None:
            if len(self) == 0:
                raise InputError(f"{self.name}: no predictions: give at least one")
        else:
            self.check(predictions=predictions, references=references, sources=sources)
        if not self.needs_sources:
            given.pop("sources")
        result: dict[str, Any] = super().compute(**given)
        return result

    def check(
        self, *, predictions: Sequence[Any] | None, references: Sequence[Any] | None, sources: Sequence[str] | None
    ) -> None:
        """Raise InputError unless there are predictions, and as many references (and sources where they count)."""
        if predictions is None or not len(predictions):
            raise InputError(f"{self.name}: no predictions: give at least one")
        if references is None or len(references) != len(predictions):
            count = "no" if references is None else str(len(references))
            raise InputError(
                f"{self.name}: {len(predictions)} predictions and {count} references: give as many of each"
            )
        if self.needs_sources and (sources is None or len(sources) != len(predictions)):
            count = "no" if sources is None else str(len(sources))
            raise InputError(f"{self.name}: {len(predictions)} predictions and {count} sources: give as many of each")

    # What follows is what `evaluate` asks of a subclass.

    def _info(self) -> evaluate.MetricInfo:
        features = {"predictions": self.prediction_type, "references": self.reference_type}
        if self.needs_sources:
            features["sources"] = TEXT
        return evaluate.MetricInfo(
            description=self.about, citation="", inputs_description="", features=datasets.Features(features)
        )

    def _build_data_dir(self) -> str:
        # evaluate makes a folder in the user's home for what is kept in memory here.
        return ""

    def _compute(
        self, *, predictions: Sequence[Any], references: Sequence[Any], sources: Sequence[str] | None = None
    ) -> dict[str, Any]:
        statistics = self.statistics(predictions=predictions, references=references, sources=sources)
        return {self.name: float(self.score(statistics.sum(axis=0))), "signature": self.signature(references)}


class Ratio(Metric):
    """A metric of two columns, numerator and denominator: the mean or the share over all inputs, 0 to 1."""

    def score(self, summed: Statistics) -> Statistics:
        numerator, denominator = summed[..., 0], summed[..., 1]
        return np.divide(numerator, denominator, out=np.full_like(numerator, np.nan), where=denominator > 0)


class Share(Ratio):
    """A ratio whose rows depend on one input each."""

    def rows(self, predictions: Sequence[Any], references: Sequence[Any], sources: Sequence[str], /) -> Any:
        return [self.row(*each) for each in zip(predictions, references, sources, strict=True)]

    @abc.abstractmethod
    def row(self, prediction: Any, reference: Any, source: str, /) -> tuple[float, float]:
        """Numerator and denominator of one input."""


@functools.cache
def package_version(name: str) -> str:
    """The installed version of a package."""
    return version(name)
