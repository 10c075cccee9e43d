"""Averages of the weights of several states of one model."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import torch


def average(
    states: Sequence[dict[str, torch.Tensor]], shares: Sequence[float] | None = None
) -> dict[str, torch.Tensor]:
    """The mean of several states of one model, each with its share (default: all alike)."""
    shares = shares or [1 / len(states)] * len(states)
    return {
        name: torch.stack([state[name].float() * share for state, share in zip(states, shares, strict=True)]).sum(0)
        for name in states[0]
    }


def blend(model: torch.nn.Module, start: torch.nn.Module, share: float) -> None:
    """Make of `model`, on the CPU, the average with the one that its training went on from, which gets `share`.

    It is often better than either: they lie in one valley of the loss (Wortsman et al. 2022, "Model soups").
    """
    if share:
        model.load_state_dict(average([model.to("cpu").state_dict(), start.state_dict()], (1 - share, share)))


def share(text: str) -> float:
    """The type of the option `--start-share`: the share that `blend` gets, from 0 to below 1."""
    found = float(text)
    if not 0 <= found < 1:
        raise argparse.ArgumentTypeError("must be from 0 to below 1")
    return found


def blend_note(share: float) -> str:
    """How a card says so, after "last snapshots averaged"."""
    return f" and the result with what it went on from ({share:.0%} of the weights)" if share else ""
