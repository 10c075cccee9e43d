"""German documents into English, sentence by sentence, with nothing lost and what happened on record."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from toolkit import (
    control,
    doubt,
    facts,
    folders,
    language,
    lexicon,
    protection,
    recasing,
    repetition,
    rescue,
    segmentation,
    store,
    terms,
    transliteration,
)
from toolkit.attempts import Attempt, Work, copied, joined, mean_log_prob, parts_of
from toolkit.documents import Document, Segment, TranslatedSegment, Translation
from toolkit.engines import EngineSettings, GenerationOptions, Seq2SeqEngine, load_seq2seq
from toolkit.engines.limits import fits
from toolkit.errors import InputError
from toolkit.glossary import Glossary, Occurrence
from toolkit.memory import TranslationMemory

# Sentences handed to the engine at once: enough to sort by length and fill both cores, few enough to show progress.
_CHUNK = 256
# The first sentences of a stream come alone, so that there is something to read at once; later chunks double, up to
# a few seconds' work, which is how long a stream that is closed still runs.
_FIRST_CHUNK = 2
_STREAM_CHUNK = 64

# Fewer words say too little about their language: "Joe Biden in Paris" is four.
_WORDS_TO_TELL_LANGUAGE = 5

# What the model is told to write stays.
_MARKED = re.compile(f"{re.escape(control.TERM_START)}(.*?){re.escape(control.TERM_END)}")


class Translator:
    """Translates documents with a sequence-to-sequence model: the shipped one, a local folder or a hub name."""

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        settings: EngineSettings | None = None,
        options: GenerationOptions | None = None,
        engine: Seq2SeqEngine | None = None,
        memory: TranslationMemory | None = None,
        glossary: Glossary | None = None,
    ) -> None:
        """Load the model; a given `engine` takes its place, for tests and other runtimes.

        What `memory` knows is not translated again; without one, only within a call. The terms of `glossary` are
        translated as it says, wherever the model can be made to.
        """
        self.settings = settings or EngineSettings()
        self.options = options or GenerationOptions()
        self.model: store.Model | None = None
        if engine is None and self.settings.engine != "fake":
            self.model = store.resolve(model, task="translation")
        self.engine = engine or load_seq2seq(self.model, self.settings)
        self.glossary = glossary
        self._memory = memory
        # An engine that somebody gave is told what the shipped model is told.
        self._is_trained_on_terms = self.model is None or _knows_terms(self.model)
        self._context = self._describe()

    @property
    def name(self) -> str:
        """The model's name, or the engine's where there is no model."""
        return self.model.name if self.model else self.engine.name

    def variant(self, *, options: GenerationOptions | None = None, glossary: Glossary | None = None) -> Translator:
        """The same model with other options or another glossary; nothing is loaded again, and both can be used at once.

        What is not given stays; an empty `Glossary()` stands for none.
        """
        other = copy.copy(self)
        other.options = options or self.options
        other.glossary = self.glossary if glossary is None else glossary
        other._context = other._describe()
        return other

    def _describe(self) -> str:
        """What a remembered translation depends on."""
        checksum = self.model.checksum if self.model else ""
        run_by = f"{self.engine.name} {self.settings.precision} {self.settings.device}"
        wanted = f" {self.glossary.checksum}" if self.glossary and self.glossary.entries else ""
        return f"{self.name} {checksum} {run_by} {self.options}{wanted}"

    def translate(self, source: str | Document, *, progress: Callable[[int], None] | None = None) -> Translation:
        """One text or document. `progress` is called with the number of sentences finished since the last call."""
        document = _read(source)
        return self.assemble(document, list(self._translate_segments(document.segments, _even(), progress)))

    def translate_many(self, sources: Iterable[str | Document]) -> Iterator[Translation]:
        """Many texts or documents, lazily and in order; sentences of neighbouring documents share batches."""
        for group in _groups(sources):
            segments = [segment for document in group for segment in document.segments]
            translated = self._translate_segments(segments, _even())
            for document in group:
                yield self.assemble(document, list(itertools.islice(translated, len(document.segments))))

    def stream(self, source: str | Document) -> Generator[TranslatedSegment, None, None]:
        """The segments of `translate`, in order, each as soon as it is ready and the first ones soonest.

        Closing the iterator stops the work. `assemble` makes a translation of a document and all of its segments.
        """
        return self._translate_segments(_read(source).segments, _growing())

    def assemble(self, document: Document, segments: Sequence[TranslatedSegment]) -> Translation:
        """The translation that a document's segments make, one for each of its own, in order."""
        if [segment.source for segment in segments] != list(document.segments):
            raise InputError(
                f"expected the {len(document.segments)} translated segments of the document, in order, got "
                f"{len(segments)} that are not these: give all that `stream` yields for the same document"
            )
        return Translation(document=document, segments=tuple(segments), model=self.name, engine=self.engine.name)

    def _translate_segments(
        self, segments: Sequence[Segment], sizes: Iterator[int], progress: Callable[[int], None] | None = None
    ) -> Generator[TranslatedSegment, None, None]:
        """The segments in chunks of these sizes; of equal sentences all but the first are taken from it."""
        known: dict[str, TranslatedSegment] = {}
        start = 0
        while chunk := segments[start : start + next(sizes)]:
            start += len(chunk)
            new = [text for text in dict.fromkeys(segment.text for segment in chunk) if text not in known]
            if self._memory is not None:
                known.update(self._memory.find(self._context, new))
                new = [text for text in new if text not in known]
            made = {work.text: self._finish(work) for work in self._run(new)}
            if self._memory is not None:
                self._memory.keep(self._context, made)
            known.update(made)
            if progress is not None:
                progress(len(chunk))
            for segment in chunk:
                yield replace(known[segment.text], source=segment)

    def _run(self, texts: Sequence[str]) -> list[Work]:
        """Every distinct text once: first attempts together, then others of those that went wrong."""
        works = [self._plan(text) for text in texts]
        self._generate([attempt for work in works for attempt in work.attempts], self.options)
        rescue.rescue(works, self._generate, self.options, fits=self._fits, is_trained=self._is_trained_on_terms)
        self._protect(works)
        if self._is_trained_on_terms:
            terms.apply(works, self._terms, self._generate, self.options, fits=self._fits, ways=terms.TRAINED)
        if self.glossary is not None:
            terms.apply(works, self.glossary.find, self._generate, self.options, fits=self._fits, ways=terms.UNTRAINED)
        return works

    def _terms(self, text: str) -> list[Occurrence]:
        """What the glossary has of a text, then names from other alphabets and words of the lexicon beside it."""
        found = list(self.glossary.find(text)) if self.glossary is not None else []
        for others in (transliteration.find(text), lexicon.find(text)):
            found += [
                each for each in others if not any(one.start < each.end and each.start < one.end for one in found)
            ]
        return sorted(found, key=lambda each: each.start)

    def _plan(self, text: str) -> Work:
        """Decide what of a segment goes to the engine, and in which parts."""
        if not any(character.isalpha() for character in text) or _is_all_protected(text):
            return Work(text, marks={"copied"})
        detected = language.detect(text) if len(text.split()) >= _WORDS_TO_TELL_LANGUAGE else None
        if detected == "en":
            return Work(text, marks={"copied", "foreign"})
        work = Work(text, marks={"foreign"} if detected not in {None, "de"} else set())
        spoken = control.as_text(text)
        if recasing.is_capitals(text):
            spoken = recasing.sentence_case(spoken)
            work.marks.add("recased")
        if any(len(word) > protection.LONGEST_WORD for word in spoken.split()):
            # No model reads a word without end; what stands around it is translated, it is copied.
            work.attempts = [
                Attempt(part) if i % 2 == 0 else copied(part)
                for i, part in enumerate(protection.pieces(spoken))
                if part.strip()
            ]
        else:
            work.attempts = [Attempt(spoken)]
        fitting: list[Attempt] = []
        for attempt in work.attempts:
            if attempt.result is not None or self._fits(attempt.text):
                fitting.append(attempt)
            else:
                work.marks.add("split")
                fitting += [Attempt(part) for part in segmentation.split_at_clause(attempt.text, self._fits)]
        work.attempts = fitting
        return work

    def _fits(self, text: str) -> bool:
        return fits(self.engine, text)

    def _generate(self, attempts: Sequence[Attempt], options: GenerationOptions) -> None:
        waiting = [attempt for attempt in attempts if not attempt.is_copied]
        if waiting:
            for attempt, result in zip(
                waiting, self.engine.generate([attempt.text for attempt in waiting], options=options), strict=True
            ):
                attempt.result = replace(result, text=self._respelled(attempt.text, result.text))

    def _respelled(self, text: str, output: str) -> str:
        """The output with names from other alphabets as English spells them, but for what is wanted otherwise."""
        spelled = transliteration.respell(text, output)
        if spelled == output:
            return output
        wanted = _MARKED.findall(text)
        if self.glossary is not None:
            wanted += [each.entry.english for each in self.glossary.find(text)]
        return transliteration.respell(text, output, keep=wanted) if wanted else spelled

    def _protect(self, works: Sequence[Work]) -> None:
        """Where a link or placeholder went missing, translate the text around it instead and put it back between."""
        rebuilt = [
            (attempt, parts_of(protection.pieces(attempt.text)))
            for work in works
            for attempt in work.attempts
            if not attempt.is_copied and protection.lost(attempt.text, attempt.output)
        ]
        self._generate([part for _, parts in rebuilt for part in parts], self.options)
        for attempt, parts in rebuilt:
            attempt.result = joined(parts)
            attempt.marks.add("restored")

    def _finish(self, work: Work) -> TranslatedSegment:
        """Join the parts, check loops, facts and terms, record what happened, and estimate the doubt that leaves."""
        source = Segment(work.text, 0, len(work.text), 0)
        occurrences = self.glossary.find(work.text) if self.glossary is not None else ()
        if not work.attempts:
            return TranslatedSegment(
                source,
                work.text,
                marks=_ordered(work.marks),
                findings=(),
                terms=terms.uses(occurrences, work.text, work.text),
            )
        marks = set(work.marks)
        texts = []
        for attempt in work.attempts:
            marks |= attempt.marks - {"copied"}
            text = attempt.output.strip()
            if not text or attempt.is_cut:
                marks.add("cut")
            if repetition.is_looping(attempt.text, text):
                marks.add("loop")
            texts.append(text or attempt.text)
        text = self._respelled(work.text, " ".join(texts))
        if repaired := facts.restore_number(work.text, text):
            text = repaired
            marks.add("restored")
        if protection.lost(work.text, text) or facts.missing_numbers(work.text, text)[0]:
            marks.add("lost")
        findings = work.check(work.text, text)
        doubted = doubt.estimate(
            work.text,
            text,
            generations=[each.result for each in work.attempts if each.result is not None and not each.is_copied],
            marks=marks,
            findings=findings,
        )
        return TranslatedSegment(
            source,
            text,
            mean_log_prob(work.attempts),
            _ordered(marks),
            doubt=doubted.probability,
            reasons=doubted.reasons,
            findings=findings,
            terms=terms.uses(occurrences, work.text, text),
        )


def _knows_terms(model: store.Model) -> bool:
    """Whether the model was trained to take over marked terms: its vocabulary then holds our control tokens."""
    path = model.folder / "vocab.json"
    return path.is_file() and control.TERM_START in folders.read_json(path)


def _read(source: str | Document) -> Document:
    return source if isinstance(source, Document) else segmentation.read_document(source, language=None)


def _groups(sources: Iterable[str | Document]) -> Iterator[list[Document]]:
    """Documents in groups of about a chunk of sentences."""
    group: list[Document] = []
    size = 0
    for source in sources:
        document = _read(source)
        group.append(document)
        # A blank document weighs one, so that a million of them do not wait for the first sentence.
        size += max(1, len(document.segments))
        if size >= _CHUNK:
            yield group
            group, size = [], 0
    if group:
        yield group


def _even() -> Iterator[int]:
    return itertools.repeat(_CHUNK)


def _growing() -> Iterator[int]:
    size = _FIRST_CHUNK
    while True:
        yield size
        size = min(2 * size, _STREAM_CHUNK)


def _ordered(marks: set[str]) -> tuple[str, ...]:
    return tuple(sorted(marks))


def _is_all_protected(text: str) -> bool:
    return not any(any(map(str.isalpha, part)) for part in protection.pieces(text)[::2])
