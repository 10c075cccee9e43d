"""The recipe of the topic classifier: it learns, resumes exactly, keeps development texts out, says what it did."""

from __future__ import annotations

import json
import lzma
import random
from pathlib import Path

import numpy as np
import pytest
import torch

from models.recipes import (
    biencoder,
    topic_alternatives,
    topic_card,
    topic_examples,
    topic_scores,
    topic_zero_shot,
    topics,
)
from models.recipes.topic_examples import Example
from tests import tiny_models
from toolkit.engines import EngineSettings
from toolkit.engines.fake import FakeEncoder
from toolkit.evidence import Calibration, SimilarityEvidence, VectorCache
from toolkit.labels import read_labels
from toolkit.topics import TopicClassifier

WORDS = {
    "sports": ("match", "players", "ended", "visitors", "led", "long", "time", "although"),
    "science": ("researchers", "found", "plant", "flowers", "snow", "mathematics", "schools", "teachers"),
    "business": ("price", "electricity", "company", "hiring", "second", "cent", "fell", "per"),
}
SCHEDULE = biencoder.Schedule(
    steps=20, labelled=12, unlabelled=4, learning_rate=3e-3, text_tokens=32, headline_tokens=24, frozen_layers=0
)


def made_up(count: int, seed: int) -> list[Example]:
    """Texts of words that tell their section, every fifth without one."""
    rng = random.Random(seed)
    examples = []
    for number in range(count):
        section = rng.choice(sorted(WORDS))
        text, headline = (" ".join(rng.choices(WORDS[section], k=k)) for k in (10, 4))
        examples.append(Example(text, headline, "" if number % 5 == 0 else section))
    return examples


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tiny_models.bert(tmp_path / "base")


def loss_of(encoder: biencoder.BiEncoder, examples: list[Example]) -> float:
    labelled = [example for example in examples if example.section]
    with torch.no_grad():
        loss = biencoder._loss(encoder, labelled, [], sorted(WORDS), SCHEDULE, random.Random(0))
    return float(loss)


def test_training_learns(base: Path, tmp_path: Path) -> None:
    encoder = biencoder.BiEncoder(base)
    unseen = made_up(40, seed=2)
    before = loss_of(encoder, unseen)
    biencoder.train(encoder, made_up(200, seed=1), SCHEDULE, work=tmp_path / "work")
    assert loss_of(encoder, unseen) < before - 0.2


def test_a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = made_up(100, seed=1)
    whole = biencoder.BiEncoder(base)
    biencoder.train(whole, examples, SCHEDULE, work=tmp_path / "whole")
    save, saved = torch.save, []

    def interrupt(state: object, path: Path) -> None:
        save(state, path)
        saved.append(path)
        if len(saved) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", interrupt)
    with pytest.raises(KeyboardInterrupt):
        biencoder.train(biencoder.BiEncoder(base), examples, SCHEDULE, work=tmp_path / "cut", checkpoint_every=6)
    monkeypatch.undo()
    step = torch.load(tmp_path / "cut" / "checkpoint.pt", weights_only=True)["step"]
    assert step == 6, "the interrupted save did not replace the checkpoint"
    resumed = biencoder.BiEncoder(base)
    torch.manual_seed(99)
    biencoder.train(resumed, examples, SCHEDULE, work=tmp_path / "cut", checkpoint_every=6)
    for name, tensor in whole.weights().items():
        assert torch.equal(tensor, resumed.weights()[name]), name


def test_frozen_parts_stay(base: Path, tmp_path: Path) -> None:
    schedule = biencoder.Schedule(steps=2, labelled=6, unlabelled=2, learning_rate=1e-2, frozen_layers=1)
    encoder = biencoder.BiEncoder(base)
    before = encoder.weights()
    biencoder.train(encoder, made_up(50, seed=1), schedule, work=tmp_path)
    changed = {name for name, tensor in encoder.weights().items() if not torch.equal(tensor, before[name])}
    assert changed
    assert all(name.startswith("encoder.layer.1.") for name in changed)


def test_interpolation_ends_at_both_weights(base: Path) -> None:
    before = biencoder.BiEncoder(base).weights()
    after = {name: tensor + 1 if tensor.is_floating_point() else tensor for name, tensor in before.items()}
    for share in (0.0, 0.25, 1.0):
        between = biencoder.interpolate(before, after, share)
        assert all(
            torch.allclose(between[name], tensor + share, atol=1e-5)
            for name, tensor in before.items()
            if tensor.is_floating_point()
        )


def write_sources(data: Path) -> None:
    """A tiny copy of the data folder: two sources and three development sets."""
    rng = random.Random(5)

    def text(section: str) -> str:
        return " ".join(rng.choices(WORDS[section], k=12))

    (data / "summarization").mkdir(parents=True)
    (data / "topics").mkdir()
    (data / "dev" / "topics").mkdir(parents=True)
    sections = sorted(WORDS)
    rows = [f"{text(s)} [+120 chars]\t{text(s)}\t{s}\t2020-01-01\tPaper" for s in sections * 60]
    rows += [f"{text('sports')}\t{text('sports')}\t\t2020-01-01\tPaper" for _ in range(80)]
    rows.append(f"{'held out words of a development text that nobody may learn from'}\tTitle\tsports\t2020\tPaper")
    with lzma.open(data / "summarization" / "newsapi.tsv.xz", "wt", encoding="utf-8") as file:
        file.write("\n".join(rows) + "\n")
    bbc = [
        {"text": f"Title {n}\n\n{text(s)}", "label": {"sports": "sport", "science": "tech"}.get(s, s)}
        for n, s in enumerate(sections * 20)
    ]
    reuters = [
        {"text": f"TITLE {n}\n{text('business')}", "label": label} for n, label in enumerate(["earn", "gold"] * 20)
    ]
    for name, found in (("bbc_news_topics", bbc), ("reuters21578_single_topic", reuters)):
        with lzma.open(data / "topics" / f"{name}.jsonl.xz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in found)
    for name in topic_scores.SETS:
        dev = [{"text": f"{text(s)}.", "label": s} for s in sections * 8]
        dev.append({"text": "held out words of a development text that nobody may learn from", "label": "sports"})
        lines = "".join(json.dumps(row) + "\n" for row in dev)
        (data / "dev" / "topics" / f"{name}.jsonl").write_text(lines, encoding="utf-8")


ALTERNATIVES = {
    "judged": 30,
    "pairs": 20,
    "threads": 1,
    "bi_encoder": 0.5,
    "seconds": {"5": 0.1},
    "cross_encoder": {
        "steps": 3,
        "entailment": 0.412,
        "texts": 10,
        "tokens": 64,
        "topics": dict.fromkeys(topic_scores.SETS, 0.25),
        "seconds": {"5": 1.5},
    },
}


def test_the_whole_recipe(base: Path, tmp_path: Path) -> None:
    data, work, output = tmp_path / "data", tmp_path / "work", tmp_path / "topics-tiny"
    write_sources(data)
    plan = topics.Plan(train=("newsapi",), without=None)
    for _ in range(2):  # the second time, every stage is already done
        topics.run(data, work, output, base=base, plan=plan, schedule=SCHEDULE, most=12)
        topic_card.write_card(work, output)
    learned = topic_examples.read_examples(work / "train.jsonl")
    held_out = topic_examples.read_examples(work / "held-out-newsapi.jsonl")
    assert not {example.text for example in learned} & {example.text for example in held_out}
    assert not any("nobody may learn" in example.text for example in (*learned, *held_out))
    assert not any("chars]" in example.text for example in learned)
    assert {example.section for example in learned} == {*WORDS, ""}
    card = (output / "README.md").read_text(encoding="utf-8")
    assert "{" not in card.replace(topics.TEMPLATE, "")
    assert "| newsapi (" in card
    zero_shot = json.loads((work / "zero-shot.json").read_text(encoding="utf-8"))
    assert f"{zero_shot['bbc-1000']['zero_shot']['its source']['accuracy']:.3f}" in card
    (work / "alternatives.json").write_text(json.dumps(ALTERNATIVES), encoding="utf-8")
    topic_card.write_card(work, output)
    assert "| cross-encoder | 0.412 |" in (output / "README.md").read_text(encoding="utf-8")
    assert max(map(len, (line for line in card.splitlines() if not line.startswith("|")))) <= 200
    classifier = TopicClassifier(output, settings=EngineSettings(engine="hf", threads=1))
    assert classifier.calibration == Calibration.read(output)
    assert classifier.calibration.fields
    # In float16 and read by the engine, the vectors are those of the trained encoder.
    chosen = json.loads((work / "interpolation.json").read_text(encoding="utf-8"))
    trained = biencoder.BiEncoder(base)
    state = torch.load(work / "checkpoint.pt", weights_only=True)["net"]
    trained.net.load_state_dict(biencoder.interpolate(trained.weights(), state, chosen["share"]))
    texts = [example.text for example in held_out[:5]]
    exported = np.array(classifier.engine.embed(texts))  # type: ignore[union-attr]
    assert exported == pytest.approx(trained.embed(texts, longest=90).numpy(), abs=2e-2)


def test_a_source_left_out_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "HELD_OUT", {"newsapi": 5, "bbc": 5, "reuters": 5})
    data, work = tmp_path / "data", tmp_path / "work"
    write_sources(data)
    topics.prepare(data, work, topics.Plan(train=("bbc", "reuters"), without="newsapi"), seed=1)
    learned = topic_examples.read_examples(work / "train.jsonl")
    assert {example.section for example in learned} <= {"politics", "earn", "gold"}
    assert learned
    assert not (work / "held-out-newsapi.jsonl").exists()


@pytest.mark.parametrize("name", topic_scores.SETS)
def test_a_zero_shot_number_rests_on_no_text_of_its_set_and_no_section_it_names(name: str) -> None:
    sections = ("business", "entertainment", "health", "politics", "science", "sports", "technology", "earn", "gold")
    examples = [Example(f"text {section}", "", section) for section in sections]
    kept = topic_zero_shot.without(dict.fromkeys(("newsapi", "bbc", "reuters"), examples), name)
    source, named = topic_zero_shot.LEFT_OUT[name]
    assert source not in kept
    left = {example.section for examples in kept.values() for example in examples}
    assert left == set(sections) - set(named)
    kept = topic_zero_shot.without(dict.fromkeys(("newsapi", "bbc", "reuters"), examples), name, sections_too=False)
    assert source not in kept
    assert all(found == examples for found in kept.values())


def test_the_floors() -> None:
    found = topic_scores.LabelledSet(
        "x", ("chess and a football match", "shares of banks", "opera"), ("business", "sports"), (1, 0, 1)
    )
    assert topic_zero_shot.keyword_match(found) == pytest.approx(2 / 3)  # without a hit the first label
    encoder = topic_scores.RememberingEncoder(FakeEncoder(max_source_tokens=512))
    texts = ("news about sports", "business", f"sports {'then other words ' * 100}")
    found = topic_scores.LabelledSet("x", texts, ("business", "sports"), (1, 0, 1))
    assert topic_zero_shot.plain_similarity(encoder, found) == 1
    cut = topic_zero_shot.cut(texts[2], encoder)
    assert texts[2].startswith(cut)
    assert encoder.count_tokens([cut]) == [256]


def test_the_cross_encoder_learns_and_cuts_the_premise(base: Path) -> None:
    pairs = [
        topic_alternatives.Pair("players led the match", hypothesis, verdict)
        for hypothesis, verdict in (("price of electricity", 0), ("players", 2))
    ]
    model = topic_alternatives.CrossEncoder(base)

    def loss() -> float:
        logits = model.judge([(p.premise, p.hypothesis) for p in pairs])
        return float(np.mean(np.logaddexp.reduce(logits, axis=1) - logits[[0, 1], [0, 2]]))

    before = loss()
    assert model.train(pairs, seconds=1e9, most=200) == 200
    assert loss() < before - 0.1
    end = "the company fell"
    long = [(f"{'match ' * 40}{end}", "players"), (f"{'match ' * 200}", "players")]
    assert np.isfinite(model.judge(long)).all()


def test_a_linear_verdict_tells_the_same_text_from_another(base: Path) -> None:
    texts = [" ".join(words) for words in (*WORDS.values(), *(tuple(reversed(w)) for w in WORDS.values()))]
    pairs = [topic_alternatives.Pair(a, b, 2 if a == b else 0) for a in texts for b in texts]
    assert topic_alternatives.bi_encoder(base, pairs, pairs) > 0.9


def test_latency_is_told_by_number_of_labels() -> None:
    found = topic_alternatives.latency(TopicClassifier(engine=FakeEncoder()), [2, 5])
    assert list(found) == ["2", "5"]
    assert all(seconds > 0 for seconds in found.values())


def similar(count: int, gap: float, seed: int) -> topic_scores.Similarities:
    """Three labels and two fields; the true label is `gap` above the rest, on average."""
    rng = np.random.default_rng(seed)
    truth = np.arange(count) % 3
    to_labels = 0.2 + 0.05 * rng.standard_normal((count, 3))
    to_labels[np.arange(count), truth] += gap
    return topic_scores.Similarities(
        truth, to_labels, 0.2 + 0.05 * rng.standard_normal((count, 2)), np.full((3, 2), 0.3)
    )


def fit(found: topic_scores.Similarities) -> Calibration:
    return topic_scores.fit([found], exclusive=[found], template="{}")


def test_calibration_is_surer_where_labels_are_clearer() -> None:
    vague, clear = fit(similar(120, 0.1, 1)), fit(similar(120, 0.3, 1))
    assert clear.scale > vague.scale
    assert clear.fit_scale > vague.fit_scale
    assert clear.multi_scale > vague.multi_scale
    # The floor is what a wrong label reaches at the 90th percentile: 0.2 + 1.28 × 0.05.
    assert clear.floor == pytest.approx(0.264, abs=0.02)


def test_the_threshold_refuses_the_share_it_was_set_for() -> None:
    found = similar(300, 0.2, 2)
    calibration = fit(found)
    labels = [f"label {n}" for n in range(3)]
    evidence = SimilarityEvidence(
        read_labels(labels[1:]), engine=FakeEncoder(), cache=VectorCache(), calibration=calibration
    )
    # The chain's own probabilities, for texts whose label is the one left out.
    rows = np.concatenate([found.to_labels[:, 1:], found.to_fields], axis=1)[found.truth == 0]
    evidence._is_near = np.zeros((2, 2), dtype=bool)
    fits = [sum(evidence.probabilities(row, multi_label=False)) for row in rows]
    assert np.mean(np.array(fits) < calibration.threshold) == pytest.approx(topic_scores.REFUSED, abs=0.07)
    rows = np.concatenate([found.to_labels[:, 1:], found.to_fields], axis=1)[found.truth != 0]
    fits = [sum(evidence.probabilities(row, multi_label=False)) for row in rows]
    assert np.mean(np.array(fits) >= calibration.threshold) > 0.8


@pytest.mark.parametrize(
    ("confidence", "right", "expected"),
    [([0.95, 0.95], [True, True], 0.05), ([0.65, 0.65], [True, False], 0.15), ([1.0, 0.05], [False, True], 0.975)],
)
def test_calibration_error(confidence: list[float], right: list[bool], expected: float) -> None:
    assert topic_scores._calibration_error(np.array(confidence), np.array(right)) == pytest.approx(expected)


def test_macro_f1() -> None:
    best, truth = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    assert topic_scores._macro_f1(best, truth, 2) == pytest.approx((2 / 3 + 4 / 5) / 2)
