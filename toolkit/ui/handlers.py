"""What the page does on each event: values of its controls in, values of its places out."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from toolkit.errors import KlartextError
from toolkit.tidying import Tidied, tidy
from toolkit.ui.desk import Choice, Desk
from toolkit.ui.reading import Reading, Wishes, check_text, classify_again, read, summarize_again
from toolkit.ui.shelf import render_shelf, replace_on_shelf, shelve
from toolkit.ui.views import alert, view_of

_LOG = logging.getLogger(__name__)
_SORRY = "Something went wrong while reading this; the log of the page says what. Please try again."

Shelf = tuple[Reading, ...]
Places = tuple[Any, ...]
"""Values for the outputs of `page`: reading, shelf, its list, alert, progress, gist, topics, trust, article, stages."""
_UNCHANGED = 6


class Handlers:
    """The handlers of one page; everything of a reader comes and goes with the call."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def read(
        self,
        text: str,
        shelf: Shelf,
        clean: bool,
        labels: list[str],
        several: bool,
        length: int,
        translator: str,
        summarizer: str,
        topics: str,
        speed: str,
    ) -> Generator[Places]:
        """Read a text from the first sentence to the digest."""
        try:
            tidied = tidy(check_text(text)) if clean else Tidied(check_text(text), ())
            wishes = Wishes(labels=tuple(labels), multi_label=several, sentences=int(length))
            choice = Choice(translator=translator, summarizer=summarizer, topics=topics, speed=speed)
            reading = None
            for reading in read(self._desk.pipeline(choice), tidied.text, wishes, changes=tidied.changes):
                if reading.digest is None:
                    yield self._show(reading, shelf, is_running=not reading.note)
            if reading is not None and reading.digest is not None:
                yield self._show(reading, shelve(shelf, reading))
        except KlartextError as error:
            yield _fail(str(error))
        except Exception:
            _LOG.exception("reading failed")
            yield _fail(_SORRY)

    def stop(self, reading: Reading | None) -> Places:
        """What is there when the reader has stopped it."""
        if reading is None or reading.digest is not None:
            return (*[gr.skip()] * 9, gr.skip(), gr.skip(), gr.update(visible=False))
        return (gr.skip(), gr.skip(), gr.skip(), *self._show(reading, ())[3:])

    def go_back(self) -> Places:
        """Back to the text."""
        return ("", *_stages(is_reading=False, is_running=False))

    def change_length(
        self, reading: Reading | None, shelf: Shelf, length: int, translator: str, summarizer: str, topics: str
    ) -> Places:
        """Another summary of the same article."""
        if reading is None or reading.digest is None:
            return _nothing()
        try:
            pipeline = self._desk.pipeline(Choice(translator=translator, summarizer=summarizer, topics=topics))
            reading = replace(reading, digest=summarize_again(pipeline, reading.digest, int(length)))
        except KlartextError as error:
            return _complain(str(error))
        return self._show(reading, replace_on_shelf(shelf, reading))

    def change_topics(
        self,
        reading: Reading | None,
        shelf: Shelf,
        labels: list[str],
        several: bool,
        translator: str,
        summarizer: str,
        topics: str,
    ) -> Places:
        """Other topics for the same article."""
        if reading is None or reading.digest is None:
            return _nothing()
        try:
            wishes = Wishes(labels=tuple(labels), multi_label=several)
            pipeline = self._desk.pipeline(Choice(translator=translator, summarizer=summarizer, topics=topics))
            reading = replace(reading, digest=classify_again(pipeline, reading.digest, wishes))
        except KlartextError as error:
            return _complain(str(error))
        return self._show(reading, replace_on_shelf(shelf, reading))

    def open(self, shelf: Shelf, event: gr.EventData) -> Places:
        """An article from the list."""
        index = int(event.index)
        if not 0 <= index < len(shelf):
            return _nothing()
        return self._show(shelf[index], shelf)

    def _show(self, reading: Reading, shelf: Sequence[Reading], *, is_running: bool = False) -> Places:
        view = view_of(reading, is_running=is_running)
        return (
            reading,
            tuple(shelf),
            render_shelf(shelf),
            view.alert,
            view.progress,
            view.gist,
            view.topics,
            view.trust,
            view.article,
            *_stages(is_reading=True, is_running=is_running),
        )


def _stages(*, is_reading: bool, is_running: bool) -> Places:
    return gr.update(visible=not is_reading), gr.update(visible=is_reading), gr.update(visible=is_running)


def _nothing() -> Places:
    return (gr.skip(),) * 12


def _complain(message: str) -> Places:
    """The page as it is, and what is wrong."""
    return (gr.skip(), gr.skip(), gr.skip(), alert(message), *[gr.skip()] * 8)


def _fail(message: str) -> Places:
    """Back at the text, with what is wrong."""
    return (
        gr.skip(),
        gr.skip(),
        gr.skip(),
        alert(message),
        *[gr.skip()] * 5,
        *_stages(is_reading=False, is_running=False),
    )
