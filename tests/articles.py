"""Articles of our own with headline and summary, for the tests of the summariser."""

from __future__ import annotations

import json
from pathlib import Path

from toolkit import segmentation

ARTICLES: list[dict[str, str]] = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "summaries.jsonl").read_text(encoding="utf-8").splitlines()
]
TEXT = ARTICLES[0]["text"]
SENTENCES = [segment.text for segment in segmentation.read_document(TEXT, language="en").segments]
