"""Many records from Python: lazy iterators in input order, and a worker for data frames and clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING

from toolkit.batch.outcomes import MAX_CHARACTERS, SOUND_TEXT, Outcome, attempt, in_groups, map_in_order, text_problem
from toolkit.batch.worker import BatchWorker, Made, Steps
from toolkit.documents import Digest, Document, Translation
from toolkit.errors import InputError
from toolkit.segmentation import read_document

if TYPE_CHECKING:
    from toolkit.pipeline import Pipeline
    from toolkit.translation import Translator

__all__ = ["BatchWorker", "Outcome", "digest_many", "translate_many"]


def translate_many(
    sources: Iterable[str | Document | None],
    *,
    translator: Translator | None = None,
    max_characters: int = MAX_CHARACTERS,
) -> Iterator[Outcome[Translation]]:
    """The outcome of each text or document, lazily and in order; what is no text, or fails, does not end the iteration.

    Without a `translator` the shipped one is loaded, and remembers repeated sentences. At most some two thousand
    records are taken from `sources` ahead of those that were given back.
    """
    _check_many(sources)
    if translator is None:
        from toolkit.memory import TranslationMemory
        from toolkit.translation import Translator

        translator = Translator(memory=TranslationMemory())
    made = _make_many(sources, Steps(translator), max_characters)
    return (Outcome(each.index, each.value.translation if each.value else None, each.error) for each in made)


def digest_many(
    sources: Iterable[str | Document | None],
    *,
    pipeline: Pipeline | None = None,
    labels: Sequence[str] | None = None,
    multi_label: bool = False,
    sentences: int = 3,
    max_characters: int = MAX_CHARACTERS,
) -> Iterator[Outcome[Digest]]:
    """The same with a summary and topics; the articles of many records share batches.

    Without a `pipeline` the shipped one is loaded. Raises InputError at once for labels that cannot be used.
    """
    from toolkit.labels import read_labels

    _check_many(sources)
    read_labels(labels)
    if pipeline is None:
        from toolkit.memory import TranslationMemory
        from toolkit.pipeline import Pipeline
        from toolkit.translation import Translator

        pipeline = Pipeline(Translator(memory=TranslationMemory()))
    steps = Steps(
        pipeline.translator,
        pipeline.summarizer,
        pipeline.topics,
        labels=labels,
        multi_label=multi_label,
        sentences=sentences,
    )
    made = _make_many(sources, steps, max_characters)
    return (Outcome(each.index, each.value.digest if each.value else None, each.error) for each in made)


def _check_many(sources: object) -> None:
    if isinstance(sources, str):  # its letters would be taken for texts
        raise InputError("expected many texts, got one: put it in a list")


def _make_many(sources: Iterable[str | Document | None], steps: Steps, max_characters: int) -> Iterator[Outcome[Made]]:
    numbers = count()
    for made in map_in_order(_maker(steps, max_characters), in_groups(sources, _characters)):
        for value, error in made:
            yield Outcome(next(numbers), value, error)


def _maker(
    steps: Steps, max_characters: int
) -> Callable[[Sequence[str | Document | None]], list[tuple[Made | None, str | None]]]:
    def make(sources: Sequence[str | Document | None]) -> list[tuple[Made | None, str | None]]:
        problems = [text_problem(_text(source), max_characters) for source in sources]
        sound = [source for source, problem in zip(sources, problems, strict=True) if problem is None]
        done = iter(attempt(lambda some: steps.run([_document(each) for each in some]), sound, sound=SOUND_TEXT))
        return [next(done) if problem is None else (None, problem) for problem in problems]

    return make


def _document(source: str | Document | None) -> Document:
    return source if isinstance(source, Document) else read_document(str(source), language=None)


def _text(source: object) -> object:
    return source.text if isinstance(source, Document) else source


def _characters(source: object) -> int:
    text = _text(source)
    return len(text) if isinstance(text, str) else 0
