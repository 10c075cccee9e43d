"""Run files: what is written comes back, and nothing else is taken for one."""

from __future__ import annotations

import dataclasses
import json
import stat
from pathlib import Path

import pytest

from eval.runs import FORMAT, DatasetRecord, ModelRecord, Run, Score, check_writable, read_run, write_run
from toolkit.errors import InputError

RUN = Run(
    task="translation",
    version=1,
    dataset=DatasetRecord("x.de", "ab" * 32, 2),
    models={"translator": ModelRecord("translator-de-en", "cd" * 32)},
    model_sha256="cd" * 32,
    engine="ct2",
    settings={"beam": 4, "threads": None},
    scores=(Score("BLEU", 31.5, 30.0, 33.25, "nrefs:1|version:2"), Score("TER", 50.0, 49.0, 51.0, "nrefs:1")),
    baselines={"copy": (Score("BLEU", 1.5, 1.0, 2.0, "nrefs:1|version:2"),)},
    outputs=("Good morning – “today”.", "\u2028 two"),
    ids=("1", "2"),
    details={"beaten": {"BLEU": {"copy": True}}},
    versions={"python": "3.11"},
    seconds=1.25,
    peak_mb=512.0,
)


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "new" / "run.json"
    write_run(RUN, path)
    assert read_run(path) == RUN
    assert [each.name for each in path.parent.iterdir()] == ["run.json"]
    assert stat.S_IMODE(path.stat().st_mode) & stat.S_IRUSR
    write_run(dataclasses.replace(RUN, seconds=2.0), path)
    assert read_run(path).seconds == 2.0


def test_file_has_the_published_fields(tmp_path: Path) -> None:
    write_run(RUN, tmp_path / "run.json")
    record = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    published = {"format", "task", "version", "model_sha256", "engine", "scores", "outputs", "seconds", "peak_mb"}
    assert published <= record.keys()
    assert record["scores"][0] == {
        "metric": "BLEU",
        "value": 31.5,
        "low": 30.0,
        "high": 33.25,
        "signature": "nrefs:1|version:2",
    }


def test_score_by_name() -> None:
    assert RUN.score("TER") == RUN.scores[1]
    assert RUN.score("chrF") is None


def test_no_number_but_a_finite_one_is_written(tmp_path: Path) -> None:
    broken = dataclasses.replace(RUN, seconds=float("nan"))
    with pytest.raises(ValueError, match="JSON"):
        write_run(broken, tmp_path / "run.json")
    assert not list(tmp_path.iterdir())


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=r"file.run\.json cannot be written \(.*\): check the folder"):
        write_run(RUN, tmp_path / "file" / "run.json")


def test_what_cannot_be_written_is_known_before(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=r"file.run\.json cannot be written \(.*\): check the folder"):
        check_writable(tmp_path / "file" / "run.json")
    with pytest.raises(InputError, match="is a folder: name a file in it"):
        check_writable(tmp_path)
    check_writable(tmp_path / "new" / "run.json")
    assert not list((tmp_path / "new").iterdir())


def _damaged(tmp_path: Path, change: dict[str, object]) -> Path:
    path = tmp_path / "run.json"
    write_run(RUN, path)
    record = json.loads(path.read_text(encoding="utf-8"))
    for key, value in change.items():
        if value is ...:
            del record[key]
        else:
            record[key] = value
    path.write_text(json.dumps(record), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"format": FORMAT + 1},
            rf"has format {FORMAT + 1}, expected {FORMAT}: make it anew with `python -m eval run`",
        ),
        ({"format": ...}, 'is no run file: expected an object with "format"'),
        ({"task": ...}, r"is damaged \('task' is missing\)"),
        ({"task": 3}, r"is damaged \(task must be text, got 3\)"),
        ({"outputs": ["one"]}, r"is damaged \(1 outputs and 2 ids for 2 inputs\)"),
        ({"outputs": "ab"}, r"is damaged \(outputs must be a list"),
        ({"seconds": "long"}, r"is damaged \(seconds must be a finite number, got 'long'\)"),
        ({"version": True}, r"is damaged \(version must be a whole number, got True\)"),
        ({"scores": [{"metric": "BLEU"}]}, r"is damaged \('value' is missing\)"),
        ({"models": []}, "is damaged"),
        ({"details": {"topics": []}}, "is damaged"),
        ({"details": {"topics": {"calibration": [{"confidence": 0.5}]}}}, r"is damaged \('accuracy' is missing\)"),
        ({"details": {"milliseconds": "abc"}}, r"is damaged \(milliseconds must be a finite number, got 'a'\)"),
        ({"outputs": ["a", {"topics": []}]}, r"is damaged \(output 2: topics must be a list of "),
        ({"dataset": None}, "is damaged"),
    ],
)
def test_damaged_files(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_run(_damaged(tmp_path, change))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["{", "[1]", "x", "[" * 100_000])
def test_files_that_are_no_run(tmp_path: Path, text: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="is no run file") as caught:
        read_run(path)
    assert "\n" not in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_run(tmp_path / "run.json")
