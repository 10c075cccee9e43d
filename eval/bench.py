"""Speed and memory of the shipped models on this machine: ratios of systems measured in one run."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from eval import articles, systems
from toolkit import files, store
from toolkit.errors import InputError
from toolkit.pipeline import Pipeline

SLOW = "transformers generate, sentence by sentence"
"""Measured in the first round alone: a round of it takes longer than all of the others'."""
REFERENCES = "klartext, CTranslate2 int8", "digest, CTranslate2 int8"
"""What the others' times are divided by: ours as it comes."""
FORMAT = 1
_DIGESTS = 200
_THREADS = 24


@dataclass(frozen=True, slots=True)
class SystemResult:
    """One way to translate, or to digest, the same texts; each figure is the median of the rounds."""

    name: str
    words_per_second: float
    """Source words, all sentences in one call; for a digest over all articles, one after the other."""
    article_ms: tuple[float, float]
    """Median and 95th percentile over the articles, each by itself."""
    start_seconds: float
    """From the start of a fresh process to the first answer; models were converted before."""
    peak_mb: float


@dataclass(frozen=True, slots=True)
class SteadyResult:
    """One Pipeline used for long and by many."""

    digests: int
    """One after the other, of one article."""
    growth_mb: float
    """Resident memory after the last of them less that after the tenth part of them."""
    threads: int
    threads_identical: bool
    """Whether that many threads at once got exactly the digest of one alone."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything measured, and on what."""

    machine: str
    models: dict[str, str]
    """SHA-256 by name."""
    rounds: int
    sentences: int
    words: int
    """Of these sentences."""
    articles: int
    article_words: int
    """The median article's."""
    translations: tuple[SystemResult, ...]
    digests: tuple[SystemResult, ...]
    steady: SteadyResult


def run(*, article: Path | None, sentences: int, rounds: int, article_count: int, digests: int = _DIGESTS) -> Report:
    """Measure every system in a process of its own, round after round, then one Pipeline for long.

    The articles are the first `article_count` of our own, or `article` alone.
    """
    for name, value in (("sentences", sentences), ("rounds", rounds), ("articles", article_count)):
        if value < 1:
            raise InputError(f"--{name} must be at least 1, got {value}")
    own = articles.read_articles()
    german = list(dict.fromkeys(pair[0] for text in own for pair in text.sentences))[:sentences]
    texts = [text.german for text in own[:article_count]] if article is None else [files.read_text(article)]
    split = [[german for german, _ in text.sentences] for text in own[:article_count]]
    if article is not None:
        from toolkit.segmentation import read_document

        split = [[segment.text for segment in read_document(texts[0]).segments]]
    if not all(split):
        raise InputError(f"{article} has no sentence to translate: give a German text")
    _convert(texts[0])
    measured: dict[str, list[systems.Measurement]] = {}
    # Round after round through all systems, so that a noisy minute does not hit one of them alone.
    for turn in range(rounds):
        for name in (*systems.TRANSLATIONS, *systems.DIGESTS):
            if turn and name == SLOW:
                continue
            print(f"round {turn + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
            translates = name in systems.TRANSLATIONS
            measured.setdefault(name, []).append(
                _measure(name, split if translates else texts, german if translates else [])
            )
    words, article_words = _words(german), [len(text.split()) for text in texts]
    return Report(
        machine=_machine(),
        models={model.name: model.checksum for model in store.shipped()},
        rounds=rounds,
        sentences=len(german),
        words=words,
        articles=len(texts),
        article_words=round(statistics.median(article_words)),
        translations=tuple(_summarise(name, measured[name], words) for name in systems.TRANSLATIONS),
        digests=tuple(_summarise(name, measured[name], sum(article_words)) for name in systems.DIGESTS),
        steady=_steady(texts[0], digests),
    )


def _words(sentences: Sequence[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)


def _convert(text: str) -> None:
    """Let every engine prepare its models once, so that no system's start pays for it."""
    print("preparing the models", file=sys.stderr, flush=True)
    for name in systems.DIGESTS:
        _measure(name, [text], [])


def _measure(name: str, texts: Sequence[object], sentences: list[str]) -> systems.Measurement:
    work = {"started": time.time(), "texts": texts, "sentences": sentences}
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "eval.systems", name],
        input=json.dumps(work),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise InputError(f"{name}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}")
    found = json.loads(done.stdout)
    return systems.Measurement(**{**found, "text_seconds": tuple(found["text_seconds"])})


def _summarise(name: str, rounds: Sequence[systems.Measurement], words: int) -> SystemResult:
    # Each article's median over the rounds first: a moment's noise is no slow article.
    article_seconds = [statistics.median(times) for times in zip(*(one.text_seconds for one in rounds), strict=True)]
    seconds = statistics.median(one.seconds or sum(one.text_seconds) for one in rounds)
    return SystemResult(
        name=name,
        words_per_second=words / seconds,
        article_ms=(percentile(article_seconds, 50) * 1000, percentile(article_seconds, 95) * 1000),
        start_seconds=statistics.median(one.start_seconds for one in rounds),
        peak_mb=statistics.median(one.peak_mb for one in rounds),
    )


def percentile(values: Sequence[float], share: int) -> float:
    """The value below which `share` percent lie, interpolated between neighbours as numpy does."""
    import numpy as np

    return float(np.percentile(values, share))


def _steady(text: str, digests: int) -> SteadyResult:
    pipeline = Pipeline()
    expected = pipeline.run(text)
    print(f"one pipeline: {digests} digests in a row", file=sys.stderr, flush=True)
    early = _resident_megabytes()
    for i in range(digests):
        pipeline.run(text)
        if i == digests // 10:
            early = _resident_megabytes()
    growth = _resident_megabytes() - early
    print(f"one pipeline: {_THREADS} threads at once", file=sys.stderr, flush=True)
    same: list[bool] = []
    workers = [threading.Thread(target=lambda: same.append(pipeline.run(text) == expected)) for _ in range(_THREADS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return SteadyResult(digests, growth, _THREADS, len(same) == _THREADS and all(same))


def _resident_megabytes() -> float:
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return systems.peak_megabytes()


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("ctranslate2", "torch", "transformers"))
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


def to_json(report: Report) -> str:
    """The report as one JSON object."""
    return json.dumps({"format": FORMAT, **asdict(report)}, indent=1)


def read_report(path: str | Path) -> Report:
    """The report in a file. Raises InputError for a file that is missing, damaged or of another format."""
    remedy = "make it anew with `python -m eval bench --json -o FILE`"
    try:
        record = json.loads(files.read_text(path))
        if record.pop("format") != FORMAT:
            raise ValueError(f"expected format {FORMAT}")
        for kind in ("translations", "digests"):
            record[kind] = tuple(_system(system) for system in record[kind])
        return Report(**{**record, "steady": SteadyResult(**record["steady"])})
    except InputError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} is no file of bench results ({error}): {remedy}") from None


def _system(record: dict[str, Any]) -> SystemResult:
    return SystemResult(**{**record, "article_ms": tuple(record["article_ms"])})


def to_table(report: Report) -> str:
    """The report as Markdown."""
    steady = report.steady
    rounds, sentences = _count(report.rounds, "round"), _count(report.sentences, "sentence")
    measured = (
        f"Words: {report.words:,} in {sentences} in one call. Articles: {report.articles}, median "
        f"{report.article_words} words, each by itself."
    )
    threads = "identical" if steady.threads_identical else "DIFFER"
    endured = (
        f"{steady.digests} digests in a row through one pipeline: memory {steady.growth_mb:+.1f} MB. "
        f"{steady.threads} threads at once: results {threads}."
    )
    lines = [
        f"{report.machine}. Median of {rounds} through all systems, each in a process of its own; beam {systems.BEAM}.",
        "",
        *_rows("translation", report.translations),
        "",
        measured,
        "",
        *_rows("translation, summary and topics", report.digests),
        "",
        endured,
    ]
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _rows(what: str, results: Sequence[SystemResult]) -> list[str]:
    ours = next(result for result in results if result.name in REFERENCES)
    return [
        f"| {what} | words/s | ours is × as fast | article, p50 ms | p95 ms | start s | × ours | peak MB | × ours |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {result.name} | {result.words_per_second:,.0f} | {ours.words_per_second / result.words_per_second:.2f} "
            f"| {result.article_ms[0]:,.0f} | {result.article_ms[1]:,.0f} "
            f"| {result.start_seconds:.2f} | {result.start_seconds / ours.start_seconds:.2f} "
            f"| {result.peak_mb:,.0f} | {result.peak_mb / ours.peak_mb:.2f} |"
            for result in results
        ),
    ]
