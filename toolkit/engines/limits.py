"""The one rule about texts that are too long: say so, cut nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from toolkit.engines import Seq2SeqEngine


def check_lengths(lengths: Sequence[int], longest: int, model: str) -> None:
    """Raise InputError for the first text of more than `longest` tokens."""
    for index, length in enumerate(lengths):
        if length > longest:
            raise InputError(f"text {index} has {length} tokens, {model} reads {longest} at once: split it first")


def fits(engine: Seq2SeqEngine, text: str) -> bool:
    """Whether the engine reads `text` at once."""
    # A token is at least one byte long, so short texts need no counting.
    limit = engine.max_source_tokens
    return len(text.encode("utf-8", "replace")) + 2 < limit or engine.count_tokens([text])[0] <= limit
