"""The tasks, as data: what goes into which models, and how what comes out is measured."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from eval import doubts, findings, sets, terminology
from eval.classification import Accuracy, AnyAccuracy, CalibrationError, MacroF1
from eval.contrast import ItemAccuracy, PairAccuracy
from eval.doubts import AsJudged, JudgedAuroc, LowestAuroc
from eval.examples import Example
from eval.findings import FalseAlarms, SlipRecall
from eval.grounded import (
    Coverage,
    EntityPrecision,
    GroundedEntities,
    GroundedNumbers,
    NumberPrecision,
    NumberRecall,
)
from eval.metrics import Metric, Statistics
from eval.novelty import CopiedSentences
from eval.overlap import Bleu, Chrf, ChrfPlusPlus, Rouge1, Rouge2, RougeLsum, Ter
from eval.runs import Json
from eval.verdicts import Auroc
from toolkit.errors import InputError

STEPS = ("translation", "doubt", "glossary", "summary", "topics", "digest", "support", "facts")
"""What comes out: English text; the same with its doubt, with a glossary and without; a headline and a summary; every
label with its score; all of it; how far the article bears out the source; the facts in which the English text and the
German source differ."""
CONTRAST = "contrast-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A metric applied to one part of the output."""

    metric: Metric
    references: str
    """Field of Example the output is held against."""
    name: str = ""
    """As in `Score.metric`; the metric's own where empty."""
    output: str | tuple[str, ...] | None = None
    """Field of the output; several: an object of them; None: the whole of it."""
    is_floor: bool = True
    """Whether the trivial baselines must be beaten in it. (A copied sentence invents nothing: in the precision of
    names, the lead of an article is not a floor but a ceiling.)"""

    @property
    def title(self) -> str:
        """The name under which it is scored."""
        return self.name or self.metric.name

    def statistics(self, outputs: Sequence[Json], examples: Sequence[Example]) -> Statistics:
        """One row of additive statistics an input; see `eval.metrics`."""
        return self.metric.statistics(
            predictions=self.predictions(outputs),
            references=self.expected(examples),
            sources=[example.source for example in examples],
        )

    def predictions(self, outputs: Sequence[Json]) -> list[Any]:
        """The part of each output that is measured. Raises InputError where an output lacks it."""
        if self.output is None:
            for number, output in enumerate(outputs, 1):
                if not isinstance(output, str):
                    raise InputError(f"output {number} must be text, got {output!r:.60}")
            return list(outputs)
        names = (self.output,) if isinstance(self.output, str) else self.output
        for number, output in enumerate(outputs, 1):
            missing = [name for name in names if not isinstance(output, dict) or name not in output]
            if missing:
                raise InputError(f"output {number} has no {missing[0]!r}, which {self.title} is computed from")
        if isinstance(self.output, str):
            return [output[self.output] for output in outputs]
        return [{name: output[name] for name in names} for output in outputs]

    def expected(self, examples: Sequence[Example]) -> list[Any]:
        """What each output is held against."""
        return [getattr(example, self.references) for example in examples]

    def signature(self, examples: Sequence[Example]) -> str:
        """How it is computed."""
        return self.metric.signature(self.expected(examples))


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What goes in, what is done with it, and how what comes out is measured."""

    name: str
    about: str
    version: int
    """Raised whenever its inputs or its measures change their meaning: old scores are then no longer comparable."""
    step: str
    """From STEPS."""
    language: str
    """Of what goes in: "de" is translated first."""
    dataset: Callable[[], sets.DataSet]
    """Ours, which it is run on where no other is given."""
    measures: tuple[Measure, ...]
    baselines: tuple[str, ...]
    """From `eval.baselines`."""
    field: str | None = None
    """Field of Example that the references of anyone's own data go to; None: the task runs on ours alone."""

    @property
    def roles(self) -> tuple[str, ...]:
        """The models it needs, in the order they work."""
        first = ("translator",) if self.language == "de" else ()
        last = {
            "translation": (),
            "doubt": (),
            "glossary": (),
            "summary": ("summarizer",),
            "topics": ("topics",),
            "digest": ("summarizer", "topics"),
            "support": (),
            "facts": (),
        }
        return first + last[self.step]

    @property
    def is_text(self) -> bool:
        """Whether an output is text, not an object."""
        return self.step == "translation"

    def example(self, id: str, source: str, references: Sequence[str]) -> Example:  # noqa: A002 - as in Example
        """An input of anyone's own data."""
        if self.field is None:
            raise InputError(f"{self.name} runs on our own data alone: no other has all that it measures")
        article = source if self.language == "en" else ""
        fields: dict[str, Any] = {self.field: tuple(references)}
        return Example(id=id, source=source, article=article, **fields)


def _translation(*, field: str = "translations", output: str | None = None) -> tuple[Measure, ...]:
    return (
        Measure(metric=Chrf(), references=field, output=output),
        Measure(metric=ChrfPlusPlus(), references=field, output=output),
        Measure(metric=Bleu(), references=field, output=output),
        Measure(metric=Ter(), references=field, output=output),
        Measure(metric=NumberPrecision(), references=field, output=output, is_floor=False),
        Measure(metric=NumberRecall(), references=field, output=output, is_floor=False),
        Measure(metric=EntityPrecision(), references=field, output=output, is_floor=False),
    )


def _summary() -> tuple[Measure, ...]:
    return (
        Measure(metric=Rouge1(), references="summaries", output="summary"),
        Measure(metric=Rouge2(), references="summaries", output="summary"),
        Measure(metric=RougeLsum(), references="summaries", output="summary"),
        Measure(metric=Rouge1(), name="headline ROUGE-1", references="headlines", output="headline"),
        Measure(metric=GroundedNumbers(), references="article", output="summary", is_floor=False),
        Measure(metric=GroundedEntities(), references="article", output="summary", is_floor=False),
    )


def _topics() -> tuple[Measure, ...]:
    return (
        Measure(metric=Accuracy(), references="topics", output="topics"),
        Measure(metric=AnyAccuracy(), references="topics", output="topics"),
        Measure(metric=MacroF1(), references="topics", output="topics"),
        Measure(metric=CalibrationError(), references="topics", output="topics", is_floor=False),
    )


def _own_tasks() -> tuple[Task, ...]:
    return (
        Task(
            name="translation",
            about="German sentences into English",
            version=1,
            step="translation",
            language="de",
            dataset=sets.sentences,
            measures=_translation(),
            baselines=("copy",),
            field="translations",
        ),
        Task(
            name="robustness",
            about="German sentences in capitals, without umlauts or full stops, run together, with codes to copy",
            version=1,
            step="translation",
            language="de",
            dataset=sets.robustness,
            measures=(
                Measure(metric=Chrf(), references="translations"),
                Measure(metric=ItemAccuracy(), name="copies kept", references="checks", is_floor=False),
            ),
            baselines=("copy",),
        ),
        Task(
            name="transliteration",
            about="German sentences with names from other alphabets, which English spells another way",
            version=1,
            step="translation",
            language="de",
            dataset=sets.transliteration,
            measures=(
                Measure(metric=ItemAccuracy(), name="names spelled as in English", references="checks"),
                Measure(metric=Chrf(), references="translations"),
            ),
            baselines=("copy",),
        ),
        Task(
            name="rare-words",
            about="German sentences with a word each that a small model may not know",
            version=1,
            step="translation",
            language="de",
            dataset=sets.rare_words,
            measures=(
                Measure(metric=ItemAccuracy(), name="words right", references="checks"),
                Measure(metric=Chrf(), references="translations"),
            ),
            baselines=("copy",),
        ),
        Task(
            name="summarization-gold",
            about="summaries of English articles",
            version=2,
            step="summary",
            language="en",
            dataset=sets.english_articles,
            # Only here is the article what the model read: of its own translation every sentence would look new.
            measures=(
                *_summary(),
                Measure(metric=CopiedSentences(), references="article", output="summary"),
                Measure(metric=CopiedSentences(), name="copied headlines", references="article", output="headline"),
            ),
            baselines=("lead", "random passage"),
            field="summaries",
        ),
        Task(
            name="summarization",
            about="summaries of German articles, from our own translation",
            version=1,
            step="summary",
            language="de",
            dataset=sets.german_articles,
            measures=_summary(),
            baselines=("lead", "random passage"),
            field="summaries",
        ),
        Task(
            name="topics-gold",
            about="main topic of English articles",
            version=1,
            step="topics",
            language="en",
            dataset=sets.english_articles,
            measures=_topics(),
            baselines=("label prior", "keyword match"),
            field="topics",
        ),
        Task(
            name="topics",
            about="main topic of German articles, from our own translation",
            version=1,
            step="topics",
            language="de",
            dataset=sets.german_articles,
            measures=_topics(),
            baselines=("label prior", "keyword match"),
            field="topics",
        ),
        Task(
            name="chain",
            about="German articles to everything, one after the other, as a user runs them",
            version=1,
            step="digest",
            language="de",
            dataset=sets.german_articles,
            measures=(
                Measure(metric=Chrf(), references="translations", output="translation"),
                Measure(metric=Rouge1(), references="summaries", output="summary"),
                Measure(metric=Accuracy(), references="topics", output="topics"),
                Measure(metric=Coverage(), references="source", output="coverage", is_floor=False),
            ),
            baselines=("copy",),
        ),
        Task(
            name="doubt",
            about="how well the doubt of our own translations tells the bad ones",
            version=1,
            step="doubt",
            language="de",
            dataset=doubts.data,
            measures=(
                Measure(metric=JudgedAuroc(), references="judged", output=("translation", "doubt")),
                Measure(metric=AsJudged(), references="judged", output="translation", is_floor=False),
                Measure(metric=LowestAuroc(), references="translations", output=("translation", "doubt")),
            ),
            baselines=("length alone", "log-probability alone"),
        ),
        Task(
            name="glossary",
            about="sentences with a term whose English is given, inflected or a name to be kept",
            version=1,
            step="glossary",
            language="de",
            dataset=terminology.data,
            measures=(
                Measure(metric=ItemAccuracy(), name="terms applied", references="checks", output="translation"),
                # The references use the unusual terms, so that they come nearer whatever else is lost.
                Measure(metric=Chrf(), references="translations", output="translation", is_floor=False),
            ),
            baselines=("without glossary",),
        ),
        Task(
            name="support",
            about="summary sentences, faithful or with an error, against the sentences they rest on",
            version=1,
            step="support",
            language="en",
            dataset=sets.support,
            measures=(Measure(metric=Auroc(), references="verdict", output="support"),),
            baselines=("word overlap",),
        ),
        Task(
            name="facts",
            about="fact checks of German sentences and English ones, references or with a slip planted",
            version=1,
            step="facts",
            # Both are given: nothing is translated first.
            language="en",
            dataset=findings.data,
            measures=(
                Measure(metric=SlipRecall(), references="checks", output="findings"),
                # The digit check finds nothing but numbers, and so has less to be wrong about.
                Measure(metric=FalseAlarms(), references="checks", output="findings", is_floor=False),
            ),
            baselines=("digit check",),
        ),
    )


def _contrast_task(name: str) -> Task:
    return Task(
        name=CONTRAST + name,
        about=f"pairs of sentences that differ in {name} alone",
        version=1,
        step="translation",
        language="de",
        dataset=functools.partial(sets.contrast, name),
        measures=(
            Measure(metric=PairAccuracy(), references="checks"),
            Measure(metric=ItemAccuracy(), references="checks"),
            Measure(metric=Chrf(), references="translations"),
        ),
        baselines=("copy",),
    )


def tasks() -> tuple[Task, ...]:
    """All tasks: our own, and one for each contrast set there is."""
    return (*_own_tasks(), *(_contrast_task(name) for name in sets.contrast_names()))


def find(name: str) -> Task:
    """The task of that name. Raises InputError for an unknown one."""
    known = {task.name: task for task in tasks()}
    if name not in known:
        raise InputError(f"unknown task {name!r}: choose one of {', '.join(known)}")
    return known[name]
