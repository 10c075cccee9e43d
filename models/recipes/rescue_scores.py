"""What second attempts (toolkit/rescue.py) win and cost: all ways, each alone, and none, on development sets.

    python -m models.recipes.rescue_scores --data ../shared/data --output .work/translator/rescue.json
    python -m models.recipes.rescue_scores --data ../shared/data --cost

Reads the first lines of newstest2018 and FLORES dev. With --cost only what the checks of facts, the doubt and the
second attempts add to the time of the translation, part by part. Needs `pip install 'klartext[eval]'`.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from models.recipes.translation_scores import read_set, scores
from tests.measure_facts import numbers_kept
from toolkit import doubt, facts, rescue, store
from toolkit.documents import Translation
from toolkit.doubt import Doubt
from toolkit.engines import EngineSettings, Generation, GenerationOptions, Seq2SeqEngine, load_seq2seq
from toolkit.facts import KINDS
from toolkit.translation import Translator

SETS = ("newstest2018", "flores-dev")
LINES = 1000
NONE, ALL = "no second attempts", "all ways"
COST_LINES = 300
ROUNDS = 3
FACTS, DOUBT, RESCUE = "facts", "doubt", "second attempts"


class Remembering:
    """An engine that remembers what it made of each text, and the processor time that took."""

    def __init__(self, engine: Seq2SeqEngine) -> None:
        self._engine = engine
        self._known: dict[tuple[str, GenerationOptions], Generation] = {}
        self.seconds = 0.0

    @property
    def name(self) -> str:
        """That of the engine."""
        return self._engine.name

    @property
    def max_source_tokens(self) -> int:
        """That of the engine."""
        return self._engine.max_source_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Those of the engine."""
        return self._engine.count_tokens(texts)

    def generate(self, texts: Sequence[str], *, options: GenerationOptions) -> list[Generation]:
        """One output a text; what is not known is made, all together."""
        new = [text for text in dict.fromkeys(texts) if (text, options) not in self._known]
        started = time.process_time()
        for text, made in zip(new, self._engine.generate(new, options=options), strict=True):
            self._known[text, options] = made
        self.seconds += time.process_time() - started
        return [self._known[text, options] for text in texts]


def row(lines: Sequence[str], references: Sequence[str], translated: Sequence[Translation]) -> dict[str, Any]:
    """BLEU, chrF, and the sentences by what is found wrong in them."""
    segments = [segment for translation in translated for segment in translation.segments]
    found = Counter(kind for segment in segments for kind in {finding.kind for finding in segment.findings or ()})
    kept, numbered = numbers_kept((segment.source.text, segment.text) for segment in segments)
    outputs = [" ".join(translation.text.split()) for translation in translated]
    return {
        **scores(outputs, (tuple(references),)),
        "lines": len(lines),
        "sentences": len(segments),
        "findings": {kind: found[kind] for kind in KINDS},
        "with findings": sum(bool(segment.findings) for segment in segments),
        "loops": sum("loop" in segment.marks for segment in segments),
        "numbers right": kept,
        "with numbers": numbered,
        "rescued": sum("rescued" in segment.marks for segment in segments),
    }


def measure(model: Path, data: Path, name: str) -> dict[str, Any]:
    """A row for each choice of ways on the first lines of a set, and what share of the time second attempts add."""
    development = read_set(data, name)
    lines, references = development.source[:LINES], development.references[0][:LINES]
    loaded = load_seq2seq(store.resolve(model, task="translation"), EngineSettings(threads=1))
    engine = Remembering(loaded)
    translator = Translator(model, engine=engine)
    loaded.generate(lines[:8], options=translator.options)
    tried: list[str] = []

    def count(text: str, _first: object) -> Iterator[Any]:
        tried.append(text)
        yield from ()

    choices: dict[str, dict[str, Any]] = {NONE: {"decoded": count}, ALL: dict(rescue.WAYS)}
    choices |= {f"{way} alone": {way: make} for way, make in rescue.WAYS.items()}
    rows: dict[str, Any] = {}
    for choice, ways in choices.items():
        with mock.patch.dict(rescue.WAYS, ways, clear=True):
            started, before = time.process_time(), engine.seconds
            translated = list(translator.translate_many(lines))
            seconds = time.process_time() - started
        rows[choice] = row(lines, references, translated)
        if choice == NONE:
            rows[NONE]["seconds"] = seconds
        if choice == ALL:
            # First attempts are remembered: only second ones have taken time.
            rows[ALL]["tried"] = len(tried)
            rows[ALL]["time"] = 1 + (engine.seconds - before) / rows[NONE]["seconds"]
        print(name, choice, json.dumps(rows[choice]), flush=True)
    return rows


class Stopwatch:
    """The processor time spent in functions, each without what it spends in the others."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._running: list[str] = []
        self._since = 0.0

    def timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time counted to a part."""

        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            self._turn()
            self._running.append(part)
            try:
                return function(*args, **kwargs)
            finally:
                self._turn()
                self._running.pop()

        return run

    def _turn(self) -> None:
        now = time.process_time()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now


def cost(model: Path, data: Path, name: str) -> dict[str, float]:
    """The time of each part, as a share of the translation without any of them: medians over rounds that alternate.

    One thread, processor time: other programs on the machine weigh on both sides alike.
    """
    sources = read_set(data, name).source[:COST_LINES]
    translator = Translator(model, settings=EngineSettings(threads=1))
    list(translator.translate_many(sources))  # words seen before are not looked up again
    shares: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        with contextlib.ExitStack() as stack:
            for module, function, other in (
                (facts, "check", lambda *_: ()),
                (doubt, "estimate", lambda *_, **__: Doubt(0.0, ())),
                (rescue, "rescue", lambda *_, **__: None),
            ):
                stack.enter_context(mock.patch.object(module, function, other))
            bare = _seconds(translator, sources)
        watch = Stopwatch()
        with contextlib.ExitStack() as stack:
            for part, module, function in (
                (FACTS, facts, "check"),
                (DOUBT, doubt, "measure"),
                (DOUBT, doubt, "estimate"),
                (RESCUE, rescue, "rescue"),
            ):
                timed = watch.timed(part, getattr(module, function))
                stack.enter_context(mock.patch.object(module, function, timed))
            full = _seconds(translator, sources)
        for part in (FACTS, DOUBT, RESCUE):
            shares.setdefault(part, []).append(watch.seconds[part] / bare)
        shares.setdefault("all", []).append(full / bare - 1)
    return {part: round(statistics.median(each), 4) for part, each in shares.items()}


def _seconds(translator: Translator, sources: Sequence[str]) -> float:
    started = time.process_time()
    list(translator.translate_many(sources))
    return time.process_time() - started


def main() -> None:
    """Measure by the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=Path("models/translator-de-en"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--output", type=Path, help="where the figures go, as JSON")
    parser.add_argument("--cost", action="store_true", help="print the time of each part")
    options = parser.parse_args()
    if not (options.cost or options.output):
        parser.error("expected --output FILE, or --cost for the time of each part")
    if options.output:
        write_scores(options.model, options.data, path=options.output)
    if options.cost:
        for name in SETS:
            shares = cost(options.model, options.data, name)
            print(name, ", ".join(f"{part} {share:.1%}" for part, share in shares.items()))


def write_scores(model: Path, data: Path, *, path: Path) -> None:
    """Measure the folder and write the report to `path`."""
    report = {name: measure(model, data, name) for name in SETS}
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
