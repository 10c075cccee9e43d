"""The JSON of format 1: its fields, its nulls, and that any text comes through."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests import samples
from toolkit import records

EXPECTED = {
    "format": 1,
    "id": "rat.txt",
    "language": "de",
    "segments": [
        {
            "source": "Der Rat stimmt zu.",
            "start": 0,
            "end": 18,
            "translation": "The council agrees.",
            "log_prob": -0.25,
            "marks": [],
            "doubt": None,
            "reasons": [],
            "findings": None,
            "terms": [],
        },
        {
            "source": "Die Linie 6 kostet 186\nMio. Euro.",
            "start": 20,
            "end": 53,
            "translation": "Line 6 costs 186 million euros.",
            "log_prob": -0.5,
            "marks": ["split", "lost"],
            "doubt": None,
            "reasons": [],
            "findings": None,
            "terms": [],
        },
    ],
    "translation": "The council agrees.\n\nLine 6 costs 186 million euros.\r\n",
    "summary": {
        "headline": "Council agrees to tram",
        "sentences": [
            {"text": "The tram costs 186 million euros.", "evidence": [0, 1], "support": 0.75, "supported": None}
        ],
    },
    "topics": [
        {"label": "politics", "score": 0.7},
        {"label": "economy, business", "score": 0.2},
        {"label": "sport", "score": 0.1},
    ],
    "none_of_these": False,
    "coverage": {"sentences": 2, "translated": 2, "split": 1, "cut": 0},
    "models": {
        "translator": {"name": "translator-de-en", "engine": "ct2", "checksum": "abc"},
        "summarizer": {"name": "summarizer-en", "engine": "ct2", "checksum": None},
        "topics": {"name": "topics-en", "engine": "hf", "checksum": None},
    },
}


def test_a_digest() -> None:
    record = records.digest_record(samples.DIGEST, checksums={"translator-de-en": "abc"})
    assert json.loads(records.to_json(record)) == EXPECTED
    assert list(record) == list(EXPECTED)


def test_what_was_not_computed_is_null() -> None:
    record = records.record(samples.DOCUMENT)
    assert list(record) == list(EXPECTED)
    assert {key for key, value in record.items() if value is not None} == {
        "format",
        "id",
        "language",
        "segments",
        "models",
    }
    assert record["models"] == {"translator": None, "summarizer": None, "topics": None}
    assert record["segments"] is not None
    first = record["segments"][0]
    assert {key for key, value in first.items() if value is not None} == {"source", "start", "end"}


def test_a_failed_input_keeps_its_place() -> None:
    record = records.error_record("a.txt", "a.txt is empty")
    assert list(record) == [*EXPECTED, "error"]
    assert record["error"] == "a.txt is empty"
    assert all(value is None for key, value in record.items() if key not in ("format", "id", "models", "error"))


@given(st.text(st.characters()))
def test_any_text_gives_one_line_of_valid_utf8(text: str) -> None:
    line = records.to_json(records.error_record("x", text))
    assert "\n" not in line
    assert json.loads(line.encode("utf-8"))["error"] == text


def test_only_sentences_with_a_concern_are_to_be_checked() -> None:
    assert records.check_records(samples.digest("Ja.", "Yes.").translation) == []
    (check,) = records.check_records(samples.DOUBTFUL.translation)
    assert check == {
        "sentence": 1,
        "source": samples.DOCUMENT.source(1),
        "translation": "Line 6 costs 168 million euros.",
        "doubt": 0.75,
        "reasons": ["number", "unsure", "term"],
        "findings": [{"kind": "number", "start": 19, "end": 22, "missing": "186", "new": "168"}],
        "terms": [
            {"source": "Linie", "wanted": "tram line", "applied": False},
            {"source": "Euro", "wanted": "euros", "applied": True},
        ],
    }
