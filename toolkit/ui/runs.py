"""Readings under way, so that another event of the same page can end one.

Cancelling the event in Gradio is not enough: what its generator yielded just before still arrives, and may arrive
after the answer to the reader who pressed Stop. So the reading is asked to end, and its own last word stands.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PATIENCE_SECONDS = 5.0
"""How long an answer waits for the reading that it ended."""


class Run:
    """One reading under way."""

    def __init__(self) -> None:
        self._asked, self._ended = threading.Event(), threading.Event()
        self.is_left = False
        """Whether the reader has gone back to the text."""

    def is_wanted(self) -> bool:
        """Whether it is to go on."""
        return not self._asked.is_set()

    def stop(self, *, leave: bool) -> None:
        """Ask it to end, and wait a while until it has."""
        self.is_left = self.is_left or leave
        self._asked.set()
        self._ended.wait(_PATIENCE_SECONDS)

    def end(self) -> None:
        """It has ended."""
        self._ended.set()


class Runs:
    """The readings under way, one for each open page."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of_page: dict[str | None, Run] = {}

    @contextmanager
    def begin(self, page: str | None) -> Iterator[Run]:
        """A new run of a page (its session hash), under way until the block ends."""
        run = Run()
        with self._lock:
            self._of_page[page] = run
        try:
            yield run
        finally:
            run.end()
            with self._lock:
                if self._of_page.get(page) is run:
                    del self._of_page[page]

    def stop(self, page: str | None, *, leave: bool = False) -> bool:
        """End the run of a page; False where there is none."""
        with self._lock:
            run = self._of_page.get(page)
        if run is None:
            return False
        run.stop(leave=leave)
        return True
