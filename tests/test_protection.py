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
        ("Konto DE12 3456 7890 1234 5678 90, Tel. +49 30 1234567", ("DE12 3456 7890 1234 5678 90", "+49 30 1234567")),
        ("Anruf unter 0711 123456.", ("0711 123456",)),
        ("@klinik_ulm warb mit #Pflege2030", ("@klinik_ulm", "#Pflege2030")),
        ("antrag.pdf in C:\\Akten\\Neu oder /srv/akten/neu", ("antrag.pdf", "C:\\Akten\\Neu", "/srv/akten/neu")),
        ("mit --leise und $PREIS", ("--leise", "$PREIS")),
        ("Buslinie M29, Nummer A7-XK-90213, Code 7f3a-99c1.", ("M29", "A7-XK-90213", "7f3a-99c1")),
        ("Studie 10.1234/klima.2025.088.", ("10.1234/klima.2025.088",)),
        ("die 20-jährige G7-Sprecherin, 1990er, CDU/CSU, 24/7, 5:3, 1. FC Köln, 14.30 Uhr, 3.10.", ()),
        ("1.200,50 Euro, 12/2020, und/oder, 100-m-Lauf", ()),
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
