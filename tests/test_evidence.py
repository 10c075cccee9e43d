"""Evidence: probabilities that behave, a bounded cache, calibrations read and refused."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from toolkit.engines.fake import FakeEncoder
from toolkit.errors import ModelError
from toolkit.evidence import _MOST_CACHED, Anchors, Calibration, SimilarityEvidence, VectorCache
from toolkit.labels import DESCRIPTIONS, aspects, read_labels


def evidence(labels: list[str], calibration: Calibration) -> SimilarityEvidence:
    return SimilarityEvidence(read_labels(labels), engine=FakeEncoder(), cache=VectorCache(), calibration=calibration)


# Columns: the labels "red" and "blue", then the fields "green" and "red" (covered by the label).
CALIBRATION = Calibration(
    template="{}", fields=("green", "red"), scale=10.0, floor=0.1, near=0.9, fit_scale=20.0, fit_offset=0.5
)


def logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def test_single_label_is_a_softmax_times_the_probability_that_one_fits() -> None:
    row = np.array([0.6, 0.2, 0.3, 0.9])
    found = evidence(["red", "blue"], CALIBRATION).probabilities(row, multi_label=False)
    fits = logistic(20 * (0.6 - 0.3) + 0.5)
    share = math.exp(6) / (math.exp(6) + math.exp(2))
    assert found == pytest.approx([fits * share, fits * (1 - share)])


def test_multi_label_leaves_out_only_the_fields_a_label_covers_itself() -> None:
    row = np.array([0.6, 0.2, 0.3, 0.9])
    calibration = Calibration(
        template="{}", fields=("green", "red"), multi_scale=10.0, multi_offset=0.25, floor=0.1, near=0.9
    )
    red, blue = evidence(["red", "blue"], calibration).probabilities(row, multi_label=True)
    assert red == pytest.approx(logistic(10 * (0.6 - 0.3) + 0.25))
    assert blue == pytest.approx(logistic(10 * (0.2 - 0.9) + 0.25))


@pytest.mark.parametrize("multi_label", [False, True])
def test_one_label_that_covers_every_field_must_still_beat_the_floor(multi_label: bool) -> None:
    calibration = Calibration(template="{}", fields=("red",), near=0.9, floor=0.3, fit_offset=0.0)
    found = evidence(["red"], calibration)
    (low,) = found.probabilities(np.array([0.2, 0.2]), multi_label=multi_label)
    (high,) = found.probabilities(np.array([0.6, 0.6]), multi_label=multi_label)
    assert low < 0.5 < high


def test_no_overflow_at_large_scales() -> None:
    calibration = Calibration(template="{}", scale=1e6, fit_scale=1e6, multi_scale=1e6)
    found = evidence(["red", "blue"], calibration)
    for multi_label in (False, True):
        for value in (-1.0, 0.0, 1.0):
            row = np.full(2 + len(calibration.fields), value)
            assert all(0 <= p <= 1 for p in found.probabilities(row, multi_label=multi_label))


def anchored(meanings: list[str]) -> tuple[Anchors, dict[str, int]]:
    """Meanings whose aspects are the axes of a space, in order."""
    axes = {part: index for index, part in enumerate(dict.fromkeys(p for m in meanings for p in aspects(m)))}
    return Anchors(meanings, template="{}", embed=lambda texts: np.eye(len(axes))[[axes[t] for t in texts]]), axes


def test_the_nearest_aspect_counts_most_and_one_alone_is_a_cosine() -> None:
    anchors, axes = anchored([DESCRIPTIONS["sports"], "chess"])
    text = np.zeros((1, len(axes)))
    text[0, axes["tennis"]], text[0, axes["chess"]] = 0.6, 0.8
    count = len(axes) - 1
    for sharpness, expected in (
        (0.0, 0.6 / count),
        (20.0, math.log((math.exp(12) + count - 1) / count) / 20),
        (1e6, 0.6),
    ):
        found = anchors.similarities(text, sharpness=sharpness)
        assert found.tolist() == [pytest.approx([expected, 0.8], abs=1e-4)]


def test_meanings_are_compared_by_the_means_of_their_aspects() -> None:
    anchors, axes = anchored([DESCRIPTIONS["sports"], "tennis", "chess"])
    between = anchors.between()
    assert np.diag(between) == pytest.approx(1)
    assert between[0, 1] == pytest.approx(1 / math.sqrt(len(axes) - 1))
    assert between[0, 2] == pytest.approx(0)


def test_the_cache_is_bounded_and_serves_more_than_it_holds() -> None:
    cache, engine = VectorCache(), FakeEncoder(dimensions=8)
    texts = [f"text {n}" for n in range(_MOST_CACHED + 100)]
    assert cache.embed(texts, engine=engine).tolist() == engine.embed(texts)
    assert len(cache) == _MOST_CACHED
    assert cache.embed(["text 0", "text 0"], engine=engine).tolist() == engine.embed(["text 0", "text 0"])


def test_calibrations_are_read(tmp_path: Path) -> None:
    assert Calibration.read(tmp_path) == Calibration()
    (tmp_path / "topics.json").write_text(json.dumps({"scale": 30, "fields": ["a", "b"], "template": "On {}."}))
    assert Calibration.read(tmp_path) == Calibration(scale=30.0, fields=("a", "b"), template="On {}.")


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"scale": "big"}',
        '{"fields": [1]}',
        '{"fields": "sports"}',
        '{"template": "no place"}',
        '{"near": null}',
    ],
)
def test_damaged_calibrations_are_refused_in_one_line(content: str, tmp_path: Path) -> None:
    (tmp_path / "topics.json").write_text(content)
    with pytest.raises(ModelError, match=r"topics\.json") as caught:
        Calibration.read(tmp_path)
    assert "\n" not in str(caught.value)
