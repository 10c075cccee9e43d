"""The editor: its search and its judge compute what the recipe's network does, on every engine; what it refuses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from models.recipes import editor as recipe
from models.recipes.edits import TASKS
from tests import tiny_models
from toolkit import edits, store
from toolkit.editor import HEADLINE, MOST_TOKENS, SENTENCE, Editor, Source
from toolkit.edits import KEEP, LEAVE_OUT
from toolkit.engines import EngineSettings
from toolkit.errors import ModelError

ACTIONS = [LEAVE_OUT, KEEP, "-s+", "-ing+", "-ed+s", "-+s"]
INSERTED = ["", "the", "is", ", and"]
SOURCES = [
    Source("The council closes the old bridge.", "Rain fell on Jena."),
    Source("Hundreds of people stood in the hall and waited for the music."),
    Source("Rain fell."),
    Source("The railway announced that it would close the line until autumn.", "The price fell by five per cent."),
]


@pytest.fixture(scope="module")
def tasks() -> Iterator[tuple[str, ...]]:
    """Those of the shipped model, for the recipe to make one like it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipe, "TASKS", TASKS[:3])
        yield TASKS[:3]


@pytest.fixture(scope="module")
def network(tasks: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> recipe.Editor:
    """A tiny one with random weights, large enough to have opinions."""
    made = recipe.Editor(tiny_models.bert(tmp_path_factory.mktemp("base") / "base"), ACTIONS, INSERTED, seed=3)
    assert made.decoder.task.num_embeddings == len(tasks)
    with torch.no_grad():
        for weights in made.decoder.parameters():
            weights.copy_((3 * weights).half().float())
    made.net.train(False)
    return made


@pytest.fixture(scope="module")
def folder(network: recipe.Editor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "tiny-editor"
    network.export(path)
    return path


def _load(folder: Path, engine: str = "ct2") -> Editor:
    settings = EngineSettings(engine=engine, precision="float32", threads=1)
    return Editor.load(store.resolve(folder, task="summarization"), settings)


@pytest.mark.parametrize("task", [SENTENCE, HEADLINE])
def test_a_text_has_the_log_probability_of_its_edit(network: recipe.Editor, folder: Path, task: str) -> None:
    editor = _load(folder, "hf")
    for source in SOURCES:
        found = editor.edit([source], task)[0]
        assert found
        assert [text.log_prob for text in found] == sorted((text.log_prob for text in found), reverse=True)
        assert len({text.text for text in found}) == len(found)
        parts = source.parts
        units = tuple(unit for part in parts for unit in part)
        (ids, places), *_ = network.tokenizer.encode_words([[[unit.text for unit in part] for part in parts]])
        vectors = editor.engine.encode_words([[[unit.text for unit in part] for part in parts]])
        allowed = editor._applicable(units)
        for log_prob, choices in editor._decoder.search(vectors, [allowed], TASKS.index(task))[0]:
            acted, put = [action for action, _ in choices[:-1]], [words for _, words in choices]
            encoded = recipe.Encoded(ids, places, {TASKS.index(task): (acted, put)})
            with torch.inference_mode():
                loss, _ = network.loss([encoded])
            assert log_prob == pytest.approx(-float(loss) + _end(network, encoded, task), abs=0.02)


def _end(network: recipe.Editor, encoded: recipe.Encoded, task: str) -> float:
    """What the network's loss counts for the end being kept, which the search takes for granted."""
    acted, put = encoded.edits[TASKS.index(task)]
    with torch.inference_mode():
        states = network.states([encoded])
        scores, _ = network.decoder(
            states[:, 0],
            states[0, encoded.places[1:]].unsqueeze(0),
            torch.tensor([TASKS.index(task)]),
            torch.tensor([[*acted, 1]]),
            torch.tensor([put]),
            0.0,
        )
    return -float(torch.log_softmax(scores[0, -1], -1)[1])


def test_the_search_finds_more_than_the_likeliest_step_each_time(folder: Path) -> None:
    editor = _load(folder)
    assert all(len(texts) > 1 for texts in editor.edit(SOURCES[:2], SENTENCE))


def test_engines_agree_and_neighbours_do_not_matter(folder: Path) -> None:
    editor = _load(folder)
    together = editor.edit(SOURCES, SENTENCE)
    assert together == [editor.edit([source], SENTENCE)[0] for source in SOURCES]
    other = _load(folder, "hf").edit(SOURCES, SENTENCE)
    assert [[text.text for text in texts] for texts in other] == [[text.text for text in texts] for texts in together]


def test_the_judge_weighs_the_first_vector_and_mean_and_maximum_of_the_text(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "judging"
    shutil.copytree(folder, copy)
    stored = load_file(copy / "editor.safetensors")
    weights = np.random.default_rng(1).normal(size=len(stored["judge.weight"])).astype(np.float32)
    save_file(
        stored | {"judge.weight": weights, "judge.bias": np.array([0.5], np.float32)}, copy / "editor.safetensors"
    )
    editor = _load(copy)
    rows = editor.engine.encode_words([[["Rain", "fell", "on", "Jena", "."], ["Rain", "fell", "."]]])[0]
    own = rows[6:9]
    wanted = np.concatenate([rows[0], own.mean(0), own.max(0)]) @ weights + 0.5
    told = Source("on Jena.", "Rain fell")
    assert editor.judge([(told, "Rain fell.")]) == pytest.approx([wanted], abs=1e-3)
    both = editor.judge([(told, "Rain fell."), (SOURCES[0], "The council closes.")])
    assert both[0] == pytest.approx(wanted, abs=1e-3)
    assert both[1] != pytest.approx(wanted, abs=1e-2)


@pytest.mark.parametrize("text", ["", "   ", "word " * (MOST_TOKENS + 1)])
def test_what_is_blank_or_too_long_is_not_edited(folder: Path, text: str) -> None:
    editor = _load(folder)
    first, second = editor.edit([Source(text), SOURCES[0]], SENTENCE)
    assert first == []
    assert second
    assert editor.judge([(Source(text), "Rain fell."), (SOURCES[0], text)]) == [-20.0, -20.0]


def test_strange_texts_are_edited(folder: Path) -> None:
    strange = ["😀😀 !", "\u200b \x07 a", "x" * 300, "\ud800 is no character", "⟦headline⟧ [SEP] [MASK] ."]
    for texts in _load(folder).edit([Source(text, strange[0]) for text in strange], HEADLINE):
        assert texts


def test_only_whole_words_of_the_vocabulary_come_of_a_change(folder: Path) -> None:
    editor = _load(folder)
    allowed = editor._applicable(edits.units("building zzbuilding"))
    change = ACTIONS.index("-ing+")
    assert "build" in editor._known
    assert allowed[0, change]
    assert not allowed[1, change]
    assert allowed[:, :2].all()


def test_no_denial_is_put_in(network: recipe.Editor, folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "denying"
    shutil.copytree(folder, copy)
    facts = json.loads((copy / "editor.json").read_text(encoding="utf-8"))
    assert any(" the " in f" {texts[0].text.casefold()} " for texts in _load(copy).edit(SOURCES, SENTENCE))
    facts["inserted"] = ["", "will not", "is not", "not"]
    (copy / "editor.json").write_text(json.dumps(facts), encoding="utf-8")
    assert not any("not" in text.text.split() for texts in _load(copy).edit(SOURCES, SENTENCE) for text in texts)


@pytest.mark.parametrize(
    "damage",
    [
        "missing weights",
        "missing labels",
        "cut off",
        "no object",
        "other names",
        "a label more",
        "no change",
        "tokenizer",
    ],
)
def test_a_damaged_folder_is_refused_in_one_line(folder: Path, tmp_path: Path, damage: str) -> None:
    copy = tmp_path / "damaged"
    shutil.copytree(folder, copy)
    weights, facts = copy / "editor.safetensors", copy / "editor.json"
    if damage == "missing weights":
        weights.unlink()
    elif damage == "missing labels":
        facts.unlink()
    elif damage == "cut off":
        weights.write_bytes(weights.read_bytes()[:-100])
    elif damage == "no object":
        facts.write_text("[]", encoding="utf-8")
    elif damage == "tokenizer":
        (copy / "tokenizer.json").write_text("{", encoding="utf-8")
    else:
        found = json.loads(facts.read_text(encoding="utf-8"))
        changes = {
            "other names": {"actions": None},
            "a label more": {"inserted": [*found["inserted"], "of"]},
            "no change": {"actions": [*found["actions"][:-1], "s"]},
        }
        facts.write_text(json.dumps(found | changes[damage]), encoding="utf-8")
    with pytest.raises(ModelError) as error:
        _load(copy)
    assert "\n" not in str(error.value)
