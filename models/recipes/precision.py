"""The processor that trains, and its number format: bfloat16 where it multiplies that fast, float32 elsewhere."""

from __future__ import annotations

import functools
import time

import torch


@functools.cache
def has_fast_bfloat16(device: str) -> bool:
    """Whether products in bfloat16 are faster than in float32: on a GPU always, on a CPU where a short trial says so.

    What the CPU says of itself does not tell (measured, float32 and bfloat16, GFLOP/s): on two cores with AVX2 alone
    171 and 0.8, on two with AMX 280 to 330 and 2,100 to 2,300, on one with AVX-512 BF16 but no AMX 105 to 150 and 73
    to 86.
    """
    return device != "cpu" or _seconds(torch.bfloat16) < _seconds(torch.float32)


def _seconds(kind: torch.dtype) -> float:
    """The shortest of three products of a layer's size on this CPU."""
    inputs, weights = torch.ones(512, 256, dtype=kind), torch.ones(1024, 256, dtype=kind)
    torch.nn.functional.linear(inputs, weights)
    times = []
    for _ in range(3):
        started = time.perf_counter()
        torch.nn.functional.linear(inputs, weights)
        times.append(time.perf_counter() - started)
    return min(times)


def autocast(device: str, *, enabled: bool = True) -> torch.autocast:
    """bfloat16 products where they are fast; elsewhere everything stays float32."""
    return torch.autocast(device, dtype=torch.bfloat16, enabled=enabled and has_fast_bfloat16(device))


def processor(device: str) -> str:
    """What a card says the training ran on: the GPU's name, or the number of CPU cores used and their arithmetic."""
    if device != "cpu":
        return torch.cuda.get_device_name()
    cores = torch.get_num_threads()
    kind = " with products in bfloat16" if has_fast_bfloat16(device) else ""
    return f"{cores} CPU core{'s' if cores > 1 else ''}{kind}"
