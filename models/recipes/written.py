"""How much of what the shipped summariser makes is fine, and what tells: its judge, and the weights of its figures.

    python -m models.recipes.written --model models/summarizer-en [--output toolkit/wording.toml]

Both are learned from judged/shipped.jsonl. With `--output` the judge is put into the model folder, and the weights are
written.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from models.recipes import verdicts
from models.recipes.verdicts import VERDICTS, Judged
from toolkit import store, support, wording
from toolkit.editor import HEADLINE, SENTENCE, Editor, Source
from toolkit.engines import EngineSettings
from toolkit.folders import EDITOR_WEIGHTS

_FOLDS = 10
_JUDGE_PENALTY = 0.0003
_FIGURES_PENALTY = 0.1
"""What weights may grow to: the inverse of the penalty on their squares."""
_HEADER = """\
# How much each figure of toolkit/wording.py speaks for a text: the logit of its being fine is the offset and the sum of
# the figures times these. Written by models/recipes/written.py.
"""


def readings(editor: Editor, rows: Sequence[Judged]) -> NDArray[np.float32]:
    """What the editor's judge reads of each text, a row each; ValueError where one is too long for it."""
    pairs = [(Source(row.evidence[-1], " ".join(row.evidence[:-1])), row.text) for row in rows]
    return np.stack(editor.reading(pairs))


def learn_judge(read: NDArray[np.float32], is_fine: Sequence[bool]) -> tuple[NDArray[np.float64], float]:
    """Weights and offset of the judge's logit."""
    return _unscaled(_model(_JUDGE_PENALTY).fit(read, is_fine))


def held_out_logits(read: NDArray[np.float32], rows: Sequence[Judged]) -> list[float]:
    """What a judge says of each text that learned from the others; none of those shares a sentence of its evidence."""
    is_fine, found = np.array([row.is_fine for row in rows]), np.zeros(len(rows))
    groups = _groups(rows)
    for learned, tested in _folds(groups).split(read, is_fine, groups):
        weights, offset = learn_judge(read[learned], is_fine[learned])
        found[tested] = read[tested] @ weights + offset
    return [float(logit) for logit in found]


def write_judge(folder: Path, weights: NDArray[np.float64], offset: float) -> None:
    """Put the judge among the weights of a model folder."""
    path = folder / EDITOR_WEIGHTS
    stored = load_file(path) | {
        "judge.weight": weights.astype(np.float32),
        "judge.bias": np.array([offset], np.float32),
    }
    save_file(stored, path, metadata={"format": "pt"})


def report(rows: Sequence[Judged], found: Sequence[float]) -> dict[str, float]:
    """Share of each verdict, and the area under the ROC curve of support, log-probability, judge and fineness.

    `found`: the logits of a judge that did not learn from them. "fine" tells what is fine from all else, "true" what is
    untrue from all else; 0.5 is chance. Fineness is that of weights learned from the other nine tenths; no evidence
    stands in both. Then, of what has a fineness from each limit on: its share, and how much of it is fine and untrue.
    """
    given = np.array([row.verdict for row in rows])
    shares = {f"share {verdict}": float(np.mean(given == verdict)) for verdict in VERDICTS}
    fineness = _held_out(rows, found)
    scores = {
        "support": np.array([support.assess(row.text, row.evidence).score for row in rows]),
        "log-probability": np.array([row.log_prob for row in rows]),
        "judge": np.array(found),
        "fineness": fineness,
    }
    for name, values in scores.items():
        shares[f"{name}, fine"] = float(roc_auc_score(given == "fine", values))
        shares[f"{name}, true"] = float(roc_auc_score(given != "untrue", values))
    for least in (0.5, 0.55, 0.6, 0.7):
        kept = given[fineness >= least]
        shares[f"from {least}, share"] = len(kept) / len(given)
        for verdict in ("fine", "untrue"):
            shares[f"from {least}, {verdict}"] = float(np.mean(kept == verdict)) if len(kept) else 0.0
    return shares


def learn(rows: Sequence[Judged], found: Sequence[float]) -> tuple[float, dict[str, float]]:
    """Offset and weights of `wording.figures`."""
    names, figures = _figures(rows, found)
    weights, offset = _unscaled(_model(_FIGURES_PENALTY).fit(figures, [row.is_fine for row in rows]))
    return offset, {name: float(weight) for name, weight in zip(names, weights, strict=True)}


def as_toml(learned: Mapping[str, tuple[float, dict[str, float]]]) -> str:
    """The weights of each task as `wording` reads them."""
    parts = [_HEADER]
    for task, (offset, weights) in learned.items():
        lines = [f'"{name}" = {weight:.3f}\n' for name, weight in weights.items()]
        parts.append(f"[{task}]\noffset = {offset:.3f}\n\n[{task}.weights]\n{''.join(lines)}")
    return "\n".join(parts)


def _held_out(rows: Sequence[Judged], found: Sequence[float]) -> NDArray[np.float64]:
    _, figures = _figures(rows, found)
    groups = _groups(rows)
    is_fine = [row.is_fine for row in rows]
    model, folds = _model(_FIGURES_PENALTY), _folds(groups)
    chances = cross_val_predict(model, figures, is_fine, cv=folds, groups=groups, method="predict_proba")
    return np.asarray(chances[:, 1], np.float64)


def _folds(groups: NDArray[np.int32]) -> GroupKFold:
    return GroupKFold(min(_FOLDS, len(set(groups))))


def _groups(rows: Sequence[Judged]) -> NDArray[np.int32]:
    """A number for each: the same for those that share a sentence of their evidence, by way of others too."""
    lines, texts = zip(*((line, text) for line, row in enumerate(rows) for text in row.evidence), strict=True)
    numbers = np.unique(texts, return_inverse=True)[1] + len(rows)
    size = len(rows) + len(set(texts))
    shared = coo_array((np.ones(len(lines)), (lines, numbers)), shape=(size, size))
    return np.asarray(connected_components(shared, directed=False)[1][: len(rows)], np.int32)


def _figures(rows: Sequence[Judged], found: Sequence[float]) -> tuple[list[str], NDArray[np.float64]]:
    figures = [
        wording.figures(row.text, row.evidence, log_prob=row.log_prob, judged=logit)
        for row, logit in zip(rows, found, strict=True)
    ]
    return list(figures[0]), np.array([list(row.values()) for row in figures])


def _model(penalty: float) -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(C=penalty))


def _unscaled(model: Pipeline) -> tuple[NDArray[np.float64], float]:
    """Weights and offset of a fitted model for what was not scaled."""
    scale, fitted = model[0], model[-1]
    weights = fitted.coef_[0] / scale.scale_
    return weights, float(fitted.intercept_[0] - weights @ scale.mean_)


def main() -> None:
    """Print the report; write the weights if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=Path("models/summarizer-en"))
    parser.add_argument("--output", type=Path, help="file for the weights, toolkit/wording.toml")
    options = parser.parse_args()
    editor = Editor.load(store.resolve(options.model, task="summarization"), EngineSettings())
    rows = list(verdicts.read(verdicts.SHIPPED))
    read = readings(editor, rows)
    logits = held_out_logits(read, rows)
    learned = {}
    for task in (SENTENCE, HEADLINE):
        asked = [row for row in rows if row.task == task]
        found = [logit for row, logit in zip(rows, logits, strict=True) if row.task == task]
        counts = Counter("translated" if row.is_translated else "English" for row in asked)
        print(f"{task}: {len(asked)} texts, {counts['translated']} of them of translated evidence")
        for name, value in report(asked, found).items():
            print(f"  {name:22} {value:.3f}")
        learned[task] = learn(asked, found)
    if options.output:
        write_judge(options.model, *learn_judge(read, [row.is_fine for row in rows]))
        options.output.write_text(as_toml(learned), encoding="utf-8")


if __name__ == "__main__":
    main()
