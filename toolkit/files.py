"""Files and standard input to text, character by character: line ends and blank lines stay as they are."""

from __future__ import annotations

import codecs
from pathlib import Path

from toolkit.errors import InputError

_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte-order marks with their codecs; UTF-32 first, because its little-endian mark begins with that of UTF-16."""

DEMO_ARTICLE = Path(__file__).parent / "demo" / "article.de.txt"
"""A German news article written for this project: place, people and figures are invented."""


def codec_of(head: bytes, *, encoding: str | None = None) -> str:
    """The codec of a text that begins with `head`: `encoding`, or what its byte-order mark says, else UTF-8."""
    return encoding or next((codec for mark, codec in _WIDE_MARKS if head.startswith(mark)), "utf-8")


def decode(raw: bytes, *, name: str, encoding: str | None = None) -> str:
    """The text of `raw`; UTF-8 unless a byte-order mark or `encoding` says otherwise, the mark itself removed.

    Raises InputError, calling the source `name`, for no bytes at all, bytes that are not in the encoding,
    an unknown encoding and NUL characters (a binary file).
    """
    if not raw:
        raise InputError(f"{name} is empty (0 bytes): give a text to read")
    codec = codec_of(raw, encoding=encoding)
    try:
        text = raw.decode(codec)
    except LookupError:
        raise InputError(f"unknown encoding {codec!r}: try utf-8, utf-16, latin-1 or cp1252") from None
    except UnicodeDecodeError as error:
        found = f"byte 0x{raw[error.start]:02X} at position {error.start}" if error.start < len(raw) else "the end"
        remedy = "--encoding latin-1 (or cp1252)" if encoding is None else "another --encoding"
        raise InputError(f"{name} is not {codec.upper()} ({found}): name its encoding with {remedy}") from None
    except UnicodeError as error:
        raise InputError(f"{name} is not {codec.upper()} ({error}): name its encoding with --encoding") from None
    except ValueError:
        raise InputError(f"encoding {codec!r} is not a text encoding: try utf-8, utf-16, latin-1 or cp1252") from None
    nul = text.find("\0")
    if nul >= 0:
        raise InputError(
            f"{name} looks binary (NUL at character {nul}): give plain text, or its encoding, e.g. --encoding utf-16-le"
        )
    return text.removeprefix("\ufeff")


def read_text(path: str | Path, *, encoding: str | None = None) -> str:
    """The text of a file; raises InputError when it is missing, a folder, unreadable or not text."""
    try:
        raw = Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: check the path") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder: give the files in it") from None
    except (OSError, ValueError) as error:
        if Path(path).is_dir():  # Windows reports a folder as a permission error
            raise InputError(f"{path} is a folder: give the files in it") from None
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"{path} cannot be read ({reason}): check the path and its permissions") from None
    return decode(raw, name=str(path), encoding=encoding)


def read_lines(path: str | Path, *, encoding: str | None = None) -> list[str]:
    """The lines of a text file without blank ones, each stripped."""
    return [line.strip() for line in read_text(path, encoding=encoding).splitlines() if line.strip()]
