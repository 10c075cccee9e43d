"""The English summariser, from news leads to the model folder: prepare, train, export, score.

    python -m models.recipes.summarizer --data ../shared/data --work .work/summarizer \\
        --translator models/translator-de-en --output models/summarizer-en

It starts from the translator's weights and uses its vocabulary. Each stage is skipped where its result lies in the work
folder already; an interrupted training goes on from its checkpoint.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import json
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import sentencepiece
import torch

from models.recipes import averaging, corpora, precision, seq2seq, summaries, summary_paraphrases, vocabulary

MAX_SOURCE_TOKENS = 128
MAX_TARGET_TOKENS = 48
"""Longest sides of a training pair, end marks included; 84 words and 26 words nearly always fit."""
HELD_OUT_PAIRS = 400
LEADS = 400_000
"""More than there are."""
COPIES = 8_000
WARMUP = 20
"""Steps of rising learning rate: fewer than for the translator, whose weights are random at the start."""
SHORT_FIRST = 30
"""Steps at the start that see only the shortest pairs, which are copies: what goes on from a summariser needs none."""


def prepare(
    data: Path, work: Path, *, translator: Path, seed: int, leads: int, stories: int, translated: bool = False
) -> None:
    """Write `work`/examples.jsonl, train.npz, held_out.npz, mixture.json and kinds.json.

    An epoch has each example of the stories written for klartext `stories` times; with `translated`, as often again
    with the English of `translator` as source.
    """
    if (work / "held_out.npz").exists():
        return
    work.mkdir(parents=True, exist_ok=True)
    exclude = held_out(data)
    listed = work / "examples.jsonl"
    if not listed.exists():
        found = summaries.examples(data / "summarization", exclude=exclude, seed=seed, leads=leads)
        lines = [json.dumps([e.corpus, e.task, e.source, e.target, e.kind], ensure_ascii=False) for e in found]
        temporary = listed.with_suffix(".part")
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
        temporary.replace(listed)
    examples = [summaries.Example(*json.loads(line)) for line in listed.read_text(encoding="utf-8").splitlines()]
    examples += summaries.translations(data / "parallel", exclude=exclude, seed=seed)
    aside = min(HELD_OUT_PAIRS, len(examples) // 10)
    examples += summaries.copies(data / "parallel", exclude=exclude, seed=seed, count=COPIES)
    english = translated_stories(translator, work) if translated and stories else None
    examples += summaries.stories(exclude=exclude, seed=seed, times=stories, translated=english)
    pairs = encode(examples, translator / "source.spm")
    kept = [
        (example, pair)
        for example, pair in zip(examples, pairs, strict=True)
        if len(pair[0]) < MAX_SOURCE_TOKENS and len(pair[1]) < MAX_TARGET_TOKENS
    ]
    seen = {text for example, _ in kept[:aside] for text in (example.source, example.target)}
    train = [
        (example, pair) for example, pair in kept[aside:] if example.source not in seen and example.target not in seen
    ]
    counts = Counter(f"{example.corpus} {example.task}" for example, _ in train)
    _write_json(work / "mixture.json", dict(counts.most_common()))
    _write_json(work / "kinds.json", kinds([example for example, _ in train]))
    seq2seq.EncodedPairs.build([pair for _, pair in train]).save(work / "train.npz")
    seq2seq.EncodedPairs.build([pair for _, pair in kept[:aside]]).save(work / "held_out.npz")


def translated_stories(translator: Path, work: Path) -> list[list[str]]:
    """The sentences of each story as the translator has them from its German; kept in `work`/stories.json."""
    path = work / "stories.json"
    if not path.exists():
        # Imported here: a machine lent for training need not have what translating needs.
        from models.recipes import translation_scores

        told = [story["de"] for story in corpora.stories()]
        lines = tuple(itertools.chain.from_iterable(told))
        outputs = iter(translation_scores.translate_lines(translator, lines, precision="int8", beam=1)[0])
        _write_json(path, [list(itertools.islice(outputs, len(sentences))) for sentences in told])
    found: list[list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def kinds(examples: Sequence[summaries.Example]) -> dict[str, dict[str, float]]:
    """Pairs of each kind, and the mean share of their targets' bigrams that their sources lack, per cent."""
    novel: defaultdict[str, list[float]] = defaultdict(list)
    for example in examples:
        share = 100 * (1 - summary_paraphrases.copied(example.source, example.target))
        novel[f"{example.kind} {example.task}"].append(share)
        novel[f"all {example.task}"].append(share)
    return {
        kind: {"pairs": len(shares), "novel bigrams": round(sum(shares) / len(shares), 1)}
        for kind, shares in sorted(novel.items())
    }


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def held_out(data: Path) -> frozenset[str]:
    """Keys of the development sets' texts and of each of their sentences, and of our own evaluation texts."""
    keys = set(
        corpora.held_out(
            [data / "dev" / "summarization", data / "dev" / "topics", Path("eval/data"), Path("tests/data")]
        )
    )
    for path in sorted((data / "dev" / "summarization").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            keys.update(corpora.key(sentence) for sentence in summaries.split(json.loads(line)["document"]))
    return frozenset(k for k in keys if len(k) >= 20)


def encode(examples: Sequence[summaries.Example], spm: Path) -> list[tuple[list[int], list[int]]]:
    """Ids of both sides, the source with its control token before it, as an engine sends it."""
    processor = sentencepiece.SentencePieceProcessor(model_file=str(spm))
    sources = processor.encode([f"{example.task} {example.source}" for example in examples], num_threads=2)
    targets = processor.encode([example.target for example in examples], num_threads=2)
    return list(zip(sources, targets, strict=True))


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepare, train, export and score by the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path(".work/summarizer"))
    parser.add_argument("--translator", type=Path, default=Path("models/translator-de-en"))
    parser.add_argument("--output", type=Path, default=Path("models/summarizer-en"))
    parser.add_argument("--start", type=Path, help="go on from the weights of this summariser, not the translator's")
    parser.add_argument("--start-share", type=averaging.share, default=0.0, help="share of what it starts from")
    parser.add_argument(
        "--article",
        type=Path,
        default=Path("../shared/articles/lawrow-rubio-kuala-lumpur.de.txt"),
        help="a German article whose summary the card shows",
    )
    parser.add_argument("--history", default="", help="a sentence for the card on what happened while it ran")
    parser.add_argument("--steps", type=int, default=260)
    parser.add_argument("--batch-tokens", type=int, default=6144)
    parser.add_argument("--learning-rate", type=float, default=3e-3)
    parser.add_argument("--cooldown", type=float, default=0.4)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--short-first", type=int, default=SHORT_FIRST, help="steps with short copies only, at first")
    parser.add_argument("--leads", type=int, default=LEADS)
    parser.add_argument("--stories", type=int, default=1, help="times an epoch has each story written for klartext")
    parser.add_argument("--translated-stories", action="store_true", help="each also from the translator's English")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--stop-after", type=int, help="end early at this step, as an interruption would")
    parser.add_argument("--only", choices=("prepare", "train", "score"), help="run this stage alone")
    options = parser.parse_args(arguments)

    if options.only in {None, "prepare"}:
        prepare(
            options.data,
            options.work,
            translator=options.translator,
            seed=options.seed,
            leads=options.leads,
            stories=options.stories,
            translated=options.translated_stories,
        )
    if options.only in {None, "train"}:
        pairs = seq2seq.EncodedPairs.load(options.work / "train.npz")
        schedule = seq2seq.Schedule(
            steps=options.steps,
            batch_tokens=options.batch_tokens,
            learning_rate=options.learning_rate,
            warmup=WARMUP,
            cooldown=options.cooldown,
            dropout=options.dropout,
            seed=options.seed,
            short_targets=True,
            short_first=options.short_first,
        )
        started = time.monotonic()
        start = seq2seq.load_model(options.start or options.translator, dropout=options.dropout)
        model = seq2seq.train(
            copy.deepcopy(start),
            pairs,
            schedule=schedule,
            work=options.work,
            held_out=seq2seq.EncodedPairs.load(options.work / "held_out.npz"),
            device=options.device,
            stop_after=options.stop_after,
        )
        if options.stop_after is not None:
            return
        averaging.blend(model, [(start, options.start_share)])
        seq2seq.export(model, options.output)
        vocabulary.write_tokenizer(options.translator / "source.spm", options.output)
        write_run(
            options.work,
            pairs,
            schedule,
            seconds=time.monotonic() - started,
            device=options.device,
            start_share=options.start_share,
            history=options.history,
        )
    if options.only in {None, "score"}:
        # Imported here: a machine lent for training need not have what scoring needs.
        from models.recipes import publishing, summarizer_card, summary_scores

        summary_scores.write_scores(options.output, data=options.data, work=options.work)
        summary_scores.write_article(options.output, options.article, work=options.work)
        summarizer_card.write_card(options.work, options.output)
        publishing.publish("summarization", options.output)


def write_run(
    work: Path,
    pairs: seq2seq.EncodedPairs,
    schedule: seq2seq.Schedule,
    *,
    seconds: float,
    device: str,
    start_share: float = 0.0,
    history: str = "",
) -> None:
    """Write `work`/run.json: what the card says about the training; `seconds` are those of the last call."""
    lengths = pairs.offsets[1][1:] - pairs.offsets[1][:-1]
    stream = seq2seq.stream(
        pairs,
        batch_tokens=schedule.batch_tokens,
        seed=schedule.seed,
        start=0,
        short_targets=schedule.short_targets,
        short_first=schedule.short_first,
    )
    rows = [rows for _, rows in itertools.islice(stream, schedule.steps)]
    run = {
        "history": history,
        "steps": schedule.steps,
        "batch_tokens": schedule.batch_tokens,
        "learning_rate": schedule.learning_rate,
        "cooldown": schedule.cooldown,
        "dropout": schedule.dropout,
        "start_share": start_share,
        "seed": schedule.seed,
        "short_first": schedule.short_first,
        "pairs": len(pairs),
        "tokens": int(sum(lengths[part].sum() for part in rows)) / 1e6,
        "epochs": sum(len(part) for part in rows) / len(pairs),
        "minutes": f"{max(1, round(seconds / 60))} minutes",
        "hardware": precision.processor(device),
    }
    (work / "run.json").write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
