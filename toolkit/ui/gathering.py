"""What an iterator yields, in handfuls: as much as has come since the last look, and nothing held back."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Generator, Iterator
from typing import TypeVar

T = TypeVar("T")

_TICK_SECONDS = 0.1
"""Between two looks: ten a second is more than a reader can tell apart."""


def gather(items: Iterator[T]) -> Generator[list[T]]:
    """Run `items` in a thread of its own and yield lists of what has come; an empty list where nothing has in a while.

    Closing it stops the thread at its next item. What `items` raises is raised here.
    """
    ready: queue.SimpleQueue[T] = queue.SimpleQueue()
    failure: list[BaseException] = []
    wanted, finished, news = threading.Event(), threading.Event(), threading.Event()
    wanted.set()

    def work() -> None:
        try:
            for item in items:
                ready.put(item)
                news.set()
                if not wanted.is_set():
                    break
        except BaseException as error:
            failure.append(error)
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()
            finished.set()
            news.set()

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work,), name="klartext-reading", daemon=True).start()
    try:
        while True:
            is_last = finished.is_set()
            handful = _drain(ready)
            if handful or not is_last:
                yield handful
            if is_last:
                break
            news.wait(_TICK_SECONDS)
            news.clear()
            if not finished.is_set():
                finished.wait(_TICK_SECONDS / 4)  # what comes in a burst comes together
    finally:
        wanted.clear()
    if failure:
        raise failure[0]


def _drain(ready: queue.SimpleQueue[T]) -> list[T]:
    handful = []
    while True:
        try:
            handful.append(ready.get_nowait())
        except queue.Empty:
            return handful
