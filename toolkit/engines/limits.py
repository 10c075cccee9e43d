"""The one rule about texts that are too long: say so, cut nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence


def check_lengths(lengths: Sequence[int], longest: int, model: str) -> None:
    """Raise InputError for the first text of more than `longest` tokens."""
    for index, length in enumerate(lengths):
        if length > longest:
            raise InputError(f"text {index} has {length} tokens, {model} reads {longest} at once: split it first")
