"""Support scores of summary sentences against what is true of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import datasets
import numpy as np

from eval.metrics import Metric, Statistics

BINS = 1000
"""Of the score: two sentences in one bin are a tie."""
FAITHFUL, UNFAITHFUL = "faithful", "unfaithful"


class Auroc(Metric):
    """Columns: for each bin of the score the faithful and the unfaithful sentences."""

    name = "AUROC"
    about = "how often a faithful sentence scores higher than an unfaithful one, ties half, 0 to 1"
    decimals: ClassVar[int] = 3
    prediction_type = datasets.Value("float64")
    reference_type = datasets.Value("string")

    def rows(self, predictions: Sequence[float], references: Sequence[str], _sources: Sequence[str], /) -> Any:
        rows = np.zeros((len(predictions), 2, BINS))
        for row, score, verdict in zip(rows, predictions, references, strict=True):
            row[int(verdict == UNFAITHFUL), min(BINS - 1, max(0, int(score * BINS)))] = 1
        return rows.reshape(len(predictions), -1)

    def score(self, summed: Statistics) -> Statistics:
        counts = summed.reshape(*summed.shape[:-1], 2, BINS)
        faithful, unfaithful = counts[..., 0, :], counts[..., 1, :]
        below = np.cumsum(unfaithful, axis=-1) - unfaithful / 2
        pairs = faithful.sum(axis=-1) * unfaithful.sum(axis=-1)
        won = (faithful * below).sum(axis=-1)
        share: Statistics = np.divide(won, pairs, out=np.full_like(won, np.nan), where=pairs > 0)
        return share

    def signature(self, references: Sequence[Any]) -> str:
        return f"{super().signature(references)}|bins:{BINS}"
