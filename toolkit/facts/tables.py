"""The word lists of the fact checks: text files, "#" before a remark."""

from __future__ import annotations

import functools
from importlib import resources


@functools.cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of a table, without remarks and blank ones."""
    text = resources.files("toolkit.facts").joinpath("words", f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line.strip() and not line.startswith("# "))


@functools.cache
def words(name: str) -> frozenset[str]:
    """All words of a list."""
    return frozenset(" ".join(lines(name)).split())


@functools.cache
def options(name: str, separator: str | None) -> dict[str, tuple[str, ...]]:
    """A table of lines such as "uno = un|united nations": what is left of the sign, and the options right of it."""
    pairs = (line.split(" = ") for line in lines(name))
    return {left: tuple(right.split(separator)) for left, right in pairs}
