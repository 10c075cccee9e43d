"""The German-English translator, from the corpora to the model folder: prepare, train, export, score, write the card.

    python -m models.recipes.translator --data ../shared/data --work .work/translator --output models/translator-de-en

Each stage is skipped where its result lies in the work folder already; an interrupted training goes on from its
checkpoint.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import shutil
from pathlib import Path

import numpy as np
import sentencepiece
import torch

from models.recipes import (
    augmentation,
    corpora,
    publishing,
    seq2seq,
    terms,
    translation_scores,
    translator_card,
    vocabulary,
)

MAX_TOKENS = 250
"""Longest side of a training pair; the model has 256 positions."""
TERMS = 0.05
"""Pairs added with wanted terms or placeholders, as a share of the mixture."""
TERM_WEIGHT = 2
"""Corpora of at least this weight, the news, are aligned for them."""
HELD_OUT_LINES = 400
"""Lines of newstest2018 whose loss is logged during training."""


def prepare(data: Path, work: Path, *, vocabulary_size: int, seed: int, start: Path | None = None) -> None:
    """Write `work`/source.spm, train.npz, held_out.npz and mixture.json.

    The vocabulary is that of the folder `start`, if given.
    """
    if (work / "held_out.npz").exists():
        return
    work.mkdir(parents=True, exist_ok=True)
    exclude = corpora.held_out([data / "dev" / "translation", Path("eval") / "data", Path("tests") / "data"])
    rng = random.Random(seed)
    counts: dict[str, int] = {}
    mixed: list[tuple[bool, corpora.Pair]] = []
    news: list[corpora.Pair] = []
    for corpus, pairs in corpora.mixture(data / "parallel", exclude=exclude, seed=seed):
        counts[corpus.name] = len(pairs)
        mixed += [(corpus.synthetic_source, pair) for pair in augmentation.augment(pairs, rng=rng)]
        print(f"{corpus.name}: {len(pairs)} pairs an epoch", flush=True)
        if corpus.weight >= TERM_WEIGHT and not corpus.synthetic_source:
            news += dict.fromkeys(pairs)
    with_terms = terms.annotated(news, round(TERMS * len(mixed)), rng=rng)
    print(f"{len(with_terms)} pairs with wanted terms or placeholders", flush=True)
    mixed += [(False, pair) for pair in with_terms]
    if start is None:
        sample = rng.sample(mixed, min(len(mixed), 400_000))
        lines = itertools.chain.from_iterable(pair for _, pair in sample)
        spm = vocabulary.train(lines, size=vocabulary_size, folder=work)
    else:
        spm = Path(shutil.copy(start / "source.spm", work / "source.spm"))
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
    lines = read_lines(data, "newstest2018", HELD_OUT_LINES)
    held_out = list(zip(*(processor.encode(side) for side in lines), strict=True))
    sizes = {"pairs": counts, "with_terms": len(with_terms), "encoded": len(encoded)}
    (work / "mixture.json").write_text(json.dumps(sizes, indent=1), encoding="utf-8")
    seq2seq.EncodedPairs.build(held_out).save(work / "held_out.npz")


def read_lines(data: Path, name: str, count: int | None = None) -> tuple[list[str], list[str]]:
    """German and English lines of a development set."""
    folder = data / "dev" / "translation"
    english = folder / (f"{name}.en" if (folder / f"{name}.en").exists() else f"{name}.refA.en")
    german, reference = ((path.read_text(encoding="utf-8").splitlines()) for path in (folder / f"{name}.de", english))
    return german[:count], reference[:count]


def main() -> None:
    """Prepare, train and export by the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path(".work/translator"))
    parser.add_argument("--output", type=Path, default=Path("models/translator-de-en"))
    parser.add_argument("--start", type=Path, help="go on from the weights and vocabulary of this model folder")
    parser.add_argument("--steps", type=int, default=960)
    parser.add_argument("--batch-tokens", type=int, default=6144)
    parser.add_argument("--learning-rate", type=float, default=3e-3)
    parser.add_argument("--cooldown", type=float, default=0.34375)
    parser.add_argument("--short-first", type=int, default=100)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--vocabulary", type=int, default=8000)
    parser.add_argument("--d-model", type=int, default=256)
    parser.add_argument("--feed-forward", type=int, default=1536)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--stop-after", type=int)
    options = parser.parse_args()

    prepare(options.data, options.work, vocabulary_size=options.vocabulary, seed=options.seed, start=options.start)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(options.work / "source.spm"))
    size = seq2seq.Size(d_model=options.d_model, feed_forward=options.feed_forward, heads=options.d_model // 64)
    if options.start is None:
        model = seq2seq.build_model(size, vocabulary=len(processor), seed=options.seed, dropout=options.dropout)
    else:
        model = seq2seq.load_model(options.start, dropout=options.dropout)
    model = seq2seq.train(
        model,
        seq2seq.EncodedPairs.load(options.work / "train.npz"),
        schedule=seq2seq.Schedule(
            steps=options.steps,
            batch_tokens=options.batch_tokens,
            learning_rate=options.learning_rate,
            cooldown=options.cooldown,
            short_first=options.short_first,
            dropout=options.dropout,
            seed=options.seed,
        ),
        work=options.work,
        held_out=seq2seq.EncodedPairs.load(options.work / "held_out.npz"),
        device=options.device,
        compiled=options.compile,
        stop_after=options.stop_after,
    )
    if options.stop_after is not None:
        return
    seq2seq.export(model, options.output)
    vocabulary.write_tokenizer(options.work / "source.spm", options.output)
    write_run(options, options.work)
    translation_scores.write_scores(options.output, data=options.data, path=options.work / "scores.json")
    translator_card.write_card(options.work, options.output)
    publishing.publish("translation", options.output)


def write_run(options: argparse.Namespace, work: Path) -> None:
    """Write `work`/run.json: what the card says about the training."""
    pairs = seq2seq.EncodedPairs.load(work / "train.npz")
    epoch = seq2seq.batches(pairs, batch_tokens=options.batch_tokens, epoch=0, seed=options.seed)
    taken = itertools.islice(
        seq2seq.stream(
            pairs,
            batch_tokens=options.batch_tokens,
            seed=options.seed,
            start=0,
            short_first=options.short_first,
        ),
        options.steps,
    )
    lengths = np.diff(pairs.offsets[1])
    run = {
        "steps": options.steps,
        "batch_tokens": options.batch_tokens,
        "learning_rate": options.learning_rate,
        "cooldown": options.cooldown,
        "short_first": options.short_first,
        "seed": options.seed,
        "hardware": f"a {options.device.upper()}" if options.device != "cpu" else f"{os.cpu_count()} CPU cores",
        "batches": options.steps,
        "batches_per_epoch": len(epoch),
        "target_tokens": int(sum(lengths[rows].sum() for _, rows in taken)),
        "augmentation": {
            name.lower(): getattr(augmentation, name)
            for name in ("CAPITALS", "TITLE_CASE", "NO_UMLAUTS", "NO_FULL_STOP", "JOINED", "COPIES")
        },
    }
    (work / "run.json").write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
