"""BLEU and chrF of a translator folder on the development sets, beside the peers' outputs, as one JSON object.

python -m models.recipes.translation_scores --model models/translator-de-en --output .work/translator/scores.json
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sacrebleu

from toolkit.engines import EngineSettings, GenerationOptions
from toolkit.translation import Translator

SETS = ("newstest2018", "newstest2021", "flores-dev")
PEERS = ("bergamot-tiny", "bergamot-base", "google", "microsoft")
GREEDY = 1
BEAM = 4
OTHER_BEAMS = (2, 8)
"""Scored on one set only, to show what the default beam is worth."""
BEAMS_SET = "newstest2021"


@dataclass(frozen=True, slots=True)
class DevelopmentSet:
    """German lines, and one or two references for each."""

    name: str
    source: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]
    peers: dict[str, tuple[str, ...]]


def read_set(data: Path, name: str) -> DevelopmentSet:
    """A development set by name."""
    folder = data / "dev" / "translation"

    def lines(suffix: str) -> tuple[str, ...] | None:
        path = folder / f"{name}.{suffix}"
        return tuple(path.read_text(encoding="utf-8").splitlines()) if path.exists() else None

    references = tuple(found for suffix in ("en", "refA.en", "refB.en") if (found := lines(suffix)))
    peers = {peer: found for peer in PEERS if (found := lines(f"peer-{peer}.en"))}
    return DevelopmentSet(name, lines("de") or (), references, peers)


def scores(outputs: list[str] | tuple[str, ...], references: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
    """BLEU and chrF with sacrebleu's signatures."""
    bleu, chrf = sacrebleu.BLEU(), sacrebleu.CHRF()
    sides = [list(reference) for reference in references]
    return {
        "bleu": round(bleu.corpus_score(list(outputs), sides).score, 2),
        "chrf": round(chrf.corpus_score(list(outputs), sides).score, 2),
        "signatures": [str(bleu.get_signature()), str(chrf.get_signature())],
    }


def translate_lines(model: Path, lines: tuple[str, ...], *, precision: str, beam: int) -> tuple[list[str], float]:
    """The English of each line, one line each, and the seconds it took without loading."""
    translator = Translator(model, settings=EngineSettings(precision=precision), options=GenerationOptions(beam=beam))
    started = time.perf_counter()
    outputs = [" ".join(translation.text.split()) for translation in translator.translate_many(lines)]
    return outputs, time.perf_counter() - started


def main() -> None:
    """Score by the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=Path("models/translator-de-en"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS)
    parser.add_argument("--quick", action="store_true", help="only int8 with the default beam")
    parser.add_argument("--ablation", metavar="NAME", help="enter int8 beam 4 into ablations.json beside the output")
    options = parser.parse_args()

    report = write_scores(
        options.model, data=options.data, path=options.output, sets=options.sets, is_quick=options.quick
    )
    if options.ablation:
        path = options.output.parent / "ablations.json"
        steps = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        steps[options.ablation] = {name: rows[f"int8 beam {BEAM}"] for name, rows in report.items()}
        path.write_text(json.dumps(steps, indent=1) + "\n", encoding="utf-8")


def write_scores(
    model: Path, *, data: Path, path: Path, sets: Sequence[str] = SETS, is_quick: bool = False
) -> dict[str, Any]:
    """Score the folder on the sets, write the report to `path` and the outputs beside it."""
    report: dict[str, Any] = {}
    for name in sets:
        runs = [("int8", BEAM)]
        if not is_quick:
            runs += [("int8", GREEDY), ("float32", BEAM)]
            runs += [("int8", beam) for beam in OTHER_BEAMS if name == BEAMS_SET]
        development = read_set(data, name)
        words = sum(len(line.split()) for line in development.source)
        rows: dict[str, Any] = {}
        for precision, beam in runs:
            outputs, seconds = translate_lines(model, development.source, precision=precision, beam=beam)
            row = scores(outputs, development.references)
            rows[f"{precision} beam {beam}"] = {**row, "words_per_second": round(words / seconds)}
            listing = path.parent / f"{name}.{precision}-beam{beam}.en"
            listing.write_text("\n".join(outputs) + "\n", encoding="utf-8")
        rows["copy of the source"] = scores(development.source, development.references)
        for peer, outputs_of_peer in development.peers.items():
            rows[peer] = scores(outputs_of_peer, development.references)
        report[name] = rows
        print(name, json.dumps(rows, indent=1), flush=True)
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report


if __name__ == "__main__":
    main()
