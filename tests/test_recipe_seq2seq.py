"""Training: batches, exact resume, export in the Marian convention."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import MarianMTModel

from models.recipes import averaging, decoding, seq2seq

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
    monkeypatch.setitem(seq2seq.LOSS_ROWS, "cpu", 3)
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
    assert float(sliced) == pytest.approx(float(plain.detach()), rel=0.02)
    assert torch.nn.functional.cosine_similarity(got[0].flatten(), hidden.grad.flatten(), dim=0) > 0.999
    assert torch.nn.functional.cosine_similarity(got[1].flatten(), weight.grad.flatten(), dim=0) > 0.999


def test_round_trip_of_encoded_pairs(pairs: seq2seq.EncodedPairs, tmp_path: Path) -> None:
    pairs.save(tmp_path / "pairs.npz")
    again = seq2seq.EncodedPairs.load(tmp_path / "pairs.npz")
    assert len(again) == len(pairs)
    rows = np.array([0, 59])
    assert torch.equal(again.padded(0, rows, 16, VOCABULARY), pairs.padded(0, rows, 16, VOCABULARY))


def test_joined_pairs(pairs: seq2seq.EncodedPairs) -> None:
    joined = pairs.joined(pairs, most=2)
    assert len(joined) == len(pairs) + 2
    for side in (0, 1):
        assert joined.side(side) == pairs.side(side) + pairs.side(side)[:2]
    rows = np.array([1, len(pairs) + 1])
    assert joined.tokens(0, rows) == 2 * (len(pairs.side(0)[1]) + 1)


def test_muon_is_the_one_of_torch(pairs: seq2seq.EncodedPairs) -> None:
    from models.recipes.muon import BatchedMuon

    torch.manual_seed(0)
    start = [torch.randn(6, 4), torch.randn(6, 4), torch.randn(3, 8)]
    gradients = [[torch.randn_like(matrix) for matrix in start] for _ in range(3)]
    found = []
    for kind in (torch.optim.Muon, BatchedMuon):
        matrices = [torch.nn.Parameter(matrix.clone()) for matrix in start]
        optimizer = kind(matrices, lr=0.01, weight_decay=0.05, adjust_lr_fn="match_rms_adamw")
        for step in gradients:
            for matrix, gradient in zip(matrices, step, strict=True):
                matrix.grad = gradient
            optimizer.step()
        found.append(
            torch.cat([(matrix.detach() - begun).flatten() for matrix, begun in zip(matrices, start, strict=True)])
        )
    # torch's multiplies in bfloat16, which keeps eight bits.
    assert torch.nn.functional.cosine_similarity(found[0], found[1], dim=0) > 0.999
    assert found[1].norm() == pytest.approx(float(found[0].norm()), rel=0.02)


def test_greedy_decoding_is_that_of_generate(pairs: seq2seq.EncodedPairs) -> None:
    sources = pairs.side(0)[:12]
    ended = 0
    for seed in range(8):
        model = seq2seq.build_model(SIZE, vocabulary=VOCABULARY, seed=seed).eval()
        with torch.no_grad():  # large weights, so that outputs vary and some end
            for layer in model.model.decoder.layers:
                for parameter in layer.parameters():
                    if parameter.ndim == 2:
                        parameter.mul_(20)
        ended += sum(map(bool, _same_as_generate(model, sources)))
    assert ended


def _same_as_generate(model: MarianMTModel, sources: list[list[int]]) -> list[list[int]]:
    found = decoding.greedy(model, sources)
    for source, output in zip(sources, found, strict=True):
        length = min(int(1.5 * (max(map(len, sources)) + 1)) + 10, SIZE.positions - 1)
        wanted = model.generate(
            torch.tensor([[*source, 0]]),
            num_beams=1,
            do_sample=False,
            max_new_tokens=length,
            bad_words_ids=[[VOCABULARY]],
            forced_eos_token_id=None,
        )[0, 1:].tolist()
        assert output == (wanted[: wanted.index(0)] if 0 in wanted else [])
    return found


def test_export_is_float16_in_the_marian_convention(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    seq2seq.export(seq2seq.build_model(SIZE, vocabulary=VOCABULARY, seed=1), tmp_path)
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    assert config["pad_token_id"] == config["decoder_start_token_id"] == VOCABULARY
    weights = load_file(tmp_path / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.float16}


def test_an_average_is_the_weighted_mean_also_of_embeddings_that_have_several_names() -> None:
    one, other = (seq2seq.build_model(SIZE, vocabulary=VOCABULARY, seed=seed) for seed in (1, 2))
    before = {name: weights.clone() for name, weights in one.state_dict().items()}
    one.load_state_dict(averaging.average([one.state_dict(), other.state_dict()], (0.75, 0.25)))
    for name, weights in one.state_dict().items():
        expected = 0.75 * before[name] + 0.25 * other.state_dict()[name]
        torch.testing.assert_close(weights, expected, msg=name)
    assert one.get_output_embeddings().weight is one.get_input_embeddings().weight


def test_a_wider_model_computes_the_same_and_its_new_units_learn(pairs: seq2seq.EncodedPairs, tmp_path: Path) -> None:
    narrow = seq2seq.build_model(SIZE, vocabulary=VOCABULARY, seed=1).eval()
    wide = seq2seq.widen(narrow, 96, seed=1).eval()
    ids = torch.randint(1, VOCABULARY, (3, 7))
    with torch.no_grad():
        before, after = (model(input_ids=ids, decoder_input_ids=ids).logits for model in (narrow, wide))
    torch.testing.assert_close(after, before)
    assert wide.config.encoder_ffn_dim == wide.config.decoder_ffn_dim == 96
    assert wide.get_output_embeddings().weight is wide.get_input_embeddings().weight
    trained = seq2seq.train(wide, pairs, schedule=SCHEDULE, work=tmp_path).state_dict()
    for part in ("encoder", "decoder"):
        assert trained[f"model.{part}.layers.0.fc2.weight"][:, SIZE.feed_forward :].any()
    with pytest.raises(ValueError, match="at least the model's, 64, not 32"):
        seq2seq.widen(narrow, 32, seed=1)


def test_blending_takes_the_share_of_the_start() -> None:
    one, start = (seq2seq.build_model(SIZE, vocabulary=VOCABULARY, seed=seed) for seed in (1, 2))
    before = {name: weights.clone() for name, weights in one.state_dict().items()}
    averaging.blend(one, [(start, 0.0)])
    assert all(torch.equal(before[name], weights) for name, weights in one.state_dict().items())
    averaging.blend(one, [(start, 0.25)])
    for name, weights in one.state_dict().items():
        torch.testing.assert_close(weights, 0.75 * before[name] + 0.25 * start.state_dict()[name], msg=name)
