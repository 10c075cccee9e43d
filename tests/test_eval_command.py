"""`python -m eval`: what the commands do, and that bad input is one clear line and exit code 2."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from eval import checksums, run_command
from eval.__main__ import main
from eval.articles import FOLDER
from eval.overlap import Bleu
from eval.runs import read_run
from eval.tasks import tasks
from toolkit.errors import InputError

GERMAN = ["Guten Morgen.", "Der Zug kommt um acht.", "Das Wetter ist schön."]
ENGLISH = ["Good morning.", "The train comes at eight.", "The weather is fine."]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with x.de and x.en, and in it we are."""
    monkeypatch.chdir(tmp_path)
    _write("x.de", GERMAN)
    _write("x.en", ENGLISH)
    return tmp_path


def _write(name: str, lines: list[str]) -> None:
    Path(name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _run(*arguments: str) -> int:
    return main(["run", *arguments, "--engine", "fake"])


def test_run_as_documented(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("translation", "--source", "x.de", "--reference", "x.en", "--output", "run.json") == 0
    result = read_run("run.json")
    assert result.task == "translation"
    assert result.dataset.n == 3
    assert result.outputs[0] == "Netug Negrom."
    bleu = result.score("BLEU")
    assert bleu is not None
    assert bleu.value == Bleu().compute(predictions=result.outputs, references=[[text] for text in ENGLISH])["BLEU"]
    printed = capsys.readouterr()
    assert "| BLEU | " in printed.out
    assert "| TER | " in printed.out
    assert "eval: translation: 3 inputs …" in printed.err


def test_run_of_all_tasks(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("all", "--output-folder", "runs", "--limit", "2") == 0
    names = {task.name for task in tasks()}
    assert {path.stem for path in Path("runs").iterdir()} == names
    for name in names:
        assert read_run(f"runs/{name}.json").dataset.n == 2
    assert capsys.readouterr().err.count("2 inputs …") == len(names)


def test_given_predictions_of_perfect_quality(folder: Path) -> None:
    arguments = ["--source", "x.de", "--reference", "x.en", "--predictions", "x.en", "--output", "run.json"]
    assert main(["run", "translation", *arguments]) == 0
    result = read_run("run.json")
    assert result.engine == "given"
    assert {score.metric: score.value for score in result.scores} == {
        "chrF": 100.0,
        "chrF++": 100.0,
        "BLEU": pytest.approx(100.0),
        "TER": 0.0,
    }


def test_given_topics(folder: Path) -> None:
    _write("x.jsonl", [json.dumps({"text": text, "label": "sport"}) for text in ENGLISH])
    topics = {"topics": [{"label": "sport", "score": 0.8}, {"label": "crime", "score": 0.1}], "none_of_these": False}
    _write("topics.jsonl", [json.dumps(topics)] * 3)
    arguments = ["--data", "x.jsonl", "--predictions", "topics.jsonl", "--output", "run.json"]
    assert main(["run", "topics-gold", *arguments]) == 0
    accuracy = read_run("run.json").score("accuracy")
    assert accuracy is not None
    assert accuracy.value == 1.0


def test_seed_and_model_options_reach_the_run(folder: Path) -> None:
    options = ["--beam", "2", "--threads", "1", "--batch-tokens", "64", "--seed", "7", "--sentences", "1"]
    assert _run("chain", "--limit", "1", *options, "--output", "run.json") == 0
    settings = read_run("run.json").settings
    assert {"beam": 2, "threads": 1, "batch_tokens": 64, "seed": 7, "sentences": 1}.items() <= settings.items()


def test_tasks_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks"]) == 0
    printed = capsys.readouterr().out
    assert all(f"{task.name} (version {task.version}): " in printed for task in tasks())


LONG = ["--source", "x.de", "--reference", "long.en"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["poetry"], "unknown task 'poetry': choose one of translation, "),
        (["translation", *LONG], "x.de has 3 lines and long.en has 4: expected as many in each"),
        (["translation", "--source", "x.de", "--reference", "blank.en"], "blank.en, line 2 is blank"),
        (["translation", "--source", "blank.en", "--reference", "x.en"], "blank.en, line 2 is blank"),
        (["translation", "--source", "x.de", "--reference", "empty.en"], "empty.en is empty"),
        (
            ["translation", "--source", "latin.de", "--reference", "x.en"],
            "latin.de is not UTF-8 (byte 0xF6 at position",
        ),
        (["translation", "--source", "no.de", "--reference", "x.en"], "no.de does not exist: check the path"),
        (["translation", "--source", "x.de"], "--source and --reference go together"),
        (["translation", "--reference", "x.en"], "--source and --reference go together"),
        (["translation", "--data", "no.jsonl"], "no.jsonl does not exist"),
        (["translation", "--data", "x.de"], "x.de: expected a name ending in .jsonl"),
        (["translation", "--data", "x.jsonl", "--source", "x.de"], "give --data NAME, or --source FILE"),
        (["translation", "--split", "dev", "--source", "x.de", "--reference", "x.en"], "--split says what to take of"),
        (["translation", "--source-column", "de"], "--source-column says what to take of --data NAME: give that too"),
        (["translation", "--data", "x.jsonl", "--split", "dev"], "x.jsonl is one file and has no parts: leave out"),
        (["topics", "--seed", "-1", "--limit", "1"], "the seed must be at least 0, got -1"),
        (["chain", "--source", "x.de", "--reference", "x.en"], "chain runs on our own data alone"),
        (["all", "--output", "run.json"], "all tasks give a file each: give --output-folder"),
        (["all", "--source", "x.de", "--reference", "x.en"], "all tasks run on our own data"),
        (["topics", "--output", "a", "--output-folder", "b"], "not both"),
        (["topics", "--limit", "0"], "the number of inputs must be at least 1, got 0"),
        (["topics", "--beam", "0"], "beam must be at least 1, got 0"),
        (["topics", "--sentences", "0"], "--sentences must be at least 1, got 0"),
        (["topics", "--limit", "2", "--output", "x.de/run.json"], "x.de/run.json cannot be written"),
        (
            ["translation", "--source", "x.de", "--reference", "x.en", "--predictions", "long.en"],
            "4 predictions for the 3 inputs of x.de: give one for each",
        ),
        (
            ["translation", "--source", "x.de", "--reference", "x.en", "--predictions", "blank.en"],
            "blank.en, line 2 is blank",
        ),
        (["topics", "--limit", "3", "--predictions", "x.en"], "x.en, line 1 is not JSON"),
        (["topics", "--limit", "3", "--predictions", "numbers.jsonl"], "output 1 has no 'topics'"),
    ],
)
def test_bad_input(folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    _write("long.en", [*ENGLISH, "One more."])
    _write("blank.en", [ENGLISH[0], "", ENGLISH[2]])
    _write("empty.en", [])
    Path("latin.de").write_bytes("schön\n".encode("latin-1"))
    _write("numbers.jsonl", ["1", "2", "3"])
    _write("x.jsonl", ['{"de": "Ja.", "en": "Yes."}'])
    assert _run(*arguments) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.endswith("inputs …")]
    assert len(lines) == 1, lines
    assert lines[0].startswith("eval: error: ")
    assert message in lines[0]


@pytest.mark.parametrize(
    "arguments", [[], ["dance"], ["run"], ["run", "topics", "--beam", "wide"], ["run", "--engine", "x"]]
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("eval: error: ")
    assert "--help`)" in lines[0]


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from eval.__main__ import build_parser; build_parser().format_help(); "
        "print(*sorted({'torch', 'transformers', 'ctranslate2', 'datasets', 'evaluate', 'numpy'} & sys.modules.keys()))"
    )
    root = Path(checksums.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_package_knows_nothing_of_its_evaluation() -> None:
    """It is not in the wheel."""
    root = Path(checksums.__file__).parent.parent
    importing = re.compile(r"^\s*(?:from|import) eval\b", re.MULTILINE)
    assert [path.name for path in (root / "toolkit").rglob("*.py") if importing.search(path.read_text("utf-8"))] == []


def test_long_work_says_how_far_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_command, "_LINE_SECONDS", 0.0)
    assert _run("chain", "--limit", "3") == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[:3] == ["eval: chain: 3 inputs …", "eval: chain: 1 of 3", "eval: chain: 2 of 3"]
    assert len(lines) == 4


def test_interrupted(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("eval.running.run", interrupt)
    assert _run("topics", "--limit", "1") == 130
    assert capsys.readouterr().err.splitlines()[-1] == "eval: interrupted"


# Checksums of the data.


def test_checksums_are_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["checksums", "--check"]) == 0, "run `python -m eval checksums`"
    table = checksums.table(FOLDER)
    assert all(path.relative_to(FOLDER).as_posix() in table for path in FOLDER.rglob("*.jsonl"))


def test_checksums_written_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checksums, "FOLDER", tmp_path)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.jsonl").write_bytes(b"{}\n{}\n")
    readme = tmp_path / "README.md"
    readme.write_text(f"# Data\n\n{checksums.START}\nold\n{checksums.END}\n\nMore.\n", encoding="utf-8")
    assert main(["checksums", "--check"]) == 1
    assert capsys.readouterr().err == "eval: README.md is not current: run `python -m eval checksums`\n"
    assert main(["checksums"]) == 0
    assert main(["checksums", "--check"]) == 0
    written = readme.read_text(encoding="utf-8")
    # printf '{}\n{}\n' | sha256sum
    assert "| deep/a.jsonl | 2 | `3b00ba5361676a0a8152642a6edaf54a222bd409b5774b5b461ac8d1cee09cb4` |" in written
    assert written.startswith("# Data\n")
    assert written.endswith("\n\nMore.\n")
    readme.write_text("# Data\n", encoding="utf-8")
    assert main(["checksums"]) == 2


def test_table_needs_its_marks() -> None:
    with pytest.raises(InputError, match="lacks the line <!-- end of checksums -->"):
        checksums.with_table(f"x {checksums.START} y", "t")


# The gate, refused before any model runs.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--limit", "3"], "the baseline of topics is of 2 inputs of articles-de[:2], this would be of 3 of"),
        (["--limit", "2", "--report", "x.de/report.html"], "x.de/report.html cannot be written"),
        (["--limit", "2", "--output-folder", "x.de/runs"], "x.de/runs/topics.json cannot be written"),
        (["--limit", "2", "--baseline", "none"], "none does not exist: check the path"),
        (["--limit", "2", "--update-baseline", "--report", "r.html"], "leave out --report"),
        (["--limit", "2", "--seed", "-1"], "the seed must be at least 0, got -1"),
    ],
)
def test_a_gate_that_cannot_be(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    gate = ["gate", "--tasks", "topics,topics", "--engine", "fake", "--baseline", "base"]
    assert main([*gate, "--limit", "2", "--update-baseline"]) == 0
    assert capsys.readouterr().err.count("topics: 2 inputs") == 1
    monkeypatch.setattr("eval.running._produce", pytest.fail)
    assert main([*gate, *arguments]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("eval: error: ")
    assert message in lines[0]


def test_the_committed_baselines_are_of_all_inputs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.baseline.update", pytest.fail)
    assert main(["gate", "--tasks", "topics", "--engine", "fake", "--limit", "1", "--update-baseline"]) == 2
    assert "are of all inputs: with --limit, name another folder" in capsys.readouterr().err
