"""The package as others see it: its names, what importing it costs, who imports whom, what is in the repository."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import toolkit

ROOT = Path(toolkit.__file__).resolve().parent.parent
HEAVY = (
    "torch",
    "transformers",
    "ctranslate2",
    "numpy",
    "tokenizers",
    "sentencepiece",
    "safetensors",
    "huggingface_hub",
    "datasets",
    "pyarrow",
)

PUBLIC = """
BatchWorker CacheError Coverage DEFAULT_LABELS Digest Document EngineError EngineSettings Finding GenerationOptions
Glossary InputError KlartextError MARKS Model ModelError Outcome Pipeline Preset REASONS Segment Summarizer Summary
SummarySentence TermUse TopicClassifier TopicScore Topics TranslatedSegment Translation TranslationMemory Translator
__version__ digest_many presets read_document resolve shipped translate_many
""".split()

LAYERS = (
    ("errors", "messages"),
    ("documents", "abbreviations", "control", "folders"),
    (
        "batching",
        "concerns",
        "facts",
        "files",
        "forms",
        "inflection",
        "labels",
        "language",
        "paragraphs",
        "protection",
        "recasing",
        "repetition",
        "sentences",
        "store",
        "tidying",
    ),
    ("glossary", "segmentation", "grounding", "journal", "memory"),
    ("clauses", "edits", "lexicon", "salience", "transliteration"),
    ("selection",),
    ("inputs", "notes", "output", "progress", "records", "terminal", "uploads"),
    ("exports",),
    ("tables",),
    ("engines",),
    ("doubt", "editor", "rewriting", "support", "wording"),
    ("shortening", "statements"),
    ("proposals", "windows"),
    ("attempts", "rescue", "terms", "translation", "summarization", "evidence", "topics"),
    ("pipeline",),
    ("batch",),
    ("ui",),
    ("__init__",),
    ("commands", "batch_command", "app_command"),
    ("cli",),
    ("__main__",),
)
"""Lowest first: a module imports from its own layer or from those before it."""
RANKS = {module: rank for rank, modules in enumerate(LAYERS) for module in modules}


def test_public_names() -> None:
    assert toolkit.__all__ == sorted(toolkit.__all__, key=_export_order)
    assert sorted(toolkit.__all__) == sorted(PUBLIC)
    assert set(PUBLIC) <= set(dir(toolkit))
    for name in PUBLIC:
        assert getattr(toolkit, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'translate'"):
        toolkit.translate  # noqa: B018


def _export_order(name: str) -> tuple[int, str]:
    """CONSTANTS, Classes, names: the order ruff keeps (RUF022)."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


@pytest.mark.parametrize(
    "module", ["toolkit", "toolkit.batch", "toolkit.batch_command", "toolkit.cli", "toolkit.records", "toolkit.store"]
)
def test_importing_loads_nothing_heavy(module: str) -> None:
    program = f"import sys, {module}; print(*sorted({HEAVY!r} & sys.modules.keys()))".replace("('", "{'").replace(
        "')", "'}"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def _imports(path: Path, package: str) -> set[str]:
    """The modules of `toolkit` that a file imports, at the top, in functions or for types alone."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names if name.name.split(".")[0] == "toolkit"}
        elif isinstance(node, ast.ImportFrom) and node.level:
            raise AssertionError(f"{path}: relative import")
        elif isinstance(node, ast.ImportFrom) and node.module == "toolkit":
            found |= {f"toolkit.{name.name}" for name in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("toolkit."):
            found.add(str(node.module))
    return found


def _module_of(path: Path) -> str:
    return path.relative_to(ROOT / "toolkit").with_suffix("").parts[0]


SOURCES = sorted((ROOT / "toolkit").rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=[str(path.relative_to(ROOT)) for path in SOURCES])
def test_imports_go_one_way(path: Path) -> None:
    own = _module_of(path)
    assert own in RANKS, f"give {own} a layer"
    if own == "__init__":
        return  # it imports nothing; what it names for type checkers is everything below it
    for name in _imports(path, own):
        imported = name.split(".")[1]
        imported = imported if imported in RANKS else "__init__"
        assert RANKS[imported] <= RANKS[own], f"{path.relative_to(ROOT)} imports {name}, which lies above it"


def test_engine_words_stay_in_engines() -> None:
    for path in SOURCES:
        if "engines" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            heavy = {name.split(".")[0] for name in names} & {"torch", "transformers", "ctranslate2", "sentencepiece"}
            assert not heavy, f"{path.relative_to(ROOT)} imports {heavy}"


def test_files_stay_short() -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert not {name: lines for name, lines in lengths.items() if lines > 420}, "is there a second noun in it?"


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_machine_paths_in_the_repository() -> None:
    machine = re.compile(rb"/(?:work|home|Users|root)/[\w.-]+|/tmp/[\w.-]+/|[A-Z]:\\\\Users")
    for path in _tracked():
        if path.stat().st_size > 2**20 or path == Path(__file__).resolve():
            continue
        found = machine.search(path.read_bytes())
        assert found is None, f"{path.relative_to(ROOT)}: {found.group().decode()}"


def test_make_names_the_remedy_for_an_old_python(tmp_path: Path) -> None:
    make = ["make", "--silent", "demo", f"VENV={tmp_path / 'venv'}", "PYTHON=false"]
    done = subprocess.run(make, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert "klartext needs Python 3.11 or newer, and false is not" in done.stderr
    assert "make PYTHON=" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == toolkit.__version__
