"""English text into a headline and a few sentences, each with the sentences it rests on: edited, or its own words.

The shipped model edits sentences that `toolkit.selection` chose, one at a time; what is used of it is decided here. A
text-to-text model (BART and its kin) reads the whole article (`toolkit.windows`).
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from toolkit import salience, segmentation, store, windows
from toolkit.clauses import without_dateline
from toolkit.documents import Summary, SummarySentence, Translation
from toolkit.editor import HEADLINE, SENTENCE, Editor, Source
from toolkit.engines import EncoderEngine, EngineSettings, Seq2SeqEngine, load_seq2seq
from toolkit.errors import InputError
from toolkit.proposals import SentenceEditor, proposals, sources_of
from toolkit.selection import MAX_FORM_WORDS, Choice, choose, first_sentence, is_sentence, sentence_value, title
from toolkit.shortening import headline_start, whole_headline, within
from toolkit.statements import SAME, needed, shared, supported

# Articles whose sentences are edited in the same batches.
_CHUNK = 16
# How much the chance that an edited sentence is not fine counts against it, an exponent: readers prefer whole sentences
# to those that leave out a little. Where one sentence is all there is, only what it says counts.
_DOUBT = 0.5
# What a sentence longer than a summary's is worth beside others.
_TOO_LONG = 0.8
# Sentences edited beyond those wanted.
_SPARE = 1


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A text that may become a sentence of the summary."""

    text: str
    place: int
    """Index of the sentence it was made of."""
    evidence: tuple[int, ...]
    """Indices of what it may rest on."""
    fineness: float = 1.0
    """Probability that it is fine; that of the article's own words is 1."""


@dataclass
class _Article:
    """One article: its sentences, those chosen, and what was made of them.

    More are edited than the summary has sentences: the best are taken.
    """

    sentences: tuple[str, ...]
    count: int
    choices: tuple[Choice, ...] = ()
    made: dict[int, list[_Candidate]] = field(default_factory=dict)
    """Index of a sentence → what was made of it and is fine."""
    headline: str | None = None
    assessed: dict[_Candidate, SummarySentence | None] = field(default_factory=dict)
    """What `sound` found of each candidate."""

    @functools.cached_property
    def ranked(self) -> salience.Article:
        """What its words and sentences are worth: asked when they are chosen, and again of what is made of them."""
        return salience.Article(self.sentences)

    @functools.cached_property
    def title(self) -> str | None:
        """Its own headline, if it has one."""
        return title(self.sentences)

    def is_rival(self, text: str, place: int) -> bool:
        """Whether a text of the sentence at `place` is worth more than that sentence in its own short form."""
        form = next(choice.form for choice in self.choices if choice.place == place)
        return not form or self.value(text, place) > self.value(form, place)

    def value(self, text: str, place: int, said: Collection[str] = ()) -> float:
        """How good a sentence of the summary a text of the sentence at `place` makes, beside what is said already."""
        found = sentence_value(self.ranked, text, place, said, is_alone=self.count == 1)
        return found * _TOO_LONG if len(text.split()) > MAX_FORM_WORDS else found

    def sound(self, candidate: _Candidate) -> SummarySentence | None:
        """A candidate with what it rests on, if it can be used; it may be asked for again beside other sentences."""
        if candidate not in self.assessed:
            evidence = needed(self.sentences, candidate.evidence, candidate.text)
            found = supported(candidate.text, evidence, self.sentences)
            self.assessed[candidate] = found if found.is_supported else None
        return self.assessed[candidate]


class Summarizer:
    """Writes a headline and a summary of English text; safe to call from many threads."""

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        settings: EngineSettings | None = None,
        engine: Seq2SeqEngine | None = None,
        editor: SentenceEditor | None = None,
    ) -> None:
        """Load the model; an `editor`, or an `engine` that reads articles, takes its place (tests, other runtimes)."""
        if engine is not None and editor is not None:
            raise InputError("give an engine or an editor, not both")
        self.settings = settings or EngineSettings()
        self.model: store.Model | None = None
        if engine is None and editor is None and self.settings.engine != "fake":
            self.model = store.resolve(model, task="summarization")
            if self.model.kind == "encoder":
                editor = Editor.load(self.model, self.settings)
        self._editor = editor
        self._reader: Seq2SeqEngine | None = None
        self.engine: EncoderEngine | Seq2SeqEngine
        if editor is not None:
            self.engine = editor.engine
        else:
            self.engine = self._reader = engine or load_seq2seq(self.model, self.settings)

    @property
    def name(self) -> str:
        """The model's name, or the engine's where there is no model."""
        return self.model.name if self.model else self.engine.name

    def summarize(self, source: str | Translation, *, sentences: int = 3) -> Summary:
        """A headline and at most `sentences` sentences, shorter than the text; a blank text has neither.

        Evidence counts the segments of the translation, or of `read_document(text, language="en")`.
        """
        return next(self.summarize_many([source], sentences=sentences))

    def summarize_many(self, sources: Iterable[str | Translation], *, sentences: int = 3) -> Iterator[Summary]:
        """Many texts or translations, lazily and in order; neighbouring articles share batches."""
        if sentences < 1:
            raise InputError(f"sentences must be at least 1, got {sentences}")
        return self._summarize_many(sources, sentences)

    def _summarize_many(self, sources: Iterable[str | Translation], count: int) -> Iterator[Summary]:
        group: list[_Article] = []
        for source in sources:
            group.append(_Article(_read(source), count))
            if len(group) == _CHUNK:
                yield from self._summarize_group(group)
                group = []
        yield from self._summarize_group(group)

    def _summarize_group(self, group: Sequence[_Article]) -> list[Summary]:
        full = [article for article in group if article.sentences]
        if self._editor is not None:
            self._edit(self._editor, full)
        return [self._summary(article) for article in group]

    def _edit(self, editor: SentenceEditor, group: Sequence[_Article]) -> None:
        """Have sentences and headlines made for articles, and keep what is fine."""
        asked: list[tuple[_Article, tuple[int, ...], Source]] = []
        for article in group:
            article.choices = choose(article.ranked, count=article.count, spare=_SPARE)
            places = [choice.place for choice in article.choices if is_sentence(article.sentences[choice.place])]
            asked += [(article, *source) for place in places for source in sources_of(article.sentences, place)]

        def is_wanted(i: int, text: str) -> bool:
            article, evidence, _ = asked[i]
            return article.is_rival(text, evidence[-1])

        made = proposals(editor, [source for _, _, source in asked], SENTENCE, is_wanted=is_wanted)
        for (article, evidence, _), proposed in zip(asked, made, strict=True):
            found = article.made.setdefault(evidence[-1], [])
            found += [_Candidate(each.text, evidence[-1], evidence, each.fineness) for each in proposed]
        untitled = [article for article in group if article.title is None]
        first = [Source(without_dateline(a.sentences[first_sentence(a.sentences)])) for a in untitled]
        for article, proposed in zip(untitled, proposals(editor, first, HEADLINE), strict=True):
            article.headline = proposed[0].text if proposed else None

    def _summary(self, article: _Article) -> Summary:
        written: list[SummarySentence] = []
        if article.sentences and self._reader is not None:
            written = windows.summarize(self._reader, article.sentences, count=article.count)
        elif article.sentences:
            written = _written(article)
        words = sum(len(sentence.split()) for sentence in article.sentences)
        while len(written) > 1 and sum(len(sentence.text.split()) for sentence in written) >= words:
            written.pop()
        return Summary(
            headline=_headline(article),
            sentences=tuple(written),
            model=self.name,
            engine=self.engine.name,
        )


def _headline(article: _Article) -> str:
    """Its title, else what was made of its first sentence, else that sentence, or how it starts."""
    if not article.sentences:
        return ""
    best = article.title or article.headline or whole_headline(article.sentences)
    return best or headline_start(article.sentences)


def _written(article: _Article) -> list[SummarySentence]:
    """One sentence after the other: the best there is beside those before; in the order of the article."""
    chosen: dict[int, SummarySentence] = {}
    while len(chosen) < article.count and (best := _next_sentence(article, chosen)):
        place, sentence = best
        chosen[place] = sentence
    return [chosen[place] for place in sorted(chosen)]


def _next_sentence(article: _Article, chosen: Mapping[int, SummarySentence]) -> tuple[int, SummarySentence] | None:
    """The best sentence beside those chosen, with the index it was made of; None where all say the same again."""
    said = salience.tokens(" ".join(sentence.text for sentence in chosen.values()))
    waiting = [choice for choice in article.choices if choice.place not in chosen]
    ranked = sorted(
        (candidate for choice in waiting for candidate in _candidates(article, choice)),
        key=lambda candidate: -_worth(candidate, article, said),
    )
    sound = ((found.place, sentence) for found in ranked if (sentence := article.sound(found)))
    # What stands in where nothing of a sentence can be used: itself.
    own = (
        (choice.place, supported(within(article.sentences[choice.place]), (choice.place,), article.sentences))
        for choice in waiting
    )
    for place, sentence in itertools.chain(sound, own):
        if all(shared(sentence.text, other.text) < SAME for other in chosen.values()):
            return place, sentence
    return None


def _candidates(article: _Article, choice: Choice) -> Iterator[_Candidate]:
    """What was made of a sentence, and the sentence itself, without some clauses, which competes with it."""
    yield from article.made.get(choice.place, [])
    if choice.form:
        yield _Candidate(choice.form, choice.place, (choice.place,))


def _worth(candidate: _Candidate, article: _Article, said: Collection[str]) -> float:
    """How good a sentence of the summary a candidate makes: the ROUGE to expect of it, and how likely it is fine."""
    found = article.value(candidate.text, candidate.place, said)
    return found if article.count == 1 else found * math.pow(candidate.fineness, _DOUBT)


def _read(source: str | Translation) -> tuple[str, ...]:
    if isinstance(source, Translation):
        return tuple(segment.text for segment in source.segments)
    return tuple(segment.text for segment in segmentation.read_document(source, language="en").segments)
