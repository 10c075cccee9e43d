"""Bootstrap intervals: reproducible, as wide as theory says, the same for every metric and size."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eval import intervals
from eval.classification import Accuracy
from eval.intervals import interval, resampled

METRIC = Accuracy()


def _rows(right: int, wrong: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([[1.0, 1.0]] * right + [[0.0, 1.0]] * wrong)


@pytest.mark.parametrize(("right", "wrong"), [(30, 70), (250, 250), (900, 100)])
def test_as_wide_as_the_normal_approximation(right: int, wrong: int) -> None:
    low, high = interval(METRIC, _rows(right, wrong))
    share, count = right / (right + wrong), right + wrong
    expected = 2 * 1.96 * math.sqrt(share * (1 - share) / count)
    assert high - low == pytest.approx(expected, rel=0.15)
    assert low < share < high


def test_same_seed_same_interval() -> None:
    rows = _rows(30, 70)
    assert interval(METRIC, rows) == interval(METRIC, rows)
    assert interval(METRIC, rows, seed=1) != interval(METRIC, rows, seed=2)


def test_drawn_in_parts_or_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = _rows(30, 70)
    at_once = resampled(METRIC, rows, resamples=100, seed=3)
    monkeypatch.setattr(intervals, "_DRAWS", 700)
    np.testing.assert_array_equal(resampled(METRIC, rows, resamples=100, seed=3), at_once)


def test_one_input_and_all_alike() -> None:
    assert interval(METRIC, _rows(1, 0)) == (1.0, 1.0)
    assert interval(METRIC, _rows(0, 9)) == (0.0, 0.0)


def test_resamples_without_a_score_do_not_count() -> None:
    """One input of two has something to score: a quarter of the resamples has nothing."""
    rows = np.array([[1.0, 2.0], [0.0, 0.0]])
    assert np.isnan(resampled(METRIC, rows, resamples=100, seed=1)).any()
    assert interval(METRIC, rows) == (0.5, 0.5)
    assert all(map(math.isnan, interval(METRIC, np.zeros((3, 2)))))
