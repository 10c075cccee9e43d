"""Greedy decoding of very many sources with the model in training form, on whatever device it lies.

The engines of `toolkit` are made for a CPU and for few sentences; here batches hold thousands.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence

import numpy as np
import torch
from tqdm import tqdm
from transformers import DynamicCache, EncoderDecoderCache, MarianMTModel
from transformers.models.marian.modeling_marian import MarianDecoder

from models.recipes import precision

BATCH_TOKENS = {"cpu": 2048, "cuda": 262_144}
"""Padded source tokens of a batch."""
# transformers renames the argument in 5.2x and takes the old name away later.
_CACHE = "cache" if "cache" in inspect.signature(MarianDecoder.forward).parameters else "past_key_values"
_CHECKED_EVERY = 8
"""Steps between two looks at whether all rows have ended: each look makes a GPU wait."""


@torch.inference_mode()
def greedy(model: MarianMTModel, sources: Sequence[Sequence[int]], *, show: bool = False) -> list[list[int]]:
    """The output ids of each source, both without end marks.

    An output has at most 1.5 times the tokens of its source and ten more; one that has not ended by then is empty.
    """
    model.eval()
    device = next(model.parameters()).device.type
    if precision.has_fast_bfloat16(device):
        # Whole in bfloat16, not by autocast, which rounds every weight anew at every step (a quarter of the time).
        model = copy.deepcopy(model).to(torch.bfloat16)
    order = np.argsort([len(source) for source in sources], kind="stable")
    outputs: list[list[int]] = [[] for _ in sources]
    bar = tqdm(total=len(sources), desc="decoding", disable=not show)
    start = 0
    while start < len(order):
        # Filled from the short end: the first row beyond the batch would be its longest.
        end = start + 1
        while end < len(order) and (end - start + 1) * (len(sources[order[end]]) + 1) <= BATCH_TOKENS[device]:
            end += 1
        rows = order[start:end]
        for row, output in zip(rows, _batch(model, [sources[row] for row in rows]), strict=True):
            outputs[row] = output
        bar.update(len(rows))
        start = end
    bar.close()
    return outputs


def _batch(model: MarianMTModel, sources: Sequence[Sequence[int]]) -> list[list[int]]:
    device, pad = next(model.parameters()).device, int(model.config.pad_token_id)
    longest = max(map(len, sources)) + 1
    padded = np.full((len(sources), longest), pad, dtype=np.int64)
    for row, source in zip(padded, sources, strict=True):
        row[: len(source) + 1] = [*source, 0]
    ids = torch.from_numpy(padded).to(device)
    mask = (ids != pad).long()
    most = min(int(1.5 * longest) + 10, int(model.config.max_position_embeddings) - 1)
    weight = model.get_output_embeddings().weight[:pad]
    last = torch.full_like(ids[:, :1], pad)
    is_finished = torch.zeros(len(sources), dtype=torch.bool, device=device)
    steps = []
    states = model.model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
    cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
    for step in range(most):
        hidden = model.model.decoder(
            input_ids=last,
            encoder_hidden_states=states,
            encoder_attention_mask=mask,
            use_cache=True,
            **{_CACHE: cache},
        ).last_hidden_state
        last = (hidden[:, -1] @ weight.t()).argmax(-1, keepdim=True)
        last = torch.where(is_finished[:, None], torch.zeros_like(last), last)
        steps.append(last)
        is_finished = is_finished | (last[:, 0] == 0)
        if step % _CHECKED_EVERY == _CHECKED_EVERY - 1 and bool(is_finished.all()):
            break
    found = torch.cat(steps, dim=1).cpu().numpy()
    ends = (found == 0).argmax(axis=1)
    return [row[:end].tolist() for row, end in zip(found, ends, strict=True)]
