"""How much of a summary a sentence would be: learned weights of its words, its place and its form.

Two linear models. The first gives every word of an article the probability that a summary holds it, from how often
and where the article says it and what kind of word it is. The second gives a sentence the ROUGE to expect of it, from
those probabilities, its place, its form and how central it is to the article. Their weights stand in salience.json,
what is known of single words in salience-words.tsv; both are written by models/recipes/summary_salience.py.
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
_WORDS = Path(__file__).with_name("salience-words.tsv")
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


@dataclass(frozen=True, slots=True)
class Word:
    """What English news tells of a word."""

    opening: float
    """How much likelier a news lead's first sentence holds it than a later one, as a logarithm."""
    headline: float
    """The log odds of its standing in the headline of a lead that it stands in."""
    rarity: float
    """Inverse document frequency in sentences."""


@functools.cache
def words() -> Mapping[str, Word]:
    """The words of salience-words.tsv; "" is any other."""
    lines = _WORDS.read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {word: Word(*map(float, values)) for word, *values in rows}


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
        self._lengths: list[int] = []
        # Forms of one sentence share their words: each is looked at once, for one set of weights.
        self._known: dict[tuple[str, int], float] = {}
        self._values: dict[tuple[str, int], tuple[float, dict[str, float]]] = {}
        self._weights: Weights | None = None
        vectors = [_vector(text) for text in self.sentences]
        self._opening = vectors[0] if vectors else {}
        self._all: dict[str, float] = {}
        centre: dict[str, float] = {}
        for vector in vectors:
            norm = _norm(vector)
            for token, rarity in vector.items():
                self._all[token] = self._all.get(token, 0.0) + rarity
                centre[token] = centre.get(token, 0.0) + rarity / norm
        # Of each sentence, the mean cosine with every other one.
        others = max(1, len(vectors) - 1)
        self._central = [(_product(vector, centre) / _norm(vector) - 1) / others for vector in vectors]
        for i, text in enumerate(self.sentences):
            stems = [grounding.stem(token) for token in tokens(text)]
            self._lengths.append(len(stems))
            self._count.update(stems)
            self._spread.update(set(stems))
            for stem in stems:
                self._first.setdefault(stem, i)
            for match in _NAME.finditer(text):
                self._names.update(tokens(match.group()))

    def word_features(self, token: str, place: int) -> list[float]:
        """In the order of `WORD_FEATURES`, for a token of a sentence at index `place` or of a text written from it."""
        stem = grounding.stem(token)
        size = max(1, len(self.sentences))
        is_name, is_number = float(token in self._names), token[0].isdigit()
        count, spread = max(1, self._count[stem]), max(1, self._spread[stem])
        first = self._first.get(stem, size)
        word = words().get(token, words()[""])
        return [
            place / size,
            float(place == 0),
            is_name,
            float(is_number),
            float(is_number and len(token) == 4),
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
            word.opening,
            word.headline,
            word.rarity,
            count * word.rarity / 10,
            math.log(spread) * word.rarity,
            float(token.endswith("ed")),
            float(token.endswith("ing")),
            float(token.endswith("s")),
            float(token.endswith("ly")),
        ]

    def word_probabilities(self, text: str, place: int, weights: Weights) -> dict[str, float]:
        """Of each different word of a text, the probability that a summary of the article holds it."""
        if weights is not self._weights:
            self._forget(weights)
        found: dict[str, float] = {}
        for token in dict.fromkeys(tokens(text)):
            probability = self._known.get((token, place))
            if probability is None:
                value = weights.word[""] + weights.kinds.get(token, weights.kinds[""])
                for name, feature in zip(WORD_FEATURES, self.word_features(token, place), strict=True):
                    value += weights.word[name] * feature
                probability = self._known[token, place] = 1 / (1 + math.exp(-value))
            found[token] = probability
        return found

    def sentence_features(self, text: str, place: int, probabilities: Mapping[str, float]) -> list[float]:
        """In the order of `SENTENCE_FEATURES`."""
        found = tokens(text)
        different = set(found)
        size, length = max(1, len(self.sentences)), len(found)
        whole = self._lengths[place] if place < len(self._lengths) else length
        total = sum(probabilities.values())
        vector = _vector(text)
        norm = _norm(vector)
        central = self._central[place] if place < len(self._central) else 0.0
        quotes = sum(text.count(mark) for mark in '"“”')
        return [
            2 * total / (length + _SUMMARY_WORDS),
            total / max(1, length),
            math.log(length + 1),
            min(length, 40) / 40,
            float(length < 8),
            float(length > 25),
            min(1.0, length / max(1, whole)),
            float(length >= whole),
            place / size,
            1 / (place + 1),
            float(place == 0),
            float(place < 3),
            float(place == size - 1),
            math.log(size),
            float(LEANING.match(text) is not None),
            float(_FIRST_PERSON.search(text) is not None),
            float(quotes > 0),
            float(text[:1] in "\"“'‘"),
            float("said" in different),
            float("has" in different or "have" in different),
            float("been" in different),
            float("he" in different or "she" in different),
            float(found[:1] == ["the"]),
            float(found[:1] in (["a"], ["an"])),
            float("?" in text),
            len(different) / max(1, length),
            len(different & self._names) / max(1, len(different)),
            _product(vector, self._all) / norm / _norm(self._all),
            _product(vector, self._opening) / norm / _norm(self._opening),
            central,
            float(central >= max(self._central, default=0.0)),
            sum(character.isupper() for character in text) / (len(text) + 1),
            sum(character.isdigit() for character in text) / (len(text) + 1),
        ]

    def value(self, text: str, place: int, *, said: Collection[str] = (), weights: Weights | None = None) -> float:
        """The ROUGE to expect of a text from the sentence at `place`, where the words in `said` were said before."""
        weights = weights or shipped()
        if weights is not self._weights:
            self._forget(weights)
        known = self._values.get((text, place))
        if known is None:
            probabilities = self.word_probabilities(text, place, weights)
            features = self.sentence_features(text, place, probabilities)
            named = zip(SENTENCE_FEATURES, features, strict=True)
            value = weights.sentence[""] + sum(weights.sentence[name] * feature for name, feature in named)
            # How much the two features that are made of probabilities change the value when these change.
            length = len(tokens(text))
            slope = 2 * weights.sentence["expected words"] / (length + _SUMMARY_WORDS)
            slope += weights.sentence["mean word"] / max(1, length)
            open_words = {token: slope * found for token, found in probabilities.items() if token not in weights.kinds}
            known = self._values[text, place] = (value, open_words)
        value, lost = known
        return value - (1 - _SAID) * sum(lost[token] for token in lost.keys() & said)

    def _forget(self, weights: Weights) -> None:
        self._weights, self._known, self._values = weights, {}, {}


def _vector(text: str) -> dict[str, float]:
    """Each different word with its rarity."""
    known = words()
    return {token: known.get(token, known[""]).rarity for token in tokens(text)}


def _norm(vector: Mapping[str, float]) -> float:
    return math.sqrt(sum(value * value for value in vector.values())) or 1.0


def _product(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(value * other.get(token, 0.0) for token, value in one.items())


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
    "opening",
    "headline",
    "rarity",
    "count by rarity",
    "spread by rarity",
    "-ed",
    "-ing",
    "-s",
    "-ly",
)
SENTENCE_FEATURES = (
    "expected words",
    "mean word",
    "words (log)",
    "words",
    "below 8 words",
    "above 25 words",
    "share of its sentence",
    "whole sentence",
    "place",
    "1 / place",
    "first",
    "first three",
    "last",
    "sentences of the article",
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
    "different words",
    "names",
    "like the article",
    "like the first sentence",
    "like the other sentences",
    "most like the other sentences",
    "capitals",
    "digits",
)
