"""Bootstrap intervals: how far a score moves when the inputs are drawn anew (Efron 1979; Koehn 2004)."""

from __future__ import annotations

import numpy as np

from eval.metrics import Metric, Statistics

RESAMPLES = 1000
SEED = 12345
"""Number and seed of sacrebleu, which draws as is done here: its interval of BLEU is half of ours wide to each side."""
# Indices drawn at once: bounds memory to some tens of megabytes.
_DRAWS = 1 << 22


def interval(
    metric: Metric, statistics: Statistics, *, resamples: int = RESAMPLES, seed: int = SEED
) -> tuple[float, float]:
    """The 95 % interval of a score from the statistics of its inputs; NaN twice where no resample has a score."""
    scores = np.sort(resampled(metric, statistics, resamples=resamples, seed=seed))
    scores = scores[np.isfinite(scores)]
    if not len(scores):
        return float("nan"), float("nan")
    outside = len(scores) // 40
    return float(scores[outside]), float(scores[len(scores) - outside - 1])


def resampled(metric: Metric, statistics: Statistics, *, resamples: int, seed: int) -> Statistics:
    """The scores of as many resamples, each of as many inputs as there are, drawn with replacement."""
    inputs = len(statistics)
    rng = np.random.default_rng(seed)
    at_once = max(1, _DRAWS // inputs)
    scores = []
    for start in range(0, resamples, at_once):
        drawn = rng.choice(inputs, size=(min(at_once, resamples - start), inputs), replace=True)
        counts = np.stack([np.bincount(row, minlength=inputs) for row in drawn]).astype(np.float64)
        scores.append(metric.score(counts @ statistics))
    return np.concatenate(scores)
