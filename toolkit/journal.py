"""The journal of a long job: what is done, record by record, on disk before anything else is.

An append-only file of JSON lines beside the output: a header that says which job it belongs to, then one line a record
in the order of the input, at last a line that says all are done. Each line ends in a checksum of its own, so that one
that was being written when the process or the machine died is recognised: it and all after it are dropped, and their
records done again. So no record is ever in it twice, and none that is in it is ever lost.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from toolkit.errors import InputError

_SYNC_SECONDS = 1.0
"""What a power failure may cost. A killed process loses only what it was computing: each line goes to the system."""
_CHECKSUM = b',"crc":"'
_CHECKSUM_BYTES = len(_CHECKSUM) + 8 + len(b'"}')


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of one record."""

    key: str
    """Hash of its content, the models and the settings."""
    values: Mapping[str, object] | None
    error: str | None = None


class Journal:
    """A journal opened for appending; `entries` reads what it holds."""

    def __init__(self, path: Path, stream: BinaryIO, *, count: int, end: int, is_complete: bool) -> None:
        self.path, self.count, self.is_complete = path, count, is_complete
        self._stream, self._end = stream, end
        self._synced = time.monotonic()

    @classmethod
    def begin(cls, path: Path, header: Mapping[str, object]) -> Journal:
        """A new journal; one that is there is gone."""
        line = _sealed(header)
        with _writing(path):
            stream = path.open("w+b", buffering=0)
        journal = cls(path, stream, count=0, end=0, is_complete=False)
        journal._write(line)
        journal.sync()
        sync_folder(path.parent)
        return journal

    @classmethod
    def resume(cls, path: Path) -> Journal:
        """The journal that is there, cut after its last whole line; `read_header` has found one."""
        with _writing(path):
            stream = path.open("r+b", buffering=0)
            lines = _whole_lines(path)
            _, end = next(lines)
            count, is_complete = 0, False
            for content, after in lines:
                if "done" in content:
                    is_complete, end = content["done"] == count, after if content["done"] == count else end
                    break
                if content.get("n") != count:
                    break
                count, end = count + 1, after
            stream.truncate(end)
            stream.seek(end)
        return cls(path, stream, count=count, end=end, is_complete=is_complete)

    def append(self, entries: Iterable[Entry]) -> None:
        """Write the next records, at once for the system and within a second for the disk."""
        lines: list[bytes] = []
        for entry in entries:
            content: dict[str, object] = {"n": self.count + len(lines), "key": entry.key, "values": entry.values}
            if entry.error is not None:
                content["error"] = entry.error
            lines.append(_sealed(content))
        self._write(b"".join(lines))
        self.count += len(lines)
        if time.monotonic() - self._synced >= _SYNC_SECONDS:
            self.sync()

    def finish(self) -> None:
        """Say that all records are in it."""
        self._write(_sealed({"done": self.count}))
        self.sync()
        self.is_complete = True

    def sync(self) -> None:
        """Have everything on the disk."""
        with _writing(self.path):
            os.fsync(self._stream.fileno())
        self._synced = time.monotonic()

    def entries(self) -> Iterator[Entry]:
        """What it holds, in order, one at a time."""
        lines = _whole_lines(self.path)
        next(lines)
        for _ in range(self.count):
            content, _end = next(lines)
            yield Entry(content["key"], content["values"], content.get("error"))

    def close(self) -> None:
        """Close the file, all of it on the disk if that can be."""
        if not self._stream.closed:
            with contextlib.suppress(OSError):
                os.fsync(self._stream.fileno())
            self._stream.close()

    def remove(self) -> None:
        """The job is done: close and delete it."""
        self._stream.close()
        self.path.unlink(missing_ok=True)

    def _write(self, line: bytes) -> None:
        with _writing(self.path):
            try:
                rest = memoryview(line)
                while rest:
                    rest = rest[self._stream.write(rest) :]
            except OSError:
                # Half a line on a full disk would be recognised, but what is free again may help whoever clears up.
                with contextlib.suppress(OSError):
                    self._stream.truncate(self._end)
                raise
            self._end += len(line)


def read_header(path: Path) -> dict[str, Any] | None:
    """The first line of a journal; None where there is no journal, or none of its lines was written whole."""
    try:
        return next(_whole_lines(path), (None, 0))[0]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check its permissions, or delete it") from None


def sync_folder(folder: Path) -> None:
    """Have a new or renamed entry of a folder on the disk, where the platform can."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):  # some network file systems cannot
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sealed(content: Mapping[str, object]) -> bytes:
    """A line of JSON that ends in the checksum of what stands before it."""
    start = json.dumps(content, separators=(",", ":")).encode()[:-1]
    return start + _CHECKSUM + f'{zlib.crc32(start):08x}"}}\n'.encode()


def _whole_lines(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """The lines up to the first that is not whole, each with the place in the file where it ends."""
    end = 0
    with path.open("rb") as stream:
        for line in stream:
            start = line[: -_CHECKSUM_BYTES - 1]
            if not line.endswith(b'"}\n') or line[len(start) :] != _CHECKSUM + f'{zlib.crc32(start):08x}"}}\n'.encode():
                return
            end += len(line)
            yield json.loads(start + b"}"), end


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}): free some space or check the permissions, and run the same "
            "command again: it goes on where it stopped"
        ) from None
