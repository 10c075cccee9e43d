"""Progress of long work on standard error, and work that Ctrl-C can leave at once."""

from __future__ import annotations

import concurrent.futures
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Never, TextIO, TypeVar

if TYPE_CHECKING:
    from tqdm import tqdm

_T = TypeVar("_T")

_BAR_AFTER_SECONDS = 1.0
"""Shorter work shows nothing: the delay after which a reader begins to wonder (Nielsen 1993)."""
_FIRST_LINE_SECONDS = 10.0
_NEXT_LINE_SECONDS = 30.0
"""Between plain lines, where standard error is a file: a log should stay readable."""
_TICK_SECONDS = 0.2


class Progress:
    """How much of `total` sentences is done: a bar on a terminal, a plain line now and then elsewhere.

    `advance` may be called from another thread; `tick` belongs to the thread that made it. Leaving the
    `with` block takes the bar off the screen.
    """

    def __init__(self, stream: TextIO, *, name: str, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._name, self._total, self._clock = stream, name, total, clock
        self._started = clock()
        self._next_line = self._started + _FIRST_LINE_SECONDS
        self._done = 0
        self._bar: tqdm[Never] | None = None

    def advance(self, sentences: int) -> None:
        """Count sentences as done."""
        self._done += sentences

    def tick(self) -> None:
        """Show how far it is; cheap, to be called several times a second."""
        now = self._clock()
        if self._stream.isatty():
            if self._bar is None and now - self._started >= _BAR_AFTER_SECONDS:
                from tqdm import tqdm

                self._bar = tqdm(total=self._total, desc=self._name, unit="sent", file=self._stream, leave=False)
            if self._bar is not None:
                self._bar.update(self._done - self._bar.n)
                self._bar.refresh()
        elif now >= self._next_line:
            self._next_line = now + _NEXT_LINE_SECONDS
            seconds = round(now - self._started)
            print(
                f"klartext: {self._name}: {self._done} of {self._total} sentences, {seconds} s",
                file=self._stream,
                flush=True,
            )

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()


def start(work: Callable[[], _T]) -> concurrent.futures.Future[_T]:
    """Do `work` in a thread of its own, a daemon that ends with the process."""
    future: concurrent.futures.Future[_T] = concurrent.futures.Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # handed over whole to the waiting thread
            future.set_exception(error)

    threading.Thread(target=run, name="klartext-work", daemon=True).start()
    return future


def wait(future: concurrent.futures.Future[_T], *, tick: Callable[[], None] = lambda: None) -> _T:
    """The result of what was started; `tick` is called several times a second."""
    while not concurrent.futures.wait([future], timeout=_TICK_SECONDS).done:
        tick()
    return future.result()


def run_interruptibly(work: Callable[[], _T], *, tick: Callable[[], None] = lambda: None) -> _T:
    """The result of `work`, done in another thread, so that Ctrl-C gets through while an engine computes.

    A KeyboardInterrupt leaves the thread behind: a daemon that ends with the process.
    """
    future = start(work)
    return wait(future, tick=tick)
