"""Training: batches, exact resume, export in the Marian convention."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from models.recipes import seq2seq

VOCABULARY = 20
SIZE = seq2seq.Size(d_model=64, feed_forward=64, heads=2, encoder_layers=1, decoder_layers=1, positions=16)
SCHEDULE = seq2seq.Schedule(steps=30, batch_tokens=64, warmup=3, average=3, dropout=0.1, seed=5)


@pytest.fixture
def pairs() -> seq2seq.EncodedPairs:
    rng = np.random.default_rng(0)
    made = []
    for _ in range(60):
        ids = rng.integers(2, VOCABULARY, size=int(rng.integers(2, 11))).tolist()
        made.append((ids, ids[::-1]))
    return seq2seq.EncodedPairs.build(made)


def _train(pairs: seq2seq.EncodedPairs, work: Path, stops: list[int | None]) -> dict[str, torch.Tensor]:
    for stop in stops:
        model = seq2seq.build_model(SIZE, vocabulary=VOCABULARY, seed=5, dropout=SCHEDULE.dropout)
        seq2seq.train(model, pairs, schedule=SCHEDULE, work=work, held_out=pairs, stop_after=stop)
    return model.state_dict()


def test_interrupted_and_resumed_equals_uninterrupted(pairs: seq2seq.EncodedPairs, tmp_path: Path) -> None:
    whole = _train(pairs, tmp_path / "whole", [None])
    resumed = _train(pairs, tmp_path / "resumed", [7, 26, None])
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_it_learns_and_logs(pairs: seq2seq.EncodedPairs, tmp_path: Path) -> None:
    _train(pairs, tmp_path, [None])
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["step"] for line in lines] == [20, 30]
    assert lines[1]["loss"] < lines[0]["loss"]
    assert lines[-1]["held_out"] > 0


def test_pad_stays_the_zero_vector(pairs: seq2seq.EncodedPairs, tmp_path: Path) -> None:
    state = _train(pairs, tmp_path, [None])
    embeddings = state["model.shared.weight"]
    assert not embeddings[VOCABULARY].any()
    assert embeddings[:VOCABULARY].any(dim=1).all()


def test_every_pair_is_in_an_epoch_once_apart_from_filling(pairs: seq2seq.EncodedPairs) -> None:
    plan = seq2seq.batches(pairs, batch_tokens=64, epoch=0, seed=1)
    assert {int(row) for _, rows in plan for row in rows} == set(range(len(pairs)))
    assert all(len(rows) == max(1, 64 // length) for length, rows in plan)
    lengths = pairs.lengths()
    assert all(lengths[rows].max() <= length for length, rows in plan)


def test_epochs_differ_and_seeds_repeat(pairs: seq2seq.EncodedPairs) -> None:
    def flat(epoch: int, seed: int) -> list[int]:
        plan = seq2seq.batches(pairs, batch_tokens=64, epoch=epoch, seed=seed)
        return [int(row) for _, rows in plan for row in rows]

    assert flat(0, 1) == flat(0, 1)
    assert flat(0, 1) != flat(1, 1)
    assert flat(0, 1) != flat(0, 2)


@pytest.mark.parametrize(("step", "expected"), [(0, 0.1), (9, 1.0), (50, 1.0), (80, 0.5), (99, 0.025), (100, 0.0)])
def test_rate(step: int, expected: float) -> None:
    schedule = seq2seq.Schedule(steps=100, warmup=10, cooldown=0.4)
    assert seq2seq.rate(step, schedule) == pytest.approx(expected)


def test_sliced_loss_is_the_plain_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seq2seq, "LOSS_ROWS", 3)
    model = seq2seq.build_model(SIZE, vocabulary=VOCABULARY, seed=1)
    hidden = torch.randn(2, 5, SIZE.d_model, requires_grad=True)
    targets = torch.randint(1, VOCABULARY, (2, 5))
    targets[1, 3:] = VOCABULARY
    sliced = seq2seq.loss_of(model, hidden, targets, 0.1, backward=True)
    weight = model.get_output_embeddings().weight
    assert hidden.grad is not None
    assert weight.grad is not None
    got = hidden.grad.clone(), weight.grad.clone()
    hidden.grad.zero_()
    weight.grad.zero_()
    logits = hidden @ weight[:VOCABULARY].t()
    keep = targets != VOCABULARY
    plain = torch.nn.functional.cross_entropy(logits[keep], targets[keep], label_smoothing=0.1)
    plain.backward()
    # The sliced one multiplies in bfloat16, which keeps eight bits.
    assert sliced == pytest.approx(float(plain.detach()), rel=0.02)
    assert torch.nn.functional.cosine_similarity(got[0].flatten(), hidden.grad.flatten(), dim=0) > 0.999
    assert torch.nn.functional.cosine_similarity(got[1].flatten(), weight.grad.flatten(), dim=0) > 0.999


def test_round_trip_of_encoded_pairs(pairs: seq2seq.EncodedPairs, tmp_path: Path) -> None:
    pairs.save(tmp_path / "pairs.npz")
    again = seq2seq.EncodedPairs.load(tmp_path / "pairs.npz")
    assert len(again) == len(pairs)
    rows = np.array([0, 59])
    assert torch.equal(again.padded(0, rows, 16, VOCABULARY), pairs.padded(0, rows, 16, VOCABULARY))


def test_export_is_float16_in_the_marian_convention(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    seq2seq.export(seq2seq.build_model(SIZE, vocabulary=VOCABULARY, seed=1), tmp_path)
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    assert config["pad_token_id"] == config["decoder_start_token_id"] == VOCABULARY
    weights = load_file(tmp_path / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.float16}
