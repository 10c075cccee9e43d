"""What the summariser writes, judged: the file is whole, and the report counts and ranks it rightly."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from models.recipes import written
from models.recipes.written import Headline, Written
from toolkit import wording


def test_every_judged_sentence_is_written_not_copied() -> None:
    rows = list(written.read())
    assert len(rows) > 3000
    assert {row.verdict for row in rows} == set(written.VERDICTS)
    assert all(row.sentence.rstrip(".") not in " ".join(row.evidence) for row in rows)
    assert all(row.log_prob <= 0 and row.tokens > 0 and row.evidence for row in rows)
    assert len({(row.evidence, row.sentence) for row in rows}) == len(rows)


def test_the_report_counts_verdicts_and_ranks_by_each_score() -> None:
    found = written.report(_towns())
    assert (found["share fine"], found["share broken"], found["share untrue"]) == (0.5, 0.25, 0.25)
    assert found["support, true"] == found["log-probability, fine"] == found["fineness, fine"] == 1.0
    assert found["finest half, fine"] == 1.0


def test_what_is_learned_is_what_the_toolkit_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    offset, weights = written.learn(_towns())
    read = tomllib.loads(written.as_toml(offset, weights))
    assert read["offset"] == pytest.approx(offset, abs=0.001)
    assert read["weights"] == pytest.approx(weights, abs=0.001)
    monkeypatch.setattr(wording, "_weights", lambda: (offset, weights))
    chances = {
        verdict: [wording.fineness(r.sentence, r.evidence, r.total_log_prob) for r in _towns() if r.verdict == verdict]
        for verdict in written.VERDICTS
    }
    assert min(chances["fine"]) > 0.5 > max(chances["broken"] + chances["untrue"])


def test_the_shipped_weights_are_those_of_the_judged_sentences() -> None:
    shipped = tomllib.loads(Path(wording.__file__).with_name("wording.toml").read_text(encoding="utf-8"))
    offset, weights = written.learn(list(written.read()))
    assert shipped["offset"] == pytest.approx(offset, abs=0.01)
    assert shipped["weights"] == pytest.approx(weights, abs=0.01)


def test_fineness_tells_more_than_support_and_log_probability() -> None:
    found = written.report(list(written.read()))
    assert found["fineness, fine"] > max(found["support, fine"], found["log-probability, fine"]) + 0.04
    assert found["finest half, untrue"] < 0.6 * found["share untrue"]


def test_every_judged_headline_is_short_and_has_a_verdict() -> None:
    rows = list(written.read_headlines())
    assert len(rows) > 1900
    assert {row.made for row in rows} == {"written", "shortened", "start"}
    assert {row.verdict for row in rows} == set(written.HEADLINE_VERDICTS)
    assert all(0 < len(row.headline.split()) <= 25 and row.evidence for row in rows)


def test_headlines_are_counted_by_making_and_length() -> None:
    evidence = ("The council of Lindenau closes the old town to cars.",)
    rows = [
        Headline(evidence, "Lindenau closes", "written", "untrue", False),
        Headline(evidence, "The council closes the old town", "shortened", "fine", False),
        Headline(evidence, "The council closes", "shortened", "empty", False),
        Headline(evidence, " ".join(["town"] * 18), "shortened", "broken", True),
    ]
    found = written.headline_report(rows)
    assert list(found) == ["shortened, 1 to 16 words", "shortened, 17 to 20 words", "written, 1 to 16 words"]
    assert found["shortened, 1 to 16 words"] == {
        "headlines": 2,
        "fine": 0.5,
        "broken": 0.0,
        "untrue": 0.0,
        "empty": 0.5,
    }


def test_shortened_sentences_are_fine_twice_as_often_as_written_headlines() -> None:
    found = written.headline_report(list(written.read_headlines()))
    assert found["shortened, 1 to 16 words"]["fine"] > 1.8 * found["written, 1 to 16 words"]["fine"]
    assert found["shortened, 21 to 25 words"]["fine"] > 0.9


def test_the_command_prints_it_and_writes_the_weights(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(written, "read", lambda: iter(_towns()))
    headline = Headline(("It rained.",), "It rained", "shortened", "fine", False)
    monkeypatch.setattr(written, "read_headlines", lambda: iter([headline]))
    output = tmp_path / "wording.toml"
    monkeypatch.setattr("sys.argv", ["written", "--output", str(output)])
    written.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "24 sentences, 6 of them from translated evidence"
    assert any(line.split() == ["share", "fine", "0.500"] for line in lines)
    assert lines[-1] == ("1 headlines shortened, 1 to 16 words: fine 1.000, broken 0.000, untrue 0.000, empty 0.000")
    assert output.read_text(encoding="utf-8") == written.as_toml(*written.learn(_towns()))


def _towns() -> list[Written]:
    """Of each of six towns two sentences that are fine, one that is broken and one that is untrue."""
    rows = []
    for town in ("Lindenau", "Gera", "Bautzen", "Husum", "Bregenz", "Passau"):
        evidence = (f"The council of {town} closes the old town to cars in the spring.",)
        rows += [
            Written(evidence, f"The council of {town} closes the old town to cars.", -0.1, 10, "fine", False),
            Written(evidence, f"The council of {town} closes the old town.", -0.1, 8, "fine", False),
            Written(evidence, f"The council of old {town} cars in the town closes.", -0.2, 10, "broken", False),
            Written(evidence, "Ships of the harbour buy a church for seven bakers.", -0.3, 10, "untrue", True),
        ]
    return rows
