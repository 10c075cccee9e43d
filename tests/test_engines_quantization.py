"""Weights in int8: none so large that two products overflow 16 bits, and all as near as their steps allow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ctranslate2.specs.model_spec import visit_spec

from tests import families
from toolkit import store
from toolkit.engines.quantization import LARGEST, optimize
from toolkit.engines.specifications import build_specification


def _weights(spec: Any) -> dict[str, tuple[np.ndarray, np.ndarray | None]]:
    """By name: the values of every weight that can be rounded, and its scale; aliases are left out."""
    found = {}

    def visit(layer: Any, name: str, value: Any) -> None:
        own = name.rpartition("/")[2]
        if hasattr(layer, f"{own}_scale") and hasattr(value, "numpy"):
            scale = getattr(layer, f"{own}_scale")
            found[name] = (value.numpy(), scale.numpy() if hasattr(scale, "numpy") else None)

    visit_spec(spec, visit)
    return found


def test_two_products_fit_16_bits() -> None:
    assert np.iinfo(np.int16).max >= 2 * 255 * LARGEST


@pytest.mark.parametrize("task", ["translation", "topics"])
def test_rounded_to_the_nearest_step(task: str) -> None:
    model = store.resolve(None, task=task)
    exact, rounded = (build_specification(model.folder, model.architecture) for _ in range(2))
    exact.validate()
    rounded.validate()
    exact.optimize(quantization="float32")
    optimize(rounded, "int8")
    before, after = _weights(exact), _weights(rounded)
    assert len(after) > 20
    assert before.keys() == after.keys()
    for name, (values, scale) in after.items():
        assert values.dtype == np.int8
        assert scale is not None
        assert np.abs(values).max() == LARGEST
        error = values / scale[:, None] - before[name][0]
        assert (np.abs(error) <= 0.501 / scale[:, None]).all(), name


def test_other_precisions_stay_as_they_are() -> None:
    model = families.seq2seq("marian")
    plain, ours = (build_specification(model.folder, model.architecture) for _ in range(2))
    plain.validate()
    ours.validate()
    plain.optimize(quantization="float32")
    optimize(ours, "float32")
    assert all(
        np.array_equal(values, _weights(ours)[name][0]) and scale is None
        for name, (values, scale) in _weights(plain).items()
    )


def test_a_row_of_zeros_stays_one() -> None:
    model = families.seq2seq("marian")
    spec = build_specification(model.folder, model.architecture)
    spec.validate()
    optimize(spec, "int8")
    for values, scale in _weights(spec).values():
        assert scale is not None
        assert np.isfinite(scale).all()
        assert (values[~values.any(axis=1)] == 0).all()
