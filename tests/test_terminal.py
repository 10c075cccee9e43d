"""Rendering: nothing wider than the screen, nothing lost, nothing that moves the cursor."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import samples
from toolkit import terminal
from toolkit.documents import Finding, Summary, Topics, TopicScore
from toolkit.terminal import Screen

WIDE, NARROW = Screen(columns=100), Screen(columns=60)
ANSI = re.compile(r"\x1b\[\d+m")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("", 10, [""]),
        ("   ", 10, [""]),
        ("a b c", 3, ["a b", "c"]),
        ("Donaudampfschiff", 6, ["Donaud", "ampfsc", "hiff"]),
        ("ab Donaudampf cd", 6, ["ab", "Donaud", "ampf", "cd"]),
        ("a\tb\nc", 10, ["a b c"]),
        ("東京都", 4, ["東京", "都"]),
        ("a\u0308b c", 2, ["a\u0308b", "c"]),
        ("x", 1, ["x"]),
    ],
)
def test_wrap(text: str, columns: int, lines: list[str]) -> None:
    assert terminal.wrap(text, columns) == lines


@given(st.text(), st.integers(2, 40))
def test_wrapped_lines_fit_and_lose_nothing(text: str, columns: int) -> None:
    lines = terminal.wrap(text, columns)
    assert all(terminal.width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(terminal.printable(word) for word in text.split())


def test_side_by_side_from_100_columns() -> None:
    wide = terminal.render_segments(samples.TRANSLATION, WIDE).splitlines()
    assert wide[0] == f"1  {'Der Rat stimmt zu.':<47} │ The council agrees."
    assert wide[1] == ""  # a new paragraph
    assert wide[2].endswith("│ Line 6 costs 186 million euros. [split] [lost]")
    narrow = terminal.render_segments(samples.TRANSLATION, Screen(columns=99)).splitlines()
    assert narrow[:2] == ["1  Der Rat stimmt zu.", "   The council agrees."]


@pytest.mark.parametrize("columns", [20, 40, 99, 100, 180])
def test_a_digest_says_all_and_fits(columns: int) -> None:
    rendered = terminal.render_digest(samples.DIGEST, Screen(columns=columns))
    assert all(terminal.width(line) <= columns for line in rendered.splitlines())
    joined = " ".join(rendered.split())
    words = "Council agrees to tram • The [1] [2] ✓ 0.70 2 of 2 sentences, 1 split at a clause, 0 cut (ct2) topics-en"
    assert all(word in joined for word in words.split())


def test_colours_only_where_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert Screen.of(Terminal()).colour
    assert not Screen.of(io.StringIO()).colour
    assert not Screen.of_file().colour
    monkeypatch.setenv("NO_COLOR", "1")
    assert not Screen.of(Terminal()).colour
    monkeypatch.setenv("NO_COLOR", "")
    assert Screen.of(Terminal()).colour
    monkeypatch.setenv("TERM", "dumb")
    assert not Screen.of(Terminal()).colour


def test_colours_change_nothing_else() -> None:
    for columns in (60, 120):
        for digest in (samples.DIGEST, samples.DOUBTFUL):
            coloured = terminal.render_digest(digest, Screen(columns=columns, colour=True))
            assert ANSI.search(coloured)
            assert ANSI.sub("", coloured) == terminal.render_digest(digest, Screen(columns=columns))


def test_columns_of_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, expected in (("120", 120), ("5", 20), ("1000", 180)):
        monkeypatch.setenv("COLUMNS", value)
        assert Screen.of(io.StringIO()).columns == expected


def test_control_characters_do_not_reach_the_terminal() -> None:
    nasty = "a\x1b[31mred\x07 \u202eevil \x9b0m \ud800 end"
    for columns in (60, 120):
        rendered = terminal.render_digest(samples.digest(nasty, nasty), Screen(columns=columns))
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", rendered)
        assert "\ufffd[31mred\ufffd" in rendered


@given(st.text(st.characters()))
def test_writable_changes_only_what_utf8_cannot_hold(text: str) -> None:
    encoded = terminal.writable(text).encode()
    assert len(encoded.decode()) == len(text)
    assert terminal.writable(terminal.writable(text)) == terminal.writable(text)


def test_topics() -> None:
    rendered = terminal.render_topics(samples.TOPICS, NARROW).splitlines()
    assert rendered[1] == f"✓ politics           {'█' * 17}{'·' * 7}  0.70"
    assert rendered[3] == f"  sport              {'█' * 2}{'·' * 22}  0.10"
    none = Topics(scores=samples.TOPICS.scores, threshold=0.9, multi_label=False, model="m", engine="fake")
    assert "none of these (no label reaches 0.90)" in terminal.render_topics(none, NARROW)
    many = Topics(
        scores=tuple(TopicScore(f"label {n} " + "x" * 90, 0.002) for n in range(500)),
        threshold=0.5,
        multi_label=True,
        model="m",
        engine="fake",
    )
    lines = terminal.render_topics(many, NARROW).splitlines()
    assert len(lines) == 8
    assert lines[-1] == "  … 495 more in --json"
    assert all(terminal.width(line) <= 60 for line in lines)
    empty = Topics(scores=(), threshold=0.5, multi_label=True, model="m", engine="fake")
    assert "no labels" in terminal.render_topics(empty, NARROW)


def test_a_summary_shows_the_sentences_it_rests_on() -> None:
    sentences = [segment.text for segment in samples.TRANSLATION.segments]
    rendered = terminal.render_summary(samples.SUMMARY, sentences, NARROW)
    assert "• The tram costs 186 million euros. [1] [2]" in rendered
    assert "2  Line 6 costs 186 million euros." in rendered
    nothing = Summary(headline="", sentences=(), model="m", engine="fake")
    assert "nothing to summarize" in terminal.render_summary(nothing, [], NARROW)


@pytest.mark.parametrize("columns", [20, 40, 99, 100, 180])
def test_what_to_check_has_a_sign_and_its_reasons(columns: int) -> None:
    rendered = terminal.render_digest(samples.DOUBTFUL, Screen(columns=columns))
    assert all(terminal.width(line) <= columns for line in rendered.splitlines())
    lines = rendered.splitlines()
    assert any(line.startswith("1  Der") for line in lines)
    assert any(line.startswith("2? Die") for line in lines)
    assert any(line.startswith("? The tram") for line in lines)
    below = " ".join(" ".join(lines[lines.index("To check") :]).split())
    for words in ("? summary 1", "? 2", "number: 186 → 168", "unsure of its words", "“Linie” as “tram line”"):
        assert words in below or columns < 40
    assert "Euro” as" not in below


def test_a_fact_that_is_lost_or_new_is_shown_against_nothing() -> None:
    segment = samples.DOUBTFUL.translation.segments[1]
    for missing, new, words in (("186", "", "number: 186 → (nothing)"), ("", "168", "number: (nothing) → 168")):
        finding = Finding("number", 0, len(missing), missing, new)
        translation = replace(samples.DOUBTFUL.translation, segments=(replace(segment, findings=(finding,)),))
        assert words in terminal.render_checks(translation, None, WIDE)


def test_nothing_to_check_is_not_mentioned() -> None:
    clean = replace(samples.TRANSLATION, segments=samples.TRANSLATION.segments[:1])
    assert terminal.render_checks(clean, samples.SUMMARY, WIDE) == ""
    assert terminal.check_note(clean) is None
    assert terminal.summary_note(samples.SUMMARY) is None
    assert "?" not in terminal.render_segments(clean, WIDE)


def test_notes_on_what_to_check() -> None:
    assert terminal.check_note(samples.DOUBTFUL.translation) == "1 of 2 sentences needs checking: 2"
    segments = samples.DOUBTFUL.translation.segments[1:] * 10
    many = replace(samples.DOUBTFUL.translation, segments=segments)
    assert terminal.check_note(many) == "10 of 10 sentences need checking: 1, 2, 3, 4, 5, 6, 7, 8, …"
    assert terminal.summary_note(samples.DOUBTFUL.summary) == "1 of 1 summary sentence not clearly borne out: 1"


def test_an_unsupported_summary_sentence_is_explained() -> None:
    sentences = [segment.text for segment in samples.TRANSLATION.segments]
    rendered = terminal.render_summary(samples.DOUBTFUL.summary, sentences, NARROW)
    assert "? The tram costs 186 million euros. [1] [2]" in rendered
    assert "? summary 1  the sentences named do not clearly bear this" in rendered
    assert "To check" not in terminal.render_summary(samples.SUMMARY, sentences, NARROW)
