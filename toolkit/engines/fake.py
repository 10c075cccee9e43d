"""Engines without weights: fast, deterministic, and public, so that users can test their own programs with them.

translator = Translator(engine=FakeSeq2Seq())
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
import time
from typing import TYPE_CHECKING

from toolkit.engines import Generation, GenerationOptions
from toolkit.engines.limits import check_lengths
from toolkit.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray

_WORD = re.compile(r"\w+|[^\w\s]+")
_NO_LETTER = re.compile(r"[\W\d_]")


class FakeSeq2Seq:
    """ "Translates" by turning every word of letters round, in its own case: "Der Hund" becomes "Red Dnuh".

    Doing it twice gives the source back. Punctuation and whatever holds a digit stay as they are. A word is a token.
    """

    name = "fake"

    def __init__(
        self,
        *,
        max_source_tokens: int = 512,
        loops_on: Collection[str] = (),
        fails_on: Collection[str] = (),
        seconds_per_text: float = 0.0,
    ) -> None:
        """Tell it what to do wrong.

        `loops_on`: a text holding one of these comes out as one word repeated up to `max_tokens`, unless
        `no_repeat_ngram` is set. `fails_on`: a call with a text holding one of these raises EngineError.
        `seconds_per_text`: how slow it is.
        """
        self.max_source_tokens = max_source_tokens
        self._loops_on = tuple(loops_on)
        self._fails_on = tuple(fails_on)
        self._seconds_per_text = seconds_per_text

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 1 for text in texts]

    def generate(self, texts: Sequence[str], *, options: GenerationOptions) -> list[Generation]:
        check_lengths(self.count_tokens(texts), self.max_source_tokens, self.name)
        for text in texts:
            if any(part in text for part in self._fails_on):
                raise EngineError(f"fake: told to fail on {text[:40]!r}")
        if self._seconds_per_text:
            time.sleep(self._seconds_per_text * len(texts))
        return [self._generate_one(text, options) for text in texts]

    def _generate_one(self, text: str, options: GenerationOptions) -> Generation:
        words = [_turned(word) for word in text.split()]
        if not words:
            return Generation(text="", log_prob=0.0, tokens=0, cut=False)
        if not options.no_repeat_ngram and any(part in text for part in self._loops_on):
            words = [words[0]] * (options.max_tokens + 1)
        cut = len(words) > options.max_tokens
        words = words[: options.max_tokens]
        # Between -0.1 and -0.6, by the text alone.
        log_prob = -0.1 - 0.5 * _fraction(text)
        return Generation(text=" ".join(words), log_prob=log_prob, tokens=len(words), cut=cut)


class FakeEncoder:
    """A bag of lower-cased words, each hashed to one of `dimensions` places: texts that share words are similar."""

    name = "fake"

    def __init__(self, *, max_source_tokens: int = 256, dimensions: int = 64) -> None:
        self.max_source_tokens = max_source_tokens
        self._dimensions = dimensions

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 2 for text in texts]

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        check_lengths(self.count_tokens(texts), self.max_source_tokens, self.name)
        return [self._embed_one(text) for text in texts]

    def _embed_one(self, text: str) -> list[float]:
        vector = [0.0] * self._dimensions
        for word in _words(text) or {""}:
            vector[int(_fraction(word) * self._dimensions)] += 1.0
        length = math.sqrt(sum(value * value for value in vector))
        return [value / length for value in vector]

    def encode_words(self, texts: Sequence[Sequence[Sequence[str]]]) -> list[NDArray[np.float32]]:
        import numpy as np

        joined = [" ".join(itertools.chain(*parts)) for parts in texts]
        check_lengths(self.count_tokens(joined), self.max_source_tokens, self.name)
        rows = [[text, *itertools.chain(*parts), ""] for text, parts in zip(joined, texts, strict=True)]
        return [np.array([self._embed_one(text) for text in row], np.float32) for row in rows]


class FakeEntailment:
    """The share of the hypothesis' words that the premise holds: from -4 (none) to 4 (all)."""

    name = "fake"

    def __init__(self, *, max_source_tokens: int = 512) -> None:
        self.max_source_tokens = max_source_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 2 for text in texts]

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        lengths = [len(premise.split()) + len(hypothesis.split()) + 3 for premise, hypothesis in pairs]
        check_lengths(lengths, self.max_source_tokens, self.name)
        return [_overlap(premise, hypothesis) for premise, hypothesis in pairs]


def _turned(word: str) -> str:
    """The letters of a word in reverse order, capitals where capitals were; as it is if it would not come back."""
    core = word.strip("".join(set(_NO_LETTER.findall(word))))
    if not core.isalpha() or any(character.isdigit() for character in word):
        return word
    turned = _reversed(core)
    return word.replace(core, turned, 1) if turned.isalpha() and _reversed(turned) == core else word


def _reversed(core: str) -> str:
    pairs = zip(reversed(core), core, strict=True)
    return "".join(letter.upper() if place.isupper() else letter.lower() for letter, place in pairs)


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}


def _fraction(text: str) -> float:
    """A number from 0 up to 1, by the text alone."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _overlap(premise: str, hypothesis: str) -> float:
    wanted = {word for word in _words(hypothesis) if word.isalnum()}
    if not wanted:
        return 0.0
    return 8.0 * len(wanted & _words(premise)) / len(wanted) - 4.0
