"""What a model made of a sentence, as a sentence or headline to be used, or nothing where it is unsound."""

from __future__ import annotations

import re

from toolkit import grounding, repetition
from toolkit.clauses import capitalised, has_verb, without_dateline

# Share of content words that must be found, changed endings apart, in the source.
_LEAST_SUPPORT = 0.85
# Fewer words say nothing: "The 47-year-old Kerr.", "The venomous snake".
_LEAST_WORDS = 4
LEAST_HEADLINE_WORDS = 5

CLOSED = re.compile(r"[.!?…][\"'”’)\]]*$")
# "The company, which employs 300 people." lacks its main verb.
_ONLY_A_SUBJECT = re.compile(r"[^,]*, (?:which|who|whose|where|when) [^,]*")
_JOINT = re.compile(r"((?<!\w)[^\W\d_]+|[,;:–])(?=\s?([,;:.!?)]))")
# The one of an abbreviation and the one of the sentence: "at 4.20 p.m.."
_TWO_STOPS = re.compile(r"(?<!\.)\.\.$")
_BRACKETS = (("(", ")"), ("[", "]"), ("“", "”"))
_DANGLING = frozenset(
    "a an the of to in on at for from by with and or but as than that which who if when because his her its their is "
    "are was were be been being has have had will would can could may must should not only solely just even also "
    "very".split()
)


def as_sentence(text: str, source: str) -> str | None:
    """A sentence with its full stop, no longer than its source."""
    if (read := _read(text, source, fewest=_LEAST_WORDS)) is None or (has_verb(source) and not has_verb(read)):
        return None
    read = _TWO_STOPS.sub(".", read)
    closed = read if CLOSED.search(read) else read.rstrip(" ,;:–-") + "."
    return closed if len(closed) <= len(source) else None


def as_headline(text: str, source: str) -> str | None:
    """A headline, without full stop."""
    read = _read(text, source, fewest=LEAST_HEADLINE_WORDS)
    return read.rstrip(" .") if read else None


def _read(text: str, source: str, *, fewest: int) -> str | None:
    text = without_dateline(" ".join(text.split()).lstrip(" ,;:.!?)–-"))
    words = grounding.words(text)
    if not words or not is_sound(text, source, least=_LEAST_SUPPORT):
        return None
    if words[-1].casefold() in _DANGLING or not _is_closed(text) or _ONLY_A_SUBJECT.fullmatch(text):
        return None
    if not _torn(text) <= _torn(source):
        return None
    return capitalised(text) if len(words) >= min(fewest, len(grounding.words(source))) else None


def _is_closed(text: str) -> bool:
    return text.count('"') % 2 == 0 and all(text.count(one) == text.count(other) for one, other in _BRACKETS)


def _torn(text: str) -> frozenset[str]:
    """Marks after what they cannot follow, where something was left out: "at the, imports", "last year,, exports"."""
    joints = ((match[1].casefold(), match[2]) for match in _JOINT.finditer(text))
    return frozenset(word + mark for word, mark in joints if word in _DANGLING or not word.isalpha())


def is_sound(text: str, source: str, *, least: float) -> bool:
    """Whether a text neither repeats itself nor says what its source does not."""
    if repetition.longest_run(text) or len(text.split()) > max(len(source.split()), 3):
        return False
    support = grounding.support(text, source)
    return support is not None and support >= least and not grounding.ungrounded(text, source)
