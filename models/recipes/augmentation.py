"""Robustness that is trained in: a few per cent of the pairs are made to look like what people really paste."""

from __future__ import annotations

import random
from collections.abc import Sequence

from models.recipes.corpora import Pair

# Shares of the pairs that are changed. Small, because each one takes room from clean text; the spellings share one
# slot each per pair, so a pair is changed in one way only.
CAPITALS = 0.015
TITLE_CASE = 0.01
NO_UMLAUTS = 0.015
NO_FULL_STOP = 0.02
JOINED = 0.05
COPIES = 0.005

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def augment(pairs: Sequence[Pair], *, rng: random.Random, max_characters: int = 700) -> list[Pair]:
    """The pairs, some of them changed; the joined ones and the copies are added at the end."""
    changed = [_change(pair, rng.random()) for pair in pairs]
    sources = [pair for pair in pairs if len(pair[0]) >= 20]
    joined: list[Pair] = []
    for _ in range(int(JOINED * len(pairs)) if sources else 0):
        parts = rng.choices(sources, k=rng.choice((2, 2, 3, 4)))
        source, target = " ".join(s for s, _ in parts), " ".join(t for _, t in parts)
        if max(len(source), len(target)) <= max_characters:
            joined.append((source, target))
    copies = [_copy(rng) for _ in range(int(COPIES * len(pairs)))]
    return changed + joined + copies


def _change(pair: Pair, draw: float) -> Pair:
    source, target = pair
    if (draw := draw - CAPITALS) < 0:
        return source.upper(), target.upper()
    if (draw := draw - TITLE_CASE) < 0:
        return source.title(), target
    if (draw := draw - NO_UMLAUTS) < 0:
        return source.translate(_UMLAUTS), target
    if draw - NO_FULL_STOP < 0 and source.endswith(".") and target.endswith("."):
        return source[:-1], target[:-1]
    return pair


def _copy(rng: random.Random) -> Pair:
    """A line that must come through unchanged: a link, an address, a number, a placeholder, a code."""
    word = "".join(rng.choices("abcdefghiklmnoprstuvwz", k=rng.randint(3, 9)))
    other = "".join(rng.choices("abcdefghiklmnoprstuvwz", k=rng.randint(3, 9)))
    line = rng.choice(
        (
            f"https://www.{word}.de/{other}/{rng.randint(1, 9999)}",
            f"www.{word}-{other}.com",
            f"{word}@{other}.org",
            f"{{{word}}} %s <b>",
            f"{rng.randint(1, 999999)}",
            f"{word.upper()}-{rng.randint(1, 99)}/{rng.randint(1, 99)}",
            f"+49 {rng.randint(10, 999)} {rng.randint(10000, 9999999)}",
        )
    )
    return line, line
