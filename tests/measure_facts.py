"""Measure the fact checks: `python tests/measure_facts.py newstest2018.de newstest2018.en`.

Prints, per kind, the share of sentence pairs with a finding (given human references: false alarms, apart from what the
reference really changed), the share of the planted slips in eval/data that are found, and the time for a pair.
With `--translate N`, the shipped translator translates the first N sentences, and the share of sentences with
numbers that keep all of them is printed for its output and for the reference.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from toolkit import facts
from toolkit.facts import quantities, times
from toolkit.facts.sentence import read

SLIPS = Path(__file__).parent.parent / "eval" / "data" / "fact-slips.jsonl"
NUMERIC = frozenset({"number", "date", "time"})
"""The kinds that a number may belong to."""

Pairs = Sequence[tuple[str, str]]


def slips() -> list[dict[str, str]]:
    """The planted slips: kind, German, good English, English with one slip, and whether made by hand or by rule."""
    return [json.loads(line) for line in SLIPS.read_text(encoding="utf-8").splitlines()]


def alarms(pairs: Pairs) -> Counter[str]:
    """How many pairs have a finding of each kind, and of any."""
    found: Counter[str] = Counter()
    for source, translation in pairs:
        kinds = {finding.kind for finding in facts.check(source, translation)}
        found.update(kinds)
        found["any"] += bool(kinds)
    return found


def recall() -> dict[str, tuple[int, int]]:
    """Per kind: slips with a finding of that kind, and all slips."""
    hits: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for slip in slips():
        total[slip["kind"]] += 1
        hits[slip["kind"]] += any(finding.kind == slip["kind"] for finding in facts.check(slip["de"], slip["slip"]))
    return {kind: (hits[kind], total[kind]) for kind in facts.KINDS}


def seconds_per_pair(pairs: Pairs) -> float:
    """Processor time of one check, when the words have been seen before."""
    start = time.process_time()
    for source, translation in pairs:
        facts.check(source, translation)
    return (time.process_time() - start) / len(pairs)


def has_numbers(source: str) -> bool:
    """Whether a German sentence holds a number or time that calls for a counterpart."""
    sentence = read(source, "de")
    clocks = times.times(sentence)
    return bool(clocks) or any(number.is_certain for number in quantities.quantities(sentence, clocks))


def numbers_kept(pairs: Iterable[tuple[str, str]]) -> tuple[int, int]:
    """Sentences whose numbers, dates and times are all right in the translation, and all sentences that hold some."""
    kept = total = 0
    for source, translation in pairs:
        if has_numbers(source):
            total += 1
            kept += not any(finding.kind in NUMERIC for finding in facts.check(source, translation))
    return kept, total


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} % ({part}/{whole})"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure the fact checks on a German text and its English reference.")
    parser.add_argument("german", type=Path)
    parser.add_argument("english", type=Path)
    parser.add_argument("--translate", type=int, default=0, metavar="N", help="also translate the first N sentences")
    arguments = parser.parse_args()
    german, english = (path.read_text(encoding="utf-8").splitlines() for path in (arguments.german, arguments.english))
    pairs = list(zip(german, english, strict=True))
    found, caught = alarms(pairs), recall()
    sys.stdout.write("| kind | sentence pairs with a finding | slips found |\n|---|---:|---:|\n")
    for kind in facts.KINDS:
        sys.stdout.write(f"| {kind} | {_share(found[kind], len(pairs))} | {_share(*caught[kind])} |\n")
    hits, total = (sum(column) for column in zip(*caught.values(), strict=True))
    sys.stdout.write(f"| any | {_share(found['any'], len(pairs))} | {_share(hits, total)} |\n\n")
    sys.stdout.write(f"{1e6 * seconds_per_pair(pairs):.0f} µs a pair\n")
    sys.stdout.write(f"numbers right in the reference: {_share(*numbers_kept(pairs))}\n")
    if arguments.translate:
        import toolkit

        first = pairs[: arguments.translate]
        translator = toolkit.Translator()
        start = time.process_time()
        outputs = [translation.text for translation in translator.translate_many(source for source, _ in first)]
        seconds = (time.process_time() - start) / len(first)
        translated = [(source, output) for (source, _), output in zip(first, outputs, strict=True)]
        sys.stdout.write(f"{1e6 * seconds:.0f} µs of processor time to translate a sentence\n")
        sys.stdout.write(f"the first {len(first)}: reference {_share(*numbers_kept(first))}\n")
        sys.stdout.write(f"the first {len(first)}: translator {_share(*numbers_kept(translated))}\n")
        sys.stdout.write(f"the first {len(first)}: any finding {_share(alarms(translated)['any'], len(first))}\n")


if __name__ == "__main__":
    main()
