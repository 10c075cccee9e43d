"""Edits of a sentence: each of its units is kept, left out or given another ending, and small words are put in.

What an edit makes of a sentence has no name that the sentence lacks, and no number but by another ending.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit import grounding
from toolkit.clauses import capitalised

KEEP = "keep"
LEAVE_OUT = "leave out"
_UNIT = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[-’'.,:/&][^\W_]+)*|\S")
_POSSESSIVE = re.compile(r"(.+?)([’']s)")
_OPENING = "([{“‘"
_STARTS = '"“‘:'
"""Marks after which a sentence may start."""
_CAPITALS = ("I", "May")
_ATTACHED = frozenset({",", ".", ":", ";", "'s"})
"""Words put in that stand at the end of the one before."""
_ENDS_INDEFINITE = re.compile(r"(?:^|(?<=[\s\"“(]))(a|A)n?$")
_BEGINNING = re.compile(r"[^\W_]+")
_SPELLED = 3
"""Capitals that are spoken letter by letter, at most."""
_LIKE_A_VOWEL = "AEFHILMNORSX"
# Spoken with a consonant first ("a European unit"), and with a vowel ("an hour").
_LIKE_CONSONANTS = re.compile(r"eu|ewe|one(?!r)|once|u(?:ni(?:[cfoqtv]|s[eo])|s[aeu]|t[io]|ra|ru|k|ga)")
_SILENT_H = re.compile(r"hour|hono|heir|hones")


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, a number or a mark of a text."""

    text: str
    is_spaced: bool
    """Whether white space stands before it; so it does before the first."""
    is_first: bool = False
    """Whether a sentence starts with it."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of each unit, and what is put in."""

    actions: tuple[str, ...]
    """For each unit `KEEP`, `LEAVE_OUT`, or a change of its ending as "-ed+s"."""
    inserted: tuple[str, ...]
    """Words put in before each unit that is kept, and after the last one; mostly ""."""


def units(text: str) -> tuple[Unit, ...]:
    """The units of a sentence, in order; a possessive is one of its own, a hyphenated word is not divided."""
    found: list[Unit] = []
    end = -1
    has_word = False
    for match in _UNIT.finditer(text):
        word, is_spaced = match.group(), match.start() != end
        is_first = not has_word or found[-1].text in _STARTS
        has_word = has_word or word[0].isalnum()
        end = match.end()
        if possessive := _POSSESSIVE.fullmatch(word):
            found.append(Unit(possessive[1], is_spaced, is_first))
            word, is_spaced, is_first = possessive[2], False, False
        found.append(Unit(word, is_spaced, is_first))
    return tuple(found)


def apply(edit: Edit, source: Sequence[Unit]) -> str:
    """The text that an edit makes of units, with a capital at its start."""
    text = ""
    was_kept = True
    for unit, action, inserted in zip(source, edit.actions, edit.inserted[:-1], strict=True):
        if action == LEAVE_OUT:
            was_kept = False
            continue
        text = _joined(text, inserted)
        word = unit.text if action == KEEP else changed(unit.text, action)
        if unit.is_first and not was_kept and _is_small(word) and any(map(str.isalnum, text)):
            word = word.casefold()
        if inserted or not was_kept or word != unit.text:
            text = _ENDS_INDEFINITE.sub(rf"\g<1>{'n' * _begins_with_a_vowel(word)}", text)
        is_spaced = unit.is_spaced or ((bool(inserted) or not was_kept) and word[0].isalnum())
        text += ("" if _is_open(text) or not is_spaced else " ") + word
        was_kept = True
    return capitalised(_joined(text, edit.inserted[-1]))


def changed(word: str, action: str) -> str:
    """A word with the end of `action` for its own: "closing" and "-ing+es" are "closes"; others stay as they are."""
    old, new = action[1:].split("+")
    return word.removesuffix(old) + new if word.endswith(old) and word != old else word


def _begins_with_a_vowel(word: str) -> bool:
    """Whether a word is spoken with a vowel first, as far as letters tell: "an owner", "an 18-year-old", "an SPD"."""
    if (match := _BEGINNING.match(word)) is None:
        return False
    found = match.group()
    if found[0].isdigit():
        return found[0] == "8" or found in {"11", "18"}
    if found.isupper() and len(found) <= _SPELLED:
        return found[0] in _LIKE_A_VOWEL
    small = found.casefold()
    return not _LIKE_CONSONANTS.match(small) if small[0] in "aeiouäöü" else _SILENT_H.match(small) is not None


def _joined(text: str, inserted: str) -> str:
    for word in inserted.split():
        text += word if word in _ATTACHED or _is_open(text) else f" {word}"
    return text


def _is_open(text: str) -> bool:
    """Whether what follows stands close: at the start, and after an opening bracket or quotation mark."""
    return not text or text[-1] in _OPENING or (text[-1] == '"' and text.count('"') % 2 == 1)


def _is_small(word: str) -> bool:
    """Whether a word has a capital only because a sentence starts with it: no name, no "US", no "I"."""
    return not grounding.is_content(word) and word not in _CAPITALS and word[1:] == word[1:].lower()
