"""English text into a headline and a few sentences, each written from a passage it names.

The shipped model rewrites passages that `toolkit.passages` chose. A model without our control tokens (BART and its
kin) reads the whole article, window by window; the evidence of its sentences is found afterwards.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from toolkit import control, grounding, salience, segmentation, store, support
from toolkit.control import HEADLINE, SENTENCE
from toolkit.documents import Summary, SummarySentence, Translation
from toolkit.engines import EngineSettings, GenerationOptions, Seq2SeqEngine, load_seq2seq
from toolkit.engines.limits import fits
from toolkit.errors import InputError
from toolkit.passages import MAX_FORM_WORDS, MAX_WORDS, Passage, choose_passages, is_sentence, opening
from toolkit.rewriting import CLOSED, LEAST_HEADLINE_WORDS, Reader, as_headline, as_sentence, is_sound

# Articles whose passages are rewritten in the same batches.
_CHUNK = 16

# Targets in training end at 48 tokens; headlines have at most 15 words.
_SENTENCE_OPTIONS = GenerationOptions(max_tokens=64, min_tokens=4, no_repeat_ngram=3)
_HEADLINE_OPTIONS = GenerationOptions(max_tokens=32, min_tokens=6, no_repeat_ngram=3)
# Second attempts look wider and prefer short outputs, which invent less.
_SECOND_BEAM = 8
_SECOND_LENGTH_PENALTY = 0.3
# As the authors of facebook/bart-large-cnn use it; the least length is lowered for short texts.
_ARTICLE_MAX_TOKENS = 142
_ARTICLE_MIN_TOKENS = 56
_ARTICLE_LENGTH_PENALTY = 2.0

# Among rewritings of one place: how much a nat a token of the model's certainty weighs beside the ROUGE to expect, and
# what one longer than a summary's sentence is worth beside others.
_SURENESS = 0.05
_TOO_LONG = 0.8
# The same of one that is the article's own sentence word for word: where the model has other words, they are wanted.
_VERBATIM = 0.85
# The certainty, as that of a model, with which the article's own shortened sentence competes with rewritings.
_OWN = -0.3
# A source sentence put in the model's place is shortened to this, and ends in an ellipsis then.
_MOST_WORDS = 45
# Sentences of models that read whole articles draw on words from all over them.
_LEAST_ARTICLE_SUPPORT = 0.6
# Two sentences that share this much of the shorter one's content words say the same.
_SAME = 0.75
# A headline made from a sentence, where the model wrote none that is true, is cut at a clause to at most this.
_HEADLINE_WORDS = 16

# Twice the length of a long English word: text without spaces counts as words too.
_WORD_CHARACTERS = 20
_CLAUSE_STARTS = frozenset(
    "after although and as because before but despite following since when which while who".split()
)


@dataclass(slots=True)
class _Rewriting:
    """A passage on its way through the engine; `text` None where no attempt was sound."""

    passage: Passage
    prompt: str
    is_part: bool = False
    """Whether it holds only a part of a sentence that is too long for the model."""
    text: str | None = None
    log_prob: float = 0.0


@dataclass
class _Article:
    """One article: its sentences, what is to be written, and how many sentences were too long to be read whole.

    Every sentence of the summary is written several times, from passages of different length, and the best is taken.
    """

    sentences: tuple[str, ...]
    headline: list[_Rewriting] = field(default_factory=list)
    body: list[list[_Rewriting]] = field(default_factory=list)
    truncated: int = 0

    @functools.cached_property
    def ranked(self) -> salience.Article:
        """What its words and sentences are worth: asked when passages are chosen, and again of what was written."""
        return salience.Article(self.sentences)


class Summarizer:
    """Writes a headline and a summary of English text; safe to call from many threads."""

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        settings: EngineSettings | None = None,
        engine: Seq2SeqEngine | None = None,
    ) -> None:
        """Load the model; a given `engine` takes its place, for tests and other runtimes, and gets control tokens."""
        self.settings = settings or EngineSettings()
        self.model: store.Model | None = None
        if engine is None and self.settings.engine != "fake":
            self.model = store.resolve(model, task="summarization")
        self.engine = engine or load_seq2seq(self.model, self.settings)
        pieces = _pieces(self.model)
        self._rewrites = self.model is None or HEADLINE in pieces
        self._spelled = frozenset(piece[1:].casefold() for piece in pieces if piece.startswith("▁"))

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
            group.append(_Article(_read(source)))
            if len(group) == _CHUNK:
                yield from self._summarize_group(group, count)
                group = []
        yield from self._summarize_group(group, count)

    def _summarize_group(self, group: Sequence[_Article], count: int) -> list[Summary]:
        if not self._rewrites:
            return [self._summarize_windows(article, count) for article in group]
        for article in group:
            if article.sentences:
                self._plan(article, count)
        self._rewrite([article.headline for article in group], _HEADLINE_OPTIONS, as_headline)
        self._rewrite([tries for article in group for tries in article.body], _SENTENCE_OPTIONS, as_sentence)
        return [self._finish(article) for article in group]

    def _plan(self, article: _Article, count: int) -> None:
        """Choose the passages; one too long for the model loses sentences from its end, a sentence alone its rest."""
        lead = opening(article.sentences)
        article.headline = [self._fitted(HEADLINE, lead, article)]
        for passage in choose_passages(article.ranked, count=count):
            tries = [self._fitted(SENTENCE, part, article) for part in _parts(passage, article.sentences)]
            article.truncated += any(rewriting.is_part for rewriting in tries)
            article.body.append(tries)

    def _fitted(self, token: str, passage: Passage, article: _Article) -> _Rewriting:
        """A passage as far as it fits: without its last sentences, or only the first part of its first sentence."""
        if self._fits(prompt := _prompt(token, passage.text)):
            return _Rewriting(passage, prompt)
        for end in range(len(passage.sentences) - 1, 0, -1):
            kept = passage.sentences[:end]
            text = " ".join(article.sentences[i] for i in kept)
            if self._fits(prompt := _prompt(token, text)):
                return _Rewriting(Passage(kept, text, passage.core), prompt)
        first = passage.sentences[0]
        parts = segmentation.split_at_clause(article.sentences[first], lambda text: self._fits(_prompt(token, text)))
        return _Rewriting(Passage((first,), parts[0]), _prompt(token, parts[0]), is_part=True)

    def _fits(self, prompt: str) -> bool:
        return fits(self.engine, prompt)

    def _rewrite(self, places: Sequence[list[_Rewriting]], options: GenerationOptions, read: Reader) -> None:
        """Every passage once; where no output of a place is sound, all of its passages once more."""
        second = GenerationOptions(
            beam=_SECOND_BEAM,
            max_tokens=options.max_tokens,
            min_tokens=options.min_tokens,
            length_penalty=_SECOND_LENGTH_PENALTY,
            no_repeat_ngram=options.no_repeat_ngram,
        )
        for attempt in (options, second):
            waiting = [r for tries in places if all(r.text is None for r in tries) for r in tries]
            if not waiting:
                return
            outputs = self.engine.generate([rewriting.prompt for rewriting in waiting], options=attempt)
            for rewriting, output in zip(waiting, outputs, strict=True):
                text = read(output, rewriting.passage.text)
                rewriting.text = text if text and self._is_spelled(text, rewriting.passage.text) else None
                rewriting.log_prob = output.log_prob

    def _is_spelled(self, text: str, source: str) -> bool:
        """Whether the model has every word from the source or whole in its vocabulary: it put none together itself."""
        if not self._spelled:
            return True
        known = {word.casefold() for word in grounding.words(source)}
        return all(
            word in known or word in self._spelled or grounding.support(word, source) == 1.0
            for word in map(str.casefold, grounding.words(text))
        )

    def _finish(self, article: _Article) -> Summary:
        """The best of what was written of each passage; source sentences where nothing was sound; nothing twice."""
        written: list[SummarySentence] = []
        for tries in article.body:
            said = salience.tokens(" ".join(sentence.text for sentence in written))
            candidates: list[SummarySentence] = []
            first = tries[0].passage
            # The article's own sentence, shortened, competes with what the model made of it.
            own = _Rewriting(Passage(first.sentences[:1], first.text, first.core), "", False, first.core or None, _OWN)
            for rewriting in sorted([*tries, own], key=lambda rewriting: -_worth(rewriting, article.ranked, said)):
                if rewriting.text is not None:
                    needed = _needed(article.sentences, rewriting.passage.sentences, rewriting.text)
                    candidates.append(_supported(rewriting.text, needed, article.sentences))
            candidates = [sentence for sentence in candidates if sentence.is_supported]
            candidates.append(_own_sentence(tries[0].passage, article.sentences, instead_of=candidates[:1]))
            for sentence in candidates:
                if all(_shared(sentence.text, other.text) < _SAME for other in written):
                    written.append(sentence)
                    break
        return self._summary(article, next((r.text for r in article.headline if r.text), None), written)

    def _summary(self, article: _Article, headline: str | None, written: list[SummarySentence]) -> Summary:
        words = sum(len(sentence.split()) for sentence in article.sentences)
        while len(written) > 1 and sum(len(sentence.text.split()) for sentence in written) >= words:
            written.pop()
        if headline is None and article.sentences:
            headline = _shortened(written[0].text if written else article.sentences[0])
        return Summary(
            headline=headline or "",
            sentences=tuple(written),
            model=self.name,
            engine=self.engine.name,
            truncated=article.truncated,
        )

    def _summarize_windows(self, article: _Article, count: int) -> Summary:
        """For models that read articles: every window of the text summarised, the first sentences of each kept."""
        if not article.sentences:
            return self._summary(article, None, [])
        windows = self._windows(article)
        prompts = [text for _, text in windows]
        tokens = min(self.engine.count_tokens(prompts))
        options = GenerationOptions(
            max_tokens=_ARTICLE_MAX_TOKENS,
            min_tokens=min(_ARTICLE_MIN_TOKENS, tokens // 4),
            length_penalty=_ARTICLE_LENGTH_PENALTY,
            no_repeat_ngram=3,
        )
        outputs = self.engine.generate(prompts, options=options)
        ranked: list[tuple[int, int, SummarySentence]] = []
        for i, ((indices, text), output) in enumerate(zip(windows, outputs, strict=True)):
            sentences = segmentation.split_sentences(output.text, language="en")
            if output.cut and len(sentences) > 1:
                sentences = sentences[:-1]
            for rank, sentence in enumerate(sentences):
                closest = _closest(article.sentences, indices, sentence)
                sound = is_sound(sentence, text, least=_LEAST_ARTICLE_SUPPORT) and CLOSED.search(sentence)
                kept = sentence if sound else _within(article.sentences[closest], _MOST_WORDS)
                ranked.append((rank, i, _supported(kept, (closest,), article.sentences)))
        ranked.sort(key=lambda entry: entry[:2])
        chosen: list[tuple[int, int, SummarySentence]] = []
        for entry in ranked:
            if len(chosen) < count and all(_shared(entry[2].text, other.text) < _SAME for _, _, other in chosen):
                chosen.append(entry)
        if not chosen:
            first = _within(article.sentences[0], _MOST_WORDS)
            chosen = [(0, 0, _supported(first, (0,), article.sentences))]
        chosen.sort(key=lambda entry: (entry[1], entry[0]))
        return self._summary(article, None, [sentence for _, _, sentence in chosen])

    def _windows(self, article: _Article) -> list[tuple[tuple[int, ...], str]]:
        """The article in runs of sentences that fit, of about equal length, with their indices; nothing left out."""
        parts: list[tuple[int, str]] = []
        for i, sentence in enumerate(article.sentences):
            parts += [(i, part) for part in segmentation.split_at_clause(control.as_text(sentence), self._fits)]
        sizes = self.engine.count_tokens([part for _, part in parts])
        # One token for the space between two parts, which some vocabularies count.
        total, limit = sum(sizes) + len(sizes), self.engine.max_source_tokens
        most = min(limit, total // (total // limit + 1) + max(sizes))
        windows: list[tuple[tuple[int, ...], str]] = []
        start, size = 0, 0
        for end, tokens in enumerate([*sizes, limit + 1]):
            if end > start and size + tokens + 1 > most:
                run = parts[start:end]
                windows.append((tuple(dict.fromkeys(i for i, _ in run)), " ".join(part for _, part in run)))
                start, size = end, 0
            size += tokens + 1
        return windows


def _supported(text: str, indices: tuple[int, ...], sentences: Sequence[str]) -> SummarySentence:
    """A summary sentence with what it rests on and how far that bears it out."""
    found = support.assess(text, [sentences[i] for i in indices])
    return SummarySentence(text, indices, found.score, found.is_supported)


def _parts(passage: Passage, sentences: Sequence[str]) -> list[Passage]:
    """What a passage is rewritten from: the whole of it, its first sentence alone, that one with the one before."""
    first = passage.sentences[0]
    parts = [passage.sentences, (first,), (first - 1, first)]
    return [
        Passage(part, text, passage.core)
        for part in dict.fromkeys(parts)
        if part[0] >= 0
        and (part == passage.sentences or all(is_sentence(sentences[i]) for i in part))
        and (len((text := " ".join(sentences[i] for i in part)).split()) <= MAX_WORDS or part == passage.sentences)
    ]


def _worth(rewriting: _Rewriting, article: salience.Article, said: Collection[str]) -> float:
    """How good a sentence of the summary a rewriting makes: what it says, and how sure the model was."""
    text = rewriting.text
    if text is None:
        return -math.inf
    value = article.value(text, rewriting.passage.sentences[0], said=said)
    if len(text.split()) > MAX_FORM_WORDS:
        value *= _TOO_LONG
    if text in rewriting.passage.text:
        value *= _VERBATIM
    return value + _SURENESS * rewriting.log_prob


def _own_sentence(
    passage: Passage, sentences: Sequence[str], *, instead_of: Sequence[SummarySentence]
) -> SummarySentence:
    """What stands in for a rewriting: the article's own sentence, shortened where it is long."""
    if passage.core and not instead_of:
        return _supported(passage.core, passage.sentences[:1], sentences)
    closest = _closest(sentences, passage.sentences, instead_of[0].text if instead_of else passage.text)
    return _supported(_within(sentences[closest], _MOST_WORDS), (closest,), sentences)


def _read(source: str | Translation) -> tuple[str, ...]:
    if isinstance(source, Translation):
        return tuple(segment.text for segment in source.segments)
    return tuple(segment.text for segment in segmentation.read_document(source, language="en").segments)


def _pieces(model: store.Model | None) -> frozenset[str]:
    """The vocabulary of a Marian model: our control tokens are in it where it was trained to obey them."""
    path = model.folder / "vocab.json" if model else None
    return frozenset(store.read_json(path)) if path and path.is_file() else frozenset()


def _prompt(token: str, text: str) -> str:
    return f"{token} {control.as_text(text)}"


def _closest(sentences: Sequence[str], indices: Sequence[int], text: str) -> int:
    """Which of the sentences at `indices` shares most content words with a text; the first of equals."""
    wanted = set(grounding.content_stems(text))
    return max(indices, key=lambda i: (len(wanted & set(grounding.content_stems(sentences[i]))), -i))


def _needed(sentences: Sequence[str], indices: Sequence[int], text: str) -> tuple[int, ...]:
    """Which of the sentences at `indices` a text rests on: the closest, and those that hold more of its words."""
    wanted = set(grounding.content_stems(text))
    needed: list[int] = []
    for i in sorted(indices, key=lambda i: (-len(wanted & set(grounding.content_stems(sentences[i]))), i)):
        held = set(grounding.content_stems(sentences[i]))
        if not needed or wanted & held:
            needed.append(i)
            wanted -= held
    return tuple(sorted(needed))


def _shared(one: str, other: str) -> float:
    """Share of the content words of the shorter text that the other has too."""
    a, b = set(grounding.content_stems(one)), set(grounding.content_stems(other))
    return len(a & b) / max(1, min(len(a), len(b))) if a and b else float(one == other)


def _within(sentence: str, most: int) -> str:
    """A sentence of at most `most` words: a longer one, or one longer than any word is, is cut and says so."""
    if len(sentence.split()) <= most and len(sentence) <= most * _WORD_CHARACTERS:
        return sentence
    parts = segmentation.split_at_clause(
        sentence, lambda text: len(text.split()) < most and len(text) < most * _WORD_CHARACTERS
    )
    return parts[0].rstrip(" .,;:–-") + " …"


def _shortened(sentence: str) -> str:
    """A sentence as a headline: up to the last clause that fits, without its full stop."""
    text = sentence.rstrip(" .…")
    words = text.split()
    if len(words) <= _HEADLINE_WORDS:
        return text if len(text) <= _HEADLINE_WORDS * _WORD_CHARACTERS else _within(text, _HEADLINE_WORDS)
    ends = [
        i
        for i in range(LEAST_HEADLINE_WORDS, _HEADLINE_WORDS + 1)
        if words[i - 1].endswith((",", ";", ":")) or words[i].casefold() in _CLAUSE_STARTS
    ]
    if not ends:
        return _within(text, _HEADLINE_WORDS)
    return " ".join(words[: ends[-1]]).rstrip(" ,;:–-")
