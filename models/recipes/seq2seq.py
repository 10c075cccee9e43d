"""Training a Marian encoder-decoder on encoded pairs: batches, optimisers, checkpoints with exact resume, export.

Used by the translator. The same program runs on a CPU and on a GPU.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from transformers import GenerationConfig, MarianConfig, MarianMTModel

from models.recipes import averaging, precision
from models.recipes.muon import BatchedMuon

# Padded lengths. Few, because oneDNN and torch.compile build a new kernel for every new shape; steps of 10-25 %,
# because padding is wasted work.
LENGTHS = (8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 128, 192, 256)
# With sentences this short, attention that is still spread evenly says enough about single words to start aligning.
# Trained on long ones from the first step, the model was a language model that ignored its source after 2.4 million
# target tokens; begun with these it gained a nat a token from the source within 0.2 million.
SHORT = 16

# Rows of the output layer computed at once. On a CPU logits of 256 × 8,000 in float32 are 8 MB and stay near the
# cache; a GPU has room for more and loses time with small products.
LOSS_ROWS = {"cpu": 256, "cuda": 32768}

# On a CPU the gradient of the whole model takes twice as long with the fused attention as with its products written out
# (measured on one core with AMX, 192 sentences of 32 tokens: 1.26 and 0.65 s); sentences are too short to save by it.
ATTENTION = {"cpu": "eager", "cuda": "sdpa"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The shape of the model."""

    d_model: int = 256
    feed_forward: int = 1536
    heads: int = 4
    encoder_layers: int = 6
    decoder_layers: int = 2
    positions: int = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how fast to train."""

    steps: int
    batch_tokens: int = 6144
    """Padded target tokens a step."""
    learning_rate: float = 3e-3
    warmup: int = 60
    cooldown: float = 0.35
    """Last share of the steps, over which the learning rate falls to zero (Hägele et al. 2024)."""
    label_smoothing: float = 0.1
    dropout: float = 0.0
    average: int = 4
    """Number of snapshots averaged at the end."""
    average_over: float = 0.2
    """Last share of the cooldown over which they are taken."""
    seed: int = 1
    short_first: int = 0
    """Steps at the start that see only pairs of up to `SHORT` tokens (Bengio et al. 2009)."""


class EncodedPairs:
    """Token ids of many pairs, flat, with offsets; an end mark (0) closes every side."""

    def __init__(self, ids: tuple[np.ndarray, np.ndarray], offsets: tuple[np.ndarray, np.ndarray]) -> None:
        self.ids = ids
        self.offsets = offsets

    @classmethod
    def build(cls, pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> EncodedPairs:
        """From lists of ids without end marks; ids below 65,536."""
        ids, offsets = [], []
        for side in (0, 1):
            lengths = np.fromiter((len(pair[side]) + 1 for pair in pairs), dtype=np.int64, count=len(pairs))
            starts = np.concatenate([[0], np.cumsum(lengths)])
            flat = np.zeros(int(starts[-1]), dtype=np.uint16)
            for start, pair in zip(starts, pairs, strict=False):
                flat[start : start + len(pair[side])] = pair[side]
            ids.append(flat)
            offsets.append(starts)
        return cls((ids[0], ids[1]), (offsets[0], offsets[1]))

    def __len__(self) -> int:
        return len(self.offsets[0]) - 1

    def lengths(self) -> np.ndarray:
        """Tokens of the longer side of each pair, end mark included."""
        return np.maximum(np.diff(self.offsets[0]), np.diff(self.offsets[1]))

    def padded(self, side: int, rows: np.ndarray, length: int, pad: int) -> torch.Tensor:
        """[len(rows), length] ids of one side."""
        starts = self.offsets[side][rows][:, None]
        places = np.arange(length)
        is_inside = places < self.offsets[side][rows + 1][:, None] - starts
        out = np.full((len(rows), length), pad, dtype=np.int64)
        out[is_inside] = self.ids[side][(starts + places)[is_inside]]
        return torch.from_numpy(out)

    def tokens(self, side: int, rows: np.ndarray) -> int:
        """Tokens of one side of `rows`, end marks included."""
        return int((self.offsets[side][rows + 1] - self.offsets[side][rows]).sum())

    def joined(self, other: EncodedPairs, *, most: int | None = None) -> EncodedPairs:
        """These pairs and the first `most` of the other ones."""
        count = len(other) if most is None else min(most, len(other))
        ends = [other.offsets[side][count] for side in (0, 1)]
        source, target = (np.concatenate([self.ids[side], other.ids[side][: ends[side]]]) for side in (0, 1))
        first, second = (
            np.concatenate([self.offsets[side], other.offsets[side][1 : count + 1] + self.offsets[side][-1]])
            for side in (0, 1)
        )
        return EncodedPairs((source, target), (first, second))

    def taken(self, rows: np.ndarray, order: tuple[int, int] = (0, 1)) -> EncodedPairs:
        """The pairs of `rows`, as often as they stand there; `order` (1, 0) exchanges the sides."""
        ids, offsets = [], []
        for side in order:
            sizes = np.diff(self.offsets[side])[rows]
            ends = np.cumsum(sizes)
            shift = np.repeat(self.offsets[side][rows] - (ends - sizes), sizes)
            ids.append(self.ids[side][np.arange(len(shift)) + shift])
            offsets.append(np.concatenate([[0], ends]))
        return EncodedPairs((ids[0], ids[1]), (offsets[0], offsets[1]))

    def side(self, side: int) -> list[list[int]]:
        """The ids of one side of every pair, without end marks."""
        bounds = zip(self.offsets[side][:-1], self.offsets[side][1:], strict=True)
        return [self.ids[side][start : end - 1].tolist() for start, end in bounds]

    def save(self, path: Path, *, compress: bool = True) -> None:
        """Write to one .npz file; compressing takes some ten times as long as writing."""
        write = np.savez_compressed if compress else np.savez
        write(
            path, source=self.ids[0], target=self.ids[1], source_offsets=self.offsets[0], target_offsets=self.offsets[1]
        )

    @classmethod
    def load(cls, path: Path) -> EncodedPairs:
        """Read what `save` wrote."""
        with np.load(path) as arrays:
            return cls((arrays["source"], arrays["target"]), (arrays["source_offsets"], arrays["target_offsets"]))


def batches(pairs: EncodedPairs, *, batch_tokens: int, epoch: int, seed: int) -> list[tuple[int, np.ndarray]]:
    """One epoch as (padded length, rows), shuffled; every batch of a length has the same number of rows."""
    rng = np.random.default_rng([seed, epoch])
    bucket = np.searchsorted(np.asarray(LENGTHS), pairs.lengths())
    plan: list[tuple[int, np.ndarray]] = []
    for i, length in enumerate(LENGTHS):
        rows = np.flatnonzero(bucket == i)
        if not len(rows):
            continue
        rng.shuffle(rows)
        size = max(1, batch_tokens // length)
        count = math.ceil(len(rows) / size)
        rows = np.resize(rows, count * size)  # the last batch is filled up from the first
        plan += [(length, part) for part in np.split(rows, count)]
    order = rng.permutation(len(plan))
    return [plan[i] for i in order]


def stream(
    pairs: EncodedPairs, *, batch_tokens: int, seed: int, start: int, short_first: int = 0
) -> Iterator[tuple[int, np.ndarray]]:
    """Batches without end, from batch number `start` on: a function of its arguments alone.

    The first `short_first` batches hold only pairs of up to `SHORT` tokens.
    """
    epoch, skipped = 0, 0
    while True:
        plan = batches(pairs, batch_tokens=batch_tokens, epoch=epoch, seed=seed)
        if skipped < short_first:
            plan = [batch for batch in plan if batch[0] <= SHORT][: short_first - skipped] or plan
        yield from plan[max(0, start - skipped) :]
        skipped += len(plan)
        epoch += 1


def build_model(size: Size, *, vocabulary: int, seed: int, dropout: float = 0.0) -> MarianMTModel:
    """A new model in the Marian convention: <pad> is the last id, starts the decoder, and is the zero vector.

    `vocabulary` counts the pieces without <pad>.
    """
    torch.manual_seed(seed)
    config = MarianConfig(
        vocab_size=vocabulary + 1,
        d_model=size.d_model,
        encoder_ffn_dim=size.feed_forward,
        decoder_ffn_dim=size.feed_forward,
        encoder_attention_heads=size.heads,
        decoder_attention_heads=size.heads,
        encoder_layers=size.encoder_layers,
        decoder_layers=size.decoder_layers,
        max_position_embeddings=size.positions,
        activation_function="swish",
        dropout=dropout,
        attention_dropout=0.0,
        activation_dropout=0.0,
        scale_embedding=True,
        share_encoder_decoder_embeddings=True,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=0,
        forced_eos_token_id=0,
        pad_token_id=vocabulary,
        decoder_start_token_id=vocabulary,
    )
    model = MarianMTModel(config)
    for name, parameter in model.named_parameters():
        if "embed_positions" in name:
            continue
        if "shared" in name or "embed_tokens" in name:
            # Scaled by √d_model on the way in, so that an embedding has unit variance beside the position's ½.
            nn.init.normal_(parameter, std=size.d_model**-0.5)
        elif parameter.ndim == 2:
            # Small, so that every layer begins near the identity: with Xavier's larger values the deep post-norm
            # encoder averaged its tokens into one and never came back.
            nn.init.normal_(parameter, std=0.02)
    with torch.no_grad():
        model.get_input_embeddings().weight[vocabulary].zero_()
    return model


def load_model(folder: Path, *, dropout: float = 0.0) -> MarianMTModel:
    """The model of a folder that `export` wrote, in float32, to go on from."""
    model: MarianMTModel = MarianMTModel.from_pretrained(
        str(folder), dtype=torch.float32, use_safetensors=True, dropout=dropout
    )
    _fix_positions(model)
    return model


def widen(model: MarianMTModel, feed_forward: int, *, seed: int) -> MarianMTModel:
    """A model that computes the same with `feed_forward` hidden units a feed-forward layer, at least as many as before.

    What a new unit reads is random, as far spread as what the old ones read; what it writes is zero until trained
    (after Chen et al. 2016, "Net2Net", with fresh units instead of copies).
    """
    before = model.config.encoder_ffn_dim
    if feed_forward < before:
        raise ValueError(f"feed_forward must be at least the model's, {before}, not {feed_forward}")
    values = {**model.config.to_dict(), "encoder_ffn_dim": feed_forward, "decoder_ffn_dim": feed_forward}
    wider = MarianMTModel(MarianConfig(**values))
    generator = torch.Generator().manual_seed(seed)
    state = wider.state_dict()
    for name, old in model.state_dict().items():
        new = torch.zeros_like(state[name])
        if name.endswith("fc1.weight"):
            new = torch.randn(new.shape, generator=generator) * old.std()
        new[tuple(slice(size) for size in old.shape)] = old
        state[name] = new
    wider.load_state_dict(state)
    _fix_positions(wider)
    return wider


def _fix_positions(model: MarianMTModel) -> None:
    # The sinusoids are constants, but loading makes parameters of them: nobody would clear their gradients.
    for part in (model.model.encoder, model.model.decoder):
        part.embed_positions.requires_grad_(False)


def loss_of(
    model: MarianMTModel, hidden: torch.Tensor, targets: torch.Tensor, smoothing: float, *, backward: bool
) -> torch.Tensor:
    """Mean cross entropy in nats over the non-pad targets, in slices of rows; with `backward`, gradients too.

    `hidden` [rows, length, d_model], `targets` [rows, length]. <pad>, the last id, is never a candidate, so that its
    vector gets no gradient and stays zero. The gradient of the logits, softmax less the smoothed targets, is written
    over them: by autograd the loss takes a third to a half longer (measured on two cores and one, with AMX).
    """
    pad = int(model.config.pad_token_id)
    kind = torch.bfloat16 if precision.has_fast_bfloat16(hidden.device.type) else torch.float32
    weight = model.get_output_embeddings().weight
    with torch.no_grad():
        keep = targets.reshape(-1) != pad
        wanted = targets.reshape(-1)[keep][:, None]
        states = hidden.reshape(-1, hidden.shape[-1])[keep].to(kind)
        vectors = weight[:pad].to(kind)
        of_states, of_vectors = torch.empty_like(states), torch.zeros_like(vectors, dtype=torch.float32)
        total = torch.zeros((), device=hidden.device)
        step = LOSS_ROWS[hidden.device.type]
        for start in range(0, len(wanted), step):
            part = slice(start, start + step)
            logits = (states[part] @ vectors.t()).float()
            normaliser = logits.logsumexp(-1, keepdim=True)
            right = logits.gather(1, wanted[part])
            total += normaliser.sum() - (1 - smoothing) * right.sum() - smoothing / pad * logits.sum()
            if backward:
                gradient = logits.sub_(normaliser).exp_().sub_(smoothing / pad)
                gradient.scatter_add_(1, wanted[part], torch.full_like(normaliser, smoothing - 1))
                rounded = gradient.div_(len(wanted)).to(kind)
                of_states[part] = rounded @ vectors
                of_vectors += rounded.t() @ states[part]
        if backward:
            of_hidden = torch.zeros_like(hidden).view(-1, hidden.shape[-1])
            of_hidden[keep] = of_states.to(hidden.dtype)
            weight.grad = torch.zeros_like(weight) if weight.grad is None else weight.grad
            weight.grad[:pad] += of_vectors
    if backward:
        hidden.backward(of_hidden.view_as(hidden))
    return total / len(wanted)


def _forward(model: MarianMTModel, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    pad = int(model.config.pad_token_id)
    start = torch.full_like(target[:, :1], pad)
    with precision.autocast(source.device.type):
        return model.model(
            input_ids=source,
            attention_mask=(source != pad).long(),
            decoder_input_ids=torch.cat([start, target[:, :-1]], dim=1),
            use_cache=False,
        ).last_hidden_state


@torch.no_grad()
def held_out_loss(model: MarianMTModel, pairs: EncodedPairs, *, batch_tokens: int) -> float:
    """Mean cross entropy in nats a token, without label smoothing, over all of `pairs`."""
    model.eval()
    device, pad = next(model.parameters()).device, int(model.config.pad_token_id)
    total = tokens = 0.0
    for length, rows in batches(pairs, batch_tokens=batch_tokens, epoch=0, seed=0):
        target = pairs.padded(1, rows, length, pad).to(device)
        hidden = _forward(model, pairs.padded(0, rows, length, pad).to(device), target)
        count = pairs.tokens(1, rows)
        total += float(loss_of(model, hidden, target, 0.0, backward=False)) * count
        tokens += count
    model.train()
    return total / tokens


def rate(step: int, schedule: Schedule) -> float:
    """The share of the peak learning rate at a step: warm up, hold, fall to zero."""
    falling = max(1.0, schedule.steps * schedule.cooldown)
    return max(0.0, min((step + 1) / max(1, schedule.warmup), 1.0, (schedule.steps - step) / falling))


def optimisers(model: MarianMTModel, learning_rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the hidden matrices, AdamW for embeddings, norms and biases."""
    matrices, others = [], []
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad or "embed_positions" in name:
            continue
        is_hidden = (
            parameter.ndim == 2 and "shared" not in name and "embed_tokens" not in name and "lm_head" not in name
        )
        (matrices if is_hidden else others).append(parameter)
    return [
        BatchedMuon(matrices, lr=learning_rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=learning_rate, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.0),
    ]


def train(
    model: MarianMTModel,
    pairs: EncodedPairs,
    *,
    schedule: Schedule,
    work: Path,
    held_out: EncodedPairs | None = None,
    device: str = "cpu",
    compiled: bool = False,
    checkpoint_seconds: float = 240,
    stop_after: int | None = None,
) -> MarianMTModel:
    """Train `model` in place, going on from `work`/checkpoint.pt where there is one; return the averaged model.

    Keeps `work`/stable.pt, the state before the learning rate starts to fall: copied over checkpoint.pt, it lets a
    longer schedule go on without starting anew. `stop_after` ends the call early at that step, as an interruption
    would.
    Appends a line a few steps to `work`/log.jsonl.
    """
    work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(schedule.seed)
    model.to(device).train()
    model.set_attn_implementation(ATTENTION[device])
    optimizers = optimisers(model, schedule.learning_rate)
    checkpoint, step = work / "checkpoint.pt", 0
    snapshots: list[dict[str, torch.Tensor]] = []
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(state["model"])
        for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        torch.set_rng_state(state["rng"].cpu())
        if device == "cuda":
            torch.cuda.set_rng_state(state["device_rng"].cpu())
        step, snapshots = state["step"], state["snapshots"]
    if compiled:
        model.model.forward = torch.compile(model.model.forward, dynamic=False)  # type: ignore[method-assign]

    def save(path: Path) -> None:
        temporary = path.with_suffix(".part")
        state: dict[str, Any] = {
            "model": model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in optimizers],
            "rng": torch.get_rng_state(),
            "device_rng": torch.cuda.get_rng_state() if device == "cuda" else None,
            "step": step,
            "snapshots": snapshots,
        }
        torch.save(state, temporary)
        temporary.replace(path)

    pad = int(model.config.pad_token_id)
    falls_at = round(schedule.steps * (1 - schedule.cooldown))
    tail = max(1, round(schedule.steps * schedule.cooldown * schedule.average_over))
    average_at = {schedule.steps - 1 - i * tail // schedule.average for i in range(schedule.average)}
    judged_every = max(100, schedule.steps // 2000 * 100)
    last_saved = last_logged = time.monotonic()
    tokens = 0
    losses: list[torch.Tensor] = []
    for length, rows in stream(
        pairs,
        batch_tokens=schedule.batch_tokens,
        seed=schedule.seed,
        start=step,
        short_first=schedule.short_first,
    ):
        if step >= schedule.steps or (stop_after is not None and step >= stop_after):
            break
        if step == falls_at:
            save(work / "stable.pt")
        share = rate(step, schedule)
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = schedule.learning_rate * share
            optimizer.zero_grad(set_to_none=True)
        target = pairs.padded(1, rows, length, pad).to(device)
        hidden = _forward(model, pairs.padded(0, rows, length, pad).to(device), target)
        losses.append(loss_of(model, hidden, target, schedule.label_smoothing, backward=True))
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        tokens += pairs.tokens(1, rows)
        if step in average_at:
            snapshots.append({name: tensor.detach().cpu().clone() for name, tensor in model.state_dict().items()})
        step += 1
        if step % 20 == 0 or step == schedule.steps:
            now = time.monotonic()
            line: dict[str, Any] = {
                "step": step,
                "loss": round(float(torch.stack(losses).mean()), 4),
                "rate": round(share, 4),
                "tokens_per_second": round(tokens / (now - last_logged)),
            }
            if held_out is not None and (step % judged_every == 0 or step == schedule.steps):
                line["held_out"] = round(held_out_loss(model, held_out, batch_tokens=schedule.batch_tokens), 4)
            with (work / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")
            print(json.dumps(line), flush=True)
            tokens, losses, last_logged = 0, [], time.monotonic()
        if time.monotonic() - last_saved > checkpoint_seconds:
            save(checkpoint)
            last_saved = time.monotonic()
    save(checkpoint)
    if snapshots and step >= schedule.steps:
        model.load_state_dict(averaging.average(snapshots))
    return model.eval()


def export(model: MarianMTModel, folder: Path) -> None:
    """Write config.json, generation_config.json and float16 model.safetensors, as Hugging Face folders have them."""
    pad = int(model.config.pad_token_id)
    model.generation_config = GenerationConfig(
        eos_token_id=0,
        forced_eos_token_id=0,
        pad_token_id=pad,
        decoder_start_token_id=pad,
        bad_words_ids=[[pad]],
        max_length=model.config.max_position_embeddings,
        num_beams=4,
    )
    folder.mkdir(parents=True, exist_ok=True)
    model.to("cpu").to(torch.float16).save_pretrained(folder)
