"""The doubt (`toolkit.doubt`) against judgements of the same outputs, and against the references of our articles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import datasets
import numpy as np
from sacrebleu.metrics.chrf import CHRF

from eval import judging, sets
from eval.examples import Example
from eval.metrics import TEXT, Share, package_version
from eval.runs import Json
from eval.sets import DataSet
from eval.verdicts import FAITHFUL, UNFAITHFUL, Auroc
from toolkit.documents import Translation

ADEQUATE, INADEQUATE = "adequate", "inadequate"
LOWEST = 0.1
"""Of the sentences by chrF++: what counts as bad, as when the doubt was fitted (`models/recipes/doubt.py`)."""

_DOUBTED = datasets.Features({"translation": TEXT, "doubt": datasets.Value("float64")})
_JUDGED = datasets.Features({"verdict": TEXT, "translation": TEXT})


class JudgedAuroc(Auroc):
    """Only outputs that were judged word for word as they are count."""

    name = "AUROC judged"
    about = "how often an inadequate output has a higher doubt than an adequate one, ties half, 0 to 1"
    prediction_type = _DOUBTED
    reference_type = _JUDGED

    def rows(self, predictions: Sequence[Any], references: Sequence[Any], sources: Sequence[str], /) -> Any:
        verdicts = [FAITHFUL if judged["verdict"] == ADEQUATE else UNFAITHFUL for judged in references]
        rows = super().rows([1.0 - output["doubt"] for output in predictions], verdicts, sources)
        rows[[not _is_as_judged(output, judged) for output, judged in zip(predictions, references, strict=True)]] = 0
        return rows


class LowestAuroc(Auroc):
    """Which outputs are the lowest is settled over all of them, not anew in each sample of the bootstrap."""

    name = "AUROC lowest tenth"
    about = "how often one of the lowest tenth by chrF++ has a higher doubt than another output, ties half, 0 to 1"
    prediction_type = _DOUBTED
    reference_type = datasets.List(TEXT)

    def rows(self, predictions: Sequence[Any], references: Sequence[Any], sources: Sequence[str], /) -> Any:
        scorer = CHRF(word_order=2)
        scores = [
            scorer.sentence_score(output["translation"], list(texts)).score
            for output, texts in zip(predictions, references, strict=True)
        ]
        count = max(1, round(LOWEST * len(scores)))
        lowest = set(np.argsort(scores, kind="stable")[:count].tolist())
        verdicts = [UNFAITHFUL if i in lowest else FAITHFUL for i in range(len(scores))]
        return super().rows([1.0 - output["doubt"] for output in predictions], verdicts, sources)

    def signature(self, references: Sequence[Any]) -> str:
        return f"{super().signature(references)}|lowest:{LOWEST}|chrF2++|sacrebleu:{package_version('sacrebleu')}"


class AsJudged(Share):
    """What the figure beside it rests on: another translator writes otherwise, and its outputs are not judged."""

    name = "outputs as judged"
    about = "share of the judged outputs that come out word for word as they were judged, 0 to 1"
    reference_type = _JUDGED

    def row(self, prediction: str, reference: Mapping[str, str], _source: str, /) -> tuple[float, float]:
        is_judged = bool(reference["verdict"])
        return is_judged and prediction == reference["translation"], is_judged


def _is_as_judged(output: Mapping[str, Any], judged: Mapping[str, str]) -> bool:
    return bool(judged["verdict"]) and output["translation"] == judged["translation"]


def data() -> DataSet:
    """All sentences of our articles with their references, and what was judged of those that were sampled."""
    judged = {f"{row.article}:{row.segment}": row for row in judging.read()}
    examples = []
    for example in sets.sentences().examples:
        row = judged.get(example.id)
        examples.append(
            Example(
                id=example.id,
                source=example.source,
                translations=example.translations,
                verdict="" if row is None else ADEQUATE if row.adequate else INADEQUATE,
                article="" if row is None else row.translation,
            )
        )
    return DataSet("doubt", tuple(examples))


def output_of(translation: Translation) -> Json:
    """What is measured of a sentence. A line may hold two: the most doubtful one decides, the less sure one too."""
    doubts = [segment.doubt for segment in translation.segments if segment.doubt is not None]
    log_probs = [segment.log_prob for segment in translation.segments if segment.log_prob is not None]
    return {
        "translation": translation.text,
        "doubt": max(doubts, default=0.0),
        "log_prob": min(log_probs, default=0.0),
    }


def length_alone(examples: Sequence[Example], outputs: Sequence[Json]) -> list[Json]:
    """The same outputs, each the more doubtful the further its length is from that of its source."""
    ratios = [
        (len(output["translation"]) + 1) / (len(example.source) + 1)
        for example, output in zip(examples, outputs, strict=True)
    ]
    return [{**output, "doubt": 1.0 - min(ratio, 1 / ratio)} for ratio, output in zip(ratios, outputs, strict=True)]


def log_prob_alone(_examples: Sequence[Example], outputs: Sequence[Json]) -> list[Json]:
    """The same outputs, each as doubtful as the model was unsure of its words."""
    return [{**output, "doubt": 1.0 - math.exp(output.get("log_prob") or 0.0)} for output in outputs]
