"""Whether two systems that answered the same inputs differ by more than chance.

Both tests work on what a metric counts per input (n-gram matches, lengths, hits): an array of shape [inputs, counts]
whose sum over any inputs gives the score on these inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.float64]
Score = Callable[[Counts], Counts]
"""Of summed counts: [..., k] gives [...], NaN where there is nothing to score."""

SEED = 12345
"""That of sacrebleu."""
TRIALS = 2000
"""The smallest p-value is 1 in (trials + 1): 2,000 can still show 0.05 / 100, a hundred scores tested at once."""
_CHUNK = 250
"""Resamples drawn at once: bounds memory to some megabytes for thousands of inputs."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A score before and after, and how sure the difference is."""

    before: float
    after: float
    """NaN where nothing could be scored."""
    low: float
    high: float
    """95 % interval of after − before, from the bootstrap."""
    p_bootstrap: float
    p_randomization: float
    """Probability of a difference at least as large, either way, if the systems were equally good."""

    @property
    def change(self) -> float:
        """after − before."""
        return self.after - self.before

    @property
    def p(self) -> float:
        """The larger of the two: a difference counts when both tests see it."""
        return max(self.p_bootstrap, self.p_randomization)


def difference(before: Counts, after: Counts, score: Score, *, trials: int = TRIALS, seed: int = SEED) -> Difference:
    """Paired bootstrap (Koehn 2004) and approximate randomisation (Riezler & Maxwell 2005) of `score`.

    Row i of both arrays is the same input. The same arguments give the same result.
    """
    was, now = float(score(before.sum(axis=0))), float(score(after.sum(axis=0)))
    if np.array_equal(before, after):
        return Difference(was, now, 0.0, 0.0, 1.0, 1.0)
    rng = np.random.default_rng(seed)
    drawn = _bootstrap(before, after, score, trials, rng)
    swapped = _randomization(before, after, score, trials, rng)
    low, high = np.percentile(drawn, [2.5, 97.5]) if len(drawn) else (np.nan, np.nan)
    observed = abs(now - was)
    return Difference(
        before=was,
        after=now,
        low=float(low),
        high=float(high),
        # The bootstrap centres on the observed difference; shifted to centre on none, it is what chance would give.
        p_bootstrap=_share(np.abs(drawn - drawn.mean()), observed) if len(drawn) else 1.0,
        p_randomization=_share(np.abs(swapped), observed),
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for being many (Holm 1979), in the order given."""
    corrected = [1.0] * len(p_values)
    largest = 0.0
    for rank, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, p_values[i] * (len(p_values) - rank)))
        corrected[i] = largest
    return corrected


def _bootstrap(before: Counts, after: Counts, score: Score, trials: int, rng: np.random.Generator) -> Counts:
    """score(after) − score(before) on sets of inputs drawn with replacement, the same for both."""
    inputs = len(before)
    found = []
    for start in range(0, trials, _CHUNK):
        size = min(_CHUNK, trials - start)
        times = rng.multinomial(inputs, np.full(inputs, 1 / inputs), size=size).astype(np.float64)
        found.append(score(times @ after) - score(times @ before))
    return _scored(found)


def _randomization(before: Counts, after: Counts, score: Score, trials: int, rng: np.random.Generator) -> Counts:
    """score(after) − score(before) where each input's two answers have changed sides by the toss of a coin."""
    total, other_total, moved = before.sum(axis=0), after.sum(axis=0), after - before
    found = []
    for start in range(0, trials, _CHUNK):
        size = min(_CHUNK, trials - start)
        swaps = rng.integers(0, 2, size=(size, len(before))).astype(np.float64) @ moved
        found.append(score(other_total - swaps) - score(total + swaps))
    return _scored(found)


def _scored(found: list[Counts]) -> Counts:
    """The differences, without those where chance drew nothing to score."""
    joined = np.concatenate(found)
    return joined[np.isfinite(joined)]


def _share(found: Counts, observed: float) -> float:
    """How often chance did at least as much; never 0, because the observed case is one of them."""
    # Sums in another order differ in the last bits; what is equal must count as equal. Never true of NaN: hence "not".
    reached = int(np.count_nonzero(~(found < observed - 1e-9)))
    return (reached + 1) / (len(found) + 1)
