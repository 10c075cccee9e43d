"""Forms of English words, and which of them a German word in a text can stand for."""

import re

import pytest

from toolkit import forms


@pytest.mark.parametrize(
    ("before", "noun", "lemma", "expected"),
    [
        ("Er wählte die ", "Städte", "Stadt", (True,)),
        ("in der ", "Stadt", "Stadt", (False,)),
        ("wegen des ", "Studenten", "Student", (False, True)),
        ("", "Helfer", "Helfer", (False, True)),
        ("Sie sah der ", "Helfer", "Helfer", (False, True)),
        ("Sie sah den ", "Helfer", "Helfer", (False,)),
        ("Dort steht das ", "Waldhotel", "Waldhotel", (False,)),
        ("Dort steht ein alter kleiner ", "Tunnel", "Tunnel", (False,)),
        ("Dort suchen die ersten ", "Helfer", "Helfer", (False, True)),
        ("Dort suchen alle ", "Helfer", "Helfer", (True,)),
        ("Dort steht die ", "Ampel", "Ampel", (False, True)),
        ("Dort suchen 12 freiwillige ", "Helfer", "Helfer", (True,)),
        ("Dort sucht 1 ", "Helfer", "Helfer", (False, True)),
        ("Das Dorf lobt ", "Helfer", "Helfer", (False, True)),
    ],
)
def test_number_of_a_noun(before: str, noun: str, lemma: str, expected: tuple[bool, ...]) -> None:
    assert forms.numbers(before, noun, lemma) == expected


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("patrol car", "patrol cars"),
        ("member of parliament", "members of parliament"),
        ("city", "cities"),
        ("key", "keys"),
        ("witness", "witnesses"),
        ("crisis", "crises"),
        ("virus", "viruses"),
        ("branch", "branches"),
        ("policeman", "policemen"),
        ("German", "Germans"),
        ("schoolchild", "schoolchildren"),
        ("hero", "heroes"),
        ("circumstantial evidence", "circumstantial evidence"),
        ("personal details", "personal details"),
        ("PLC", "PLC"),
    ],
)
def test_plural(one: str, many: str) -> None:
    assert forms.plural(one) == many
    first, last = one.split(maxsplit=1)[0], many.split(maxsplit=1)[0]
    assert re.fullmatch(forms.pattern(first), last)
    assert re.fullmatch(forms.pattern(first), first)


def test_adjective_may_be_an_adverb_where_it_has_no_ending() -> None:
    assert forms.written("consistent", "konsequent", "konsequent", "Sie werden ") == ("consistent", "consistently")
    assert forms.written("consistent", "konsequent", "konsequente", "Das ist eine ") == ("consistent",)
    assert forms.written("patrol car", "Streifenwagen", "Streifenwagen", "") == ("patrol car", "patrol cars")


@pytest.mark.parametrize(
    ("adjective", "expected"),
    [
        ("public", "publicly"),
        ("drastic", "drastically"),
        ("possible", "possibly"),
        ("hasty", "hastily"),
        ("loud", "loudly"),
        ("early", "early"),
    ],
)
def test_adverb(adjective: str, expected: str) -> None:
    assert forms.adverb(adjective) == expected
