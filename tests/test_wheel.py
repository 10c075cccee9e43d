"""sdist → wheel → another environment: what a user installs holds the models and runs without network or checkout."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [pytest.mark.wheel, pytest.mark.weights]

# Run by the interpreter of the new environment at its start: whoever calls out fails.
NO_NETWORK = """
import socket

def _refuse(*arguments, **options):
    raise OSError("this environment has no network")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = _refuse
"""


@dataclass(frozen=True, slots=True)
class Built:
    """The two archives."""

    sdist: Path
    wheel: Path


def call(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; what it said when it fails."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        env=inherited | {"PYTHONUTF8": "1"} | environment,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the sdist, and the wheel from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    return Built(sdist, wheel)


@pytest.fixture(scope="module")
def python(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has the wheel, and borrows everything else from this one."""
    folder = tmp_path_factory.mktemp("environment")
    call(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    place = call(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    site = Path(place.stdout.strip())
    # A path file read from here does not read the path files over there: an editable klartext stays invisible.
    # No sitecustomize: Debian's Python has one of its own, which comes first.
    (site / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\nimport no_network\n", encoding="utf-8")
    (site / "no_network.py").write_text(NO_NETWORK, encoding="utf-8")
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet")
    call(*pip, built.wheel, cwd=folder)
    return python


def test_the_wheel_holds_the_models_and_no_recipes(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        names = set(wheel.namelist())
        index = tomllib.loads(wheel.read("toolkit/models/index.toml").decode())
        shipped = {name: entry for name, entry in index.items() if "folder" in entry}
        assert {entry["task"] for entry in shipped.values()} == {"translation", "summarization", "topics"}
        for entry in shipped.values():
            folder = f"toolkit/models/{entry['folder']}"
            assert f"{folder}/README.md" in names
            for file, facts in entry["files"].items():
                assert hashlib.sha256(wheel.read(f"{folder}/{file}")).hexdigest() == facts["sha256"]
    assert {"toolkit/py.typed", "toolkit/demo/article.de.txt", "toolkit/models/LICENSE"} <= names
    assert {Path(name).name for name in names if ".dist-info/licenses/" in name} == {"LICENSE", "NOTICE"}
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"toolkit"}
    assert not [name for name in names if "recipes" in name or "__pycache__" in name or name.endswith(".pyc")]


def test_the_sdist_holds_what_was_used_to_make_it(built: Built) -> None:
    with tarfile.open(built.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"README.md", "Makefile", "tests/test_wheel.py", "models/recipes/translator.py"} <= names
    assert not [name for name in names if name.startswith((".venv", ".work", ".git/"))]


def test_it_runs_elsewhere_without_network_or_checkout(python: Path, cache: Path, tmp_path: Path) -> None:
    where = call(
        python, "-c", "import socket, toolkit; print(toolkit.__file__, socket.getaddrinfo.__name__)", cwd=tmp_path
    )
    place, network = where.stdout.split()
    assert Path(place).is_relative_to(python.parent.parent)
    assert network == "_refuse"
    article = tmp_path / "article.txt"
    article.write_text("Der Stadtrat hat den Bau beschlossen. Er kostet 186 Mio. Euro.\n", encoding="utf-8")
    klartext = python.with_name("klartext")
    offline = {"HF_HUB_OFFLINE": "1", "KLARTEXT_CACHE": str(cache)}
    done = call(klartext, "digest", "article.txt", "--json", cwd=tmp_path, **offline)
    record = json.loads(done.stdout)
    assert "186" in record["translation"]
    assert record["coverage"] == {"sentences": 2, "translated": 2, "split": 0, "cut": 0}
    assert record["summary"]["sentences"]
    assert record["topics"]
    assert all(model["checksum"] for model in record["models"].values())
    assert "of 30 sentences" in call(klartext, "demo", cwd=tmp_path, **offline).stdout
    models = json.loads(call(klartext, "models", "--json", cwd=tmp_path, **offline).stdout)["models"]
    folders = [Path(model["folder"]) for model in models if model["origin"] == "shipped"]
    assert len(folders) == 3
    assert all(folder.is_relative_to(python.parent.parent) for folder in folders)


def test_converted_models_need_neither_torch_nor_transformers(python: Path, cache: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from toolkit import Pipeline; pipeline = Pipeline(); pipeline.run('Der Rat stimmt zu.'); "
        "print({'torch', 'transformers'} & set(sys.modules))"
    )
    offline = {"HF_HUB_OFFLINE": "1", "KLARTEXT_CACHE": str(cache)}
    call(python, "-c", program, cwd=tmp_path, **offline)
    assert call(python, "-c", program, cwd=tmp_path, **offline).stdout == "set()\n"
