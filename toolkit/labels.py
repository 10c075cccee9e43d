"""Topic labels: checking a caller's list, the news set used without one, and what a label means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from toolkit.errors import InputError

_MEANINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("politics: government, parliament, parties and elections", ("politics", "domestic politics")),
    ("world affairs: foreign countries, diplomacy, war and conflict", ("world", "international", "foreign affairs")),
    ("the economy: growth, prices, jobs and public finances", ("economy", "economics", "economic policy")),
    ("business: companies, markets, trade and the economy", ("business", "companies", "finance", "markets")),
    ("sports: matches, teams, players, championships", ("sports", "sport")),
    ("culture: books, art, theatre and museums", ("culture", "arts", "the arts")),
    ("entertainment: film, music, television and celebrities", ("entertainment", "show business", "celebrities")),
    ("science: research, space, nature and discoveries", ("science", "research")),
    ("technology: computers, phones, the internet and software", ("technology", "tech", "computing")),
    ("health: medicine, diseases and hospitals", ("health", "medicine", "healthcare")),
    ("the environment: climate change, energy and nature conservation", ("environment", "climate")),
    ("crime: police, murder, theft and fraud", ("crime",)),
    ("justice: courts, trials, judges and the law", ("justice", "law")),
    ("education: schools, universities, teachers and students", ("education", "schools")),
    ("weather: storms, floods, heat and forecasts", ("weather",)),
    ("war: armies, attacks, weapons and soldiers", ("war", "defence", "military")),
    ("accidents: crashes, fires and rescue", ("accidents", "disasters")),
    ("transport: roads, railways, cars and traffic", ("transport", "traffic", "mobility")),
    ("religion: churches, mosques, faith and clergy", ("religion", "faith")),
    ("travel: tourism, holidays, hotels and airlines", ("travel", "tourism")),
    ("food: cooking, restaurants and farming", ("food",)),
    ("lifestyle: fashion, family, home and relationships", ("lifestyle", "fashion")),
    ("society: families, migration, work and social questions", ("society", "social affairs")),
    ("royal families: kings, queens and princes", ("royals", "royalty")),
)

DESCRIPTIONS: Mapping[str, str] = MappingProxyType({name: text for text, names in _MEANINGS for name in names})
"""What the sections of a newspaper are about, by their usual names in lower case.

A label that is one of these is read with its description: one word alone leaves the encoder too little to go by
(plain all-MiniLM-L6-v2 rises from 0.73 to 0.79 on NewsAPI and from 0.87 to 0.93 on BBC). Others are read as they stand.
"""

NEWS_FIELDS: tuple[str, ...] = tuple(text for text, _ in _MEANINGS)
"""One description a field. Together they cover most news: a text closer to one of them than to any label fits none."""

DEFAULT_LABELS: tuple[str, ...] = (
    "politics",
    "world",
    "economy",
    "business",
    "sports",
    "culture",
    "entertainment",
    "science",
    "technology",
    "health",
    "environment",
    "crime",
    "education",
    "transport",
    "society",
)
"""The topics a news text is sorted into when the caller names none."""

_JOINT = re.compile(r"\s+(?:and|or|&)\s+|\s*[/&]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Label:
    """A topic as the caller writes it, and the words the model reads for it."""

    name: str
    meaning: str


def read_labels(labels: Sequence[str] | Mapping[str, str] | None) -> tuple[Label, ...]:
    """The labels in the caller's order, stripped; a mapping gives each its own description.

    Raises InputError for no label, a blank one, and one given twice (letter case and blanks aside): two scores for one
    topic would share its probability.
    """
    if labels is None:
        labels = DEFAULT_LABELS
    if isinstance(labels, str):
        raise InputError(f"labels must be a list of topics, got the text {labels[:60]!r}; write ['politics', 'sports']")
    named = list(labels.items()) if isinstance(labels, Mapping) else [(label, None) for label in labels]
    if not named:
        raise InputError("no labels: name at least one topic, or leave the labels out for the news set")
    seen: dict[str, str] = {}
    read: list[Label] = []
    for label, description in named:
        if not isinstance(label, str):
            raise InputError(f"label {label!r} is no text; labels are strings")
        name = label.strip()
        if not _words(name):
            raise InputError(f"label {len(read) + 1} of {len(named)} is blank: remove it or name a topic")
        key = _words(name).casefold()
        if key in seen:
            raise InputError(f"label {name!r} is given twice (first as {seen[key]!r}): remove one")
        seen[key] = name
        given = _words(description) if description is not None else ""
        read.append(Label(name=name, meaning=given or describe(name)))
    return tuple(read)


def describe(name: str) -> str:
    """What the model reads for a label: its description where it is a known field or two joined by and, or, &, /."""
    words = _words(name)
    known = DESCRIPTIONS.get(words.casefold())
    if known is not None:
        return known
    parts = [DESCRIPTIONS.get(part.casefold()) for part in _JOINT.split(words)]
    found = [part for part in parts if part is not None]
    return "; ".join(found) if len(found) == len(parts) > 1 else words


def _words(text: str) -> str:
    return " ".join(text.split())


def shorten(name: str) -> str:
    """A label as an error message shows it."""
    return name if len(name) <= 60 else f"{name[:57]}…"
