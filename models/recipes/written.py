"""How much of what the shipped summariser writes is fine, and what tells: weights learned from `judged/written.jsonl`.

And which headlines are: those that it writes, and sentences shortened (`judged/headlines.jsonl`).

python -m models.recipes.written [--output toolkit/wording.toml]
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from toolkit import support, wording

JUDGED = Path(__file__).parent / "judged" / "written.jsonl"
HEADLINES = JUDGED.with_name("headlines.jsonl")
VERDICTS = ("fine", "broken", "untrue")
HEADLINE_VERDICTS = (*VERDICTS, "empty")
_LENGTHS = (16, 20, 25)
_FOLDS = 10
_HEADER = """\
# How much each figure of toolkit/wording.py speaks for a sentence: the logit of its being fine is the offset and the
# sum of the figures times these. Written by models/recipes/written.py.
"""


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence that the summariser wrote, and what a reader said of it."""

    evidence: tuple[str, ...]
    sentence: str
    log_prob: float
    """Mean natural-log probability a token, end mark included."""
    tokens: int
    """Without the end mark."""
    verdict: str
    """One of `VERDICTS`."""
    is_translated: bool
    """Whether the evidence is a machine's translation."""

    @property
    def total_log_prob(self) -> float:
        """Of all its tokens and the end mark together."""
        return self.log_prob * (self.tokens + 1)


def read() -> Iterator[Written]:
    """The judged sentences, in the order of the file."""
    return (Written(**row) for row in _rows(JUDGED))


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline of the first sentence of a report, and what a reader said of it."""

    evidence: tuple[str, ...]
    headline: str
    made: str
    """"written" by the summariser, the sentence "shortened" by clauses, or its "start"."""
    verdict: str
    """One of `HEADLINE_VERDICTS`; "empty" is true and no news."""
    is_translated: bool
    """Whether the evidence is a machine's translation."""


def read_headlines() -> Iterator[Headline]:
    """The judged headlines, in the order of the file."""
    return (Headline(**row) for row in _rows(HEADLINES))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row | {"evidence": tuple(row["evidence"])}


def headline_report(headlines: Sequence[Headline]) -> dict[str, dict[str, float]]:
    """How many headlines there are of each making and length, and the share of each verdict among them."""
    groups: dict[str, list[str]] = {}
    for each in sorted(headlines, key=lambda each: (each.made, len(each.headline.split()))):
        words = len(each.headline.split())
        most = next((most for most in _LENGTHS if words <= most), words)
        least = max((0, *(limit for limit in _LENGTHS if limit < most))) + 1
        groups.setdefault(f"{each.made}, {least} to {most} words", []).append(each.verdict)
    return {
        name: {"headlines": len(found)} | {verdict: found.count(verdict) / len(found) for verdict in HEADLINE_VERDICTS}
        for name, found in groups.items()
    }


def report(written: Sequence[Written]) -> dict[str, float]:
    """Share of each verdict, and the area under the ROC curve of support, log-probability and fineness.

    "fine" tells what is fine from all else, "true" what is untrue from all else; 0.5 is chance. Fineness is that of
    weights learned from the other nine tenths; no evidence stands in both.
    """
    verdicts = np.array([each.verdict for each in written])
    found = {f"share {verdict}": float(np.mean(verdicts == verdict)) for verdict in VERDICTS}
    fineness = _held_out(written)
    scores = {
        "support": np.array([support.assess(each.sentence, each.evidence).score for each in written]),
        "log-probability": np.array([each.log_prob for each in written]),
        "fineness": fineness,
    }
    for name, values in scores.items():
        found[f"{name}, fine"] = float(roc_auc_score(verdicts == "fine", values))
        found[f"{name}, true"] = float(roc_auc_score(verdicts != "untrue", values))
    best = verdicts[fineness >= np.median(fineness)]
    return found | {f"finest half, {verdict}": float(np.mean(best == verdict)) for verdict in VERDICTS}


def learn(written: Sequence[Written]) -> tuple[float, dict[str, float]]:
    """Offset and weights of `wording.figures`."""
    names, figures = _figures(written)
    model = _model().fit(figures, [each.verdict == "fine" for each in written])
    scale, fitted = model[0], model[-1]
    weights = fitted.coef_[0] / scale.scale_
    offset = fitted.intercept_[0] - weights @ scale.mean_
    return float(offset), {name: float(weight) for name, weight in zip(names, weights, strict=True)}


def as_toml(offset: float, weights: dict[str, float]) -> str:
    """The weights as `wording` reads them."""
    lines = [f'"{name}" = {weight:.3f}\n' for name, weight in weights.items()]
    return f"{_HEADER}offset = {offset:.3f}\n\n[weights]\n{''.join(lines)}"


def _held_out(written: Sequence[Written]) -> NDArray[np.float64]:
    _, figures = _figures(written)
    groups = _groups(written)
    folds = GroupKFold(min(_FOLDS, len(set(groups))))
    is_fine = [each.verdict == "fine" for each in written]
    chances = cross_val_predict(_model(), figures, is_fine, cv=folds, groups=groups, method="predict_proba")
    return np.asarray(chances[:, 1], np.float64)


def _groups(written: Sequence[Written]) -> NDArray[np.int32]:
    """A number for each: the same for those that share a sentence of their evidence, by way of others too."""
    rows, texts = zip(*((row, text) for row, each in enumerate(written) for text in each.evidence), strict=True)
    numbers = np.unique(texts, return_inverse=True)[1] + len(written)
    size = len(written) + len(set(texts))
    shared = coo_array((np.ones(len(rows)), (rows, numbers)), shape=(size, size))
    return np.asarray(connected_components(shared, directed=False)[1][: len(written)], np.int32)


def _figures(written: Sequence[Written]) -> tuple[list[str], NDArray[np.float64]]:
    rows = [wording.figures(each.sentence, each.evidence, each.total_log_prob) for each in written]
    return list(rows[0]), np.array([list(row.values()) for row in rows])


def _model() -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1))


def main() -> None:
    """Print the report; write the weights if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, help="file for the weights, toolkit/wording.toml")
    options = parser.parse_args()
    written = list(read())
    counts = Counter("translated" if each.is_translated else "English" for each in written)
    print(f"{len(written)} sentences, {counts['translated']} of them from translated evidence")
    for name, value in report(written).items():
        print(f"{name:24} {value:.3f}")
    for name, row in headline_report(list(read_headlines())).items():
        shares = ", ".join(f"{verdict} {row[verdict]:.3f}" for verdict in HEADLINE_VERDICTS)
        print(f"{row['headlines']} headlines {name}: {shares}")
    if options.output:
        options.output.write_text(as_toml(*learn(written)), encoding="utf-8")


if __name__ == "__main__":
    main()
