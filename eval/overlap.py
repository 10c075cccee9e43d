"""Overlap with reference texts: BLEU, chrF, chrF++ and TER of sacrebleu, ROUGE of rouge_score.

Their own statistics and their own formulas: the same files give the same figures on their command lines.
"""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER

from eval.metrics import Metric, Share, Statistics, package_version
from toolkit import segmentation
from toolkit.errors import InputError


class _Sacrebleu(Metric):
    """A metric of sacrebleu, with its defaults."""

    decimals = 1

    @abc.abstractmethod
    def _scorer(self) -> Any:
        """A fresh one: sacrebleu keeps the references in it."""

    def rows(self, predictions: Sequence[str], references: Sequence[Sequence[str]], _sources: Sequence[str], /) -> Any:
        _require_references(self.name, references)
        return self._scorer()._extract_corpus_statistics(predictions, _by_reference(references))

    def score(self, summed: Statistics) -> Statistics:
        scorer = self._scorer()
        scores = [scorer._compute_score_from_stats(row.tolist()).score for row in summed.reshape(-1, summed.shape[-1])]
        return np.array(scores).reshape(summed.shape[:-1])

    def signature(self, references: Sequence[Sequence[str]]) -> str:
        scorer = self._scorer()
        counts = {len(texts) for texts in references}
        scorer.num_refs = counts.pop() if len(counts) == 1 else -1  # -1: not the same for all
        return str(scorer.get_signature().format())


class Bleu(_Sacrebleu):
    name = "BLEU"
    about = "n-gram precision with a brevity penalty, 0 to 100 (Papineni et al. 2002; sacrebleu, 13a)"

    def _scorer(self) -> Any:
        # force: no remark on texts that look tokenized.
        return BLEU(force=True)


class Chrf(_Sacrebleu):
    name = "chrF"
    about = "F2 of character n-grams, 0 to 100 (Popović 2015; sacrebleu)"

    def _scorer(self) -> Any:
        return CHRF()


class ChrfPlusPlus(_Sacrebleu):
    name = "chrF++"
    about = "F2 of character n-grams, words and word pairs, 0 to 100 (Popović 2017; sacrebleu)"

    def _scorer(self) -> Any:
        return CHRF(word_order=2)


class Ter(_Sacrebleu):
    name = "TER"
    about = "edits needed to reach the reference for each 100 of its words, from 0 up (Snover et al. 2006; sacrebleu)"
    higher_is_better = False

    def _scorer(self) -> Any:
        return TER()


class _Rouge(Share):
    """Mean F1 of ROUGE over the inputs; of several references the best one counts."""

    kind: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self._scorer = RougeScorer([self.kind], use_stemmer=False)

    def rows(self, predictions: Sequence[str], references: Sequence[Sequence[str]], sources: Sequence[str], /) -> Any:
        _require_references(self.name, references)
        return super().rows(predictions, references, sources)

    def row(self, prediction: str, reference: Sequence[str], _source: str, /) -> tuple[float, float]:
        scores = self._scorer.score_multi([one_a_line(text) for text in reference], one_a_line(prediction))
        return scores[self.kind].fmeasure, 1.0

    def signature(self, references: Sequence[Sequence[str]]) -> str:
        counts = {len(texts) for texts in references}
        number = counts.pop() if len(counts) == 1 else "var"
        version = package_version("rouge_score")
        return f"nrefs:{number}|kind:{self.kind}|score:f1|stemmer:no|sentences:klartext|version:{version}"


class Rouge1(_Rouge):
    name = "ROUGE-1"
    about = "F1 of words, 0 to 1 (Lin 2004; rouge_score)"
    kind = "rouge1"


class Rouge2(_Rouge):
    name = "ROUGE-2"
    about = "F1 of word pairs, 0 to 1 (Lin 2004; rouge_score)"
    kind = "rouge2"


class RougeLsum(_Rouge):
    name = "ROUGE-Lsum"
    about = "F1 of the longest common subsequences sentence by sentence, 0 to 1 (Lin 2004; rouge_score)"
    kind = "rougeLsum"


def one_a_line(text: str) -> str:
    """Its sentences, one a line: what rougeLsum takes for sentences."""
    return "\n".join(segmentation.split_sentences(text, language="en"))


def _by_reference(references: Sequence[Sequence[str]]) -> list[list[str | None]]:
    """All first references, all second ones …; None where an input has fewer."""
    return [[texts[i] if i < len(texts) else None for texts in references] for i in range(max(map(len, references)))]


def _require_references(name: str, references: Sequence[Sequence[str]]) -> None:
    for number, texts in enumerate(references, 1):
        if isinstance(texts, str) or not texts or not all(text.strip() for text in texts):
            raise InputError(
                f"{name}: input {number} needs a list of references, none of them blank, got {texts!r:.60}"
            )
