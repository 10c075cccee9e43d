"""What a summariser scores on the development sets, beside the lead, the first sentence and a random passage.

ROUGE by `rouge_score` (F1, no stemmer, its own tokenizer); ROUGE-L over the whole summary. Novel bigrams and the
precision of names and numbers are measured against the article, not against the reference: most of XSum's references
hold something that their articles lack (Maynez et al. 2020).
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from toolkit import facts, grounding
from toolkit.documents import Summary
from toolkit.salience import Article
from toolkit.segmentation import split_sentences
from toolkit.selection import choose
from toolkit.summarization import Summarizer
from toolkit.translation import Translator

SETS = {"xsum-700": 1, "scitldr-dev": 1, "realsumm-cnndm100": 3}
"""Development set → sentences a summary."""
SIGNATURE = "rouge_score 0.1.2, F1, no stemmer, default tokenizer, means over articles"


@dataclass(frozen=True, slots=True)
class Score:
    """Means over the articles of a set, in per cent except `words`."""

    rouge1: float
    rouge2: float
    rouge_l: float
    words: float
    novel_bigrams: float
    numbers: float
    """Share of the summary's numbers that stand in the article."""
    names: float
    """Share of the summary's capitalised words that stand in the article."""


def articles(path: Path) -> Iterator[tuple[str, str]]:
    """Document and reference summary of each line of a development set.

    Documents in small letters throughout (RealSumm's) get a capital at each sentence start, or no splitter finds it.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield with_capitals(row["document"]), row["summary"]


def score(summaries: Sequence[str], documents: Sequence[str], references: Sequence[str]) -> Score:
    """The summaries of a set, in its order."""
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
    found = [scorer.score(reference, summary) for summary, reference in zip(summaries, references, strict=True)]
    numbers = names = missing_numbers = missing_names = novel = bigrams = 0
    for summary, document in zip(summaries, documents, strict=True):
        missing = grounding.ungrounded(summary, document)
        wrong = sum(word[0].isdigit() for word in missing)
        missing_numbers += wrong
        missing_names += sum(word[0].isupper() for word in missing)
        numbers += len(facts.numbers(summary, language="en"))
        names += sum(word[0].isupper() and grounding.is_content(word) for word in grounding.words(summary))
        known, pairs = set(_bigrams(document)), _bigrams(summary)
        bigrams += len(pairs)
        novel += sum(pair not in known for pair in pairs)
    return Score(
        *(100 * _mean(row[kind].fmeasure for row in found) for kind in ("rouge1", "rouge2", "rougeL")),
        words=_mean(len(summary.split()) for summary in summaries),
        novel_bigrams=100 * novel / max(1, bigrams),
        numbers=100 * (1 - missing_numbers / max(1, numbers)),
        names=100 * (1 - missing_names / max(1, names)),
    )


def baselines(summaries: Sequence[str], documents: Sequence[str], *, count: int, seed: int) -> dict[str, list[str]]:
    """The sentences chosen, shortened; first sentence; lead and random passage as long as each summary."""
    rng = random.Random(seed)
    rows: dict[str, list[str]] = {
        "chosen, not edited": [],
        "first sentence": [],
        "lead, same length": [],
        "random passage, same length": [],
    }
    for summary, document in zip(summaries, documents, strict=True):
        words = len(summary.split())
        sentences = split_sentences(document, language="en")
        start = rng.randrange(len(sentences))
        chosen = choose(Article(sentences), count=count)
        rows["chosen, not edited"].append(" ".join(choice.form or sentences[choice.place] for choice in chosen))
        rows["first sentence"].append(sentences[0])
        rows["lead, same length"].append(" ".join(" ".join(sentences).split()[:words]))
        # From the chosen sentence on, and on from the start of the article where the end comes too soon.
        around = " ".join(sentences[start:] + sentences[:start])
        rows["random passage, same length"].append(" ".join(around.split()[:words]))
    return rows


def report(
    summarizer: Summarizer, pairs: Sequence[tuple[str, str]], *, sentences: int, seed: int = 1
) -> tuple[dict[str, Score], list[Summary]]:
    """Scores by system on documents with their references, and the summaries."""
    documents, references = zip(*pairs, strict=True)
    results = list(summarizer.summarize_many(documents, sentences=sentences))
    texts = [result.text for result in results]
    systems = {"summariser": texts, **baselines(texts, documents, count=sentences, seed=seed)}
    return {name: score(outputs, documents, references) for name, outputs in systems.items()}, results


def copied(results: Sequence[Summary], documents: Sequence[str]) -> float:
    """Share of the summary sentences, in per cent, that stand in the article word for word."""
    flat = [" ".join(document.split()) for document in documents]
    sentences = [(s.text, text) for result, text in zip(results, flat, strict=True) for s in result.sentences]
    return 100 * sum(sentence in text for sentence, text in sentences) / max(1, len(sentences))


def write_scores(folder: Path, *, data: Path, work: Path, count: int | None = None) -> None:
    """Score the model in `folder` on `SETS`: `work`/scores.json, and the outputs beside it for reading."""
    summarizer = Summarizer(folder)
    found: dict[str, Any] = {}
    for name, sentences in SETS.items():
        path = data / "dev" / "summarization" / f"{name}.jsonl"
        pairs = list(itertools.islice(articles(path), count))
        scores, results = report(summarizer, pairs, sentences=sentences)
        found[name] = {
            "articles": len(pairs),
            "sentences": sentences,
            "copied": copied(results, [document for document, _ in pairs]),
            "scores": {system: asdict(row) for system, row in scores.items()},
        }
        lines = [
            json.dumps(
                {"headline": result.headline, "summary": result.text, "reference": reference}, ensure_ascii=False
            )
            for result, (_, reference) in zip(results, pairs, strict=True)
        ]
        (work / f"outputs-{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(name, json.dumps(found[name], indent=1), flush=True)
    (work / "scores.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def write_article(folder: Path, article: Path, *, work: Path) -> None:
    """Write `work`/article.json: what the model in `folder` makes of a German article as klartext translates it."""
    summary = Summarizer(folder).summarize(Translator().translate(article.read_text(encoding="utf-8")))
    found = {"headline": summary.headline, "sentences": [sentence.text for sentence in summary.sentences]}
    (work / "article.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def table(scores: dict[str, dict[str, float]]) -> str:
    """The scores as a Markdown table."""
    head = "| system | ROUGE-1 | ROUGE-2 | ROUGE-L | words | novel bigrams % | numbers found % | names found % |"
    lines = [head, "|---|" + "---:|" * 7]
    for name, row in scores.items():
        lines.append(f"| {name} | " + " | ".join(f"{row[field.name]:.1f}" for field in fields(Score)) + " |")
    return "\n".join(lines)


def with_capitals(document: str) -> str:
    """A document in small letters throughout with a capital at each sentence start; others as they are."""
    if document != document.lower():
        return document
    return re.sub(r"(?:^|(?<=[.!?] )|(?<=[.!?]['\"’”] ))[a-z]", lambda match: match.group().upper(), document)


def _bigrams(text: str) -> list[tuple[str, str]]:
    return list(itertools.pairwise(re.findall(r"\w+", text.casefold())))


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0
