"""One article being read: what is known of it so far, from the first sentence to the finished digest."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from toolkit.documents import Digest, Document, Summary, Topics, TranslatedSegment, Translation
from toolkit.errors import InputError
from toolkit.pipeline import Pipeline
from toolkit.segmentation import read_document
from toolkit.tidying import Change
from toolkit.ui.gathering import gather
from toolkit.ui.limits import MAX_CHARACTERS, MAX_LABEL_CHARACTERS, MAX_LABELS, MAX_SECONDS, MAX_SUMMARY_SENTENCES


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the reader wants made of an article."""

    labels: tuple[str, ...] | None = None
    """None: the news set."""
    multi_label: bool = False
    sentences: int = 3

    def __post_init__(self) -> None:
        if not 1 <= self.sentences <= MAX_SUMMARY_SENTENCES:
            raise InputError(f"expected a summary of 1 to {MAX_SUMMARY_SENTENCES} sentences, got {self.sentences}")
        if self.labels is None:
            return
        if len(self.labels) > MAX_LABELS:
            raise InputError(f"expected at most {MAX_LABELS} topics, got {len(self.labels)}: remove some")
        for label in self.labels:
            if len(label) > MAX_LABEL_CHARACTERS:
                raise InputError(
                    f"a topic has at most {MAX_LABEL_CHARACTERS} characters, and {label[:30] + '…'!r} has {len(label)}"
                )


@dataclass(frozen=True, slots=True)
class Reading:
    """An article, and what has been made of it so far."""

    title: str
    """Its first words, for the list of articles."""
    document: Document
    segments: tuple[TranslatedSegment, ...] = ()
    digest: Digest | None = None
    """None until everything is ready."""
    seconds: float = 0.0
    changes: tuple[Change, ...] = ()
    """What the clean-up did to the pasted text."""
    origin: str = ""
    """Title or name of the file it was read from, where it was."""
    notes: tuple[str, ...] = ()
    """What of that file is not in the text, a sentence each."""
    checksums: Mapping[str, str] = field(default_factory=dict)
    """Model name → the checksum of its folder."""
    version: str | None = None
    """Of klartext."""
    note: str = ""
    """Why it ended early, where it did."""

    @property
    def total(self) -> int:
        """Sentences in all."""
        return len(self.document.segments)

    @property
    def heading(self) -> str:
        """What the list of articles calls it."""
        return (self.digest.summary.headline if self.digest else "") or self.title


def check_text(text: str) -> str:
    """The text, or InputError when there is nothing to read in it or too much."""
    if not text.strip():
        raise InputError("There is no text yet: paste a German article, or choose a file.")
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"This text has {len(text):,} characters; the page reads up to {MAX_CHARACTERS:,}: give it a part of it."
        )
    return text


def begin(
    text: str,
    *,
    changes: Sequence[Change] = (),
    origin: str = "",
    notes: Sequence[str] = (),
    checksums: Mapping[str, str] | None = None,
    version: str | None = None,
) -> Reading:
    """A reading of which nothing is translated yet. Raises InputError for a text that cannot be used."""
    document = read_document(check_text(text), language=None)
    return Reading(
        title=origin or _title(document),
        document=document,
        changes=tuple(changes),
        origin=origin,
        notes=tuple(notes),
        checksums=checksums or {},
        version=version,
    )


def read(
    pipeline: Pipeline, reading: Reading, wishes: Wishes, *, is_wanted: Callable[[], bool] = lambda: True
) -> Generator[Reading]:
    """The reading as it grows, as it was first; the last one has the digest, unless its note says why not.

    Closing it stops the work; so does `is_wanted`, asked several times a second: then the last one is as far as it got.
    """
    started = time.monotonic()
    document = reading.document
    yield reading
    segments: list[TranslatedSegment] = []
    translation: Translation | None = None
    summary: Summary | None = None
    parts = gather(
        pipeline.stream(
            document,
            labels=None if wishes.labels is None else list(wishes.labels),
            multi_label=wishes.multi_label,
            sentences=wishes.sentences,
        )
    )
    try:
        for handful in parts:
            for part in handful:
                if isinstance(part, TranslatedSegment):
                    segments.append(part)
                elif isinstance(part, Summary):
                    translation, summary = pipeline.translator.assemble(document, segments), part
                elif isinstance(part, Topics) and translation is not None and summary is not None:
                    reading = replace(reading, digest=Digest(translation=translation, summary=summary, topics=part))
            seconds = time.monotonic() - started
            reading = replace(reading, segments=tuple(segments), seconds=seconds)
            if reading.digest is None and seconds > MAX_SECONDS:
                yield replace(reading, note=f"Stopped after {MAX_SECONDS} seconds, the most one article may take.")
                return
            is_ended = reading.digest is None and not is_wanted()
            if handful or is_ended:
                yield reading
            if is_ended:
                return
    finally:
        parts.close()


def summarize_again(pipeline: Pipeline, digest: Digest, sentences: int) -> Digest:
    """The digest with a summary of another length; nothing else is done anew."""
    return replace(digest, summary=pipeline.summarizer.summarize(digest.translation, sentences=sentences))


def classify_again(pipeline: Pipeline, digest: Digest, wishes: Wishes) -> Digest:
    """The digest with other topics; nothing else is done anew."""
    topics = pipeline.topics.classify(
        digest.translation,
        None if wishes.labels is None else list(wishes.labels),
        multi_label=wishes.multi_label,
    )
    return replace(digest, topics=topics)


def _title(document: Document) -> str:
    first = document.segments[0].text if document.segments else ""
    return first if len(first) <= 80 else f"{first[:79].rstrip()}…"
