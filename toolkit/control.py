"""The words that steer the shipped models: single pieces of their vocabulary, at the start of a source or inside it."""

from __future__ import annotations

TERM_START = "⟦term⟧"
TERM_END = "⟦/term⟧"
"""Round English words in a German source that the translation must contain."""
PLACEHOLDER = "⟦x⟧"
"""Stands for something that must come through as it is."""

_BRACKETS = str.maketrans("⟦⟧", "[]")


def as_text(text: str) -> str:
    """`text` with its own ⟦ ⟧ made [ ], so that nothing a user wrote steers a model."""
    return text.translate(_BRACKETS)
