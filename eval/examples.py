"""One input of a task with everything that is known to be right about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What goes in, and what should come out; a task fills what it needs and leaves the rest empty."""

    id: str
    source: str
    """What the first model reads."""
    translations: tuple[str, ...] = ()
    """English references, each right by itself."""
    summaries: tuple[str, ...] = ()
    headlines: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    """Labels, the main one first."""
    article: str = ""
    """The English text a summary must not go beyond: the reference translation, or the source where it is English."""
    pair: str = ""
    """Of a contrast set: what its two minimally different items share."""
    expects: tuple[tuple[str, ...], ...] = ()
    """Each a list of alternatives, one of which must occur in the output."""
    forbids: tuple[str, ...] = ()
    """None of these may occur in the output."""
    term: tuple[str, ...] = ()
    """Of a glossary: German and the English wanted for it."""
    verdict: str = ""
    """Of a summary sentence: "faithful" or "unfaithful" to the article. Of an output judged before, then the `article`:
    "adequate" or "inadequate"."""
    register: str = ""
    """Kind of text (agency report, interview …), for figures by register."""

    @property
    def checks(self) -> Mapping[str, Any]:
        """Of a contrast set: what its metrics hold a translation against."""
        return {"pair": self.pair, "expects": self.expects, "forbids": self.forbids}

    @property
    def judged(self) -> Mapping[str, str]:
        """An output judged before and the verdict on it, both empty where there is none."""
        return {"verdict": self.verdict, "translation": self.article}
