"""The robustness set: each disturbed sentence is its clean one with that disturbance and nothing else."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

PATH = Path(__file__).parent.parent / "eval" / "data" / "robustness.jsonl"
KINDS = ("capitals", "no-umlauts", "no-full-stop", "joined", "copies")
SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


def read(kind: str) -> list[dict[str, Any]]:
    """The items of a kind, in order."""
    items = [json.loads(line) for line in PATH.read_text(encoding="utf-8").splitlines()]
    return [item for item in items if item["kind"] == kind]


def test_kinds_and_ids() -> None:
    items = [json.loads(line) for line in PATH.read_text(encoding="utf-8").splitlines()]
    assert Counter(item["kind"] for item in items) == dict.fromkeys(KINDS, 40)
    for field in ("id", "de", "de_clean", "en"):
        assert len({item[field] for item in items}) == len(items)


@pytest.mark.parametrize("kind", KINDS)
def test_disturbance(kind: str) -> None:
    for item in read(kind):
        disturbed, clean = item["de"], item["de_clean"]
        assert "\n" not in disturbed + item["en"], item["id"]
        match kind:
            case "capitals":
                assert disturbed == clean.upper(), item["id"]
            case "no-umlauts":
                assert disturbed == clean.translate(SPELLED) != clean, item["id"]
            case "no-full-stop":
                assert disturbed + "." == clean, item["id"]
            case "joined":
                assert len(clean.splitlines()) in (2, 3), item["id"]
                assert letters(disturbed) == letters(clean), item["id"]
            case _:
                assert disturbed == clean, item["id"]
                assert item["keep"], item["id"]
                for kept in item["keep"]:
                    assert kept in disturbed, item["id"]
                    assert kept in item["en"], item["id"]


def letters(text: str) -> str:
    """The text without case, stops and spaces."""
    return re.sub(r"[.,\s]", "", text).casefold()
