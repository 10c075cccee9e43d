"""Progress lines and interruption, with a clock of the test's own."""

from __future__ import annotations

import io
import threading

import pytest

from toolkit.progress import Progress, run_interruptibly


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that goes when told."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_log_gets_a_line_after_10_seconds_and_then_every_30() -> None:
    log, clock = io.StringIO(), Clock()
    with Progress(log, name="a.txt", total=900, clock=clock) as progress:
        for second in range(75):
            clock.seconds = second
            progress.advance(2)
            progress.tick()
    assert log.getvalue().splitlines() == [
        "klartext: a.txt: 22 of 900 sentences, 10 s",
        "klartext: a.txt: 82 of 900 sentences, 40 s",
        "klartext: a.txt: 142 of 900 sentences, 70 s",
    ]


def test_a_terminal_gets_a_bar_after_a_second() -> None:
    screen, clock = Terminal(), Clock()
    with Progress(screen, name="a.txt", total=40, clock=clock) as progress:
        progress.advance(10)
        clock.seconds = 0.9
        progress.tick()
        assert screen.getvalue() == ""
        clock.seconds = 1.1
        progress.tick()
        assert "10/40" in screen.getvalue()
        progress.advance(30)
        progress.tick()
        assert "40/40" in screen.getvalue()


def test_work_gives_its_result_or_its_error() -> None:
    assert run_interruptibly(lambda: threading.current_thread().name) == "klartext-work"
    with pytest.raises(ZeroDivisionError):
        run_interruptibly(lambda: 1 // 0)
    with pytest.raises(TimeoutError, match="mine"):
        run_interruptibly(_time_out)


def _time_out() -> None:
    raise TimeoutError("mine")


def test_an_interrupt_does_not_wait_for_the_work() -> None:
    release, ticks = threading.Event(), []

    def tick() -> None:
        ticks.append(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_interruptibly(lambda: release.wait(30), tick=tick)
    assert ticks
    release.set()
