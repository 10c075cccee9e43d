"""Two runs held against each other: the tests of significance, what cannot be compared, and the command line."""

from __future__ import annotations

import itertools
import json
import math
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.significance import PairedTest, Result

from eval import gate
from eval.__main__ import main
from eval.comparison import compare
from eval.overlap import Bleu
from eval.running import run
from eval.runs import Run, read_run, write_run
from eval.sets import DataSet, from_text
from eval.significance import Counts, difference, holm
from eval.tasks import find
from eval.tolerances import OURS, read_tolerances
from eval.word_diff import word_diff
from toolkit.errors import InputError

_WORDS = "the council has agreed to build a new tram line along the river after long talks with both towns".split()


def _sentences(count: int, *, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(rng.choice(_WORDS) for _ in range(rng.randint(8, 16))) for _ in range(count)]


def _damaged(sentences: list[str], share: float, *, seed: int) -> list[str]:
    """Each word replaced with that probability."""
    rng = random.Random(seed)
    return [" ".join("wrong" if rng.random() < share else word for word in text.split()) for text in sentences]


@pytest.fixture(scope="module")
def parallel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with x.de, x.en and three sets of outputs."""
    folder = tmp_path_factory.mktemp("parallel")
    english = _sentences(40, seed=1)
    for name, lines in {
        "x.de": [f"Quelle {i}: {text[::-1]}" for i, text in enumerate(english)],
        "x.en": english,
        "good.txt": _damaged(english, 0.2, seed=2),
        "alike.txt": _damaged(english, 0.2, seed=3),
        "bad.txt": _damaged(english, 0.5, seed=4),
    }.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _data(folder: Path) -> DataSet:
    return from_text(folder / "x.de", [folder / "x.en"], find("translation").example)


@pytest.fixture(scope="module")
def runs(parallel: Path) -> dict[str, Path]:
    """Run files of the three outputs, by name."""
    paths = {}
    for name in ("good", "alike", "bad"):
        predictions = (parallel / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        paths[name] = parallel / f"{name}.json"
        write_run(run("translation", data=_data(parallel), predictions=predictions), paths[name])
    return paths


def _outside(folder: Path) -> list[str]:
    return ["--source", str(folder / "x.de"), "--reference", str(folder / "x.en")]


# The tests of significance


def _mean(summed: Counts) -> Counts:
    return summed[..., 0] / summed[..., 1]


def _rows(values: list[float]) -> Counts:
    return np.array([[value, 1.0] for value in values])


def test_equal_runs_do_not_differ() -> None:
    rows = _rows([0.1, 0.5, 0.9])
    found = difference(rows, rows, _mean)
    assert (found.change, found.low, found.high, found.p_bootstrap, found.p_randomization) == (0, 0, 0, 1, 1)


def test_randomization_agrees_with_all_swaps_there_are() -> None:
    before = [0.1, 0.4, 0.35, 0.8, 0.2, 0.6, 0.5, 0.3]
    after = [0.3, 0.5, 0.30, 0.9, 0.4, 0.7, 0.5, 0.6]
    moved = [now - was for was, now in zip(before, after, strict=True)]
    observed = abs(sum(moved))
    swaps = list(itertools.product((1, -1), repeat=len(moved)))
    reached = sum(abs(np.dot(signs, moved)) >= observed - 1e-9 for signs in swaps)
    found = difference(_rows(before), _rows(after), _mean, trials=20_000)
    assert found.p_randomization == pytest.approx(reached / len(swaps), abs=0.005)


def test_the_bootstrap_interval_is_that_of_the_mean() -> None:
    rng = np.random.default_rng(7)
    before = rng.random(200)
    after = before + rng.normal(0.05, 0.1, 200)
    found = difference(_rows(before.tolist()), _rows(after.tolist()), _mean)
    error = 1.96 * np.std(after - before) / np.sqrt(200)
    assert found.change == pytest.approx(float(np.mean(after - before)))
    assert found.low == pytest.approx(found.change - error, abs=0.002)
    assert found.high == pytest.approx(found.change + error, abs=0.002)
    assert found.p < 0.001


def test_randomization_agrees_with_that_of_sacrebleu(parallel: Path) -> None:
    lines = {name: (parallel / name).read_text(encoding="utf-8").splitlines() for name in ("x.en", "good.txt")}
    # So small a difference that the test is not sure.
    other = _damaged(lines["x.en"], 0.23, seed=3)
    bleu = Bleu()
    counts = [
        bleu.statistics(predictions=outputs, references=[[text] for text in lines["x.en"]])
        for outputs in (lines["good.txt"], other)
    ]
    found = difference(counts[0], counts[1], bleu.score, trials=4000)
    systems: list[tuple[str, Sequence[str]]] = [("good", lines["good.txt"]), ("other", other)]
    metrics = {"BLEU": BLEU(references=[lines["x.en"]])}
    _, results = PairedTest(systems, metrics, None, test_type="ar", n_samples=4000)()
    theirs = results["BLEU"][1]
    assert isinstance(theirs, Result)
    assert theirs.p_value is not None
    assert 0.02 < theirs.p_value < 0.98
    assert found.p_randomization == pytest.approx(theirs.p_value, abs=0.03)


def test_the_bootstrap_is_two_sided(parallel: Path) -> None:
    # That of sacrebleu centres the absolute differences, which halves the probability of a clear difference.
    rng = np.random.default_rng(5)
    before = rng.random(100)
    after = before + rng.normal(0.022, 0.1, 100)
    found = difference(_rows(before.tolist()), _rows(after.tolist()), _mean, trials=4000)
    moved = after - before
    z = abs(np.mean(moved)) / (np.std(moved) / np.sqrt(100))
    assert found.p_bootstrap == pytest.approx(math.erfc(z / math.sqrt(2)), abs=0.01)


def test_of_equal_systems_one_in_twenty_seems_to_differ() -> None:
    rng = np.random.default_rng(3)
    p_values = []
    for _ in range(300):
        level = rng.random(60)
        pair = [_rows((level + rng.normal(0, 0.2, 60)).tolist()) for _ in range(2)]
        p_values.append(difference(pair[0], pair[1], _mean, trials=200).p)
    assert 0.01 <= np.mean(np.array(p_values) < 0.05) <= 0.09


def test_where_nothing_can_be_scored_nothing_is_significant() -> None:
    def share(summed: Counts) -> Counts:
        with np.errstate(invalid="ignore"):
            return np.asarray(summed[..., 0] / summed[..., 1])

    found = difference(np.zeros((3, 2)), _rows([1.0, 0.0, 1.0]), share)
    assert np.isnan(found.before)
    assert found.p == 1


@pytest.mark.parametrize(
    ("p_values", "corrected"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        ([0.5, 0.001, 0.5], [1.0, 0.003, 1.0]),
        ([0.9, 0.8], [1.0, 1.0]),
    ],
)
def test_correction_for_many(p_values: list[float], corrected: list[float]) -> None:
    assert holm(p_values) == pytest.approx(corrected)


# Runs


def test_every_changed_input_the_greatest_loss_first(parallel: Path, runs: dict[str, Path]) -> None:
    before, after = read_run(runs["good"]), read_run(runs["bad"])
    comparison = compare(before, after, examples=_data(parallel).examples)
    assert comparison.measures[0].measure.title == "chrF"
    assert comparison.measures[0].difference.before == pytest.approx(before.scores[0].value)
    assert comparison.measures[0].difference.after == pytest.approx(after.scores[0].value)
    changed = [i for i in range(40) if before.outputs[i] != after.outputs[i]]
    assert sorted(int(change.example.id) - 1 for change in comparison.inputs) == changed
    gains = [change.gains[0] for change in comparison.inputs]
    assert gains == sorted(gains)
    assert all(change.gains[0] < 0 for change in comparison.regressions)
    assert comparison.improvements[0] == comparison.inputs[-1]


def test_less_is_better_for_an_error_rate(parallel: Path, runs: dict[str, Path]) -> None:
    comparison = compare(read_run(runs["good"]), read_run(runs["bad"]), examples=_data(parallel).examples)
    change = next(change for change in comparison.measures if change.measure.title == "TER")
    assert change.difference.change > 0
    assert change.gain < 0


def _changed(found: Run, what: str) -> Run:
    if what == "task":
        return replace(found, task="topics")
    if what == "version":
        return replace(found, version=found.version + 1)
    if what == "checksum":
        return replace(found, dataset=replace(found.dataset, sha256="0" * 64))
    if what == "length":
        outputs, ids = found.outputs[:-1], found.ids[:-1]
        return replace(found, outputs=outputs, ids=ids, dataset=replace(found.dataset, n=len(ids)))
    return replace(found, scores=(replace(found.scores[0], signature="nrefs:1|other"), *found.scores[1:]))


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("task", "task topics before and translation now"),
        ("version", "version of the task 2 before and 1 now"),
        ("checksum", "checksum of the data 000000000000… before"),
        ("length", "number of inputs 39 before and 40 now"),
        ("signature", "chrF was nrefs:1|other and is nrefs:1"),
    ],
)
def test_what_cannot_be_compared(
    parallel: Path, runs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str, words: str
) -> None:
    write_run(_changed(read_run(runs["good"]), what), tmp_path / "before.json")
    assert main(["compare", str(tmp_path / "before.json"), str(runs["good"]), *_outside(parallel)]) == 2
    _one_line(capsys, words)


def test_other_versions_of_packages_are_no_obstacle_but_said(parallel: Path, runs: dict[str, Path]) -> None:
    after = read_run(runs["good"])
    older = [
        replace(score, signature=re.sub("version:[^|]*", "version:0.9", score.signature)) for score in after.scores
    ]
    assert older[0].signature != after.scores[0].signature
    before = replace(after, scores=tuple(older), versions={**after.versions, "sacrebleu": "0.9"})
    verdict = gate.judge([compare(before, after, examples=_data(parallel).examples)], read_tolerances(OURS))
    assert verdict.is_open
    now = after.versions["sacrebleu"]
    assert verdict.notes == (f"the baseline was made with sacrebleu 0.9, now {now} (translation)",)


def test_an_older_version_of_the_task(parallel: Path, runs: dict[str, Path]) -> None:
    old = _changed(read_run(runs["good"]), "version")
    with pytest.raises(InputError, match="version 2 of translation, which is now 1"):
        compare(old, old, examples=_data(parallel).examples)


def test_other_data_than_the_runs_had(parallel: Path, runs: dict[str, Path]) -> None:
    found = read_run(runs["good"])
    other = [replace(example, translations=("Quite another text.",)) for example in _data(parallel).examples]
    with pytest.raises(InputError, match="the data given are not those of the runs of translation"):
        compare(found, found, examples=other)
    without_sources = [replace(example, source="") for example in other]
    with pytest.raises(InputError, match="chrF of translation has another value with these references"):
        compare(found, found, examples=without_sources)


def test_a_metric_that_has_changed_is_computed_anew_and_said(parallel: Path, runs: dict[str, Path]) -> None:
    after = read_run(runs["good"])
    before = replace(after, scores=(replace(after.scores[0], value=12.3), *after.scores[1:]))
    comparison = compare(before, after, examples=_data(parallel).examples)
    assert comparison.recomputed == ("chrF",)
    assert comparison.measures[0].difference.change == 0
    verdict = gate.judge([comparison], read_tolerances(OURS))
    assert verdict.is_open
    assert [note for note in verdict.notes if note.startswith("chrF was computed anew")]


def test_other_labels_than_before() -> None:
    data = find("topics-gold").dataset().first(4)
    outputs = [{"topics": [{"label": label, "score": 0.5} for label in labels]} for labels in (data.labels, ["war"])]
    before, after = (
        run("topics-gold", data=data, predictions=[{**output, "none_of_these": False}] * 4) for output in outputs
    )
    with pytest.raises(InputError, match=r"the labels were .* and are war; run both with the same"):
        compare(before, after)


# The command line


def _one_line(capsys: pytest.CaptureFixture[str], words: str) -> None:
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1, err
    assert words in err
    assert err.startswith("eval: error: ")


def test_a_significant_loss_closes_the_gate(
    parallel: Path, runs: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(runs["good"]), str(runs["bad"]), *_outside(parallel)]) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "GATE CLOSED: translation"
    assert "translation: BLEU is worse: " in out


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("good", "good", "equal"), ("good", "alike", "within chance"), ("bad", "good", "better")],
)
def test_no_loss_beyond_chance_leaves_it_open(
    parallel: Path, runs: dict[str, Path], before: str, after: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(runs[before]), str(runs[after]), *_outside(parallel), "--json"]) == 0
    verdict = json.loads(capsys.readouterr().out)
    assert verdict["open"] is True
    outcomes = {check["metric"]: check["outcome"] for check in verdict["checks"]}
    assert outcomes["chrF"] == expected
    assert outcomes["TER"] == "not judged"


def test_references_alone_leave_out_what_needs_the_source(
    parallel: Path, runs: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    reference = ["--reference", str(parallel / "x.en")]
    assert main(["compare", str(runs["good"]), str(runs["bad"]), *reference, "--json"]) == 1
    metrics = {check["metric"] for check in json.loads(capsys.readouterr().out)["checks"]}
    assert metrics == {"chrF", "chrF++", "BLEU", "TER"}


def test_a_tolerance_of_anyones_own(parallel: Path, runs: dict[str, Path], tmp_path: Path) -> None:
    table = tmp_path / "mine.toml"
    table.write_text('significance = 0.01\n["trans*".chrF]\ntolerance = 90\nreason = "anything goes"\n')
    arguments = [str(runs["good"]), str(runs["bad"]), *_outside(parallel), "--tolerances", str(table)]
    assert main(["compare", *arguments]) == 0


def test_folders_and_an_explicit_update(
    parallel: Path, runs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline, new = tmp_path / "baseline", tmp_path / "new"
    (new).mkdir()
    (new / "translation.json").write_bytes(runs["good"].read_bytes())
    assert main(["compare", str(baseline), str(new), *_outside(parallel)]) == 2
    _one_line(capsys, "does not exist")
    assert main(["compare", str(baseline), str(new), *_outside(parallel), "--update-baseline"]) == 0
    assert (baseline / "translation.json").read_bytes() == runs["good"].read_bytes()
    (new / "translation.json").write_bytes(runs["bad"].read_bytes())
    assert main(["compare", str(baseline), str(new), *_outside(parallel)]) == 1
    assert (baseline / "translation.json").read_bytes() == runs["good"].read_bytes()
    assert main(["compare", str(baseline), str(new), *_outside(parallel), "--update-baseline"]) == 0
    assert (baseline / "translation.json").read_bytes() == runs["bad"].read_bytes()


def test_a_task_missing_on_one_side(
    parallel: Path, runs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    found = read_run(runs["good"])
    for folder, tasks in ((one, ["translation"]), (two, ["translation", "topics"])):
        for task in tasks:
            write_run(replace(found, task=task), folder / f"{task}.json")
    assert main(["compare", str(one), str(two), *_outside(parallel)]) == 2
    _one_line(capsys, "has no baseline of topics: accept one with --update-baseline")
    assert main(["compare", str(two), str(one), *_outside(parallel)]) == 2
    _one_line(capsys, "has a baseline of topics, which was not run")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist: check the path"),
        ("", "is empty (0 bytes)"),
        ("{", "is no run file"),
        ("[]", "is no run file"),
        ('{"format": 2, "task": "translation"}', "has format 2, expected 1: make it anew"),
        ('{"format": 1, "task": "translation"}', "is damaged ("),
    ],
)
def test_files_that_are_no_runs(
    runs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, words: str
) -> None:
    path = tmp_path / "run.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert main(["compare", str(path), str(runs["good"])]) == 2
    _one_line(capsys, words)
    assert main(["compare", str(runs["good"]), str(path)]) == 2
    _one_line(capsys, words)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["one", "two"], "x.de has 40 lines and"),
        (["one"] * 39 + [""], "line 40 is blank"),
        ([], "is empty (0 bytes)"),
    ],
)
def test_references_that_do_not_fit(
    parallel: Path,
    runs: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    lines: list[str],
    words: str,
) -> None:
    path = tmp_path / "x.en"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    outside = ["--source", str(parallel / "x.de"), "--reference", str(path)]
    assert main(["compare", str(runs["good"]), str(runs["bad"]), *outside]) == 2
    _one_line(capsys, words)


def test_runs_on_other_data_need_them(runs: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(runs["good"]), str(runs["bad"])]) == 2
    _one_line(capsys, "give its texts with --source and --reference")


def test_a_task_that_is_unknown(runs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(replace(read_run(runs["good"]), task="poetry"), tmp_path / "run.json")
    assert main(["compare", str(tmp_path / "run.json"), str(tmp_path / "run.json")]) == 2
    _one_line(capsys, "unknown task 'poetry': choose one of translation, ")


# Tolerances, floors


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("significance = ", "is no TOML"),
        ("\n", "significance must be a number between 0 and 1, got None"),
        ("significance = 1.5", "got 1.5"),
        ("significance = 0.05\nx = 1", "expected a table [x.METRIC], got x = 1"),
        ("significance = 0.05\n[x.chrF]\ntolerance = 1", "must hold a tolerance and a reason"),
        ('significance = 0.05\n[x.chrF]\ntolerance = -1\nreason = "so"', "tolerance must be a number of at least 0"),
        ('significance = 0.05\n[x.chrF]\ntolerance = 1\nreason = " "', "say why"),
        (
            'significance = 0.05\n[translaton.chrF]\ntolerance = 1\nreason = "so"',
            '[translaton."chrF"] is of no score there is: see `python -m eval tasks`',
        ),
        ('significance = 0.05\n[[unbeaten]]\ntask = "x"', "[[unbeaten]] must hold task, metric, baseline, reason"),
    ],
)
def test_tables_that_say_nothing_clear(tmp_path: Path, table: str, words: str) -> None:
    (tmp_path / "t.toml").write_text(table, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_tolerances(tmp_path / "t.toml")
    assert words in str(caught.value)


def test_a_copy_of_the_source_does_not_pass(parallel: Path) -> None:
    data = _data(parallel)
    copied = run("translation", data=data, predictions=[example.source for example in data.examples])
    comparison = compare(copied, copied, examples=data.examples)
    verdict = gate.judge([comparison], read_tolerances(OURS))
    assert not verdict.is_open
    assert {(floor.metric, floor.baseline) for floor in verdict.unbeaten} == {
        (metric, "copy") for metric in ("chrF", "chrF++", "BLEU", "TER")
    }
    assert gate.to_text(verdict).splitlines()[-1] == "GATE CLOSED: translation"


@pytest.mark.parametrize(
    ("better", "worse", "is_open"),
    # One right sentence of 32 pairs above a floor of none, as it may turn on another processor; or ten pairs.
    [(1, 0, True), (10, 0, False), (0, 0, False)],
)
def test_a_floor_lost_by_chance_closes_nothing_but_is_said(better: int, worse: int, is_open: bool) -> None:
    data = find("contrast-names").dataset()

    def made(right_pairs: int) -> Run:
        right = dict.fromkeys([example.pair for example in data.examples][: 2 * right_pairs])
        predictions = [
            example.translations[0] if example.pair in right else example.source for example in data.examples
        ]
        return run("contrast-names", data=data, predictions=predictions)

    table = replace(read_tolerances(OURS), shortfalls=())
    verdict = gate.judge([compare(made(better), made(worse), examples=data.examples)], table)
    # In chrF the copies that are left are no better than themselves where none is right.
    lost = [floor for floor in verdict.floors if floor.metric == "pairs right"]
    assert [floor.is_by_chance for floor in lost] == [is_open]
    line = "contrast-names: pairs right 0.000 does not beat the baseline 'copy' (0.000)"
    said = "\n".join(gate.remarks(verdict))
    assert (f"{line}, as it did before: what was lost since is within chance" in said) == is_open
    assert (line in gate.reasons(verdict)) == (not is_open)


def test_another_model_is_no_fault_but_said(parallel: Path, runs: dict[str, Path]) -> None:
    before = read_run(runs["good"])
    after = replace(before, models={}, engine="ct2", settings={"seed": 7})
    verdict = gate.judge([compare(before, after, examples=_data(parallel).examples)], read_tolerances(OURS))
    assert verdict.is_open
    assert verdict.notes == (
        "the baseline ran on given, now ct2 (translation)",
        "the baseline had seed 12345, now 7 (translation)",
    )


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("", "", []),
        ("The cat sat.", "The cat sat.", ["same"]),
        ("It cost 3.5 million.", "It cost 3.7 million.", ["same", "removed", "added", "same"]),
        ("One two", "One two three", ["same", "added"]),
        ("One two", "", ["removed"]),
    ],
)
def test_word_diff_keeps_both_texts(before: str, after: str, kinds: list[str]) -> None:
    pieces = word_diff(before, after)
    assert [piece.kind for piece in pieces] == kinds
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after


def test_every_tolerance_is_of_a_score_there_is() -> None:
    from eval.tasks import tasks

    known = {(task.name, measure.title) for task in tasks() for measure in task.measures}
    table = read_tolerances(OURS)
    for pattern, metric in table.entries:
        alone = replace(table, entries={(pattern, metric): table.entries[pattern, metric]})
        assert any(alone.find(task, name) for task, name in known), (pattern, metric)
    assert all(any(table.find(task.name, measure.title) for measure in task.measures) for task in tasks())
    baselines = {(task.name, name) for task in tasks() for name in task.baselines}
    for entry in table.shortfalls:
        assert any(table.shortfall(task, entry.metric, name) for task, name in baselines), entry
