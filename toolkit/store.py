"""Which models exist, where they are, and that their files are whole: shipped, in a local folder, or on the hub.

A name is looked up in this order: a shipped model, a preset, an existing folder, a hub name `organisation/model`.
Nothing is downloaded for the first three; a preset is a short name for a hub model.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import struct
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.errors import ModelError

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
_KINDS_OF_TASK = {"translation": ("seq2seq",), "summarization": ("seq2seq",), "topics": ("encoder", "entailment")}

TOKENIZER_FILES = (
    "source.spm",
    "target.spm",
    "vocab.json",
    "merges.txt",
    "vocab.txt",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "spm.model",
    "spiece.model",
    "sentencepiece.bpe.model",
)
_SETTING_FILES = (
    "config.json",
    "generation_config.json",
    "1_Pooling/config.json",
    "sentence_bert_config.json",
    "topics.json",
)
_SAFETENSORS_FILES = ("model.safetensors", "model.safetensors.index.json")
_PICKLE_FILES = ("pytorch_model.bin", "pytorch_model.bin.index.json")
_HUB_PATTERNS = (
    *TOKENIZER_FILES,
    *_SETTING_FILES,
    *_SAFETENSORS_FILES,
    "model-*-of-*.safetensors",
    "README.md",
)
_HUB_PICKLE_PATTERNS = (*_PICKLE_FILES, "pytorch_model-*-of-*.bin")
# Any one of these groups is enough to cut text into tokens; Marian needs the first.
_MARIAN_TOKENIZER = ("source.spm", "target.spm", "vocab.json")
_TOKENIZERS = (
    ("tokenizer.json",),
    ("vocab.json", "merges.txt"),
    ("vocab.txt",),
    ("spm.model",),
    ("spiece.model",),
    ("sentencepiece.bpe.model",),
)
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_LICENCE_LINE = re.compile(r"^license:\s*[\"']?([\w.+-]+)", re.MULTILINE)
_LICENCE_NAME_LINE = re.compile(r"^license_name:\s*[\"']?([\w.+-]+)", re.MULTILINE)
_CHUNK_BYTES = 1 << 20


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


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file of a model folder; ModelError when it is missing, damaged or no object."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{path.parent}: {path.name} is missing; it is no complete model folder") from None
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: damaged JSON ({error}); fetch the model again") from None
    if not isinstance(content, dict):
        raise ModelError(f"{path}: expected a JSON object; fetch the model again")
    return content


def model_files(folder: Path) -> tuple[str, ...]:
    """The files of a folder that make the model, sorted: settings, tokenizer and one form of the weights."""
    named = [file for file in (*_SETTING_FILES, *TOKENIZER_FILES) if (folder / file).is_file()]
    return tuple(sorted({*named, *_weight_files(folder)}))


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def count_parameters(folder: Path) -> int | None:
    """Numbers in the weights; None for pickled weights, which are not opened for that."""
    files = [file for file in _weight_files(folder) if not file.endswith(".json")]
    if not all(file.endswith(".safetensors") for file in files):
        return None
    return sum(_safetensors_parameters(folder / file) for file in files)


def read_architecture(folder: Path) -> str:
    """The architecture that config.json names; ModelError where it names none."""
    architectures = read_json(folder / "config.json").get("architectures")
    if not isinstance(architectures, list) or not architectures or not isinstance(architectures[0], str):
        raise ModelError(
            f'{folder / "config.json"}: names no architecture; add e.g. "architectures": ["MarianMTModel"]'
        )
    return architectures[0]


def read_licence(folder: Path) -> str | None:
    """The licence in the head of the folder's card, or None; for "other" the name given beside it."""
    try:
        card = (folder / "README.md").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    head = card.split("---", 2)[1] if card.startswith("---") and card.count("---") >= 2 else ""
    found = _LICENCE_LINE.search(head)
    if found and found.group(1) == "other":
        found = _LICENCE_NAME_LINE.search(head) or found
    return found.group(1) if found else None


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
        if not _weight_files(folder):
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
    _check_tokenizer(folder, architecture)
    _check_weights(folder)
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


def _check_tokenizer(folder: Path, architecture: str) -> None:
    groups = (_MARIAN_TOKENIZER,) if architecture == "MarianMTModel" else _TOKENIZERS
    if any(all((folder / file).is_file() for file in group) for group in groups):
        return
    wanted = ", or ".join(" and ".join(group) for group in groups)
    raise ModelError(f"{folder}: the tokenizer is missing: expected {wanted}")


def _weight_files(folder: Path) -> tuple[str, ...]:
    """The weight files to load, safetensors before pickles; empty when there are none."""
    for whole, index in (_SAFETENSORS_FILES, _PICKLE_FILES):
        if (folder / whole).is_file():
            return (whole,)
        if (folder / index).is_file():
            shards = read_json(folder / index).get("weight_map")
            if not isinstance(shards, dict) or not all(isinstance(shard, str) for shard in shards.values()):
                raise ModelError(f"{folder / index}: names no weight files; fetch the model again")
            return (index, *sorted(set(shards.values())))
    return ()


def _check_weights(folder: Path) -> None:
    files = _weight_files(folder)
    if not files:
        raise ModelError(f"{folder}: the weights are missing: expected model.safetensors or pytorch_model.bin")
    for file in files:
        if not (folder / file).is_file():
            raise ModelError(f"{folder}: {file} is missing; fetch the model again")
        if file.endswith(".safetensors"):
            _safetensors_parameters(folder / file)
        elif (folder / file).stat().st_size == 0:
            raise ModelError(f"{folder / file}: empty; fetch the model again")


def _safetensors_parameters(path: Path) -> int:
    """Numbers in a safetensors file; ModelError unless its header is whole and its length is what the header says.

    Format: https://huggingface.co/docs/safetensors: 8 bytes header length, JSON header, then the tensors.
    """
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            (header_bytes,) = struct.unpack("<Q", file.read(8))
            if header_bytes > size:
                raise ValueError("header longer than the file")
            header = json.loads(file.read(header_bytes))
        tensors = [entry for key, entry in header.items() if key != "__metadata__"]
        expected = 8 + header_bytes + max((entry["data_offsets"][1] for entry in tensors), default=0)
        parameters = 0
        for entry in tensors:
            count = 1
            for dimension in entry["shape"]:
                count *= dimension
            parameters += count
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise ModelError(f"{path}: damaged weights ({error}); fetch the model again") from None
    if size != expected:
        raise ModelError(f"{path}: {size} bytes, expected {expected}: cut off or damaged; fetch the model again")
    return parameters


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
