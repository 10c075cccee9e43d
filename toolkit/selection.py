"""Which sentences of an article its summary is made of, and which one its headline."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from toolkit import grounding
from toolkit.clauses import has_verb, shorter_forms
from toolkit.salience import LEANING, Article, tokens

MAX_FORM_WORDS = 25
"""Longest sentence of a summary that is an article's own."""

# Fewer words before an article name a section ("Politics") or a series.
_TITLE_WORDS = 5
_WHOLE_SENTENCE = re.compile(r"[.!?…:][\"'”’»«)\]]*$")
_POSSESSIVE = re.compile(r"(?:my|our|your|its)\b", re.IGNORECASE)
_LEAST_WORDS = 4
# An article of more sentences, about a thousand words, is cut into stretches, and something is taken from each: it has
# more than one subject. They grow towards the end: with three, they end at 22, 59 and 100 %.
_LONG = 50
_GROWTH = 1.35
# What a sentence is worth beside others that no form of which is short enough to stand in a summary.
_TOO_LONG = 0.9
# A sentence that opens with "He" or "But" leans on the one before it, which a reader of the summary does not see; a
# question on the next one; and what has no verb is a heading: "The key developments at a glance."
_LEANS = 0.6
# What the first sentence of a text is worth beside the same one elsewhere, and how much less the last one is: the
# weights were learned on articles of the BBC without their first sentence, and news says the most in it. Chosen on 120
# training articles of CNN and Daily Mail with summaries of three sentences; a single sentence gains nothing by it.
_OPENING = 1.5
_POSITION = 0.8


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence that a summary may be made of."""

    place: int
    """Its index in the article."""
    form: str
    """It, in the form of at most `MAX_FORM_WORDS` words that says the most; "" where it has no such form."""


def choose(article: Article, *, count: int, spare: int = 0) -> tuple[Choice, ...]:
    """At most `count` sentences, in the order of the article, which has one sentence or more.

    Of a usual article `spare` more, for a summary of `count` sentences to be chosen from what is made of them. One
    sentence after the other is taken that would be the best summary beside those taken before
    (`toolkit.salience`), from the whole of a usual article, from each of `count` stretches of a long one. Headings are
    left out where there are sentences.
    """
    sentences = article.sentences
    usable = [i for i, text in enumerate(sentences) if is_sentence(text)] or list(range(len(sentences)))
    is_alone = count == 1
    count = min(count + (spare if len(usable) <= _LONG else 0), max(1, len(usable) - 1))
    chosen: dict[int, str] = {}
    said: set[str] = set()
    for stretch in _stretches(usable, count):
        left = [i for i in stretch if i not in chosen]
        forms = {i: _best_form(article, i, said, is_alone=is_alone) for i in left}
        best = max(left, key=lambda i: (forms[i][0], -i))
        chosen[best] = forms[best][1]
        if not is_alone:
            said.update(tokens(sentences[best]))
    return tuple(Choice(place, form) for place, form in sorted(chosen.items()))


@functools.lru_cache(maxsize=1024)
def _forms(sentence: str) -> tuple[str, ...]:
    return tuple(shorter_forms(sentence, most=MAX_FORM_WORDS))


def _stretches(usable: Sequence[int], count: int) -> list[Sequence[int]]:
    """What each of `count` sentences is chosen from: all of a usual article, a part of a long one."""
    if len(usable) <= _LONG:
        return [usable] * count
    edges = [round(len(usable) * (i / count) ** _GROWTH) for i in range(count + 1)]
    for i in range(count, 0, -1):
        # Rounding may leave a stretch empty: it takes a sentence of the one before.
        edges[i - 1] = min(edges[i - 1], edges[i] - 1)
    for i in range(count):
        edges[i] = max(edges[i], i)
    return [usable[edges[i] : edges[i + 1]] for i in range(count)]


def _best_form(article: Article, place: int, said: Collection[str], *, is_alone: bool) -> tuple[float, str]:
    """The value of a sentence in its best form, and that form; "" where every form is too long."""
    sentence = article.sentences[place]
    forms = _forms(sentence)
    if not forms:
        start = " ".join(sentence.split()[:MAX_FORM_WORDS])
        return _TOO_LONG * sentence_value(article, start, place, said, is_alone=is_alone), ""
    return max((sentence_value(article, form, place, said, is_alone=is_alone), form) for form in forms)


def sentence_value(article: Article, text: str, place: int, said: Collection[str], *, is_alone: bool) -> float:
    """What a text from the sentence at `place` is worth as the whole of a summary, or beside other sentences of one."""
    found = article.value(text, place, said=said)
    if not is_alone:
        found *= (1 - _POSITION * place / len(article.sentences)) * (_OPENING if place == 0 else 1.0)
    leans = place > 0 and (LEANING.match(text) or _POSSESSIVE.match(text))
    is_loose = leans or text.endswith("?") or not has_verb(text)
    return found * _LEANS if is_loose else found


def title(sentences: Sequence[str]) -> str | None:
    """The article's own headline: the first line before its sentences half of whose words they say again."""
    said = {stem for text in sentences if is_sentence(text) for stem in grounding.content_stems(text)}
    for text in itertools.takewhile(lambda text: not is_sentence(text), sentences):
        stems = set(grounding.content_stems(text))
        if _TITLE_WORDS <= len(text.split()) <= MAX_FORM_WORDS and len(stems & said) * 2 >= max(1, len(stems)):
            return " ".join(text.split()).rstrip(" .")
    return None


def first_sentence(sentences: Sequence[str]) -> int:
    """Where an article begins, without its headings; a heading where it has nothing else.

    A line that is no sentence and none of whose words come again belongs to the page, not to the article: "Media
    playback is not supported on this device". It is passed over.
    """
    if found := [i for i, text in enumerate(sentences) if is_sentence(text)]:
        return found[0]
    stems = [frozenset(grounding.content_stems(text)) for text in sentences]
    said = Counter(stem for found in stems for stem in found)
    return next((i for i, own in enumerate(stems) if any(said[stem] > 1 for stem in own)), 0)


def is_sentence(text: str) -> bool:
    """Whether a segment reads as a sentence, not as a heading or a caption."""
    return len(text.split()) >= _LEAST_WORDS and _WHOLE_SENTENCE.search(text) is not None
