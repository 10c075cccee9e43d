"""The chain: one in, one out; many in, many out, in order; the same from many threads."""

from __future__ import annotations

import threading

import pytest

from eval.articles import read_articles
from tests.rounding import IS_EXACT, is_alike
from toolkit.documents import Digest
from toolkit.engines import EngineSettings
from toolkit.pipeline import Pipeline

TEXTS = [
    "Der Bundestag hat am Montag ein Gesetz beschlossen. Es gilt ab 2027. Die Opposition stimmte dagegen.",
    "",
    "Der FC Köln gewann 3:1 gegen Bremen.\n\nDas Tor des Tages schoss Müller.",
]


@pytest.fixture(scope="module")
def fake() -> Pipeline:
    return Pipeline(settings=EngineSettings(engine="fake"))


def test_one_document(fake: Pipeline) -> None:
    digest = fake.run(TEXTS[0], labels=["politics", "sport"], sentences=2)
    assert digest.document.text == TEXTS[0]
    assert len(digest.translation.segments) == 3
    assert {score.label for score in digest.topics.scores} == {"politics", "sport"}
    assert 1 <= len(digest.summary.sentences) <= 2
    assert all(0 <= i < 3 for sentence in digest.summary.sentences for i in sentence.evidence)


def test_blank_document_gives_an_empty_digest(fake: Pipeline) -> None:
    digest = fake.run("")
    assert digest.translation.text == ""
    assert digest.summary.headline == digest.summary.text == ""
    assert digest.topics.none_of_these


def test_many_equal_one_by_one(fake: Pipeline) -> None:
    assert list(fake.run_many(TEXTS, sentences=2)) == [fake.run(text, sentences=2) for text in TEXTS]


def test_stream_gives_the_parts_of_the_digest(fake: Pipeline) -> None:
    for text in TEXTS:
        *segments, summary, topics = fake.stream(text, labels=["politics", "sport"], sentences=2)
        digest = fake.run(text, labels=["politics", "sport"], sentences=2)
        assert (tuple(segments), summary, topics) == (digest.translation.segments, digest.summary, digest.topics)


@pytest.mark.weights
def test_threads_give_the_sequential_result() -> None:
    pipeline = Pipeline()
    texts = [article.german for article in read_articles()[:6]]
    expected = [pipeline.run(text) for text in texts]
    results: dict[int, Digest] = {}

    def work(i: int) -> None:
        results[i] = pipeline.run(texts[i % len(texts)])

    workers = [threading.Thread(target=work, args=(i,)) for i in range(24)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [results[i] for i in range(24)] == [expected[i % len(texts)] for i in range(24)]


@pytest.mark.weights
def test_many_equal_one_by_one_with_the_shipped_models() -> None:
    # Where last digits depend on a text's company, int8 makes them large enough to turn a near tie.
    pipeline = Pipeline(settings=EngineSettings(precision="int8" if IS_EXACT else "float32"))
    texts = [article.german for article in read_articles()[6:9]]
    assert is_alike(list(pipeline.run_many(texts)), [pipeline.run(text) for text in texts])
