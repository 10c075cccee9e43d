"""What a glossary does: the share of its terms that is applied, and what it costs in sentences it was not written for.

python -m models.recipes.glossary_scores --data ../shared/data --output .work/translator/glossary.json

Reads eval/data/glossary.jsonl, newstest2021 and FLORES dev. Needs `pip install 'klartext[eval]'`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval import contrast, terminology
from eval.examples import Example
from models.recipes.rescue_scores import Remembering
from models.recipes.translation_scores import DevelopmentSet, read_set, scores
from toolkit import store
from toolkit.engines import EngineSettings, load_seq2seq
from toolkit.glossary import Glossary
from toolkit.translation import Translator

SETS = ("newstest2021", "flores-dev")


def applied(examples: Sequence[Example], translator: Translator) -> dict[str, int]:
    """Sentences whose translation has a form of the wanted term: without the glossary, with it, and as it reports."""
    counts = {"sentences": len(examples), "plain": 0, "applied": 0, "reported": 0}
    for example, (output, translation) in zip(examples, terminology.outputs(examples, translator), strict=True):
        (forms,) = example.expects
        counts["plain"] += any(contrast.occurs(form, output["plain"]) for form in forms)
        counts["applied"] += any(contrast.occurs(form, output["translation"]) for form in forms)
        uses = [use for segment in translation.segments for use in segment.terms]
        counts["reported"] += bool(uses) and all(use.is_applied for use in uses)
    return counts


def elsewhere(development: DevelopmentSet, translator: Translator, glossary: Glossary) -> dict[str, Any]:
    """BLEU and chrF of a set with the glossary and without, and how many of its lines a term occurs in."""
    report: dict[str, Any] = {
        "lines": len(development.source),
        "with a term": sum(bool(glossary.find(line)) for line in development.source),
    }
    outputs = {}
    for name, terms in (("plain", Glossary()), ("glossary", glossary)):
        translations = translator.variant(glossary=terms).translate_many(development.source)
        outputs[name] = [" ".join(translation.text.split()) for translation in translations]
        report[name] = scores(outputs[name], development.references)
    report["changed"] = sum(a != b for a, b in zip(*outputs.values(), strict=True))
    return report


def write_scores(model: Path, data: Path, *, path: Path) -> dict[str, Any]:
    """Score the folder and write the report to `path`."""
    # What no term stands in is remembered: it is the same with the glossary and without.
    engine = Remembering(load_seq2seq(store.resolve(model, task="translation"), EngineSettings()))
    translator = Translator(model, engine=engine)
    examples = terminology.data().examples
    glossary = terminology.glossary(examples)
    report = {
        "terms": len(glossary.entries),
        "applied": applied(examples, translator),
        "elsewhere": {name: elsewhere(read_set(data, name), translator, glossary) for name in SETS},
    }
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report


def table(report: dict[str, Any]) -> str:
    """A section on the glossary for the translator's card."""
    shares = report["applied"]
    lines = [
        "## Glossary",
        f"A glossary of {report['terms']} terms (toolkit/terms.py), by `models/recipes/glossary_scores.py`:",
        f"{shares['applied']} of {shares['sentences']} sentences with a term (eval/data/glossary.jsonl) have it as",
        f"wanted, {shares['plain']} without the glossary. On texts that it was not written for:",
        "",
        "| | lines | with a term | changed | BLEU without | with | difference | chrF without | with |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, row in report["elsewhere"].items():
        plain, told = row["plain"], row["glossary"]
        lines.append(
            f"| {name} | {row['lines']:,} | {row['with a term']} | {row['changed']} | {plain['bleu']:.2f} "
            f"| {told['bleu']:.2f} | {told['bleu'] - plain['bleu']:+.2f} | {plain['chrf']:.2f} | {told['chrf']:.2f} |"
        )
    return "\n".join([*lines, "", ""])


def main() -> None:
    """Score by the options of the command line; print the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=Path("models/translator-de-en"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    print(table(write_scores(options.model, options.data, path=options.output)))


if __name__ == "__main__":
    main()
