"""Runs of all tasks on the fake engine: complete, reproducible, and with the baselines they must beat."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from eval import sets
from eval.baselines import BASELINES, FROM_OUTPUTS, SENTENCES
from eval.examples import Example
from eval.running import Models, run
from eval.runs import Run, read_run, write_run
from eval.sets import DataSet
from eval.tasks import STEPS, Task, find, tasks
from toolkit.engines import EngineSettings, GenerationOptions
from toolkit.errors import InputError

TASKS = tasks()
NAMES = [task.name for task in TASKS]


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(settings=EngineSettings(engine="fake"))


@pytest.mark.parametrize("task", TASKS, ids=NAMES)
def test_every_task_runs(task: Task, models: Models, tmp_path: Path) -> None:
    data = task.dataset().first(6)
    result = run(task, data=data, models=models)
    assert result.task == task.name
    assert result.version == task.version
    assert (result.dataset.name, result.dataset.sha256, result.dataset.n) == (data.name, data.sha256, 6)
    assert result.engine == ("fake" if task.roles else "rules")
    assert tuple(result.models) == task.roles
    assert result.model_sha256 == ""
    assert len(result.outputs) == len(result.ids) == 6
    assert all(isinstance(output, str) == task.is_text for output in result.outputs)
    titles = [measure.title for measure in task.measures]
    assert [score.metric for score in result.scores] == [title for title in titles if result.score(title)]
    assert result.scores
    for score in result.scores:
        assert score.low <= score.value <= score.high or score.metric in {"macro-F1", "calibration error"}
        assert score.signature
        assert result.details["beaten"][score.metric].keys() == set(task.baselines)
    assert tuple(result.baselines) == task.baselines
    assert set(result.details["floors"]) == {measure.title for measure in task.measures if measure.is_floor}
    assert result.versions.keys() >= {"python", "ctranslate2", "sacrebleu", "evaluate"}
    assert result.seconds > 0
    assert result.peak_mb > 0
    write_run(result, tmp_path / "run.json")
    assert read_run(tmp_path / "run.json") == result


@pytest.mark.parametrize("task", TASKS, ids=NAMES)
def test_tasks_are_well_formed(task: Task) -> None:
    titles = [measure.title for measure in task.measures]
    assert len(set(titles)) == len(titles)
    assert any(measure.is_floor for measure in task.measures)
    assert task.step in STEPS
    assert task.baselines
    assert set(task.baselines) <= BASELINES.keys() | FROM_OUTPUTS.keys()


def test_baselines_have_names_of_their_own() -> None:
    assert BASELINES.keys().isdisjoint(FROM_OUTPUTS)


def test_names_are_unique() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert {"translation", "summarization-gold", "summarization", "topics-gold", "topics", "chain"} <= set(NAMES)
    assert {"robustness", "contrast-numbers"} <= set(NAMES)


def test_same_run_again_and_whatever_the_batches(models: Models) -> None:
    small = Models(settings=EngineSettings(engine="fake", batch_tokens=16, threads=1))
    data = sets.sentences().first(20)
    first, again, other = (run("translation", data=data, models=each) for each in (models, models, small))
    assert _measured(first) == _measured(again) == _measured(other)
    drawn = run("translation", data=data, models=models, seed=1)
    assert drawn.outputs == first.outputs
    assert [score.value for score in drawn.scores] == [score.value for score in first.scores]
    assert [score.low for score in drawn.scores] != [score.low for score in first.scores]


def _measured(result: Run) -> tuple[object, ...]:
    return result.outputs, result.scores, result.baselines, result.details


def test_settings_are_on_record() -> None:
    models = Models(
        settings=EngineSettings(engine="fake", threads=2),
        generation=GenerationOptions(beam=1),
        sentences=2,
    )
    result = run("summarization", data=sets.german_articles().first(2), models=models, seed=5)
    assert result.settings == {
        "engine": "fake",
        "device": "auto",
        "precision": "auto",
        "threads": 2,
        "batch_tokens": 2048,
        "beam": 1,
        "sentences": 2,
        "seed": 5,
    }
    assert all(len(output["evidence"]) <= 2 for output in result.outputs)


def test_predictions_made_elsewhere() -> None:
    data = DataSet("x", (_example("1", "Ja."), _example("2", "Nein.")))
    result = run("translation", data=data, predictions=["Yes.", "Yes."])
    assert result.engine == "given"
    assert (result.models, result.model_sha256, result.seconds) == ({}, "", 0.0)
    assert result.outputs == ("Yes.", "Yes.")
    assert result.details["beaten"]["chrF"] == {"copy": True}
    with pytest.raises(InputError, match="1 predictions for the 2 inputs of x: give one for each"):
        run("translation", data=data, predictions=["Yes."])
    with pytest.raises(InputError, match="output 1 has no 'topics', which accuracy is computed from"):
        run("topics-gold", data=_topics(), predictions=["sport", "sport"])
    with pytest.raises(InputError, match=r"output 2 must be text, got 5"):
        run("translation", data=data, predictions=["Yes.", 5])
    with pytest.raises(InputError, match="the seed must be at least 0, got -1"):
        run("translation", data=data, predictions=["Yes.", "Yes."], seed=-1)


@pytest.mark.parametrize(
    ("prediction", "message"),
    [
        ({"topics": "sport"}, "output 2: topics must be a list of .*, got 'sport'"),
        ({"topics": []}, "topics must be a list of .*, one at least, got "),
        ({"topics": [{"label": "sport"}]}, "topics must be a list of"),
        ({"topics": [{"label": "sport", "score": "high"}]}, "topics must be a list of"),
        ({"topics": [{"label": "sport", "score": math.nan}]}, "topics must be a list of"),
        ({"topics": [{"label": "sport", "score": 7.5}]}, "number from 0 to 1"),
        ({"topics": [{"label": 1, "score": 0.5}]}, "topics must be a list of"),
        ({"summary": 5}, "output 2: summary must be text, got 5"),
        ({"summary": " "}, "output 2: summary is blank"),
        ({"headline": ""}, "output 2: headline is blank"),
        ({"coverage": {"sentences": 1}}, "coverage must be an object with the counts"),
    ],
)
def test_predictions_that_are_not_as_they_should_be(prediction: dict[str, Any], message: str) -> None:
    right = {"topics": [{"label": "sport", "score": 0.5}]}
    with pytest.raises(InputError, match=message):
        run("topics-gold", data=_topics(), predictions=[right, {**right, **prediction}])


def _example(name: str, source: str) -> Example:
    return Example(id=name, source=source, translations=("Yes.",))


def _topics() -> DataSet:
    make = find("topics-gold").example
    return DataSet("x", (make("1", "A game of sport.", ["sport"]), make("2", "Taxes and jobs.", ["economy"])))


def _scored(first: str, second: str, share: float) -> dict[str, Any]:
    scores = [{"label": first, "score": share}, {"label": second, "score": 1 - share}]
    return {"topics": scores, "none_of_these": False}


def test_topics_by_hand() -> None:
    outputs = [_scored("sport", "economy", 0.9), _scored("sport", "economy", 0.6)]
    result = run("topics-gold", data=_topics(), predictions=outputs)
    assert {score.metric: round(score.value, 4) for score in result.scores} == {
        "accuracy": 0.5,
        "accuracy, any topic": 0.5,
        "macro-F1": round((2 / 3) / 2, 4),
        "calibration error": round((0.1 + 0.6) / 2, 4),
    }
    topics = result.details["topics"]
    assert topics["confusion"] == {"labels": ["economy", "sport"], "counts": [[0, 1], [0, 1]]}
    assert topics["none_of_these"] == 0
    # The prior is right on one of two as well: that does not beat it. Lower is better for the calibration error.
    assert result.details["beaten"]["accuracy"]["label prior"] is False
    assert result.details["beaten"]["macro-F1"]["label prior"] is False
    assert result.details["beaten"]["calibration error"]["label prior"] is False


def test_registers(models: Models) -> None:
    data = sets.sentences().first(60)
    result = run("translation", data=data, models=models)
    registers = result.details["registers"]
    assert registers.keys() == {example.register for example in data.examples}
    assert sum(each["n"] for each in registers.values()) == len(data.examples)
    chrf = [each["chrF"] for each in registers.values()]
    whole = result.score("chrF")
    assert whole is not None
    assert min(chrf) < whole.value < max(chrf)


def test_chain_reports_times_marks_and_coverage(models: Models) -> None:
    result = run("chain", data=sets.german_articles().first(3), models=models)
    assert len(result.details["milliseconds"]) == 3
    assert isinstance(result.details["marks"], dict)
    coverage = result.score("coverage")
    assert coverage is not None
    assert coverage.value == 1.0
    assert {"translation", "headline", "summary", "topics", "coverage", "none_of_these", "evidence"} == set(
        result.outputs[0]
    )


def test_progress(models: Models) -> None:
    counts: list[int] = []
    run("topics", data=sets.german_articles().first(5), models=models, progress=counts.append)
    assert sum(counts) == 5


def test_measures_without_references_are_left_out(models: Models) -> None:
    """German text with English summaries: without the English article nobody knows what a summary may hold."""
    make = find("summarization").example
    text = "Der Rat der Stadt Bonn hat am Montag mit 34 Stimmen ein neues Bad beschlossen. Es kostet viel Geld."
    result = run("summarization", data=DataSet("x", (make("1", text, ["Bonn gets a pool."]),)), models=models)
    assert [score.metric for score in result.scores] == ["ROUGE-1", "ROUGE-2", "ROUGE-Lsum"]
    with pytest.raises(InputError, match="x has no references for translation: give some"):
        run("translation", data=DataSet("x", (Example(id="1", source="Ja."),)), models=models)
    with pytest.raises(InputError, match="x has no inputs"):
        run("translation", data=DataSet("x", ()), models=models)


def test_own_data_alone() -> None:
    with pytest.raises(InputError, match="chain runs on our own data alone"):
        find("chain").example("1", "Ja.", ["Yes."])


def test_unknown_task() -> None:
    with pytest.raises(InputError, match="unknown task 'poetry': choose one of translation, robustness, "):
        run("poetry")


# The baselines.

ENGLISH = Example(
    id="a",
    source="One won the match. Two lost it. Three saw it. Four left. Five slept.",
    topics=("sport", "economy"),
)
OTHER = Example(id="b", source="Prices rise. Jobs are lost. Growth is weak. Markets fall.", topics=("economy",))


def test_lead_and_random_passage() -> None:
    (lead,) = BASELINES["lead"]([ENGLISH], "summary", 1)
    assert lead == {"headline": "One won the match.", "summary": "One won the match. Two lost it. Three saw it."}
    drawn = {json.dumps(BASELINES["random passage"]([ENGLISH], "summary", seed)) for seed in range(30)}
    assert len(drawn) == 5 - SENTENCES + 1
    both = BASELINES["random passage"]([ENGLISH, OTHER], "summary", 3)
    assert both[1:] == BASELINES["random passage"]([OTHER], "summary", 3)


def test_german_articles_are_led_by_their_english() -> None:
    example = Example(id="a", source="Eins. Zwei.", article="The first one. The second one.")
    (lead,) = BASELINES["lead"]([example], "summary", 1)
    assert lead["summary"] == "The first one. The second one."


def test_label_prior() -> None:
    outputs = BASELINES["label prior"]([ENGLISH, OTHER, OTHER], "topics", 1)
    assert len({json.dumps(output) for output in outputs}) == 1
    assert outputs[0]["topics"] == [{"label": "economy", "score": 2 / 3}, {"label": "sport", "score": 1 / 3}]


def test_keyword_match() -> None:
    outputs = BASELINES["keyword match"]([ENGLISH, OTHER], "topics", 1)
    assert [output["topics"][0]["label"] for output in outputs] == ["sport", "economy"]
    assert outputs[0]["topics"][0]["score"] == 1.0
    blank = Example(id="c", source="Nothing of it.", topics=("sport",))
    (output,) = BASELINES["keyword match"]([blank], "topics", 1)
    assert output["topics"] == [{"label": "sport", "score": 1.0}]


def test_copy() -> None:
    assert BASELINES["copy"]([ENGLISH], "translation", 1) == [ENGLISH.source]
    (output,) = BASELINES["copy"]([ENGLISH], "digest", 1)
    assert output["translation"] == ENGLISH.source
    assert output["summary"] == "One won the match. Two lost it. Three saw it."
    assert output["topics"][0]["label"] == "sport"


# With weights.


@pytest.mark.weights
def test_shipped_models_beat_the_baselines_on_a_few_inputs() -> None:
    models = Models()
    result = run("translation", data=sets.sentences().first(12), models=models)
    assert result.engine == "ct2"
    assert result.models["translator"].sha256 == result.model_sha256 == models.translator.model.checksum  # type: ignore[union-attr]
    assert result.details["beaten"]["chrF"] == {"copy": True}
    topics = run("topics-gold", data=sets.english_articles().first(6), models=models)
    assert topics.details["beaten"]["accuracy"]["label prior"]
    chain = run("chain", data=sets.german_articles().first(2), models=models)
    assert tuple(chain.models) == ("translator", "summarizer", "topics")
    assert len(chain.model_sha256) == 64
    assert chain.model_sha256 not in {model.sha256 for model in chain.models.values()}
    assert chain.details["beaten"]["chrF"] == {"copy": True}
