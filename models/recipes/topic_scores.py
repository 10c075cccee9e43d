"""Calibrating a topic encoder on held-out texts, and scoring a topic model on the development sets.

python -m models.recipes.topic_scores --data ../shared/data --model models/topics-en --output .work/topics/scores.json
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.engines import EngineSettings
from toolkit.evidence import Calibration
from toolkit.labels import read_labels
from toolkit.topics import TopicClassifier

Matrix = NDArray[np.float64]

SETS = {"agnews-2000": "AG News", "bbc-1000": "BBC", "newsapi-3000": "NewsAPI"}
"""The development sets and their names."""

NONE_SHARE = 0.05
"""Of the texts a calibration is fitted to, those whose label is off the list count this much: a caller's list mostly
fits."""
FITTING_SHARE = 0.25
"""Of the labels on a list, those that fit a text, multi-label: one in four."""
REFUSED = 0.87
"""Share of the held-out texts without their label for which the threshold makes it none of these."""
_SCALES = tuple(range(4, 61, 2))
_OFFSETS = tuple(step / 4 for step in range(-24, 25))
_NEARS = (0.4, 0.5, 0.6, 0.7, 0.8)
_FLOOR_PERCENTILE = 90
"""Of the similarities of texts to labels that are not theirs: what an unrelated text may reach."""
_BINS = 10


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Texts with one true label each, from a closed list."""

    name: str
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    truth: tuple[int, ...]
    """Index into `labels`, one a text."""


@dataclass(frozen=True, slots=True)
class _Task:
    """Texts and one list of labels."""

    labels: Matrix
    """Similarities to the labels on the list."""
    rivals: NDArray[np.float64]
    """To the nearest field that no label covers, or the floor."""
    is_listed: bool
    """Whether the texts' own labels are on the list."""


@dataclass(frozen=True, slots=True)
class Similarities:
    """What a calibration is fitted to: one set, embedded."""

    truth: NDArray[np.int64]
    to_labels: Matrix
    """Texts × labels."""
    to_fields: Matrix
    """Texts × fields of news."""
    between: Matrix
    """Labels × fields of news."""


def read_development_set(data: Path, name: str, *, most: int | None = None) -> LabelledSet:
    """A development set, or `most` of its texts drawn at random, always the same ones."""
    path = data / "dev" / "topics" / f"{name}.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    labels = tuple(sorted({row["label"] for row in rows}))
    if most is not None and most < len(rows):
        rows = random.Random(0).sample(rows, most)
    return LabelledSet(name, tuple(r["text"] for r in rows), labels, tuple(labels.index(r["label"]) for r in rows))


def fit(sets: Sequence[Similarities], *, exclusive: Sequence[Similarities], template: str) -> Calibration:
    """The calibration under which the labels of `sets` are likeliest, each set counting alike.

    Whether a label fits at all is fitted on the `exclusive` ones, where a text whose label is taken off the list fits
    no other. Each text is then seen twice, both times with one label fewer than the set has: once without a wrong one,
    so that its own is on the list, and once without its own, so that none of these is right.
    """
    floor = round(float(np.percentile(np.concatenate([_wrong(found) for found in exclusive]), _FLOOR_PERCENTILE)), 3)
    scale = min(_SCALES, key=lambda scale: sum(_label_loss(found, scale) for found in sets))
    best = (float("inf"), 0.0, 0.0, 0.0)
    for near in _NEARS:
        margins = [_margins(found, near=near, floor=floor) for found in exclusive]
        loss, fit_scale, fit_offset = _fit_logistic(margins, share=1 - NONE_SHARE)
        best = min(best, (loss, near, fit_scale, fit_offset))
    _, near, fit_scale, fit_offset = best
    _, multi_scale, multi_offset = _fit_logistic(
        [_margins_alone(found, near=near, floor=floor) for found in exclusive], share=FITTING_SHARE
    )
    calibration = Calibration(
        template=template,
        floor=floor,
        near=near,
        scale=float(scale),
        fit_scale=fit_scale,
        fit_offset=fit_offset,
        multi_scale=multi_scale,
        multi_offset=multi_offset,
    )
    return replace(calibration, threshold=_threshold(exclusive, calibration))


def _wrong(found: Similarities) -> Matrix:
    """Similarities of texts to labels that are not theirs."""
    others = np.ones_like(found.to_labels, dtype=bool)
    others[np.arange(len(found.truth)), found.truth] = False
    wrong: Matrix = found.to_labels[others]
    return wrong


def _label_loss(found: Similarities, scale: float) -> float:
    logits = scale * found.to_labels
    own = logits[np.arange(len(found.truth)), found.truth]
    return float(np.mean(np.logaddexp.reduce(logits, axis=1) - own))


def _tasks(found: Similarities, *, near: float, floor: float) -> Iterator[_Task]:
    count = found.to_labels.shape[1]
    # Which wrong label a text does without: each in turn.
    wrong = (found.truth + 1 + np.arange(len(found.truth)) % (count - 1)) % count
    for removed in range(count):
        left = [index for index in range(count) if index != removed]
        is_covered = (found.between[left] >= near).any(axis=0)
        rivals = found.to_fields[:, ~is_covered].max(axis=1, initial=floor)
        for rows, is_listed in ((wrong == removed, True), (found.truth == removed, False)):
            yield _Task(found.to_labels[rows][:, left], rivals[rows], is_listed)


def _margins(found: Similarities, *, near: float, floor: float) -> tuple[Matrix, Matrix]:
    """How far the best label lies above its rivals: for texts with their own on the list, and without."""
    margins: tuple[list[Matrix], list[Matrix]] = ([], [])
    for task in _tasks(found, near=near, floor=floor):
        margins[not task.is_listed].append(task.labels.max(axis=1) - task.rivals)
    return np.concatenate(margins[0]), np.concatenate(margins[1])


def _margins_alone(found: Similarities, *, near: float, floor: float) -> tuple[Matrix, Matrix]:
    """How far each label lies above its own rivals: for the texts' own labels, and for the others."""
    rivals = np.where(found.between[None] >= near, floor, found.to_fields[:, None, :]).max(axis=2, initial=floor)
    margins = found.to_labels - rivals
    is_own = np.arange(margins.shape[1])[None] == found.truth[:, None]
    return margins[is_own], margins[~is_own]


def _fit_logistic(margins: Sequence[tuple[Matrix, Matrix]], *, share: float) -> tuple[float, float, float]:
    """Loss, scale and offset of the likeliest logistic curve; the right cases weigh `share` together, the wrong ones
    the rest."""
    best = (float("inf"), 0.0, 0.0)
    for scale in _SCALES:
        for offset in _OFFSETS:
            loss = sum(
                share * float(np.logaddexp(0, -scale * right - offset).mean())
                + (1 - share) * float(np.logaddexp(0, scale * wrong + offset).mean())
                for right, wrong in margins
            )
            best = min(best, (loss, float(scale), offset))
    return best


def _threshold(sets: Sequence[Similarities], calibration: Calibration) -> float:
    """The probability of a fit that `REFUSED` of the texts without their own label do not reach."""
    without = np.concatenate([_margins(found, near=calibration.near, floor=calibration.floor)[1] for found in sets])
    fits = 1 / (1 + np.exp(-calibration.fit_scale * without - calibration.fit_offset))
    return round(float(np.quantile(fits, REFUSED)), 2)


def score(classifier: TopicClassifier, found: LabelledSet, *, described: bool) -> dict[str, Any]:
    """Accuracy, macro-F1, calibration error and none of these; `described` false: labels are read as they stand."""
    labels: Sequence[str] | Mapping[str, str] = found.labels
    if not described:
        labels = {label: label for label in found.labels}
    results = list(classifier.classify_many(found.texts, labels))
    best = np.array([found.labels.index(result.scores[0].label) for result in results])
    confidence = np.array([result.scores[0].score for result in results])
    truth = np.array(found.truth)
    right = best == truth
    refused = []
    for removed in range(len(found.labels)):
        texts = [text for text, label in zip(found.texts, found.truth, strict=True) if label == removed]
        rest = {label: meaning for label, meaning in _meanings(labels).items() if label != found.labels[removed]}
        refused += [result.none_of_these for result in classifier.classify_many(texts, rest)]
    return {
        "texts": len(found.texts),
        "labels": len(found.labels),
        "accuracy": round(float(right.mean()), 4),
        "macro_f1": round(_macro_f1(best, truth, len(found.labels)), 4),
        "per_label": {found.labels[i]: round(float(right[truth == i].mean()), 4) for i in sorted(set(found.truth))},
        "calibration_error": round(_calibration_error(confidence, right), 4),
        "none_when_label_absent": round(float(np.mean(refused)), 4),
        "none_when_label_present": round(float(np.mean([result.none_of_these for result in results])), 4),
    }


def _meanings(labels: Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    return {label.name: label.meaning for label in read_labels(labels)}


def _macro_f1(best: NDArray[np.int64], truth: NDArray[np.int64], labels: int) -> float:
    scores = []
    for label in range(labels):
        hits = float(((best == label) & (truth == label)).sum())
        scores.append(2 * hits / max(1.0, float((best == label).sum() + (truth == label).sum())))
    return sum(scores) / labels


def _calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error, ten bins of equal width (Guo et al. 2017)."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(confidence[bins == b].mean() - right[bins == b].mean()) * (bins == b).sum()
        for b in range(_BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps) / len(confidence))


class RememberingEncoder:
    """An encoder that embeds no text twice: the same texts are scored with several lists of labels."""

    def __init__(self, engine: Any) -> None:
        self.name: str = engine.name
        self.max_source_tokens: int = engine.max_source_tokens
        self._engine = engine
        self._known: dict[str, list[float]] = {}

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        counts: list[int] = self._engine.count_tokens(texts)
        return counts

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        missing = list(dict.fromkeys(text for text in texts if text not in self._known))
        if missing:
            self._known.update(zip(missing, self._engine.embed(missing), strict=True))
        return [self._known[text] for text in texts]


def score_all(
    engine: RememberingEncoder, data: Path, *, calibration: Calibration, most: int | None = None
) -> dict[str, Any]:
    """Every development set, labels described and as they stand."""
    classifier = TopicClassifier(engine=engine, calibration=calibration)
    scores: dict[str, Any] = {"engine": engine.name}
    for name in SETS:
        found = read_development_set(data, name, most=most)
        scores[name] = {
            "described": score(classifier, found, described=True),
            "as_written": score(classifier, found, described=False),
        }
        print(name, {how: (s["accuracy"], s["calibration_error"]) for how, s in scores[name].items()}, flush=True)
    return scores


def main() -> None:
    """Score a model folder and write the scores as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--most", type=int, help="texts of each set (default: all)")
    parser.add_argument("--engine", default="auto")
    options = parser.parse_args()
    loaded = TopicClassifier(options.model, settings=EngineSettings(engine=options.engine))
    scores = score_all(
        RememberingEncoder(loaded.engine), options.data, calibration=loaded.calibration, most=options.most
    )
    options.output.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
