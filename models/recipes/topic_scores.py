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

NONE_SHARE = 0.2
"""Of the texts a calibration is fitted to, those whose label is off the list count this much: a caller's list mostly
fits."""
_SCALES = tuple(range(8, 81, 4))
_OFFSETS = tuple(step / 4 for step in range(-24, 25))
_NEARS = (0.5, 0.6, 0.7, 0.8)
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
    others: Matrix
    """To the fields that no label covers, and the floor."""
    truth: NDArray[np.int64]
    """Index of the true label, -1 throughout where it is off the list."""
    weight: float


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


def fit(sets: Sequence[Similarities], *, template: str) -> Calibration:
    """The calibration under which the labels of `sets` are likeliest, each set counting alike.

    Every text is seen twice, both times with one label fewer than the set has: once without a wrong label, so that its
    own is on the list, and once without its own, so that none of these is right.
    """
    wrong = np.concatenate([_wrong(found).ravel() for found in sets])
    floor = round(float(np.percentile(wrong, _FLOOR_PERCENTILE)), 3)
    start = Calibration(template=template, floor=floor)
    best: tuple[float, Calibration] | None = None
    for near in _NEARS:
        tasks = [task for found in sets for task in _tasks(found, near=near, floor=floor)]
        for scale in _SCALES:
            losses = np.sum([task.weight * _losses(task, scale) for task in tasks], axis=0)
            least = int(losses.argmin())
            if best is None or losses[least] < best[0]:
                chosen = replace(start, near=near, scale=float(scale), none_offset=_OFFSETS[least])
                best = (float(losses[least]), chosen)
    assert best is not None
    chosen = best[1]
    multi_scale, multi_offset = _fit_multi(sets, near=chosen.near, floor=floor)
    chosen = replace(chosen, multi_scale=multi_scale, multi_offset=multi_offset)
    return replace(chosen, threshold=_threshold(sets, chosen))


def _wrong(found: Similarities) -> Matrix:
    others = np.ones_like(found.to_labels, dtype=bool)
    others[np.arange(len(found.truth)), found.truth] = False
    wrong: Matrix = found.to_labels[others]
    return wrong


def _tasks(found: Similarities, *, near: float, floor: float) -> Iterator[_Task]:
    count = found.to_labels.shape[1]
    # Which wrong label a text does without: each in turn.
    wrong = (found.truth + 1 + np.arange(len(found.truth)) % (count - 1)) % count
    for removed in range(count):
        left = [index for index in range(count) if index != removed]
        covered = (found.between[left] >= near).any(axis=0)
        others = np.concatenate([found.to_fields[:, ~covered], np.full((len(found.truth), 1), floor)], axis=1)
        places = np.array([left.index(index) if index != removed else -1 for index in found.truth])
        for rows, share in ((found.truth == removed, NONE_SHARE), (wrong == removed, 1 - NONE_SHARE)):
            if rows.any():
                weight = share * float(rows.mean())
                yield _Task(found.to_labels[rows][:, left], others[rows], places[rows], weight)


def _losses(task: _Task, scale: float) -> NDArray[np.float64]:
    """The mean negative log-likelihood of a task under each of `_OFFSETS`."""
    labels = scale * task.labels
    none = np.logaddexp.reduce(scale * task.others, axis=1) + np.array(_OFFSETS)[:, None]
    chosen = none if task.truth[0] < 0 else labels[np.arange(len(task.truth)), task.truth]
    losses: NDArray[np.float64] = (np.logaddexp(np.logaddexp.reduce(labels, axis=1), none) - chosen).mean(axis=1)
    return losses


def _fit_multi(sets: Sequence[Similarities], *, near: float, floor: float) -> tuple[float, float]:
    """Scale and offset of independent labels: each label of a text is a yes-or-no question, yes and no weighing the
    same."""
    best = (float("inf"), 0.0, 0.0)
    for scale in _SCALES:
        gaps = []
        for found in sets:
            others = np.concatenate([found.to_fields, np.full((len(found.truth), 1), floor)], axis=1)
            hidden = np.concatenate([found.between >= near, np.zeros((len(found.between), 1), dtype=bool)], axis=1)
            against = np.where(hidden[None], -np.inf, scale * others[:, None, :])
            is_true = np.arange(found.to_labels.shape[1])[None] == found.truth[:, None]
            gaps.append((scale * found.to_labels - np.logaddexp.reduce(against, axis=2), is_true))
        for offset in _OFFSETS:
            loss = sum(
                float(np.logaddexp(0, offset - gap[yes]).mean() + np.logaddexp(0, gap[~yes] - offset).mean())
                for gap, yes in gaps
            )
            best = min(best, (loss, float(scale), offset))
    return best[1], best[2]


def _threshold(sets: Sequence[Similarities], calibration: Calibration) -> float:
    """Where texts with and without their label on the list are told apart best, both counting alike."""
    with_label: list[Matrix] = []
    without: list[Matrix] = []
    for found in sets:
        for task in _tasks(found, near=calibration.near, floor=calibration.floor):
            none = np.logaddexp.reduce(task.others * calibration.scale, axis=1) + calibration.none_offset
            logits = np.concatenate([task.labels * calibration.scale, none[:, None]], axis=1)
            top = np.exp(logits[:, :-1].max(axis=1) - np.logaddexp.reduce(logits, axis=1))
            (without if task.truth[0] < 0 else with_label).append(top)
    yes, no = np.concatenate(with_label), np.concatenate(without)
    candidates = [step / 100 for step in range(2, 96)]
    return max(candidates, key=lambda t: float((yes >= t).mean() + (no < t).mean()))


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
    model: Path, data: Path, *, calibration: Calibration | None = None, most: int | None = None, engine: str = "auto"
) -> dict[str, Any]:
    """Every development set, labels described and as they stand."""
    loaded = TopicClassifier(model, settings=EngineSettings(engine=engine))
    classifier = TopicClassifier(
        engine=RememberingEncoder(loaded.engine), calibration=calibration or loaded.calibration
    )
    scores: dict[str, Any] = {"engine": loaded.engine.name}
    for name in ("agnews-2000", "bbc-1000", "newsapi-3000"):
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
    scores = score_all(options.model, options.data, most=options.most, engine=options.engine)
    options.output.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
