"""English text into a headline and a few sentences, each of a passage it names: written, or its own words.

The shipped model rewrites passages that `toolkit.passages` chose. A model without our control tokens (BART and its
kin) reads the whole article, window by window; the evidence of its sentences is found afterwards.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from toolkit import control, grounding, salience, segmentation, store, support, wording
from toolkit.clauses import has_verb
from toolkit.control import HEADLINE, SENTENCE
from toolkit.documents import Summary, SummarySentence, Translation
from toolkit.engines import EngineSettings, Generation, GenerationOptions, Seq2SeqEngine, load_seq2seq
from toolkit.engines.limits import fits
from toolkit.errors import InputError
from toolkit.passages import MAX_FORM_WORDS, MAX_WORDS, Passage, choose_passages, is_sentence, opening, sentence_value
from toolkit.rewriting import CLOSED, Reader, as_headline, as_sentence, is_sound
from toolkit.shortening import headline_start, own_headline, within

# Articles whose passages are rewritten in the same batches.
_CHUNK = 16

# Targets in training end at 48 tokens; headlines have at most 15 words.
_SENTENCE_OPTIONS = GenerationOptions(max_tokens=64, min_tokens=4, no_repeat_ngram=3)
_HEADLINE_OPTIONS = GenerationOptions(max_tokens=32, min_tokens=6, no_repeat_ngram=3)
_SHORT_BEAM = 8
_SHORT_LENGTH_PENALTY = 0.3
# As the authors of facebook/bart-large-cnn use it; the least length is lowered for short texts.
_ARTICLE_MAX_TOKENS = 142
_ARTICLE_MIN_TOKENS = 56
_ARTICLE_LENGTH_PENALTY = 2.0

# What a sentence longer than a summary's is worth beside others.
_TOO_LONG = 0.8
# Passages rewritten beyond the sentences wanted.
_SPARE = 3
# Sentences of models that read whole articles draw on words from all over them.
_LEAST_ARTICLE_SUPPORT = 0.6
# What is written is used if it is this likely to be good English and true.
_LEAST_FINENESS = 0.6
# Two sentences that share this much of the shorter one's content words say the same.
_SAME = 0.75


@dataclass(slots=True)
class _Rewriting:
    """A passage on its way through the engine."""

    passage: Passage
    prompt: str
    is_part: bool = False
    """Whether it holds only a part of a sentence that is too long for the model."""
    texts: dict[str, Generation] = field(default_factory=dict)
    """What was written of it and is sound, and the output that it was read from."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A text that may become a sentence of the summary."""

    text: str
    passage: Passage
    """What it was written from."""
    output: Generation | None = None
    """How it was written; None where it is the article's own."""


@dataclass
class _Article:
    """One article: its sentences, what is to be written, and how many sentences were too long to be read whole.

    More passages are rewritten than the summary has sentences, each several times, from more or less of the text around
    its main sentence: the best are taken.
    """

    sentences: tuple[str, ...]
    count: int
    headline: _Rewriting | None = None
    body: list[list[_Rewriting]] = field(default_factory=list)
    truncated: int = 0
    assessed: dict[_Candidate, SummarySentence | None] = field(default_factory=dict)
    """What `sound` found of each candidate."""

    @functools.cached_property
    def ranked(self) -> salience.Article:
        """What its words and sentences are worth: asked when passages are chosen, and again of what was written."""
        return salience.Article(self.sentences)

    @functools.cached_property
    def opening(self) -> Passage:
        """What its headline is written from, where it has none of its own."""
        return opening(self.sentences)

    @functools.cached_property
    def own_headline(self) -> str | None:
        """What of its own words may be its headline."""
        return own_headline(self.sentences)

    def sound(self, candidate: _Candidate) -> SummarySentence | None:
        """A candidate with what it rests on, if it can be used; it may be asked for again beside other sentences."""
        if candidate not in self.assessed:
            found = None
            if self._is_fine(candidate):
                needed = _needed(self.sentences, candidate.passage.sentences, candidate.text)
                found = _supported(candidate.text, needed, self.sentences)
            self.assessed[candidate] = found if found and found.is_supported else None
        return self.assessed[candidate]

    def _is_fine(self, candidate: _Candidate) -> bool:
        """Whether what was written is likely good English and true; the article's own words are."""
        if candidate.output is None:
            return True
        evidence = [self.sentences[i] for i in candidate.passage.sentences]
        log_prob = candidate.output.log_prob * (candidate.output.tokens + 1)
        return wording.fineness(candidate.text, evidence, log_prob) >= _LEAST_FINENESS


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
            group.append(_Article(_read(source), count))
            if len(group) == _CHUNK:
                yield from self._summarize_group(group)
                group = []
        yield from self._summarize_group(group)

    def _summarize_group(self, group: Sequence[_Article]) -> list[Summary]:
        if not self._rewrites:
            return [self._summarize_windows(article) for article in group]
        for article in group:
            if article.sentences:
                self._plan(article)
        headlines = [article.headline for article in group if article.headline]
        for search in (_HEADLINE_OPTIONS, _preferring_short(_HEADLINE_OPTIONS)):
            self._write([h for h in headlines if not any(map(has_verb, h.texts))], search, as_headline)
        places = [tries for article in group for tries in article.body]
        for search in (_SENTENCE_OPTIONS, _preferring_short(_SENTENCE_OPTIONS)):
            # Where nothing was sound, all passages of the place once more.
            waiting = [rewriting for tries in places if not any(r.texts for r in tries) for rewriting in tries]
            self._write(waiting, search, as_sentence)
        return [self._finish(article) for article in group]

    def _plan(self, article: _Article) -> None:
        """Choose the passages; one too long for the model loses sentences from its end, a sentence alone its rest."""
        if article.own_headline is None:
            article.headline = self._fitted(HEADLINE, article.opening, article)
        for passage in choose_passages(article.ranked, count=article.count, spare=_SPARE):
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

    def _write(self, rewritings: Sequence[_Rewriting], search: GenerationOptions, read: Reader) -> None:
        """Have every passage written once, and keep what is sound."""
        if not rewritings:
            return
        outputs = self.engine.generate([rewriting.prompt for rewriting in rewritings], options=search)
        for rewriting, output in zip(rewritings, outputs, strict=True):
            text = read(output, rewriting.passage.text)
            if text and self._is_spelled(text, rewriting.passage.text):
                rewriting.texts.setdefault(text, output)

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
        """One sentence after the other: the best there is beside those before; source sentences where none is sound."""
        chosen: dict[int, SummarySentence] = {}
        while len(chosen) < article.count and (best := _next_sentence(article, chosen)):
            place, sentence = best
            chosen[place] = sentence
        return self._summary(article, [chosen[place] for place in sorted(chosen)])

    def _summary(self, article: _Article, written: list[SummarySentence]) -> Summary:
        words = sum(len(sentence.split()) for sentence in article.sentences)
        while len(written) > 1 and sum(len(sentence.text.split()) for sentence in written) >= words:
            written.pop()
        return Summary(
            headline=_headline(article),
            sentences=tuple(written),
            model=self.name,
            engine=self.engine.name,
            truncated=article.truncated,
        )

    def _summarize_windows(self, article: _Article) -> Summary:
        """For models that read articles: every window of the text summarised, the first sentences of each kept."""
        if not article.sentences:
            return self._summary(article, [])
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
                kept = sentence if sound else within(article.sentences[closest])
                ranked.append((rank, i, _supported(kept, (closest,), article.sentences)))
        ranked.sort(key=lambda entry: entry[:2])
        chosen: list[tuple[int, int, SummarySentence]] = []
        for entry in ranked:
            if len(chosen) < article.count and all(
                _shared(entry[2].text, other.text) < _SAME for _, _, other in chosen
            ):
                chosen.append(entry)
        if not chosen:
            first = within(article.sentences[0])
            chosen = [(0, 0, _supported(first, (0,), article.sentences))]
        chosen.sort(key=lambda entry: (entry[1], entry[0]))
        return self._summary(article, [sentence for _, _, sentence in chosen])

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


def _preferring_short(options: GenerationOptions) -> GenerationOptions:
    """A wider search that prefers short outputs, which invent less."""
    return replace(options, beam=_SHORT_BEAM, length_penalty=_SHORT_LENGTH_PENALTY)


def _headline(article: _Article) -> str:
    """Its title or first sentence, else what was written of the opening, with a verb at best, else how that starts."""
    if not article.sentences:
        return ""
    written = article.headline.texts if article.headline else {}
    best = article.own_headline or next(iter([*filter(has_verb, written), *written]), "")
    return best or headline_start(article.sentences)


def _next_sentence(article: _Article, chosen: Mapping[int, SummarySentence]) -> tuple[int, SummarySentence] | None:
    """The best sentence beside those chosen, with its index in `article.body`; None where all say the same again."""
    said = salience.tokens(" ".join(sentence.text for sentence in chosen.values()))
    waiting = {place: tries for place, tries in enumerate(article.body) if place not in chosen}
    ranked = sorted(
        ((place, candidate) for place, tries in waiting.items() for candidate in _candidates(tries)),
        key=lambda entry: -_worth(entry[1], article, said),
    )
    sound = ((place, sentence) for place, candidate in ranked if (sentence := article.sound(candidate)))
    own = ((place, _own_sentence(tries, article.sentences)) for place, tries in waiting.items())
    for place, sentence in itertools.chain(sound, own):
        if all(_shared(sentence.text, other.text) < _SAME for other in chosen.values()):
            return place, sentence
    return None


def _candidates(tries: Sequence[_Rewriting]) -> Iterator[_Candidate]:
    """What was written of a passage, and the article's own sentence, shortened, which competes with it."""
    for rewriting in tries:
        for text, output in rewriting.texts.items():
            yield _Candidate(text, rewriting.passage, output)
    first = tries[0].passage
    if first.core:
        yield _Candidate(first.core, Passage(first.sentences[:1], first.text))


def _worth(candidate: _Candidate, article: _Article, said: Collection[str]) -> float:
    """How good a sentence of the summary a text makes: the ROUGE to expect of it beside what is said already."""
    place = candidate.passage.sentences[0]
    found = sentence_value(article.ranked, candidate.text, place, said, is_alone=article.count == 1)
    return found * _TOO_LONG if len(candidate.text.split()) > MAX_FORM_WORDS else found


def _own_sentence(tries: Sequence[_Rewriting], sentences: Sequence[str]) -> SummarySentence:
    """What stands in where nothing of a passage can be used: its main sentence."""
    main = tries[0].passage.sentences[0]
    return _supported(within(sentences[main]), (main,), sentences)


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
