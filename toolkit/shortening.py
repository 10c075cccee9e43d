"""The article's own sentences, cut to the length of a summary's sentence or of a headline."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit import segmentation
from toolkit.clauses import has_verb, shorter_forms, without_dateline
from toolkit.rewriting import LEAST_HEADLINE_WORDS
from toolkit.selection import first_sentence

MOST_WORDS = 45
"""Words of a source sentence that stands in a summary; a longer one ends in an ellipsis there."""
_HEADLINE_WORDS = 16
# Readers prefer a sentence that is whole, and shorter ones are less often right: see the summariser's card.
_WHOLE_HEADLINE_WORDS = 25
# Twice the length of a long English word: text without spaces counts as words too.
_WORD_CHARACTERS = 20
_CLAUSE_STARTS = frozenset(
    "after although and as because before but despite following since when which while who".split()
)


def within(sentence: str, most: int = MOST_WORDS) -> str:
    """A sentence of at most `most` words: a longer one, or one longer than any word is, is cut and says so."""
    if len(sentence.split()) <= most and len(sentence) <= most * _WORD_CHARACTERS:
        return sentence
    parts = segmentation.split_at_clause(
        sentence, lambda text: len(text.split()) < most and len(text) < most * _WORD_CHARACTERS
    )
    return parts[0].rstrip(" .,;:–-") + " …"


def whole_headline(sentences: Sequence[str]) -> str | None:
    """An article's first sentence as its headline: whole, or without some clauses if it is long.

    None where that is too long even so, or has no verb.
    """
    sentence = sentences[first_sentence(sentences)]
    forms = [form for form in shorter_forms(sentence, most=_WHOLE_HEADLINE_WORDS) if has_verb(form)]
    return max(forms, key=len).rstrip(" .") if forms else None


def headline_start(sentences: Sequence[str]) -> str:
    """The first sentence up to the last clause that fits, without its full stop and the place before it."""
    text = without_dateline(sentences[first_sentence(sentences)]).rstrip(" .…")
    words = text.split()
    if len(words) <= _HEADLINE_WORDS:
        return text if len(text) <= _HEADLINE_WORDS * _WORD_CHARACTERS else within(text, _HEADLINE_WORDS)
    ends = [
        i
        for i in range(LEAST_HEADLINE_WORDS, _HEADLINE_WORDS + 1)
        if words[i - 1].endswith((",", ";", ":")) or words[i].casefold() in _CLAUSE_STARTS
    ]
    if not ends:
        return within(text, _HEADLINE_WORDS)
    return " ".join(words[: ends[-1]]).rstrip(" ,;:–-")
