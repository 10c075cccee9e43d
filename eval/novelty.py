"""Whether a summary is written or only picked."""

from __future__ import annotations

from eval.metrics import TEXT, Share
from toolkit import segmentation


class CopiedSentences(Share):
    """For a summary: the reference is the English article.

    The summariser falls back on the article's own sentence where what its model wrote is not true to it. A model that
    no longer writes anything usable shows here, and may even gain in ROUGE.
    """

    name = "copied sentences"
    about = "share of the summary's sentences that stand in the article word for word, 0 to 1"
    higher_is_better = False
    reference_type = TEXT

    def row(self, prediction: str, reference: str, _source: str, /) -> tuple[float, float]:
        article = {_words(sentence) for sentence in segmentation.split_sentences(reference, language="en")}
        sentences = segmentation.split_sentences(prediction, language="en")
        return sum(_words(sentence) in article for sentence in sentences), len(sentences)


def _words(sentence: str) -> str:
    """The sentence with single blanks: a line break in the article makes no difference."""
    return " ".join(sentence.split())
