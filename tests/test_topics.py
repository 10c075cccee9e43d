"""Topics: every label scored, whole texts, one batch, bad labels refused, floors that damaged weights miss."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import tiny_models
from tests.rounding import is_alike
from tests.shuffling import shuffled_copy
from toolkit import store
from toolkit.documents import Topics, TranslatedSegment, Translation
from toolkit.engines import EngineSettings
from toolkit.engines.fake import FakeEncoder, FakeEntailment
from toolkit.errors import EngineError, InputError
from toolkit.evidence import Calibration
from toolkit.labels import DEFAULT_LABELS
from toolkit.segmentation import read_document
from toolkit.topics import TopicClassifier

SPORT = "The team won the match. The players celebrated the championship of their team."
CASES = Path(__file__).parent / "data" / "topics.jsonl"


class CountingEncoder(FakeEncoder):
    """A fake that keeps what it was asked to embed."""

    def __init__(self, *, max_source_tokens: int = 256) -> None:
        super().__init__(max_source_tokens=max_source_tokens)
        self.calls: list[list[str]] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.calls.append(list(texts))
        return super().embed(texts)


class CountingEntailment(FakeEntailment):
    """A fake that keeps what it was asked to judge."""

    def __init__(self) -> None:
        super().__init__(max_source_tokens=64)
        self.calls: list[list[tuple[str, str]]] = []

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.calls.append(list(pairs))
        return super().entail(pairs)


def both() -> list[TopicClassifier]:
    return [TopicClassifier(engine=FakeEncoder()), TopicClassifier(engine=FakeEntailment())]


@pytest.mark.parametrize("classifier", both(), ids=["encoder", "entailment"])
@pytest.mark.parametrize("multi_label", [False, True])
def test_every_label_is_scored_once_best_first(classifier: TopicClassifier, multi_label: bool) -> None:
    labels = ["weather", "team match players championship", "a, b", "{}", "{0} {x}", "größe"]
    topics = classifier.classify(SPORT, labels, multi_label=multi_label)
    scores = [score.score for score in topics.scores]
    assert sorted(score.label for score in topics.scores) == sorted(labels)
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert multi_label or sum(scores) <= 1 + 1e-9
    assert topics.scores[0].label == "team match players championship"
    assert (topics.multi_label, topics.model, topics.engine) == (multi_label, "fake", "fake")


@pytest.mark.parametrize("classifier", both(), ids=["encoder", "entailment"])
@pytest.mark.parametrize("text", ["", " \n\t\n ", "\u200b\ufeff"])
@pytest.mark.parametrize("threshold", [None, 0.0, 1.0])
def test_a_blank_text_is_none_of_these(classifier: TopicClassifier, text: str, threshold: float | None) -> None:
    topics = classifier.classify(text, ["sports", "politics"], threshold=threshold)
    assert [(score.label, score.score) for score in topics.scores] == [("sports", 0.0), ("politics", 0.0)]
    assert topics.none_of_these
    assert topics.best is None


@pytest.mark.parametrize(
    "text", ["x", "😀😀", "\ud800 lone", "nul \0 inside", "x" * 100_000, "word " * 2_000, "\u202eabc"]
)
def test_odd_texts_are_scored(text: str) -> None:
    for classifier in both():
        assert len(classifier.classify(text, ["sports", "politics"]).scores) == 2


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([], "no labels"),
        ({}, "no labels"),
        (["sports", " \t"], "label 2 of 2 is blank"),
        (["Sports", "politics", " sports "], "'sports' is given twice"),
        (["two  words", "two words"], "given twice"),
        ("politics", "must be a list"),
        (["sports", 3], "is no text"),
        (["sports " * 300], "300 tokens|shorten"),
    ],
)
def test_bad_labels_are_refused_in_one_line(labels: object, message: str) -> None:
    for classifier in both():
        with pytest.raises(InputError, match=message) as caught:
            classifier.classify(SPORT, labels)  # type: ignore[arg-type]
        assert "\n" not in str(caught.value)
        with pytest.raises(InputError, match=message):
            classifier.classify_many([SPORT], labels)  # type: ignore[arg-type]


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_outside_0_to_1_is_refused(threshold: float) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        both()[0].classify(SPORT, ["sports"], threshold=threshold)


def test_one_text_given_as_many_is_refused() -> None:
    with pytest.raises(InputError, match="several texts"):
        both()[0].classify_many(SPORT)


def test_an_engine_of_another_kind_is_refused() -> None:
    class Deaf:
        name = "deaf"

    with pytest.raises(EngineError, match="deaf"):
        TopicClassifier(engine=Deaf()).classify(SPORT)  # type: ignore[arg-type]


def test_500_labels_and_the_news_set() -> None:
    for classifier in both():
        assert len(classifier.classify(SPORT, [f"topic number {n}" for n in range(500)]).scores) == 500
        assert {score.label for score in classifier.classify(SPORT).scores} == set(DEFAULT_LABELS)


def test_passages_go_in_one_batch_and_labels_are_embedded_once() -> None:
    engine = CountingEncoder()
    classifier = TopicClassifier(engine=engine)
    long = " ".join(f"Sentence number {n} tells of a match and its players." for n in range(100))
    classifier.classify(long, ["sports", "politics"])
    assert len(engine.calls) == 2, "the labels, then all passages"
    assert len(engine.calls[1]) > 3
    classifier.classify(long, ["politics", "sports"], multi_label=True)
    assert len(engine.calls) == 3, "no label again"
    assert engine.calls[2] == engine.calls[1]
    classifier.classify(long, ["politics", "war and peace"])
    assert len(engine.calls[3]) == 1, "the new label alone"


def test_pairs_go_in_one_batch() -> None:
    engine = CountingEntailment()
    TopicClassifier(engine=engine).classify(SPORT * 20, ["sports", "politics", "chess"])
    assert len(engine.calls) == 1
    assert len(engine.calls[0]) % 3 == 0
    assert len(engine.calls[0]) > 3


def test_long_texts_are_covered_whole() -> None:
    """Every word reaches the engine, in passages it can read, whatever the sentences are like."""
    texts = [
        " ".join(f"w{n}" for n in range(1_000)),
        " ".join(f"Number n{n} is here." for n in range(400)),
        "Short. " + " ".join(f"v{n}, u{n}" for n in range(300)) + ". Short again.",
    ]
    for limit in (16, 32, 256):
        for text in texts:
            engine = CountingEncoder(max_source_tokens=limit)
            calibration = Calibration(template="{}", fields=("sports",), passage_tokens=120)
            TopicClassifier(engine=engine, calibration=calibration).classify(text, ["x"])
            assert " ".join(engine.calls[1]).split() == text.split()
            assert max(engine.count_tokens(engine.calls[1])) <= min(limit, 120)


def test_the_end_of_a_long_text_counts() -> None:
    filler = "Words about nothing in particular stand here. " * 60
    labels = ["match players", "parliament minister"]
    for classifier in both():
        for end, expected in (("The match. Players of the match. " * 60, 0), ("The parliament minister. " * 90, 1)):
            assert classifier.classify(filler + end, labels, threshold=0).best == labels[expected]


def test_many_are_one_by_one() -> None:
    texts = [SPORT, "", "The minister spoke in parliament.", SPORT * 30] * 20
    for classifier in both():
        many = list(classifier.classify_many(iter(texts), ["match", "parliament"]))
        assert is_alike(many, [classifier.classify(text, ["match", "parliament"]) for text in texts])


def test_many_is_lazy() -> None:
    asked: list[int] = []

    def texts() -> Iterator[str]:
        for number in range(1_000):
            asked.append(number)
            yield SPORT

    next(both()[0].classify_many(texts(), ["match"]))
    assert len(asked) < 100


def test_a_translation_is_read_in_english() -> None:
    document = read_document("Das Spiel ist aus.\n\nDer Rest folgt.")
    english = ("The match is over.", "The players rest.")
    segments = tuple(
        TranslatedSegment(source=segment, text=text) for segment, text in zip(document.segments, english, strict=True)
    )
    translation = Translation(document=document, segments=segments, model="m", engine="fake")
    classifier = TopicClassifier(engine=FakeEncoder())
    labels = ["match players", "spiel rest"]
    assert classifier.classify(translation, labels) == classifier.classify(" ".join(english), labels)


def test_threads_get_the_sequential_results() -> None:
    classifier = TopicClassifier(engine=FakeEncoder())
    jobs = [(f"{SPORT} Number {n}.", ["match", f"label {n % 7}", "parliament"]) for n in range(200)]
    expected = [TopicClassifier(engine=FakeEncoder()).classify(*job) for job in jobs]
    barrier = threading.Barrier(8)

    def work(start: int) -> list[Topics]:
        barrier.wait()
        return [classifier.classify(*job) for job in jobs[start::8]]

    with ThreadPoolExecutor(8) as pool:
        for start, results in enumerate(pool.map(work, range(8))):
            assert results == expected[start::8]


def test_labels_that_share_a_text_do_not_make_it_none_of_these() -> None:
    """Two labels that fit alike get half the probability each; a threshold of the caller's is taken at its word."""
    # Said in the words of the hypothesis, so that the fake model of entailment, which counts words, is sure of it too.
    text = "This text is about team players."
    for classifier in both():
        labels = ["team players", "players team"]
        topics = classifier.classify(text, labels)
        assert 0.4 < topics.scores[0].score <= 0.5
        assert topics.best == "team players"
        assert classifier.classify(text, labels, threshold=0.6).none_of_these
        assert classifier.classify(text, labels, threshold=0.4).best == "team players"


def test_a_description_takes_the_place_of_its_label() -> None:
    classifier = TopicClassifier(engine=FakeEncoder())
    plain = classifier.classify(SPORT, ["green", "blue"])
    described = classifier.classify(SPORT, {"green": "a match of players in a team", "blue": "blue"})
    assert described.scores[0].label == "green"
    assert described.scores[0].score > {s.label: s.score for s in plain.scores}["green"]


@pytest.mark.parametrize(
    "build",
    [
        tiny_models.bert,
        tiny_models.deberta_v3,
        lambda folder: tiny_models.bart(folder, classifier=True),
    ],
    ids=["bert", "deberta-v3", "bart-mnli"],
)
def test_model_folders_of_the_hub_layouts(build: Callable[[Path], Path], tmp_path: Path) -> None:
    classifier = TopicClassifier(build(tmp_path / "model"), settings=EngineSettings(engine="hf", threads=1))
    text = " ".join(tiny_models.ENGLISH)
    topics = classifier.classify(text, ["plants", "trains"])
    assert len(topics.scores) == 2
    assert topics.engine == "hf"
    assert topics == classifier.classify(text, ["plants", "trains"])


def _accuracy(classifier: TopicClassifier) -> float:
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    labels = list(dict.fromkeys(case["label"] for case in cases))
    results = classifier.classify_many([case["text"] for case in cases], labels, threshold=0)
    right = sum(bool(result.best == case["label"]) for case, result in zip(cases, results, strict=True))
    return right / len(cases)


# 42 short texts written for this test, six labels: guessing gets 0.17; one text is 0.024.
FLOOR = 0.85


@pytest.mark.weights
def test_the_shipped_model_is_above_the_floor() -> None:
    assert _accuracy(TopicClassifier()) >= FLOOR


@pytest.mark.weights
def test_shuffled_weights_fall_below_the_floor(tmp_path: Path) -> None:
    damaged = shuffled_copy(store.resolve(None, task="topics").folder, tmp_path / "damaged")
    assert _accuracy(TopicClassifier(damaged)) < 0.5


@pytest.mark.weights
def test_none_of_these_where_no_label_fits() -> None:
    classifier = TopicClassifier()
    text = "A late header gave the home side a 2-1 win over the league leaders. The coach praised his defenders."
    assert classifier.classify(text, ["politics", "health", "education"]).none_of_these
    assert classifier.classify(text, ["politics", "health", "sports"]).best == "sports"
    assert classifier.classify(text, ["sports"]).best == "sports"
    assert classifier.classify(text, ["health"]).none_of_these
