"""Damaged copies of model folders: what the floors must refuse."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file


def shuffled_copy(folder: Path, target: Path, *, only: str = "") -> Path:
    """Copy a model folder to `target` with the values of every weight matrix permuted; the same on every call.

    `only` spares the weights whose name it does not occur in, e.g. "encoder.layers.1.": a model that is damaged and
    still works somehow.
    """
    shutil.copytree(folder, target)
    weights = load_file(target / "model.safetensors")
    rng = np.random.default_rng(0)
    for name, tensor in weights.items():
        if tensor.ndim >= 2 and only in name:
            weights[name] = rng.permutation(tensor.reshape(-1)).reshape(tensor.shape)
    save_file(weights, target / "model.safetensors", metadata={"format": "pt"})
    return target
