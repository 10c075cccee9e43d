"""How well a translator stands what people really paste, and obeys wanted terms: the sets in eval/data.

python -m models.recipes.robustness_scores --model models/translator-de-en --output .work/translator/robustness.json
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sacrebleu

from models.recipes import terms
from toolkit import store
from toolkit.control import PLACEHOLDER
from toolkit.engines import EngineSettings, GenerationOptions, Seq2SeqEngine, load_seq2seq
from toolkit.translation import Translator

FOLDER = Path("eval/data")
BEAM = 4
# A German noun's inflected form begins like its lemma; umlaut plurals are rare among the terms.
_STEM = 2


def robustness(translator: Translator, rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """For each kind chrF of the disturbed and of the clean text against one reference; for copies the share kept."""
    report: dict[str, dict[str, float]] = {}
    for kind in dict.fromkeys(row["kind"] for row in rows):
        chosen = [row for row in rows if row["kind"] == kind]
        outputs = {
            side: [" ".join(result.text.split()) for result in translator.translate_many(row[side] for row in chosen)]
            for side in ("de", "de_clean")
        }
        references = [[row["en"] for row in chosen]]
        scores = {side: sacrebleu.CHRF().corpus_score(texts, references).score for side, texts in outputs.items()}
        report[kind] = {"sentences": len(chosen), "chrf": scores["de"], "chrf_clean": scores["de_clean"]}
        kept = [(keep, text) for row, text in zip(chosen, outputs["de"], strict=True) for keep in row.get("keep", ())]
        if kept:
            report[kind]["kept"] = sum(keep in text for keep, text in kept) / len(kept)
    return report


def wanted_terms(engine: Seq2SeqEngine, rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Share of the sentences whose output has the wanted term, without and with it in the source; chrF of both.

    Also the share of placeholders, put where the term stood, that come out once.
    """
    found = [(row, span) for row in rows if (span := _occurrence(row["de"], row["source_term"]))]
    options = GenerationOptions(beam=BEAM)
    references = [[row["en"] for row, _ in found]]
    report: dict[str, float] = {"sentences": len(found)}
    replacements = {
        "plain": [row["de"] for row, _ in found],
        "term": [row["de"][:a] + terms.marked(row["target_term"]) + row["de"][b:] for row, (a, b) in found],
        "placeholder": [row["de"][:a] + PLACEHOLDER + row["de"][b:] for row, (a, b) in found],
    }
    for name, sources in replacements.items():
        outputs = [output.text for output in engine.generate(sources, options=options)]
        if name == "placeholder":
            report["placeholder_kept"] = sum(text.count(PLACEHOLDER) == 1 for text in outputs) / len(outputs)
            continue
        applied = [any(form in text for form in row["forms"]) for (row, _), text in zip(found, outputs, strict=True)]
        report[f"{name}_applied"] = sum(applied) / len(applied)
        report[f"{name}_chrf"] = sacrebleu.CHRF().corpus_score(outputs, references).score
    return report


def _occurrence(text: str, term: str) -> tuple[int, int] | None:
    """Where a term stands in a text, its ending inflected or not."""
    *first, last = term.split()
    stem = last[: max(4, len(last) - _STEM)]
    words = [re.escape(word[: max(4, len(word) - _STEM)]) + r"\w*" for word in first] + [re.escape(stem) + r"\w*"]
    found = re.search(r"\b" + r"\s+".join(words), text)
    return found.span() if found else None


def write_scores(model: Path, *, path: Path, data: Path = FOLDER) -> dict[str, Any]:
    """Score the folder and write the report to `path`."""

    def rows(name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (data / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]

    translator = Translator(model, options=GenerationOptions(beam=BEAM))
    engine = load_seq2seq(store.resolve(model, task="translation"), EngineSettings())
    report = {"robustness": robustness(translator, rows("robustness")), "terms": wanted_terms(engine, rows("glossary"))}
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report


def main() -> None:
    """Score by the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=Path("models/translator-de-en"))
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    print(json.dumps(write_scores(options.model, path=options.output), indent=1))


if __name__ == "__main__":
    main()
