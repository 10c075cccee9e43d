"""Outputs that need no model, or no more than a part of what it gave: the floor each model must beat."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from eval import doubts, terminology
from eval.examples import Example
from eval.runs import Json
from toolkit import facts, grounding, labels, segmentation

Baseline = Callable[[Sequence[Example], str, int], list[Json]]
"""One output an input, from the inputs, the step of the task (`eval.tasks.STEPS`) and a seed."""

SENTENCES = 3
"""Of the summary, as the summariser writes at most unless told otherwise."""


def copy(examples: Sequence[Example], step: str, seed: int) -> list[Json]:
    """The source as it is, for its translation; in the chain its lead and the likeliest topic besides."""
    if step == "translation":
        return [example.source for example in examples]
    topics = label_prior(examples, step, seed)
    return [
        {
            "translation": example.source,
            **_passage(segmentation.split_sentences(example.source, language="de"), 0),
            **prior,
            "coverage": {"sentences": 1, "translated": 0, "split": 0, "cut": 0},
        }
        for example, prior in zip(examples, topics, strict=True)
    ]


def lead(examples: Sequence[Example], _step: str, _seed: int) -> list[Json]:
    """The first sentences of the English article, the first of all as the headline."""
    return [_passage(segmentation.split_sentences(_english(example), language="en"), 0) for example in examples]


def random_passage(examples: Sequence[Example], _step: str, seed: int) -> list[Json]:
    """As many sentences in a row from anywhere in the English article."""
    outputs = []
    for example in examples:
        sentences = segmentation.split_sentences(_english(example), language="en")
        # By the text, not by its place: it is drawn alike in any selection of the inputs.
        place = random.Random(f"{seed} {example.id}").randint(0, max(0, len(sentences) - SENTENCES))
        outputs.append(_passage(sentences, place))
    return outputs


def label_prior(examples: Sequence[Example], _step: str, _seed: int) -> list[Json]:
    """For every text how often each label is the main topic of all of them."""
    counts = Counter(example.topics[0] for example in examples)
    names = sorted({topic for example in examples for topic in example.topics})
    scores = {name: counts[name] / len(examples) for name in names}
    return [_scored(scores) for _ in examples]


def keyword_match(examples: Sequence[Example], _step: str, _seed: int) -> list[Json]:
    """How often the words of each label and of its description occur in the English text, as shares.

    Without any such word every label has the same share.
    """
    names = sorted({topic for example in examples for topic in example.topics})
    words = {name: set(grounding.content_stems(f"{name} {labels.describe(name)}")) for name in names}
    outputs = []
    for example in examples:
        counts = Counter(grounding.content_stems(_english(example)))
        found = {name: sum(counts[word] for word in words[name]) for name in names}
        total = sum(found.values())
        outputs.append(_scored({name: count / total if total else 1 / len(names) for name, count in found.items()}))
    return outputs


def word_overlap(examples: Sequence[Example], _step: str, _seed: int) -> list[Json]:
    """The share of a sentence's content words that the article holds, for its support."""
    return [{"support": grounding.support(example.source, example.article) or 0.0} for example in examples]


def digit_check(examples: Sequence[Example], _step: str, _seed: int) -> list[Json]:
    """A number wherever the digits of the two languages differ."""
    return [
        {"findings": ["number"] if any(facts.missing_numbers(example.source, example.article)) else []}
        for example in examples
    ]


BASELINES: Mapping[str, Baseline] = {
    "copy": copy,
    "lead": lead,
    "random passage": random_passage,
    "label prior": label_prior,
    "keyword match": keyword_match,
    "word overlap": word_overlap,
    "digit check": digit_check,
}
"""By the names that tasks and run files use."""

FROM_OUTPUTS: Mapping[str, Callable[[Sequence[Example], Sequence[Json]], list[Json]]] = {
    "length alone": doubts.length_alone,
    "log-probability alone": doubts.log_prob_alone,
    "without glossary": terminology.without_glossary,
}
"""Made of the outputs: as doubtful as one feature of them alone says; as they are without a glossary."""


def _english(example: Example) -> str:
    # Data of others has no English article for a German one: its own text then.
    return example.article or example.source


def _passage(sentences: Sequence[str], start: int) -> dict[str, Json]:
    return {
        "headline": sentences[0] if sentences else "",
        "summary": " ".join(sentences[start : start + SENTENCES]),
    }


def _scored(scores: Mapping[str, float]) -> dict[str, Json]:
    best = sorted(scores, key=lambda name: -scores[name])
    return {"topics": [{"label": name, "score": scores[name]} for name in best], "none_of_these": False}
