"""The shipped summariser's model: it edits one sentence into a shorter one or a headline, unit after unit.

An encoder reads a sentence and the one before it; a small recurrent decoder goes through their units and decides of
each whether it is kept, left out or given another ending, and which small words are put in before it, knowing what it
kept (text editing; Malmi et al. 2019, https://arxiv.org/abs/1909.01187). Its judge reads what the encoder makes of a
sentence and of what was made of it. A model folder holds both in editor.safetensors, their labels in editor.json
(models/recipes/editor.py and written.py write them).
"""

from __future__ import annotations

import functools
import itertools
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from toolkit import edits, folders, store
from toolkit.edits import Edit, Unit
from toolkit.engines import EncoderEngine, EngineSettings, load_encoder
from toolkit.engines.tokenization import FastTokenizer
from toolkit.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

SENTENCE = "sentence"
HEADLINE = "headline"
MOST_TOKENS = 200
"""Longest source with the sentence before it, as in training; longer ones are not edited."""
_BEAM = 6
_ACTIONS = 4
_INSERTIONS = 4
"""Labels that are tried of each unit and hypothesis: the likeliest."""
_DIGITS = 4
"""Decimal places of a log-probability that count: the last ones of a product depend on what it was computed with."""
_IMPOSSIBLE = np.float32(-1e9)
_CHANGE = re.compile(r"-[^+]*\+[^+]*")
_TOGETHER = 64
"""Sources that are searched side by side."""
_TURN = threading.Lock()
_MOST_WORDS = 8192
"""Words whose possible changes are kept."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is edited."""

    sentence: str
    before: str = ""
    """The sentence before it, of which some units may be kept too."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentence before, where there is one, and the sentence."""
        return (self.before, self.sentence) if self.before else (self.sentence,)

    @property
    def parts(self) -> tuple[tuple[Unit, ...], ...]:
        """The units of each of these that has any."""
        return tuple(found for text in self.sentences if (found := edits.units(text)))


@dataclass(frozen=True, slots=True)
class Edited:
    """A text made of a source."""

    text: str
    log_prob: float
    """Natural-log probability of all decisions together, ≤ 0."""


class Editor:
    """Edits sentences, and judges what was made of them. Safe to share between threads."""

    def __init__(self, folder: Path, engine: EncoderEngine) -> None:
        """Read the decoder of a model folder; `engine` runs the encoder."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
        from threadpoolctl import ThreadpoolController

        self.engine = engine
        facts = folders.read_json(folder / folders.EDITOR_FACTS)
        try:
            self._tasks, actions, self._inserted = (list(facts[key]) for key in ("tasks", "actions", "inserted"))
            stored = load_file(folder / folders.EDITOR_WEIGHTS)
            weights = {name: array.astype(np.float32) for name, array in stored.items()}
            self._decoder = _Decoder(weights, [i for i, words in enumerate(self._inserted) if "not" in words.split()])
            self._judge = weights["judge.weight"], float(weights["judge.bias"][0])
            if not self._decoder.fits(len(self._tasks), len(actions), len(self._inserted)):
                raise ValueError("labels and weights do not fit each other")
            if not all(_CHANGE.fullmatch(action) for action in actions[2:]):
                raise ValueError("an action is no change of an ending")
            vocabulary = FastTokenizer.read(folder / "tokenizer.json").vocabulary()
        except (OSError, SafetensorError, KeyError, IndexError, TypeError, ValueError) as error:
            raise ModelError(
                f"{folder}: damaged decoder ({' '.join(str(error).split())}); fetch the model again"
            ) from None
        self._labels = actions
        # Its products are small: with threads of their own they took ten times as long on cores that had other work.
        self._threads = ThreadpoolController()
        self._known = frozenset(word for word in vocabulary if word.isalpha())
        self._possible = functools.lru_cache(maxsize=_MOST_WORDS)(self._possible_of)

    @classmethod
    def load(cls, model: store.Model, settings: EngineSettings) -> Editor:
        """The editor of a model folder that holds one."""
        return cls(model.folder, load_encoder(model, settings))

    def edit(self, sources: Sequence[Source], task: str) -> list[list[Edited]]:
        """What is made of each source, the likeliest first, all different; nothing of one that is blank or too long.

        `task`: `SENTENCE` or `HEADLINE`.
        """
        parts = [source.parts for source in sources]
        short = [i for i, found in enumerate(parts) if found and self._is_short(found)]
        vectors = self.engine.encode_words([_words(parts[i]) for i in short])
        found: list[list[Edited]] = [[] for _ in sources]
        texts = [tuple(itertools.chain(*parts[i])) for i in short]
        # The longest first: the decoder drops sources from the end as they are done.
        order = sorted(range(len(short)), key=lambda i: -len(texts[i]))
        searched: list[list[tuple[float, list[tuple[int, int]]]]] = []
        for start in range(0, len(order), _TOGETHER):
            part = order[start : start + _TOGETHER]
            possible = [self._applicable(texts[i]) for i in part]
            # The limit holds for all of the process, and ends with what it was before.
            with _TURN, self._threads.limit(limits=1, user_api="blas"):
                searched += self._decoder.search([vectors[i] for i in part], possible, self._tasks.index(task))
        for i, hypotheses in zip(order, searched, strict=True):
            made: dict[str, Edited] = {}
            for log_prob, choices in hypotheses:
                text = edits.apply(self._edit(choices), texts[i])
                made.setdefault(text, Edited(text, log_prob))
            found[short[i]] = list(made.values())
        return found

    def judge(self, pairs: Sequence[tuple[Source, str]]) -> list[float]:
        """The logit of each text's being fine: good English, and true to its source; -20 where that is too long."""
        return [
            -20.0 if found is None else float(found @ self._judge[0] + self._judge[1]) for found in self.reading(pairs)
        ]

    def reading(self, pairs: Sequence[tuple[Source, str]]) -> list[Array | None]:
        """What the judge reads of each text after its source; None of what is blank or too long.

        The encoder's first vector, and the mean and the maximum of those of the units of the text, one after the other.
        """
        texts = [(tuple(itertools.chain(*source.parts)), edits.units(text)) for source, text in pairs]
        short = [i for i, text in enumerate(texts) if all(text) and self._is_short(text)]
        found: list[Array | None] = [None] * len(pairs)
        for i, rows in zip(short, self.engine.encode_words([_words(texts[i]) for i in short]), strict=True):
            own = rows[-1 - len(texts[i][1]) : -1]
            found[i] = np.concatenate([rows[0], own.mean(0), own.max(0)])
        return found

    def _is_short(self, parts: Sequence[Sequence[Unit]]) -> bool:
        text = " ".join(unit.text for part in parts for unit in part)
        limit = min(MOST_TOKENS, self.engine.max_source_tokens) - len(parts)
        # A token is at least one byte long, so short texts need no counting.
        return len(text.encode("utf-8", "replace")) + 2 < limit or self.engine.count_tokens([text])[0] <= limit

    def _applicable(self, text: Sequence[Unit]) -> NDArray[np.bool_]:
        """For each unit and action whether it can be done: the changed word is one the vocabulary has whole."""
        return np.stack([*(self._possible(unit.text) for unit in text), self._possible("")])

    def _possible_of(self, word: str) -> NDArray[np.bool_]:
        found = np.ones(len(self._labels), bool)
        for label, action in enumerate(self._labels[2:], 2):
            other = edits.changed(word, action)
            found[label] = other != word and other.casefold() in self._known
        return found

    def _edit(self, choices: Sequence[tuple[int, int]]) -> Edit:
        return Edit(
            tuple(self._labels[action] for action, _ in choices[:-1]),
            tuple(self._inserted[words] for _, words in choices),
        )


def _words(parts: Sequence[Sequence[Unit]]) -> list[list[str]]:
    return [[unit.text for unit in part] for part in parts]


class _Decoder:
    """The recurrent decoder of models/recipes/editor.py, with beam search."""

    def __init__(self, weights: Mapping[str, Array], unwanted: Sequence[int]) -> None:
        """`unwanted`: labels of words that are never put in."""
        self._action, self._insertion = weights["action.weight"], weights["inserted.weight"]
        self._task = weights["task.weight"]
        self._start = weights["start.weight"].T, weights["start.bias"]
        size = self._action.shape[1]
        self._width = len(self._start[0]) - size
        read, self._recurrent = weights["memory.weight_ih_l0"].T, weights["memory.weight_hh_l0"].T
        self._hidden = len(self._recurrent)
        self._read_bias, self._recurrent_bias = weights["memory.bias_ih_l0"], weights["memory.bias_hh_l0"]
        self._read = read[: self._width]
        # What does not depend on the text is multiplied once.
        self._read_action = self._action @ read[self._width : self._width + size]
        self._read_insertion = self._insertion @ read[self._width + size :]
        mix = weights["mix.weight"].T
        edges = np.cumsum([self._width, self._width, self._hidden, size])
        self._mix_state, self._mix_kept, self._mix_memory, mix_task, mix_before = np.split(mix, edges)
        self._mix_task = self._task @ mix_task + weights["mix.bias"]
        self._mix_before = self._action @ mix_before
        self._actions = weights["actions.weight"].T, weights["actions.bias"]
        self._insertions = weights["insertions.weight"].T, weights["insertions.bias"].copy()
        self._insertions[1][list(unwanted)] = _IMPOSSIBLE

    def fits(self, tasks: int, actions: int, inserted: int) -> bool:
        """Whether there are weights for so many labels of each kind."""
        sizes = (len(self._task), self._actions[1].size, len(self._action) - 1)
        return sizes == (tasks, actions, actions) and self._insertions[1].size == len(self._insertion) == inserted

    def search(
        self, vectors: Sequence[Array], applicable: Sequence[NDArray[np.bool_]], task: int
    ) -> list[list[tuple[float, list[tuple[int, int]]]]]:
        """For each source, longest first, hypotheses with their log-probability, the likeliest first.

        A hypothesis is the labels of action and words put in of each unit, and of the end.
        """
        if not vectors:
            return []
        lengths = [len(rows) - 1 for rows in vectors]
        count, longest = len(vectors), lengths[0]
        states = np.zeros((count, longest, self._width), np.float32)
        allowed = np.zeros((count, longest, self._actions[1].size), bool)
        for i, rows in enumerate(vectors):
            states[i, : lengths[i]] = rows[1:]
            allowed[i, : lengths[i]] = applicable[i]
        opening = np.concatenate([np.stack([rows[0] for rows in vectors]), np.repeat(self._task[[task]], count, 0)], 1)
        memory = np.repeat(np.tanh(opening @ self._start[0] + self._start[1])[:, None], _BEAM, 1)
        mixed_state, mixed_kept = states @ self._mix_state, states @ self._mix_kept
        read_state = states @ self._read
        read = np.zeros((count, _BEAM, 3 * self._hidden), np.float32)
        kept = np.zeros((count, _BEAM, self._hidden), np.float32)
        before: NDArray[np.intp] = np.full((count, _BEAM), len(self._action) - 1)
        scores = np.full((count, _BEAM), _IMPOSSIBLE)
        scores[:, 0] = 0.0
        steps: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]] = []
        finished: dict[int, Array] = {}
        for place in range(longest):
            while lengths[count - 1] <= place:
                count -= 1
                finished[count] = scores[count].copy()
            memory, read, kept, scores = (a[:count] for a in (memory, read, kept, scores))
            before = before[:count]
            memory = self._remember(read, memory)
            mixed = np.tanh(
                mixed_state[:count, place, None]
                + kept
                + memory @ self._mix_memory
                + self._mix_task[task]
                + self._mix_before[before]
            )
            is_end = np.array([lengths[i] == place + 1 for i in range(count)])
            parents, actions, words, scores = self._extend(mixed, scores, allowed[:count, place], is_end)
            steps.append((parents, actions, words))
            lines = np.arange(count)[:, None]
            is_kept = (actions != 0)[..., None]
            memory = memory[lines, parents]
            kept = np.where(is_kept, mixed_kept[:count, place, None], kept[lines, parents])
            read = read_state[:count, place, None] * is_kept + self._read_action[actions] + self._read_insertion[words]
            before = actions
        finished |= {i: scores[i] for i in range(count)}
        return [_traced(steps[: lengths[i]], i, finished[i]) for i in range(len(vectors))]

    def _remember(self, read: Array, memory: Array) -> Array:
        """A step of the gated recurrent unit (PyTorch's, https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html)."""
        size = self._hidden
        new, old = read + self._read_bias, memory @ self._recurrent + self._recurrent_bias
        reset, update = (_sigmoid(new[..., i : i + size] + old[..., i : i + size]) for i in (0, size))
        candidate = np.tanh(new[..., 2 * size :] + reset * old[..., 2 * size :])
        return np.asarray((1 - update) * candidate + update * memory, np.float32)

    def _extend(
        self, mixed: Array, scores: Array, allowed: NDArray[np.bool_], is_end: NDArray[np.bool_]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], Array]:
        """The best continuations of each source: hypothesis that goes on, action, words put in, and score."""
        acted = _log_softmax(mixed @ self._actions[0] + self._actions[1])
        put = _log_softmax(mixed @ self._insertions[0] + self._insertions[1])
        acted = np.where(allowed[:, None], acted, _IMPOSSIBLE)
        # The end counts as kept: something may be put in before it.
        acted = np.where(is_end[:, None, None], np.where(np.arange(acted.shape[-1]) == 1, 0.0, _IMPOSSIBLE), acted)
        tried = np.argsort(-acted[..., 1:], axis=-1, kind="stable")[..., :_ACTIONS] + 1
        filled = np.argsort(-put, axis=-1, kind="stable")[..., :_INSERTIONS]
        kept = np.take_along_axis(acted, tried, -1)[..., :, None] + np.take_along_axis(put, filled, -1)[..., None, :]
        shape = kept.shape
        actions = np.concatenate([np.zeros((*shape[:2], 1), np.intp), np.repeat(tried, shape[3], -1)], -1)
        words = np.concatenate([np.zeros((*shape[:2], 1), np.intp), np.tile(filled, shape[2])], -1)
        gains = np.concatenate([acted[..., :1], kept.reshape(*shape[:2], -1)], -1)
        total = np.round(scores[..., None] + gains, _DIGITS)
        flat = total.reshape(len(total), -1)
        best = np.argsort(-flat, axis=-1, kind="stable")[:, :_BEAM]
        rows = np.arange(len(flat))[:, None]
        return (
            best // total.shape[-1],
            actions.reshape(len(flat), -1)[rows, best],
            words.reshape(len(flat), -1)[rows, best],
            flat[rows, best],
        )


def _traced(
    steps: Sequence[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]], source: int, scores: Array
) -> list[tuple[float, list[tuple[int, int]]]]:
    """The hypotheses of a source, read back from their ends."""
    found = []
    for place, score in enumerate(scores.tolist()):
        if score <= _IMPOSSIBLE / 2:
            continue
        choices = []
        at = place
        for parents, actions, words in reversed(steps):
            choices.append((int(actions[source, at]), int(words[source, at])))
            at = int(parents[source, at])
        found.append((min(0.0, score), choices[::-1]))
    return found


def _sigmoid(values: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-values)), np.float32)


def _log_softmax(values: Array) -> Array:
    shifted = values - values.max(-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(-1, keepdims=True)), np.float32)
