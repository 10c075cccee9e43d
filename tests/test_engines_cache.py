from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import families
from toolkit.engines import EngineSettings, GenerationOptions, cache, load_seq2seq
from toolkit.engines.cache import Entry, fetch
from toolkit.errors import CacheError

ENTRY = Entry("org/some model ü", "c" * 64, "int8", "ctranslate2 4.8.5")


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "cache"
    monkeypatch.setenv("KLARTEXT_CACHE", str(root))
    return root


class Maker:
    """Fills an entry and counts how often."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, folder: Path) -> None:
        self.made += 1
        (folder / "model.bin").write_bytes(b"weights" * 100)
        (folder / "config.json").write_text("{}")


def test_made_once(root: Path) -> None:
    maker = Maker()
    first = fetch(ENTRY, maker)
    assert fetch(ENTRY, maker) == first
    assert maker.made == 1
    assert [path.name for path in root.iterdir()] == [ENTRY.key]
    assert ENTRY.key.startswith("some-model---int8-")


def test_the_environment_decides_where_else_the_platform(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    assert cache.cache_root() == root
    monkeypatch.delenv("KLARTEXT_CACHE")
    assert cache.cache_root().name == "klartext"


def test_any_difference_makes_another_entry() -> None:
    others = [
        Entry(ENTRY.model, "d" * 64, ENTRY.precision, ENTRY.converter),
        Entry(ENTRY.model, ENTRY.checksum, "float32", ENTRY.converter),
        Entry(ENTRY.model, ENTRY.checksum, ENTRY.precision, "ctranslate2 4.8.6"),
    ]
    assert len({ENTRY.key, *(other.key for other in others)}) == 4


def _flip(folder: Path) -> None:
    content = bytearray((folder / "model.bin").read_bytes())
    content[100] ^= 1
    (folder / "model.bin").write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        _flip,
        lambda folder: (folder / "model.bin").write_bytes(b"weights"),
        lambda folder: (folder / "config.json").unlink(),
        lambda folder: (folder / "entry.json").unlink(),
        lambda folder: (folder / "entry.json").write_text('{"files": '),
        lambda folder: (folder / "entry.json").write_text("[]"),
        lambda folder: (folder / "entry.json").write_text('{"files": {}}'),
    ],
)
def test_a_damaged_entry_is_made_again(root: Path, damage: object) -> None:
    maker = Maker()
    folder = fetch(ENTRY, maker)
    assert callable(damage)
    damage(folder)
    assert fetch(ENTRY, maker) == folder
    assert maker.made == 2
    assert (folder / "model.bin").read_bytes() == b"weights" * 100
    assert fetch(ENTRY, maker) == folder
    assert maker.made == 2
    assert [path.name for path in root.iterdir()] == [ENTRY.key]


def test_a_conversion_that_fails_leaves_nothing(root: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "model.bin").write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(ENTRY, fail)
    assert list(root.iterdir()) == []


def test_what_a_dead_process_left_is_swept_after_a_day(root: Path) -> None:
    root.mkdir()
    for name, age in (("unfinished-old", 2 * 24 * 3600), ("unfinished-new", 60)):
        (root / name).mkdir()
        os.utime(root / name, (time.time() - age,) * 2)
    fetch(ENTRY, Maker())
    assert {path.name for path in root.iterdir()} == {ENTRY.key, "unfinished-new"}


def test_an_entry_that_appears_meanwhile_is_taken(root: Path) -> None:
    """Another process was faster: its entry stays, ours goes."""

    def make(folder: Path) -> None:
        Maker()(folder)
        (folder / "config.json").write_text('"ours"')
        other = root / "other"
        other.mkdir()
        Maker()(other)
        cache._seal(other, ENTRY)
        other.rename(root / ENTRY.key)

    assert (fetch(ENTRY, make) / "config.json").read_text() == "{}"
    assert [path.name for path in root.iterdir()] == [ENTRY.key]


@pytest.mark.parametrize("place", ["a-file/cache", "/proc/klartext", "/dev/null"])
def test_a_cache_that_cannot_be_written_is_an_error_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    if place.startswith("/proc") and not Path("/proc/self").exists():
        pytest.skip("no /proc here")
    (tmp_path / "a-file").touch()
    monkeypatch.setenv("KLARTEXT_CACHE", str(tmp_path / place))
    maker = Maker()
    with pytest.raises(CacheError, match="set KLARTEXT_CACHE to a folder that can be written") as caught:
        fetch(ENTRY, maker)
    assert "\n" not in str(caught.value)
    assert maker.made == 0


_PROGRAM = """
import sys, resource, time
from pathlib import Path
from toolkit import store
from toolkit.engines import EngineSettings, GenerationOptions, conversion, load_seq2seq
from toolkit.errors import CacheError
if sys.argv[2] == "full":
    # As on a full disk, no file grows beyond this: the weights do not fit, the vocabulary does.
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
if sys.argv[2] == "together":
    Path(sys.argv[3]).with_suffix("." + sys.argv[4]).touch()
    while len(list(Path(sys.argv[3]).parent.glob("start.*"))) < 2:
        time.sleep(0.001)
try:
    engine = load_seq2seq(store.resolve(Path(sys.argv[1]), task="translation"), EngineSettings(threads=1))
except CacheError as error:
    sys.exit(f"CacheError: {error}")
print(engine.generate(["Die Stadt"], options=GenerationOptions(max_tokens=9, min_tokens=2))[0].text)
"""


def _start(*arguments: str) -> subprocess.Popen[str]:
    folder = str(families.seq2seq("marian").folder)
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, folder, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_that_convert_at_once_both_succeed(root: Path, tmp_path: Path) -> None:
    processes = [_start("together", str(tmp_path / "start"), name) for name in "ab"]
    results = [(*process.communicate(timeout=300), process.returncode) for process in processes]
    assert [(error, code) for _, error, code in results] == [("", 0)] * 2
    assert results[0][0] == results[1][0] != "\n"
    (entry,) = root.iterdir()
    listed = json.loads((entry / "entry.json").read_text())["files"]
    assert {path.name for path in entry.iterdir()} == {*listed, "entry.json"}
    assert cache._is_whole(entry)


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_a_disk_that_is_full_is_an_error_with_a_remedy_and_leaves_nothing(root: Path) -> None:
    process = _start("full")
    output, error = process.communicate(timeout=300)
    assert process.returncode == 1
    assert output == ""
    assert error.startswith(f"CacheError: {root}: the cache of converted models cannot be written (")
    assert error.count("\n") == 1
    assert list(root.iterdir()) == []


def test_a_damaged_converted_model_is_converted_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.engines.conversion.convert", families.convert_here)
    model = families.seq2seq("marian")
    options = GenerationOptions(max_tokens=9, min_tokens=2)
    before = load_seq2seq(model, EngineSettings()).generate(["Die Stadt"], options=options)
    (entry,) = root.iterdir()
    (entry / "model.bin").write_bytes((entry / "model.bin").read_bytes()[:1000])
    assert load_seq2seq(model, EngineSettings()).generate(["Die Stadt"], options=options) == before
