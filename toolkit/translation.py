"""German documents into English, sentence by sentence, with nothing lost and what happened on record."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from toolkit import control, facts, language, protection, repetition, segmentation, store
from toolkit.documents import Document, Segment, TranslatedSegment, Translation
from toolkit.engines import EngineSettings, Generation, GenerationOptions, Seq2SeqEngine, load_seq2seq
from toolkit.engines.limits import fits
from toolkit.errors import InputError
from toolkit.memory import TranslationMemory

# Sentences handed to the engine at once: enough to sort by length and fill both cores, few enough to show progress.
_CHUNK = 256
# The first sentences of a stream come alone, so that there is something to read at once; later chunks double, up to
# a few seconds' work, which is how long a stream that is closed still runs.
_FIRST_CHUNK = 2
_STREAM_CHUNK = 64

# A second attempt after a loop or an early stop: no three tokens twice, and a mild penalty (1.2: Keskar et al. 2019).
_RETRY_NGRAM = 3
_RETRY_PENALTY = 1.2

# Capitals: at least two words of four letters or more, nearly all letters upper-case; "EU und NATO" is none.
_CAPITAL_SHARE = 0.9
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
# Up to three letters a word in capitals is an acronym (EU, SPD, USA) unless it is one of these.
_SHORT_WORDS = frozenset(
    "ab als am an auf aus bei bis da das dem den der des die du ein er es für ich ihm ihn ihr im in ist ja man mit nie "
    "nun nur ob per pro sie so um und uns vom von vor war was wem wen wer wie wir wo zu zum zur".split()
)

# Fewer words say too little about their language: "Joe Biden in Paris" is four.
_WORDS_TO_TELL_LANGUAGE = 5


@dataclass(slots=True)
class _Attempt:
    """One string on its way through the engine."""

    text: str
    result: Generation | None = None
    marks: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Work:
    """One distinct segment text: what is sent to the engine and what came back."""

    text: str
    attempts: list[_Attempt] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)


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
    ) -> None:
        """Load the model; a given `engine` takes its place, for tests and other runtimes.

        What `memory` knows is not translated again; without one, only within a call.
        """
        self.settings = settings or EngineSettings()
        self.options = options or GenerationOptions()
        self.model: store.Model | None = None
        if engine is None and self.settings.engine != "fake":
            self.model = store.resolve(model, task="translation")
        self.engine = engine or load_seq2seq(self.model, self.settings)
        self._memory = memory
        self._context = self._describe()

    @property
    def name(self) -> str:
        """The model's name, or the engine's where there is no model."""
        return self.model.name if self.model else self.engine.name

    def variant(self, *, options: GenerationOptions) -> Translator:
        """The same model with other options; nothing is loaded again, and both can be used at once."""
        other = copy.copy(self)
        other.options = options
        other._context = other._describe()
        return other

    def _describe(self) -> str:
        """What a remembered translation depends on."""
        checksum = self.model.checksum if self.model else ""
        run_by = f"{self.engine.name} {self.settings.precision} {self.settings.device}"
        return f"{self.name} {checksum} {run_by} {self.options}"

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
            made = {work.text: _finish(work) for work in self._run(new)}
            if self._memory is not None:
                self._memory.keep(self._context, made)
            known.update(made)
            if progress is not None:
                progress(len(chunk))
            for segment in chunk:
                yield replace(known[segment.text], source=segment)

    def _run(self, texts: Sequence[str]) -> list[_Work]:
        """Every distinct text once: first attempts together, then second attempts of those that went wrong."""
        works = [self._plan(text) for text in texts]
        attempts = [attempt for work in works for attempt in work.attempts]
        self._generate(attempts, self.options)
        careful = replace(
            self.options,
            no_repeat_ngram=max(self.options.no_repeat_ngram, _RETRY_NGRAM),
            repetition_penalty=max(self.options.repetition_penalty, _RETRY_PENALTY),
        )
        failed = [(attempt, attempt.result) for attempt in attempts if _is_bad(attempt)]
        self._generate([attempt for attempt, _ in failed], careful)
        for attempt, first in failed:
            attempt.marks.add("retried")
            if _is_bad(attempt) and first is not None and first.log_prob > _log_prob(attempt):
                attempt.result = first
        self._halve(works, careful)
        self._protect(works)
        return works

    def _plan(self, text: str) -> _Work:
        """Decide what of a segment goes to the engine, and in which parts."""
        if not any(character.isalpha() for character in text) or _is_all_protected(text):
            return _Work(text, marks={"copied"})
        detected = language.detect(text) if len(text.split()) >= _WORDS_TO_TELL_LANGUAGE else None
        if detected == "en":
            return _Work(text, marks={"copied", "foreign"})
        work = _Work(text, marks={"foreign"} if detected not in {None, "de"} else set())
        spoken = control.as_text(text)
        if _is_capitals(text):
            spoken = _sentence_case(spoken)
            work.marks.add("recased")
        if any(len(word) > protection.LONGEST_WORD for word in spoken.split()):
            # No model reads a word without end; what stands around it is translated, it is copied.
            work.attempts = [
                _Attempt(part) if i % 2 == 0 else _copied(part)
                for i, part in enumerate(protection.pieces(spoken))
                if part.strip()
            ]
        else:
            work.attempts = [_Attempt(spoken)]
        fitting: list[_Attempt] = []
        for attempt in work.attempts:
            if attempt.result is not None or self._fits(attempt.text):
                fitting.append(attempt)
            else:
                work.marks.add("split")
                fitting += [_Attempt(part) for part in segmentation.split_at_clause(attempt.text, self._fits)]
        work.attempts = fitting
        return work

    def _fits(self, text: str) -> bool:
        return fits(self.engine, text)

    def _generate(self, attempts: Sequence[_Attempt], options: GenerationOptions) -> None:
        waiting = [attempt for attempt in attempts if "copied" not in attempt.marks]
        if waiting:
            for attempt, result in zip(
                waiting, self.engine.generate([attempt.text for attempt in waiting], options=options), strict=True
            ):
                attempt.result = result

    def _halve(self, works: Sequence[_Work], options: GenerationOptions) -> None:
        """What still loops, stops early or came out empty is split in two at a clause and tried once more."""
        halved: list[tuple[_Work, _Attempt, list[_Attempt]]] = []
        for work in works:
            for attempt in work.attempts:
                if _is_bad(attempt) and len(attempt.text.split()) >= 8:
                    texts = segmentation.split_at_clause(attempt.text, _is_at_most(len(attempt.text) * 2 // 3))
                    halved.append((work, attempt, [_Attempt(text, marks={"retried"}) for text in texts]))
        self._generate([half for _, _, halves in halved for half in halves], options)
        for work, attempt, halves in halved:
            if sum(map(_is_bad, halves)) < len(halves):
                at = next(i for i, other in enumerate(work.attempts) if other is attempt)
                work.attempts[at : at + 1] = halves
                work.marks.add("split")

    def _protect(self, works: Sequence[_Work]) -> None:
        """Where a link or placeholder went missing, translate the text around it instead and put it back between."""
        rebuilt: list[tuple[_Attempt, list[_Attempt]]] = []
        for work in works:
            for attempt in work.attempts:
                if "copied" not in attempt.marks and protection.lost(attempt.text, _text(attempt)):
                    parts = [
                        _copied(part) if i % 2 or not any(map(str.isalpha, part)) else _Attempt(part)
                        for i, part in enumerate(protection.pieces(attempt.text))
                    ]
                    rebuilt.append((attempt, parts))
        self._generate([part for _, parts in rebuilt for part in parts], self.options)
        for attempt, parts in rebuilt:
            text = "".join(_with_edges(part) for part in parts)
            attempt.result = Generation(
                text,
                log_prob=_mean_log_prob(parts) or 0.0,
                tokens=sum(map(_tokens, parts)),
                cut=any(map(_is_cut, parts)),
            )
            attempt.marks.add("restored")


def _finish(work: _Work) -> TranslatedSegment:
    """Join the parts, check loops and facts, and record what happened."""
    source = Segment(work.text, 0, len(work.text), 0)
    if not work.attempts:
        return TranslatedSegment(source, work.text, None, _ordered(work.marks), findings=())
    marks = set(work.marks)
    texts = []
    for attempt in work.attempts:
        marks |= attempt.marks - {"copied"}
        text = _text(attempt).strip()
        if not text or _is_cut(attempt):
            marks.add("cut")
        if repetition.is_looping(attempt.text, text):
            marks.add("loop")
        texts.append(text or attempt.text)
    joined = " ".join(texts)
    if repaired := facts.restore_number(work.text, joined):
        joined = repaired
        marks.add("restored")
    if protection.lost(work.text, joined) or facts.missing_numbers(work.text, joined)[0]:
        marks.add("lost")
    return TranslatedSegment(
        source, joined, _mean_log_prob(work.attempts), _ordered(marks), findings=facts.check(work.text, joined)
    )


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


def _is_at_most(characters: int) -> Callable[[str], bool]:
    return lambda text: len(text) <= characters


def _ordered(marks: set[str]) -> tuple[str, ...]:
    return tuple(sorted(marks))


def _copied(text: str) -> _Attempt:
    return _Attempt(text, Generation(text, log_prob=0.0, tokens=0, cut=False), {"copied"})


def _text(attempt: _Attempt) -> str:
    return attempt.result.text if attempt.result else ""


def _tokens(attempt: _Attempt) -> int:
    return attempt.result.tokens if attempt.result else 0


def _log_prob(attempt: _Attempt) -> float:
    return attempt.result.log_prob if attempt.result else float("-inf")


def _is_cut(attempt: _Attempt) -> bool:
    return attempt.result is None or attempt.result.cut


def _is_bad(attempt: _Attempt) -> bool:
    if "copied" in attempt.marks:
        return False
    text = _text(attempt)
    return _is_cut(attempt) or not text.strip() or repetition.is_looping(attempt.text, text)


def _mean_log_prob(attempts: Sequence[_Attempt]) -> float | None:
    """Mean per token over all parts that were generated, end marks included; None where none was."""
    generated = [attempt for attempt in attempts if "copied" not in attempt.marks and attempt.result is not None]
    weight = sum(_tokens(attempt) + 1 for attempt in generated)
    return sum(_log_prob(attempt) * (_tokens(attempt) + 1) for attempt in generated) / weight if generated else None


def _with_edges(attempt: _Attempt) -> str:
    """The output with the white space its source had at either end."""
    if "copied" in attempt.marks:
        return attempt.text
    source = attempt.text
    before = source[: len(source) - len(source.lstrip())]
    after = source[len(source.rstrip()) :]
    return before + _text(attempt).strip() + after


def _is_all_protected(text: str) -> bool:
    return not any(any(map(str.isalpha, part)) for part in protection.pieces(text)[::2])


def _is_capitals(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    upper = sum(character.isupper() for character in letters)
    return upper >= _CAPITAL_SHARE * len(letters) and len(_LONG_WORD.findall(text)) >= 2


def _sentence_case(text: str) -> str:
    """CAPITALS as a German sentence might be cased: words of four letters and more capitalised, as nouns are,
    short function words small, other short words (acronyms) left alone.
    """

    def recase(match: re.Match[str]) -> str:
        word = match.group()
        if len(word) >= 4 or (match.start() == 0 and word.lower() in _SHORT_WORDS):
            return word.capitalize()
        return word.lower() if word.lower() in _SHORT_WORDS else word

    return re.sub(r"[^\W\d_]+", recase, text)
