"""BLEU, chrF, chrF++, TER and ROUGE: the same figures as the command lines of sacrebleu and rouge_score."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eval import overlap
from eval.articles import read_articles
from eval.intervals import interval
from eval.metrics import Metric
from toolkit.errors import InputError

ARTICLES = [article for article in read_articles() if article.second_english is not None][:3]
SENTENCES = [
    (english, second)
    for article in ARTICLES
    for (_, english), second in zip(article.sentences, article.seconds, strict=True)
]
FIRST = [english for english, _ in SENTENCES]
SECOND = [str(second) for _, second in SENTENCES]
# The second reference serves as a human translation of another style, with an empty output among them.
PREDICTIONS = [str(second) if i % 3 else english.lower() for i, (english, second) in enumerate(SENTENCES)]
PREDICTIONS[4] = ""
METRICS: tuple[Metric, ...] = (overlap.Bleu(), overlap.Chrf(), overlap.ChrfPlusPlus(), overlap.Ter())


def _write(path: Path, lines: Sequence[str]) -> str:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return str(path)


def _sacrebleu(folder: Path, references: Sequence[Sequence[str]], *options: str) -> dict[str, dict[str, object]]:
    """What the command line says of each metric, by our names."""
    files = [_write(folder / f"ref{i}", lines) for i, lines in enumerate(references)]
    command = [sys.executable, "-m", "sacrebleu", *files, "-i", _write(folder / "hyp", PREDICTIONS)]
    found: dict[str, dict[str, object]] = {}
    for words in ("0", "2"):
        arguments = ["-m", "bleu", "chrf", "ter", "--chrf-word-order", words, "-w", "9", *options]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True, encoding="utf-8")
        found |= {each["name"].replace("chrF2", "chrF"): each for each in json.loads(done.stdout)}
    return found


@pytest.fixture(scope="module")
def one_reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    return _sacrebleu(tmp_path_factory.mktemp("one"), [FIRST], "--confidence")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_sacrebleu_command_line(metric: Metric, one_reference: dict[str, dict[str, object]]) -> None:
    theirs = one_reference[metric.name]
    references = [[text] for text in FIRST]
    rows = metric.statistics(predictions=PREDICTIONS, references=references)
    assert float(metric.score(rows.sum(axis=0))) == pytest.approx(theirs["score"], abs=1e-8)
    # Theirs names the bootstrap besides, which here is not part of the metric.
    signature = str(theirs["signature"]).replace("bs:1000|seed:12345|", "")
    assert metric.signature(references) == signature
    low, high = interval(metric, rows)
    # They sum in single precision.
    assert (high - low) / 2 == pytest.approx(theirs["confidence_var"], abs=1e-3)
    assert low <= theirs["score"] <= high  # type: ignore[operator]


def test_sacrebleu_command_line_with_two_references(tmp_path: Path) -> None:
    theirs = _sacrebleu(tmp_path, [FIRST, [text.upper() for text in SECOND]])
    references = [(one, other.upper()) for one, other in zip(FIRST, SECOND, strict=True)]
    for metric in METRICS:
        ours = metric.compute(predictions=PREDICTIONS, references=references)
        assert ours[metric.name] == pytest.approx(theirs[metric.name]["score"], abs=1e-8), metric.name
        assert ours["signature"] == theirs[metric.name]["signature"]


def test_number_of_references_may_vary() -> None:
    """What the command line cannot do: as sacrebleu's own functions do it."""
    from sacrebleu import corpus_bleu

    references = [(one, other) if i % 2 else (one,) for i, (one, other) in enumerate(zip(FIRST, SECOND, strict=True))]
    columns: Any = [FIRST, [other if i % 2 else None for i, other in enumerate(SECOND)]]
    metric = overlap.Bleu()
    ours = metric.compute(predictions=PREDICTIONS, references=references)
    assert ours["BLEU"] == pytest.approx(corpus_bleu(PREDICTIONS, columns, force=True).score, abs=1e-9)
    assert ours["signature"].startswith("nrefs:var|")


def test_scores_of_many_sums_at_once() -> None:
    metric = overlap.Chrf()
    rows = metric.statistics(predictions=PREDICTIONS, references=[[text] for text in FIRST])
    halves = np.stack([rows[:20].sum(axis=0), rows[20:].sum(axis=0)])
    assert metric.score(halves).shape == (2,)
    assert metric.score(halves)[1] == pytest.approx(float(metric.score(halves[1])))
    assert metric.score(np.stack([halves, halves])).shape == (2, 2)


SUMMARIES = [" ".join(article.summary) for article in read_articles()]
LEADS = [" ".join(english for _, english in article.sentences[:3]) for article in read_articles()]
LEADS[5] = ""


def test_rouge_command_line(tmp_path: Path) -> None:
    """Sentences one a line, records parted by a mark of their own; scores of each input and their mean."""
    mark = "\n#\n"
    for name, texts in (("targets", SUMMARIES), ("decodes", LEADS)):
        records = [overlap.one_a_line(text) + mark for text in texts]
        (tmp_path / name).write_text("".join(records), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "rouge_score.rouge",
        f"--target_filepattern={tmp_path / 'targets'}",
        f"--prediction_filepattern={tmp_path / 'decodes'}",
        f"--output_filename={tmp_path / 'scores.csv'}",
        "--rouge_types=rouge1,rouge2,rougeLsum",
        f"--delimiter={mark}",
        "--noaggregate",
    ]
    subprocess.run(command, capture_output=True, check=True)
    with (tmp_path / "scores.csv").open(encoding="utf-8") as file:
        theirs = list(csv.DictReader(file))
    assert len(theirs) == len(SUMMARIES)
    for metric in (overlap.Rouge1(), overlap.Rouge2(), overlap.RougeLsum()):
        rows = metric.statistics(predictions=LEADS, references=[[text] for text in SUMMARIES])
        column = [float(row[f"{metric.kind}-F"]) for row in theirs]
        assert rows[:, 0] == pytest.approx(column, abs=1e-6)  # they print six digits
        assert float(metric.score(rows.sum(axis=0))) == pytest.approx(np.mean(column), abs=1e-6)
        assert max(column) > 0.1


def test_rouge_lsum_sees_sentences() -> None:
    """In one line, what stands in another order shares less than sentence by sentence."""
    text, turned = "The cat slept. It was late.", "It was late. The cat slept."
    assert overlap.RougeLsum().compute(predictions=[turned], references=[[text]])["ROUGE-Lsum"] == 1.0
    from rouge_score.rouge_scorer import RougeScorer

    assert RougeScorer(["rougeLsum"]).score(text, turned)["rougeLsum"].fmeasure < 1.0


def test_best_reference_counts_for_rouge() -> None:
    result = overlap.Rouge1().compute(predictions=["a b"], references=[["c d", "a b"]])
    assert result["ROUGE-1"] == 1.0
    assert result["signature"].startswith("nrefs:2|kind:rouge1|score:f1|stemmer:no|")


@pytest.mark.parametrize("metric", [*METRICS, overlap.Rouge1()], ids=lambda metric: metric.name)
@pytest.mark.parametrize("references", [[["good"], []], [["good"], [" "]], ["good", "bad"]])
def test_every_input_needs_references(metric: Metric, references: list[list[str]]) -> None:
    with pytest.raises(InputError, match=rf"^{metric.name.replace('+', '.')}: input \d needs a list of references"):
        metric.statistics(predictions=["x", "y"], references=references)
