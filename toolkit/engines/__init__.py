"""Engines: strings in, strings and scores out. Nothing above this folder sees a tensor or a token id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from toolkit.errors import EngineError, InputError, ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from toolkit.store import Model

ENGINES = ("auto", "ct2", "hf", "fake")
"""ct2: CTranslate2; hf: transformers + torch; auto: ct2 where it can run the model, else hf."""
DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "int8", "float32", "float16")
"""auto: int8 for ct2 on a CPU, float16 on a GPU, float32 for hf on a CPU."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """How to run a model; the result is the same text for every value of `threads` and `batch_tokens`."""

    engine: str = "auto"
    device: str = "auto"
    precision: str = "auto"
    threads: int | None = None
    """CPU threads in all; None: as many as the process may use."""
    batch_tokens: int = 2048
    """Upper bound of source tokens, padding included, in one batch."""

    def __post_init__(self) -> None:
        for option, value, allowed in (
            ("engine", self.engine, ENGINES),
            ("device", self.device, DEVICES),
            ("precision", self.precision, PRECISIONS),
        ):
            if value not in allowed:
                raise InputError(f"unknown {option} {value!r}: choose one of {', '.join(allowed)}")
        if self.threads is not None:
            _require("threads", self.threads, 1)
        _require("batch_tokens", self.batch_tokens, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationOptions:
    """How to decode."""

    beam: int = 4
    max_tokens: int = 256
    """Output tokens at most, counted without the end mark; longer output is cut and `Generation.cut` is true."""
    min_tokens: int = 0
    length_penalty: float = 1.0
    """Exponent of the length by which a hypothesis' log-probability is divided (0: no normalisation)."""
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0
    """Forbid any n-gram of output tokens of this size to occur twice; 0: allow."""

    def __post_init__(self) -> None:
        _require("beam", self.beam, 1)
        _require("max_tokens", self.max_tokens, 1)
        _require("min_tokens", self.min_tokens, 0)
        _require("no_repeat_ngram", self.no_repeat_ngram, 0)
        if self.min_tokens > self.max_tokens:
            raise InputError(f"min_tokens ({self.min_tokens}) must not exceed max_tokens ({self.max_tokens})")
        if self.repetition_penalty <= 0:
            raise InputError(f"repetition_penalty must be above 0 (1: none), got {self.repetition_penalty}")


@dataclass(frozen=True, slots=True)
class Generation:
    """One decoded output."""

    text: str
    log_prob: float
    """Mean natural-log probability per output token, end mark included; ≤ 0."""
    tokens: int
    """Output tokens without the end mark."""
    cut: bool
    """True when `max_tokens` stopped it before its end mark."""


class Seq2SeqEngine(Protocol):
    """A text-to-text model: Marian, BART, Pegasus, T5."""

    @property
    def name(self) -> str:
        """The engine that really runs: "ct2", "hf" or "fake"."""

    @property
    def max_source_tokens(self) -> int:
        """The longest source the model reads, in tokens, end mark included."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Source tokens of each text, end mark included."""

    def generate(self, texts: Sequence[str], *, options: GenerationOptions) -> list[Generation]:
        """One output a text, same order; any number of texts; an empty text gives an empty output.

        The engine sorts them by length into batches under its `batch_tokens`. Raises InputError for a text
        longer than `max_source_tokens`: nothing is cut in silence.
        """


class EncoderEngine(Protocol):
    """A sentence encoder: texts to vectors of length 1."""

    @property
    def name(self) -> str:
        """The engine that really runs."""

    @property
    def max_source_tokens(self) -> int:
        """The longest text the model reads, in tokens, special tokens included."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens included."""

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One unit vector a text, same order. Raises InputError for a text longer than `max_source_tokens`."""

    def encode_words(self, texts: Sequence[Sequence[Sequence[str]]]) -> list[NDArray[np.float32]]:
        """Of each text, or pair of texts, given as words, an array of the shape (words + 2, dimensions), same order.

        Its rows are the last layer's vectors of the first token, of each word's first token, and of the last token.
        Raises InputError for a text longer than `max_source_tokens`.
        """


class EntailmentEngine(Protocol):
    """A natural-language-inference model: how far a premise entails a hypothesis."""

    @property
    def name(self) -> str:
        """The engine that really runs."""

    @property
    def max_source_tokens(self) -> int:
        """The longest premise and hypothesis together, in tokens, special tokens included."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text alone, special tokens included."""

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Logit of entailment minus logit of contradiction (or of not-entailment) for each (premise, hypothesis)."""


def load_seq2seq(model: Model | None, settings: EngineSettings) -> Seq2SeqEngine:
    """The engine for a text-to-text model; `model` may be None only for the fake engine.

    "auto" takes hf for what CTranslate2 cannot run, or cannot convert: the engine's name tells.
    """
    if settings.engine == "fake":
        from toolkit.engines.fake import FakeSeq2Seq

        return FakeSeq2Seq()
    model = _checked(model, "seq2seq")
    if settings.engine != "hf":
        from toolkit.engines import ct2

        try:
            return ct2.Ct2Seq2Seq(model, settings)
        except ct2.UnsupportedModelError:
            if settings.engine == "ct2":
                raise
    from toolkit.engines import hf

    return hf.HfSeq2Seq(model, settings)


def load_encoder(model: Model | None, settings: EngineSettings) -> EncoderEngine:
    """The engine for a sentence encoder; `model` may be None only for the fake engine.

    "auto" takes hf for what CTranslate2 cannot run, or cannot convert: the engine's name tells.
    """
    if settings.engine == "fake":
        from toolkit.engines.fake import FakeEncoder

        return FakeEncoder()
    model = _checked(model, "encoder")
    if settings.engine != "hf":
        from toolkit.engines import ct2

        try:
            return ct2.Ct2Encoder(model, settings)
        except ct2.UnsupportedModelError:
            if settings.engine == "ct2":
                raise
    from toolkit.engines import hf

    return hf.HfEncoder(model, settings)


def load_entailment(model: Model | None, settings: EngineSettings) -> EntailmentEngine:
    """The engine for a natural-language-inference model: always hf, or fake; CTranslate2 runs no such model."""
    if settings.engine == "fake":
        from toolkit.engines.fake import FakeEntailment

        return FakeEntailment()
    model = _checked(model, "entailment")
    if settings.engine == "ct2":
        raise EngineError(
            f"{model.name}: CTranslate2 cannot run {model.architecture}; use the engine 'auto' or 'hf' for it"
        )
    from toolkit.engines import hf

    return hf.HfEntailment(model, settings)


def _checked(model: Model | None, kind: str) -> Model:
    if model is None:
        raise ModelError("no model given: only the engine 'fake' runs without one")
    if model.kind != kind:
        raise ModelError(f"{model.name}: {model.architecture} is a model of kind {model.kind!r}, needed is {kind!r}")
    return model


def _require(option: str, value: int, least: int) -> None:
    if value < least:
        raise InputError(f"{option} must be at least {least}, got {value}")
