"""Speed and memory of the shipped models on this machine: ratios of systems measured in one run."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval import articles, systems
from toolkit import files
from toolkit.errors import InputError
from toolkit.pipeline import Pipeline

SLOW = "transformers generate, sentence by sentence"
REFERENCE = "klartext, CTranslate2 int8"
_DIGESTS = 200
_THREADS = 24


@dataclass(frozen=True, slots=True)
class SystemResult:
    """One way to translate the same sentences."""

    name: str
    words_per_second: float
    """Source words, median of the passes."""
    load_seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class ChainResult:
    """The whole chain on one article."""

    words: int
    warm_ms: tuple[float, float]
    """Median and 95th percentile."""
    cold_seconds: float
    """A fresh process, models converted before; median of three."""
    threads_identical: bool
    """Whether many threads through one Pipeline gave exactly the sequential digests."""
    growth_mb: float
    """Resident memory after the last of many digests less that after the tenth part of them."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything measured, and on what."""

    machine: str
    sentences: int
    words: int
    systems: tuple[SystemResult, ...]
    chain: ChainResult


def run(*, article: Path | None, sentences: int, rounds: int) -> Report:
    """Measure every system in a process of its own, then the chain."""
    if sentences < 1 or rounds < 1:
        raise InputError(f"sentences and rounds must be at least 1, got {sentences} and {rounds}")
    german = list(dict.fromkeys(pair[0] for text in articles.read_articles() for pair in text.sentences))[:sentences]
    words = sum(len(sentence.split()) for sentence in german)
    measured: dict[str, list[tuple[float, SystemResult]]] = {}
    # Round after round through all systems, so that a noisy minute does not hit one of them alone.
    for turn in range(rounds):
        for name in systems.SYSTEMS:
            if turn and name == SLOW:
                continue
            print(f"round {turn + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
            out = _measure(name, german)
            seconds = min(out["passes"])
            measured.setdefault(name, []).append(
                (seconds, SystemResult(name, words / seconds, out["load"], out["peak_mb"]))
            )
    results = tuple(
        SystemResult(
            name=name,
            words_per_second=statistics.median(result.words_per_second for _, result in found),
            load_seconds=statistics.median(result.load_seconds for _, result in found),
            peak_mb=statistics.median(result.peak_mb for _, result in found),
        )
        for name, found in measured.items()
    )
    return Report(_machine(), len(german), words, results, _chain(article))


def _measure(name: str, german: list[str]) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "eval.systems", name, "1"],
        input=json.dumps(german),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise InputError(f"{name}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}")
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def _chain(article: Path | None) -> ChainResult:
    path = article or Path(__file__).parent.parent / "toolkit" / "demo" / "article.de.txt"
    text = files.read_text(path)
    print("the chain: cold starts", file=sys.stderr, flush=True)
    cold = []
    with tempfile.TemporaryFile() as sink:
        subprocess.run([sys.executable, "-m", "toolkit", "digest", str(path)], stdout=sink, stderr=sink, check=True)  # noqa: S603
        for _ in range(3):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-m", "toolkit", "digest", str(path)], stdout=sink, stderr=sink, check=True)  # noqa: S603
            cold.append(time.perf_counter() - started)
    pipeline = Pipeline()
    expected = pipeline.run(text)
    print(f"the chain: {_DIGESTS} digests in a row", file=sys.stderr, flush=True)
    warm, early = [], 0.0
    for i in range(_DIGESTS):
        started = time.perf_counter()
        pipeline.run(text)
        warm.append((time.perf_counter() - started) * 1000)
        if i == _DIGESTS // 10:
            early = _resident_megabytes()
    growth = _resident_megabytes() - early
    print(f"the chain: {_THREADS} threads at once", file=sys.stderr, flush=True)
    same: list[bool] = []
    workers = [threading.Thread(target=lambda: same.append(pipeline.run(text) == expected)) for _ in range(_THREADS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return ChainResult(
        words=len(text.split()),
        warm_ms=(statistics.median(warm), statistics.quantiles(warm, n=20)[18]),
        cold_seconds=statistics.median(cold),
        threads_identical=len(same) == _THREADS and all(same),
        growth_mb=growth,
    )


def _resident_megabytes() -> float:
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return systems.peak_megabytes()


def _machine() -> str:
    from importlib.metadata import version

    packages = ", ".join(f"{name} {version(name)}" for name in ("ctranslate2", "torch", "transformers"))
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


def to_json(report: Report) -> str:
    """The report as one JSON object."""
    return json.dumps(asdict(report), indent=1)


def to_table(report: Report) -> str:
    """The report as two Markdown tables."""
    reference = next(result for result in report.systems if result.name == REFERENCE)
    lines = [
        f"{report.machine}; {report.sentences} sentences, {report.words} words, beam {systems.BEAM}",
        "",
        "| translation | words/s | ours is × as fast | load s | peak MB |",
        "|---|---:|---:|---:|---:|",
    ]
    for result in report.systems:
        ratio = reference.words_per_second / result.words_per_second
        speed, load, memory = f"{result.words_per_second:,.0f}", f"{result.load_seconds:.2f}", f"{result.peak_mb:,.0f}"
        lines.append(f"| {result.name} | {speed} | {ratio:.2f} | {load} | {memory} |")
    chain = report.chain
    lines += [
        "",
        f"| digest of an article of {chain.words} words | |",
        "|---|---:|",
        f"| warm, median | {chain.warm_ms[0]:,.0f} ms |",
        f"| warm, 95th percentile | {chain.warm_ms[1]:,.0f} ms |",
        f"| cold process, median | {chain.cold_seconds:.2f} s |",
        f"| {_THREADS} threads give the sequential result | {'yes' if chain.threads_identical else 'NO'} |",
        f"| memory growth over {_DIGESTS} digests | {chain.growth_mb:+.1f} MB |",
    ]
    return "\n".join(lines)
