"""What the summariser writes, judged: the file is whole, and the report counts and ranks it rightly."""

from __future__ import annotations

import pytest

from models.recipes import written
from models.recipes.written import Written


def test_every_judged_sentence_is_written_not_copied() -> None:
    rows = list(written.read())
    assert len(rows) > 900
    assert {row.verdict for row in rows} == set(written.VERDICTS)
    assert all(row.sentence.rstrip(".") not in " ".join(row.evidence) for row in rows)
    assert all(row.log_prob <= 0 and row.evidence for row in rows)
    assert len({(row.evidence, row.sentence) for row in rows}) == len(rows)


def test_the_report_counts_verdicts_and_ranks_by_support_and_log_probability() -> None:
    evidence = ("The council of Lindenau closes the old town to cars.",)
    true = Written(evidence, "Lindenau closes the old town to cars.", -0.1, "fine", is_translated=False)
    broken = Written(evidence, "The council of old closes cars.", -0.2, "broken", is_translated=False)
    untrue = Written(evidence, "The council of Gera opens the harbour to ships.", -0.3, "untrue", is_translated=True)
    found = written.report([true, true, broken, untrue])
    assert (found["share fine"], found["share broken"], found["share untrue"]) == (0.5, 0.25, 0.25)
    assert found["support, true"] == found["log-probability, fine"] == found["log-probability, true"] == 1.0


def test_the_command_prints_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["written"])
    monkeypatch.setattr(written, "read", lambda: iter([_row(v) for v in written.VERDICTS]))
    written.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "3 sentences"
    assert any(line.split() == ["share", "fine", "0.333"] for line in lines)


def _row(verdict: str) -> Written:
    return Written(("It rained.",), "Rain fell.", -1.0, verdict, is_translated=False)
