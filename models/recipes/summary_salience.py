"""Learn the weights of toolkit/salience.py from articles with summaries, by ROUGE against the summary.

    python -m models.recipes.summary_salience --data ../shared/data --output toolkit/salience.json

Both models are linear and fitted in closed form or by Newton's method, in a few minutes on one core. `--words` first
counts anew what news leads tell of single words (toolkit/salience-words.tsv). `--check` reports instead, in four folds
of the training articles, what the sentences chosen score.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from models.recipes import leads
from models.recipes.corpora import read_records
from models.recipes.summary_scores import with_capitals
from toolkit import grounding, salience, segmentation
from toolkit.clauses import shorter_forms
from toolkit.salience import SENTENCE_FEATURES, WORD_FEATURES, Article, Weights, Word, tokens
from toolkit.selection import MAX_FORM_WORDS, is_sentence

CORPORA = {"xsum_train_subset": 1096}
"""Corpus → articles used of it. Articles with summaries of several sentences add nothing, scientific ones take away."""
_KINDS = 60
_WORDS = 5000
_WORD_PENALTY = 1.0
_SENTENCE_PENALTY = 30.0
_MOST_SENTENCES = 60
_PARTS = 2

Pair = tuple[Article, str]


def read(folder: Path) -> list[tuple[str, Pair]]:
    """Corpus, article and summary of each row."""
    rows = []
    for name, count in CORPORA.items():
        found = [row for row in read_records(folder / f"{name}.jsonl.xz") if not row.get("extractive_lead")]
        for row in found[:count]:
            text = with_capitals(row["document"])
            sentences = [segment.text for segment in segmentation.read_document(text, language="en").segments]
            if len(sentences) > 1:
                rows.append((name, (Article(sentences[:_MOST_SENTENCES]), row["summary"])))
    return rows


def read_words(folder: Path, count: int = 150_000) -> dict[str, Word]:
    """What `count` news leads and their headlines tell of the commonest words; "" is any other."""
    rows = list(leads.lead_rows(folder / "newsapi.tsv.xz"))
    random.Random(1).shuffle(rows)
    first: Counter[str] = Counter()
    later: Counter[str] = Counter()
    headed: Counter[str] = Counter()
    openings = laters = 0
    for lead, headline in rows[:count]:
        sentences = leads.sentences_of(lead)
        if sentences:
            found = set(tokens(sentences[0]))
            stems = {grounding.stem(token) for token in tokens(headline)}
            first.update(found)
            headed.update(token for token in found if grounding.stem(token) in stems)
            openings += 1
            for sentence in sentences[1:]:
                later.update(set(tokens(sentence)))
                laters += 1
    return count_words(first, later, headed, openings, laters)


def count_words(
    first: Counter[str], later: Counter[str], headed: Counter[str], openings: int, laters: int
) -> dict[str, Word]:
    """By word, from the sentences it stands in: first ones of leads, later ones, first ones whose headline has it."""
    usual = headed.total() / max(1, first.total())

    def word(in_first: int, in_later: int, in_headline: int, number: int = 1) -> Word:
        opening = (in_first / number + 5) / (openings + 10)
        elsewhere = (in_later / number + 5 * laters / openings) / (laters + 10)
        share = (in_headline + 20 * usual) / (in_first + 20)
        rarity = math.log((openings + laters) / ((in_first + in_later) / number + 2))
        return Word(math.log(opening / elsewhere), math.log(share / (1 - share)), rarity)

    seen = [token for token, _ in (first + later).most_common()]
    common, rare = seen[:_WORDS], seen[_WORDS:]
    rest = [sum(counter[token] for token in rare) for counter in (first, later, headed)]
    found = {"": word(*rest, number=max(1, len(rare)))}
    return found | {token: word(first[token], later[token], headed[token]) for token in sorted(common)}


def fit(pairs: Sequence[Pair]) -> Weights:
    """Weights from articles with their summaries; what the second model sees was predicted by a first one that did
    not learn from the same article."""
    counts = Counter(token for _, summary in pairs for token in set(tokens(summary)))
    kinds = [token for token, _ in counts.most_common(_KINDS)]
    parts = [[pair for i, pair in enumerate(pairs) if i % _PARTS == part] for part in range(_PARTS)]
    tables = [_word_table(part, kinds) for part in parts]
    rows: list[list[float]] = []
    wanted: list[float] = []
    shares: list[float] = []
    for i, part in enumerate(parts):
        rest = [table for j, table in enumerate(tables) if j != i]
        weights = _word_weights(rest, kinds)
        for article, summary in part:
            candidates = [
                (place, form)
                for place, sentence in enumerate(article.sentences)
                if is_sentence(sentence)
                for form in shorter_forms(sentence, most=MAX_FORM_WORDS)
            ]
            for place, form in candidates:
                probabilities = article.word_probabilities(form, place, weights)
                rows.append(article.sentence_features(form, place, probabilities))
                wanted.append(target(form, summary))
                # Every article counts the same, however many forms it has.
                shares.append(1 / len(candidates))
    word = _word_weights(tables, kinds)
    matrix, goal, share = np.array(rows), np.array(wanted), np.array(shares) * len(rows) / sum(shares)
    centre, scale = matrix.mean(0), matrix.std(0) + 1e-9
    scaled = (matrix - centre) / scale
    weighed = scaled * share[:, None]
    mean = float(share @ goal / share.sum())
    solved = np.linalg.solve(weighed.T @ scaled + _SENTENCE_PENALTY * np.eye(len(scale)), weighed.T @ (goal - mean))
    solved /= scale
    named = dict(zip(SENTENCE_FEATURES, solved, strict=True))
    return Weights(word.word, word.kinds, {"": mean - float(solved @ centre), **named})


def target(text: str, summary: str) -> float:
    """Mean of ROUGE-1 and ROUGE-L, F1."""
    one, other = tokens(text), tokens(summary)
    shared = (Counter(one) & Counter(other)).total()
    return (shared + _common(one, other)) / max(1, len(one) + len(other))


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        previous = 0
        for j, candidate in enumerate(other, start=1):
            previous, row[j] = row[j], previous + 1 if word == candidate else max(row[j], row[j - 1])
    return row[-1]


def _word_table(pairs: Sequence[Pair], kinds: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    index = {token: i for i, token in enumerate(kinds)}
    rows, labels = [], []
    for article, summary in pairs:
        wanted = set(tokens(summary))
        # Every second sentence: more words than the model has weights to learn.
        for place, sentence in list(enumerate(article.sentences))[::2]:
            for token in dict.fromkeys(tokens(sentence)):
                one_hot = [0.0] * (len(kinds) + 1)
                one_hot[index.get(token, len(kinds))] = 1.0
                rows.append([*article.word_features(token, place), *one_hot])
                labels.append(token in wanted)
    return np.array(rows, dtype=np.float32), np.array(labels, dtype=np.float32)


def _word_weights(tables: Sequence[tuple[np.ndarray, np.ndarray]], kinds: Sequence[str]) -> Weights:
    """Logistic regression with an L2 penalty, by Newton's method."""
    matrix = np.concatenate([table for table, _ in tables])
    labels = np.concatenate([table for _, table in tables])
    centre, scale = matrix.mean(0), matrix.std(0) + 1e-6
    scaled = np.concatenate([(matrix - centre) / scale, np.ones((len(matrix), 1))], axis=1)
    solved = np.zeros(scaled.shape[1])
    solved[-1] = math.log(labels.mean() / (1 - labels.mean()))
    for _ in range(8):
        chance = 1 / (1 + np.exp(-scaled @ solved))
        slope = scaled.T @ (chance - labels) + _WORD_PENALTY * solved
        curve = (scaled * (chance * (1 - chance))[:, None]).T @ scaled + _WORD_PENALTY * np.eye(len(solved))
        solved -= np.linalg.solve(curve, slope)
    weights = solved[:-1] / scale
    names = dict(zip(WORD_FEATURES, weights, strict=False))
    intercept = float(solved[-1] - weights @ centre)
    return Weights({"": intercept, **names}, dict(zip([*kinds, ""], weights[len(WORD_FEATURES) :], strict=True)), {})


def write_words(words: Mapping[str, Word], path: Path) -> None:
    """Write salience-words.tsv."""
    lines = ["word\topening\theadline\trarity"]
    lines += [f"{token}\t{word.opening:.2f}\t{word.headline:.2f}\t{word.rarity:.2f}" for token, word in words.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def best(article: Article, weights: Weights) -> str:
    """The form of a sentence with the highest value."""
    forms = [
        (article.value(form, place, weights=weights), form)
        for place, sentence in enumerate(article.sentences)
        if is_sentence(sentence)
        for form in shorter_forms(sentence, most=MAX_FORM_WORDS)
    ]
    return max(forms)[1] if forms else " ".join(article.sentences[0].split()[:MAX_FORM_WORDS])


def check(rows: Sequence[tuple[str, Pair]], folds: int = 4) -> None:
    """Print ROUGE-1 and ROUGE-L of the sentence chosen, by corpus; no article is scored by weights that saw it."""
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rouge1", "rougeL"], use_stemmer=False)
    found: dict[str, list[tuple[float, float, int]]] = {}
    for fold in range(folds):
        weights = fit([pair for i, (_, pair) in enumerate(rows) if i % folds != fold])
        for i, (name, (article, summary)) in enumerate(rows):
            if i % folds == fold:
                text = best(article, weights)
                score = scorer.score(summary, text)
                found.setdefault(name, []).append(
                    (score["rouge1"].fmeasure, score["rougeL"].fmeasure, len(text.split()))
                )
    for name, values in found.items():
        one, longest, words = (sum(column) / len(values) for column in zip(*values, strict=True))
        print(f"{name}: ROUGE-1 {100 * one:.2f}, ROUGE-L {100 * longest:.2f}, {words:.1f} words", flush=True)


def main() -> None:
    """Fit and write, or check, by the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--output", type=Path, default=Path(salience.__file__).with_name("salience.json"))
    parser.add_argument("--words", action="store_true", help="count the words of news leads anew first")
    parser.add_argument("--check", action="store_true", help="score in four folds, write nothing")
    options = parser.parse_args()
    folder = options.data / "summarization"
    if options.words:
        write_words(read_words(folder), options.output.with_name("salience-words.tsv"))
        salience.words.cache_clear()
    rows = read(folder)
    if options.check:
        check(rows)
        return
    weights = fit([pair for _, pair in rows])
    rounded = {
        name: {key: round(float(value), 4) for key, value in getattr(weights, name).items()}
        for name in ("word", "kinds", "sentence")
    }
    options.output.write_text(json.dumps(rounded, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
