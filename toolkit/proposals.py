"""What an editor proposes for a summary or a headline, as far as it is fit to be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from toolkit import wording
from toolkit.editor import HEADLINE, SENTENCE, Edited, Source
from toolkit.engines import EncoderEngine
from toolkit.rewriting import as_headline, as_sentence
from toolkit.selection import is_sentence

# What is made of a sentence is used if it is this likely to be good English and true.
_LEAST_FINENESS = {SENTENCE: 0.6, HEADLINE: 0.7}


class SentenceEditor(Protocol):
    """What makes texts of sentences and judges them: `toolkit.editor.Editor`, or what takes its place in tests."""

    @property
    def engine(self) -> EncoderEngine:
        """What its encoder runs on."""

    def edit(self, sources: Sequence[Source], task: str) -> list[list[Edited]]:
        """What is made of each source for a task, the likeliest first."""

    def judge(self, pairs: Sequence[tuple[Source, str]]) -> list[float]:
        """The logit of each text's being fine."""


def sources_of(sentences: Sequence[str], place: int) -> list[tuple[tuple[int, ...], Source]]:
    """What the sentence at an index is edited from: itself after the one before, and alone."""
    sentence = sentences[place]
    found: list[tuple[tuple[int, ...], Source]] = [((place,), Source(sentence))]
    if place and is_sentence(sentences[place - 1]):
        found.insert(0, ((place - 1, place), Source(sentence, sentences[place - 1])))
    return found


@dataclass(frozen=True, slots=True)
class Proposal:
    """A text that an editor made."""

    text: str
    fineness: float
    """Probability that it is good English and true, 0 to 1."""


def proposals(
    editor: SentenceEditor,
    sources: Sequence[Source],
    task: str,
    *,
    is_wanted: Callable[[int, str], bool] | None = None,
) -> list[list[Proposal]]:
    """What the editor makes of each source and is sound and likely fine, the likeliest fine first.

    `is_wanted`: asked, with the index of its source, whether a text would be used if it is fine; others are not judged.
    """
    read = as_sentence if task == SENTENCE else as_headline
    asked: list[tuple[int, str, float]] = []
    for i, (source, made) in enumerate(zip(sources, editor.edit(sources, task), strict=True)):
        texts: dict[str, float] = {}
        for edited in made:
            text = read(edited.text, " ".join(source.sentences).strip())
            if text and text not in texts and (is_wanted is None or is_wanted(i, text)):
                texts[text] = edited.log_prob
        asked += [(i, text, log_prob) for text, log_prob in texts.items()]
    found: list[list[Proposal]] = [[] for _ in sources]
    judged = editor.judge([(sources[i], text) for i, text, _ in asked])
    for (i, text, log_prob), logit in zip(asked, judged, strict=True):
        chance = wording.fineness(task, text, sources[i].sentences, log_prob=log_prob, judged=logit)
        if chance >= _LEAST_FINENESS[task]:
            found[i].append(Proposal(text, chance))
    return [sorted(made, key=lambda proposal: -proposal.fineness) for made in found]
