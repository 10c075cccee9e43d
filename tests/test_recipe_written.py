"""What the summariser makes, judged: the file is whole, the report counts and ranks it rightly, the weights are its."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file

from models.recipes import editor as editor_recipe
from models.recipes import edits, verdicts, written
from models.recipes.verdicts import Judged
from toolkit import store, wording
from toolkit.editor import HEADLINE, SENTENCE, Editor
from toolkit.edits import units
from toolkit.engines import EngineSettings
from toolkit.folders import EDITOR_WEIGHTS

TOWNS = "Jena Gera Suhl Weimar Erfurt Altenburg Apolda Meiningen Sonneberg Nordhausen Gotha Eisenach".split()


def _towns() -> list[Judged]:
    """Of every town two fine texts, one broken and one untrue, the model less sure of these."""
    rows = []
    for town in TOWNS:
        evidence = (f"The council of {town} has closed the old bridge to cars after a storm, the mayor said.",)
        for text, verdict, log_prob in (
            (f"The council of {town} has closed the old bridge to cars.", "fine", -1.0),
            (f"The council of {town} has closed the old bridge to cars after a storm.", "fine", -1.5),
            (f"The council of {town} has closed the mayor said.", "broken", -6.0),
            (f"The mayor of {town} closed cars in Bremen.", "untrue", -9.0),
        ):
            rows.append(Judged(evidence, text, SENTENCE, verdict, is_translated=False, log_prob=log_prob))
    return rows


def _logits(rows: list[Judged]) -> list[float]:
    return [2.0 if row.is_fine else -2.0 for row in rows]


def test_the_report_counts_verdicts_and_ranks_by_each_score() -> None:
    found = written.report(_towns(), _logits(_towns()))
    assert (found["share fine"], found["share broken"], found["share untrue"]) == (0.5, 0.25, 0.25)
    assert found["support, true"] == found["judge, fine"] == found["fineness, fine"] == 1.0
    assert found["log-probability, fine"] == 1.0
    assert (found["from 0.6, share"], found["from 0.6, fine"], found["from 0.6, untrue"]) == (0.5, 1.0, 0.0)


def test_what_is_learned_is_what_the_toolkit_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = _towns()
    offset, weights = written.learn(rows, _logits(rows))
    read = tomllib.loads(written.as_toml({SENTENCE: (offset, weights), HEADLINE: (0.5, {"judged": 1.0})}))
    assert read[SENTENCE]["offset"] == pytest.approx(offset, abs=0.001)
    assert read[SENTENCE]["weights"] == pytest.approx(weights, abs=0.001)
    assert read[HEADLINE] == {"offset": 0.5, "weights": {"judged": 1.0}}
    monkeypatch.setattr(wording, "_weights", lambda: {SENTENCE: (offset, weights)})
    chances = {
        verdict: [
            wording.fineness(SENTENCE, row.text, row.evidence, log_prob=row.log_prob, judged=logit)
            for row, logit in zip(rows, _logits(rows), strict=True)
            if row.verdict == verdict
        ]
        for verdict in ("fine", "broken", "untrue")
    }
    assert min(chances["fine"]) > 0.5 > max(chances["broken"] + chances["untrue"])


ROWS = list(verdicts.read(verdicts.SHIPPED))


@pytest.fixture(scope="module")
def read() -> NDArray[np.float32]:
    """What the shipped judge reads of every judged text."""
    editor = Editor.load(store.resolve(None, task="summarization"), EngineSettings(threads=1))
    return written.readings(editor, ROWS)


@pytest.fixture(scope="module")
def logits(read: NDArray[np.float32]) -> list[float]:
    return written.held_out_logits(read, ROWS)


def _of(task: str, logits: list[float]) -> tuple[list[Judged], list[float]]:
    asked = [i for i, row in enumerate(ROWS) if row.task == task]
    return [ROWS[i] for i in asked], [logits[i] for i in asked]


def test_the_judge_learns_what_tells() -> None:
    rng = np.random.default_rng(1)
    is_fine = [bool(i % 2) for i in range(200)]
    read = rng.normal(size=(200, 6)).astype(np.float32) * 3 + 5
    read[:, 2] += 8 * np.array(is_fine)
    weights, offset = written.learn_judge(read, is_fine)
    assert int(np.argmax(weights)) == 2
    logits = read @ weights + offset
    assert logits[1::2].mean() > 0 > logits[::2].mean()


def test_every_judged_text_is_made_not_copied() -> None:
    rows = list(verdicts.read(verdicts.SHIPPED))
    assert len(rows) > 1500
    assert {row.task for row in rows} == {SENTENCE, HEADLINE}
    assert {row.verdict for row in rows} <= set(verdicts.VERDICTS)
    assert all(row.log_prob <= 0 and row.evidence for row in rows)
    assert not any(row.text.rstrip(".") in {text.rstrip(".") for text in row.evidence} for row in rows)
    assert len({(row.evidence, row.text) for row in rows}) == len(rows)


def test_what_was_judged_was_made_of_sentences_not_learned_from() -> None:
    told = {text for row in verdicts.learned() for text in row.evidence}
    rows = (json.loads(line) for line in edits.CORPUS.read_text(encoding="utf-8").splitlines())
    told |= {" ".join(u.text for u in units(row["source"])) for row in rows if row["story"] % editor_recipe.HELD_OUT}
    asked = {row.evidence[-1] for row in verdicts.read(verdicts.SHIPPED)}
    assert not (asked | {" ".join(unit.text for unit in units(text)) for text in asked}) & told


@pytest.mark.weights
@pytest.mark.parametrize("task", [SENTENCE, HEADLINE])
def test_the_shipped_weights_are_those_of_the_judged_texts(logits: list[float], task: str) -> None:
    shipped = tomllib.loads(Path(wording.__file__).with_name("wording.toml").read_text(encoding="utf-8"))[task]
    offset, weights = written.learn(*_of(task, logits))
    # int8 rounds otherwise on another processor.
    assert shipped["offset"] == pytest.approx(offset, abs=0.15)
    assert shipped["weights"] == pytest.approx(weights, abs=0.15)


@pytest.mark.weights
def test_the_shipped_judge_is_that_of_the_judged_texts(read: NDArray[np.float32]) -> None:
    stored = load_file(store.resolve(None, task="summarization").folder / EDITOR_WEIGHTS)
    weights, offset = written.learn_judge(read, [row.is_fine for row in ROWS])
    ours = read @ stored["judge.weight"] + stored["judge.bias"][0]
    assert np.corrcoef(ours, read @ weights + offset)[0, 1] > 0.99


@pytest.mark.weights
@pytest.mark.parametrize("task", [SENTENCE, HEADLINE])
def test_fineness_tells_more_than_support_and_log_probability(logits: list[float], task: str) -> None:
    found = written.report(*_of(task, logits))
    assert found["fineness, fine"] > max(found["support, fine"], found["log-probability, fine"]) + 0.05
    assert found["from 0.6, fine"] > found["share fine"] + 0.1
