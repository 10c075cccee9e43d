"""What is shown of a batch job, with a clock of the test's own."""

from __future__ import annotations

import io

from tests.test_progress import Clock, Terminal
from toolkit.batch.job import Totals
from toolkit.batch.reporting import JobReport, spell


def test_a_log_gets_a_line_after_10_seconds_and_then_every_30() -> None:
    log, clock = io.StringIO(), Clock()
    totals = Totals(records=10_000, done=1_000, resumed=1_000, failed=2)
    report = JobReport(log, name="a.csv", clock=clock)
    report.start(totals)
    for second in range(75):
        clock.seconds = second
        report.tick()
        totals.done += 50
        totals.words += 700
    report.close()
    assert log.getvalue().splitlines() == [
        "klartext: a.csv: 1,500 of 10,000 records, 50.0 records/s, 700 words/s, 3 min left, 2 failed",
        "klartext: a.csv: 3,000 of 10,000 records, 50.0 records/s, 700 words/s, 2 min left, 2 failed",
        "klartext: a.csv: 4,500 of 10,000 records, 50.0 records/s, 700 words/s, 2 min left, 2 failed",
    ]


def test_a_terminal_gets_a_bar_after_a_second() -> None:
    screen, clock = Terminal(), Clock()
    report = JobReport(screen, name="a.csv", clock=clock)
    report.start(Totals(records=400, done=100, resumed=100))
    totals = report._totals
    clock.seconds = 0.9
    report.tick()
    assert screen.getvalue() == ""
    clock.seconds = 10.0
    totals.done, totals.words, totals.failed = 200, 1_500, 3
    report.tick()
    shown = screen.getvalue()
    for words in ("a.csv:  50%", "200/400", "10.0 records/s", "150 words/s", "20 s left", "3 failed"):
        assert words in shown
    clock.seconds = 10.1
    report.tick()
    assert screen.getvalue() == shown  # not drawn more often than can be read
    report.close()
    assert report.seconds() == 10.1


def test_times() -> None:
    assert [spell(seconds) for seconds in (0.4, 89, 90, 3_600, 5_400, 36_060)] == [
        "0 s", "89 s", "2 min", "60 min", "1 h 30 min", "10 h 01 min",
    ]  # fmt: skip
