"""What the topic encoder learns from: news texts with their headlines and, where an editor gave one, their section."""

from __future__ import annotations

import json
import lzma
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from models.recipes.corpora import held_out, key, read_records
from toolkit.labels import DESCRIPTIONS

WORDS = 60
"""Words kept of a text: a lead. Longer ones cost more and teach the same."""

_CUT_MARK = re.compile(r"\s*(?:\[\+\d+ chars\]|…|\.\.\.)\s*$")


@dataclass(frozen=True, slots=True)
class Example:
    """A news text, its headline, and the name of its section; both may be empty."""

    text: str
    headline: str
    section: str


@dataclass(frozen=True, slots=True)
class Source:
    """One labelled collection: where it lies, how it is read, under which licence."""

    name: str
    licence: str
    read: Callable[[Path], Iterator[Example]]
    sections: tuple[str, ...]
    is_exclusive: bool = True
    """Whether a text of one section fits none of the others."""


# Several wordings a section: from one alone the encoder would learn the wording, not what it means.
WORDINGS: dict[str, tuple[str, ...]] = {
    "business": (
        "business",
        "business and finance",
        "companies and markets",
        "corporate news",
        "shares, firms and trade",
    ),
    "entertainment": (
        "entertainment",
        "film, music and television",
        "celebrities",
        "show business",
        "movies and stars",
    ),
    "health": (
        "health",
        "medicine and health care",
        "diseases and treatments",
        "public health",
        "doctors and patients",
    ),
    "science": (
        "science",
        "scientific research",
        "space and nature",
        "discoveries by scientists",
        "physics and biology",
    ),
    "sports": (
        "sports",
        "sport",
        "matches and players",
        "football, tennis and other sports",
        "athletes and championships",
    ),
    "technology": (
        "technology",
        "tech",
        "computers and the internet",
        "phones, software and gadgets",
        "digital technology",
    ),
    "politics": (
        "politics",
        "government and parliament",
        "elections and parties",
        "political news",
        "ministers and laws",
    ),
    "earn": ("company earnings", "quarterly profits", "business results", "dividends and profits of a company"),
    "acq": ("mergers and acquisitions", "company takeovers", "one firm buying another", "stakes in companies"),
    "crude": ("oil", "crude oil", "petroleum and oil prices", "oil companies and OPEC"),
    "trade": ("foreign trade", "exports and imports", "trade between countries", "tariffs and trade deficits"),
    "money-fx": ("currencies", "foreign exchange", "the dollar, the yen and the mark", "the currency market"),
    "interest": ("interest rates", "central banks and lending rates", "the cost of borrowing"),
    "ship": ("shipping", "ships and ports", "sea transport", "tankers and freight"),
    "sugar": ("sugar", "the sugar trade", "sugar crops and prices"),
    "coffee": ("coffee", "the coffee trade", "coffee crops and prices"),
    "money-supply": ("money supply", "the amount of money in an economy", "monetary aggregates"),
    "gold": ("gold", "gold mining", "precious metals"),
    "gnp": ("economic growth", "gross national product", "the growth of an economy"),
    "cpi": ("inflation", "consumer prices", "the cost of living"),
    "cocoa": ("cocoa", "the cocoa trade", "cocoa crops and prices"),
}
TEMPLATES = ("This is a news article about {}.", "This text is about {}.", "News about {}.", "{}", "The topic is {}.")

_FINANCIAL = ("earn", "acq", "crude", "trade", "money-fx", "interest", "money-supply", "gold", "gnp", "cpi")
_MONETARY = ("money-fx", "interest", "money-supply", "gnp", "cpi")
# Sections that may both be right for one text: neither counts as wrong for the other.
RELATED: tuple[frozenset[str], ...] = (
    *(frozenset({"business", name}) for name in _FINANCIAL),
    *(frozenset({one, other}) for one in _MONETARY for other in _MONETARY if one < other),
    frozenset({"technology", "science"}),
    frozenset({"health", "science"}),
)


def are_related(one: str, other: str) -> bool:
    """Whether two different sections may both be right."""
    return frozenset({one, other}) in RELATED


def wordings(section: str) -> tuple[str, ...]:
    """Ways to say a section, its description in the chain among them."""
    described = DESCRIPTIONS.get(section)
    return (*WORDINGS[section], described) if described else WORDINGS[section]


def _read_newsapi(data: Path) -> Iterator[Example]:
    with lzma.open(data / "summarization" / "newsapi.tsv.xz", "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            lead, headline, section, *_ = line.rstrip("\n").split("\t")
            yield Example(_CUT_MARK.sub("", lead), _CUT_MARK.sub("", headline), section)


def _read_titled(name: str, rename: dict[str, str]) -> Callable[[Path], Iterator[Example]]:
    def read(data: Path) -> Iterator[Example]:
        for row in read_records(data / "topics" / f"{name}.jsonl.xz"):
            headline, _, body = row["text"].partition("\n")
            headline = headline.strip().capitalize() if headline.isupper() else headline.strip()
            yield Example(" ".join(body.split()), headline, rename.get(row["label"], row["label"]))

    return read


_REUTERS = tuple(name for name in WORDINGS if name in ("acq", "coffee", "cocoa", "sugar", "ship", *_FINANCIAL))
SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source(
            "newsapi",
            "news texts © their publishers, research use",
            _read_newsapi,
            ("business", "entertainment", "health", "science", "sports", "technology"),
        ),
        Source(
            "bbc",
            "news texts © BBC, research use",
            _read_titled("bbc_news_topics", {"sport": "sports", "tech": "technology"}),
            ("business", "entertainment", "politics", "sports", "technology"),
        ),
        Source(
            "reuters",
            "Reuters-21578, © Reuters, research use",
            _read_titled("reuters21578_single_topic", {}),
            _REUTERS,
            is_exclusive=False,  # a text on gold is often one on trade
        ),
    )
}


def development_keys(data: Path) -> frozenset[str]:
    """Keys of the development texts, of their first lines and of their first sentences: none of them is trained on."""
    keys = set(held_out([data / "dev" / "topics", Path("eval") / "data", Path("tests") / "data"]))
    for path in sorted((data / "dev" / "topics").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text = json.loads(line)["text"]
            keys |= {key(text.partition("\n")[0]), key(text.partition(". ")[0]), key(text.partition("\n")[2])}
    return frozenset(k for k in keys if len(k) >= 20)


def read_source(data: Path, name: str, *, exclude: frozenset[str]) -> list[Example]:
    """The usable examples of a source, cut to `WORDS`, each text once, none that a development set holds."""
    seen: set[str] = set()
    kept: list[Example] = []
    for example in SOURCES[name].read(data):
        text = " ".join(example.text.split()[:WORDS])
        if len(text.split()) < 8 or example.section not in (*SOURCES[name].sections, ""):
            continue
        keys = {key(example.text), key(text), key(example.headline), key(example.text.partition(". ")[0])}
        if key(text) in seen or keys & exclude:
            continue
        seen.add(key(text))
        kept.append(Example(text, example.headline, example.section))
    return kept


def balanced(examples: Iterable[Example], *, most: int, rng: random.Random, spare: int = 0) -> list[Example]:
    """At most `most` examples of each section, shuffled; at least `spare` of each are left out."""
    groups: dict[str, list[Example]] = {}
    for example in examples:
        groups.setdefault(example.section, []).append(example)
    chosen: list[Example] = []
    for _, group in sorted(groups.items()):
        chosen += rng.sample(group, max(0, min(most, len(group) - spare)))
    rng.shuffle(chosen)
    return chosen


def write_examples(path: Path, examples: Sequence[Example]) -> None:
    """JSON lines, whole or not at all."""
    temporary = path.with_suffix(".part")
    temporary.write_text("".join(json.dumps(asdict(e), ensure_ascii=False) + "\n" for e in examples), encoding="utf-8")
    temporary.replace(path)


def read_examples(path: Path) -> list[Example]:
    """Read what `write_examples` wrote."""
    return [Example(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
