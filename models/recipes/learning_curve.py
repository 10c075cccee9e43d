"""The log of a training run, and its plot for the model card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def read_log(work: Path) -> list[dict[str, Any]]:
    """The lines of `work`/log.jsonl by step; of a step that a resumed run logged again, the later line."""
    lines = (json.loads(line) for line in (work / "log.jsonl").read_text(encoding="utf-8").splitlines())
    return sorted({line["step"]: line for line in lines}.values(), key=lambda line: line["step"])


def draw(log: list[dict[str, Any]], path: Path) -> None:
    """Training and held-out loss over the steps, as a plot."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    pyplot.rcParams["svg.hashsalt"] = "klartext"
    figure, axes = pyplot.subplots(figsize=(6, 3.2), layout="constrained")
    axes.plot(
        [line["step"] for line in log],
        [line["loss"] for line in log],
        label="training, label smoothing 0.1",
        color="0.6",
    )
    held_out = [(line["step"], line["held_out"]) for line in log if "held_out" in line]
    if held_out:
        axes.plot(*zip(*held_out, strict=True), label="held out", color="C0", marker=".")
    axes.set(xlabel="step", ylabel="cross entropy, nats a token")
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
