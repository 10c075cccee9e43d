"""Whether a summary is written or only picked."""

from __future__ import annotations

import re

from eval.metrics import TEXT, Share
from toolkit import segmentation

_WORD = re.compile(r"\w+")


class CopiedSentences(Share):
    """For a summary, or a headline: the reference is the English article.

    The summariser falls back on the article's own sentence where what its model made is not fit to be used. A model
    that no longer makes anything usable shows here, and may even gain in ROUGE.
    """

    name = "copied sentences"
    about = "share of a text's sentences whose words stand in the article one after the other, 0 to 1"
    higher_is_better = False
    reference_type = TEXT

    def row(self, prediction: str, reference: str, _source: str, /) -> tuple[float, float]:
        article = _run(reference)
        sentences = segmentation.split_sentences(prediction, language="en")
        return sum(_run(sentence) in article for sentence in sentences), len(sentences)


def _run(text: str) -> str:
    """The words of a text in small letters, with blanks between and around them."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "
