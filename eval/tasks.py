"""The tasks, as data: what goes into which models, and how what comes out is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eval.examples import Example
from eval.metrics import Metric, Statistics
from eval.runs import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A metric applied to one part of the output."""

    metric: Metric
    references: str
    """Field of Example the output is held against."""
    name: str = ""
    """As in `Score.metric`; the metric's own where empty."""
    output: str | None = None
    """Field of the output; None: the whole of it."""
    sources: str = "source"
    """Field of Example the metric takes for the source."""
    is_floor: bool = True
    """Whether the trivial baselines must be beaten in it. (A copied sentence invents nothing: in the precision of
    names, the lead of an article is not a floor but a ceiling.)"""

    @property
    def title(self) -> str:
        """The name under which it is scored."""
        return self.name or self.metric.name

    def statistics(self, outputs: Sequence[Json], examples: Sequence[Example]) -> Statistics:
        """One row of additive statistics an input; see `eval.metrics`."""
        predictions, references, sources = self._columns(outputs, examples)
        self.metric.check(predictions=predictions, references=references, sources=sources)
        return self.metric.statistics(predictions=predictions, references=references, sources=sources)

    def signature(self, examples: Sequence[Example]) -> str:
        """How it is computed."""
        return self.metric.signature([getattr(example, self.references) for example in examples])

    def _columns(self, outputs: Sequence[Json], examples: Sequence[Example]) -> tuple[list[Any], list[Any], list[str]]:
        predictions = list(outputs) if self.output is None else [output[self.output] for output in outputs]
        references = [getattr(example, self.references) for example in examples]
        return predictions, references, [getattr(example, self.sources) for example in examples]
