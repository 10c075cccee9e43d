"""The doubt as a task: which outputs count as bad, what it is compared with, and how many judgements still hold."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from sacrebleu.metrics.chrf import CHRF
from sklearn.metrics import roc_auc_score

from eval import doubts, judging, sets
from eval.articles import read_articles
from eval.doubts import ADEQUATE, INADEQUATE, AsJudged, JudgedAuroc, LowestAuroc
from eval.examples import Example
from eval.running import Models, run
from toolkit.documents import Document, Segment, TranslatedSegment, Translation
from toolkit.engines import EngineSettings


def doubted(translation: str, doubt: float) -> dict[str, object]:
    return {"translation": translation, "doubt": doubt}


def judged(verdict: str, translation: str) -> dict[str, str]:
    return {"verdict": verdict, "translation": translation}


def test_judgements_are_of_our_sentences_and_all_decided() -> None:
    articles = {article.id: article for article in read_articles()}
    rows = judging.read()
    assert len(rows) >= 200
    assert len({(row.article, row.segment) for row in rows}) == len(rows)
    assert len({row.model for row in rows}) == 1
    assert {row.adequate for row in rows} == {True, False}
    for row in rows:
        assert row.source == articles[row.article].sentences[row.segment][0]
        assert row.translation.strip()


def test_data_holds_all_sentences_and_the_judgements() -> None:
    data, rows = doubts.data(), judging.read()
    assert [example.id for example in data.examples] == [example.id for example in sets.sentences().examples]
    assert all(example.translations for example in data.examples)
    known = {example.id: example for example in data.examples if example.verdict}
    assert len(known) == len(rows)
    for row in rows:
        example = known[f"{row.article}:{row.segment}"]
        expected = judged(ADEQUATE if row.adequate else INADEQUATE, row.translation)
        assert (example.source, example.judged) == (row.source, expected)


def test_only_outputs_as_judged_count() -> None:
    predictions = [doubted("a", 0.2), doubted("b", 0.6), doubted("other", 0.9), doubted("d", 0.4)]
    references = [judged(ADEQUATE, "a"), judged(INADEQUATE, "b"), judged(ADEQUATE, "c"), judged("", "")]
    assert JudgedAuroc().compute(predictions=predictions, references=references)["AUROC judged"] == 1.0
    texts = [str(output["translation"]) for output in predictions]
    assert AsJudged().compute(predictions=texts, references=references)["outputs as judged"] == pytest.approx(2 / 3)
    swapped = [judged(INADEQUATE, "a"), judged(ADEQUATE, "b"), *references[2:]]
    assert JudgedAuroc().compute(predictions=predictions, references=swapped)["AUROC judged"] == 0.0


def test_none_as_judged_is_no_score() -> None:
    found = JudgedAuroc().compute(predictions=[doubted("a", 0.2)], references=[judged(ADEQUATE, "b")])
    assert math.isnan(found["AUROC judged"])


def test_the_lowest_tenth_is_that_of_sacrebleu() -> None:
    draw = random.Random(4)
    references = [[f"The {word} came to the town {number} times."] for number, word in enumerate(["cat", "dog"] * 20)]
    predictions = [
        doubted(text if draw.random() < 0.6 else text[: draw.randint(3, 20)], round(draw.random(), 2))
        for (text,) in references
    ]
    scores = [
        CHRF(word_order=2).sentence_score(str(output["translation"]), texts).score
        for output, texts in zip(predictions, references, strict=True)
    ]
    lowest = sorted(range(40), key=lambda i: scores[i])[:4]
    expected = roc_auc_score([i in lowest for i in range(40)], [output["doubt"] for output in predictions])
    found = LowestAuroc().compute(predictions=predictions, references=references)["AUROC lowest tenth"]
    assert found == pytest.approx(expected)


def test_the_most_doubtful_sentence_of_a_line_decides() -> None:
    first, second = Segment("Es regnet.", 0, 10, 0), Segment("Es schneit.", 11, 22, 0)
    segments = (
        TranslatedSegment(first, "It rains.", log_prob=-0.25, doubt=0.5),
        TranslatedSegment(second, "It snows.", log_prob=-0.75, doubt=0.125),
    )
    document = Document("Es regnet. Es schneit.", (first, second))
    translation = Translation(document, segments, "model", "fake")
    expected = {"translation": "It rains. It snows.", "doubt": 0.5, "log_prob": -0.75}
    assert doubts.output_of(translation) == expected
    copies = tuple(replace(segment, doubt=None, log_prob=None) for segment in segments)
    assert doubts.output_of(replace(translation, segments=copies)) == expected | {"doubt": 0.0, "log_prob": 0.0}


def test_baselines_rate_the_same_outputs_by_one_feature() -> None:
    examples = [Example(id=str(i), source="neun Teile") for i in range(3)]
    outputs = [
        {"translation": "nine parts", "doubt": 0.9, "log_prob": -2.0},
        {"translation": "nine", "doubt": 0.1, "log_prob": -0.5},
        {"translation": "nine parts, all of them", "doubt": 0.1},
    ]
    length, log_prob = doubts.length_alone(examples, outputs), doubts.log_prob_alone(examples, outputs)
    for made in (length, log_prob):
        assert [each["translation"] for each in made] == [each["translation"] for each in outputs]
    assert length[0]["doubt"] == 0.0
    assert length[1]["doubt"] == pytest.approx(1 - 5 / 11)
    assert length[2]["doubt"] == pytest.approx(1 - 11 / 24)
    assert [each["doubt"] for each in log_prob] == pytest.approx([1 - math.exp(-2.0), 1 - math.exp(-0.5), 0.0])


def test_task_runs_and_tells_how_many_judgements_hold() -> None:
    result = run("doubt", models=Models(settings=EngineSettings(engine="fake")))
    scores = {score.metric: score.value for score in result.scores}
    assert set(result.baselines) == {"length alone", "log-probability alone"}
    assert scores.keys() == {"outputs as judged", "AUROC lowest tenth"}
    assert scores["outputs as judged"] == 0.0
    assert all(set(output) == {"translation", "doubt", "log_prob"} for output in result.outputs)
