"""Texts that summarisers made of news, and what a reader said of each: judged/*.jsonl, read alike."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.edits import Unit, units

FOLDER = Path(__file__).parent / "judged"
LEARNED = ("edited.jsonl", "headlines.jsonl", "written.jsonl", "openings.jsonl")
"""Texts of other summarisers: the editor's judge learns from them."""
SHIPPED = "shipped.jsonl"
"""Texts of the shipped one, which it did not learn from: the weights of `toolkit.wording` are fitted to them."""
VERDICTS = ("fine", "broken", "untrue", "empty")
"""Good English and true; not grammatical, tangled or not to be understood alone; untrue; true, and no news."""
_HELD_OUT = 12
"""One in so many sources is not learned from."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, and what was said of it."""

    evidence: tuple[str, ...]
    """The sentences that it was written of."""
    text: str
    task: str
    """"sentence", "short", "headline" or "opening"."""
    verdict: str
    """One of `VERDICTS`."""
    is_translated: bool
    """Whether the evidence is a machine's translation."""
    log_prob: float
    """Natural-log probability of what the model decided: all of it for an editor, else a mean token; 0 if unknown."""

    @property
    def is_fine(self) -> bool:
        """Whether nothing was found wrong with it."""
        return self.verdict == "fine"

    @property
    def source(self) -> tuple[Unit, ...]:
        """The units of its evidence."""
        return tuple(unit for text in self.evidence for unit in units(text))

    @property
    def units(self) -> tuple[Unit, ...]:
        """Its own."""
        return units(self.text)


def read(*names: str) -> Iterator[Judged]:
    """The judged texts of these files, one after the other."""
    for name in names:
        for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            task = row.get("task") or ("headline" if "headline" in row else "sentence")
            yield Judged(
                evidence=tuple(row["evidence"]),
                text=row.get("text") or row[task],
                task=task,
                verdict=row["verdict"],
                is_translated=row["is_translated"],
                log_prob=row.get("log_prob", 0.0),
            )


def learned() -> Iterator[Judged]:
    """The rows of `LEARNED`, but for what rests on a sentence that texts of `SHIPPED` rest on, too."""
    asked = {text for row in read(SHIPPED) for text in row.evidence}
    return (row for row in read(*LEARNED) if asked.isdisjoint(row.evidence))


def parts(rows: Sequence[Judged]) -> tuple[list[Judged], list[Judged]]:
    """What is learned from, and what is held out, by the last sentence of the evidence, which others may hold too."""
    found: tuple[list[Judged], list[Judged]] = ([], [])
    for row in rows:
        found[zlib.crc32(row.evidence[-1].encode()) % _HELD_OUT == 0].append(row)
    return found
