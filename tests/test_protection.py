"""Tokens that must come through unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import protection


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Mehr auf https://www.tagesschau.de/inland/a-1.html.", ("https://www.tagesschau.de/inland/a-1.html",)),
        ("Siehe „www.bund.de“!", ("www.bund.de",)),
        ("an max.muster@beispiel.de schreiben", ("max.muster@beispiel.de",)),
        ("Hallo {name}, du hast %d Nachrichten", ("{name}", "%d")),
        ("%(count)s von ${total} und {{ user }}", ("%(count)s", "${total}", "{{ user }}")),
        ('Ein <b>fetter</b> <a href="x">Text</a>', ("<b>", "</b>", '<a href="x">', "</a>")),
        ("A&nbsp;B &#8222;", ("&nbsp;", "&#8222;")),
        ("x" * 101, ("x" * 101,)),
        ("50 % der Stimmen, 3 < 5 und 7 > 2", ()),
        ("10 %sig ist kein Platzhalter", ()),
        ("", ()),
    ],
)
def test_protected(text: str, tokens: tuple[str, ...]) -> None:
    assert protection.protected(text) == tokens


@given(st.text())
def test_pieces_join_to_the_text(text: str) -> None:
    parts = protection.pieces(text)
    assert "".join(parts) == text
    assert parts[1::2] == protection.protected(text)


def test_lost_counts_occurrences() -> None:
    assert protection.lost("{a} und {a} und {b}", "{a} and {b}") == ("{a}",)
    assert protection.lost("{a} und {b}", "{b} {a}") == ()
