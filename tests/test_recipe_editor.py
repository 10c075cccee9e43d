"""The editor's recipe: edits found for sentences that were cut, trained with exact resume, exported."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from models.recipes import editor, edits, summarizer, topics, verdicts
from models.recipes.editor import Encoded, Schedule
from models.recipes.edits import TASKS, Example, align
from models.recipes.verdicts import Judged
from tests import tiny_models
from toolkit.edits import KEEP, LEAVE_OUT, Edit, Unit, apply, units

MAYOR = "Mayor Anna Berg resigned on Monday."
SUBJECTS = "parliament city police railway company minister museum court".split()
CITIES = "Vienna Cologne Norden Land".split()


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """A second thread would only wait for the first: the models are tiny."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _marked(edit: Edit, source: str) -> str:
    """An edit as text: units that stay, changed ones with their change, what is put in between + signs."""
    parts: list[str] = []
    for unit, action, word in zip(units(source), edit.actions, edit.inserted, strict=False):
        if word:
            parts.append(f"+{word}+")
        if action != LEAVE_OUT:
            parts.append(unit.text if action == KEEP else f"{unit.text}{action}")
    return " ".join([*parts, *(f"+{word}+" for word in edit.inserted[-1:] if word)])


ALIGNED = [
    ("The old council met in Jena on Monday.", "The council met in Jena.", "The council met in Jena ."),
    (
        "The council is closing the old bridge.",
        "The council closes the bridge.",
        "The council closing-ing+es the bridge .",
    ),
    ("The bridge closed after a storm.", "The bridge was closed.", "The bridge +was+ closed ."),
    ("The council met", "The council met.", "The council met +.+"),
    ("In Jena the council met.", "The council met.", "the council met ."),
    ("The mayor of Jena's council met.", "Jena's council met.", "Jena 's council met ."),
    ("The council took note.", "The council has taken note.", "The council +has+ took-ook+aken note ."),
]


@pytest.mark.parametrize(("source", "target", "expected"), ALIGNED)
def test_an_edit_is_found_and_gives_the_target_back(source: str, target: str, expected: str) -> None:
    edit = align(units(source), units(target))
    assert edit is not None
    assert _marked(edit, source) == expected
    assert apply(edit, units(source)) == target


def test_an_edit_states_each_unit_and_each_gap() -> None:
    edit = align(units("The old bridge closed after a storm."), units("The bridge was closed."))
    gone = (LEAVE_OUT,)
    assert edit == Edit(
        (KEEP, *gone, KEEP, KEEP, *gone, *gone, *gone, KEEP),
        ("", "", "", "was", "", "", "", "", ""),
    )


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("The council met in Jena.", "The board met in Jena."),  # a synonym
        ("The council met.", "The council has not met."),  # what would be said of it otherwise
        ("In Jena the council met.", "The council met in Jena."),  # words moved
        ("The council met in Jena.", "The council met in 2019."),  # a number of its own
        ("The mayor resigned.", "The mayor's resignation."),  # an ending too long
        ("Her aide ran.", "Her aide rose."),  # a word too short to share a stem
    ],
)
def test_what_no_edit_can_do(source: str, target: str) -> None:
    assert align(units(source), units(target)) is None


def test_a_name_comes_from_the_sentence_before_for_a_pronoun() -> None:
    before, sentence = units(MAYOR), units("She will lead the city until May.")
    target = "Anna Berg will lead the city until May."
    edit = align(before + sentence, units(target), early=len(before))
    assert edit is not None
    assert edit.actions == (LEAVE_OUT, KEEP, KEEP, *[LEAVE_OUT] * 4, LEAVE_OUT, *[KEEP] * 7)
    assert not any(edit.inserted)
    assert apply(edit, before + sentence) == target


def test_what_both_sentences_have_is_taken_from_the_later_one() -> None:
    before, sentence = units("The council met on Monday."), units("The council voted on Monday against it.")
    edit = align(before + sentence, units("The council voted on Monday."), early=len(before))
    assert edit is not None
    assert set(edit.actions[: len(before)]) == {LEAVE_OUT}


def test_the_corpus_is_given_back_but_for_capitals(tmp_path: Path) -> None:
    path, found = tmp_path / "one.jsonl", 0
    for line in random.Random(1).sample(edits.CORPUS.read_text(encoding="utf-8").splitlines(), 30):
        path.write_text(line + "\n", encoding="utf-8")
        for example in edits.read(path):
            for task, edit in example.edits.items():
                target = units(json.loads(line)[task])
                assert _folded(units(apply(edit, example.source))) == _folded(target)
                found += 1
    assert found > 30


def _folded(source: Sequence[Unit]) -> list[str]:
    return [unit.text.casefold() for unit in source]


def _rows(stories: int) -> list[dict[str, object]]:
    """Two sentences a story: an ending is changed, a word put in, and a noun taken from the sentence before."""
    rows: list[dict[str, object]] = []
    for story in range(stories):
        subject, city = SUBJECTS[story % len(SUBJECTS)], CITIES[story // len(SUBJECTS) % len(CITIES)]
        first = f"The {subject} in {city} is building on Thursday."
        cut = {"sentence": f"The {subject} in {city} is building.", "headline": f"{subject.capitalize()} to build"}
        rows.append({"story": story, "before": "", "source": first, "short": f"The {subject} is building."} | cut)
        cut = {"sentence": f"The {subject} opens in March.", "short": "It opens."}
        rows.append({"story": story, "before": first, "source": "It opens again in March."} | cut)
    return rows


def _examples(folder: Path, stories: int = 32) -> list[Example]:
    path = folder / "edits.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in _rows(stories)), encoding="utf-8")
    return list(edits.read(path))


def test_labels_are_the_common_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = _examples(tmp_path, 8)
    assert edits.labels(examples) == ([LEAVE_OUT, KEEP, "-ing+"], ["", "to"])
    assert edits.labels(examples[: 2 * edits.LEAST_COUNT - 2]) == ([LEAVE_OUT, KEEP], [""])


def test_a_task_no_edit_can_do_is_missing(tmp_path: Path) -> None:
    row = {"story": 3, "before": "", "source": "The council met.", "sentence": "A board met.", "short": "Council met."}
    lone = row | {"short": "A board met."}
    (tmp_path / "edits.jsonl").write_text("".join(json.dumps(r) + "\n" for r in (row, lone)), encoding="utf-8")
    (example,) = edits.read(tmp_path / "edits.jsonl")
    assert (example.story, set(example.edits)) == (3, {"short"})


def test_whole_stories_are_held_out(tmp_path: Path) -> None:
    learned, held_out = editor.parts(_examples(tmp_path, editor.HELD_OUT + 1))
    assert {example.story for example in held_out} == {0, editor.HELD_OUT}
    assert len(learned) == 2 * (editor.HELD_OUT - 1)


def test_an_epoch_has_every_example_once() -> None:
    whole = [Encoded([i] * (i % 7 + 3), [1, 2], {}) for i in range(50)]
    alone = [Encoded([i], [0], {}) if i % 2 else None for i in range(50)]

    def batches(seed: int) -> list[list[list[int]]]:
        return [[row.ids for row in rows] for rows in editor.epoch(whole, alone, 8, seed=seed)]

    plan = batches(1)
    assert sorted(ids[0] for rows in plan for ids in rows) == list(range(50))
    assert max(map(len, plan)) == 8
    bare = [ids[0] for rows in plan for ids in rows if len(ids) == 1]
    assert 0 < len(bare) < 25
    assert all(number % 2 for number in bare)
    assert batches(1) == plan
    assert batches(2) != plan


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tiny_models.bert(tmp_path / "base")


def test_what_needs_the_sentence_before_is_not_read_without_it(base: Path, tmp_path: Path) -> None:
    examples = _examples(tmp_path, 4)
    made = editor.Editor(base, *edits.labels(examples), seed=1)
    whole, alone = made.encode(examples[:2]), made.encode(examples[:2], alone=True)
    assert whole[0] is not None
    assert alone[0] == whole[0], "it is the first of its text"
    assert whole[1] is not None
    assert alone[1] is not None
    assert len(alone[1].ids) < len(whole[1].ids)
    assert {TASKS[task] for task in whole[1].edits} == {"sentence", "short"}
    assert {TASKS[task] for task in alone[1].edits} == {"short"}
    for row, units_read in ((whole[1], examples[1].source), (alone[1], examples[1].sentence)):
        assert len(row.places) == len(units_read) + 2
        assert all(len(put) == len(acted) + 1 == len(row.places) - 1 for acted, put in row.edits.values())
    without = editor.Editor(base, [LEAVE_OUT, KEEP], [""], seed=1).encode(examples[:2])
    assert without[0] is not None
    assert {TASKS[task] for task in without[0].edits} == {"sentence", "short"}, "a change that is no label"


def _verdicts() -> list[Judged]:
    """Of each sentence, one text that is fine and one that breaks off."""
    found = []
    for row in _rows(32):
        evidence = tuple(str(text) for text in (row["before"], row["source"]) if text)
        found.append(Judged(evidence, str(row["short"]), "sentence", "fine", is_translated=False, log_prob=-1.0))
        found.append(Judged(evidence, "The city in.", "sentence", "broken", is_translated=False, log_prob=-1.0))
    return found


def _main(monkeypatch: pytest.MonkeyPatch, base: Path, work: Path, *extra: str) -> Path:
    monkeypatch.setattr(topics, "base_folder", lambda: base)
    examples, output = _examples(base.parent), work / "model"
    with monkeypatch.context() as patch:
        patch.setattr(edits, "read", lambda: iter(examples))
        patch.setattr(verdicts, "learned", lambda: iter(_verdicts()))
        arguments = ["--only", "train", "--work", str(work), "--output", str(output), "--epochs", "2", *extra]
        summarizer.main(arguments)
    return output


def test_interrupted_and_resumed_is_uninterrupted(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _main(monkeypatch, base, tmp_path / "whole")
    for stop in ("2", "4"):
        resumed = _main(monkeypatch, base, tmp_path / "resumed", "--stop-after", stop)
        assert not resumed.exists()
        torch.manual_seed(99)
    resumed = _main(monkeypatch, base, tmp_path / "resumed")
    states = [torch.load(tmp_path / name / "checkpoint.pt", weights_only=True)["net"] for name in ("whole", "resumed")]
    assert all(torch.equal(weights, states[1][name]) for name, weights in states[0].items())
    begun = editor.Editor(base, [LEAVE_OUT, KEEP, "-ing+"], ["", "to"], seed=1).net.state_dict()
    changed = {name.split(".")[1] for name, weights in states[0].items() if not torch.equal(weights, begun[name])}
    assert {"encoder", "memory", "actions", "inner", "outer"} <= changed
    assert "embeddings" not in changed, "word vectors are kept"
    for folder in (whole, resumed):
        names = {path.name for path in folder.iterdir()}
        assert {"config.json", "model.safetensors", "editor.json", "editor.safetensors", "tokenizer.json"} <= names
    for name in ("model.safetensors", "editor.safetensors", "editor.json"):
        assert (whole / name).read_bytes() == (resumed / name).read_bytes()
    run = json.loads((tmp_path / "whole" / "run.json").read_text(encoding="utf-8"))
    assert (run["steps"], run["examples"], run["held_out_examples"]) == (6, 60, 4)
    assert run["edits"] == {"sentence": 60, "short": 60, "headline": 30}
    log = [json.loads(line) for line in (tmp_path / "whole" / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["epoch"] for line in log] == [1, 2]
    assert log[-1]["held_out"] == run["held_out"]


def test_it_goes_on_from_weights_whose_labels_are_others(base: Path, tmp_path: Path) -> None:
    first = editor.Editor(base, [LEAVE_OUT, KEEP, "-s+", "-ing+"], ["", "the", "of"], seed=1)
    first.export(tmp_path / "first")
    facts = json.loads((tmp_path / "first" / "editor.json").read_text(encoding="utf-8"))
    (tmp_path / "first" / "editor.json").write_text(json.dumps(facts | {"tasks": TASKS[:-1]}), encoding="utf-8")
    second = editor.Editor(base, [LEAVE_OUT, KEEP, "-ing+", "-ed+"], ["", "of", "has"], seed=2)
    fresh = {name: tensor.clone() for name, tensor in second.decoder.state_dict().items()}
    second.begin_from(tmp_path / "first")
    old, new = (
        {name: tensor.half().float() for name, tensor in made.decoder.state_dict().items()} for made in (first, second)
    )
    for name, pairs in {
        "action.weight": [(0, 0), (1, 1), (3, 2), (4, 4)],  # the last stands before the first unit
        "actions.bias": [(0, 0), (1, 1), (3, 2)],
        "insertions.weight": [(0, 0), (2, 1)],
        "task.weight": [(0, 0), (1, 1), (2, 2)],
    }.items():
        for theirs, ours in pairs:
            assert torch.equal(new[name][ours], old[name][theirs]), name
    assert torch.equal(second.decoder.state_dict()["action.weight"][3], fresh["action.weight"][3]), "a new label"
    assert torch.equal(second.decoder.state_dict()["task.weight"][3], fresh["task.weight"][3]), "a new task"
    assert torch.equal(new["memory.weight_hh_l0"], old["memory.weight_hh_l0"])
    encoder = second.encoder.state_dict()
    assert all(torch.equal(tensor.half(), encoder[name].half()) for name, tensor in first.encoder.state_dict().items())


def test_it_learns_from_the_sentences_of_one_task_alone_and_goes_on(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _main(monkeypatch, base, tmp_path, "--task", "headline", "--judged", "2", "--epochs", "1")
    run = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert (run["examples"], run["judged"]) == (30, 2)
    assert run["edits"]["headline"] == 30
    first = tmp_path / "model"
    still = ("--start", str(first), "--epochs", "1", "--learning-rate", "0")
    again = _main(monkeypatch, base, tmp_path / "more", *still)
    assert (again / "model.safetensors").read_bytes() == (first / "model.safetensors").read_bytes()
    assert (again / "editor.safetensors").read_bytes() != (first / "editor.safetensors").read_bytes()


def test_it_learns(base: Path, tmp_path: Path) -> None:
    examples = _examples(tmp_path, 4)
    made = editor.Editor(base, *edits.labels(examples), seed=1)
    with torch.no_grad():  # large weights learn slowly
        for weights in made.encoder.encoder.parameters():
            weights.mul_(0.2 if weights.ndim == 2 else 1.0)
    rows = [row for row in made.encode(examples) if row is not None]
    before = made.held_out_loss(rows)
    schedule = Schedule(epochs=50, batch=8, learning_rate=2e-3, decoder_rate=5e-3, dropout=0.0)
    run = editor.train(made, examples, examples, (_verdicts(), _verdicts()), schedule, work=tmp_path / "work")
    assert run["held_out"] < 0.2 * before
    assert run["area_of_verdicts"] == 1.0

    folder = tmp_path / "tiny-editor"
    made.export(folder)
    kinds = {name.split(".")[0]: weights.dtype for name, weights in load_file(folder / "editor.safetensors").items()}
    assert kinds.pop("judge") == torch.float32, "the judge is fitted afterwards"
    assert set(kinds.values()) == {torch.float16}
