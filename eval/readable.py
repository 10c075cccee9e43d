"""Outputs and references as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eval.examples import Example
from eval.runs import Json
from eval.tasks import Task

_TOPICS = 3
"""Labels shown of each answer, the best first."""


def output_text(output: Json) -> str:
    """What a task gave for one input: a text, or the parts of an object one a line."""
    if isinstance(output, str):
        return output
    lines = [output.get("translation", ""), output.get("headline", ""), output.get("summary", "")]
    if "topics" in output:
        lines.append(_topics(output["topics"]) + (" (none fits)" if output.get("none_of_these") else ""))
    return "\n".join(line for line in lines if line)


def _topics(scores: Sequence[Mapping[str, Any]]) -> str:
    best = sorted(scores, key=lambda score: -score["score"])[:_TOPICS]
    return ", ".join(f"{score['label']} {score['score']:.2f}" for score in best)


def reference_texts(task: Task, example: Example) -> tuple[str, ...]:
    """What should have come out: one text a reference, the parts of an object one a line."""
    if task.step == "translation":
        return (*example.translations, *_expectations(example))
    if task.step == "topics":
        return (", ".join(example.topics),)
    parts = [*example.headlines, *example.summaries]
    if task.step == "digest":
        parts = [*example.translations[:1], *parts, ", ".join(example.topics)]
    return ("\n".join(part for part in parts if part),)


def _expectations(example: Example) -> list[str]:
    """What a translation of a contrast set must and must not say."""
    found = [f"must say: {' or '.join(alternatives)}" for alternatives in example.expects]
    return found + ([f"must not say: {' or '.join(example.forbids)}"] if example.forbids else [])
