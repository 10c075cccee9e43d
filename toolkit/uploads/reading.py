"""A file as text: what must hold before it is parsed, and what came of it."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

from toolkit import files
from toolkit.errors import InputError
from toolkit.uploads.formats import KINDS, LIBRARIES, NAMES, sniff
from toolkit.uploads.isolation import parse
from toolkit.uploads.limits import Limits

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LONGEST_NAME = 120
_PARSED = frozenset(LIBRARIES)


@dataclass(frozen=True, slots=True)
class Upload:
    """The text of a file, its paragraphs separated by blank lines."""

    text: str
    title: str | None
    """What the file itself gives as its title; None where it gives none."""
    kind: str
    """text, markdown, html, docx or pdf."""
    notes: tuple[str, ...] = ()
    """What of the file is not in the text, a sentence each: "2 of 5 pages hold no text"."""


def read_upload(
    path: Path, *, name: str | None = None, encoding: str | None = None, limits: Limits | None = None
) -> Upload:
    """The text of a file; `name` is what its reader calls it, for the ending and for the errors.

    `encoding` is that of .txt, .md and .html where it is neither UTF-8 nor declared. Raises InputError, one line that
    names the file, for whatever cannot be read.
    """
    limits = limits or Limits()
    shown = _shown(path.name if name is None else name)
    kind = _kind(shown)
    raw = _read(path, shown, limits)
    _check_content(raw, kind, shown)
    if kind not in _PARSED:
        text = files.decode(raw, name=shown, encoding=encoding)
        _check_length(text, shown, limits)
        _check_not_blank(text, shown)
        return Upload(text=text, title=None, kind=kind)
    module, package = LIBRARIES[kind]
    if importlib.util.find_spec(module) is None:
        raise InputError(f"{shown}: reading {NAMES[kind]} needs {package}: pip install 'klartext[files]'")
    parsed = parse(raw, kind=kind, encoding=encoding, limits=limits)
    if parsed.error is not None:
        raise InputError(f"{shown} {parsed.error}")
    _check_length(parsed.text, shown, limits)
    _check_not_blank(parsed.text, shown)
    return Upload(text=parsed.text, title=parsed.title, kind=kind, notes=parsed.notes)


def _shown(name: str) -> str:
    """A name as one line of an error can hold it."""
    name = _UNPRINTABLE.sub("\ufffd", name)
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME // 2]}…{name[-_LONGEST_NAME // 2 :]}"


def _kind(name: str) -> str:
    ending = Path(name).suffix.lower()
    if ending not in KINDS:
        known = ", ".join(KINDS)
        raise InputError(f"{name}: expected a file that ends in {known}: {_remedy(ending)}")
    return KINDS[ending]


def _remedy(ending: str) -> str:
    if ending in (".doc", ".odt", ".rtf", ".pages", ".dot", ".docm"):
        return "open it in a word processor and save it as .docx"
    return "save it as one of these, or paste its text"


def _read(path: Path, name: str, limits: Limits) -> bytes:
    """The bytes of a regular file, as many as are allowed and no more."""
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{name} is a folder or no regular file: give a file")
        with path.open("rb") as stream:
            raw = stream.read(limits.bytes + 1)
    except FileNotFoundError:
        raise InputError(f"{name} does not exist: check the path") from None
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"{name} cannot be read ({reason}): check the path and its permissions") from None
    if not raw:
        raise InputError(f"{name} is empty (0 bytes): give a text to read")
    if len(raw) > limits.bytes:
        raise InputError(f"{name} is larger than {_megabytes(limits.bytes)}: give a part of it, or paste its text")
    return raw


def _check_content(raw: bytes, kind: str, name: str) -> None:
    """Refuse a file that is not what its ending says."""
    found = sniff(raw)
    if found == kind or (found is None and kind not in ("docx", "pdf")):
        return
    if found == "html" and kind == "markdown":  # Markdown may begin with HTML
        return
    ending = Path(name).suffix
    if found is None:
        raise InputError(f"{name} ends in {ending} but is not {NAMES[kind]}: it is damaged or has the wrong ending")
    if found == "ole":
        raise InputError(f"{name} holds {NAMES[found]}: save it as .docx without a password")
    if found in KINDS.values():
        right = next(ending for ending, known in KINDS.items() if known == found)
        raise InputError(f"{name} ends in {ending} but holds {NAMES[found]}: rename it to {right}")
    raise InputError(f"{name} ends in {ending} but holds {NAMES[found]}: save it as one of {', '.join(KINDS)}")


def _check_length(text: str, name: str, limits: Limits) -> None:
    if len(text) > limits.characters:
        raise InputError(
            f"{name} holds {len(text):,} characters, more than the {limits.characters:,} allowed: give a part of it"
        )


def _check_not_blank(text: str, name: str) -> None:
    if not text.strip():
        raise InputError(f"{name} holds no text: give a file with text")


def _megabytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MB" if count >= 2**20 else f"{count:,} bytes"
