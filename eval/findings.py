"""The fact checks (`toolkit.facts`) on translations with a slip each, and on references, where none is to be found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import datasets

from eval.articles import FOLDER, read_articles
from eval.contrast import CHECKS
from eval.examples import Example
from eval.metrics import TEXT, Share
from eval.rows import read_rows
from eval.sets import DataSet
from toolkit import facts


class SlipRecall(Share):
    """Only the kind that is expected counts, and only where one is."""

    name = "slips found"
    about = "share of the translations with a slip that have a finding of its kind, 0 to 1"
    prediction_type = datasets.List(TEXT)
    reference_type = CHECKS

    def row(self, prediction: Sequence[str], reference: Mapping[str, Any], _source: str, /) -> tuple[float, float]:
        expected = reference["expects"]
        return bool(expected) and expected[0][0] in prediction, bool(expected)


class FalseAlarms(Share):
    """Those with a slip do not count."""

    name = "false alarms"
    about = "share of the reference translations with a finding of any kind, 0 to 1"
    higher_is_better = False
    prediction_type = datasets.List(TEXT)
    reference_type = CHECKS

    def row(self, prediction: Sequence[str], reference: Mapping[str, Any], _source: str, /) -> tuple[float, float]:
        is_good = not reference["expects"]
        return is_good and bool(prediction), is_good


def kinds(source: str, translation: str) -> list[str]:
    """The kinds of what is found, in the order of `facts.KINDS`."""
    found = {finding.kind for finding in facts.check(source, translation)}
    return [kind for kind in facts.KINDS if kind in found]


def data() -> DataSet:
    """Slips, the kind of each expected and its register; and all references of our articles, of which nothing is."""
    examples = [
        Example(
            id=f"slip-{number:03}",
            source=row["de"],
            article=row["slip"],
            expects=((row["kind"],),),
            register=row["kind"],
        )
        for number, row in enumerate(read_rows(FOLDER / "fact-slips.jsonl"), 1)
    ]
    for article in read_articles():
        for i, ((german, english), second) in enumerate(zip(article.sentences, article.seconds, strict=True)):
            for name, text in (("a", english), ("b", second)):
                if text is not None:
                    examples.append(
                        Example(id=f"{article.id}:{i}{name}", source=german, article=text, register=article.register)
                    )
    return DataSet("facts", tuple(examples))
