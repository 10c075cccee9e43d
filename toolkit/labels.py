"""Topic labels: checking a caller's list, the news set used without one, and what a label means."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from toolkit.errors import InputError

_MEANINGS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "politics: government, parliament, parties and elections",
        ("politics", "domestic politics"),
        "ministers, laws and bills, the opposition, votes and campaigns, a coalition",
    ),
    (
        "world affairs: foreign countries, diplomacy, war and conflict",
        ("world", "international", "foreign affairs"),
        "presidents and governments abroad, the United Nations, peace talks, refugees, terrorism, sanctions",
    ),
    (
        "the economy: growth, prices, jobs and public finances",
        ("economy", "economics", "economic policy"),
        "inflation, interest rates, unemployment, exports, taxes and budgets",
    ),
    (
        "business: companies, markets, trade and the economy",
        ("business", "companies", "finance", "markets"),
        "shares and investors, profits and sales, banks, mergers and takeovers, industry",
    ),
    (
        "sports: matches, teams, players, championships",
        ("sports", "sport"),
        "football, tennis, coaches, athletics, leagues, tournaments",
    ),
    (
        "culture: books, art, theatre and museums",
        ("culture", "arts", "the arts"),
        "exhibitions, authors, classical music, heritage, painters",
    ),
    (
        "entertainment: film, music, television and celebrities",
        ("entertainment", "show business", "celebrities"),
        "actors, singers and bands, awards, box office, shows",
    ),
    (
        "science: research, space, nature and discoveries",
        ("science", "research"),
        "scientists, physics, fossils, animals, planets and stars",
    ),
    (
        "technology: computers, phones, the internet and software",
        ("technology", "tech", "computing"),
        "gadgets, video games, cyber security, online services, artificial intelligence",
    ),
    (
        "health: medicine, diseases and hospitals",
        ("health", "medicine", "healthcare"),
        "patients, doctors, viruses and vaccines, drugs and treatments, diet and nutrition, mental health",
    ),
    (
        "the environment: climate change, energy and nature conservation",
        ("environment", "climate"),
        "pollution, emissions, wildlife, forests, recycling, wind and solar power",
    ),
    (
        "crime: police, murder, theft and fraud",
        ("crime",),
        "robbery, arrests, gangs, drug dealing, suspects",
    ),
    (
        "justice: courts, trials, judges and the law",
        ("justice", "law"),
        "verdicts, prison sentences, lawsuits, prosecutors, lawyers",
    ),
    (
        "education: schools, universities, teachers and students",
        ("education", "schools"),
        "pupils, exams, lessons, degrees, training",
    ),
    (
        "weather: storms, floods, heat and forecasts",
        ("weather",),
        "rain, snow, drought, wind, temperatures",
    ),
    (
        "war: armies, attacks, weapons and soldiers",
        ("war", "defence", "military"),
        "troops, air strikes, rebels, missiles, ceasefires",
    ),
    (
        "accidents: crashes, fires and rescue",
        ("accidents", "disasters"),
        "explosions, earthquakes, victims, firefighters, shipwrecks",
    ),
    (
        "transport: roads, railways, cars and traffic",
        ("transport", "traffic", "mobility"),
        "trains, buses, aviation, cycling, road works, electric cars",
    ),
    (
        "religion: churches, mosques, faith and clergy",
        ("religion", "faith"),
        "the pope, bishops, Islam, Judaism, pilgrims, prayer",
    ),
    (
        "travel: tourism, holidays, hotels and airlines",
        ("travel", "tourism"),
        "tourists, beaches, cruises, sights, flights",
    ),
    (
        "food: cooking, restaurants and farming",
        ("food",),
        "chefs, recipes, drinks, farmers, supermarkets, groceries",
    ),
    (
        "lifestyle: fashion, family, home and relationships",
        ("lifestyle", "fashion"),
        "beauty, weddings, gardening, parenting, interior design",
    ),
    (
        "society: families, migration, work and social questions",
        ("society", "social affairs"),
        "poverty, pensions, housing, equality, minorities, charities",
    ),
    (
        "royal families: kings, queens and princes",
        ("royals", "royalty"),
        "palaces, royal weddings, heirs to the throne, monarchies",
    ),
)
"""Of each field of news: its description, the usual names of its section, and further things it is about."""

DESCRIPTIONS: Mapping[str, str] = MappingProxyType({name: text for text, names, _ in _MEANINGS for name in names})
"""What the sections of a newspaper are about, by their usual names in lower case.

A label that is one of these is read with its description; others are read as they stand.
"""

_LISTED = re.compile(r",\s+|\s+and\s+")


def _parts(text: str, further: str) -> tuple[str, ...]:
    """The head of a description, each thing it names, and each of the further ones."""
    head, _, listed = text.partition(": ")
    return tuple(dict.fromkeys([head, *_LISTED.split(listed), *further.split(", ")]))


_ASPECTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {text: _parts(text, further) for text, _, further in _MEANINGS}
)

NEWS_FIELDS: tuple[str, ...] = tuple(text for text, *_ in _MEANINGS)
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


def aspects(meaning: str) -> tuple[str, ...]:
    """What a sentence encoder compares texts with in place of a meaning: the things a known field is about, each alone.

    A field is many things, and a text is near one of them rather than near their mean.
    """
    known = [_ASPECTS.get(part) for part in meaning.split("; ")]
    found = [part for part in known if part is not None]
    return tuple(dict.fromkeys(itertools.chain(*found))) if len(found) == len(known) else (meaning,)


def _words(text: str) -> str:
    return " ".join(text.split())


def shorten(name: str) -> str:
    """A label as an error message shows it."""
    return name if len(name) <= 60 else f"{name[:57]}…"
