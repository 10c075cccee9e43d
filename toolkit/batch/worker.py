"""The worker of a batch job: loads its models once and maps a batch of rows to a batch of rows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit import concerns, records, segmentation
from toolkit.batch.outcomes import MAX_CHARACTERS, SOUND_TEXT, attempt, text_problem
from toolkit.documents import Digest, Document, Summary, Topics, Translation
from toolkit.engines import EngineSettings, GenerationOptions
from toolkit.errors import InputError
from toolkit.glossary import Glossary
from toolkit.labels import read_labels
from toolkit.memory import TranslationMemory
from toolkit.tables.rows import FLOAT, INTEGER, MIXED, STRING

if TYPE_CHECKING:
    from toolkit.summarization import Summarizer
    from toolkit.topics import TopicClassifier
    from toolkit.translation import Translator

COLUMNS: dict[str, dict[str, str]] = {
    "translate": {"translation": STRING, "doubt": FLOAT, "to_check": INTEGER, "checks": MIXED},
    "summarize": {"headline": STRING, "summary": STRING, "unsupported": INTEGER, "record": MIXED},
    "topics": {"topic": STRING, "topic_score": FLOAT, "record": MIXED},
    "digest": {
        "translation": STRING,
        "doubt": FLOAT,
        "to_check": INTEGER,
        "headline": STRING,
        "summary": STRING,
        "unsupported": INTEGER,
        "topic": STRING,
        "topic_score": FLOAT,
        "record": MIXED,
    },
}
"""The columns each task adds, with what they hold.

`doubt` is that of the sentence in most doubt, `to_check` the number of sentences with a reason to check them, `checks`
those sentences with their reasons and findings; `unsupported` is the number of summary sentences that their evidence
does not clearly bear out; `record` is all there is to know, in format 1.
"""
TASKS = tuple(COLUMNS)
LANGUAGES = ("auto", "de", "en")


@dataclass(kw_only=True)
class BatchWorker:
    """Translates, summarizes or classifies batches of rows; a row that fails gets nulls and the reason in `error`.

    The first batch loads the models. Pickled, it takes its configuration along and not the models, so it may be sent
    to processes started by spawn, to Ray Data, Spark or Dask. Safe to share between threads, not across a fork.
    """

    task: str = "translate"
    """ "translate", "summarize", "topics" or "digest"."""
    column: str = "text"
    """The column that holds the texts."""
    id_column: str | None = None
    """The column whose values become the ids in `record`."""
    prefix: str = ""
    """Put before the names of the new columns."""
    source_language: str = "auto"
    """For summaries and topics alone: "de" is translated first, "en" is not, "auto" looks at each text."""
    labels: Sequence[str] | None = None
    multi_label: bool = False
    threshold: float | None = None
    sentences: int = 3
    translator: str | Path | None = None
    summarizer: str | Path | None = None
    topics_model: str | Path | None = None
    settings: EngineSettings = field(default_factory=EngineSettings)
    options: GenerationOptions = field(default_factory=GenerationOptions)
    max_characters: int = MAX_CHARACTERS
    cache: Path | None = None
    """A file that remembers translated sentences from job to job."""
    glossary: Glossary | None = None
    """Terms and the English wanted for them."""

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise InputError(f"unknown task {self.task!r}: choose one of {', '.join(TASKS)}")
        if self.source_language not in LANGUAGES:
            raise InputError(f"unknown language {self.source_language!r}: choose one of {', '.join(LANGUAGES)}")
        read_labels(self.labels)  # a mistake in them is not the rows' own
        self._steps: Steps | None = None
        self._loading = threading.Lock()

    @property
    def new_columns(self) -> dict[str, str]:
        """The names of the columns it adds, prefix included, with what they hold."""
        return {self.prefix + name: kind for name, kind in COLUMNS[self.task].items()}

    def __call__(self, rows: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """Columns in, the same columns and the new ones out; for Ray Data's map_batches and its like."""
        return {**{name: list(values) for name, values in rows.items()}, **self.columns(rows)}

    def columns(self, rows: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """The new columns alone, for `datasets.Dataset.map(worker.columns, batched=True)`.

        `record` is JSON there, and `error` is null for a row that is well.
        """
        for name in (self.column, self.id_column):
            if name is not None and name not in rows:
                raise InputError(f"no column {name!r} in the batch, only {', '.join(map(repr, rows))}")
        taken = next((name for name in [*self.new_columns, f"{self.prefix}error"] if name in rows), None)
        if taken is not None:
            raise InputError(f"there is a column {taken!r} in the batch already: give the new ones another prefix")
        texts = list(rows[self.column])
        ids = [None if id_ is None else str(id_) for id_ in rows[self.id_column]] if self.id_column else None
        outcomes = self.process(texts, ids)
        columns: dict[str, list[Any]] = {}
        for name, kind in COLUMNS[self.task].items():
            cells = [None if values is None else values[name] for values, _ in outcomes]
            if kind == MIXED:
                cells = [None if cell is None else records.to_json(cell) for cell in cells]  # type: ignore[arg-type]
            columns[self.prefix + name] = cells
        columns[f"{self.prefix}error"] = [error for _, error in outcomes]
        return columns

    def features(self, known: Mapping[str, Any]) -> Any:
        """`known`, the features of a data set, and those of the new columns: `map(…, features=…)`.

        Without them `datasets` guesses a column's type from its first rows, and takes nulls alone for a type.
        """
        import datasets

        kinds = {**self.new_columns, f"{self.prefix}error": STRING}
        types = {FLOAT: "float64", INTEGER: "int64"}
        new = {name: datasets.Value(types.get(kind, "string")) for name, kind in kinds.items()}
        return datasets.Features({**known, **new})

    def process(
        self, texts: Sequence[object], ids: Sequence[str | None] | None = None
    ) -> list[tuple[dict[str, object] | None, str | None]]:
        """For each text the values of the new columns (without prefix), or None and the reason, in order."""
        problems = [text_problem(text, self.max_characters) for text in texts]
        sound = [(text, ids[i] if ids else None) for i, text in enumerate(texts) if problems[i] is None]
        made = iter(attempt(self._make, sound, sound=(SOUND_TEXT, None)))
        return [next(made) if problem is None else (None, problem) for problem in problems]

    def load(self) -> Steps:
        """Load the models, once; called by the first batch."""
        with self._loading:
            if self._steps is None:
                self._steps = self._load()
            return self._steps

    def _load(self) -> Steps:
        from toolkit.summarization import Summarizer
        from toolkit.topics import TopicClassifier
        from toolkit.translation import Translator

        needs_translator = self.task in ("translate", "digest") or self.source_language != "en"
        translator = None
        if needs_translator:
            memory = TranslationMemory(path=self.cache)
            translator = Translator(
                self.translator, settings=self.settings, options=self.options, memory=memory, glossary=self.glossary
            )
        has_summary, has_topics = self.task in ("summarize", "digest"), self.task in ("topics", "digest")
        return Steps(
            translator,
            Summarizer(self.summarizer, settings=self.settings) if has_summary else None,
            TopicClassifier(self.topics_model, settings=self.settings) if has_topics else None,
            labels=self.labels,
            multi_label=self.multi_label,
            threshold=self.threshold,
            sentences=self.sentences,
        )

    def _make(self, items: Sequence[tuple[object, str | None]]) -> list[dict[str, object]]:
        steps = self.load()
        language = self.source_language if self.task in ("summarize", "topics") else "de"
        documents = [_document(str(text), id_, language) for text, id_ in items]
        return [self._values(made, steps.checksums) for made in steps.run(documents, always=language == "de")]

    def _values(self, made: Made, checksums: Mapping[str, str]) -> dict[str, object]:
        """The values of the new columns."""
        values: dict[str, object] = {}
        for name in COLUMNS[self.task]:
            if name == "translation":
                values[name] = made.translation.text if made.translation else None
            elif name in _CHECKS:
                values[name] = _CHECKS[name](made.translation) if made.translation else None
            elif name == "unsupported":
                values[name] = _unsupported(made.summary) if made.summary else None
            elif name == "headline":
                values[name] = made.summary.headline if made.summary else None
            elif name == "summary":
                values[name] = made.summary.text if made.summary else None
            elif name == "topic":
                values[name] = made.topics.best if made.topics else None
            elif name == "topic_score":
                values[name] = made.topics.scores[0].score if made.topics and made.topics.scores else None
            else:
                values[name] = records.record(
                    made.document,
                    translation=made.translation,
                    summary=made.summary,
                    topics=made.topics,
                    checksums=checksums,
                )
        return values

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of one document; None for a step that did not run."""

    document: Document
    translation: Translation | None
    summary: Summary | None
    topics: Topics | None

    @property
    def digest(self) -> Digest:
        """All of it, where all three steps ran."""
        assert self.translation and self.summary and self.topics  # noqa: S101, PT018 - the caller ran them all
        return Digest(self.translation, self.summary, self.topics)


class Steps:
    """The loaded models of a job, each used on many documents at once so that they share batches."""

    def __init__(
        self,
        translator: Translator | None,
        summarizer: Summarizer | None = None,
        topics: TopicClassifier | None = None,
        *,
        labels: Sequence[str] | None = None,
        multi_label: bool = False,
        threshold: float | None = None,
        sentences: int = 3,
    ) -> None:
        self._translator, self._summarizer, self._topics = translator, summarizer, topics
        self._labels, self._multi_label, self._threshold = labels, multi_label, threshold
        self._sentences = sentences
        models = (step.model for step in (translator, summarizer, topics) if step is not None)
        self.checksums = {model.name: model.checksum for model in models if model is not None}

    @property
    def names(self) -> dict[str, str]:
        """Which model does what, with its checksum and the engine that runs it."""
        steps = {"translator": self._translator, "summarizer": self._summarizer, "topics": self._topics}
        return {
            role: f"{step.name} {self.checksums.get(step.name, '')[:16]} on {step.engine.name}".replace("  ", " ")
            for role, step in steps.items()
            if step is not None
        }

    def run(self, documents: Sequence[Document], *, always: bool = True) -> list[Made]:
        """Every step on all documents, in order; translated are all, or unless `always` only the German ones."""
        translated: dict[int, Translation] = {}
        if self._translator is not None:
            chosen = [i for i, document in enumerate(documents) if always or document.language == "de"]
            translations = self._translator.translate_many([documents[i] for i in chosen])
            translated = dict(zip(chosen, translations, strict=True))
        english = [translated.get(i, document.text) for i, document in enumerate(documents)]
        summaries: Sequence[Summary | None] = [None] * len(documents)
        if self._summarizer is not None:
            summaries = list(self._summarizer.summarize_many(english, sentences=self._sentences))
        topics: Sequence[Topics | None] = [None] * len(documents)
        if self._topics is not None:
            topics = list(
                self._topics.classify_many(
                    english, self._labels, multi_label=self._multi_label, threshold=self._threshold
                )
            )
        return [Made(document, translated.get(i), summaries[i], topics[i]) for i, document in enumerate(documents)]


def _highest_doubt(translation: Translation) -> float | None:
    """That of the sentence in most doubt; None where none was estimated."""
    return max((segment.doubt for segment in translation.segments if segment.doubt is not None), default=None)


def _unsupported(summary: Summary) -> int:
    return sum(sentence.is_supported is False for sentence in summary.sentences)


_CHECKS: dict[str, Callable[[Translation], object]] = {
    "doubt": _highest_doubt,
    "to_check": lambda translation: len(concerns.to_check(translation)),
    "checks": records.check_records,
}


def _document(text: str, id_: str | None, language: str) -> Document:
    """German for a translation; for a summary what it is, or English where that cannot be told."""
    if language == "de":
        return segmentation.read_document(text, id=id_, language=None)
    document = segmentation.read_document(text, id=id_, language=None if language == "auto" else language)
    if document.language in ("de", "en"):
        return document
    return segmentation.read_document(text, id=id_, language="en")
