"""Judged outputs: the sample is even and blind, and the score tells adequate outputs from others."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest

from eval import judging
from eval.articles import read_articles
from eval.judging import Judgement, auroc, doubts, read, sample, write
from toolkit.engines import EngineSettings
from toolkit.errors import InputError
from toolkit.translation import Translator


@pytest.fixture(scope="module")
def translator() -> Translator:
    """The fake one, whose doubt depends on the text alone."""
    return Translator(settings=EngineSettings(engine="fake"))


@pytest.fixture(scope="module")
def sampled(translator: Translator) -> list[Judgement]:
    """Two or three sentences of each article."""
    return sample(translator, 60)


def test_sample_is_even_blind_and_the_same_every_time(translator: Translator, sampled: list[Judgement]) -> None:
    articles = {article.id: article for article in read_articles()}
    counts = Counter(judgement.article for judgement in sampled)
    assert set(counts) == set(articles)
    assert set(counts.values()) <= {2, 3}
    assert len({(judgement.article, judgement.segment) for judgement in sampled}) == 60
    for judgement in sampled:
        assert judgement.source == articles[judgement.article].sentences[judgement.segment][0]
        assert judgement.adequate is None
    assert {field.name for field in fields(Judgement)}.isdisjoint({"doubt", "log_prob", "reasons", "score"})
    assert sample(translator, 60) == sampled


def test_all_sentences_are_the_most(translator: Translator) -> None:
    everything = sum(len(article.sentences) for article in read_articles())
    assert len(sample(translator, everything + 1)) == everything
    with pytest.raises(InputError, match="at least 1, got 0"):
        sample(translator, 0)


def test_written_rows_come_back_once_judged(tmp_path: Path, sampled: list[Judgement]) -> None:
    path = tmp_path / "judgements.jsonl"
    write(sampled[:2], path)
    with pytest.raises(InputError, match="2 of 2 outputs are not judged"):
        read(path)
    with pytest.raises(InputError, match="is there already"):
        write(sampled[:2], path)
    judged = [replace(judgement, adequate=True) for judgement in sampled[:2]]
    path.unlink()
    write(judged, path)
    assert read(path) == judged


def test_a_row_that_is_no_judgement(tmp_path: Path, sampled: list[Judgement]) -> None:
    path = tmp_path / "judgements.jsonl"
    row = {**asdict(sampled[0]), "doubt": 0.5}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="row 1: expected article, segment, source"):
        read(path)


def test_only_the_same_outputs_count(translator: Translator, sampled: list[Judgement]) -> None:
    judged = [replace(judgement, adequate=True) for judgement in sampled]
    other = [replace(judged[0], translation="Something else."), *judged[1:]]
    found = doubts(translator, other)
    assert [judgement for judgement, _ in found] == judged[1:]
    assert all(0 < doubt < 1 for _, doubt in found)
    with pytest.raises(InputError, match="60 of 60 judged outputs come out otherwise now"):
        doubts(translator, [replace(judgement, translation="?") for judgement in judged])


def test_auroc(sampled: list[Judgement]) -> None:
    good, bad = (replace(sampled[0], adequate=adequate) for adequate in (True, False))
    assert auroc([(good, 0.1), (bad, 0.2)]) == 1.0
    assert auroc([(good, 0.2), (bad, 0.1), (bad, 0.2), (bad, 0.3)]) == 0.5
    with pytest.raises(InputError, match="all 1 outputs are adequate"):
        auroc([(good, 0.1)])


def test_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(judging, "Translator", lambda: Translator(settings=EngineSettings(engine="fake")))
    path = tmp_path / "judgements.jsonl"
    assert judging.main(["sample", "--count", "24", "--file", str(path)]) == 0
    assert "24 outputs to judge" in capsys.readouterr().out
    assert judging.main(["sample", "--file", str(path)]) == 2
    assert judging.main(["score", "--file", str(path)]) == 2
    errors = capsys.readouterr().err
    assert "is there already" in errors
    assert "24 of 24 outputs are not judged" in errors
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    judged = [{**row, "adequate": number % 2 == 0} for number, row in enumerate(rows)]
    path.write_text("".join(json.dumps(row) + "\n" for row in judged), encoding="utf-8")
    assert judging.main(["score", "--file", str(path)]) == 0
    assert "24 of 24 judged outputs come out the same, 12 of them not adequate" in capsys.readouterr().out
