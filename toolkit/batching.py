"""Batches of similar length under a token budget; results come back in input order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def plan_batches(
    lengths: Sequence[int], *, batch_tokens: int, at_least: int = 1, apart_below: int = 0
) -> list[tuple[int, ...]]:
    """Indices of `lengths` in batches, longest texts first.

    A batch costs its longest text times its texts (padding counted) and stays within `batch_tokens`; only a text that
    is longer by itself stands alone above it. Where there are fewer batches than `at_least` workers, the costliest is
    halved until each worker has one or every batch is a single text. Texts shorter than `apart_below` never share a
    batch with longer ones. The plan depends on the lengths only.
    """
    order = sorted(range(len(lengths)), key=lambda index: (-lengths[index], index))
    batches: list[list[int]] = []
    for index in order:
        longest = lengths[batches[-1][0]] if batches else 0
        is_apart = lengths[index] < apart_below <= longest
        if batches and not is_apart and (len(batches[-1]) + 1) * longest <= batch_tokens:
            batches[-1].append(index)
        else:
            batches.append([index])
    while len(batches) < at_least:
        costliest = max(batches, key=lambda batch: _cost(batch, lengths) if len(batch) > 1 else -1, default=[])
        if len(costliest) < 2:
            break
        cut = _even_cut(costliest, lengths)
        position = batches.index(costliest)
        batches[position : position + 1] = [costliest[:cut], costliest[cut:]]
    return [tuple(batch) for batch in batches]


def restore_order(batches: Sequence[Sequence[int]], results: Iterable[Sequence[T]]) -> list[T]:
    """The results of the batches of a plan, one sequence a batch, in the order of the inputs."""
    placed: dict[int, T] = {}
    for batch, outputs in zip(batches, results, strict=True):
        placed.update(zip(batch, outputs, strict=True))
    return [placed[index] for index in range(len(placed))]


def _cost(batch: Sequence[int], lengths: Sequence[int]) -> int:
    return len(batch) * lengths[batch[0]]


def _even_cut(batch: Sequence[int], lengths: Sequence[int]) -> int:
    """Where to cut a batch, longest first, so that both parts cost about the same."""
    return min(range(1, len(batch)), key=lambda cut: abs(_cost(batch[:cut], lengths) - _cost(batch[cut:], lengths)))
