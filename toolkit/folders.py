"""What lies in a model folder: settings, tokenizer, weights and card, and whether they are whole."""

from __future__ import annotations

import hashlib
import json
import re
import struct
from pathlib import Path
from typing import Any

from toolkit.errors import ModelError

SAFETENSORS_FILES = ("model.safetensors", "model.safetensors.index.json")
PICKLE_FILES = ("pytorch_model.bin", "pytorch_model.bin.index.json")
EDITOR_FACTS = "editor.json"
EDITOR_WEIGHTS = "editor.safetensors"
"""What an editor has beside its encoder (`toolkit.editor`): its labels; the weights of its decoder and its judge."""
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
SETTING_FILES = (
    "config.json",
    "generation_config.json",
    "1_Pooling/config.json",
    "sentence_bert_config.json",
    "topics.json",
    EDITOR_FACTS,
)
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
_LICENCE_LINE = re.compile(r"^license:\s*[\"']?([\w.+-]+)", re.MULTILINE)
_LICENCE_NAME_LINE = re.compile(r"^license_name:\s*[\"']?([\w.+-]+)", re.MULTILINE)
_CHUNK_BYTES = 1 << 20


def model_files(folder: Path) -> tuple[str, ...]:
    """The files of a folder that make the model, sorted: settings, tokenizer and one form of the weights."""
    named = [file for file in (*SETTING_FILES, *TOKENIZER_FILES) if (folder / file).is_file()]
    return tuple(sorted({*named, *weight_files(folder)}))


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


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


def count_parameters(folder: Path) -> int | None:
    """Numbers in the weights; None for pickled weights, which are not opened for that."""
    files = [file for file in weight_files(folder) if not file.endswith(".json")]
    if not all(file.endswith(".safetensors") for file in files):
        return None
    return sum(_safetensors_parameters(folder / file) for file in files)


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


def weight_files(folder: Path) -> tuple[str, ...]:
    """The weight files to load, safetensors before pickles; empty when there are none."""
    for whole, index in (SAFETENSORS_FILES, PICKLE_FILES):
        if (folder / whole).is_file():
            return (whole, EDITOR_WEIGHTS) if (folder / EDITOR_WEIGHTS).is_file() else (whole,)
        if (folder / index).is_file():
            shards = read_json(folder / index).get("weight_map")
            if not isinstance(shards, dict) or not all(isinstance(shard, str) for shard in shards.values()):
                raise ModelError(f"{folder / index}: names no weight files; fetch the model again")
            own = {*shards.values()} | ({EDITOR_WEIGHTS} if (folder / EDITOR_WEIGHTS).is_file() else set())
            return (index, *sorted(own))
    return ()


def check_weights(folder: Path) -> None:
    """ModelError unless the weights are there and whole."""
    files = weight_files(folder)
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


def check_tokenizer(folder: Path, architecture: str) -> None:
    """ModelError unless the files are there that cut text into tokens."""
    groups = (_MARIAN_TOKENIZER,) if architecture == "MarianMTModel" else _TOKENIZERS
    if any(all((folder / file).is_file() for file in group) for group in groups):
        return
    wanted = ", or ".join(" and ".join(group) for group in groups)
    raise ModelError(f"{folder}: the tokenizer is missing: expected {wanted}")
