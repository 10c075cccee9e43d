"""Glossaries: what a file may hold, what is found in a text, and one line for each mistake."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from eval.articles import FOLDER
from toolkit.errors import InputError
from toolkit.glossary import Entry, Glossary


def _read(folder: Path, text: str | bytes, name: str = "terms.tsv") -> Glossary:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Glossary.read(path)


def _found(glossary: Glossary, text: str) -> list[tuple[str, str]]:
    return [(text[each.start : each.end], each.entry.english) for each in glossary.find(text)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("terms.tsv", "Bundesrat\tFederal Council\nDeutsche Bahn\nKieler Woche\tKieler Woche\tkeep\n"),
        ("terms.tsv", "de\ten\n# a comment\n\nBundesrat\tFederal Council\nDeutsche Bahn\t\nKieler Woche\t\tkeep"),
        ("terms.txt", "\ufeffBundesrat\t Federal  Council \r\nDeutsche Bahn\t\t\r\nKieler Woche\r\n"),
        ("terms.csv", 'German,English\nBundesrat,Federal Council\n"Deutsche Bahn",\nKieler Woche,,keep\n'),
        ("terms.csv", "Bundesrat;Federal Council\nDeutsche Bahn;Deutsche Bahn\nKieler Woche;;KEEP\n"),
        ("terms.tsv", "Bundesrat\tFederal Council\nBundesrat\tFederal Council\nDeutsche Bahn\nKieler Woche\n"),
    ],
)
def test_files(name: str, text: str, tmp_path: Path) -> None:
    glossary = _read(tmp_path, text, name)
    expected = Glossary({"Bundesrat": "Federal Council"}, names=["Deutsche Bahn", "Kieler Woche"])
    assert glossary.entries == expected.entries
    assert glossary.entries[0] == Entry("Bundesrat", "Federal Council")
    assert [entry.is_name for entry in glossary.entries] == [False, True, True]
    assert glossary.checksum == expected.checksum != Glossary({"Bundesrat": "Federal Council"}).checksum


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", r"terms\.tsv is empty \(0 bytes\): give a text to read$"),
        (b"# nothing\n\n", r"terms\.tsv holds no terms: give one a line, German and English parted by a tab$"),
        ("Gew\xe4hr\twarranty\n".encode("latin-1"), r"terms\.tsv is not UTF-8 \(byte 0xE4 at .*\): save it as UTF-8$"),
        (b"A1\tx\n\tFederal Council\n", r"terms\.tsv, line 2: expected German, got '': write a word"),
        (b"A1\t...\n", r"terms\.tsv, line 1: expected English, got '\.\.\.'"),
        (
            b"Rat\tcouncil\nBund\tfederation\nRat\tadvice\n",
            r"terms\.tsv, line 3: 'Rat' is to become 'advice', but 'council' in .*, line 1: keep one of them$",
        ),
        (b"Rat\tcouncil\nRat\n", r"line 2: 'Rat' is to become 'Rat', but 'council' in"),
        (b"Rat\tcouncil\tkeep\n", r"line 1: 'Rat' is to be kept and to become 'council': drop 'keep' or the English$"),
        (b"Rat\tcouncil\tnoun\n", r"line 1: expected 'keep' in the third column or nothing, got 'noun'$"),
        (b"Rat\tcouncil\tkeep\tx\n", r"line 1: expected German, English and perhaps 'keep', got 4 columns$"),
    ],
)
def test_mistakes(text: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message) as caught:
        _read(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_damaged_csv_and_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"terms\.csv, line 1: no CSV .*: quote what holds a quotation mark$"):
        _read(tmp_path, b'"Rat"x,council\n', "terms.csv")
    with pytest.raises(InputError, match="does not exist: check the path"):
        Glossary.read(tmp_path / "none.tsv")


def test_whole_words_the_longest_first() -> None:
    glossary = Glossary(
        {"Bund": "federation", "Bundesrat": "Federal Council", "Rat der EU": "Council of the EU", "EU": "EU bloc"}
    )
    text = "Der Bundesratspräsident des Bundesrates trifft den Rat der EU, die EU-Kommission und den Bund."
    assert _found(glossary, text) == [
        ("Bundesrates", "Federal Council"),
        ("Rat der EU", "Council of the EU"),
        ("Bund", "federation"),
    ]


def test_adjectives_and_articles_of_terms() -> None:
    glossary = Glossary({"Europäische Union": "EU"}, names=["Der Spiegel", "Deutsche Bahn"])
    assert _found(
        glossary, "Dem Spiegel sagte die Europäischen Union, der Deutschen Bahn gehe es gut. Ein Spiegel."
    ) == [
        ("Dem Spiegel", "Der Spiegel"),
        ("Europäischen Union", "EU"),
        ("Deutschen Bahn", "Deutsche Bahn"),
    ]


def test_characters_of_regular_expressions_are_characters() -> None:
    names = ["C++", "Yahoo!", "AT&T", "[sic]", "a.b", "(S)", "\\d+", "$HOME*"]
    glossary = Glossary({"C": "see"}, names=names)
    text = "C++ von Yahoo! und AT&T [sic] in a.b (S) mit \\d+ und $HOME* in C"
    assert [found for found, _ in _found(glossary, text)] == [*names, "C"]
    assert _found(glossary, "axb C+ AT T Yahoo sic") == [("C", "see")]


def test_wanted_english_steers_no_model() -> None:
    assert Glossary({"Rat": "⟦x⟧ council"}).entries[0].english == "[x] council"


def test_every_term_of_the_evaluation_set_is_found() -> None:
    rows = [json.loads(line) for line in (FOLDER / "glossary.jsonl").read_text(encoding="utf-8").splitlines()]
    glossary = Glossary({row["source_term"]: row["target_term"] for row in rows})
    for row in rows:
        assert row["target_term"] in [each.entry.english for each in glossary.find(row["de"])], row["id"]


def test_fifty_thousand_entries_are_fast(tmp_path: Path) -> None:
    rng = random.Random(1)
    syllables = "bun des rat kanz ler land tag wirt schaft mini ster ver fas sung ge setz po li zei".split()
    words: dict[str, None] = {}
    while len(words) < 25_000:
        words["".join(rng.choices(syllables, k=rng.randint(3, 6))).capitalize()] = None
    lines = [f"{word}\tE{i}" for i, word in enumerate(words)]
    lines += [f"Deutsche {word}\tF{i}" for i, word in enumerate(words)]  # all with one first word
    started = time.process_time()
    glossary = _read(tmp_path, "\n".join(lines))
    loading = time.process_time() - started
    assert len(glossary.entries) == 50_000
    text = "Die Deutsche Bahn und das Deutsche Museum fahren mit dem Bundesrat über das Land. " * 4
    started = time.process_time()
    for _ in range(50):
        glossary.find(text)
    finding = (time.process_time() - started) / 50
    small = Glossary(dict(entry.split("\t") for entry in lines[:100]))
    started = time.process_time()
    for _ in range(50):
        small.find(text)
    # Nothing grows with the glossary but its loading; the bounds are ten times what was measured.
    assert finding < max(0.01, 20 * (time.process_time() - started) / 50)
    assert loading < 15
