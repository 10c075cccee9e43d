"""An editor of sentences for summaries and headlines, from all-MiniLM-L6-v2: its parts, training and export.

An encoder reads a sentence and the one before it; a small recurrent decoder then goes through their units and decides
of each whether it is kept, left out or changed, and what is put in before it, knowing what was kept so far (text
editing; Malmi et al. 2019, https://arxiv.org/abs/1909.01187, with the decisions made one after the other). An
interrupted training goes on from its checkpoint. A second head teaches the encoder to judge what was made.
"""

from __future__ import annotations

import json
import math
import random
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel

from models.recipes import precision
from models.recipes.edits import LEAVE_OUT, TASKS, Example
from models.recipes.verdicts import Judged
from toolkit import folders
from toolkit.editor import MOST_TOKENS
from toolkit.engines.tokenization import FastTokenizer
from toolkit.folders import EDITOR_FACTS, EDITOR_WEIGHTS

HELD_OUT = 17
"""Examples of every story whose index is a multiple of it are not learned from."""
_WITHOUT_BEFORE = 0.3
"""Share of the examples that need nothing of the sentence before that are read without it."""
_MULTIPLE = 8
_POOL = 20
"""Batches whose examples are sorted by length together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how fast to train."""

    epochs: int = 8
    batch: int = 24
    """Examples a step, each with up to three edits."""
    judged: int = 12
    """Judged texts a step."""
    judging: float = 2.0
    """What a nat of the verdicts counts beside one of the edits."""
    learning_rate: float = 1.5e-4
    """Of the encoder; its word vectors are kept."""
    decoder_rate: float = 1.5e-3
    warmup: float = 0.1
    """Share of the steps over which the rates rise; they then fall to zero in a straight line."""
    dropout: float = 0.15
    seed: int = 1


class Decoder(nn.Module):
    """Decides about unit after unit, by what it kept before."""

    def __init__(self, width: int, actions: int, inserted: int, *, hidden: int = 256, embedding: int = 32) -> None:
        super().__init__()
        self.action = nn.Embedding(actions + 1, embedding)
        """The last row stands before the first unit."""
        self.inserted = nn.Embedding(inserted, embedding)
        self.task = nn.Embedding(len(TASKS), embedding)
        self.memory = nn.GRU(width + 2 * embedding, hidden, batch_first=True)
        self.start = nn.Linear(width + embedding, hidden)
        self.mix = nn.Linear(2 * width + hidden + 2 * embedding, hidden)
        self.actions = nn.Linear(hidden, actions)
        self.insertions = nn.Linear(hidden, inserted)

    def forward(
        self, opening: Tensor, states: Tensor, task: Tensor, actions: Tensor, inserted: Tensor, dropout: float
    ) -> tuple[Tensor, Tensor]:
        """Scores of actions and of words put in, for every unit, the units before it decided as given.

        Shapes: opening B×D, states B×N×D, task B, actions and inserted B×N; scores B×N×labels.
        """
        rows, count, width = states.shape
        states = functional.dropout(states, dropout, self.training)
        is_kept = actions != 0
        read = torch.cat([states * is_kept.unsqueeze(-1), self.action(actions), self.inserted(inserted)], -1)
        read = torch.cat([read.new_zeros(rows, 1, read.shape[-1]), read[:, :-1]], 1)
        asked = self.task(task)
        start = torch.tanh(self.start(torch.cat([opening, asked], -1))).unsqueeze(0)
        memory, _ = self.memory(read, start)
        places = torch.arange(count).expand(rows, count)
        last = torch.where(is_kept, places, torch.full_like(places, -1)).cummax(1).values
        last = torch.cat([last.new_full((rows, 1), -1), last[:, :-1]], 1)
        kept = states.gather(1, last.clamp(min=0).unsqueeze(-1).expand(-1, -1, width)) * (last >= 0).unsqueeze(-1)
        before = torch.cat([actions.new_full((rows, 1), self.actions.out_features), actions[:, :-1]], 1)
        memory = functional.dropout(memory, dropout, self.training)
        asked = asked.unsqueeze(1).expand(-1, count, -1)
        mixed = torch.tanh(self.mix(torch.cat([states, kept, memory, asked, self.action(before)], -1)))
        return self.actions(mixed), self.insertions(mixed)


class Judge(nn.Module):
    """Says how likely a text is fine, from the first vector and the mean and the maximum of those of its units.

    It is there while the encoder learns, for the encoder's sake.
    """

    def __init__(self, width: int, *, hidden: int = 64) -> None:
        super().__init__()
        self.inner = nn.Linear(3 * width, hidden)
        self.outer = nn.Linear(hidden, 1)

    def forward(self, states: Tensor, own: Tensor, dropout: float) -> Tensor:
        """Logits, B; `states`: B×N×D, the last layer; `own`: B×N, true where a unit of the text begins."""
        inside = own.unsqueeze(-1)
        mean = (states * inside).sum(1) / inside.sum(1).clamp(min=1)
        most = states.masked_fill(~inside, float("-inf")).amax(1)
        read = functional.dropout(torch.cat([states[:, 0], mean, most], -1), dropout, self.training)
        logits: Tensor = self.outer(torch.tanh(self.inner(read))).squeeze(-1)
        return logits


@dataclass(frozen=True, slots=True)
class Encoded:
    """An example as numbers."""

    ids: list[int]
    places: list[int]
    """Where the first token, each unit's first token and the end are."""
    edits: dict[int, tuple[list[int], list[int]]]
    """Task → label of each unit's action, and of what is put in before it and after the last."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judged text as numbers."""

    ids: list[int]
    """Of its source, and of itself."""
    places: list[int]
    """Where each of its own units begins."""
    is_fine: bool


class Editor:
    """Encoder, decoder with its labels, and judge."""

    def __init__(self, base: Path, actions: Sequence[str], inserted: Sequence[str], *, seed: int) -> None:
        torch.manual_seed(seed)
        self.base, self.labels = base, (list(actions), list(inserted))
        self.encoder: BertModel = BertModel.from_pretrained(
            base, add_pooling_layer=False, local_files_only=True, dtype=torch.float32
        )
        self.encoder.embeddings.requires_grad_(False)
        self.decoder = Decoder(self.encoder.config.hidden_size, len(actions), len(inserted))
        self.judge = Judge(self.encoder.config.hidden_size)
        self.net = nn.ModuleList([self.encoder, self.decoder, self.judge])
        self.tokenizer = FastTokenizer.read(base / "tokenizer.json")

    def begin_from(self, folder: Path) -> None:
        """Take over an editor's weights as exported: its encoder, and of its decoder what its labels share with these.

        What is new begins as it is, the judge too. ModelError where the folder cannot be read.
        """
        facts = folders.read_json(folder / EDITOR_FACTS)
        self.encoder.load_state_dict({n: t.float() for n, t in load_file(folder / "model.safetensors").items()})
        stored = {name: tensor.float() for name, tensor in load_file(folder / EDITOR_WEIGHTS).items()}
        actions, inserted, tasks = (
            [(facts[key].index(name), i) for i, name in enumerate(labels) if name in facts[key]]
            for key, labels in (("actions", self.labels[0]), ("inserted", self.labels[1]), ("tasks", TASKS))
        )
        # Before the first unit stands a label of its own.
        with_start = [*actions, (len(facts["actions"]), len(self.labels[0]))]
        shared = {"action": with_start, "actions": actions, "inserted": inserted, "insertions": inserted, "task": tasks}
        for name, tensor in self.decoder.state_dict().items():
            if places := shared.get(name.split(".")[0]):
                old, new = zip(*places, strict=True)
                tensor[list(new)] = stored[name][list(old)]
            else:
                tensor.copy_(stored[name])

    def encode(self, examples: Sequence[Example], *, alone: bool = False) -> list[Encoded | None]:
        """None for what is too long or has no edit whose labels are known; `alone`: without the sentence before."""
        indices = [{label: i for i, label in enumerate(found)} for found in self.labels]
        texts = []
        for example in examples:
            parts = (example.sentence,) if alone or not example.before else (example.before, example.sentence)
            texts.append(tuple([unit.text for unit in part] for part in parts))
        found: list[Encoded | None] = []
        for example, (ids, places) in zip(examples, self.tokenizer.encode_words(texts), strict=True):
            known = {}
            for task, edit in example.edits.items():
                skipped = len(example.before) if alone else 0
                actions, inserted = edit.actions[skipped:], edit.inserted[skipped:]
                if any(action != LEAVE_OUT for action in edit.actions[:skipped]):
                    continue
                if set(actions) <= indices[0].keys() and set(inserted) <= indices[1].keys():
                    known[TASKS.index(task)] = ([indices[0][a] for a in actions], [indices[1][w] for w in inserted])
            found.append(Encoded(ids, places, known) if known and len(ids) <= MOST_TOKENS else None)
        return found

    def encode_judged(self, rows: Sequence[Judged]) -> list[Verdict]:
        """Those that are not too long."""
        texts = [([unit.text for unit in row.source], [unit.text for unit in row.units]) for row in rows]
        return [
            Verdict(ids, places[len(source) + 1 : -1], row.is_fine)
            for row, (source, _), (ids, places) in zip(rows, texts, self.tokenizer.encode_words(texts), strict=True)
            if len(ids) <= MOST_TOKENS
        ]

    def states(self, rows: Sequence[Encoded] | Sequence[Verdict]) -> Tensor:
        """The encoder's last layer, rows × tokens × width."""
        width = -(-max(len(row.ids) for row in rows) // _MULTIPLE) * _MULTIPLE
        ids = torch.tensor([row.ids + [0] * (width - len(row.ids)) for row in rows])
        mask = torch.tensor([[1] * len(row.ids) + [0] * (width - len(row.ids)) for row in rows])
        with precision.autocast("cpu", enabled=self.net.training):
            found: Tensor = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        return found

    def judging_loss(self, rows: Sequence[Verdict], dropout: float = 0.0) -> Tensor:
        """Mean cross entropy of the verdicts, in nats."""
        wanted = torch.tensor([float(row.is_fine) for row in rows])
        return functional.binary_cross_entropy_with_logits(self.verdicts(rows, dropout), wanted)

    def verdicts(self, rows: Sequence[Verdict], dropout: float = 0.0) -> Tensor:
        """The logit of each text's being fine."""
        states = self.states(rows)
        own = torch.zeros(states.shape[:2], dtype=torch.bool)
        for line, row in enumerate(rows):
            own[line, row.places] = True
        logits: Tensor = self.judge(states, own, dropout)
        return logits

    def loss(self, rows: Sequence[Encoded], dropout: float = 0.0) -> tuple[Tensor, int]:
        """Mean negative log-probability of an edit, in nats, and the number of edits."""
        states = self.states(rows)
        wanted = [(i, task, edit) for i, row in enumerate(rows) for task, edit in row.edits.items()]
        count = max(len(rows[i].places) for i, _, _ in wanted) - 1
        places = torch.zeros(len(wanted), count, dtype=torch.long)
        inside = torch.zeros(len(wanted), count, dtype=torch.bool)
        actions, inserted = torch.zeros_like(places), torch.zeros_like(places)
        for line, (i, _, (acted, put)) in enumerate(wanted):
            size = len(put)
            places[line, :size] = torch.tensor(rows[i].places[1:])
            inside[line, :size] = True
            # The end counts as kept: something may be put in before it.
            actions[line, :size] = torch.tensor([*acted, 1])
            inserted[line, :size] = torch.tensor(put)
        articles = torch.tensor([i for i, _, _ in wanted])
        scores = self.decoder(
            states[articles, 0],
            states[articles[:, None], places],
            torch.tensor([task for _, task, _ in wanted]),
            actions,
            inserted,
            dropout,
        )
        acts, puts = inside, inside & (actions != 0)
        total = functional.cross_entropy(scores[0][acts], actions[acts], reduction="sum")
        total = total + functional.cross_entropy(scores[1][puts], inserted[puts], reduction="sum")
        return total / len(wanted), len(wanted)

    def held_out_loss(self, rows: Sequence[Encoded], *, batch: int = 32) -> float:
        """The same over many examples, without gradients."""
        self.net.train(False)
        total, number = 0.0, 0
        ordered = sorted(rows, key=lambda row: len(row.ids))
        with torch.inference_mode():
            for start in range(0, len(ordered), batch):
                loss, count = self.loss(ordered[start : start + batch])
                total, number = total + float(loss) * count, number + count
        return total / max(1, number)

    def judged_well(self, rows: Sequence[Verdict], *, batch: int = 32) -> float:
        """Area under the ROC curve of the verdicts."""
        self.net.train(False)
        with torch.inference_mode():
            logits = [x for i in range(0, len(rows), batch) for x in self.verdicts(rows[i : i + batch]).tolist()]
        return float(roc_auc_score([row.is_fine for row in rows], logits))

    def export(self, folder: Path) -> None:
        """Write a BertModel folder in float16, and labels, decoder and judge beside it."""
        folder.mkdir(parents=True, exist_ok=True)
        self.encoder.config.save_pretrained(folder)
        weights = {name: tensor.half().contiguous() for name, tensor in self.encoder.state_dict().items()}
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        decoder = {name: tensor.half().contiguous() for name, tensor in self.decoder.state_dict().items()}
        # What judges in use is fitted afterwards, to texts of these weights (models/recipes/written.py).
        width = 3 * self.encoder.config.hidden_size
        decoder |= {"judge.weight": torch.zeros(width), "judge.bias": torch.zeros(1)}
        save_file(decoder, folder / EDITOR_WEIGHTS, metadata={"format": "pt"})
        facts = {"tasks": TASKS, "actions": self.labels[0], "inserted": self.labels[1]}
        (folder / EDITOR_FACTS).write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json"):
            if (self.base / name).is_file():
                shutil.copyfile(self.base / name, folder / name)


def parts(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """What is learned from, and what is held out, by story."""
    return [e for e in examples if e.story % HELD_OUT], [e for e in examples if e.story % HELD_OUT == 0]


def epoch(whole: Sequence[Encoded], alone: Sequence[Encoded | None], batch: int, *, seed: int) -> list[list[Encoded]]:
    """The batches of an epoch: all examples once, some without the sentence before them, like lengths together."""
    rng = random.Random(seed)
    rows = [
        bare if bare is not None and rng.random() < _WITHOUT_BEFORE else row
        for row, bare in zip(whole, alone, strict=True)
    ]
    rng.shuffle(rows)
    found = []
    for start in range(0, len(rows), batch * _POOL):
        pool = sorted(rows[start : start + batch * _POOL], key=lambda row: len(row.ids))
        found += [pool[i : i + batch] for i in range(0, len(pool), batch)]
    rng.shuffle(found)
    return found


def train(
    editor: Editor,
    examples: Sequence[Example],
    held_out: Sequence[Example],
    verdicts: tuple[Sequence[Judged], Sequence[Judged]],
    schedule: Schedule,
    *,
    work: Path,
    checkpoint_seconds: float = 120,
    stop_after: int | None = None,
) -> dict[str, Any]:
    """Train in place, going on from `work`/checkpoint.pt where there is one; return what there is to say about it.

    `verdicts`: judged texts to learn from, and others to test with. Appends a line an epoch to `work`/log.jsonl.
    `stop_after` ends the call early at that step, as an interruption does.
    """
    work.mkdir(parents=True, exist_ok=True)
    encoded, bare = editor.encode(examples), editor.encode(examples, alone=True)
    kept = [(row, alone) for row, alone in zip(encoded, bare, strict=True) if row is not None]
    whole, alone = [row for row, _ in kept], [row for _, row in kept]
    tested = [row for row in editor.encode(held_out) if row is not None]
    seen, unseen = (editor.encode_judged(rows) for rows in verdicts)
    an_epoch = math.ceil(len(whole) / schedule.batch)
    steps = an_epoch * schedule.epochs
    heads = [*editor.decoder.parameters(), *editor.judge.parameters()]
    groups = [[p for p in editor.encoder.parameters() if p.requires_grad], heads]
    rates = (schedule.learning_rate, schedule.decoder_rate)
    optimizer = torch.optim.AdamW([{"params": group} for group in groups], weight_decay=0.01)
    step, spent, checkpoint = 0, 0.0, work / "checkpoint.pt"
    torch.manual_seed(schedule.seed)
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        editor.net.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["rng"])
        step, spent = state["step"], state["seconds"]
    started = saved = time.monotonic()

    def save() -> None:
        temporary = checkpoint.with_suffix(".part")
        state = {
            "net": editor.net.state_dict(),
            "optimizer": optimizer.state_dict(),
            "rng": torch.get_rng_state(),
            "step": step,
            "seconds": spent + time.monotonic() - started,
        }
        torch.save(state, temporary)
        temporary.replace(checkpoint)

    losses: list[float] = []
    for number in range(step // an_epoch, schedule.epochs):
        for i, rows in enumerate(epoch(whole, alone, schedule.batch, seed=schedule.seed * 1000 + number)):
            if number * an_epoch + i < step:
                continue
            if stop_after is not None and step >= stop_after:
                save()
                return {}
            editor.net.train()
            share = min(1.0, (step + 1) / max(1, schedule.warmup * steps))
            share *= min(1.0, (steps - step) / max(1, (1 - schedule.warmup) * steps))
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * share
            optimizer.zero_grad(set_to_none=True)
            loss, _ = editor.loss(rows, schedule.dropout)
            losses.append(float(loss.detach()))
            asked = random.Random(schedule.seed * 1_000_000 + step).sample(seen, min(schedule.judged, len(seen)))
            if asked:
                loss = loss + schedule.judging * editor.judging_loss(asked, schedule.dropout)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(editor.net.parameters(), 5.0)
            optimizer.step()
            step += 1
            if time.monotonic() - saved > checkpoint_seconds:
                save()
                saved = time.monotonic()
        save()
        saved = time.monotonic()
        line = {
            "epoch": number + 1,
            "loss": round(sum(losses) / max(1, len(losses)), 3),
            "held_out": round(editor.held_out_loss(tested), 3),
            "verdicts": round(editor.judged_well(unseen), 3) if unseen else None,
            "seconds": round(spent + time.monotonic() - started),
        }
        losses = []
        with (work / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)
    editor.net.train(False)
    return {
        **asdict(schedule),
        "steps": steps,
        "examples": len(whole),
        "edits": dict(Counter(TASKS[task] for row in whole for task in row.edits)),
        "held_out_examples": len(tested),
        "held_out": round(editor.held_out_loss(tested), 3),
        "verdicts": len(seen),
        "held_out_verdicts": len(unseen),
        "area_of_verdicts": round(editor.judged_well(unseen), 3) if unseen else None,
        "minutes": round((spent + time.monotonic() - started) / 60),
        "hardware": precision.processor("cpu"),
    }
