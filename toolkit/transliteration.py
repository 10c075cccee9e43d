"""Names from other alphabets, which German and English write differently: Sergej Lawrow is Sergei Lavrov.

A small model copies them or spells them anyhow. What it copied is put right by lists of names; where a listed name is
missing, its English is a term that is wanted (`toolkit.terms`). What is in none of the lists stays.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

from toolkit import protection
from toolkit.facts.tables import options
from toolkit.glossary import Entry, Occurrence

_WORD = re.compile(r"[^\W\d_]+")
_BEGIN, _END = r"(?<![^\W_])", r"(?![^\W_]|\.[a-z])"
# Müller-Wolkow is a name of its own; al-Scharaa is not.
_NO_DOUBLE_NAME = r"(?<![^\W\d_]{3}-)"
# Between a first name and its surname: an initial, or a patronymic.
_BETWEEN = r"\s(?:[A-Z]\.\s|[A-Z][a-z]+(?:itsch|[oe]wna)\s)?"


@functools.cache
def _names() -> dict[str, Entry]:
    """The listed names by their German spelling."""
    listed = options("transliterations", "|")
    return {german: Entry(german, english, tuple(others)) for german, (english, *others) in listed.items()}


@functools.cache
def _first_names() -> dict[str, str]:
    """English spellings of first names, by the German ones."""
    return {german: english for german, (english,) in options("cyrillic-first-names", "|").items()}


@functools.cache
def _whole() -> str:
    """A pattern of the listed names that are to be spelled otherwise; of two that begin alike, the longer.

    What has several words protects what is in it, even where it stays as it is: the Maxim Gorki Theater.
    """
    names = (german for german, entry in _names().items() if not entry.is_name or " " in german)
    return _any(sorted(names, key=len, reverse=True))


@functools.cache
def _copied() -> re.Pattern[str]:
    """A name to respell, in the genitive or not: a listed one, or a first name before one."""
    surnames = sorted({*_names(), *(entry.english for entry in _names().values())})
    return re.compile(
        rf"{_BEGIN}{_NO_DOUBLE_NAME}(?:(?P<name>{_whole()})(?P<genitive>(?:s(?:'(?!\w))?)?){_END}"
        rf"|(?P<first>{_any(_first_names())})(?={_BETWEEN}(?:{_any(surnames)})(?:'?s)?{_END}))"
    )


@functools.cache
def _wanted() -> re.Pattern[str]:
    """A listed name, in the genitive or not, and no part of a compound."""
    return re.compile(rf"(?<![\w-])({_whole()})s?{_END}(?!-)")


@functools.cache
def _beginnings() -> frozenset[str]:
    """The first words of all names, in the genitive too: a text that has none of them need not be searched."""
    first = [_WORD.match(name) for name in (*_names(), *_first_names())]
    return frozenset(match[0] + end for match in first if match for end in ("", "s"))


def _may_have_names(text: str) -> bool:
    return not _beginnings().isdisjoint(_WORD.findall(text))


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, words))


def find(text: str) -> tuple[Occurrence, ...]:
    """The listed names of a German text that are to have another spelling."""
    if not _may_have_names(text):
        return ()
    found = ((match, _names()[match[1]]) for match in _wanted().finditer(text))
    return tuple(Occurrence(match.start(), match.end(), entry) for match, entry in found if not entry.is_name)


def respell(source: str, translation: str, *, keep: Sequence[str] = ()) -> str:
    """The translation with the names that it has in German spelling, as the source has them, in English spelling.

    Names that stand in one of `keep`, and links and codes, stay.
    """
    if not _may_have_names(source):
        return translation
    kept = "\n".join(keep)

    def put(match: re.Match[str]) -> str:
        german = match["name"] or match["first"]
        if _has(kept, german) or not _has(source, german):
            return match[0]
        if match["first"]:
            return _first_names()[german]
        # English takes its genitive with an apostrophe, German without.
        return _names()[german].english + ("'s" if match["genitive"] else "")

    pieces = protection.pieces(translation)
    return "".join(_copied().sub(put, piece) if i % 2 == 0 else piece for i, piece in enumerate(pieces))


def _has(text: str, name: str) -> bool:
    """Whether a text has a name as whole words, in the genitive or not."""
    return name in text and re.search(rf"{_BEGIN}{re.escape(name)}s?{_END}", text) is not None
