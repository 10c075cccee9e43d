"""Numbers in German and English notation."""

from decimal import Decimal

import pytest

from toolkit import facts


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("1.200,50 Euro", "de", ["1200.50"]),
        ("1,200.50 euros", "en", ["1200.50"]),
        ("3,5 Millionen", "de", ["3.5"]),
        ("3.5 million", "en", ["3.5"]),
        ("12.000 Menschen", "de", ["12000"]),
        ("12,000 people", "en", ["12000"]),
        ("1 200 000 Euro", "de", ["1200000"]),
        ("um 19.15 Uhr", "de", ["19", "15"]),
        ("at 19:15", "en", ["19", "15"]),
        ("Am 3.7.2025", "de", ["3", "7", "2025"]),
        ("Das 3:1 gegen Köln", "de", ["3", "1"]),
        ("2024.", "de", ["2024"]),
        ("G20 und Covid-19", "de", ["20", "19"]),
        ("keine Zahl", "de", []),
        ("", "de", []),
        ("1.2.3,4", "de", ["1", "2", "3", "4"]),
    ],
)
def test_numbers(text: str, language: str, values: list[str]) -> None:
    assert [
        number.value for number in facts.numbers(text.replace("1 200 000", "1\u00a0200\u00a0000"), language=language)
    ] == [Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("source", "translation", "lost", "extra"),
    [
        ("Es kamen 12.000 Menschen.", "12,000 people came.", [], []),
        ("Es kamen 12.000 Menschen.", "1,200 people came.", ["12000"], ["1200"]),
        ("Die 3 Minister trafen sich am 3. Juli.", "The three ministers met on July 3.", [], []),
        ("Um 19.15 Uhr", "At 7:15 p.m.", [], []),
        ("Am 3.7.2025", "On July 3, 2025", [], []),
        ("Sie siegten 3:1.", "They won.", ["3", "1"], []),
        ("Er kam.", "He came in 1999.", [], ["1999"]),
        ("2024 und 2024", "2024", ["2024"], []),
    ],
)
def test_missing_numbers(source: str, translation: str, lost: list[str], extra: list[str]) -> None:
    found = facts.missing_numbers(source, translation)
    assert [[str(number.value) for number in side] for side in found] == [lost, extra]


@pytest.mark.parametrize(
    ("source", "translation", "restored"),
    [
        ("Es kostet 283,82 Euro.", "It costs 28.82 euros.", "It costs 283.82 euros."),
        ("12.500 Euro", "1,250 euros", "12,500 euros"),
        ("Im Jahr 1987 starb er.", "He died in 1978.", "He died in 1987."),
        ("Im Jahr 1987 starb er.", "He died in 1987.", None),
        ("Von 10 auf 20 Prozent", "From 11 to 21 percent", None),  # which is which cannot be known
        ("Am 3. Mai", "On May 4", None),  # one digit: more often an ordinal than an error
        ("Keine Zahl", "In 1999", None),
    ],
)
def test_restore_number(source: str, translation: str, restored: str | None) -> None:
    assert facts.restore_number(source, translation) == restored
