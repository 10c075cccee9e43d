"""The page's functions for programs: the same chain through gradio_client, the API page and MCP.

What they answer is text and JSON, unchanged; nothing of it is HTML.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar

import gradio as gr
from gradio.events import api

from toolkit import records
from toolkit.documents import Digest, Document, Summary, Topics, TranslatedSegment, Translation
from toolkit.errors import InputError, KlartextError
from toolkit.segmentation import read_document
from toolkit.translation import Translator
from toolkit.ui.desk import Choice, Desk
from toolkit.ui.gathering import gather
from toolkit.ui.limits import MAX_READERS, MAX_SECONDS
from toolkit.ui.reading import Wishes, check_text

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
_LANGUAGES = ("auto", "de", "en")


def add_endpoints(desk: Desk) -> None:
    """Add /translate, /summarize, /topics and /digest to the page that is being built."""

    @_plainly
    def translate(text: str) -> str:
        """Translate German text into English; paragraphs, blank lines and lists stay where they are.

        Args:
            text: German text.
        """
        return _translate(desk.base.translator, read_document(check_text(text), language=None)).text

    @_plainly
    def summarize(text: str, sentences: int = 3, language: str = "auto") -> dict[str, Any]:
        """Write a headline and a short English summary of a German or English article.

        Args:
            text: German or English text.
            sentences: Sentences of the summary at most.
            language: de translates the text first, en takes it as it is, auto looks at it.
        """
        pipeline, wishes = desk.pipeline(Choice()), Wishes(sentences=sentences)
        document, translation = _english(desk, text, language)
        source = document.text if translation is None else translation
        summary = pipeline.summarizer.summarize(source, sentences=wishes.sentences)
        return _plain(
            records.record(document, translation=translation, summary=summary, checksums=desk.checksums(pipeline))
        )

    @_plainly
    def topics(
        text: str, labels: list[str] | None = None, multi_label: bool = False, language: str = "auto"
    ) -> dict[str, Any]:
        """Score how well topics fit a German or English text.

        Args:
            text: German or English text.
            labels: Topics to choose from; without them a set for news.
            multi_label: Whether any number of topics may fit, not only one.
            language: de translates the text first, en takes it as it is, auto looks at it.
        """
        pipeline, wishes = desk.pipeline(Choice()), _wishes(labels, multi_label=multi_label)
        document, translation = _english(desk, text, language)
        scored = pipeline.topics.classify(
            document.text if translation is None else translation, labels or None, multi_label=wishes.multi_label
        )
        return _plain(
            records.record(document, translation=translation, topics=scored, checksums=desk.checksums(pipeline))
        )

    @_plainly
    def digest(
        text: str, labels: list[str] | None = None, multi_label: bool = False, sentences: int = 3
    ) -> dict[str, Any]:
        """Translate, summarize and classify a German article: the JSON of `klartext digest --json`.

        Args:
            text: German text.
            labels: Topics to choose from; without them a set for news.
            multi_label: Whether any number of topics may fit, not only one.
            sentences: Sentences of the summary at most.
        """
        pipeline = desk.pipeline(Choice())
        wishes = _wishes(labels, multi_label=multi_label, sentences=sentences)
        document = read_document(check_text(text), language=None)
        parts = all_in_time(
            pipeline.stream(document, labels=labels or None, multi_label=multi_label, sentences=wishes.sentences)
        )
        segments = [part for part in parts if isinstance(part, TranslatedSegment)]
        (summary,) = (part for part in parts if isinstance(part, Summary))
        (scored,) = (part for part in parts if isinstance(part, Topics))
        translation = pipeline.translator.assemble(document, segments)
        made = Digest(translation=translation, summary=summary, topics=scored)
        return _plain(records.digest_record(made, checksums=desk.checksums(pipeline)))

    for function in (translate, summarize, topics, digest):
        api(function, api_name=function.__name__, concurrency_limit=MAX_READERS, concurrency_id="reading")


def _wishes(labels: list[str] | None, *, multi_label: bool, sentences: int = 3) -> Wishes:
    return Wishes(labels=tuple(labels) if labels else None, multi_label=multi_label, sentences=sentences)


def _english(desk: Desk, text: str, language: str) -> tuple[Document, Translation | None]:
    """The document, and its translation where it is German."""
    if language not in _LANGUAGES:
        raise InputError(f"unknown language {language!r}: choose one of {', '.join(_LANGUAGES)}")
    document = read_document(check_text(text), language=None if language == "auto" else language)
    if document.language == "de":
        return document, _translate(desk.base.translator, document)
    if document.language == "en":
        return document, None
    return read_document(text, language="en"), None


def _translate(translator: Translator, document: Document) -> Translation:
    return translator.assemble(document, all_in_time(translator.stream(document)))


def all_in_time(items: Iterator[T]) -> list[T]:
    """All of them, or InputError when they take longer than an article may; the work stops then."""
    started = time.monotonic()
    parts = gather(items)
    made: list[T] = []
    try:
        for handful in parts:
            made += handful
            if time.monotonic() - started > MAX_SECONDS:
                raise InputError(
                    f"this text takes more than {MAX_SECONDS} seconds, the most one may: give a part of it"
                )
    finally:
        parts.close()
    return made


def _plain(record: records.Record) -> dict[str, Any]:
    return dict(record)


def _plainly(function: Callable[P, R]) -> Callable[P, R]:
    """Our own errors as their one line; gradio hides all others from the caller."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except KlartextError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return call
