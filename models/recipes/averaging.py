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


def blend(model: torch.nn.Module, others: Sequence[tuple[torch.nn.Module, float]]) -> None:
    """Make of `model`, on the CPU, the average with others of its shape, each with its share; it gets what is left.

    With the one that its training went on from, or with what other trainings made of that, it is often better than
    any: they lie in one valley of the loss (Wortsman et al. 2022, "Model soups").
    """
    others = [(other, share) for other, share in others if share]
    if others:
        states = [each.to("cpu").state_dict() for each in (model, *(other for other, _ in others))]
        shares = [share for _, share in others]
        model.load_state_dict(average(states, (1 - sum(shares), *shares)))


def share(text: str) -> float:
    """The type of the option `--start-share`: the share of a model in `blend`, from 0 to below 1."""
    found = float(text)
    if not 0 <= found < 1:
        raise argparse.ArgumentTypeError("must be from 0 to below 1")
    return found


def blend_note(start: float, *others: float) -> str:
    """How a card says so, after "snapshots averaged"; the shares of what it went on from and of other runs' models."""
    parts = [f"what it went on from ({start:.0%} of the weights)"] if start else []
    parts += [f"another run's model ({share:.0%})" for share in others]
    return f" and the result with {' and '.join(parts)}" if parts else ""
