"""Names from other alphabets: what a translation copied in German spelling is put into English spelling."""

from __future__ import annotations

import pytest

from tests.test_translation import Scripted
from toolkit.facts import check, tables
from toolkit.glossary import Glossary
from toolkit.terms import count
from toolkit.translation import Translator
from toolkit.transliteration import find, respell

LISTS = ("transliterations", "cyrillic-first-names")


@pytest.mark.parametrize(
    ("source", "copied", "spelled"),
    [
        ("Sergej Lawrow reiste ab.", "Sergej Lawrow left.", "Sergei Lavrov left."),
        ("Selenskyjs Rede", "Selenskyj's speech", "Zelensky's speech"),
        ("Selenskyjs Rede", "Selenskyjs speech", "Zelensky's speech"),
        ("der Lawrow-Besuch in Tschassiw Jar", "the Lawrow-visit to Tschassiw Jar", "the Lavrov-visit to Chasiv Yar"),
        ("Lew Tolstoi und Lew Kopelew", "Lew Tolstoi and Lew Kopelew", "Leo Tolstoy and Lev Kopelev"),
        # A first name that Germans have too is told by the surname behind it alone.
        (
            "Julia Nawalnaja und Julia Zeh",
            "Julia Nawalnaja and Julia Zeh",
            "Yulia Navalnaya and Julia Zeh",
        ),
        (
            "Wladimir Putin, Wladimir Weiss",
            "Wladimir Putin, Wladimir Weiss",
            "Vladimir Putin, Wladimir Weiss",
        ),
        ("Wladimir Putins Rede", "Wladimir Putin's speech", "Vladimir Putin's speech"),
        # What the model spelled itself, what the German does not have, and what only begins like a name stay.
        ("Wladimir Putin", "Vladimir Putin", "Vladimir Putin"),
        ("Der Minister reiste ab.", "Lawrow left.", "Lawrow left."),
        ("Wolgast an der Wolga", "Wolgast on the Wolga", "Wolgast on the Volga"),
        ("Siehe www.Lawrow.de", "See www.Lawrow.de", "See www.Lawrow.de"),
        ("Siehe Nawalny.com", "See Nawalny.com", "See Nawalny.com"),
        ("Anna Müller-Wolkow", "Anna Müller-Wolkow", "Anna Müller-Wolkow"),
        ("Ahmed al-Scharaa", "Ahmed al-Scharaa", "Ahmed al-Sharaa"),
        # Whole names first, among them those of people who spell themselves so.
        ("Aljona Sawtschenko", "Aljona Sawtschenko", "Aljona Savchenko"),
        ("Jelena Ostapenko", "Jelena Ostapenko", "Jelena Ostapenko"),
        ("das Maxim Gorki Theater", "the Maxim Gorki Theater", "the Maxim Gorki Theater"),
        ("Pawel Kowal, Pawel Kowaltschuk", "Pawel Kowal, Pawel Kowaltschuk", "Pawel Kowal, Pavel Kovalchuk"),
        ("Michail Sergejewitsch Gorbatschow", "Michail Sergejewitsch Gorbatschow", "Mikhail Sergeyevich Gorbachev"),
        ("Sergej W. Lawrow", "Sergej W. Lawrow", "Sergei W. Lavrov"),
        ("Das Ende der Romanows", "The Romanows fell", "The Romanovs fell"),
        ("Iwanow verkaufte die Iwanowa GmbH.", "Iwanow sold it.", "Ivanov sold it."),
        ("", "", ""),
    ],
)
def test_respelled(source: str, copied: str, spelled: str) -> None:
    assert respell(source, copied) == spelled


def test_wanted_terms_stay() -> None:
    source, copied = "Das Haus der Familie Lawrow in Charkiw", "The house of the Lawrow family in Charkiw"
    assert respell(source, copied, keep=["Lawrow family"]) == "The house of the Lawrow family in Kharkiv"


def test_found_whole_in_the_german() -> None:
    text = "Selenskyjs Berater in Tschassiw Jar, nicht an der Wolgaer Straße"
    found = [(text[each.start : each.end], each.entry.english) for each in find(text)]
    assert found == [("Selenskyjs", "Zelensky"), ("Tschassiw Jar", "Chasiv Yar")]


def test_other_english_spellings_will_do() -> None:
    (found,) = find("Dort liegt Charkow.")
    assert found.entry.english == "Kharkiv"
    assert count(found.entry, "Kharkov lies there.") == count(found.entry, "Kharkiv lies there.") == 1
    assert count(found.entry, "Charkow lies there.") == 0


def test_no_part_of_a_compound_is_wanted() -> None:
    assert find("die Hisbollah-nahe Zeitung, Anna Müller-Wolkow, das Maxim Gorki Theater") == ()


@pytest.mark.parametrize("name", LISTS)
def test_lists(name: str) -> None:
    """Every German spelling once, and none that another line has as English; in order is for readers alone."""
    pairs = [line.replace("|", " = ").split(" = ") for line in tables.lines(name)]
    german = [pair[0] for pair in pairs]
    english = {pair[1] for pair in pairs}
    assert all(len(pair) >= 2 and all(part == part.strip() != "" for part in pair) for pair in pairs)
    assert len(german) == len(set(german))
    assert english.isdisjoint(pair[0] for pair in pairs if pair[0] != pair[1])


def test_every_listed_name_is_respelled_and_no_finding() -> None:
    for german, (english, *_) in tables.options("transliterations", "|").items():
        source, copied = f"Gestern war {german} in den Nachrichten.", f"Yesterday, {german} was in the news."
        spelled = respell(source, copied)
        assert spelled == copied.replace(german, english)
        assert not [each for each in check(source, spelled) if each.kind == "name"], german


def test_as_the_translator_returns_it() -> None:
    text = "In der Nacht sprach Sergej Lawrow mit den Journalisten über den Krieg."
    copying = Scripted(lambda text, _: text)
    (segment,) = Translator(engine=copying).translate(text).segments
    assert "Sergei Lavrov" in segment.text
    assert segment.source.text == text
    told = Translator(engine=copying, glossary=Glossary({}, names=["Lawrow"]))
    (segment,) = told.translate(text).segments
    assert "Lawrow" in segment.text
    assert "Lavrov" not in segment.text
