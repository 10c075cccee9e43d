"""What an output may hold, whoever made it: a model of ours, another program, or a run file of old."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any


def fault(outputs: Sequence[Any]) -> str | None:
    """What is wrong with the first part that is not as it should be; None where all are.

    Parts that are missing are no fault: whether one is needed is the metric's to say (`eval.tasks.Measure`).
    """
    for number, output in enumerate(outputs, 1):
        if not isinstance(output, dict):
            continue
        for name, (is_right, expected) in _PARTS.items():
            if name in output and not is_right(output[name]):
                return f"output {number}: {name} must be {expected}, got {output[name]!r:.60}"
    return None


def blank(outputs: Sequence[Any]) -> str | None:
    """Which text is the first without a word; None where all say something."""
    for number, output in enumerate(outputs, 1):
        texts = output if isinstance(output, dict) else {"the text": output}
        for name, text in texts.items():
            if isinstance(text, str) and not text.strip():
                return f"output {number}: {name} is blank"
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_share(value: Any) -> bool:
    # A sum of shares may pass 1 by a rounding error.
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return is_number and -1e-6 <= value <= 1 + 1e-6


def _is_log_prob(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return is_number and value <= 0


def _are_topics(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            isinstance(each, dict) and _is_text(each.get("label")) and _is_share(each.get("score")) for each in value
        )
    )


def _are_kinds(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(each) for each in value)


def _is_coverage(value: Any) -> bool:
    counts = ("sentences", "translated", "split", "cut")
    return isinstance(value, dict) and all(_is_count(value.get(name)) for name in counts)


_PARTS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "translation": (_is_text, "text"),
    "plain": (_is_text, "text"),
    "headline": (_is_text, "text"),
    "summary": (_is_text, "text"),
    "topics": (_are_topics, 'a list of {"label": text, "score": number from 0 to 1}, one at least'),
    "doubt": (_is_share, "a number from 0 to 1"),
    "log_prob": (_is_log_prob, "a number, 0 at most"),
    "support": (_is_share, "a number from 0 to 1"),
    "findings": (_are_kinds, "a list of kinds"),
    "coverage": (_is_coverage, "an object with the counts sentences, translated, split and cut"),
}
