"""Robustness that is trained in: a few per cent of the pairs are made to look like what people really paste."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from models.recipes.corpora import Pair

# Shares of the pairs that are changed. Small, because each one takes room from clean text; the spellings share one
# slot each per pair, so a pair is changed in one way only.
CAPITALS = 0.025
TITLE_CASE = 0.01
NO_UMLAUTS = 0.03
NO_FULL_STOP = 0.02
JOINED = 0.05
COPIES = 0.005
RENUMBERED = 0.05
"""Pairs added with other numbers on both sides: seen with one number only, a sentence teaches the number by heart."""

# A number that stands alone, in German notation: 7, 2019, 1.200, 3,5.
_ALONE = (r"(?<![\w.,:/-])", r"(?![\w:/-]|[.,]\d)")
_NUMBER = re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?".join(_ALONE))
_ENGLISH = str.maketrans(".,", ",.")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def augment(pairs: Sequence[Pair], *, rng: random.Random, max_characters: int = 700) -> list[Pair]:
    """The pairs, some of them changed; the joined ones, the renumbered ones and the copies are added at the end."""
    changed = [_change(pair, rng.random()) for pair in pairs]
    sources = [pair for pair in pairs if len(pair[0]) >= 20]
    joined: list[Pair] = []
    for _ in range(int(JOINED * len(pairs)) if sources else 0):
        parts = rng.choices(sources, k=rng.choice((2, 2, 3, 4)))
        source, target = " ".join(s for s, _ in parts), " ".join(t for _, t in parts)
        if max(len(source), len(target)) <= max_characters:
            joined.append((source, target))
    numbered = [pair for pair in pairs if renumbered(pair, random.Random(0)) is not None]
    drawn = rng.choices(numbered, k=int(RENUMBERED * len(pairs))) if numbered else []
    others = [renumbered(pair, rng) or pair for pair in drawn]
    copies = [_copy(rng) for _ in range(int(COPIES * len(pairs)))]
    return changed + joined + others + copies


def renumbered(pair: Pair, rng: random.Random) -> Pair | None:
    """The pair with other numbers of as many digits, the same on both sides, or None where there is none to change.

    Only numbers of two digits or more that stand once on each side are changed; a year stays a year, and what can be
    a day of the month stays one.
    """
    source, target = pair
    changes: list[tuple[str, str]] = []
    for number in dict.fromkeys(_NUMBER.findall(source)):
        english = number.translate(_ENGLISH)
        alone = re.compile(re.escape(english).join(_ALONE))
        if sum(map(str.isdigit, number)) < 2 or _NUMBER.findall(source).count(number) != 1:
            continue
        if len(alone.findall(target)) != 1:
            continue
        new = _another(number, rng)
        source = re.sub(re.escape(number).join(_ALONE), f"\0{len(changes)}\0", source, count=1)
        target = alone.sub(f"\0{len(changes)}\0", target, count=1)
        changes.append((new, new.translate(_ENGLISH)))
    if not changes:
        return None
    for i, (german, english) in enumerate(changes):
        source, target = source.replace(f"\0{i}\0", german), target.replace(f"\0{i}\0", english)
    return source, target


def _another(number: str, rng: random.Random) -> str:
    if re.fullmatch(r"(19|20)\d\d", number):
        return str(rng.randint(1950, 2029))
    if number.isdigit() and 10 <= int(number) <= 31:
        return str(rng.randint(10, 31))
    digits = [rng.choice("123456789" if i == 0 and digit != "0" else "0123456789") for i, digit in enumerate(number)]
    return "".join(new if old.isdigit() else old for old, new in zip(number, digits, strict=True))


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
