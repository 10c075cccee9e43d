"""The translator in one run on a machine that has a GPU but neither the corpora nor much time.

    python -m models.recipes.staged pack --data ../shared/data --work .work/staged
    python -m models.recipes.staged run --packed .work/staged/packed --root /tmp/staged --seconds 650

`pack` prepares everything where the corpora are and writes small archives; `run` needs these and nothing else. Its
stages: a reverse model; back-translation with it; a short translator without and one with the back-translated pairs,
for comparison; the translator; the same, going on with news alone.
Each translator writes its greedy outputs of the development sets, too. A stage that is finished is skipped, so an
interrupted run goes on.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import lzma
import shutil
import sys
import tarfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
import torch

from models.recipes import back_translation, decoding, parallel, seq2seq, translator

SETS = ("forward", "reverse", "news")
"""Training sets of the translator, below the root; `news` are the corpora of weight 2 and more."""
NEWS_WEIGHT = 2
NEWS_BACK_TRANSLATED = 150_000
"""Back-translated pairs beside the corpora of news."""
SHARES = {
    "reverse": 0.17,
    "back-translation": 0.08,
    "without": 0.07,
    "with": 0.07,
    "translator": 0.54,
    "news": 0.07,
}
"""Of the seconds given, for each stage in its order. What one leaves the next ones have."""
_MEASURED = 48
"""Steps by which a stage's speed is measured."""
_LONGEST = 240
"""Tokens of a development line that are read."""


@dataclass(frozen=True, slots=True)
class Run:
    """Where a run lies and how large its steps are."""

    root: Path
    seconds: float
    started: float
    device: str = "cuda"
    batch_tokens: int = 65_536
    steps: int | None = None
    """Of every stage, instead of as many as fit."""
    reverse: tuple[int, int] = (512, 2048)
    """Width and feed-forward of the reverse model."""
    size: tuple[int, int] = (384, 1536)
    learning_rate: float = 2e-3
    news_rate: float = 4e-4
    count: int | None = None
    """At most so many sentences of English, and lines of each development set."""

    @property
    def spm(self) -> Path:
        """The vocabulary of all models."""
        return self.root / "forward" / "source.spm"

    def left(self, stage: str) -> float:
        """Seconds until the stage is to end."""
        share = sum(share for name, share in SHARES.items() if list(SHARES).index(name) <= list(SHARES).index(stage))
        return share * self.seconds - (time.time() - self.started)


# ---- packing


def pack(data: Path, work: Path, *, spm: Path, seed: int) -> list[Path]:
    """Prepare below `work` and write `work`/packed/*.xz: the pairs, and the English sentences."""
    for name in SETS:
        least = NEWS_WEIGHT if name == "news" else 0
        is_reverse = name == "reverse"
        parallel.prepare(
            data, work / name, vocabulary_size=0, seed=seed, spm=spm, is_reverse=is_reverse, least_weight=least
        )
    english = work / "english.txt"
    if not english.exists():
        lines = back_translation.sentences(data, seed=seed)
        english.write_text("\n".join(lines) + "\n", encoding="utf-8")
    packed = work / "packed"
    packed.mkdir(exist_ok=True)
    written = [_archive(packed / "pairs.xz", _pairs_files(data, work))]
    written.append(_archive(packed / "english.xz", {"english.txt": english.read_bytes()}))
    return written


def _pairs_files(data: Path, work: Path) -> dict[str, bytes]:
    """The three sets as rows of one table of distinct pairs: most pairs are in all three and several times."""
    table: dict[tuple[bytes, bytes], int] = {}
    files: dict[str, bytes] = {}
    for name in SETS:
        pairs = seq2seq.EncodedPairs.load(work / name / "train.npz")
        order = (1, 0) if name == "reverse" else (0, 1)
        sides = [
            [pairs.ids[side][a : b - 1].tobytes() for a, b in itertools.pairwise(pairs.offsets[side].tolist())]
            for side in order
        ]
        rows = np.fromiter(
            (table.setdefault(pair, len(table)) for pair in zip(*sides, strict=True)), dtype=np.uint32, count=len(pairs)
        )
        files[f"{name}/rows.npy"] = _numpy(rows)
        for other in ("held_out.npz", "source.spm", "mixture.json"):
            files[f"{name}/{other}"] = (work / name / other).read_bytes()
    for side in (0, 1):
        files[f"table-{side}.npy"] = _numpy(np.frombuffer(b"".join(pair[side] for pair in table), dtype=np.uint16))
        lengths = np.fromiter((len(pair[side]) // 2 for pair in table), dtype=np.uint16, count=len(table))
        files[f"lengths-{side}.npy"] = _numpy(lengths)
    for path in sorted((data / "dev" / "translation").glob("*.de")):
        files[f"sets/{path.name}"] = path.read_bytes()
    return files


def _numpy(array: np.ndarray[Any, Any]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def _archive(path: Path, files: dict[str, bytes]) -> Path:
    with lzma.open(path, "wb", preset=4) as out, tarfile.open(fileobj=out, mode="w|") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def unpack(path: Path, root: Path) -> None:
    """Write the files of an archive below `root`."""
    with lzma.open(path) as content, tarfile.open(fileobj=content, mode="r|") as archive:
        # The first releases of Python 3.11 (Debian 12 has 3.11.2) know no filter; the archive is our own.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(root)


def unpack_pairs(path: Path, root: Path) -> None:
    """Write the three sets of `SETS` and the development sets below `root`, from the archive of pairs."""
    if (root / SETS[-1] / "train.npz").exists():
        return
    unpack(path, root)
    tokens, offsets = [], []
    for side in (0, 1):
        lengths = np.load(root / f"lengths-{side}.npy").astype(np.int64)
        ends = np.cumsum(lengths + 1)
        flat = np.zeros(int(ends[-1]), dtype=np.uint16)
        is_token = np.ones(len(flat), dtype=bool)
        is_token[ends - 1] = False
        flat[is_token] = np.load(root / f"table-{side}.npy")
        tokens.append(flat)
        offsets.append(np.concatenate([[0], ends]))
    table = seq2seq.EncodedPairs((tokens[0], tokens[1]), (offsets[0], offsets[1]))
    for name in SETS:
        order = (1, 0) if name == "reverse" else (0, 1)
        table.taken(np.load(root / name / "rows.npy").astype(np.int64), order).save(
            root / name / "train.npz", compress=False
        )


# ---- running


def run(packed: Path, plan: Run) -> None:
    """All stages; waits for archives that are not in `packed` yet when they are needed."""
    (plan.root / "done").mkdir(parents=True, exist_ok=True)
    _wait_for(packed / "pairs.xz")
    unpack_pairs(packed / "pairs.xz", plan.root)
    stages: dict[str, Callable[[Run], None]] = {
        "reverse": _reverse,
        "back-translation": lambda plan: _back_translate(plan, packed),
        "without": lambda plan: _compare(plan, "without"),
        "with": lambda plan: _compare(plan, "with"),
        "translator": _translator,
        "news": _news,
    }
    for name, stage in stages.items():
        mark = plan.root / "done" / name
        if mark.exists():
            continue
        begun = time.time()
        print(f"{name} begins at {begun - plan.started:.0f} s, to end in {plan.left(name):.0f} s", flush=True)
        stage(plan)
        mark.write_text(f"{time.time() - begun:.1f} s\n", encoding="utf-8")
        print(f"{name} took {mark.read_text(encoding='utf-8')}", end="", flush=True)


def _wait_for(path: Path) -> None:
    """Until it is there: archives may come one after the other."""
    while not path.exists():
        time.sleep(0.5)


def _reverse(plan: Run) -> None:
    work = plan.root / "reverse"
    pairs = seq2seq.EncodedPairs.load(work / "train.npz")
    steps = _steps(plan, "reverse", pairs, lambda: _new(plan, plan.reverse))
    _train(plan, work, steps, *_shape(plan.reverse), "--reverse")


def _back_translate(plan: Run, packed: Path) -> None:
    _wait_for(packed / "english.xz")
    unpack(packed / "english.xz", plan.root)
    count = [] if plan.count is None else ["--count", plan.count]
    _call(
        back_translation.main,
        *("--model", plan.root / "reverse" / "model", "--work", plan.root / "back-translation"),
        *("--sentences", plan.root / "english.txt", "--device", plan.device, *count),
    )


def _compare(plan: Run, name: str) -> None:
    """A short translator without, or one of as many steps with back-translation."""
    work = _forward_work(plan, name)
    pairs = seq2seq.EncodedPairs.load(work / "train.npz")
    if name == "without":
        steps = _steps(plan, name, pairs, lambda: _new(plan, plan.size))
    else:
        steps = json.loads((plan.root / "without" / "run.json").read_text(encoding="utf-8"))["steps"]
    _train(plan, work, steps, *_shape(plan.size), *(_written(plan) if name == "with" else ()))
    _judge(plan, name)


def _translator(plan: Run) -> None:
    work = _forward_work(plan, "translator")
    pairs = seq2seq.EncodedPairs.load(work / "train.npz")
    pairs = pairs.joined(seq2seq.EncodedPairs.load(plan.root / "back-translation" / "pairs.npz"))
    steps = _steps(plan, "translator", pairs, lambda: _new(plan, plan.size))
    _train(plan, work, steps, *_shape(plan.size), *_written(plan))
    _judge(plan, "translator")


def _news(plan: Run) -> None:
    work, start = plan.root / "news", plan.root / "translator" / "model"
    pairs = seq2seq.EncodedPairs.load(work / "train.npz")
    written = seq2seq.EncodedPairs.load(plan.root / "back-translation" / "pairs.npz")
    pairs = pairs.joined(written, most=NEWS_BACK_TRANSLATED)
    steps = _steps(plan, "news", pairs, lambda: seq2seq.load_model(start, dropout=0.1))
    most = ("--most-back-translated", NEWS_BACK_TRANSLATED)
    rate = ("--learning-rate", plan.news_rate, "--warmup", 20, "--cooldown", 0.95, "--short-first", 0)
    _train(plan, work, steps, "--start", start, *_written(plan), *most, *rate)
    _judge(plan, "news")


def _forward_work(plan: Run, name: str) -> Path:
    """A work folder of its own over the forward pairs."""
    work = plan.root / name
    work.mkdir(exist_ok=True)
    for file in ("train.npz", "held_out.npz", "source.spm", "mixture.json"):
        if not (work / file).exists():
            shutil.copy(plan.root / "forward" / file, work / file)
    return work


def _written(plan: Run) -> tuple[object, ...]:
    return ("--back-translated", plan.root / "back-translation" / "pairs.npz")


def _shape(size: tuple[int, int]) -> tuple[object, ...]:
    return ("--d-model", size[0], "--feed-forward", size[1])


def _new(plan: Run, size: tuple[int, int]) -> Any:
    pieces = len(sentencepiece.SentencePieceProcessor(model_file=str(plan.spm)))
    shape = seq2seq.Size(d_model=size[0], feed_forward=size[1], heads=size[0] // 64)
    return seq2seq.build_model(shape, vocabulary=pieces, seed=1, dropout=0.1)


def _train(plan: Run, work: Path, steps: int, *extra: object) -> None:
    """The translator's recipe, with what all stages share; options in `extra` win."""
    shared = ("--work", work, "--output", work / "model", "--spm", plan.spm, "--device", plan.device)
    amount = ("--batch-tokens", plan.batch_tokens, "--steps", steps, "--dropout", 0.1, "--seed", 5)
    rate = ("--learning-rate", plan.learning_rate, "--warmup", min(200, steps // 4), "--short-first", min(100, steps))
    _call(translator.main, *shared, *amount, *rate, "--unscored", *extra)


def _call(program: Callable[[Sequence[str]], None], *arguments: object) -> None:
    program([str(argument) for argument in arguments])


def _steps(plan: Run, stage: str, pairs: seq2seq.EncodedPairs, model: Callable[[], Any]) -> int:
    """How many steps fit into what is left of the stage's time, by the speed of a few in a folder of their own."""
    if plan.steps is not None:
        return plan.steps
    schedule = seq2seq.Schedule(
        steps=10 * _MEASURED,
        batch_tokens=plan.batch_tokens,
        learning_rate=1e-6,
        dropout=0.1,
    )
    work = plan.root / "measured" / stage
    shutil.rmtree(work, ignore_errors=True)
    seq2seq.train(model(), pairs, schedule=schedule, work=work, device=plan.device, stop_after=_MEASURED)
    lines = (work / "log.jsonl").read_text(encoding="utf-8").splitlines()
    speed = json.loads(lines[-1])["tokens_per_second"]
    batches = seq2seq.batches(pairs, batch_tokens=plan.batch_tokens, epoch=0, seed=1)
    mean = sum(pairs.tokens(1, rows) for _, rows in batches) / len(batches)
    steps = max(_MEASURED, int(0.95 * max(0.0, plan.left(stage)) * speed / mean))
    print(f"{stage}: {speed:,} target tokens/s, {mean:,.0f} a step: {steps} steps", flush=True)
    return steps


def _judge(plan: Run, stage: str) -> None:
    """Write the greedy outputs of the development sets below `root`/outputs."""
    processor = sentencepiece.SentencePieceProcessor(model_file=str(plan.spm))
    model = seq2seq.load_model(plan.root / stage / "model").to(plan.device)
    folder = plan.root / "outputs"
    folder.mkdir(exist_ok=True)
    for path in sorted((plan.root / "sets").glob("*.de")):
        lines = path.read_text(encoding="utf-8").splitlines()[: plan.count]
        written = decoding.greedy(model, [ids[:_LONGEST] for ids in processor.encode(lines)])
        texts = [" ".join(text.split()) for text in processor.decode(written)]
        (folder / f"{stage}.{path.stem}.en").write_text("\n".join(texts) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Pack or run by the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    packing = commands.add_parser("pack", help="prepare, where the corpora are")
    packing.add_argument("--data", type=Path, default=Path("../shared/data"))
    packing.add_argument("--work", type=Path, default=Path(".work/staged"))
    packing.add_argument("--spm", type=Path, default=Path("models/translator-de-en/source.spm"))
    packing.add_argument("--seed", type=int, default=5)
    running = commands.add_parser("run", help="train, from what was packed")
    running.add_argument("--packed", type=Path, required=True)
    running.add_argument("--root", type=Path, required=True, help="folder for everything the run writes")
    running.add_argument("--seconds", type=float, default=650)
    running.add_argument("--batch-tokens", type=int, default=65_536)
    running.add_argument("--steps", type=int, help="of every stage, instead of as many as fit")
    running.add_argument("--reverse", type=int, nargs=2, default=(512, 2048), help="width and feed-forward")
    running.add_argument("--size", type=int, nargs=2, default=(384, 1536), help="width and feed-forward")
    running.add_argument("--count", type=int, help="at most so many sentences and development lines")
    running.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args(arguments)
    if options.command == "pack":
        for path in pack(options.data, options.work, spm=options.spm, seed=options.seed):
            print(f"{path}: {path.stat().st_size / 2**20:.1f} MiB")
        return
    plan = Run(
        root=options.root,
        seconds=options.seconds,
        started=time.time(),
        device=options.device,
        batch_tokens=options.batch_tokens,
        steps=options.steps,
        reverse=tuple(options.reverse),
        size=tuple(options.size),
        count=options.count,
    )
    run(options.packed, plan)


if __name__ == "__main__":
    main(sys.argv[1:])
