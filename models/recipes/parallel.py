"""The translator's pairs, from the corpora to token ids: mixture, augmentation, wanted terms."""

from __future__ import annotations

import itertools
import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import sentencepiece

from models.recipes import augmentation, corpora, seq2seq, terms, vocabulary

MAX_TOKENS = 250
"""Longest side of a training pair; the model has 256 positions."""
TERMS = 0.05
"""Pairs added with wanted terms or placeholders, as a share of the mixture."""
TERM_WEIGHT = 2
"""Corpora of at least this weight, the news, are aligned for them."""
HELD_OUT_LINES = 400
"""Lines of newstest2018 whose loss is logged during training."""

Mixed = list[tuple[bool, corpora.Pair]]
"""Pairs, source first, each with whether a machine wrote the source."""
Found = tuple[corpora.Corpus, list[corpora.Pair]]


def prepare(
    data: Path,
    work: Path,
    *,
    vocabulary_size: int,
    seed: int,
    spm: Path | None = None,
    is_reverse: bool = False,
    least_weight: float = 0,
    own_weight: float | None = None,
) -> None:
    """Write `work`/source.spm, train.npz, held_out.npz and mixture.json.

    The vocabulary is `spm`, if given, else a new one. `is_reverse` turns the pairs round: English to German. Only
    corpora of at least `least_weight` are taken: from 2 on, news and parliament. `own_weight`: see `corpora.mixture`.
    """
    if (work / "held_out.npz").exists():
        return
    work.mkdir(parents=True, exist_ok=True)
    rng = random.Random(seed)
    found = [(corpus, pairs) for corpus, pairs in _corpora(data, seed, own_weight) if corpus.weight >= least_weight]
    mixed, sizes = _reversed(found) if is_reverse else _forward(found, rng=rng)
    if spm is None:
        sample = rng.sample(mixed, min(len(mixed), 400_000))
        lines = itertools.chain.from_iterable(pair for _, pair in sample)
        spm = vocabulary.train(lines, size=vocabulary_size, folder=work)
    else:
        spm = Path(shutil.copy(spm, work / "source.spm"))
    processor = sentencepiece.SentencePieceProcessor(model_file=str(spm))
    tag = processor.piece_to_id("⟦bt⟧")
    sources = processor.encode([pair[0] for _, pair in mixed], num_threads=2)
    targets = processor.encode([pair[1] for _, pair in mixed], num_threads=2)
    encoded = [
        ([tag, *source] if synthetic else source, target)
        for (synthetic, _), source, target in zip(mixed, sources, targets, strict=True)
        if max(len(source), len(target)) < MAX_TOKENS
    ]
    seq2seq.EncodedPairs.build(encoded).save(work / "train.npz")
    sizes["encoded"] = len(encoded)
    (work / "mixture.json").write_text(json.dumps(sizes, indent=1), encoding="utf-8")
    sides = read_lines(data, "newstest2018", HELD_OUT_LINES)
    logged = list(zip(*(processor.encode(side) for side in (sides[::-1] if is_reverse else sides)), strict=True))
    seq2seq.EncodedPairs.build(logged).save(work / "held_out.npz")


def held_out(data: Path) -> frozenset[str]:
    """Keys of the translation development sets and of our own evaluation and test texts."""
    return corpora.held_out([data / "dev" / "translation", Path("eval") / "data", Path("tests") / "data"])


def _corpora(data: Path, seed: int, own_weight: float | None) -> list[Found]:
    found = []
    mixture = corpora.mixture(data / "parallel", exclude=held_out(data), seed=seed, own_weight=own_weight)
    for corpus, pairs in mixture:
        print(f"{corpus.name}: {len(pairs)} pairs an epoch", flush=True)
        found.append((corpus, pairs))
    return found


def _forward(found: Sequence[Found], *, rng: random.Random) -> tuple[Mixed, dict[str, object]]:
    mixed: Mixed = []
    news: list[corpora.Pair] = []
    for corpus, pairs in found:
        mixed += [(corpus.synthetic_source, pair) for pair in augmentation.augment(pairs, rng=rng)]
        if corpus.weight >= TERM_WEIGHT and not corpus.synthetic_source:
            news += dict.fromkeys(pairs)
    with_terms = terms.annotated(news, round(TERMS * len(mixed)), rng=rng)
    print(f"{len(with_terms)} pairs with wanted terms or placeholders", flush=True)
    mixed += [(False, pair) for pair in with_terms]
    return mixed, {"pairs": {corpus.name: len(pairs) for corpus, pairs in found}, "with_terms": len(with_terms)}


def _reversed(found: Sequence[Found]) -> tuple[Mixed, dict[str, object]]:
    """English to German: what a machine wrote is no German to learn to write."""
    written = [(corpus, pairs) for corpus, pairs in found if not corpus.synthetic_source]
    mixed = [(False, (english, german)) for _, pairs in written for german, english in pairs]
    return mixed, {"pairs": {corpus.name: len(pairs) for corpus, pairs in written}}


def read_lines(data: Path, name: str, count: int | None = None) -> tuple[list[str], list[str]]:
    """German and English lines of a development set."""
    folder = data / "dev" / "translation"
    english = folder / (f"{name}.en" if (folder / f"{name}.en").exists() else f"{name}.refA.en")
    german, reference = ((path.read_text(encoding="utf-8").splitlines()) for path in (folder / f"{name}.de", english))
    return german[:count], reference[:count]
