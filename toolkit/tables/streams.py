"""Files as streams of bytes and of lines, decompressed and decoded; what identifies their content."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from toolkit.errors import InputError
from toolkit.files import codec_of

LONGEST_LINE = 1 << 24
"""Characters. A longer line (no article has 16 million) is not read into memory."""

_CHUNK_BYTES = 1 << 20
_HEAD_BYTES = 1 << 12
# What the error handler "surrogateescape" makes of a byte that is not in the encoding; no valid text holds these.
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What identifies the content of an input, whatever it is called and whenever it was written."""

    files: int
    bytes: int
    sha256: str


@contextlib.contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn what goes wrong while a file is read into one line."""
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{name} does not exist: check the path") from None
    except IsADirectoryError:
        raise InputError(f"{name} is a folder: give a file") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        reason = str(error).rstrip(".")
        raise InputError(f"{name} is damaged or cut off (gzip: {reason}): fetch it again") from None
    except UnicodeError as error:
        raise InputError(f"{name} cannot be decoded ({error}): name its encoding with --encoding") from None
    except OSError as error:
        raise InputError(f"{name} cannot be read ({error.strerror or error}): check its permissions") from None


def is_compressed(path: Path) -> bool:
    """Whether the name says that it is gzip."""
    return path.name.lower().endswith(".gz")


def open_bytes(path: Path) -> IO[bytes]:
    """The content of a file, decompressed where its name ends in .gz."""
    if is_compressed(path):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")


def read_lines(path: Path, *, name: str, encoding: str | None, newline: str) -> Iterator[str]:
    """The lines with their ends, a byte-order mark removed; of a line longer than `LONGEST_LINE` its beginning alone.

    `newline` as for `open`: "\\n" for lines that end there alone, "" for any kind of end. Bytes that are not in the
    encoding come as lone surrogates (see `undecodable`). Raises InputError for a binary file.
    """
    with reading(name), open_bytes(path) as stream:
        text = _decoded(stream, name, encoding, newline)
        is_first = True
        while line := text.readline(LONGEST_LINE):
            is_whole = len(line) < LONGEST_LINE or line.endswith("\n")
            if is_first:
                line, is_first = line.removeprefix("\ufeff"), False
                if not line:  # a mark and nothing else is an empty file
                    return
            yield line
            while not is_whole:
                rest = text.readline(LONGEST_LINE)
                is_whole = len(rest) < LONGEST_LINE or rest.endswith("\n")


def undecodable(text: str) -> str | None:
    """Why a text read with `read_lines` is not what its file holds, or None where all its bytes were decoded."""
    found = None if text.isascii() else _ESCAPED_BYTE.search(text)
    if found is None:
        return None
    return f"byte 0x{ord(found.group()) - 0xDC00:02X} at character {found.start()} is not in the file's encoding"


def readable(text: str) -> str:
    """The same with a replacement character for each byte that was not decoded."""
    return text if text.isascii() else _ESCAPED_BYTE.sub("\ufffd", text)


def stamp(files: Sequence[tuple[str, Path]]) -> str:
    """Names, sizes and times of change: differs when somebody has written to one of the files."""
    digest = hashlib.sha256()
    for name, path in files:
        try:
            status = path.stat()
            digest.update(f"{name}\n{status.st_size} {status.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
        except OSError:
            digest.update(f"{name}\nunreadable\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def fingerprint(files: Sequence[tuple[str, Path]]) -> Fingerprint:
    """Read all files once; an unreadable one counts as such, so that its becoming readable is a change."""
    whole = hashlib.sha256()
    size = 0
    for name, path in files:
        content = hashlib.sha256()
        try:
            with path.open("rb") as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    content.update(chunk)
                    size += len(chunk)
        except OSError:
            content = hashlib.sha256(b"unreadable")
        # The name of a single file may change; within a folder names are the ids of the records.
        label = name if len(files) > 1 else ""
        whole.update(f"{content.hexdigest()} {label}\n".encode("utf-8", "surrogateescape"))
    return Fingerprint(files=len(files), bytes=size, sha256=whole.hexdigest())


def _decoded(stream: IO[bytes], name: str, encoding: str | None, newline: str) -> io.TextIOWrapper:
    head = stream.peek(_HEAD_BYTES)[:_HEAD_BYTES]  # type: ignore[attr-defined] # both kinds have it
    codec = codec_of(head, encoding=encoding)
    if b"\0" in head and not codec.lower().replace("_", "-").startswith(("utf-16", "utf-32")):
        raise InputError(
            f"{name} looks binary (NUL at byte {head.index(0)}): give a text format, or its encoding, "
            "e.g. --encoding utf-16-le"
        )
    try:
        return io.TextIOWrapper(stream, encoding=codec, errors="surrogateescape", newline=newline)
    except (LookupError, ValueError):
        raise InputError(f"unknown encoding {codec!r}: try utf-8, utf-16, latin-1 or cp1252") from None
