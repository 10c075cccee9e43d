"""The glossary set: every reference uses the wanted term, every source holds the German one."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from eval import contrast, terminology
from toolkit.engines.fake import FakeSeq2Seq
from toolkit.translation import Translator

PATH = Path(__file__).parent.parent / "eval" / "data" / "glossary.jsonl"
FIELDS = ["id", "de", "en", "source_term", "target_term", "forms"]


def read() -> list[dict[str, Any]]:
    """All items, in order."""
    return [json.loads(line) for line in PATH.read_text(encoding="utf-8").splitlines()]


def test_size() -> None:
    items = read()
    assert len(items) >= 200
    assert len({item["source_term"] for item in items}) >= 60
    assert sum(item["source_term"] == item["target_term"] for item in items) >= 25
    assert [item["id"] for item in items] == [f"glossary-{number:03d}" for number in range(1, len(items) + 1)]
    assert len({item["de"] for item in items}) == len(items)


def test_one_term_has_one_translation() -> None:
    pairs = {(item["source_term"], item["target_term"]) for item in read()}
    assert len(pairs) == len({source for source, _ in pairs}) == len({target for _, target in pairs})


def test_terms_occur() -> None:
    for item in read():
        assert list(item) == FIELDS, item["id"]
        assert item["target_term"] in item["forms"], item["id"]
        assert any(contrast.occurs(form, item["en"]) for form in item["forms"]), item["id"]
        for word in item["source_term"].split():
            assert word == "Der" or any(stem(found).startswith(stem(word)[:-2]) for found in words(item["de"])), item[
                "id"
            ]
        for text in (item["de"], item["en"], *item["forms"]):
            assert text == unicodedata.normalize("NFC", " ".join(text.split())), item["id"]


def words(text: str) -> list[str]:
    """The words of a text, hyphens inside."""
    return re.findall(r"[\w-]+", text)


def stem(word: str) -> str:
    """Without case and umlauts, which inflection may change."""
    return "".join(c for c in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(c))


def test_data_of_the_task() -> None:
    examples = terminology.data().examples
    assert len(examples) == len(read())
    assert {example.register for example in examples} == {"name", "term"}
    assert examples[0].term == ("Bundesrat", "Federal Council")
    wanted = terminology.glossary(examples)
    for example in examples:
        assert wanted.find(example.source), example.id
        assert contrast.passes(example.translations[0], example.checks), example.id


def test_outputs_and_their_baseline() -> None:
    examples = terminology.data().examples[:3]
    made = [output for output, _ in terminology.outputs(examples, Translator(engine=FakeSeq2Seq()))]
    assert all("Federal Council" in output["translation"] for output in made)
    plain = terminology.without_glossary(examples, made)
    assert [output["translation"] for output in plain] == [output["plain"] for output in made]
    assert not any("Federal Council" in output["translation"] for output in plain)
