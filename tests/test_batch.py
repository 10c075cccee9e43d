"""Many records from Python: lazily, in order, each failure its own; the worker in data sets, processes and threads."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import pickle
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import datasets
import pytest

import toolkit
from tests import samples
from toolkit.batch import BatchWorker, Outcome, digest_many, translate_many
from toolkit.batch.outcomes import attempt, in_groups, map_in_order, text_problem
from toolkit.batch.worker import Made, Steps
from toolkit.engines import EngineSettings, GenerationOptions
from toolkit.engines.fake import FakeSeq2Seq
from toolkit.engines.forks import ForkGuard
from toolkit.errors import CacheError, EngineError, InputError
from toolkit.memory import TranslationMemory
from toolkit.pipeline import Pipeline
from toolkit.segmentation import read_document
from toolkit.translation import Translator

ROOT = Path(toolkit.__file__).resolve().parent.parent
FAKE = EngineSettings(engine="fake")


class Counting(FakeSeq2Seq):
    """Knows what it was asked to translate."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def generate(self, texts, *, options):  # type: ignore[no-untyped-def]
        self.texts += texts
        return super().generate(texts, options=options)


def fake(engine: FakeSeq2Seq | None = None) -> Translator:
    """A translator without weights."""
    return Translator(engine=engine or FakeSeq2Seq(), settings=FAKE)


# ---- iterators


def test_outcomes_in_order_and_failures_apart() -> None:
    sources = [
        "Ende gut.",
        "",
        None,
        " \n",
        7,
        float("nan"),
        "x" * 200,
        read_document("Der Rat.\n\nEnde."),
        "Das Haus.",
    ]
    outcomes = list(translate_many(sources, translator=fake(FakeSeq2Seq(fails_on=["Haus"])), max_characters=100))  # type: ignore[arg-type]
    assert [outcome.index for outcome in outcomes] == list(range(9))
    assert [outcome.value and outcome.value.text for outcome in outcomes] == [
        "Edne tug.", "", None, " \n", None, None, None, "Red Tar.\n\nEdne.", None,
    ]  # fmt: skip
    errors = {outcome.index: outcome.error for outcome in outcomes if outcome.error is not None}
    assert errors == {
        2: "no text: null",
        4: "no text: int 7",
        5: "no text: NaN",
        6: "200 characters, the limit is 100",
        8: "fake: told to fail on 'Das Haus.'",
    }


def test_digests_are_those_of_the_pipeline() -> None:
    pipeline = Pipeline(settings=FAKE)
    texts = [
        f"Der Bundestag hat am {n}. Mai ein Gesetz beschlossen. Es gilt bald. Der FC Köln gewann." for n in range(40)
    ]
    outcomes = list(digest_many([*texts, None], pipeline=pipeline, labels=["politics", "sport"], sentences=2))
    assert [outcome.value for outcome in outcomes[:-1]] == [
        pipeline.run(text, labels=["politics", "sport"], sentences=2) for text in texts
    ]
    assert outcomes[-1] == Outcome(40, None, "no text: null")
    with pytest.raises(InputError, match="given twice"):
        digest_many([], pipeline=pipeline, labels=["a", "A"])
    with pytest.raises(InputError, match="got one: put it in a list"):
        digest_many("Ende gut.", pipeline=pipeline)
    with pytest.raises(InputError, match="got one: put it in a list"):
        translate_many("Ende gut.", translator=fake())


def test_the_source_is_read_only_as_far_as_needed() -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        for number in itertools.count():
            taken += 1
            yield f"Haus {number}."

    outcomes = translate_many(endless(), translator=fake())
    assert taken == 0
    first = list(itertools.islice(outcomes, 1500))
    assert [outcome.value.text for outcome in first if outcome.value] == [f"Suah {n}." for n in range(1500)]
    assert 1500 <= taken <= 1500 + 4 * 512


def test_an_error_of_the_source_comes_after_what_was_before_it() -> None:
    def failing() -> Iterator[str]:
        yield from ("Ende.", "Gut.")
        raise KeyError("broken")

    outcomes = translate_many(failing(), translator=fake())
    assert [next(outcomes).index, next(outcomes).index] == [0, 1]
    with pytest.raises(KeyError, match="broken"):
        next(outcomes)


def test_from_many_threads() -> None:
    translator = fake()
    texts = [f"Das Haus Nummer {n} steht." for n in range(800)]
    expected = [outcome.value for outcome in translate_many(texts, translator=translator)]
    results: dict[int, list[object]] = {}

    def work(thread: int) -> None:
        results[thread] = [outcome.value for outcome in translate_many(texts, translator=translator)]

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(results[thread] == expected for thread in range(6))


def test_groups_are_bounded() -> None:
    sizes = [len(group) for group in in_groups(["x" * 10_000] * 20 + [""] * 1_200, len)]
    assert sizes == [7, 7, 512, 512, 182]
    assert list(in_groups([], len)) == []
    assert list(map_in_order(lambda n: n * n, range(50))) == [n * n for n in range(50)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", None),
        ("a", None),
        (None, "null"),
        (float("nan"), "NaN"),
        (b"a", "bytes b'a'"),
        (["a" * 90], "list"),
        ("ab", "2"),
    ],
)
def test_what_is_a_text(text: object, words: str | None) -> None:
    problem = text_problem(text, 1)
    assert (problem is None) == (words is None)
    assert words is None or words in str(problem)
    assert problem is None or len(problem) < 80


def test_what_is_not_the_records_fault_is_raised() -> None:
    def work(items):  # type: ignore[no-untyped-def]
        if "cache" in items:
            raise CacheError("full")
        if "bug" in items:
            raise ZeroDivisionError("oops\nhere")
        if any(isinstance(item, int) for item in items):
            raise EngineError("dead")
        return items

    assert attempt(work, ["a", "bug", "b"], sound="s") == [
        ("a", None), (None, "unexpected ZeroDivisionError: oops here"), ("b", None),
    ]  # fmt: skip
    with pytest.raises(CacheError):
        attempt(work, ["a", "cache"], sound="s")
    assert [error for _, error in attempt(work, range(40), sound="s")] == ["dead"] * 40
    with pytest.raises(EngineError):
        attempt(work, range(40), sound=0)


# ---- repeated sentences


def test_a_repeated_sentence_is_translated_once() -> None:
    engine = Counting()
    translator = Translator(engine=engine, settings=FAKE, memory=TranslationMemory())
    texts = ["Der Rat stimmt zu.", "Ende gut. Der Rat stimmt zu."] * 900
    outcomes = list(translate_many(texts, translator=translator))
    assert outcomes[-1].value is not None
    assert outcomes[-1].value.text == "Edne tug. Red Tar tmmits uz."
    assert sorted(set(engine.texts)) == ["Der Rat stimmt zu.", "Ende gut."]
    # Groups that run side by side may each meet a sentence before the other has it; no later one does.
    assert len(engine.texts) <= 2 * 3


def test_the_memory_is_bounded_and_knows_what_a_translation_depends_on(tmp_path: Path) -> None:
    engine = Counting()
    memory = TranslationMemory(100, path=tmp_path / "known.sqlite")
    texts = [f"Haus {n}." for n in range(300)]
    translator = Translator(engine=engine, settings=FAKE, memory=memory)
    first = [translator.translate(text).text for text in texts]
    assert len(memory._recent) == 100
    assert len(engine.texts) == 300
    # What is no longer in memory is in the file, for another process too.
    again = Translator(engine=engine, settings=FAKE, memory=TranslationMemory(path=tmp_path / "known.sqlite"))
    assert [again.translate(text).text for text in texts] == first
    assert len(engine.texts) == 300
    other = Translator(engine=engine, settings=FAKE, options=GenerationOptions(beam=1), memory=memory)
    other.translate(texts[0])
    assert len(engine.texts) == 301
    # Texts that SQLite cannot hold are remembered in memory alone; marks and scores come back.
    odd = "Der \ud800 Rat."
    assert translator.translate(odd).text == again.translate(odd).text
    split = translator.translate("und das Haus, " * 350 + "Ende.")
    assert again.translate("und das Haus, " * 350 + "Ende.").segments == split.segments
    (tmp_path / "no.sqlite").write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(CacheError, match=r"no\.sqlite: the cache of translations cannot be used"):
        TranslationMemory(path=tmp_path / "no.sqlite")


def test_the_file_is_closed_with_its_memory(tmp_path: Path) -> None:
    memory = TranslationMemory(path=tmp_path / "known.sqlite")
    file = memory._file
    assert file is not None
    file.execute("SELECT 1")
    del memory
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        file.execute("SELECT 1")


# ---- the worker


TABLE: dict[str, list[Any]] = {"body": ["Ende gut.", None, "", "Der Rat stimmt zu."], "key": [1, 2, 3, 4]}


def worker(**more: str) -> BatchWorker:
    """A worker without weights."""
    return BatchWorker(column="body", settings=FAKE, **more)  # type: ignore[arg-type]


def test_rows_in_rows_out() -> None:
    made = worker()(TABLE)
    assert list(made) == [*TABLE, "translation", "doubt", "to_check", "checks", "error"]
    assert {name: made[name] for name in TABLE} == TABLE
    assert made["translation"] == ["Edne tug.", None, "", "Red Tar tmmits uz."]
    assert made["error"] == [None, "no text: null", None, None]
    for count, checks in zip(made["to_check"], made["checks"], strict=True):
        assert (count is None) == (checks is None)
        assert checks is None or len(json.loads(checks)) == count
    assert (made["to_check"][2], made["doubt"][2]) == (0, None)  # a blank text has no sentence to doubt
    digests = worker(task="digest", id_column="key", prefix="en_").columns(TABLE)
    assert list(digests) == [
        "en_translation", "en_doubt", "en_to_check", "en_headline", "en_summary", "en_unsupported", "en_topic",
        "en_topic_score", "en_record", "en_error",
    ]  # fmt: skip
    assert json.loads(digests["en_record"][3])["id"] == "4"
    with pytest.raises(InputError, match="no column 'body' in the batch, only 'text'"):
        worker()({"text": []})
    for taken in ("translation", "error"):
        with pytest.raises(InputError, match=f"there is a column '{taken}' in the batch already: give the new ones"):
            worker()({**TABLE, taken: ["kept"] * 4})
    with pytest.raises(InputError, match="unknown task 'sing'"):
        worker(task="sing")
    with pytest.raises(InputError, match="given twice"):
        BatchWorker(task="topics", labels=["a", "A"], settings=FAKE)


def test_sentences_to_check_are_counted_and_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Made(samples.DOCUMENT, samples.DOUBTFUL.translation, samples.DOUBTFUL.summary, None)
    monkeypatch.setattr(Steps, "run", lambda _self, documents, **_: [made for _ in documents])
    columns = worker().columns({"body": ["Der Rat."]})
    assert (columns["doubt"], columns["to_check"]) == ([0.75], [1])
    (check,) = json.loads(columns["checks"][0])
    assert (check["sentence"], check["reasons"]) == (1, ["number", "unsure", "term"])
    assert check["findings"][0]["new"] == "168"
    digest = worker(task="digest").columns({"body": ["Der Rat."]})
    assert (digest["doubt"], digest["to_check"], digest["unsupported"]) == ([0.75], [1], [1])
    assert "checks" not in digest  # the record has all of it


def test_map_of_a_data_set_and_of_a_stream() -> None:
    dataset = datasets.Dataset.from_dict(
        {"body": [None, None, *(f"Haus {n}." for n in range(50))], "n": list(range(52))}
    )
    own = worker(task="topics")
    mapped = dataset.map(
        own.columns, batched=True, batch_size=2, writer_batch_size=2, features=own.features(dataset.features)
    )
    assert mapped.column_names == ["body", "n", "topic", "topic_score", "record", "error"]
    assert mapped["n"][:] == list(range(52))
    assert mapped[1]["error"] == "no text: null"
    assert json.loads(mapped[51]["record"])["segments"][0]["source"] == "Haus 49."
    stream = dataset.to_iterable_dataset().map(worker().columns, batched=True, batch_size=7)
    assert [row["translation"] for row in stream] == [None, None, *(f"Suah {n}." for n in range(50))]
    forked = dataset.map(worker().columns, batched=True, batch_size=10, num_proc=2)  # each process loads for itself
    assert forked["translation"][:] == [None, None, *(f"Suah {n}." for n in range(50))]


def test_a_pickled_worker_has_no_models() -> None:
    used = worker(task="digest")
    used(TABLE)
    assert used.load() is used.load()
    raw = pickle.dumps(used)
    assert len(raw) < 1_000
    again = pickle.loads(raw)
    assert again == used
    assert again._steps is None
    assert again(TABLE) == used(TABLE)


def test_a_pool_of_spawned_processes() -> None:
    batches: list[Mapping[str, Sequence[Any]]] = [{"body": [f"Haus {n}.", None], "key": [n, -n]} for n in range(6)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        made = pool.map(worker(), batches)
    assert [batch["translation"] for batch in made] == [[f"Suah {n}.", None] for n in range(6)]
    assert [batch["key"] for batch in made] == [[n, -n] for n in range(6)]


FORKED = """
import os, sys
from toolkit import EngineError, EngineSettings, BatchWorker
worker = BatchWorker(settings=EngineSettings(engine=sys.argv[1]))
assert worker({"text": ["Der Rat stimmt zu."]})["error"] == [None]
child = os.fork()
if child == 0:
    try:
        if sys.argv[2] == "used":
            worker({"text": ["Ende gut."] * 3})
        else:
            BatchWorker(settings=worker.settings)({"text": ["Ende gut."] * 3})
    except EngineError as error:
        os._exit(7 if "forked from one with models loaded" in str(error) else 8)
    os._exit(9)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.weights
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a fork")
@pytest.mark.parametrize("how", ["used", "new"])
def test_a_loaded_model_is_never_forked(how: str) -> None:
    done = subprocess.run([sys.executable, "-c", FORKED, "ct2", how], cwd=ROOT, capture_output=True, timeout=300)
    assert done.returncode == 7, done.stderr


def test_a_guard_belongs_to_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.engines.forks._loaded_in", set())
    guard = ForkGuard()
    guard.check()
    monkeypatch.setattr(os, "getpid", lambda: -1)
    for forbidden in (guard.check, ForkGuard):
        with pytest.raises(EngineError, match="start processes by spawn"):
            forbidden()


@pytest.mark.weights
def test_with_the_shipped_models() -> None:
    texts = ["Der Stadtrat hat am Mittwoch den Bau einer Straßenbahn beschlossen. Sie kostet 186 Mio. Euro.", "", None]
    own = BatchWorker(task="digest", labels=["transport", "sport"])
    made = own({"text": texts})
    assert made["error"] == [None, None, "no text: null"]
    assert "186" in made["translation"][0]
    record = json.loads(made["record"][0])
    assert record["models"]["translator"]["checksum"]
    pipeline = Pipeline()
    expected = pipeline.run(str(texts[0]), labels=["transport", "sport"])
    assert made["summary"][0] == expected.summary.text
    outcomes = translate_many(texts, translator=pipeline.translator)
    assert [outcome.value and outcome.value.text for outcome in outcomes] == [expected.translation.text, "", None]


# ---- memory


MEASURED = int(os.environ.get("KLARTEXT_MEASURE_RECORDS", "0"))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_memory_stays_flat() -> None:
    # In the long run (KLARTEXT_MEASURE_RECORDS=200000) from record 10,000 on; in the short one from where as many
    # sentences are remembered as ever will be.
    records, start, every = (MEASURED, 10_000, 10_000) if MEASURED else (8_000, 5_000, 1_000)
    program = (
        "import json; from tests.measure_batch import measure_memory; "
        f"print(json.dumps(measure_memory({records}, {every})))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    held = {int(reached): megabytes for reached, megabytes in json.loads(done.stdout).items() if int(reached) >= start}
    assert len(held) >= 4
    first = held[min(held)]
    assert all(abs(megabytes / first - 1) <= 0.05 for megabytes in held.values()), held
