"""News leads as whole sentences, and which texts no recipe may learn from."""

from __future__ import annotations

import html
import itertools
import json
import lzma
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from models.recipes import corpora
from toolkit import grounding

_CUT = re.compile(r"\s*(?:…|\.\.\.+|\[\+?\d+ chars\])\s*")
_GLUED = re.compile(r"(?<=[a-z0-9][.!?])(?=[\"“‘]?[A-Z][a-z])|(?<=[a-z0-9][.!?][\"”’'])(?=[A-Z][a-z])")
_RUN_ON = re.compile(r"(?<![^\W_])(?:[a-z]{4,}|(?:19|20)\d\d)(?=[A-Z](?:[a-z]| ))")
"""Where a description without a full stop runs into the text: "to mounting costsA businessman"."""
_AGENCY = re.compile(
    r"(?:\b[A-Z][\w/.,' ]{1,40}?)? ?\((?:CNN|Reuters|AP|AFP|IANS|PTI|ANI|UPI|CNN Business|File)\) ?[-–—:]* ?"
)
_LABEL = re.compile(r"^(?:[\w.'’/&-]+,? ){0,3}[\w.'’/&-]+: ?(?=[\"“A-Z])")
_DATELINE = re.compile(r"^[A-Z][A-Z .,]{3,30}(?:, [A-Z][a-z.]+)* ?[-–—] ?(?=[A-Z])")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gov|Sen|Rep|Lt|Gen|Col|Sgt|Capt|St|No|Nos|vs|v|Jr|Sr|Inc|Ltd|Co|Corp|Rs|Pvt|approx|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Calif|Fla|Pa|Mass|Okla|Ill|Va|U\.S|U\.K|U\.N|a\.m|p\.m)|\b[A-Z])\.$"
)
_BOILERPLATE = re.compile(
    r"sign up|read more|newsletter|inbox|click here|subscri|updated?:|written by|photo:|image:|©|copyright|key points|"
    r"https?:|www\.|\bu00a|#39|advertis|follow us|all rights reserved|story contains|spoiler|this article|"
    r"last updated|target price|incorporated in|file photo|getty images|download the|our guide|"
    r"here'?s|here are|\[|\]|\||\\"
)
"""In small letters: a search that minds no case takes three times as long."""


def sentences_of(lead: str) -> list[str]:
    """The whole sentences of a news lead: cut-off ones, datelines, labels, boilerplate and repetitions removed."""
    return _told_once(_clean_sentences(lead))


def _clean_sentences(lead: str) -> list[str]:
    """The same with the repetitions."""
    text = html.unescape(lead).replace("\u00a0", " ").replace("u00a0", " ").replace("#39;", "'").replace("\\", " ")
    kept: list[str] = []
    for chunk in itertools.chain.from_iterable(map(_separated, _CUT.split(text))):
        spaced = _GLUED.sub(" ", _AGENCY.sub(" ", chunk) if "(" in chunk else chunk).strip()
        for raw in split(spaced):
            sentence = re.sub(r" +(?=[.,;:!?](?: |$))", "", _LABEL.sub("", _DATELINE.sub("", raw.strip())))
            count = len(sentence.split())
            if not re.search(r"[.!?][\"”’')]*$", sentence) or not 5 <= count <= 55:
                continue
            if _BOILERPLATE.search(sentence.lower()) or not re.match(r"[\"“‘'(]?[A-Z0-9]", sentence):
                continue
            if sentence.count('"') % 2 or sentence.count("“") != sentence.count("”"):
                continue
            kept.append(sentence)
    return kept


def _separated(text: str) -> list[str]:
    """A text cut where a word in small letters, or a year, runs into a capital."""
    parts: list[str] = []
    start = 0
    for match in _RUN_ON.finditer(text):
        parts.append(text[start : match.end()])
        start = match.end()
    return [*parts, text[start:]]


def _told_once(sentences: Iterable[str]) -> list[str]:
    """The sentences that say something new: leads repeat their opening at once."""
    kept: list[str] = []
    seen: list[set[str]] = []
    for sentence in sentences:
        stems = set(grounding.content_stems(sentence))
        # A look at the last few sentences keeps long documents linear.
        if all(_overlap(stems, other) < 0.8 for other in seen[-4:]):
            kept.append(sentence)
            seen.append(stems)
    return kept


def split(text: str) -> list[str]:
    """Sentences of clean English prose."""
    parts: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if not _ABBREVIATION.search(text[start : match.start()]):
            parts.append(text[start : match.end()].strip())
            start = match.end()
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def lead_rows(path: Path) -> Iterator[tuple[str, str]]:
    """Lead and headline of each line."""
    with lzma.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            if len(cells) == 5 and cells[0] and cells[1] and re.match(r"\d{4}-\d\d-\d\d", cells[3]):
                yield cells[0], cells[1]


def held_out(data: Path) -> frozenset[str]:
    """Keys of the development sets' texts and of each of their sentences, and of our own evaluation texts."""
    keys = set(
        corpora.held_out(
            [data / "dev" / "summarization", data / "dev" / "topics", Path("eval/data"), Path("tests/data")]
        )
    )
    for path in sorted((data / "dev" / "summarization").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            keys.update(corpora.key(sentence) for sentence in split(json.loads(line)["document"]))
    return frozenset(k for k in keys if len(k) >= 20)


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))
