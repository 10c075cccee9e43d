"""Zero-shot in earnest: each development set with nothing learned from its source, and none of its labels' synonyms.

The encoder is all-MiniLM-L6-v2 as it came, the labels are read as klartext reads them, and the probabilities are
calibrated on the other sources: once with all their sections, and once without those that the set's labels name.
Beside it three floors: the label prior, keyword match, and what the encoder alone does with names in a template and
whole texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.recipes import topic_examples, topic_scores
from models.recipes.topic_examples import Example
from models.recipes.topic_scores import LabelledSet, Matrix, RememberingEncoder, Similarities
from toolkit.engines import EngineSettings
from toolkit.evidence import Anchors, Calibration
from toolkit.labels import NEWS_FIELDS, aspects, describe
from toolkit.topics import TopicClassifier

LEFT_OUT: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "agnews-2000": (None, ("business", "sports", "science", "technology", "politics")),
    "bbc-1000": ("bbc", ("business", "entertainment", "politics", "sports", "technology")),
    "newsapi-3000": ("newsapi", ("business", "entertainment", "health", "science", "sports", "technology")),
}
"""For each development set the source it comes from, if that is among the sources, and the sections it names."""

_WORD = re.compile(r"(?!(?:and|the|to|of|on)\b)\b[a-z]{2,}")
"""A word of a label, other than those that say nothing."""
_FULL_TEXT = 256
"""Tokens that all-MiniLM-L6-v2 reads of a text, the rest cut: sentence-transformers' setting for it."""


def open_encoder(folder: Path) -> RememberingEncoder:
    """The encoder of a model folder, on the engine klartext takes for it."""
    return RememberingEncoder(TopicClassifier(folder, settings=EngineSettings()).engine)


def similarities(engine: RememberingEncoder, examples: Sequence[Example]) -> Similarities:
    """Of held-out examples with their sections, named as a user would name them and read as klartext reads them."""
    template = Calibration()
    sections = sorted({example.section for example in examples})
    meanings = [describe(topic_examples.WORDINGS[section][0]) for section in sections]

    def embed(texts: Sequence[str]) -> Matrix:
        return np.asarray(engine.embed(texts), dtype=np.float64)

    anchors = Anchors([*meanings, *NEWS_FIELDS], template=template.template, embed=embed)
    found = anchors.similarities(embed([e.text for e in examples]), sharpness=template.sharpness)
    count = len(sections)
    truth = np.array([sections.index(example.section) for example in examples])
    return Similarities(truth, found[:, :count], found[:, count:], anchors.between()[:count, count:])


def calibrate(held_out: Mapping[str, Sequence[Example]], engine: RememberingEncoder) -> Calibration:
    """Fitted to held-out examples of several sources."""
    found = {name: similarities(engine, examples) for name, examples in held_out.items()}
    exclusive = [sims for name, sims in found.items() if topic_examples.SOURCES[name].is_exclusive]
    return topic_scores.fit(
        list(found.values()), exclusive=exclusive or list(found.values()), template=Calibration().template
    )


def without(
    held_out: Mapping[str, Sequence[Example]], name: str, *, sections_too: bool = True
) -> dict[str, list[Example]]:
    """The examples not of the source of the development set `name`, and of none of its sections."""
    source, sections = LEFT_OUT[name]
    kept = {
        other: [example for example in examples if not (sections_too and example.section in sections)]
        for other, examples in held_out.items()
        if other != source
    }
    return {other: examples for other, examples in kept.items() if len({example.section for example in examples}) > 1}


def score_all(
    engine: RememberingEncoder,
    held_out: Mapping[str, Sequence[Example]],
    data: Path,
    *,
    most: int | None = None,
) -> dict[str, Any]:
    """For each development set what the zero-shot classifier reaches, and what the floors do."""
    scores: dict[str, Any] = {}
    for name in topic_scores.SETS:
        found = topic_scores.read_development_set(data, name, most=most)
        rows = {}
        for title, sections_too in (("its source", False), ("its source and its labels", True)):
            kept = without(held_out, name, sections_too=sections_too)
            classifier = TopicClassifier(engine=engine, calibration=calibrate(kept, engine))
            rows[title] = topic_scores.score(classifier, found, described=True)
        scores[name] = {
            "zero_shot": rows,
            "floors": {
                "label prior": float(np.bincount(found.truth).max() / len(found.truth)),
                "keyword match": keyword_match(found),
                "plain similarity": plain_similarity(engine, found),
            },
        }
        print(name, scores[name], flush=True)
    return scores


def plain_similarity(engine: RememberingEncoder, found: LabelledSet) -> float:
    """Accuracy of the encoder alone: label names in the template, the beginning of each text as one passage."""
    texts = [cut(text, engine) for text in found.texts]
    prompts = [Calibration().template.replace("{}", label) for label in found.labels]
    best = (np.asarray(engine.embed(texts)) @ np.asarray(engine.embed(prompts)).T).argmax(axis=1)
    return float((best == np.array(found.truth)).mean())


def cut(text: str, engine: RememberingEncoder) -> str:
    """The words of a text that the encoder reads when it cuts the rest."""
    words = text.split()
    low, high = 0, len(words)
    while low < high:  # the most words that fit
        middle = (low + high + 1) // 2
        if engine.count_tokens([" ".join(words[:middle])])[0] <= _FULL_TEXT:
            low = middle
        else:
            high = middle - 1
    return " ".join(words[:low])


def keyword_match(found: LabelledSet) -> float:
    """Accuracy of the label whose own words, those of its aspects among them, occur most often in a text."""
    words = [
        {word for part in (label, *aspects(describe(label))) for word in _WORD.findall(part.lower())}
        for label in found.labels
    ]
    right = 0
    for text, truth in zip(found.texts, found.truth, strict=True):
        tokens = _WORD.findall(text.lower())
        hits = [sum(token in own for token in tokens) for own in words]
        right += hits.index(max(hits)) == truth
    return right / len(found.texts)
