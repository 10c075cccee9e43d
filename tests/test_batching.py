from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.batching import plan_batches, restore_order


@pytest.mark.parametrize(
    ("lengths", "batch_tokens", "at_least", "apart_below", "expected"),
    [
        ([], 10, 1, 0, []),
        ([], 10, 4, 0, []),
        ([3], 10, 4, 0, [(0,)]),
        ([2, 5, 3], 15, 1, 0, [(1, 2, 0)]),
        ([2, 5, 3], 14, 1, 0, [(1, 2), (0,)]),
        ([50, 1, 1], 10, 1, 0, [(0,), (1, 2)]),
        ([4, 4, 4, 4], 100, 2, 0, [(0, 1), (2, 3)]),
        ([4, 4, 4], 100, 8, 0, [(0,), (1,), (2,)]),
        ([9, 3, 3, 3], 100, 2, 0, [(0,), (1, 2, 3)]),
        ([20, 15, 16, 3], 1000, 1, 16, [(0, 2), (1, 3)]),
    ],
)
def test_plan(
    lengths: list[int], batch_tokens: int, at_least: int, apart_below: int, expected: list[tuple[int, ...]]
) -> None:
    assert plan_batches(lengths, batch_tokens=batch_tokens, at_least=at_least, apart_below=apart_below) == expected


@given(st.lists(st.integers(1, 60), max_size=40), st.integers(1, 300), st.integers(1, 6), st.sampled_from([0, 16]))
def test_every_plan_keeps_its_promises(lengths: list[int], batch_tokens: int, at_least: int, apart_below: int) -> None:
    batches = plan_batches(lengths, batch_tokens=batch_tokens, at_least=at_least, apart_below=apart_below)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    for batch in batches:
        sizes = [lengths[index] for index in batch]
        assert len(batch) == 1 or len(batch) * max(sizes) <= batch_tokens
        assert not min(sizes) < apart_below <= max(sizes)
    assert len(batches) >= min(at_least, len(lengths))


@given(st.lists(st.integers(1, 60), max_size=40), st.integers(1, 300))
def test_results_come_back_in_input_order(lengths: list[int], batch_tokens: int) -> None:
    batches = plan_batches(lengths, batch_tokens=batch_tokens)
    results = [[(index, lengths[index]) for index in batch] for batch in batches]
    assert restore_order(batches, results) == list(enumerate(lengths))


def test_a_result_too_few_is_noticed() -> None:
    with pytest.raises(ValueError, match="shorter"):
        restore_order([(0, 1)], [["one"]])
