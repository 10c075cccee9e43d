"""The parallel corpora of the translator: which, how much of each, under which licence, and what is filtered out."""

from __future__ import annotations

import json
import lzma
import random
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Pair = tuple[str, str]
"""German, English."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """One file of parallel text."""

    name: str
    weight: float
    """How often a pair is seen in one epoch; a fraction is a random share."""
    licence: str
    synthetic_source: bool = False
    """German written by a machine from human English: tagged ⟦bt⟧ (Caswell et al. 2019)."""
    is_own: bool = False
    """Written for klartext: it lies in `OWN`, not in the data folder."""


OWN = Path(__file__).parent / "corpus"
STORIES = "klartext_stories"

# Weights: news and parliament are the target and repeated; dictionaries of short sentences and manuals teach
# grammar and vocabulary only, so they are sampled down to keep them from setting the style.
CORPORA: tuple[Corpus, ...] = (
    Corpus("klartext_news", 4, "Apache-2.0", is_own=True),
    Corpus(STORIES, 4, "Apache-2.0", is_own=True),
    Corpus("newstest_human_08-17", 4, "research (WMT)"),
    Corpus("wmt_ende_human_refs", 4, "research (WMT)"),
    Corpus("ntrex_newstest2019_ende", 4, "CC BY-SA 4.0"),
    Corpus("europarl_v7_20k", 3, "free"),
    Corpus("mozfoundation", 1.5, "MPL-2.0"),
    Corpus("newstest_bergamot_fwd", 3, "MPL-2.0 model outputs"),
    Corpus("newstest_bergamot_bt", 2, "MPL-2.0 model outputs", synthetic_source=True),
    Corpus("mt_wmt_testsuites_de2en", 1, "research (WMT)"),
    Corpus("bt_wmt_testsuites_en2de", 1, "research (WMT)", synthetic_source=True),
    Corpus("wmt14_opennmt_sample", 2, "research"),
    Corpus("ted_iwslt17_devtest", 1, "CC BY-NC-ND (TED)"),
    Corpus("iwslt14_recased", 1, "CC BY-NC-ND (TED)"),
    Corpus("nextstrain", 1, "open, see project"),
    Corpus("cwa", 1, "Apache-2.0"),
    Corpus("scs", 1, "open, see project"),
    Corpus("osguide", 1, "open, see project"),
    Corpus("mozlegal", 1, "MPL-2.0"),
    Corpus("opendatahandbook", 1, "open, see project"),
    Corpus("crimethinc", 1, "open, see project"),
    Corpus("privacyguides", 1, "open, see project"),
    Corpus("torsupport", 1, "open, see project"),
    Corpus("mozorg", 1, "MPL-2.0"),
    Corpus("3b1b", 1, "unstated", synthetic_source=True),
    Corpus("mlqe_pe", 1, "CC0"),
    Corpus("mtgeneval", 1, "CC BY-SA"),
    Corpus("xquad", 1, "CC BY-SA 4.0"),
    Corpus("xnli_dev", 1, "CC BY-NC 4.0"),
    Corpus("xnli_test", 1, "CC BY-NC 4.0"),
    Corpus("debian", 0.5, "free documentation licences"),
    Corpus("tatoeba", 1, "CC BY 2.0 FR"),
    Corpus("multi30k", 0.5, "mixed"),
    Corpus("bcontrast", 0.5, "mixed"),
    Corpus("suttacentral", 0.2, "mixed"),
    Corpus("wmt_testsuite_human", 1, "research (WMT)"),
    Corpus("country_names", 2, "open"),
    Corpus("d365_businesscentral", 0.2, "CC BY 4.0"),
    Corpus("d365_finance_partner_hist", 0.5, "CC BY 4.0"),
    Corpus("gnucash", 0.3, "GFDL"),
    Corpus("adobe_workfront", 0.05, "open"),
    Corpus("plentymarkets", 0.05, "open"),
    Corpus("php_docs", 0.05, "CC BY"),
    Corpus("hetzner", 0.2, "open"),
    Corpus("contao", 0.2, "non-commercial"),
    Corpus("progit", 0.4, "CC BY-NC-SA 3.0"),
    Corpus("tails", 0.5, "GPL-3.0+"),
)

_KEY = re.compile(r"\W+")
_GENITIVE = re.compile(r"(?<=\w)' s\b")
"""As Europarl has it: "the Commission' s proposal"."""


def key(text: str) -> str:
    """What two lines are compared by: letters and digits, case-folded."""
    return _KEY.sub("", unicodedata.normalize("NFKC", text).casefold())


def read_pairs(folder: Path, name: str) -> Iterator[Pair]:
    """The pairs of `folder`/`name`.tsv.xz, in NFC."""
    with lzma.open(folder / f"{name}.tsv.xz", "rt", encoding="utf-8", newline="\n") as lines:
        yield from _pairs(lines)


def own_pairs(name: str) -> Iterator[Pair]:
    """The pairs of a corpus in `OWN`: those of the stories, sentence by sentence, or of a .tsv."""
    if name == STORIES:
        for story in stories():
            yield from zip(story["de"], story["en"], strict=True)
    else:
        with (OWN / f"{name}.tsv").open(encoding="utf-8", newline="\n") as lines:
            yield from _pairs(lines)


def stories() -> Iterator[dict[str, Any]]:
    """The short news texts written for klartext.

    Each has its sentences in German (`de`) and English (`en`), an English `headline`, and `rewritings`: sentences
    (`text`) that tell those of the English ones whose indices are in `of`; no recipe reads these two now.
    """
    with (OWN / f"{STORIES}.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _pairs(lines: Iterable[str]) -> Iterator[Pair]:
    for line in lines:
        source, tab, target = unicodedata.normalize("NFC", line.rstrip("\n")).partition("\t")
        if tab and source.strip() and target.strip():
            yield source.strip(), target.strip()


def read_records(path: Path) -> Iterator[Any]:
    """The objects of a .jsonl.xz file."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def held_out(folders: Iterable[Path]) -> frozenset[str]:
    """Keys of every text in the plain, TSV and JSON-lines files below `folders`: what training must not see."""
    keys: set[str] = set()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix == ".jsonl":
                for line in path.read_text(encoding="utf-8").splitlines():
                    keys.update(key(text) for text in _strings(json.loads(line)))
            elif path.is_file() and path.suffix in {".de", ".en", ".txt", ".tsv"}:
                for line in path.read_text(encoding="utf-8").splitlines():
                    keys.update(key(cell) for cell in line.split("\t"))
    # Lines as short as "Ja." are in every corpus and give nothing away.
    return frozenset(k for k in keys if len(k) >= 20)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from value.split("\n")
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)


def is_clean(source: str, target: str) -> bool:
    """Whether a pair can be a translation: neither copied prose, nor far apart in length, nor mostly symbols."""
    if len(source) > 700 or len(target) > 700:
        return False
    # German runs about 10 % longer than English; 2.2 either way keeps 99 % of the newstest pairs.
    longer, shorter = max(len(source), len(target)) + 8, min(len(source), len(target)) + 8
    if longer > 2.2 * shorter:
        return False
    if len(source) > 25 and key(source) == key(target):
        return False
    letters = sum(character.isalpha() for character in source)
    return letters * 2 >= len(source.replace(" ", ""))


def mixture(
    folder: Path, *, exclude: frozenset[str], seed: int, own_weight: float | None = None
) -> Iterator[tuple[Corpus, list[Pair]]]:
    """Every corpus with the clean pairs one epoch takes of it, repetitions included, without pairs seen before it.

    `own_weight` is the weight of what was written for klartext, where it is not to be that of `CORPORA`.
    """
    seen: set[tuple[str, str]] = set()
    for corpus in CORPORA:
        pairs = []
        for source, target in own_pairs(corpus.name) if corpus.is_own else read_pairs(folder, corpus.name):
            source_key, target_key = key(source), key(target)
            if source_key in exclude or target_key in exclude or (source_key, target_key) in seen:
                continue
            seen.add((source_key, target_key))
            if is_clean(source, target):
                pairs.append((source, _GENITIVE.sub("'s", target)))
        rng = random.Random(f"{seed}:{corpus.name}")
        weight = own_weight if corpus.is_own and own_weight is not None else corpus.weight
        whole, share = divmod(weight, 1)
        extra = rng.sample(pairs, round(share * len(pairs)))
        yield corpus, pairs * int(whole) + extra
