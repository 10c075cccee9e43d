"""A glossary: the English wanted for German terms, and names that are not to be translated.

The file has a term a line, UTF-8, in columns parted by tabs (.tsv, .txt) or by commas or semicolons (.csv):

    Bundesrat       Federal Council          the German as in a dictionary, then the English
    Deutsche Bahn                            no English, or the same once more: a name, kept as it is
    Kieler Woche    Kieler Woche    keep     the same, said aloud

A first line of column names (de, en or German, English and the like), blank lines and lines that begin with "# " are
passed over.
"""

from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from toolkit import control, files
from toolkit.errors import InputError
from toolkit.inflection import Token, is_form, key, tokens

KEEP = "keep"
"""In a third column: a name."""
_HEADERS = frozenset("de en german english deutsch englisch source target term translation".split())
_ARTICLES = frozenset("der die das den dem des".split())
_COMMENT = "# "


@dataclass(frozen=True, slots=True)
class Entry:
    """A German term and the English wanted for it."""

    german: str
    english: str
    """The German itself for a name."""
    others: tuple[str, ...] = ()
    """Other English that will do."""
    is_hint: bool = False
    """It helps to translate; nobody asked for this English."""

    @property
    def is_name(self) -> bool:
        """Whether it is not to be translated."""
        return self.german == self.english


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An entry at a place of a text: `text[start:end]`, inflected or not."""

    start: int
    end: int
    entry: Entry


class Glossary:
    """Terms with the English wanted for them, and names; found in whole words, whatever their case and number."""

    def __init__(self, terms: Mapping[str, str] | None = None, *, names: Iterable[str] = ()) -> None:
        """German terms with their English, and names that stay as they are.

        Raises InputError for a blank one, and for a term with two translations.
        """
        given = [("the glossary", german, english) for german, english in (terms or {}).items()]
        self._fill([*given, *(("the glossary", name, name) for name in names)])

    @classmethod
    def read(cls, path: str | Path) -> Glossary:
        """The glossary of a file. Raises InputError, with the line, for what cannot be used."""
        made = cls()
        made._fill(_entries(Path(path)))
        if not made.entries:
            raise InputError(f"{path} holds no terms: give one a line, German and English parted by a tab")
        return made

    def _fill(self, given: Iterable[tuple[str, str, str]]) -> None:
        """Take (where it stands, German, English) over."""
        known: dict[str, tuple[str, Entry]] = {}
        self._by_keys: dict[tuple[str, ...], list[tuple[tuple[Token, ...], Entry]]] = {}
        self._lengths: dict[str, set[int]] = {}
        for where, left, right in given:
            entry = Entry(_clean(left), control.as_text(_clean(right)))
            for side, text in (("German", entry.german), ("English", entry.english)):
                if not any(map(str.isalnum, text)):
                    raise InputError(f"{where}: expected {side}, got {text!r}: write a word, or drop the line")
            before, other = known.setdefault(entry.german, (where, entry))
            if other.english != entry.english:
                raise InputError(
                    f"{where}: {entry.german!r} is to become {entry.english!r}, but {other.english!r} in {before}: "
                    "keep one of them"
                )
            if other is entry:
                self._index(entry)
        self.entries = tuple(entry for _, entry in known.values())

    def _index(self, entry: Entry) -> None:
        words = tokens(entry.german)
        first, *rest = (key(word.text) for word in words)
        # Der Spiegel: dem Spiegel too.
        for begin in {key(article) for article in _ARTICLES} if rest and _is_article(words[0]) else {first}:
            self._by_keys.setdefault((begin, *rest), []).append((words, entry))
            self._lengths.setdefault(begin, set()).add(len(words))

    @property
    def checksum(self) -> str:
        """Changes with every change of an entry, not with their order."""
        lines = sorted(f"{entry.german}\t{entry.english}" for entry in self.entries)
        return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()

    def find(self, text: str) -> tuple[Occurrence, ...]:
        """Where terms stand in a German text: the longest at every place, none within another or in a compound."""
        found: list[Occurrence] = []
        words = tokens(text)
        keys = tuple(key(word.text) for word in words)
        i = 0
        while i < len(words):
            entry, length = self._at(words, keys, i)
            if entry is not None:
                found.append(Occurrence(words[i].start, words[i + length - 1].end, entry))
            i += length
        return tuple(found)

    def _at(self, words: tuple[Token, ...], keys: tuple[str, ...], i: int) -> tuple[Entry | None, int]:
        """The entry that begins at a word, and its number of words: the longest, and of these the most alike."""
        for length in sorted(self._lengths.get(keys[i], ()), reverse=True):
            some = words[i : i + length]
            fitting = [
                (sum(a.text == b.text for a, b in zip(wanted, some, strict=True)), entry)
                for wanted, entry in self._by_keys.get(keys[i : i + length], ())
                if len(wanted) == length and _is_same(wanted, some, entry, is_first=_begins(words, i))
            ]
            if fitting:
                return max(fitting, key=lambda each: each[0])[1], length
        return None, 1


def _is_same(wanted: tuple[Token, ...], found: tuple[Token, ...], entry: Entry, *, is_first: bool) -> bool:
    """Whether the words of a term, in any case and number, are those of a text."""
    for i, (left, right) in enumerate(zip(wanted, found, strict=True)):
        if i and left.is_joined != right.is_joined:
            return False
        if i == 0 and len(wanted) > 1 and _is_article(left) and _is_article(right):
            continue
        is_last = i == len(wanted) - 1
        if not is_form(
            right.text, left.text, is_name=entry.is_name, is_attribute=not is_last, is_first=is_first and not i
        ):
            return False
    return True


def _is_article(word: Token) -> bool:
    return word.text.casefold() in _ARTICLES


def _begins(words: tuple[Token, ...], i: int) -> bool:
    """Whether a sentence may begin here, where every word has a capital."""
    return i == 0 or not words[i - 1].text[0].isalnum()


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _entries(path: Path) -> Iterator[tuple[str, str, str]]:
    """Where it stands, German and English of every entry of a file."""
    is_first = True
    for number, row in _rows(path):
        where = f"{path}, line {number}"
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith(_COMMENT):
            continue
        if is_first:
            is_first = False
            if len(cells) > 1 and {cell.casefold() for cell in cells[:2]} <= _HEADERS:
                continue
        while len(cells) > 1 and not cells[-1]:
            cells.pop()
        german, english, option = (*cells[:3], "", "")[:3]
        if len(cells) > 3:
            raise InputError(f"{where}: expected German, English and perhaps {KEEP!r}, got {len(cells)} columns")
        if option and option.casefold() != KEEP:
            raise InputError(f"{where}: expected {KEEP!r} in the third column or nothing, got {option[:40]!r}")
        if option and english and english != german:
            raise InputError(
                f"{where}: {german!r} is to be kept and to become {english!r}: drop {KEEP!r} or the English"
            )
        yield where, german, english or german


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The number of the line where it ends and the cells of every row."""
    try:
        text = files.read_text(path)
    except InputError as error:
        # The option that the message names is for texts.
        message, _, remedy = str(error).partition(": name its encoding")
        raise InputError(f"{message}: save it as UTF-8" if remedy else message) from None
    if path.suffix.casefold() != ".csv":
        for number, line in enumerate(text.splitlines(), start=1):
            yield number, line.split("\t")
        return
    head = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if ";" in head and "," not in head else ",", strict=True
    )
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise InputError(
            f"{path}, line {reader.line_num}: no CSV ({error}): quote what holds a quotation mark"
        ) from None
