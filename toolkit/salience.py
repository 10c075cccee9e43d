"""How much of a summary a sentence would be: learned weights of its words, its place and its form.

Two linear models. The first gives every word of an article the probability that a summary holds it, from how often
and where the article says it and what kind of word it is. The second gives a sentence the ROUGE to expect of it, from
those probabilities, its place and its form. Their weights stand in salience.json, written by
models/recipes/summary_salience.py.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit import grounding

_WEIGHTS = Path(__file__).with_name("salience.json")
_TOKEN = re.compile(r"[a-z0-9]+")
_NAME = re.compile(r"(?<=[\w,;] )[A-Z][\w'’-]*")
_FIRST_PERSON = re.compile(r"\b(?:I|we|my|our|us|me)\b", re.IGNORECASE)
LEANING = re.compile(
    r"[\"“'‘]?(?:he|she|it|they|we|i|you|his|her|their|this|that|these|those|there|but|and|so|or|also|then|however|"
    r"meanwhile|here)\b",
    re.IGNORECASE,
)
_SUMMARY_WORDS = 21
"""Length of a summary sentence of the BBC, of which the ROUGE of a sentence depends."""
_SAID = 0.25
"""What is left of a word's probability once an earlier sentence of the summary has said it."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Both models: an intercept and a weight by feature."""

    word: Mapping[str, float]
    kinds: Mapping[str, float]
    """Weights of the commonest words of summaries; "" of all others."""
    sentence: Mapping[str, float]


@functools.cache
def shipped() -> Weights:
    """The weights of salience.json."""
    read = json.loads(_WEIGHTS.read_text(encoding="utf-8"))
    return Weights(read["word"], read["kinds"], read["sentence"])


def tokens(text: str) -> list[str]:
    """Words and numbers in small letters, as `rouge_score` counts them."""
    return _TOKEN.findall(text.casefold())


class Article:
    """An article's sentences and what they say about its words."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        self._count: Counter[str] = Counter()
        self._spread: Counter[str] = Counter()
        self._first: dict[str, int] = {}
        self._names: set[str] = set()
        for i, text in enumerate(self.sentences):
            stems = [grounding.stem(token) for token in tokens(text)]
            self._count.update(stems)
            self._spread.update(set(stems))
            for stem in stems:
                self._first.setdefault(stem, i)
            for match in _NAME.finditer(text):
                self._names.update(tokens(match.group()))

    def word_features(self, token: str, place: int, kinds: Collection[str]) -> list[float]:
        """In the order of `WORD_FEATURES`, for a token of a sentence at index `place` or of a text written from it."""
        stem = grounding.stem(token)
        size = max(1, len(self.sentences))
        is_name, is_number = float(token in self._names), token[0].isdigit()
        common = [place / size, float(place == 0), is_name, float(is_number), float(is_number and len(token) == 4)]
        if token in kinds:
            return [*common, *[0.0] * (len(WORD_FEATURES) - len(common))]
        count, spread = max(1, self._count[stem]), max(1, self._spread[stem])
        first = self._first.get(stem, size)
        return [
            *common,
            math.log(count),
            math.log(spread),
            spread / size,
            float(count == 1),
            float(first == 0),
            float(first <= 2),
            first / size,
            is_name * math.log(count),
            min(len(token), 12) / 12,
            float(len(token) <= 3),
            math.log(size),
        ]

    def word_probabilities(self, text: str, place: int, weights: Weights) -> dict[str, float]:
        """Of each different word of a text, the probability that a summary of the article holds it."""
        found: dict[str, float] = {}
        names = list(WORD_FEATURES)
        for token in tokens(text):
            if token not in found:
                features = self.word_features(token, place, weights.kinds)
                value = weights.word[""] + weights.kinds.get(token, weights.kinds[""])
                value += sum(weights.word[name] * feature for name, feature in zip(names, features, strict=True))
                found[token] = 1 / (1 + math.exp(-value))
        return found

    def sentence_features(self, text: str, place: int, probabilities: Mapping[str, float]) -> list[float]:
        """In the order of `SENTENCE_FEATURES`."""
        found = tokens(text)
        size, length = max(1, len(self.sentences)), len(found)
        total = sum(probabilities.values())
        quotes = sum(text.count(mark) for mark in '"“”')
        return [
            2 * total / (length + _SUMMARY_WORDS),
            total / max(1, length),
            math.log(length + 1),
            min(length, 40) / 40,
            float(length < 8),
            float(length > 25),
            place / size,
            1 / (place + 1),
            float(place == 0),
            float(place < 3),
            float(place == size - 1),
            float(LEANING.match(text) is not None),
            float(_FIRST_PERSON.search(text) is not None),
            float(quotes > 0),
            float(text[:1] in "\"“'‘"),
            float("said" in found),
            float("has" in found or "have" in found),
            float("been" in found),
            float("he" in found or "she" in found),
            float(found[:1] == ["the"]),
            float(found[:1] in (["a"], ["an"])),
            float("?" in text),
            sum(character.isupper() for character in text) / (len(text) + 1),
            sum(character.isdigit() for character in text) / (len(text) + 1),
        ]

    def value(self, text: str, place: int, *, said: Collection[str] = (), weights: Weights | None = None) -> float:
        """The ROUGE to expect of a text from the sentence at `place`, where the words in `said` were said before."""
        weights = weights or shipped()
        probabilities = self.word_probabilities(text, place, weights)
        for token in probabilities.keys() & said:
            if token not in weights.kinds:
                probabilities[token] *= _SAID
        features = self.sentence_features(text, place, probabilities)
        named = zip(SENTENCE_FEATURES, features, strict=True)
        return weights.sentence[""] + sum(weights.sentence[name] * feature for name, feature in named)


WORD_FEATURES = (
    "place",
    "in the first sentence",
    "name",
    "number",
    "year",
    "count",
    "spread",
    "share of sentences",
    "said once",
    "first said in sentence 1",
    "first said in sentences 1 to 3",
    "first place",
    "count as a name",
    "length",
    "short",
    "sentences of the article",
)
SENTENCE_FEATURES = (
    "expected words",
    "mean word",
    "words (log)",
    "words",
    "below 8 words",
    "above 25 words",
    "place",
    "1 / place",
    "first",
    "first three",
    "last",
    "leans on the one before",
    "first person",
    "quotation marks",
    "opens a quotation",
    "said",
    "has or have",
    "been",
    "he or she",
    "starts with the",
    "starts with a",
    "question",
    "capitals",
    "digits",
)
