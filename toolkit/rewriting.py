"""What a model wrote of a passage, as a sentence or headline to be used, or nothing where it is unsound."""

from __future__ import annotations

import re

from toolkit import grounding, repetition, segmentation
from toolkit.clauses import capitalised, has_verb, without_dateline
from toolkit.engines import Generation
from toolkit.passages import is_sentence

# Below these shares of content words found in the passage and mean log-probabilities a token, outputs of the shipped
# model on fifty development articles were mostly wrong, above them mostly right (read one by one).
_LEAST_SUPPORT = 0.85
_LEAST_LOG_PROB = -0.8
_LEAST_HEADLINE_SUPPORT = 0.9
_LEAST_HEADLINE_LOG_PROB = -0.75
# Fewer words say nothing: "The 47-year-old Kerr.", "The venomous snake".
_LEAST_WORDS = 4
LEAST_HEADLINE_WORDS = 5

CLOSED = re.compile(r"[.!?…][\"'”’)\]]*$")
# "The company, which employs 300 people." lacks its main verb.
_ONLY_A_SUBJECT = re.compile(r"[^,]*, (?:which|who|whose|where|when) [^,]*")
_INSIDE = re.compile(r"(?<=[\w,;] )[^\W_]+(?:[.'’&-][^\W_]+)*")
_DANGLING = frozenset(
    "a an the of to in on at for from by with and or but as than that which who if when because his her its their is "
    "are was were be been being has have had will would can could may must should not only solely just even also "
    "very".split()
)


class Reader:
    """What makes a usable text of an output, or None where it is unsound."""

    def __init__(self, *, is_headline: bool) -> None:
        self._is_headline = is_headline

    def __call__(self, output: Generation, source: str) -> str | None:
        text = without_dateline(" ".join(output.text.split()))
        if not self._is_headline:
            # Asked for one sentence, the model now and then goes on with the next.
            text = next((part for part in segmentation.split_sentences(text, language="en") if is_sentence(part)), text)
        text = _recased(text, source)
        least = _LEAST_HEADLINE_SUPPORT if self._is_headline else _LEAST_SUPPORT
        surest = _LEAST_HEADLINE_LOG_PROB if self._is_headline else _LEAST_LOG_PROB
        if output.cut or not text or output.log_prob < surest or not is_sound(text, source, least=least):
            return None
        words = grounding.words(text)
        if not words or words[-1].casefold() in _DANGLING or text.count('"') % 2:
            return None
        fewest = LEAST_HEADLINE_WORDS if self._is_headline else _LEAST_WORDS
        if not self._is_headline and has_verb(source) and not has_verb(text):
            return None
        if _ONLY_A_SUBJECT.fullmatch(text) or len(words) < min(fewest, len(grounding.words(source))):
            return None
        text = capitalised(text)
        if self._is_headline:
            return text.rstrip(" .")
        closed = text if CLOSED.search(text) else text.rstrip(" ,;:–-") + "."
        return closed if len(closed) <= len(source) else None


as_headline = Reader(is_headline=True)
as_sentence = Reader(is_headline=False)


def is_sound(text: str, source: str, *, least: float) -> bool:
    """Whether a text neither repeats itself nor says what its source does not."""
    if repetition.longest_run(text) or len(text.split()) > max(len(source.split()), 3):
        return False
    support = grounding.support(text, source)
    return support is not None and support >= least and not grounding.ungrounded(text, source)


def _recased(text: str, source: str) -> str:
    """A text with its small words capitalised where its source has them only so."""
    forms: dict[str, set[str]] = {}
    for word in grounding.words(source):
        forms.setdefault(word.casefold(), set()).add(word)
    # A capital at the start of a sentence says nothing.
    inside = set(_INSIDE.findall(source))

    def form(match: re.Match[str]) -> str:
        known = forms.get(match.group(), set())
        return next(iter(known)) if len(known) == 1 and known <= inside else match.group()

    return re.sub(r"(?<![\w'’-])[^\W\d_A-Z]\w+(?![\w'’-])", form, text)
