"""From a model folder to CTranslate2's form, in a process of its own.

`convert` starts the process and reads its verdict; `main` is what runs in it. So the memory this takes is gone
afterwards, and torch and transformers never enter the process that translates. The families of the shipped models do
without both even here.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from toolkit.engines.cache import Entry, cache_error, cache_root, fetch
from toolkit.errors import EngineError, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from toolkit.store import Model

ARCHITECTURES = (
    "BartForConditionalGeneration",
    "BertModel",
    "CamembertModel",
    "DistilBertModel",
    "MT5ForConditionalGeneration",
    "MarianMTModel",
    "PegasusForConditionalGeneration",
    "RobertaModel",
    "T5ForConditionalGeneration",
    "T5WithLMHeadModel",
    "XLMRobertaModel",
)
"""What CTranslate2 can run of the architectures klartext knows."""
_MARIAN_FILES = ("source.spm", "target.spm", "vocab.json")
_DISK_ERRORS = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.EDQUOT, errno.EFBIG)


class UnsupportedModelError(EngineError):
    """CTranslate2 cannot run this model; the engine "auto" then takes hf."""


def converted(model: Model, precision: str) -> Path:
    """The folder of the converted model and its tokenizer files, from the cache or made now."""
    if model.architecture not in ARCHITECTURES:
        raise UnsupportedModelError(
            f"{model.name}: CTranslate2 cannot run {model.architecture}; use the engine 'auto' or 'hf' for it"
        )
    import ctranslate2

    from toolkit.engines.quantization import LARGEST

    converter = f"ctranslate2 {ctranslate2.__version__}, int8 of {LARGEST} steps"
    entry = Entry(model.name, model.checksum, precision, converter)
    return fetch(entry, lambda folder: convert(model, precision, folder))


def convert(model: Model, precision: str, folder: Path) -> None:
    """Fill `folder` with the converted model, by a process that ends with it."""
    program = f"import sys; sys.path[:] = {sys.path!r}; from toolkit.engines import conversion; conversion.main()"
    order = json.dumps([str(model.folder), model.architecture, precision, str(folder)])
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_VERBOSITY": "error",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "TOKENIZERS_PARALLELISM": "false",
        # A graphics card has no part in it, and looking for one costs memory and time.
        "CUDA_VISIBLE_DEVICES": "",
    }
    done = subprocess.run(  # noqa: S603 (our own interpreter and program)
        [sys.executable, "-c", program],
        input=order,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
        check=False,
    )
    lines = done.stdout.strip().splitlines()
    try:
        verdict, message = json.loads(lines[-1])
    except (IndexError, ValueError):
        reason = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        raise EngineError(
            f"{model.name}: converting it for CTranslate2 broke off ({reason}); "
            "free some memory, or use the engine 'hf'"
        ) from None
    accept(model, verdict, message)


def accept(model: Model, verdict: str, message: str) -> None:
    """Return if a conversion is done, else raise what its verdict stands for."""
    if verdict == "done":
        return
    if verdict == "disk":
        raise cache_error(cache_root(), OSError(0, message))
    if verdict == "damaged":
        raise ModelError(message)
    if verdict == "missing":
        raise EngineError(f"converting a model needs torch and transformers ({message}): pip install klartext")
    raise UnsupportedModelError(f"{model.name}: CTranslate2 cannot run it ({message}); use the engine 'auto' or 'hf'")


def main() -> None:
    """Convert as ordered on standard input; the verdict is the last line on standard output."""
    from pathlib import Path

    source, architecture, precision, target = json.loads(sys.stdin.read())
    verdict = _verdict(Path(source), architecture, precision, Path(target))
    sys.stdout.write("\n" + json.dumps(verdict) + "\n")


def _verdict(source: Path, architecture: str, precision: str, target: Path) -> tuple[str, str]:
    from toolkit.engines.weights import one_line

    try:
        _convert_here(source, architecture, precision, target)
    except ImportError as error:
        return "missing", one_line(error)
    except ModelError as error:
        return "damaged", str(error)
    except OSError as error:
        if error.errno in _DISK_ERRORS:
            return "disk", error.strerror or one_line(error)
        return "unsupported", one_line(error)
    except Exception as error:  # the converter raises KeyError, AssertionError, ValueError… for what it does not know
        return "unsupported", f"{type(error).__name__}: {one_line(error)}"
    return "done", ""


def _convert_here(source: Path, architecture: str, precision: str, target: Path) -> None:
    from toolkit.engines.quantization import optimize
    from toolkit.engines.specifications import OtherLayoutError, build_specification

    try:
        with _without_torch():
            spec = build_specification(source, architecture)
            spec.validate()
            optimize(spec, precision)
    except OtherLayoutError:
        _convert_by_transformers(source, architecture, precision, target)
    else:
        spec.save(str(target))
    if architecture == "MarianMTModel":
        for file in _MARIAN_FILES:
            shutil.copyfile(source / file, target / file)
    elif (source / "tokenizer.json").is_file():
        shutil.copyfile(source / "tokenizer.json", target / "tokenizer.json")
    else:
        from toolkit.engines.tokenization import build_tokenizer_json

        build_tokenizer_json(source, target / "tokenizer.json")


@contextlib.contextmanager
def _without_torch() -> Iterator[None]:
    """CTranslate2's specifications import torch where they find it, for nothing that is needed within."""
    if "torch" in sys.modules or "ctranslate2.specs" in sys.modules:
        yield
        return
    sys.modules["torch"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["torch"]
        # To be imported anew, with torch, by the other converter.
        for name in [name for name in sys.modules if name.startswith("ctranslate2.specs")]:
            del sys.modules[name]


def _convert_by_transformers(source: Path, architecture: str, precision: str, target: Path) -> None:
    import torch
    from ctranslate2.converters import TransformersConverter

    from toolkit.engines.quantization import optimize
    from toolkit.engines.weights import load_weights

    is_encoder = architecture.endswith("Model") and architecture != "MarianMTModel"

    class Converter(TransformersConverter):  # type: ignore[misc]
        """Reads the weights as the hf engine does, and adds settings that transformers 5 no longer keeps."""

        def load_model(self, model_class: Any, model_name_or_path: str, **options: Any) -> Any:  # noqa: ARG002
            # In float32 whatever the file has, as hf computes: sinusoids in float16 would be coarser.
            model = load_weights(model_class, source, dtype=torch.float32, is_encoder=is_encoder)
            for name, value in _forgotten_settings(architecture).items():
                if not hasattr(model.config, name):
                    setattr(model.config, name, value)
            if architecture == "MarianMTModel":
                _require_marian_start(model)
            return model

    # As its `convert` does, but for the rounding.
    spec = Converter(str(source))._load()
    spec.validate()
    optimize(spec, precision)
    spec.save(str(target))


def _forgotten_settings(architecture: str) -> dict[str, object]:
    """What the converter asks of a configuration and transformers 5 gives only where config.json has it."""
    is_pegasus = architecture.startswith("Pegasus")
    return {
        "position_embedding_type": "absolute",
        "normalize_before": is_pegasus,
        "normalize_embedding": not is_pegasus,
    }


def _require_marian_start(model: Any) -> None:
    """CTranslate2 drops the last vocabulary row and starts a Marian decoder from a zero vector: both must be right."""
    config = model.config
    last = model.get_input_embeddings().weight.shape[0] - 1
    if config.pad_token_id != last or config.decoder_start_token_id != last:
        raise ValueError("its decoder does not start from a <pad> that is the last of its vocabulary")
    if model.get_decoder().embed_tokens.weight[last].abs().max().item() != 0:
        raise ValueError("its decoder does not start from a zero vector")
