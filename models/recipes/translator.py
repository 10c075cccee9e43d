"""The German-English translator, from the corpora to the model folder: prepare, train, export, measure, write the card.

    python -m models.recipes.translator --data ../shared/data --work .work/translator --output models/translator-de-en

Each stage is skipped where its result lies in the work folder already; an interrupted training goes on from its
checkpoint.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import sentencepiece
import torch

from models.recipes import augmentation, averaging, parallel, precision, seq2seq, vocabulary

DEFAULT = Path("models/translator-de-en")


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepare, train and export by the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path(".work/translator"))
    parser.add_argument(
        "--output", type=Path, help="model folder (default: models/translator-de-en; with --reverse: WORK/model)"
    )
    parser.add_argument("--start", type=Path, help="go on from the weights and vocabulary of this model folder")
    parser.add_argument(
        "--start-share", type=averaging.share, default=0.0, help="share of the weights of --start in the result"
    )
    parser.add_argument(
        "--blend",
        nargs=2,
        action="append",
        default=[],
        metavar=("FOLDER", "SHARE"),
        help="average the result with another run's model too, which gets this share; may be repeated",
    )
    parser.add_argument("--spm", type=Path, help="vocabulary to use instead of a new one; back-translation needs one")
    parser.add_argument("--history", help="for the card: how the model of --start was trained")
    parser.add_argument("--reverse", action="store_true", help="English to German, for back-translation; not scored")
    parser.add_argument("--back-translated", type=Path, help="pairs that models.recipes.back_translation wrote")
    parser.add_argument(
        "--back-translated-weight", type=int, default=1, help="how often an epoch has each of them (default: once)"
    )
    parser.add_argument("--most-back-translated", type=int, help="at most so many of them (default: all)")
    parser.add_argument("--least-weight", type=float, default=0, help="corpora of less weight are left out: 2 is news")
    parser.add_argument(
        "--own-weight", type=float, help="how often an epoch has each pair written for klartext (default: as the news)"
    )
    parser.add_argument("--steps", type=int, default=960)
    parser.add_argument("--batch-tokens", type=int, default=6144)
    parser.add_argument("--learning-rate", type=float, default=3e-3)
    parser.add_argument("--warmup", type=int, default=60)
    parser.add_argument("--cooldown", type=float, default=0.75)
    parser.add_argument("--average", type=int, default=4, help="snapshots averaged at the end")
    parser.add_argument(
        "--average-over", type=float, default=0.2, help="last share of the cooldown over which they are taken"
    )
    parser.add_argument("--short-first", type=int, default=100)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--vocabulary", type=int, default=8000)
    parser.add_argument("--d-model", type=int, default=384)
    parser.add_argument(
        "--feed-forward", type=int, default=1536, help="units of such a layer; a smaller model of --start is widened"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--stop-after", type=int)
    parser.add_argument("--unscored", action="store_true", help="leave out what is measured, the card and the index")
    parser.add_argument("--only", choices=("prepare", "measure"), help="this stage alone")
    options = parser.parse_args(arguments)
    if options.only == "measure":
        measure(options.data, options.work, options.output or DEFAULT)
        return
    if options.back_translated_weight < 1:
        parser.error("--back-translated-weight must be at least 1")
    if options.start_share and options.start is None:
        parser.error("--start-share needs --start")
    try:
        options.blend = [(Path(folder), averaging.share(share)) for folder, share in options.blend]
    except (ValueError, argparse.ArgumentTypeError):
        parser.error("argument --blend: SHARE must be from 0 to below 1")
    if options.start_share + sum(share for _, share in options.blend) >= 1:
        parser.error("the shares of --start-share and --blend must leave something to this run")
    output = options.output or (options.work / "model" if options.reverse else DEFAULT)

    parallel.prepare(
        options.data,
        options.work,
        vocabulary_size=options.vocabulary,
        seed=options.seed,
        spm=options.spm or (options.start and options.start / "source.spm"),
        is_reverse=options.reverse,
        least_weight=options.least_weight,
        own_weight=options.own_weight,
    )
    if options.only == "prepare":
        return
    pairs = seq2seq.EncodedPairs.load(options.work / "train.npz")
    own = len(pairs)
    if options.back_translated is not None:
        written = seq2seq.EncodedPairs.load(options.back_translated)
        for _ in range(options.back_translated_weight):
            pairs = pairs.joined(written, most=options.most_back_translated)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(options.work / "source.spm"))
    size = seq2seq.Size(d_model=options.d_model, feed_forward=options.feed_forward, heads=options.d_model // 64)
    if options.start is None:
        start = seq2seq.build_model(size, vocabulary=len(processor), seed=options.seed, dropout=options.dropout)
    else:
        start = seq2seq.load_model(options.start, dropout=options.dropout)
        if options.feed_forward > start.config.encoder_ffn_dim:
            start = seq2seq.widen(start, options.feed_forward, seed=options.seed)
    model = seq2seq.train(
        copy.deepcopy(start),
        pairs,
        schedule=seq2seq.Schedule(
            steps=options.steps,
            batch_tokens=options.batch_tokens,
            learning_rate=options.learning_rate,
            warmup=options.warmup,
            cooldown=options.cooldown,
            average=options.average,
            average_over=options.average_over,
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
    loaded = [(seq2seq.load_model(folder), share) for folder, share in options.blend]
    averaging.blend(model, [(start, options.start_share), *loaded])
    seq2seq.export(model, output)
    vocabulary.write_tokenizer(options.work / "source.spm", output)
    if options.reverse:
        return
    write_run(options, options.work, pairs, back_translated=(len(pairs) - own) // options.back_translated_weight)
    if not options.unscored:
        measure(options.data, options.work, output)


def measure(data: Path, work: Path, model: Path) -> None:
    """Enter the folder into the index, fit the doubt to it, measure all that its card says, and write the card.

    What lies in `work` already is not measured again.
    """
    # Imported here: a machine that trains need not have what this takes.
    from models.recipes import (
        doubt,
        glossary_scores,
        publishing,
        rescue_scores,
        robustness_scores,
        translation_scores,
        translator_card,
    )

    publishing.publish("translation", model, licence="klartext-weights")
    stages: dict[str, Callable[[Path], object]] = {
        "doubt/report.json": lambda path: doubt.main(
            ["--data", str(data), "--model", str(model), "--work", str(path.parent)]
        ),
        "scores.json": lambda path: translation_scores.write_scores(model, data=data, path=path),
        "robustness.json": lambda path: robustness_scores.write_scores(model, path=path),
        "rescue.json": lambda path: rescue_scores.write_scores(model, data, path=path),
        "glossary.json": lambda path: glossary_scores.write_scores(model, data, path=path),
    }
    for name, stage in stages.items():
        if not (work / name).exists():
            stage(work / name)
    translator_card.write_card(work, model)


def write_run(options: argparse.Namespace, work: Path, pairs: seq2seq.EncodedPairs, *, back_translated: int) -> None:
    """Write `work`/run.json: what the card says about the training."""
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
        "history": options.history,
        "steps": options.steps,
        "batch_tokens": options.batch_tokens,
        "learning_rate": options.learning_rate,
        "cooldown": options.cooldown,
        "short_first": options.short_first,
        "seed": options.seed,
        "dropout": options.dropout,
        "average": options.average,
        "average_over": options.average_over,
        "start_share": options.start_share,
        "other_shares": [share for _, share in options.blend],
        "back_translated": back_translated,
        "back_translated_weight": options.back_translated_weight,
        "hardware": precision.processor(options.device),
        "batches": options.steps,
        "batches_per_epoch": len(epoch),
        "target_tokens": int(sum(lengths[rows].sum() for _, rows in taken)),
        "augmentation": {
            name.lower(): getattr(augmentation, name)
            for name in ("CAPITALS", "TITLE_CASE", "NO_UMLAUTS", "NO_FULL_STOP", "JOINED", "COPIES", "RENUMBERED")
        },
    }
    (work / "run.json").write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
