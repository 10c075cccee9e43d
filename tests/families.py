"""The tiny models as the engines get them, made and converted once in a test run."""

from __future__ import annotations

import functools
import tempfile
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from tests import tiny_models
from toolkit import store
from toolkit.engines import conversion
from toolkit.store import Model

Maker = Callable[[Path], Path]

SEQ2SEQ: dict[str, tuple[Maker, str, Sequence[str]]] = {
    "marian": (tiny_models.marian, "translation", tiny_models.GERMAN),
    "marian-half": (functools.partial(tiny_models.marian, half=True), "translation", tiny_models.GERMAN),
    "marian-bin": (functools.partial(tiny_models.marian, weights="bin"), "translation", tiny_models.GERMAN),
    "bart": (tiny_models.bart, "summarization", tiny_models.ENGLISH),
    "bart-bin": (
        functools.partial(tiny_models.bart, weights="bin", tokenizer_json=False),
        "summarization",
        tiny_models.ENGLISH,
    ),
    "pegasus": (tiny_models.pegasus, "summarization", tiny_models.ENGLISH),
    "t5": (tiny_models.t5, "summarization", tiny_models.ENGLISH),
}
ENCODERS: dict[str, Maker] = {
    "mean": tiny_models.bert,
    "cls": functools.partial(tiny_models.bert, pooling="cls"),
    "max": functools.partial(tiny_models.bert, pooling="max"),
    "unsaid": functools.partial(tiny_models.bert, pooling=None, tokenizer_json=False),
}
ENTAILMENT: dict[str, Maker] = {
    "deberta-v3": tiny_models.deberta_v3,
    "bart-mnli": functools.partial(tiny_models.bart, classifier=True),
}


@functools.cache
def model(maker: Maker, task: str) -> Model:
    """The model that a maker makes, in a folder that lasts as long as this process."""
    holder = tempfile.TemporaryDirectory(prefix="klartext-family-")
    _holders.append(holder)
    return store.resolve(maker(Path(holder.name) / "model"), task=task)


def seq2seq(name: str) -> Model:
    """A text-to-text model of `SEQ2SEQ`."""
    maker, task, _ = SEQ2SEQ[name]
    return model(maker, task)


def convert_here(model: Model, precision: str, folder: Path) -> None:
    """What `conversion.convert` does in a process of its own; here torch, where needed, is loaded already."""
    with warnings.catch_warnings():
        # In its own process nobody hears them.
        warnings.simplefilter("ignore")
        verdict, message = conversion._verdict(model.folder, model.architecture, precision, folder)
    conversion.accept(model, verdict, message)


_holders: list[tempfile.TemporaryDirectory[str]] = []
