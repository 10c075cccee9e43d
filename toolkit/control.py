"""The words that steer the shipped models: single pieces of their vocabulary, at the start of a source."""

from __future__ import annotations

HEADLINE = "⟦headline⟧"
SENTENCE = "⟦sentence⟧"

_BRACKETS = str.maketrans("⟦⟧", "[]")


def as_text(text: str) -> str:
    """`text` with its own ⟦ ⟧ made [ ], so that nothing a user wrote steers a model."""
    return text.translate(_BRACKETS)
