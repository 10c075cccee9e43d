"""Which models exist, where they are, and that their files are whole: shipped, in a local folder, or on the hub.

A name is looked up in this order: a shipped model, a preset, an existing folder, a hub name `organisation/model`.
Nothing is downloaded for the first three; a preset is a short name for a hub model.
"""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.errors import ModelError
from toolkit.folders import (
    EDITOR_FACTS,
    EDITOR_WEIGHTS,
    PICKLE_FILES,
    SAFETENSORS_FILES,
    SETTING_FILES,
    TOKENIZER_FILES,
    check_tokenizer,
    check_weights,
    count_parameters,
    file_sha256,
    model_files,
    read_architecture,
    read_licence,
    weight_files,
)

TASKS = ("translation", "summarization", "topics")
KINDS: dict[str, str] = {
    "MarianMTModel": "seq2seq",
    "BartForConditionalGeneration": "seq2seq",
    "PegasusForConditionalGeneration": "seq2seq",
    "T5ForConditionalGeneration": "seq2seq",
    "T5WithLMHeadModel": "seq2seq",
    "MT5ForConditionalGeneration": "seq2seq",
    "BertModel": "encoder",
    "CamembertModel": "encoder",
    "DebertaV2Model": "encoder",
    "DistilBertModel": "encoder",
    "ElectraModel": "encoder",
    "MPNetModel": "encoder",
    "RobertaModel": "encoder",
    "XLMRobertaModel": "encoder",
}
"""What an architecture is for; besides these, every …ForSequenceClassification is taken for an entailment model."""
_KINDS_OF_TASK = {
    "translation": ("seq2seq",),
    "summarization": ("seq2seq", "encoder"),
    "topics": ("encoder", "entailment"),
}

_HUB_PATTERNS = (
    *TOKENIZER_FILES,
    *SETTING_FILES,
    *SAFETENSORS_FILES,
    EDITOR_WEIGHTS,
    "model-*-of-*.safetensors",
    "README.md",
)
_HUB_PICKLE_PATTERNS = (*PICKLE_FILES, "pytorch_model-*-of-*.bin")
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Model:
    """A model folder in the standard Hugging Face layout, with its files present and whole."""

    name: str
    task: str
    folder: Path
    origin: str
    """ "shipped", "local" or "hub"."""
    architecture: str
    """The class of `transformers` it was saved from, as its config.json says."""
    licence: str
    """SPDX name, or "unknown" where its card names none."""
    parameters: int | None
    """None where it cannot be read without unpickling the weights."""
    checksum: str
    """SHA-256 over the names and SHA-256 of its files, the card left out."""

    @property
    def kind(self) -> str:
        """ "seq2seq", "encoder" or "entailment": which engine loads it."""
        return kind_of(self.architecture)


@dataclass(frozen=True, slots=True)
class Preset:
    """A short name for a model of the Hugging Face hub."""

    name: str
    task: str
    hub: str
    architecture: str
    licence: str
    parameters: int
    """Rounded."""


def model_root() -> Path:
    """The folder that holds index.toml: inside the installed package, else beside it in a checkout."""
    package = Path(__file__).resolve().parent
    for root in (package / "models", package.parent / "models"):
        if (root / "index.toml").is_file():
            return root
    raise ModelError(f"no models/index.toml in or beside {package}: reinstall klartext")


def kind_of(architecture: str) -> str:
    """ "seq2seq", "encoder" or "entailment"; ModelError for an architecture no engine runs."""
    if architecture in KINDS:
        return KINDS[architecture]
    if architecture.endswith("ForSequenceClassification"):
        return "entailment"
    raise ModelError(
        f"no engine runs a {architecture}: expected one of {', '.join(KINDS)} or …ForSequenceClassification"
    )


def shipped() -> tuple[Model, ...]:
    """The models that come with klartext, as the index describes them; `resolve` checks their files."""
    root = model_root()
    return tuple(
        Model(
            name=name,
            task=entry["task"],
            folder=root / entry["folder"],
            origin="shipped",
            architecture=entry["architecture"],
            licence=entry["licence"],
            parameters=entry["parameters"],
            checksum=_checksum({file: facts["sha256"] for file, facts in entry["files"].items()}),
        )
        for name, entry in _index(root).items()
        if "folder" in entry
    )


def presets() -> tuple[Preset, ...]:
    """The hub models known by a short name."""
    return tuple(
        Preset(
            name=name,
            task=entry["task"],
            hub=entry["hub"],
            architecture=entry["architecture"],
            licence=entry["licence"],
            parameters=entry["parameters"],
        )
        for name, entry in _index(model_root()).items()
        if "hub" in entry
    )


def resolve(name: str | Path | None, *, task: str) -> Model:
    """The model of that name for a task, its files checked; None: the shipped one, the first of its task in the index.

    Raises ModelError for an unknown name, a damaged or incomplete folder, a model that is no use for the task,
    and a hub that cannot be reached.
    """
    if task not in TASKS:
        raise ValueError(f"unknown task {task!r}: expected one of {', '.join(TASKS)}")
    if isinstance(name, Path):
        return _local(name, task)
    for model in shipped():
        if name == model.name or (name is None and task == model.task):
            _require_task(model.name, model.task, task)
            _verify_shipped(model)
            return model
    if name is None:
        raise ModelError(f"no model for {task} is shipped with this installation: name one, or reinstall klartext")
    for preset in presets():
        if name == preset.name:
            _require_task(preset.name, preset.task, task)
            return _hub(preset.hub, task, name=preset.name, licence=preset.licence)
    if (folder := _existing(name)) is not None:
        return _local(folder, task)
    if _HUB_NAME.fullmatch(name):
        return _hub(name, task, name=name, licence=None)
    known = [model.name for model in shipped() if model.task == task] + [p.name for p in presets() if p.task == task]
    raise ModelError(
        f"no model {name!r}: expected {', '.join(known)}, the path of a model folder, or a hub name organisation/model"
    )


def _index(root: Path) -> dict[str, dict[str, Any]]:
    path = root / "index.toml"
    return _read_index(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=4)
def _read_index(path: Path, _changed: int) -> dict[str, dict[str, Any]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: damaged ({error}); reinstall klartext") from None


def _require_task(name: str, has: str, needed: str) -> None:
    if has != needed:
        raise ModelError(f"{name} is a model for {has}, not for {needed}: choose another")


def _local(folder: Path, task: str) -> Model:
    if not folder.exists():
        raise ModelError(f"{folder}: no such folder; expected a model folder with config.json, weights and tokenizer")
    if not folder.is_dir():
        raise ModelError(f"{folder}: a file, not a folder; give the model folder that holds config.json")
    return _inspect(folder.resolve(), task, name=str(folder), origin="local", licence=None)


def _existing(name: str) -> Path | None:
    """The file or folder of that name, if there is one."""
    try:
        path = Path(name).expanduser()
        return path if name and path.exists() else None
    except (OSError, RuntimeError, ValueError):  # longer than a path may be, ~nobody, a NUL
        return None


def _hub(repository: str, task: str, *, name: str, licence: str | None) -> Model:
    import huggingface_hub

    try:
        folder = Path(huggingface_hub.snapshot_download(repository, allow_patterns=list(_HUB_PATTERNS)))
        if not weight_files(folder):
            folder = Path(
                huggingface_hub.snapshot_download(repository, allow_patterns=[*_HUB_PATTERNS, *_HUB_PICKLE_PATTERNS])
            )
    except Exception as error:  # the hub client, its HTTP library and the file system each raise their own
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"{repository}: cannot be fetched from the Hugging Face hub ({reason}); check the name and the network, "
            "or download it elsewhere and give the path of its folder"
        ) from error
    return _inspect(folder, task, name=name, origin="hub", licence=licence)


def _inspect(folder: Path, task: str, *, name: str, origin: str, licence: str | None) -> Model:
    """Check a folder's files and describe it."""
    architecture = read_architecture(folder)
    try:
        kind = kind_of(architecture)
    except ModelError as error:
        raise ModelError(f"{name}: {error}") from None
    if kind not in _KINDS_OF_TASK[task]:
        wanted = " or ".join(_KINDS_OF_TASK[task])
        raise ModelError(f"{name}: {architecture} is a model of kind {kind}, {task} needs one of kind {wanted}")
    if task == "summarization" and kind == "encoder" and not (folder / EDITOR_FACTS).is_file():
        raise ModelError(f"{name}: an encoder without {EDITOR_FACTS}; an editor or a text-to-text model can summarize")
    check_tokenizer(folder, architecture)
    check_weights(folder)
    return Model(
        name=name,
        task=task,
        folder=folder,
        origin=origin,
        architecture=architecture,
        licence=licence or read_licence(folder) or "unknown",
        parameters=count_parameters(folder),
        checksum=_checksum({file: file_sha256(folder / file) for file in model_files(folder)}),
    )


def _verify_shipped(model: Model) -> None:
    files = _index(model_root())[model.name]["files"]
    for file, facts in files.items():
        path = model.folder / file
        if not path.is_file():
            raise ModelError(f"{path}: missing from the shipped model {model.name}; reinstall klartext")
        if path.stat().st_size != facts["bytes"] or file_sha256(path) != facts["sha256"]:
            raise ModelError(f"{path}: not the file that was shipped (checksum differs); reinstall klartext")


def _checksum(sha256_of_files: dict[str, str]) -> str:
    lines = "".join(f"{file} {sha256}\n" for file, sha256 in sorted(sha256_of_files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
