"""What both engines must know of a model folder besides its weights: lengths, special tokens, pooling, labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from toolkit.errors import ModelError
from toolkit.folders import read_json

if TYPE_CHECKING:
    from pathlib import Path

    from toolkit.store import Model

# T5 has relative positions and no limit of its own; 512 is what it was trained with (https://arxiv.org/abs/1910.10683).
_T5_TOKENS = 512
# RoBERTa counts positions from the padding id + 1, so a table of 514 rows reads 512 tokens.
_ROBERTA_TYPES = ("camembert", "roberta", "xlm-roberta")
_POOLINGS = {"pooling_mode_cls_token": "cls", "pooling_mode_mean_tokens": "mean", "pooling_mode_max_tokens": "max"}


@dataclass(frozen=True, slots=True)
class Seq2SeqConfiguration:
    """The facts of a text-to-text model that decoding needs."""

    is_marian: bool
    max_source_tokens: int
    max_target_tokens: int | None
    """Positions of the decoder, start token included; None: no limit."""
    pad_id: int
    eos_id: int
    decoder_start_id: int
    forced_bos_id: int | None
    """The token every output begins with (BART), after the decoder's start token."""


@dataclass(frozen=True, slots=True)
class EncoderConfiguration:
    """The facts of a sentence encoder."""

    max_source_tokens: int
    pooling: str
    """ "mean", "cls" or "max" over the token vectors."""
    pad_id: int


@dataclass(frozen=True, slots=True)
class EntailmentConfiguration:
    """The facts of a natural-language-inference model."""

    max_source_tokens: int
    entailment_id: int
    other_id: int
    """The id of contradiction, or of not-entailment where there are two labels."""
    pad_id: int


def read_seq2seq(model: Model) -> Seq2SeqConfiguration:
    """Read config.json and generation_config.json of a text-to-text model."""
    config = read_json(model.folder / "config.json")
    generation_path = model.folder / "generation_config.json"
    generation = read_json(generation_path) if generation_path.is_file() else {}

    def token_id(name: str) -> int | None:
        value = generation.get(name, config.get(name))
        if isinstance(value, list):
            value = value[0] if value else None
        return value if isinstance(value, int) else None

    def required(name: str) -> int:
        value = token_id(name)
        if value is None:
            raise ModelError(f"{model.folder / 'config.json'}: {name} is missing; fetch the model again")
        return value

    forced = token_id("forced_bos_token_id")
    if forced is None and config.get("force_bos_token_to_be_generated") is True:
        # How the configurations of 2020 say it, distilbart-cnn-12-6 among them.
        forced = token_id("bos_token_id")
    is_t5 = "t5" in str(config.get("model_type", ""))
    positions = None if is_t5 else _positive(model, config, "max_position_embeddings")
    return Seq2SeqConfiguration(
        is_marian=model.architecture == "MarianMTModel",
        max_source_tokens=positions or _positive_or(config.get("n_positions"), _T5_TOKENS),
        max_target_tokens=positions,
        pad_id=required("pad_token_id"),
        eos_id=required("eos_token_id"),
        decoder_start_id=required("decoder_start_token_id"),
        forced_bos_id=forced,
    )


def read_encoder(model: Model) -> EncoderConfiguration:
    """Read config.json and, where present, what sentence-transformers saved about length and pooling."""
    config = read_json(model.folder / "config.json")
    limit = _encoder_positions(model, config)
    sentence_path = model.folder / "sentence_bert_config.json"
    if sentence_path.is_file():
        limit = min(limit, _positive_or(read_json(sentence_path).get("max_seq_length"), limit))
    return EncoderConfiguration(max_source_tokens=limit, pooling=_read_pooling(model.folder), pad_id=_pad_id(config))


def read_entailment(model: Model) -> EntailmentConfiguration:
    """Read config.json of a classifier and find its labels by name."""
    config = read_json(model.folder / "config.json")
    labels = config.get("id2label")
    if not isinstance(labels, dict):
        labels = {}
    ids = {str(label).lower().replace("-", "_"): int(index) for index, label in labels.items() if str(index).isdigit()}
    entailment = ids.get("entailment")
    other = ids.get("contradiction", ids.get("not_entailment"))
    if entailment is None or other is None:
        raise ModelError(
            f"{model.folder / 'config.json'}: id2label must name 'entailment' and 'contradiction' "
            f"(or 'not_entailment'), found {sorted(ids) or 'no labels'}; "
            "correct id2label or take a model made for entailment"
        )
    return EntailmentConfiguration(
        max_source_tokens=_encoder_positions(model, config),
        entailment_id=entailment,
        other_id=other,
        pad_id=_pad_id(config),
    )


def _read_pooling(folder: Path) -> str:
    path = folder / "1_Pooling" / "config.json"
    if not path.is_file():
        return "mean"
    settings = read_json(path)
    # sentence-transformers 6 writes one name, the versions before it one switch a mode.
    chosen = [settings["pooling_mode"]] if isinstance(settings.get("pooling_mode"), str) else []
    chosen = chosen or [key for key, value in settings.items() if key.startswith("pooling_mode_") and value is True]
    modes = [_POOLINGS.get(key, key) for key in chosen]
    if len(modes) != 1 or modes[0] not in _POOLINGS.values():
        raise ModelError(f"{path}: expected one pooling of mean, cls, max, found {modes or 'none'}; take another model")
    return str(modes[0])


def _encoder_positions(model: Model, config: dict[str, Any]) -> int:
    positions = _positive(model, config, "max_position_embeddings")
    if config.get("model_type") in _ROBERTA_TYPES:
        positions -= _pad_id(config) + 1
    return positions


def _positive(model: Model, config: dict[str, Any], key: str) -> int:
    value = config.get(key)
    if not isinstance(value, int) or value < 1:
        raise ModelError(f"{model.folder / 'config.json'}: {key} must be a positive number, found {value!r}")
    return value


def _positive_or(value: object, default: int) -> int:
    return value if isinstance(value, int) and value > 0 else default


def _pad_id(config: dict[str, Any]) -> int:
    value = config.get("pad_token_id")
    return value if isinstance(value, int) else 0
