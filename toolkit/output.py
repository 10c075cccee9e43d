"""Where results go: standard output or a file, as UTF-8 whatever the locale says, line ends untouched."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from toolkit.errors import InputError
from toolkit.terminal import Screen, writable


class Output:
    """Standard output, or the file at `path`, which is opened at the first result: nothing done, nothing overwritten.

    Raises InputError where the file cannot be written or is one of the `inputs`.
    """

    def __init__(self, path: str | None, *, inputs: Sequence[str] = ()) -> None:
        self._path = None if path is None else Path(path)
        self._file: BinaryIO | None = None
        if self._path is None:
            return
        if self._path.is_dir():
            raise InputError(f"{path} is a folder: give --output the name of a file")
        if not self._path.absolute().parent.is_dir():
            raise InputError(f"{self._path.parent} does not exist: make the folder for --output first")
        if self._path.exists() and any(Path(name).exists() and self._path.samefile(name) for name in inputs):
            raise InputError(f"{path} is one of the inputs: give --output another name")

    @property
    def screen(self) -> Screen:
        """What the results are rendered for."""
        return Screen.of(sys.stdout) if self._path is None else Screen.of_file()

    @property
    def is_terminal(self) -> bool:
        """True when a person reads along, so that control characters must not get through."""
        return self._path is None and sys.stdout.isatty()

    def write(self, text: str | bytes) -> None:
        """Write and flush: what is done is seen at once and kept if the next input fails. Bytes go to a file."""
        if self._path is None:
            _write_to_standard_output(text.decode() if isinstance(text, bytes) else writable(text))
            return
        try:
            if self._file is None:
                self._file = self._path.open("wb")
            self._file.write(text if isinstance(text, bytes) else writable(text).encode())
            self._file.flush()
        except OSError as error:
            if self._file is not None:
                with contextlib.suppress(OSError):  # what could not be written is tried once more, in vain
                    self._file.close()
            raise InputError(
                f"{self._path} cannot be written ({error.strerror}): check its permissions and the space on the disk"
            ) from None

    def __enter__(self) -> Output:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()


def _write_to_standard_output(text: str) -> None:
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:  # a replaced stream, e.g. a notebook's
        sys.stdout.write(text)
    else:
        sys.stdout.flush()
        raw.write(text.encode())
    sys.stdout.flush()
