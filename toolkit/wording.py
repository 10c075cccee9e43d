"""How likely a text that the shipped summariser made of a sentence is fine: good English, and true to it.

What its judge says of it (`toolkit.editor`) and some plain figures, weighed as learned from texts that it made and that
were judged, sentences and headlines each for themselves (models/recipes/written.py, which writes wording.toml).
`toolkit.support` asks whether a passage bears a sentence out, whoever wrote it; of what stands together wrongly it sees
little.
"""

from __future__ import annotations

import functools
import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from importlib import resources

_TOKEN = re.compile(r"[\w'’-]+|[.,;:!?\"]")


def fineness(task: str, text: str, evidence: Sequence[str], *, log_prob: float, judged: float) -> float:
    """Probability, 0 to 1, that a text made of the last sentence of `evidence`, and those before it, is fine.

    `task`: "sentence" or "headline"; `log_prob`: natural-log probability of all decisions together, ≤ 0; `judged`: the
    judge's logit. Without evidence or a word it is 0.
    """
    found = figures(text, evidence, log_prob=log_prob, judged=judged)
    if not found:
        return 0.0
    offset, weights = _weights()[task]
    return 1 / (1 + math.exp(-offset - sum(weights[name] * value for name, value in found.items())))


def figures(text: str, evidence: Sequence[str], *, log_prob: float, judged: float) -> dict[str, float]:
    """What speaks for a text and against it, by name; nothing where it or the evidence has no word."""
    own, sources = _tokens(text), [tokens for part in evidence if (tokens := _tokens(part))]
    if not sources or not any(token[0].isalnum() for token in own):
        return {}
    main = sources[-1]
    known = {triple for tokens in sources for triple in _triples(tokens)}
    return {
        "judged": judged,
        "log-probability": log_prob,
        "log-probability a word": log_prob / len(own),
        "joints": math.log1p(sum(triple not in known for triple in _triples(own))),
        "share": min(1.0, len(own) / len(main)),
        "words": math.log(len(own)),
        "of main sentence": len(set(own) & set(main)) / len(set(own)),
        "begins alike": float(any(tokens[:2] == own[:2] for tokens in sources)),
        "ends alike": float(_last(own) == _last(main)),
    }


def _last(tokens: Sequence[str]) -> list[str]:
    return [token for token in tokens if token[0].isalnum()][-2:]


def _tokens(text: str) -> list[str]:
    return [token.casefold() for token in _TOKEN.findall(text)]


def _triples(tokens: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(tokens, tokens[1:], tokens[2:], strict=False)


@functools.cache
def _weights() -> dict[str, tuple[float, dict[str, float]]]:
    table = tomllib.loads(resources.files("toolkit").joinpath("wording.toml").read_text(encoding="utf-8"))
    return {task: (found["offset"], dict(found["weights"])) for task, found in table.items()}
