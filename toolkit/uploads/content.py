"""What a parser makes of a file: its content, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass


class Refused(Exception):  # noqa: N818 - no error of the program: the file is refused
    """The file cannot be used; the message is the end of a sentence that begins with its name."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a parser found."""

    text: str
    title: str | None
    notes: tuple[str, ...] = ()
