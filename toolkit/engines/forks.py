"""No loaded model crosses a fork: its threads do not, and the child would wait for them for ever."""

from __future__ import annotations

import os

from toolkit.errors import EngineError

_loaded_in: set[int] = set()


class ForkGuard:
    """Belongs to the process that made it; made where a model is loaded."""

    def __init__(self) -> None:
        """Raises EngineError in a process forked from one that has models loaded."""
        self._process = os.getpid()
        if _loaded_in - {self._process}:
            raise _error()
        _loaded_in.add(self._process)

    def check(self) -> None:
        """Raise EngineError in any other process."""
        if os.getpid() != self._process:
            raise _error()


def _error() -> EngineError:
    return EngineError(
        "this process was forked from one with models loaded, which cannot work: start processes by spawn, "
        "e.g. multiprocessing.get_context('spawn'), or use threads"
    )
