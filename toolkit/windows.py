"""Summaries by models that read whole articles (BART and its kin): window by window, evidence found afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit import control, grounding, segmentation
from toolkit.documents import SummarySentence
from toolkit.engines import GenerationOptions, Seq2SeqEngine
from toolkit.engines.limits import fits
from toolkit.rewriting import CLOSED, is_sound
from toolkit.shortening import within
from toolkit.statements import SAME, shared, supported

# As the authors of facebook/bart-large-cnn use it; the least length is lowered for short texts.
_MAX_TOKENS = 142
_MIN_TOKENS = 56
_LENGTH_PENALTY = 2.0
# Sentences of models that read whole articles draw on words from all over them.
_LEAST_SUPPORT = 0.6


def summarize(engine: Seq2SeqEngine, article: Sequence[str], *, count: int) -> list[SummarySentence]:
    """At most `count` sentences in the order of an article's: every window summarised, the first of each kept."""
    windows = _windows(engine, article)
    prompts = [text for _, text in windows]
    tokens = min(engine.count_tokens(prompts))
    options = GenerationOptions(
        max_tokens=_MAX_TOKENS,
        min_tokens=min(_MIN_TOKENS, tokens // 4),
        length_penalty=_LENGTH_PENALTY,
        no_repeat_ngram=3,
    )
    outputs = engine.generate(prompts, options=options)
    ranked: list[tuple[int, int, SummarySentence]] = []
    for i, ((indices, text), output) in enumerate(zip(windows, outputs, strict=True)):
        sentences = segmentation.split_sentences(output.text, language="en")
        if output.cut and len(sentences) > 1:
            sentences = sentences[:-1]
        for rank, sentence in enumerate(sentences):
            closest = _closest(article, indices, sentence)
            sound = is_sound(sentence, text, least=_LEAST_SUPPORT) and CLOSED.search(sentence)
            kept = sentence if sound else within(article[closest])
            ranked.append((rank, i, supported(kept, (closest,), article)))
    ranked.sort(key=lambda entry: entry[:2])
    chosen: list[tuple[int, int, SummarySentence]] = []
    for entry in ranked:
        if len(chosen) < count and all(shared(entry[2].text, other.text) < SAME for _, _, other in chosen):
            chosen.append(entry)
    if not chosen:
        return [supported(within(article[0]), (0,), article)]
    chosen.sort(key=lambda entry: (entry[1], entry[0]))
    return [sentence for _, _, sentence in chosen]


def _windows(engine: Seq2SeqEngine, article: Sequence[str]) -> list[tuple[tuple[int, ...], str]]:
    """The article in runs of sentences that fit, of about equal length, with their indices; nothing left out."""
    parts: list[tuple[int, str]] = []
    for i, sentence in enumerate(article):
        parts += [
            (i, part)
            for part in segmentation.split_at_clause(control.as_text(sentence), lambda text: fits(engine, text))
        ]
    sizes = engine.count_tokens([part for _, part in parts])
    # One token for the space between two parts, which some vocabularies count.
    total, limit = sum(sizes) + len(sizes), engine.max_source_tokens
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


def _closest(sentences: Sequence[str], indices: Sequence[int], text: str) -> int:
    """Which of the sentences at `indices` shares most content words with a text; the first of equals."""
    wanted = set(grounding.content_stems(text))
    return max(indices, key=lambda i: (len(wanted & set(grounding.content_stems(sentences[i]))), -i))
