"""Strings on their way through a translation engine, and what came back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from toolkit import facts, repetition
from toolkit.documents import Finding
from toolkit.engines import Generation, GenerationOptions


@dataclass(slots=True)
class Attempt:
    """One string on its way through the engine."""

    text: str
    result: Generation | None = None
    marks: set[str] = field(default_factory=set)

    @property
    def output(self) -> str:
        """What came back; "" where nothing did."""
        return self.result.text if self.result else ""

    @property
    def tokens(self) -> int:
        """Of the output."""
        return self.result.tokens if self.result else 0

    @property
    def log_prob(self) -> float:
        """Mean per token of the output; the least there is where there is none."""
        return self.result.log_prob if self.result else float("-inf")

    @property
    def is_copied(self) -> bool:
        """It does not go through the engine."""
        return "copied" in self.marks

    @property
    def is_cut(self) -> bool:
        """It did not come to its end."""
        return self.result is None or self.result.cut

    @property
    def is_bad(self) -> bool:
        """It stopped early, came out empty or repeats itself."""
        if self.is_copied:
            return False
        return self.is_cut or not self.output.strip() or repetition.is_looping(self.text, self.output)

    @property
    def with_edges(self) -> str:
        """The output with the white space its source had at either end."""
        if self.is_copied:
            return self.text
        before = self.text[: len(self.text) - len(self.text.lstrip())]
        after = self.text[len(self.text.rstrip()) :]
        return before + self.output.strip() + after


@dataclass(slots=True)
class Work:
    """One distinct segment text: what is sent to the engine and what came back."""

    text: str
    attempts: list[Attempt] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    _found: dict[tuple[str, str], tuple[Finding, ...]] = field(default_factory=dict, init=False, repr=False)

    def check(self, source: str, translation: str) -> tuple[Finding, ...]:
        """The facts in which the two differ (`facts.check`), compared once: most outputs stay as they first were."""
        if (source, translation) not in self._found:
            self._found[source, translation] = facts.check(source, translation)
        return self._found[source, translation]


Generate = Callable[[Sequence[Attempt], GenerationOptions], None]
"""Gives every attempt that is not copied its result."""


def copied(text: str) -> Attempt:
    """Text that stays as it is."""
    return Attempt(text, Generation(text, log_prob=0.0, tokens=0, cut=False), {"copied"})


def parts_of(pieces: Sequence[str]) -> list[Attempt]:
    """Text to translate (even positions) and to copy (odd ones, and what has no letters), in turn."""
    return [
        copied(piece) if i % 2 or not any(map(str.isalpha, piece)) else Attempt(piece) for i, piece in enumerate(pieces)
    ]


def joined(parts: Sequence[Attempt]) -> Generation:
    """The outputs of neighbouring parts as one."""
    return Generation(
        "".join(part.with_edges for part in parts),
        log_prob=mean_log_prob(parts) or 0.0,
        tokens=sum(part.tokens for part in parts),
        cut=any(part.is_cut for part in parts),
    )


def mean_log_prob(attempts: Sequence[Attempt]) -> float | None:
    """Mean per token over all parts that were generated, end marks included; None where none was."""
    generated = [attempt for attempt in attempts if not attempt.is_copied and attempt.result is not None]
    weight = sum(attempt.tokens + 1 for attempt in generated)
    return sum(attempt.log_prob * (attempt.tokens + 1) for attempt in generated) / weight if generated else None
