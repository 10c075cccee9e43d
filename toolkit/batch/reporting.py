"""How far a batch job is, on standard error: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Never, TextIO

from toolkit.batch.job import JobProgress, Totals

if TYPE_CHECKING:
    from tqdm import tqdm

_BAR_AFTER_SECONDS = 1.0
_FIRST_LINE_SECONDS = 10.0
_NEXT_LINE_SECONDS = 30.0
_REDRAW_SECONDS = 0.2


class JobReport(JobProgress):
    """Records and words a second, the time that is left, and how many records failed."""

    def __init__(self, stream: TextIO | None, *, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._name, self._clock = stream, name, clock
        self._totals = Totals()
        self._bar: tqdm[Never] | None = None
        self._started = self._drawn = clock()
        self._next_line = self._started + _FIRST_LINE_SECONDS

    def start(self, totals: Totals) -> None:
        self._totals = totals
        self._started = self._clock()
        self._next_line = self._started + _FIRST_LINE_SECONDS

    def tick(self) -> None:
        if self._stream is None:  # standard error is closed
            return
        now = self._clock()
        if self._stream.isatty():
            if now - self._started >= _BAR_AFTER_SECONDS and now - self._drawn >= _REDRAW_SECONDS:
                self._drawn = now
                self._draw(now)
        elif now >= self._next_line:
            self._next_line = now + _NEXT_LINE_SECONDS
            totals = self._totals
            print(
                f"klartext: {self._name}: {totals.done:,} of {totals.records:,} records, {self._figures(now)}",
                file=self._stream,
                flush=True,
            )

    def close(self) -> None:
        """Take the bar off the screen."""
        if self._bar is not None:
            self._bar.close()

    def seconds(self) -> float:
        """Since the first record of this run."""
        return self._clock() - self._started

    def _draw(self, now: float) -> None:
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(
                total=self._totals.records,
                initial=self._totals.done,
                desc=self._name,
                file=self._stream,
                leave=False,
                bar_format="{desc}: {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt}{postfix}",
            )
        self._bar.n = self._totals.done
        self._bar.set_postfix_str(self._figures(now), refresh=True)

    def _figures(self, now: float) -> str:
        totals = self._totals
        seconds = max(now - self._started, 1e-9)
        done = totals.done - totals.resumed
        left = (totals.records - totals.done) * seconds / done if done else None
        parts = [f"{done / seconds:,.1f} records/s", f"{totals.words / seconds:,.0f} words/s"]
        if left is not None:
            parts.append(f"{spell(left)} left")
        parts.append(f"{totals.failed:,} failed")
        return ", ".join(parts)


def spell(seconds: float) -> str:
    """A time in the unit a person would use."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"
