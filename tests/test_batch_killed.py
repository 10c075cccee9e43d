"""A batch job that is killed, at any moment and at every step, ends with the very bytes of one that was not."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import toolkit
from eval.articles import read_articles

ROOT = Path(toolkit.__file__).resolve().parent.parent
KILLS = 25 if os.environ.get("CI") == "true" else 5
WORDS = "Rat Haus Zug Land Wahl Werk Tor Amt Jahr Ufer".split()
"""Two of them have too few letters for the language to be looked at, which saves loading the model for that."""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL and fork")


def write_records(path: Path, count: int) -> None:
    """Records of one or two short sentences, some repeated, some blank, some of them no text."""
    choose = random.Random(6)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            text: object = f"{choose.choice(WORDS)} {number}. {choose.choice(WORDS)}."
            if number % 50 == 7:
                text = [None, "", " \n", 12, "Ende."][number // 50 % 5]
            file.write(json.dumps({"id": number, "text": text, "kept": [number]}) + "\n")


def command(folder: Path, *more: str) -> list[str]:
    """The command line of a job in a folder."""
    paths = [str(folder / "in.jsonl"), "-o", str(folder / "out.csv")]
    return [sys.executable, "-m", "toolkit", "batch", "--engine", "fake", *paths, *more]


def outputs(folder: Path) -> dict[str, bytes]:
    """Every file in a folder but the input."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "in.jsonl"}


def size_of(path: Path) -> int:
    """Bytes in a file, 0 where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def kill_while_it_runs(arguments: list[str], journal: Path, growth: float, seconds: float = 0.0) -> bool:
    """Start, and kill so long after the journal has grown by so many bytes; False if the job was faster."""
    enough = size_of(journal) + growth
    process = subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.DEVNULL)
    while process.poll() is None and size_of(journal) <= enough:
        time.sleep(0.001)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def test_killed_at_random_moments(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    write_records(whole / "in.jsonl", 8_000)
    assert subprocess.run(command(whole), cwd=ROOT, stderr=subprocess.DEVNULL).returncode == 1
    expected = outputs(whole)
    assert set(expected) == {"out.csv", "out.csv.errors.jsonl"}
    moments = random.Random(os.urandom(8))
    kills = runs = 0
    while kills < KILLS:
        shutil.rmtree(killed, ignore_errors=True)
        killed.mkdir()
        shutil.copy2(whole / "in.jsonl", killed)
        runs += 1
        journal, size = killed / "out.csv.journal", len(expected["out.csv"])
        # About eight kills a job: while it computes, and now and then while the result is put together.
        while kill_while_it_runs(command(killed), journal, moments.uniform(0, size / 4), moments.uniform(0, 0.05)):
            kills += 1
            assert not (killed / "out.csv").exists() or (killed / "out.csv").read_bytes() == expected["out.csv"]
            if kills == KILLS:
                break
        assert subprocess.run(command(killed), cwd=ROOT, stderr=subprocess.DEVNULL).returncode in (1, 2)
        assert outputs(killed) == expected
    print(f"{kills} kills in {runs} jobs")


EVERY_STEP = """
import os, pathlib, sys, threading
from toolkit.cli import main
from toolkit import batch_command
from toolkit.language import detect
import toolkit.translation

folder = pathlib.Path(sys.argv[4]).parent
detect("Damit das Modell der Sprachen geladen ist.")

def dying_at(step):
    left = step
    def wrapped(function):
        def call(*arguments, **named):
            nonlocal left
            left -= 1
            if left == 0:
                os._exit(9)
            return function(*arguments, **named)
        return call
    os.fsync = wrapped(os.fsync)
    for name in ("replace", "rename", "unlink"):
        setattr(pathlib.Path, name, wrapped(getattr(pathlib.Path, name)))

for step in range(1, 100):
    child = os.fork()
    if child == 0:
        sys.stderr = open(os.devnull, "w")
        dying_at(step)
        os._exit(main(sys.argv[1:]))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code != 9:
        sys.exit(code if code != 1 or step > 5 else 99)
    # A fresh job for each step: what this one left is finished by a run that does not die, and compared.
    child = os.fork()
    if child == 0:
        sys.stderr = open(os.devnull, "w")
        os._exit(main(sys.argv[1:]))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    outputs = {path.name: path.read_bytes() for path in folder.iterdir()}
    print(step, code, hash(frozenset(outputs.items())), *sorted(outputs))
    for name in outputs:
        if name != "in.jsonl":
            (folder / name).unlink()
"""


def test_killed_at_every_step_on_the_disk(tmp_path: Path) -> None:
    write_records(tmp_path / "in.jsonl", 60)
    arguments = command(tmp_path)[3:]
    done = subprocess.run(
        [sys.executable, "-c", EVERY_STEP, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 1, done.stderr
    steps = [line.split(" ", 3) for line in done.stdout.splitlines()]
    assert len(steps) >= 8
    # Finished after any step: by the next run, or already (then that one is refused), always to the same bytes.
    assert {code for _, code, _, _ in steps} <= {"1", "2"}
    assert len({(content, names) for _, _, content, names in steps}) == 1, done.stdout
    assert steps[0][3] == "in.jsonl out.csv out.csv.errors.jsonl"


@pytest.mark.weights
def test_killed_with_the_shipped_model(tmp_path: Path) -> None:
    texts = [article.german for article in read_articles()[:3]]
    lines = [line for text in texts for line in text.splitlines() if line.strip()] * 2
    source = tmp_path / "in.txt"
    source.write_text("".join(f"{line}\n" for line in lines[:40]), encoding="utf-8")
    arguments = [sys.executable, "-m", "toolkit", "batch", str(source), "--max-chars", "2000", "-o"]
    whole, killed = tmp_path / "whole.jsonl", tmp_path / "killed.jsonl"
    assert subprocess.run([*arguments, str(whole)], cwd=ROOT, stderr=subprocess.DEVNULL).returncode == 0
    kill_while_it_runs([*arguments, str(killed)], tmp_path / "killed.jsonl.journal", 1_000)
    assert subprocess.run([*arguments, str(killed)], cwd=ROOT, stderr=subprocess.DEVNULL).returncode in (0, 2)
    assert killed.read_bytes() == whole.read_bytes()
    assert not (tmp_path / "killed.jsonl.journal").exists()
