"""What the page does on each event: values of its controls in, values of its places out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from toolkit.documents import Digest
from toolkit.errors import KlartextError
from toolkit.pipeline import Pipeline
from toolkit.tidying import Tidied, tidy
from toolkit.ui.desk import Choice, Desk
from toolkit.ui.intake import Origin, read_glossary, take_file, take_glossary_file
from toolkit.ui.reading import Reading, Wishes, begin, check_text, classify_again, read, summarize_again
from toolkit.ui.runs import Runs
from toolkit.ui.shelf import render_shelf, replace_on_shelf, shelve
from toolkit.ui.takeaway import file_of, quotation_of
from toolkit.ui.views import alert, note, view_of

_LOG = logging.getLogger(__name__)
_FORGOTTEN = "This article has been forgotten, an hour after it was read: read it again."
_SORRY = "Something went wrong. What it was is in the page's log; please try again."

Shelf = tuple[Reading, ...]
Places = tuple[Any, ...]
"""Values for `PLACES`."""
PLACES = (
    *("reading", "shelf", "shelf_list", "alert", "progress", "gist", "topics", "trust", "article", "quotation"),
    *("desk_stage", "reading_stage", "cancel"),
)
"""The outputs of every handler that shows a reading, in order."""


class Handlers:
    """The handlers of one page; everything of a reader comes and goes with the call."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._runs = Runs()

    def read(
        self,
        text: str,
        origin: Origin | None,
        shelf: Shelf,
        clean: bool,
        labels: list[str],
        several: bool,
        length: int,
        translator: str,
        summarizer: str,
        topics: str,
        speed: str,
        glossary: str,
        request: gr.Request | None = None,
    ) -> Generator[Places]:
        """Read a text from the first sentence to the digest."""
        try:
            tidied = tidy(check_text(text)) if clean else Tidied(check_text(text), ())
            wishes = Wishes(labels=tuple(labels), multi_label=several, sentences=int(length))
            choice = Choice(translator=translator, summarizer=summarizer, topics=topics, speed=speed)
            pipeline = self._desk.pipeline(choice, glossary=read_glossary(glossary))
            file = origin if origin is not None and origin.text == text else None
            reading = begin(
                tidied.text,
                changes=tidied.changes,
                origin="" if file is None else file.name,
                notes=() if file is None else file.notes,
                checksums=self._desk.checksums(pipeline),
                version=self._desk.version,
            )
            with self._runs.begin(_page_of(request)) as run:
                for reading in read(pipeline, reading, wishes, is_wanted=run.is_wanted):  # noqa: B020 - further on
                    if reading.digest is None:
                        yield _show(reading, shelf, is_running=run.is_wanted() and not reading.note)
                if run.is_left:
                    yield _back_with("")
                elif reading.digest is not None:
                    yield _show(reading, shelve(shelf, reading))
        except KlartextError as error:
            yield _back_with(str(error))
        except Exception:
            _LOG.exception("reading an article failed")
            yield _back_with(_SORRY)

    def stop(self, reading: Reading | None, shelf: Shelf, request: gr.Request | None = None) -> Places:
        """End the reading that is under way; it shows itself what is there."""
        if self._runs.stop(_page_of(request)) or reading is None or reading.digest is not None:
            return _changed(cancel=gr.update(visible=False))
        return _show(reading, shelf)

    def go_back(self, request: gr.Request | None = None) -> Places:
        """Back to the text."""
        self._runs.stop(_page_of(request), leave=True)
        return _back_with("")

    def change_length(
        self, reading: Reading | None, shelf: Shelf, length: int, translator: str, summarizer: str, topics: str
    ) -> Places:
        """Another summary of the same article."""
        if reading is None:
            return _changed(alert=alert(_FORGOTTEN))
        choice = Choice(translator=translator, summarizer=summarizer, topics=topics)
        return self._change(reading, shelf, choice, lambda pipe, digest: summarize_again(pipe, digest, int(length)))

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
        choice = Choice(translator=translator, summarizer=summarizer, topics=topics)

        def classify(pipeline: Pipeline, digest: Digest) -> Digest:
            return classify_again(pipeline, digest, Wishes(labels=tuple(labels), multi_label=several))

        return self._change(reading, shelf, choice, classify)

    def _change(
        self, reading: Reading | None, shelf: Shelf, choice: Choice, change: Callable[[Pipeline, Digest], Digest]
    ) -> Places:
        if reading is None or reading.digest is None:
            return _changed()
        try:
            pipeline = self._desk.pipeline(choice)
            checksums = {**reading.checksums, **self._desk.checksums(pipeline)}
            reading = replace(reading, digest=change(pipeline, reading.digest), checksums=checksums)
        except KlartextError as error:
            return _changed(alert=alert(str(error)))
        return _show(reading, replace_on_shelf(shelf, reading))

    def open(self, shelf: Shelf, event: gr.EventData) -> Places:
        """An article from the list."""
        index = event.index
        if not isinstance(index, int) or not 0 <= index < len(shelf):
            return _changed()
        return _show(shelf[index], shelf)

    def quote(self, reading: Reading | None, event: gr.EventData) -> Places:
        """What the reader has selected, as one citable block."""
        first, last = event.first, event.last
        if reading is None:
            return _changed(alert=alert(_FORGOTTEN))
        if not isinstance(first, int) or not isinstance(last, int):
            return _changed()
        try:
            return _changed(quotation=quotation_of(reading, first, last), alert="")
        except KlartextError as error:
            return _changed(alert=alert(str(error)))

    def download(self, ending: str, reading: Reading | None) -> tuple[Any, Any]:
        """A file for the browser to save, and what is wrong."""
        if reading is None:
            return None, alert(_FORGOTTEN)
        try:
            return file_of(reading, ending), ""
        except KlartextError as error:
            return None, alert(str(error))

    def upload(self, path: str) -> tuple[Any, Any, Any, Any]:
        """The text of a file, where it is from, a note about it, and what is wrong."""
        try:
            origin = take_file(path)
        except KlartextError as error:
            return gr.skip(), gr.skip(), "", alert(str(error))
        words = " ".join((f"From {origin.name}.", *origin.notes))
        return origin.text, origin, note(words), ""

    def upload_glossary(self, path: str) -> tuple[Any, Any]:
        """The lines of a glossary, and what is wrong."""
        try:
            return take_glossary_file(path), ""
        except KlartextError as error:
            return gr.skip(), alert(str(error))


def _page_of(request: gr.Request | None) -> str | None:
    return None if request is None else request.session_hash


def _show(reading: Reading, shelf: Sequence[Reading], *, is_running: bool = False) -> Places:
    view = view_of(reading, is_running=is_running)
    return _changed(
        reading=reading,
        shelf=tuple(shelf),
        shelf_list=render_shelf(shelf),
        alert=view.alert,
        progress=view.progress,
        gist=view.gist,
        topics=view.topics,
        trust=view.trust,
        article=view.article,
        quotation="",
        desk_stage=gr.update(visible=False),
        reading_stage=gr.update(visible=True),
        cancel=gr.update(visible=is_running),
    )


def _back_with(message: str) -> Places:
    """Back at the text, with what is wrong, if anything."""
    return _changed(
        alert=alert(message),
        desk_stage=gr.update(visible=True),
        reading_stage=gr.update(visible=False),
        cancel=gr.update(visible=False),
    )


def _changed(**places: Any) -> Places:
    """All places, those that are not named as they are."""
    return tuple(places.get(name, gr.skip()) for name in PLACES)
