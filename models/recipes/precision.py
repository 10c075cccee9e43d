"""The processor that trains, and its number format: bfloat16 where it multiplies that fast, float32 elsewhere."""

from __future__ import annotations

import torch


def has_fast_bfloat16(device: str) -> bool:
    """Whether products in bfloat16 are faster than in float32: on a GPU, and on a CPU with AVX-512 BF16.

    On a CPU with AVX2 alone they run 200 times slower (measured: 0.8 against 171 GFLOP/s on two cores); with AMX they
    are six to eight times as fast (2,100 to 2,300 against 280 to 330 GFLOP/s).
    """
    return device != "cpu" or torch.cpu._is_avx512_bf16_supported()


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
