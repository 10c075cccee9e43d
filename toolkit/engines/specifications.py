"""CTranslate2 specifications of Marian and BERT folders, straight from their safetensors with numpy.

These are the families of the shipped models. Converted this way, they take a fraction of a second and no torch.
CTranslate2's own converter, which loads the model with transformers, does it for every other family; the tests hold
the two against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from toolkit.errors import ModelError
from toolkit.folders import read_json

if TYPE_CHECKING:
    from pathlib import Path

_ACTIVATIONS = {"gelu": "GELU", "relu": "RELU", "silu": "SWISH", "swish": "SWISH"}


class OtherLayoutError(Exception):
    """The folder is not laid out in the plain way read here."""


class Weights:
    """The tensors of a model.safetensors, in float32, by name."""

    def __init__(self, folder: Path) -> None:
        import numpy as np
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        path = folder / "model.safetensors"
        if not path.is_file():
            raise OtherLayoutError(f"no {path.name}")
        try:
            self._tensors = load_file(path)
        except SafetensorError as error:
            raise ModelError(f"{path}: damaged weights ({error}); fetch the model again") from None
        except (KeyError, TypeError) as error:  # bfloat16, which numpy lacks
            raise OtherLayoutError(f"number format {error}") from None
        self._float32 = np.float32

    def __contains__(self, name: str) -> bool:
        return name in self._tensors

    def take(self, name: str) -> Any:
        """A tensor; OtherLayoutError where there is none: the other converter then says what is missing."""
        if name not in self._tensors:
            raise OtherLayoutError(f"no tensor {name}")
        return self._tensors[name].astype(self._float32)

    def set_linear(self, spec: Any, *names: str) -> None:
        """One linear layer out of one or more, stacked along the outputs."""
        import numpy as np

        spec.weight = np.concatenate([self.take(f"{name}.weight") for name in names])
        spec.bias = np.concatenate([self.take(f"{name}.bias") for name in names])

    def set_norm(self, spec: Any, name: str) -> None:
        """A layer normalisation."""
        spec.gamma = self.take(f"{name}.weight")
        spec.beta = self.take(f"{name}.bias")


def build_specification(folder: Path, architecture: str) -> Any:
    """The specification of a MarianMTModel or BertModel folder; OtherLayoutError where it is not a plain one."""
    if architecture == "MarianMTModel":
        return _marian(folder)
    if architecture == "BertModel":
        return _bert(folder)
    raise OtherLayoutError(architecture)


def _marian(folder: Path) -> Any:
    import math

    from ctranslate2.specs import transformer_spec

    config = read_json(folder / "config.json")
    vocabulary = [token for token, _ in sorted(read_json(folder / "vocab.json").items(), key=lambda item: item[1])]
    weights = Weights(folder)
    embeddings = weights.take("model.shared.weight")
    pad = len(vocabulary) - 1
    is_plain = (
        vocabulary[-1] == "<pad>"
        and embeddings.shape[0] == len(vocabulary)
        and config["pad_token_id"] == config["decoder_start_token_id"] == pad
        and not embeddings[pad].any()
        and not config.get("normalize_before")
        and not config.get("normalize_embedding")
        and not config.get("add_final_layer_norm")
    )
    if not is_plain:
        raise OtherLayoutError("not the plain Marian layout")
    spec = transformer_spec.TransformerSpec.from_config(
        (config["encoder_layers"], config["decoder_layers"]),
        config["encoder_attention_heads"],
        pre_norm=False,
        activation=_activation(config["activation_function"]),
    )
    # CTranslate2 starts Marian from a zero vector by itself; <pad> has no row there.
    embeddings = embeddings[:pad]
    scale = math.sqrt(config["d_model"]) if config.get("scale_embedding") else 1.0
    for part, name in ((spec.encoder, "encoder"), (spec.decoder, "decoder")):
        positions = f"model.{name}.embed_positions.weight"
        part.scale_embeddings = scale
        part.position_encodings.encodings = (
            weights.take(positions)
            if positions in weights
            else _sinusoids(config["max_position_embeddings"], config["d_model"])
        )
        for index, layer in enumerate(part.layer):
            source = f"model.{name}.layers.{index}"
            _set_attention(
                weights, layer.self_attention, f"{source}.self_attn", "out_proj", ("q_proj", "k_proj", "v_proj")
            )
            weights.set_norm(layer.self_attention.layer_norm, f"{source}.self_attn_layer_norm")
            if name == "decoder":
                cross = f"{source}.encoder_attn"
                weights.set_linear(layer.attention.linear[0], f"{cross}.q_proj")
                weights.set_linear(layer.attention.linear[1], f"{cross}.k_proj", f"{cross}.v_proj")
                weights.set_linear(layer.attention.linear[2], f"{cross}.out_proj")
                weights.set_norm(layer.attention.layer_norm, f"{cross}_layer_norm")
            weights.set_linear(layer.ffn.linear_0, f"{source}.fc1")
            weights.set_linear(layer.ffn.linear_1, f"{source}.fc2")
            weights.set_norm(layer.ffn.layer_norm, f"{source}.final_layer_norm")
    spec.encoder.embeddings[0].weight = embeddings
    spec.decoder.embeddings.weight = embeddings
    spec.decoder.start_from_zero_embedding = True
    spec.decoder.projection.weight = embeddings
    if "final_logits_bias" in weights and (bias := weights.take("final_logits_bias")).any():
        spec.decoder.projection.bias = bias[0, :pad]
    spec.register_source_vocabulary(vocabulary[:pad])
    spec.register_target_vocabulary(vocabulary[:pad])
    for name, token in (("eos_token", "</s>"), ("unk_token", "<unk>"), ("decoder_start_token", "</s>")):
        setattr(spec.config, name, token)
    return spec


def _bert(folder: Path) -> Any:
    from ctranslate2.specs import common_spec, transformer_spec

    config = read_json(folder / "config.json")
    if config.get("position_embedding_type", "absolute") != "absolute" or not (folder / "tokenizer.json").is_file():
        raise OtherLayoutError("relative positions, or a tokenizer still to be built")
    weights = Weights(folder)
    encoder = transformer_spec.TransformerEncoderSpec(
        config["num_hidden_layers"],
        config["num_attention_heads"],
        pre_norm=False,
        activation=_activation(config["hidden_act"]),
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )
    # The pooling layer of BERT is trained for something else and used by neither engine.
    spec = transformer_spec.TransformerEncoderModelSpec(encoder, pooling_layer=False)
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = weights.take("embeddings.word_embeddings.weight")
    encoder.embeddings[1].weight = weights.take("embeddings.token_type_embeddings.weight")
    encoder.position_encodings.encodings = weights.take("embeddings.position_embeddings.weight")
    weights.set_norm(encoder.layernorm_embedding, "embeddings.LayerNorm")
    for index, layer in enumerate(encoder.layer):
        source = f"encoder.layer.{index}"
        attention = f"{source}.attention"
        _set_attention(
            weights, layer.self_attention, attention, "output.dense", ("self.query", "self.key", "self.value")
        )
        weights.set_norm(layer.self_attention.layer_norm, f"{attention}.output.LayerNorm")
        weights.set_linear(layer.ffn.linear_0, f"{source}.intermediate.dense")
        weights.set_linear(layer.ffn.linear_1, f"{source}.output.dense")
        weights.set_norm(layer.ffn.layer_norm, f"{source}.output.LayerNorm")
    # Tokens go in as ids; the names only have to be as many and different.
    spec.register_vocabulary([f"token{index}" for index in range(encoder.embeddings[0].weight.shape[0])])
    spec.config.unk_token = "token0"  # noqa: S105 (no password)
    spec.config.layer_norm_epsilon = config["layer_norm_eps"]
    return spec


def _set_attention(weights: Weights, spec: Any, name: str, output: str, inputs: tuple[str, str, str]) -> None:
    weights.set_linear(spec.linear[0], *(f"{name}.{part}" for part in inputs))
    weights.set_linear(spec.linear[1], f"{name}.{output}")


def _activation(name: str) -> Any:
    from ctranslate2.specs import common_spec

    if name not in _ACTIVATIONS:
        raise OtherLayoutError(f"activation {name}")
    return common_spec.Activation[_ACTIVATIONS[name]]


def _sinusoids(positions: int, dimensions: int) -> Any:
    """Sines in the first half of each row, cosines in the second, as Marian has them (Vaswani et al. 2017, 3.5)."""
    import numpy as np

    frequency = 1.0 / np.power(10000.0, 2 * np.arange((dimensions + 1) // 2) / dimensions)
    angles = np.arange(positions)[:, None] * frequency[None, :]
    return np.concatenate([np.sin(angles), np.cos(angles)[:, : dimensions // 2]], axis=1).astype(np.float32)
