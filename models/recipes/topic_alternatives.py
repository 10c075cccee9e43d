"""What else was tried for topics, on a small scale: entailment with one encoding a pair, and with one a text.

    python -m models.recipes.topic_alternatives --data ../shared/data --output .work/topics/alternatives.json

A cross-encoder reads text and label together and judges whether the one entails the other; a bi-encoder reads each
alone. Both start from all-MiniLM-L6-v2 and learn entailment from the same pairs; the first is then asked for topics.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.recipes import biencoder, precision, topic_scores, topics
from toolkit.engines import EngineSettings
from toolkit.labels import describe
from toolkit.topics import TopicClassifier

VERDICTS = ("contradiction", "neutral", "entailment")
_HYPOTHESIS = "This text is about {}."
_TOKENS = 64
"""Of a pair in training and in the judgement of topics; longer premises lose their end."""
_ROWS = 32
_WORDS = ("The council said on Monday that the work on the bridge, delayed twice since spring, would go on.",)


@dataclass(frozen=True, slots=True)
class Pair:
    """A premise, a hypothesis, and an index into `VERDICTS`."""

    premise: str
    hypothesis: str
    verdict: int


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a file that have one of the three verdicts."""
    content = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
    rows = [json.loads(line) for line in content.decode("utf-8").splitlines()]
    return [Pair(r["premise"], r["hypothesis"], VERDICTS.index(r["label"])) for r in rows if r["label"] in VERDICTS]


class CrossEncoder:
    """The encoder over text and label together, and a verdict from the mean of its states."""

    def __init__(self, folder: Path, *, seed: int = 1) -> None:
        torch.manual_seed(seed)
        self.encoder = biencoder.BiEncoder(folder)
        self.head = torch.nn.Linear(self.encoder.net.config.hidden_size, len(VERDICTS))

    def logits(self, pairs: Sequence[tuple[str, str]]) -> Tensor:
        """Pairs × verdicts; the premise is cut where both are too long together."""
        tokenizer = self.encoder.tokenizer
        rows = []
        for (premise, _), (hypothesis, _) in zip(
            tokenizer.encode_ids([p for p, _ in pairs]), tokenizer.encode_ids([h for _, h in pairs]), strict=True
        ):
            second = hypothesis[1:][: _TOKENS // 2]
            rows.append((premise[: _TOKENS - len(second) - 1] + premise[-1:], second))
        width = max(len(first) + len(second) for first, second in rows)
        ids = torch.tensor([[*a, *b, *[0] * (width - len(a) - len(b))] for a, b in rows])
        kinds = torch.tensor([[0] * len(a) + [1] * (width - len(a)) for a, b in rows])
        mask = torch.tensor([[1] * (len(a) + len(b)) + [0] * (width - len(a) - len(b)) for a, b in rows])
        with precision.autocast("cpu", enabled=self.encoder.net.training):
            states = self.encoder.net(input_ids=ids, attention_mask=mask, token_type_ids=kinds).last_hidden_state
        weights = mask.unsqueeze(-1).float()
        logits: Tensor = self.head((states.float() * weights).sum(1) / weights.sum(1))
        return logits

    def train(self, pairs: Sequence[Pair], *, seconds: float, most: int, seed: int = 1) -> int:
        """Learn for `seconds` of processor time or `most` steps of 32 pairs; the steps made."""
        parameters = [*self.encoder.net.parameters(), *self.head.parameters()]
        optimizer = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=0.01)
        rng = random.Random(seed)
        started, step = time.process_time(), 0
        self.encoder.net.train()
        while step < most and (spent := time.process_time() - started) < seconds:
            left = 1 - max(spent / seconds, step / most)
            optimizer.param_groups[0]["lr"] = 1e-4 * min((step + 1) / 8, left)
            batch = rng.sample(pairs, min(_ROWS, len(pairs)))
            verdicts = torch.tensor([pair.verdict for pair in batch])
            loss = functional.cross_entropy(self.logits([(p.premise, p.hypothesis) for p in batch]), verdicts)
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            step += 1
        self.encoder.net.train(False)
        return step

    def judge(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The logits of many pairs."""
        with torch.inference_mode():
            parts = [self.logits(pairs[start : start + _ROWS]) for start in range(0, len(pairs), _ROWS)]
        return torch.cat(parts).double().numpy()


def cross_encoder(
    base: Path, pairs: Sequence[Pair], judged: Sequence[Pair], data: Path, options: Any
) -> dict[str, Any]:
    """Train one, and ask it for verdicts and for topics."""
    model = CrossEncoder(base)
    steps = model.train(pairs, seconds=options.seconds, most=options.steps)
    found = model.judge([(p.premise, p.hypothesis) for p in judged]).argmax(axis=1)
    scores: dict[str, Any] = {"steps": steps, "entailment": share(found, [p.verdict for p in judged])}
    scores |= {"texts": options.most, "tokens": _TOKENS, "topics": {}}
    for name in topic_scores.SETS:
        texts = topic_scores.read_development_set(data, name, most=options.most)
        hypotheses = [_HYPOTHESIS.replace("{}", describe(label).partition(":")[0]) for label in texts.labels]
        logits = model.judge([(text, hypothesis) for text in texts.texts for hypothesis in hypotheses])
        entailed = (logits[:, 2] - logits[:, 0]).reshape(len(texts.texts), -1)
        scores["topics"][name] = share(entailed.argmax(axis=1), texts.truth)
    article = " ".join(_WORDS * 22)  # some 400 words: seven passages of 64 tokens
    words = article.split()
    passages = [" ".join(words[start : start + 45]) for start in range(0, len(words), 45)]
    scores["seconds"] = {
        str(count): timed(
            lambda count=count: model.judge(
                [(p, f"This text is about topic {n}.") for p in passages for n in range(count)]
            )
        )
        for count in options.labels
    }
    return scores


def bi_encoder(base: Path, pairs: Sequence[Pair], judged: Sequence[Pair], *, seed: int = 1) -> float:
    """Accuracy of a linear verdict over two vectors, their distance and their product; the encoder stays as it is."""
    encoder = biencoder.BiEncoder(base)

    def features(some: Sequence[Pair]) -> Tensor:
        texts = list(dict.fromkeys(text for pair in some for text in (pair.premise, pair.hypothesis)))
        vectors = dict(zip(texts, encoder.embed(texts, longest=_TOKENS), strict=True))
        first, second = (
            torch.stack([vectors[t] for t in side])
            for side in zip(*((p.premise, p.hypothesis) for p in some), strict=True)
        )
        # Unit vectors have small parts: all of about one after this.
        return torch.cat([first, second, (first - second).abs(), first * second * 20], dim=1) * 20

    torch.manual_seed(seed)
    inputs, verdicts = features(pairs), torch.tensor([pair.verdict for pair in pairs])
    head = torch.nn.Linear(inputs.shape[1], len(VERDICTS))
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-3, weight_decay=0.1)
    for _ in range(300):
        loss = functional.cross_entropy(head(inputs), verdicts)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    with torch.inference_mode():
        return share(head(features(judged)).argmax(dim=1).numpy(), [pair.verdict for pair in judged])


def share(found: Any, truth: Sequence[int]) -> float:
    """Of those that are right."""
    return round(float((np.asarray(found) == np.array(truth)).mean()), 4)


def timed(work: Any) -> float:
    """The better of two runs, in seconds."""
    times = []
    for _ in range(2):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return round(min(times), 3)


def latency(classifier: TopicClassifier, counts: Sequence[int]) -> dict[str, float]:
    """Seconds for an article of some 400 words, warm, by number of labels."""
    article = " ".join(_WORDS * 22)
    times = {}
    for count in counts:
        labels = [f"subject number {n}" for n in range(count)]
        classifier.classify(article, labels)
        times[str(count)] = timed(lambda labels=labels: classifier.classify(article, labels))
    return times


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=Path("models/topics-en"))
    parser.add_argument("--seconds", type=float, default=600.0, help="processor time the cross-encoder may learn")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--pairs", type=int, default=3000, help="pairs the bi-encoder's verdict is fitted to")
    parser.add_argument("--most", type=int, default=200, help="texts of each development set for the cross-encoder")
    parser.add_argument("--judged", type=int, help="pairs of xnli-en-dev (default: all)")
    parser.add_argument("--labels", type=int, nargs="*", default=[5, 20, 100])
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    rng = random.Random(1)
    pairs = read_pairs(options.data / "nli" / "mnli_subset.jsonl.xz")
    rng.shuffle(pairs)
    judged = read_pairs(options.data / "dev" / "nli" / "xnli-en-dev.jsonl")
    rng.shuffle(judged)
    judged = judged[: options.judged]
    base = topics.base_folder()
    classifier = TopicClassifier(options.model, settings=EngineSettings(threads=options.threads))
    found = {
        "judged": len(judged),
        "pairs": min(options.pairs, len(pairs)),
        "threads": options.threads,
        "seconds": latency(classifier, options.labels),
        "bi_encoder": bi_encoder(base, pairs[: options.pairs], judged),
    }
    print(found, flush=True)
    found["cross_encoder"] = cross_encoder(base, pairs, judged, options.data, options)
    options.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
