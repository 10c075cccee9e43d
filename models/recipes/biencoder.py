"""Fine-tuning a sentence encoder so that a news text lies near the description of its section.

Three losses, all softmax over cosine similarities (InfoNCE; Oord et al. 2018): a lead against all sections, its
headline against all sections, and leads against the headlines of the batch. The last needs no labels: it keeps the
space one in which texts are compared with texts, so that labels never seen in training still find their place.
"""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import BertModel

from models.recipes import precision
from models.recipes.topic_examples import TEMPLATES, Example, are_related, wordings
from toolkit.engines.tokenization import FastTokenizer

SCALE = 20.0
"""Of cosine similarities in the loss: what all-MiniLM-L6-v2 was trained with (sentence-transformers' default)."""
_MULTIPLE = 8
"""Lengths are padded to multiples of it: oneDNN builds a primitive for every new shape."""
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how fast to train."""

    steps: int = 160
    labelled: int = 36
    """Examples with a section in one step, the sections drawn evenly."""
    unlabelled: int = 12
    """Examples without one in one step, for the comparison of leads with headlines."""
    learning_rate: float = 3e-5
    warmup: float = 0.1
    """Share of the steps over which the learning rate rises; it then falls to zero in a straight line."""
    text_tokens: int = 48
    headline_tokens: int = 24
    frozen_layers: int = 2
    """Layers kept as they are, counted from below, besides the word vectors: cheaper, and words unseen in training keep
    their place beside those seen."""
    seed: int = 1


class BiEncoder:
    """A BERT with mean pooling and unit vectors, and its tokenizer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.net: BertModel = BertModel.from_pretrained(
            folder, add_pooling_layer=False, local_files_only=True, dtype=torch.float32
        )
        self.net.train(False)
        self.tokenizer = FastTokenizer.read(folder / "tokenizer.json")

    def batch(self, texts: Sequence[str], *, longest: int) -> tuple[Tensor, Tensor]:
        """Ids and mask; a text over `longest` tokens keeps its beginning and its end mark."""
        rows = [
            ids if len(ids) <= longest else [*ids[: longest - 1], ids[-1]]
            for ids, _ in self.tokenizer.encode_ids(texts)
        ]
        width = -(-max(map(len, rows)) // _MULTIPLE) * _MULTIPLE
        ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        return ids, mask

    def vectors(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Unit vectors in float32, gradients kept."""
        with precision.autocast("cpu", enabled=self.net.training):
            states = self.net(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).float()
        return functional.normalize((states.float() * weights).sum(1) / weights.sum(1), dim=-1)

    def embed(self, texts: Sequence[str], *, longest: int, rows: int = 32) -> Tensor:
        """Unit vectors of many texts, in order, without gradients."""
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        parts = []
        self.net.train(False)
        with torch.inference_mode():
            for start in range(0, len(order), rows):
                ids, mask = self.batch([texts[index] for index in order[start : start + rows]], longest=longest)
                parts.append(self.vectors(ids, mask))
        vectors = torch.cat(parts)
        restored = torch.empty_like(vectors)
        restored[torch.tensor(order)] = vectors
        return restored.clone()

    def weights(self) -> dict[str, Tensor]:
        """A copy of the weights."""
        return {name: tensor.detach().clone() for name, tensor in self.net.state_dict().items()}


def train(
    encoder: BiEncoder, examples: Sequence[Example], schedule: Schedule, *, work: Path, checkpoint_every: int = 25
) -> None:
    """Train in place, going on from `work`/checkpoint.pt where there is one.

    Every step draws its examples, wordings and dropout from seed and step number alone, so an interrupted run ends with
    the weights of an uninterrupted one.
    """
    groups: dict[str, list[Example]] = {}
    for example in examples:
        groups.setdefault(example.section, []).append(example)
    unlabelled = groups.pop("", [])
    sections = sorted(groups)
    frozen = [encoder.net.embeddings, *encoder.net.encoder.layer[: schedule.frozen_layers]]
    for module in frozen:
        module.requires_grad_(False)
    parameters = [parameter for parameter in encoder.net.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=schedule.learning_rate, weight_decay=0.01)
    work.mkdir(parents=True, exist_ok=True)
    checkpoint, step = work / "checkpoint.pt", 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        encoder.net.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    started = time.monotonic()
    encoder.net.train()
    while step < schedule.steps:
        rng = random.Random(f"{schedule.seed}/{step}")
        torch.manual_seed(rng.getrandbits(63))
        drawn = [rng.choice(groups[sections[i % len(sections)]]) for i in range(schedule.labelled)]
        free = [rng.choice(unlabelled) for _ in range(schedule.unlabelled)] if unlabelled else []
        for group in optimizer.param_groups:
            group["lr"] = schedule.learning_rate * rate(step, schedule)
        loss = _loss(encoder, drawn, free, sections, schedule, rng)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        step += 1
        if step % 10 == 0:
            print(f"step {step} loss {loss.item():.3f} {time.monotonic() - started:.0f} s", flush=True)
        if step % checkpoint_every == 0 or step == schedule.steps:
            temporary = checkpoint.with_suffix(".part")
            torch.save({"net": encoder.net.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, temporary)
            temporary.replace(checkpoint)
    encoder.net.train(False)


def rate(step: int, schedule: Schedule) -> float:
    """Share of the learning rate at a step."""
    warmup = max(1, round(schedule.warmup * schedule.steps))
    return min((step + 1) / warmup, (schedule.steps - step) / max(1, schedule.steps - warmup))


def _loss(
    encoder: BiEncoder,
    labelled: Sequence[Example],
    unlabelled: Sequence[Example],
    sections: Sequence[str],
    schedule: Schedule,
    rng: random.Random,
) -> Tensor:
    titled = [
        example if example.headline else Example(example.text, example.text, "") for example in (*labelled, *unlabelled)
    ]
    texts = encoder.vectors(*encoder.batch([e.text for e in titled], longest=schedule.text_tokens))
    headlines = encoder.vectors(*encoder.batch([e.headline for e in titled], longest=schedule.headline_tokens))
    meanings = [rng.choice(TEMPLATES).replace("{}", rng.choice(wordings(section))) for section in sections]
    labels = encoder.vectors(*encoder.batch(meanings, longest=schedule.headline_tokens))
    count = len(labelled)
    truth = torch.tensor([sections.index(example.section) for example in labelled])
    excused = torch.tensor([[are_related(example.section, section) for section in sections] for example in labelled])

    def against_sections(vectors: Tensor) -> Tensor:
        return functional.cross_entropy((SCALE * vectors[:count] @ labels.T).masked_fill(excused, float("-inf")), truth)

    pairs = SCALE * texts @ headlines.T
    same = torch.arange(len(titled))
    paired = (functional.cross_entropy(pairs, same) + functional.cross_entropy(pairs.T, same)) / 2
    return (against_sections(texts) + against_sections(headlines)) / 2 + paired


def interpolate(before: dict[str, Tensor], after: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """`share` of the way from one set of weights to the other (WiSE-FT, Wortsman et al. 2022)."""
    return {
        name: before[name] + share * (tensor - before[name]) if tensor.is_floating_point() else tensor
        for name, tensor in after.items()
    }


def export(encoder: BiEncoder, folder: Path) -> None:
    """Write a standard folder: config.json, float16 safetensors, tokenizer, mean pooling."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config: dict[str, Any] = json.loads((encoder.folder / "config.json").read_text(encoding="utf-8"))
    config = {
        name: value
        for name, value in config.items()
        if name not in ("_name_or_path", "transformers_version", "gradient_checkpointing")
    }
    config |= {"architectures": ["BertModel"], "dtype": "float16"}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    weights = {
        name: tensor.half().contiguous() for name, tensor in encoder.weights().items() if tensor.is_floating_point()
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    for name in _TOKENIZER_FILES:
        if (encoder.folder / name).is_file():
            shutil.copyfile(encoder.folder / name, folder / name)
    (folder / "1_Pooling").mkdir(exist_ok=True)
    pooling = {"word_embedding_dimension": config["hidden_size"], "pooling_mode_mean_tokens": True}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling, indent=2) + "\n", encoding="utf-8")
