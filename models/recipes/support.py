"""Fitting the support score: true and untrue sentences with what they rest on, and a logistic regression.

python -m models.recipes.support --data ../shared/data --output toolkit/support

True are sentences that people found to follow from a text (RTE, MultiNLI, SICK), highlights of news beside the closest
sentences of their article, headlines beside the lead, second translations of a German news sentence, and denials in
other words. Untrue are those that people found not to follow, headlines of other reports, and true sentences with one
error planted by rule. eval/data/support.jsonl is no part of it.
"""

from __future__ import annotations

import argparse
import lzma
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from models.recipes import corpora
from models.recipes.support_errors import NAMES, Case, planted, reworded
from toolkit import facts, grounding, segmentation
from toolkit.support.features import features
from toolkit.support.reading import read_sentence

SEED = 7
_MOST = {"mnli_subset": 4000, "sick": 500, "rte": 2000}
"""Pairs taken of each corpus of judged pairs."""
_LEAST_WORDS = 8
_TRANSLATIONS = 1500
_HEADLINES = 12_000
"""Headlines that are looked at, from one line in `_EVERY`; cases are made of those before `_REPORTS`."""
_EVERY = 11
_REPORTS = 5000
_LEAST_NEW = 3
_LEAST_SHARE = 0.4
"""Content words of another headline that the lead lacks, counted and as a share: it tells of something else then."""
_SHARES = {
    "name": 1.2,
    "number": 1.2,
    "negation": 0.7,
    "affirmed": 0.5,
    "agent": 1.2,
    "invented": 1.2,
    "opposite": 0.0,
    "rte": 1.0,
    "mnli_subset": 0.7,
    "sick": 0.2,
}
"""What the untrue cases of a kind weigh together; the true ones weigh as much as all of them. The five kinds of errors
that readers are to be warned of weigh alike. Opposites are planted with the table they are found with: they are
measured, and not fitted to. The judged pairs of MultiNLI and SICK are no news."""
_MOST_KEPT = 0.6
"""Share of neighbouring words that stand so in the evidence, above which a case is left out: summaries reword."""
_SOURCES = {
    "highlight": 1.0,
    "translation": 1.0,
    "headline": 1.5,
    "rte": 1.0,
    "mnli_subset": 0.5,
    "mnli_subset, negated": 0.3,
    "sick": 0.2,
    "reworded": 0.5,
}
"""The same of the true cases. Those that deny in other words have a share of their own: else every new "not" would be
taken for an error, as it mostly is where people were asked to write something untrue."""
_HELD_OUT = 5
"""One text in so many is not fitted to: the figures of the card are of those."""
_EVIDENCE = 3
TRUSTED = 0.85
"""Share of the held-out true sentences that must count as supported: the threshold is set so."""


def judged(data: Path, rng: random.Random) -> Iterator[Case]:
    """Pairs that people judged."""
    for name, most in _MOST.items():
        rows = [
            row
            for row in corpora.read_records(data / "nli" / f"{name}.jsonl.xz")
            if len(row["premise"].split()) >= _LEAST_WORDS and len(row["hypothesis"].split()) > 4
        ]
        rng.shuffle(rows)
        if name == "mnli_subset":
            rows.sort(key=lambda row: row["label"] != "entailment" or not _differ_in_negation(row))
        for number, row in enumerate(rows[:most]):
            sentences = segmentation.split_sentences(row["premise"], language="en")
            is_true = row["label"] == "entailment"
            kind = f"{name}, negated" if is_true and name == "mnli_subset" and _differ_in_negation(row) else name
            yield Case(f"{kind}: {row['label']}", number, row["hypothesis"], (*sentences,), is_true)


def _differ_in_negation(row: Mapping[str, str]) -> bool:
    return (read_sentence(row["premise"]).negations > 0) != (read_sentence(row["hypothesis"]).negations > 0)


def highlights(data: Path) -> Iterator[Case]:
    """Highlights of news, where every name and number is found in the article, with the closest of its sentences."""
    for number, row in enumerate(corpora.read_records(data / "summarization" / "cnndm_train_small.jsonl.xz")):
        article = [s for s in segmentation.split_sentences(row["document"], language="en") if len(s.split()) > 3]
        for line in row["summary"].split("\n"):
            if len(line.split()) > 4 and not grounding.ungrounded(line, row["document"]):
                yield Case("highlight", number, line.strip(), closest(line, article), is_true=True)


def closest(sentence: str, article: Sequence[str]) -> tuple[str, ...]:
    """The sentences of an article that share most of a sentence's words, in order."""
    wanted = set(grounding.content_stems(sentence))
    best = sorted(range(len(article)), key=lambda i: (-len(wanted & set(grounding.content_stems(article[i]))), i))
    return tuple(article[i] for i in sorted(best[:_EVIDENCE]))


def headlines(data: Path) -> Iterator[Case]:
    """Headlines of news beside the lead, and, as inventions, those of other reports on one of the names.

    A headline in title case is left out, as is one with a name or number that the lead lacks.
    """
    chosen: list[tuple[str, str, frozenset[str]]] = []
    with lzma.open(data / "summarization" / "newsapi.tsv.xz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % _EVERY or len(chosen) == _HEADLINES:
                continue
            lead, headline = line.split("\t")[:2]
            words = grounding.words(headline)
            small = sum(word[0].islower() for word in words if grounding.is_content(word))
            if len(words) >= _LEAST_WORDS and 2 * small >= len(words) - 2 and not headline.endswith("?"):
                chosen.append((lead, headline, frozenset(NAMES.findall(headline))))
    others: dict[str, list[str]] = defaultdict(list)
    for _, headline, names in chosen:
        for name in names:
            others[name].append(headline)
    for number, (lead, headline, names) in enumerate(chosen[:_REPORTS]):
        evidence = (*segmentation.split_sentences(lead, language="en"),)
        if headline in lead or grounding.ungrounded(headline, lead):
            continue
        yield Case("headline", number, headline, evidence, is_true=True)
        known = set(grounding.content_stems(lead))
        for other in dict.fromkeys(headline for name in sorted(names) for headline in others[name]):
            new = set(grounding.content_stems(other)) - known
            is_other = len(new) >= max(_LEAST_NEW, _LEAST_SHARE * len(grounding.content_stems(other)))
            if is_other and not grounding.ungrounded(other, lead):
                yield Case("invented", number, other, evidence, is_true=False)
                break


def translations(data: Path, rng: random.Random) -> Iterator[Case]:
    """A translation by machine beside that by people of the same German sentence and its neighbours."""
    parallel = data / "parallel"
    machine: dict[str, str] = {}
    with lzma.open(parallel / "newstest_bergamot_fwd.tsv.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            german, english = line.rstrip("\n").split("\t")[:2]
            machine[german] = english
    with lzma.open(parallel / "newstest_human_08-17.tsv.xz", "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t")[:2] for line in lines]
    places = [i for i, (german, _) in enumerate(rows) if german in machine and 8 <= len(german.split()) <= 30]
    rng.shuffle(places)
    for i in places[:_TRANSLATIONS]:
        evidence = tuple(english for _, english in rows[max(0, i - 1) : i + 2])
        german, english = rows[i]
        # Neither the one nor the other may have lost a fact.
        if machine[german] != english and not facts.check(german, machine[german]) and not facts.check(german, english):
            yield Case("translation", i // 20, machine[rows[i][0]], evidence, is_true=True)


def cases(data: Path) -> list[Case]:
    """All cases, in a fixed order."""
    rng = random.Random(SEED)
    pairs = list(judged(data, rng))
    heads = list(headlines(data))
    texts = [*highlights(data), *translations(data, rng), *(case for case in heads if case.is_true)]
    # Judged pairs that follow carry planted errors, too.
    true = [case for case in [*pairs, *texts] if case.is_true]
    return [*pairs, *texts, *(case for case in heads if not case.is_true), *planted(true, rng), *reworded(true)]


def matrix(chosen: Sequence[Case]) -> tuple[NDArray[np.float64], list[str]]:
    """A row of figures a case, and their names."""
    rows = [features(case.sentence, case.evidence).values for case in chosen]
    names = list(rows[0])
    return np.array([[row[name] for name in names] for row in rows]), names


def weigh(every: Sequence[Case]) -> NDArray[np.float64]:
    """What each case weighs: kinds have shares, and the cases of a kind share them."""
    counts = Counter((case.is_true, case.kind.split(":")[0]) for case in every)
    shares = {False: _SHARES, True: _SOURCES}
    totals = {is_true: sum(shares[is_true].values()) for is_true in shares}
    weights = []
    for case in every:
        kind = case.kind.split(":")[0]
        weights.append(shares[case.is_true][kind] / totals[case.is_true] / counts[case.is_true, kind])
    return np.array(weights) * len(every)


def fit(data: Path, output: Path) -> None:
    """Fit, measure on what was held out, and write the coefficients."""
    every = cases(data)
    figures, names = matrix(every)
    kept = figures[:, names.index("neighbours kept")] <= _MOST_KEPT
    every, figures = [case for case, is_kept in zip(every, kept, strict=True) if is_kept], figures[kept]
    truth = np.array([case.is_true for case in every])
    held = np.array([case.text % _HELD_OUT == 0 for case in every])
    model = LogisticRegression(C=1.0, max_iter=1000)
    weights = weigh(every)
    model.fit(figures[~held], truth[~held], sample_weight=weights[~held])
    scores = model.predict_proba(figures)[:, 1]
    threshold = float(np.quantile(scores[held & truth], 1 - TRUSTED))
    print(f"{len(every)} cases, {int(held.sum())} held out; AUROC {roc_auc_score(truth[held], scores[held]):.3f}")
    sources = ("highlight", "translation", "headline")
    plain = np.array([case.is_true and case.kind in sources for case in every])
    overlap = np.array([grounding.support(case.sentence, " ".join(case.evidence)) or 0.0 for case in every])
    print(f"word overlap {roc_auc_score(truth[held], overlap[held]):.3f}; threshold {threshold:.3f}")
    for kind in sorted({case.kind for case in every if not case.is_true}):
        chosen = np.array([case.kind == kind and not case.is_true for case in every])
        base = truth if ":" in kind else plain
        some = held & (chosen | base)
        ours, theirs = (roc_auc_score(truth[some], each[some]) for each in (scores, overlap))
        below = np.mean(scores[held & chosen] < threshold)
        count = int((held & chosen).sum())
        print(f"{kind:28} n {count:5}  AUROC {ours:.3f}  overlap {theirs:.3f}  below {below:.2f}")
    lines = [
        "# How much each figure of toolkit/support/features.py speaks for a sentence: the logit of its support is the",
        "# offset and the sum of the figures times these. Written by models/recipes/support.py; see README.md here.",
        f"threshold = {threshold:.3f}",
        f"offset = {float(model.intercept_[0]):.3f}",
        "",
        "[weights]",
        *(f'"{name}" = {value:.3f}' for name, value in zip(names, model.coef_[0], strict=True)),
    ]
    (output / "weights.toml").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def main() -> None:
    """Fit from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    fit(options.data, options.output)


if __name__ == "__main__":
    main()
