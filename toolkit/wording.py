"""How likely a sentence that the shipped summariser wrote of a passage is fine: good English, and true to it.

Four figures, weighed as learned from sentences that it wrote and that were judged (models/recipes/written.py, which
writes wording.toml): how certain the model was, how many places put words together that the passage does not, how
much of it stands in one sentence of the passage, and whether it begins as one of them does. `toolkit.support` asks
whether the passage bears a sentence out, whoever wrote it; of what stands together wrongly it sees little.
"""

from __future__ import annotations

import functools
import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from importlib import resources

_TOKEN = re.compile(r"[\w'’-]+|[.,;:!?\"]")


def fineness(sentence: str, evidence: Sequence[str], log_prob: float) -> float:
    """Probability, 0 to 1, that a sentence written of the sentences of `evidence` is fine.

    `log_prob`: natural-log probability of all its tokens together, ≤ 0. Without evidence or a word it is 0.
    """
    found = figures(sentence, evidence, log_prob)
    if not found:
        return 0.0
    offset, weights = _weights()
    return 1 / (1 + math.exp(-offset - sum(weights[name] * value for name, value in found.items())))


def figures(sentence: str, evidence: Sequence[str], log_prob: float) -> dict[str, float]:
    """What speaks for a sentence and against it, by name; nothing where it or the evidence has no word."""
    own, sources = _tokens(sentence), [tokens for text in evidence if (tokens := _tokens(text))]
    if not own or not sources:
        return {}
    known = {triple for tokens in sources for triple in _triples(tokens)}
    return {
        "log-probability": log_prob,
        "joints": math.log1p(sum(triple not in known for triple in _triples(own))),
        "of one sentence": max(len(set(own) & set(tokens)) for tokens in sources) / len(set(own)),
        "begins alike": float(any(tokens[:2] == own[:2] for tokens in sources)),
    }


def _tokens(text: str) -> list[str]:
    return [token.casefold() for token in _TOKEN.findall(text)]


def _triples(tokens: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(tokens, tokens[1:], tokens[2:], strict=False)


@functools.cache
def _weights() -> tuple[float, dict[str, float]]:
    table = tomllib.loads(resources.files("toolkit").joinpath("wording.toml").read_text(encoding="utf-8"))
    return table["offset"], dict(table["weights"])
