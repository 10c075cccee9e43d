"""What speaks for a topic label in a text, and the probability that follows: from similarities or from entailment.

With a sentence encoder the evidence is the cosine similarity of passage and label: with the aspects of a label that is
a known field of news, the nearest counting most. Whether any label fits at all is judged by how far the best of them
lies above its rivals: the fields of news that no label covers, and a floor for texts that resemble nothing. With a
model of entailment the evidence is the logit of "this text is about …", and none of these is the logit 0.
"""

from __future__ import annotations

import functools
import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from sys import float_info
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

from toolkit import folders
from toolkit.engines import EncoderEngine, EntailmentEngine
from toolkit.errors import InputError, ModelError
from toolkit.labels import NEWS_FIELDS, Label, aspects, shorten

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

DIGITS = 12
"""Decimal places of a similarity that count: the last ones of a matrix product depend on where in memory it lies."""

# Vectors kept a classifier: some 6 MB at 384 dimensions, and more labels than anyone uses side by side.
_MOST_CACHED = 2048
# The hypothesis that entailment models are asked for topics with (Yin et al. 2019, https://arxiv.org/abs/1909.00161).
_HYPOTHESIS = "This text is about {}."
# Tokens of a premise: longer ones make fewer pairs, and models of entailment were trained on little more.
_PREMISE_TOKENS = 384
# Of what an entailment model reads at once, the share a label may take.
_HYPOTHESIS_SHARE = 0.5
# Special tokens of a pair beyond those of its two texts alone: RoBERTa and BART have one.
_PAIR_TOKENS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """From similarities to probabilities: a model folder's topics.json, or these values, fitted to all-MiniLM-L6-v2."""

    template: str = "This is a news article about {}."
    sharpness: float = 20.0
    """How much the nearest aspect of a label outweighs its others: at 0 all count alike, the larger the nearer to the
    nearest alone."""
    scale: float = 30.0
    """What similarities are multiplied by before the softmax over the labels: an inverse temperature."""
    fit_scale: float = 16.0
    """The logit that some label fits at all is this times (the best label's similarity - the best rival's) …"""
    fit_offset: float = 3.0
    """… plus this."""
    multi_scale: float = 24.0
    """The same two for one label alone, where labels are independent of each other."""
    multi_offset: float = 2.25
    floor: float = 0.14
    """A similarity that unrelated texts reach: the least a rival has."""
    near: float = 0.6
    """A field of news at least this similar to a label is covered by it, and no rival."""
    threshold: float = 0.91
    """The least probability that some label fits at all for the best one to be chosen."""
    multi_threshold: float = 0.5
    """The least probability of a label for it to be chosen."""
    passage_tokens: int = 160
    """Longest passage, special tokens included."""
    fields: tuple[str, ...] = NEWS_FIELDS
    """Descriptions of the fields of news, the rivals of the labels."""

    @classmethod
    def read(cls, folder: Path) -> Calibration:
        """The calibration of a model folder; the default where it has none."""
        path = folder / "topics.json"
        if not path.is_file():
            return cls()
        found = folders.read_json(path)
        default = cls()
        values: dict[str, Any] = {}
        for field in fields(cls):
            expected = getattr(default, field.name)
            value = found.get(field.name, expected)
            if isinstance(expected, tuple) and isinstance(value, list) and all(isinstance(item, str) for item in value):
                value = tuple(value)
            elif isinstance(expected, float) and type(value) is int:
                value = float(value)
            if type(value) is not type(expected):
                raise ModelError(
                    f"{path}: {field.name} must be like {expected!r}, not {value!r}; fetch the model again"
                )
            values[field.name] = value
        if "{}" not in values["template"]:
            raise ModelError(f"{path}: the template must hold {{}} where the label goes; fetch the model again")
        return cls(**values)


class Evidence(Protocol):
    """The evidence for one list of labels."""

    @property
    def passage_tokens(self) -> int:
        """The longest passage it takes, special tokens included."""

    @property
    def thresholds(self) -> tuple[float, float]:
        """The least probability that some label fits, and, multi-label, that one label does, for it to be chosen."""

    def weigh(self, passages: Sequence[str]) -> Matrix:
        """A row of evidence a passage; rows may be averaged."""

    def probabilities(self, row: Vector, *, multi_label: bool) -> list[float]:
        """One a label; single-label, what is missing to 1 is the probability of none of these."""


def is_encoder(engine: EncoderEngine | EntailmentEngine) -> TypeGuard[EncoderEngine]:
    """Whether an engine embeds texts."""
    return hasattr(engine, "embed")


def is_entailment(engine: EncoderEngine | EntailmentEngine) -> TypeGuard[EntailmentEngine]:
    """Whether an engine judges pairs of texts."""
    return hasattr(engine, "entail")


class VectorCache:
    """The vectors of the latest labels, at most `_MOST_CACHED`. Safe to share between threads."""

    def __init__(self) -> None:
        self._vectors: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._vectors)

    def embed(self, texts: Sequence[str], *, engine: EncoderEngine) -> Matrix:
        """One unit vector a text; those not yet known are embedded together."""
        import numpy as np

        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        missing = list(dict.fromkeys(text for text in texts if text not in known))
        if missing:
            known.update(zip(missing, engine.embed(missing), strict=True))
        with self._lock:
            for text in dict.fromkeys(texts):
                self._vectors[text] = known[text]
                self._vectors.move_to_end(text)
            while len(self._vectors) > _MOST_CACHED:
                self._vectors.popitem(last=False)
        return np.asarray([known[text] for text in texts], dtype=np.float64)


class Anchors:
    """What texts are compared with for each of several meanings: the vectors of its aspects, side by side."""

    def __init__(self, meanings: Sequence[str], *, template: str, embed: Callable[[Sequence[str]], Matrix]) -> None:
        """`embed` gives unit vectors."""
        import numpy as np

        parts = [aspects(meaning) for meaning in meanings]
        self._counts = np.array([len(part) for part in parts])
        self._starts = np.concatenate([[0], np.cumsum(self._counts)[:-1]])
        self._vectors = embed(_fill(template, list(itertools.chain.from_iterable(parts))))

    def similarities(self, vectors: Matrix, *, sharpness: float) -> Matrix:
        """Unit vectors × meanings: over the aspects of one, the logarithm of the mean exponential."""
        import numpy as np

        cosines = np.round(vectors @ self._vectors.T, DIGITS)
        most = np.maximum.reduceat(cosines, self._starts, axis=1)
        if sharpness <= 0:
            means: Matrix = np.add.reduceat(cosines, self._starts, axis=1) / self._counts
            return means
        # Above the nearest one, so that no exponential overflows.
        above = np.exp(sharpness * (cosines - np.repeat(most, self._counts, axis=1)))
        pooled: Matrix = most + np.log(np.add.reduceat(above, self._starts, axis=1) / self._counts) / sharpness
        return pooled

    def between(self) -> Matrix:
        """Cosines of the meanings with each other, each the mean of its aspects."""
        import numpy as np

        sums = np.add.reduceat(self._vectors, self._starts, axis=0)
        units = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), float_info.min)
        cosines: Matrix = np.round(units @ units.T, DIGITS)
        return cosines


class SimilarityEvidence:
    """Cosine similarities of passages with the labels and with the fields of news."""

    def __init__(
        self, labels: Sequence[Label], *, engine: EncoderEngine, cache: VectorCache, calibration: Calibration
    ) -> None:
        """Embeds what the cache lacks; InputError for a label over the encoder's limit."""
        self._engine = engine
        self._calibration = calibration
        self._count = len(labels)
        meanings = [label.meaning for label in labels]
        prompts = _fill(calibration.template, meanings)
        _check_lengths(labels, engine.count_tokens(prompts), engine.max_source_tokens)
        self._anchors = Anchors(
            [*meanings, *calibration.fields],
            template=calibration.template,
            embed=functools.partial(cache.embed, engine=engine),
        )
        self._is_near = self._anchors.between()[: self._count, self._count :] >= calibration.near

    @property
    def passage_tokens(self) -> int:
        return min(self._calibration.passage_tokens, self._engine.max_source_tokens)

    @property
    def thresholds(self) -> tuple[float, float]:
        return self._calibration.threshold, self._calibration.multi_threshold

    def weigh(self, passages: Sequence[str]) -> Matrix:
        import numpy as np

        vectors = np.asarray(self._engine.embed(passages), dtype=np.float64)
        return self._anchors.similarities(vectors, sharpness=self._calibration.sharpness)

    def probabilities(self, row: Vector, *, multi_label: bool) -> list[float]:
        import numpy as np

        settings = self._calibration
        labels, others = row[: self._count], row[self._count :]
        if multi_label:
            rivals = np.where(self._is_near, settings.floor, others).max(axis=1, initial=settings.floor)
            return _sigmoid(settings.multi_scale * (labels - rivals) + settings.multi_offset)
        rival = others[~self._is_near.any(axis=0)].max(initial=settings.floor)
        fits = _sigmoid(np.array([settings.fit_scale * (labels.max() - rival) + settings.fit_offset]))[0]
        shares = settings.scale * labels
        probabilities: list[float] = (fits * np.exp(shares - np.logaddexp.reduce(shares))).tolist()
        return probabilities


class EntailmentEvidence:
    """Logits of passages entailing that they are about a label."""

    thresholds = (0.5, 0.5)

    def __init__(self, labels: Sequence[Label], *, engine: EntailmentEngine) -> None:
        self._engine = engine
        self._hypotheses = _fill(_HYPOTHESIS, [label.meaning for label in labels])
        lengths = engine.count_tokens(self._hypotheses)
        limit = engine.max_source_tokens
        _check_lengths(labels, lengths, int(limit * _HYPOTHESIS_SHARE))
        self.passage_tokens = min(_PREMISE_TOKENS, limit - max(lengths) - _PAIR_TOKENS)
        """The longest passage it takes, special tokens included."""

    def weigh(self, passages: Sequence[str]) -> Matrix:
        import numpy as np

        pairs = [(passage, hypothesis) for passage in passages for hypothesis in self._hypotheses]
        logits = np.asarray(self._engine.entail(pairs), dtype=np.float64)
        return logits.reshape(len(passages), len(self._hypotheses))

    def probabilities(self, row: Vector, *, multi_label: bool) -> list[float]:
        return _sigmoid(row) if multi_label else _softmax_beside(row, 0.0)


def _fill(template: str, meanings: Sequence[str]) -> list[str]:
    # replace, not format: a label may hold braces of its own.
    return [template.replace("{}", meaning) for meaning in meanings]


def _check_lengths(labels: Sequence[Label], lengths: Sequence[int], most: int) -> None:
    for label, tokens in zip(labels, lengths, strict=True):
        if tokens > most:
            raise InputError(f"label {shorten(label.name)!r} is {tokens} tokens, the model reads {most}: shorten it")


def _softmax_beside(logits: Vector, other: float) -> list[float]:
    """The softmax over `logits` and `other`, without the last."""
    import numpy as np

    probabilities: list[float] = np.exp(logits - np.logaddexp.reduce(np.append(logits, other))).tolist()
    return probabilities


def _sigmoid(logits: Vector) -> list[float]:
    import numpy as np

    probabilities: list[float] = np.exp(-np.logaddexp(0.0, -logits)).tolist()
    return probabilities
