"""The contrast sets: every reference passes its own checks and fails its partner's."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval import contrast

FOLDER = Path(__file__).parent.parent / "eval" / "data" / "contrast"
SETS = ("capitals", "compounds", "idioms", "names", "negation", "numbers", "quotations", "word-order")
FIELDS = ["id", "pair", "de", "en", "expects", "forbids"]


def read(name: str) -> list[dict[str, Any]]:
    """The items of a set, in order."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", SETS)
def test_references_pass_their_own_checks_and_fail_their_partners(name: str) -> None:
    items = read(name)
    for first, second in zip(items[::2], items[1::2], strict=True):
        for item, partner in ((first, second), (second, first)):
            assert contrast.unmet(item["en"], item["expects"]) == [], item["id"]
            assert [term for term in item["forbids"] if contrast.occurs(term, item["en"])] == [], item["id"]
            assert not contrast.passes(item["en"], partner), item["id"]


@pytest.mark.parametrize("name", SETS)
def test_pairs_are_complete(name: str) -> None:
    items = read(name)
    assert len(items) >= 60
    for first, second in zip(items[::2], items[1::2], strict=True):
        assert re.fullmatch(rf"{name}-\d\d", first["pair"])
        assert first["pair"] == second["pair"]
        assert [first["id"], second["id"]] == [first["pair"] + "a", first["pair"] + "b"]


@pytest.mark.parametrize("name", SETS)
def test_form(name: str) -> None:
    for item in read(name):
        assert list(item) == FIELDS, item["id"]
        assert 6 <= len(item["de"].split()) <= 25, item["id"]
        assert item["expects"], item["id"]
        for terms in ([item["de"]], [item["en"]], item["forbids"], *item["expects"]):
            assert len({term.casefold() for term in terms}) == len(terms), item["id"]
            for text in terms:
                assert text, item["id"]
                assert text == unicodedata.normalize("NFC", " ".join(text.split())), item["id"]


def test_ids_and_sentences_are_unique() -> None:
    items = [item for name in SETS for item in read(name)]
    for field in ("id", "de"):
        assert [value for value, count in Counter(item[field] for item in items).items() if count > 1] == []


def test_no_set_is_left_unread() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == list(SETS)
