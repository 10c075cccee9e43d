"""Measures of batch jobs that take minutes, to be run by hand.

python -m tests.measure_batch speed SENTENCES   German, one a line; against CTranslate2 by hand and generate
python -m tests.measure_batch memory RECORDS    with the fake engine, from record 10,000 on
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from toolkit.batch.destination import Destination
from toolkit.batch.job import Job, JobProgress, Totals
from toolkit.batch.worker import BatchWorker
from toolkit.engines import EngineSettings
from toolkit.tables import open_table

ROUNDS = 3
ONE_BY_ONE = 16
"""Sentences for the slow ones, taken evenly from all."""
SORTED = 64


def run_job(worker: BatchWorker, source: Path, target: Path, progress: JobProgress | None = None) -> None:
    """A whole batch job, files, journal and all, with a loaded worker."""
    destination = Destination(str(target))
    with destination.locked():
        job = Job(open_table(str(source), column="text"), worker, destination, version="measured", overwrite=True)
        job.run(progress or JobProgress())


# ---- speed


def generator_sorted(sentences: list[str]) -> Callable[[], None]:
    """transformers' generate in batches of 16, sorted by length."""
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    from toolkit import store

    folder = str(store.resolve(None, task="translation").folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float32).eval()
    ordered = sorted(sentences, key=len)

    def translate() -> None:
        with torch.inference_mode():
            for start in range(0, len(ordered), 16):
                inputs = tokenizer(ordered[start : start + 16], return_tensors="pt", padding=True)
                ids = model.generate(**inputs, num_beams=4, max_new_tokens=250)
                tokenizer.batch_decode(ids, skip_special_tokens=True)

    return translate


def speed(path: Path) -> None:
    """Words a second of wall and of CPU time, in turns within one process, and the ratios of neighbouring turns."""
    from eval import systems

    sentences = list(dict.fromkeys(line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()))
    by_hand = next(make for name, make in systems.TRANSLATIONS.items() if "by hand" in name)()
    one_by_one = next(make for name, make in systems.TRANSLATIONS.items() if "sentence by sentence" in name)
    few = sentences[:: max(1, len(sentences) // ONE_BY_ONE)]
    several = sentences[:: max(1, len(sentences) // SORTED)]
    by_hand(sentences[:8])
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.txt"), Path(folder, "out.jsonl")
        source.write_text("".join(f"{line}\n" for line in sentences), encoding="utf-8")
        ratios = []
        ours = 0.0
        for _ in range(ROUNDS):
            before = _rate("CTranslate2 by hand", lambda: by_hand(sentences), sentences)
            worker = BatchWorker()  # a new one, that remembers nothing of the round before
            worker.load()
            ours = _rate("batch job", partial(run_job, worker, source, target), sentences)
            after = _rate("CTranslate2 by hand", lambda: by_hand(sentences), sentences)
            ratios.append(2 * ours / (before + after))
        print(f"job / by hand: median {statistics.median(ratios):.2f} of {[round(ratio, 2) for ratio in ratios]}")
        print(f"job / generate, sorted: {ours / _rate('generate sorted', generator_sorted(several), several):.1f}")
        slow = one_by_one()
        print(f"job / generate, one by one: {ours / _rate('generate', lambda: slow(few), few):.1f}")


def _rate(name: str, work: Callable[[], object], sentences: list[str]) -> float:
    words = sum(len(each.split()) for each in sentences)
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name}: {words / wall:.0f} words/s ({words / cpu:.0f} a second of CPU)", flush=True)
    return words / wall


# ---- memory


class Memory(JobProgress):
    """The memory this process holds, noted every so many records."""

    def __init__(self, every: int) -> None:
        self._every, self._totals = every, Totals()
        self.megabytes: dict[int, float] = {}

    def start(self, totals: Totals) -> None:
        self._totals = totals

    def advance(self) -> None:
        reached = self._totals.done // self._every * self._every
        if reached and reached not in self.megabytes:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            self.megabytes[reached] = pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure_memory(records: int, every: int) -> dict[int, float]:
    """Megabytes held after every so many records of a job with the fake engine."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "in.txt")
        with source.open("w", encoding="utf-8") as file:
            # Long enough for the language to be looked at, as in any real job.
            file.writelines(f"Das Haus mit der Nummer {number} steht noch.\n" for number in range(records))
        memory = Memory(every)
        run_job(BatchWorker(settings=EngineSettings(engine="fake")), source, Path(folder, "out.jsonl"), memory)
        return memory.megabytes


def main(arguments: list[str]) -> None:
    """Measure what is asked for."""
    if arguments[0] == "speed":
        speed(Path(arguments[1]))
    else:
        records = int(arguments[1])
        held = measure_memory(records, max(1, records // 20))
        for done, megabytes in held.items():
            print(f"{done:>10,} records: {megabytes:.1f} MB")
        kept = [megabytes for done, megabytes in held.items() if done >= records // 20]
        print(f"from {kept[0]:.1f} to {kept[-1]:.1f} MB, at most {max(kept):.1f} MB: {kept[-1] / kept[0] - 1:+.1%}")


if __name__ == "__main__":
    main(sys.argv[1:])
