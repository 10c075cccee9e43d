"""A translation memory: sentences that were translated before, so that none is translated twice.

The last ones are kept in memory, up to a fixed number; all of them in a file, if one is given. What a translation
depends on (model, precision, options) is part of its key, so one memory may serve several translators.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from toolkit.documents import Finding, Segment, TermUse, TranslatedSegment
from toolkit.errors import CacheError

FORMAT = 4
"""Raised with every change in what becomes of a sentence apart from its model: older files are no use then."""

SENTENCES = 4096
"""Kept in memory unless told otherwise: 2 to 4 MB."""

_LONGEST = 2000
"""Characters. Longer sentences do not come twice, and would make the bound on the number none on the size."""
_BUSY_SECONDS = 60.0
_AT_ONCE = 500  # keys in one query; SQLite allows 999 in its oldest versions


class TranslationMemory:
    """Remembers translated sentences; safe to share between threads, not across a fork."""

    def __init__(self, sentences: int = SENTENCES, *, path: Path | None = None) -> None:
        """Keep `sentences` in memory, and all in the SQLite file `path`, which other processes may use as well."""
        self._most = sentences
        self._path = path
        self._recent: OrderedDict[bytes, TranslatedSegment] = OrderedDict()
        self._lock = threading.Lock()
        self._file: sqlite3.Connection | None = None
        if path is not None:
            with self._failing():
                self._file = _open(path)
            # From Python 3.13 on, a connection that nobody closes is a ResourceWarning.
            weakref.finalize(self, self._file.close).atexit = False

    def find(self, context: str, texts: Iterable[str]) -> dict[str, TranslatedSegment]:
        """What is known of `texts` in a context: everything else the translation depends on."""
        keys = {_key(context, text): text for text in texts if len(text) <= _LONGEST}
        found: dict[str, TranslatedSegment] = {}
        with self._lock:
            for key, text in keys.items():
                if (known := self._recent.get(key)) is not None:
                    self._recent.move_to_end(key)
                    found[text] = known
            if self._file is not None:
                missing = [key for key, text in keys.items() if text not in found]
                for key, text, log_prob, details in self._look_up(missing):
                    found[keys[key]] = _segment(keys[key], text, log_prob, json.loads(details))
                    self._remember(key, found[keys[key]])
        return found

    def keep(self, context: str, translations: Mapping[str, TranslatedSegment]) -> None:
        """Remember translations by their source text."""
        known = {_key(context, text): each for text, each in translations.items() if len(text) <= _LONGEST}
        with self._lock:
            for key, each in known.items():
                self._remember(key, each)
            if self._file is not None:
                # SQLite holds UTF-8, and half a surrogate pair is none.
                rows = [
                    (key, each.text, each.log_prob, json.dumps(_details(each)))  # escaped: ASCII
                    for key, each in known.items()
                    if each.text.isascii() or each.text.encode("utf-8", "replace").decode() == each.text
                ]
                with self._failing(), self._file:
                    self._file.executemany("INSERT OR IGNORE INTO segments VALUES (?, ?, ?, ?)", rows)

    def _remember(self, key: bytes, known: TranslatedSegment) -> None:
        self._recent[key] = known
        self._recent.move_to_end(key)
        if len(self._recent) > self._most:
            self._recent.popitem(last=False)

    def _look_up(self, keys: list[bytes]) -> Iterator[tuple[bytes, str, float | None, str]]:
        assert self._file is not None  # noqa: S101 - the caller looked
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            places = ",".join("?" * len(some))
            with self._failing():
                yield from self._file.execute(
                    f"SELECT key, text, log_prob, details FROM segments WHERE key IN ({places})",  # noqa: S608
                    some,
                ).fetchall()

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise CacheError(
                f"{self._path}: the cache of translations cannot be used ({error}): free some space, delete the file "
                "if it is damaged, or name another"
            ) from None


def _details(segment: TranslatedSegment) -> dict[str, Any]:
    """What is known of a translation beside its text and score."""
    return {
        "marks": segment.marks,
        "doubt": segment.doubt,
        "reasons": segment.reasons,
        "findings": None if segment.findings is None else [asdict(finding) for finding in segment.findings],
        "terms": [asdict(term) for term in segment.terms],
    }


def _segment(source: str, text: str, log_prob: float | None, details: dict[str, Any]) -> TranslatedSegment:
    findings = details["findings"]
    return TranslatedSegment(
        Segment(source, 0, len(source), 0),
        text,
        log_prob,
        marks=tuple(details["marks"]),
        doubt=details["doubt"],
        reasons=tuple(details["reasons"]),
        findings=None if findings is None else tuple(Finding(**finding) for finding in findings),
        terms=tuple(TermUse(**term) for term in details["terms"]),
    )


def _open(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
    # A power failure may cost the last translations, never the file.
    file.execute("PRAGMA journal_mode=WAL")
    file.execute("PRAGMA synchronous=NORMAL")
    with file:
        file.execute(
            "CREATE TABLE IF NOT EXISTS segments "
            "(key BLOB PRIMARY KEY, text TEXT NOT NULL, log_prob REAL, details TEXT NOT NULL) WITHOUT ROWID"
        )
    return file


def _key(context: str, text: str) -> bytes:
    content = f"{FORMAT}\n{context}\n{text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=16).digest()
