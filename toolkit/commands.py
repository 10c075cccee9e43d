"""What the commands of the command line do with their inputs, one after the other."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from toolkit import __version__, exports, records, terminal
from toolkit.documents import Document, Topics, Translation
from toolkit.engines import EngineSettings, GenerationOptions
from toolkit.errors import EngineError, InputError
from toolkit.glossary import Glossary
from toolkit.inputs import Source, read_labels, read_sources
from toolkit.messages import say
from toolkit.notes import language_notes, name_of, translation_notes
from toolkit.output import Output
from toolkit.progress import Progress, run_interruptibly

if TYPE_CHECKING:
    from toolkit.translation import Translator

_LOADING_SECONDS: float = 3.0


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a command made of one input."""

    record: records.Record
    text: str | bytes
    """For a terminal, or the bytes of an export."""
    notes: tuple[str, ...]


class _Step(Protocol):
    """A command with its models."""

    def load(self) -> None:
        """Load what every input needs; raises before the first input is read."""

    def run(self, text: str, source: Source, output: Output) -> _Outcome:
        """The outcome for one input."""


def run(options: argparse.Namespace) -> int:
    """Run the command that was parsed; the exit code."""
    if options.command == "models":
        return _run_models(options)
    if options.command == "batch":
        from toolkit import batch_command

        return batch_command.run(options)
    if options.command == "app":
        from toolkit import app_command

        return app_command.run(options)
    sources = read_sources(options)
    step: _Step = _STEPS[options.command](options)
    ending = _ending(options)
    if ending is not None:
        exports.check_ending(ending)
        if len(sources) > 1:
            raise InputError(f"{options.output} holds one digest: give one input, or --json for several")
    with Output(options.output, inputs=[source.name for source in sources]) as output:
        return _run_each(sources, step, output, as_json=_is_json(options))


def _run_each(sources: Sequence[Source], step: _Step, output: Output, *, as_json: bool) -> int:
    several = len(sources) > 1
    failed = 0
    loaded = False
    for number, source in enumerate(sources):
        try:
            text = source.read()
            if not loaded:
                load_models(step.load)
                loaded = True
            outcome = step.run(text, source, output)
        except (InputError, EngineError) as error:  # of this input alone; a model that does not load ends it all
            failed += 1
            if not several:
                raise
            say(f"error: {error}")
            if as_json:
                output.write(records.to_json(records.error_record(source.id, str(error))) + "\n")
            continue
        for note in outcome.notes:
            say(f"{source.name}: {note}")
        if as_json:
            output.write(records.to_json(outcome.record) + "\n")
        else:
            before = "\n" if number > failed else ""  # something stands above
            if several:
                output.write(before + terminal.header(source.name, output.screen))
            output.write(outcome.text)
    if failed:
        say(f"{failed} of {len(sources)} inputs failed")
    return 0 if not failed else 2 if failed == len(sources) else 1


def load_models(load: Callable[[], object]) -> None:
    """Load what a command needs; what takes its time is said."""
    said = False
    started = time.monotonic()

    def tick() -> None:
        nonlocal said
        if not said and time.monotonic() - started >= _LOADING_SECONDS:
            said = True
            say("preparing the models, which takes longest the first time …")

    run_interruptibly(load, tick=tick)


class _Translate:
    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options

    def load(self) -> None:
        self._translator = _translator(self._options.model, self._options)

    def run(self, text: str, source: Source, output: Output) -> _Outcome:
        document = _read(text, source, language=None)
        translation = _translate(self._translator, document, source)
        english = translation.text
        if output.is_terminal:
            english = terminal.printable(english.replace("\r\n", "\n"))
        if english and not english.endswith("\n"):
            english += "\n"
        record = records.record(document, translation=translation, checksums=_checksums(self._translator))
        notes = (*language_notes(document), *translation_notes(translation))
        return _Outcome(record, english, (*notes, *_checks(terminal.check_note(translation), output)))


class _Digest:
    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._labels = read_labels(options)

    def load(self) -> None:
        from toolkit.pipeline import Pipeline
        from toolkit.summarization import Summarizer
        from toolkit.topics import TopicClassifier

        options, settings = self._options, engine_settings(self._options)
        self._pipeline = Pipeline(
            _translator(options.translator, options),
            Summarizer(options.summarizer, settings=settings),
            TopicClassifier(options.topics_model, settings=settings),
        )

    def run(self, text: str, source: Source, output: Output) -> _Outcome:
        document = _read(text, source, language=None)
        pipeline, options = self._pipeline, self._options
        started = time.monotonic()
        with _progress(source, document) as progress:
            digest = run_interruptibly(
                lambda: pipeline.run(
                    document,
                    labels=self._labels,
                    multi_label=options.multi_label,
                    sentences=options.sentences,
                    progress=progress.advance,
                ),
                tick=progress.tick,
            )
        checksums = _checksums(pipeline.translator, pipeline.summarizer, pipeline.topics)
        notes = (*language_notes(document), *translation_notes(digest.translation))
        ending = _ending(options)
        if ending is None:
            shown: str | bytes = terminal.render_digest(digest, output.screen)
        else:
            provenance = exports.Provenance(
                date=datetime.now().astimezone().date().isoformat(),
                seconds=time.monotonic() - started,
                checksums=checksums,
                version=__version__,
            )
            shown = exports.export(digest, ending, provenance)
        return _Outcome(records.digest_record(digest, checksums=checksums), shown, notes)


class _English:
    """English text as it is, or German text through the translator, which is loaded when the first such text comes."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self.translator: Translator | None = None

    def read(self, text: str, source: Source) -> tuple[Document, Translation | None, tuple[str, ...]]:
        """The document, its translation if it was German, and what to say about it."""
        choice = self._options.source_language
        document = _read(text, source, language=None if choice == "auto" else choice)
        language = document.language
        if language == "de":
            if self.translator is None:
                self.translator = run_interruptibly(lambda: _translator(self._options.translator, self._options))
            translation = _translate(self.translator, document, source)
            said = ("German text: translated first",) if choice == "auto" else ()
            return document, translation, (*said, *translation_notes(translation))
        if language == "en":
            return document, None, ()
        notes: tuple[str, ...] = ()
        if document.segments:
            found = "language uncertain" if language is None else f"looks like {name_of(language)}"
            notes = (f"{found}: read as English (--from de translates it first)",)
        return _read(text, source, language="en"), None, notes


class _Summarize:
    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._english = _English(options)

    def load(self) -> None:
        from toolkit.summarization import Summarizer

        self._summarizer = Summarizer(self._options.model, settings=engine_settings(self._options))

    def run(self, text: str, source: Source, output: Output) -> _Outcome:
        document, translation, notes = self._english.read(text, source)
        summarizer, sentences = self._summarizer, self._options.sentences
        summary = run_interruptibly(
            lambda: summarizer.summarize(document.text if translation is None else translation, sentences=sentences)
        )
        record = records.record(
            document,
            translation=translation,
            summary=summary,
            checksums=_checksums(self._english.translator, summarizer),
        )
        english = [segment.text for segment in (document if translation is None else translation).segments]
        rendered = terminal.render_summary(summary, english, output.screen)
        notes = (*notes, *_checks(terminal.summary_note(summary), output))
        return _Outcome(record, rendered, notes)


class _Topics:
    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._labels = read_labels(options)
        self._english = _English(options)

    def load(self) -> None:
        from toolkit.topics import TopicClassifier

        self._classifier = TopicClassifier(self._options.model, settings=engine_settings(self._options))

    def run(self, text: str, source: Source, output: Output) -> _Outcome:
        document, translation, notes = self._english.read(text, source)
        classifier, options = self._classifier, self._options

        def classify() -> Topics:
            return classifier.classify(
                document.text if translation is None else translation,
                self._labels,
                multi_label=options.multi_label,
                threshold=options.threshold,
            )

        topics = run_interruptibly(classify)
        record = records.record(
            document,
            translation=translation,
            topics=topics,
            checksums=_checksums(self._english.translator, classifier),
        )
        return _Outcome(record, terminal.render_topics(topics, output.screen), notes)


_STEPS: dict[str, Callable[[argparse.Namespace], _Step]] = {
    "translate": _Translate,
    "summarize": _Summarize,
    "topics": _Topics,
    "digest": _Digest,
    "demo": _Digest,
}


def _run_models(options: argparse.Namespace) -> int:
    from toolkit import store

    shipped, presets = store.shipped(), store.presets()
    with Output(options.output) as output:
        if options.json:
            entries = [records.shipped_record(model) for model in shipped]
            entries += [records.preset_record(preset) for preset in presets]
            output.write(records.to_json({"format": records.FORMAT, "models": entries}) + "\n")
        else:
            output.write(terminal.render_models(shipped, presets, output.screen))
    return 0


def _ending(options: argparse.Namespace) -> str | None:
    """The ending of the export that --output of a digest names; None for text as on a terminal and for --json."""
    if options.command not in ("digest", "demo") or options.output is None or _is_json(options):
        return None
    return exports.ending_of(options.output)


def _is_json(options: argparse.Namespace) -> bool:
    """Whether JSON is wanted: --json, or a digest to a file that ends in .json."""
    to_json = options.output is not None and exports.ending_of(options.output) == ".json"
    return options.json or (to_json and options.command in ("digest", "demo"))


def engine_settings(options: argparse.Namespace) -> EngineSettings:
    """How the options say to run the models."""
    return EngineSettings(
        engine=options.engine,
        device=options.device,
        precision=options.precision,
        threads=options.threads,
        batch_tokens=options.batch_tokens,
    )


def read_glossary(options: argparse.Namespace) -> Glossary | None:
    """The glossary of --glossary; None without one."""
    return None if options.glossary is None else Glossary.read(options.glossary)


def _translator(model: str | None, options: argparse.Namespace) -> Translator:
    from toolkit.translation import Translator

    return Translator(
        model,
        settings=engine_settings(options),
        options=GenerationOptions(beam=options.beam),
        glossary=read_glossary(options),
    )


def _checks(note: str | None, output: Output) -> tuple[str, ...]:
    """The note on what to check, for a file or a pipe; on a terminal it would break into the text."""
    return () if note is None or output.is_terminal else (note,)


def _read(text: str, source: Source, *, language: str | None) -> Document:
    from toolkit.segmentation import read_document

    return read_document(text, id=source.id, language=language)


def _translate(translator: Translator, document: Document, source: Source) -> Translation:
    with _progress(source, document) as progress:
        return run_interruptibly(lambda: translator.translate(document, progress=progress.advance), tick=progress.tick)


def _progress(source: Source, document: Document) -> Progress:
    return Progress(sys.stderr, name=source.name, total=len(document.segments))


class _HasModel(Protocol):
    """A translator, summarizer or topic classifier."""

    @property
    def model(self) -> object:
        """The model of the store, or None with an engine of the caller's or the fake one."""


def _checksums(*steps: _HasModel | None) -> dict[str, str]:
    from toolkit.store import Model

    models = (step.model for step in steps if step is not None)
    return {model.name: model.checksum for model in models if isinstance(model, Model)}
