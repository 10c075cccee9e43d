"""Where the result of a batch job goes, and the files beside it while it runs."""

from __future__ import annotations

import contextlib
import filecmp
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from toolkit.errors import InputError
from toolkit.tables import FOLDER, Table, endings, format_of, is_of_files


class Destination:
    """The output of a job: a file whose ending says its format, or a folder."""

    def __init__(self, name: str) -> None:
        """Raises InputError for an ending that no format has, and where there is no folder to write to."""
        if name == "-":
            raise InputError("standard output cannot hold a job that may be resumed: give --output a file or folder")
        if not name:
            raise InputError("the name of the output is empty: give --output a file or folder")
        path = Path(name)
        self.name = name
        self.path = path.resolve() if path.name in ("", "..") else path
        known = format_of(name)
        if path.is_dir() or name.endswith(("/", os.sep)) or (known is None and not path.suffix):
            known = FOLDER
        if known is None:
            raise InputError(f"{name}: unknown ending of the output: expected {endings()}, or a folder without one")
        if known != FOLDER and name.lower().endswith(".md"):
            raise InputError(f"{name}: a record a line is no Markdown: name the output .txt")
        self.format = known
        if not self.path.absolute().parent.is_dir():
            raise InputError(f"{self.path.parent} does not exist: make the folder for --output first")
        if self.path.exists() and not self.path.is_dir() and not self.path.is_file():
            raise InputError(f"{name} is no file: give --output the name of one")
        if known == FOLDER and self.path.is_file():
            raise InputError(f"{name} is a file without the ending of a format: expected {endings()}, or a folder")

    @property
    def is_compressed(self) -> bool:
        """Whether it is written as gzip."""
        return self.format != FOLDER and self.path.name.lower().endswith(".gz")

    @property
    def is_taken(self) -> bool:
        """Whether there is something already that would be lost."""
        if self.path.is_dir():
            return any(self.path.iterdir())
        return self.path.exists()

    @property
    def journal(self) -> Path:
        """What is done so far."""
        return self._beside(".journal")

    @property
    def errors(self) -> Path:
        """The records that failed, as JSON Lines."""
        return self._beside(".errors.jsonl")

    @property
    def part(self) -> Path:
        """The result while it is put together."""
        return self._beside(".part")

    @property
    def input(self) -> Path:
        """A copy of standard input, which can be read only once."""
        return self._beside(".input")

    def check_apart(self, table: Table, *, cache: Path | None = None) -> None:
        """Raise InputError where writing the output would change the input, or the cache of translations either."""
        own = [self.path, self.errors, self.journal, self.part]
        if cache is not None and any(
            cache.absolute() == each.absolute() or _is_same(cache, each)
            for each in (*own, *(path for _, path in table.files))
        ):
            raise InputError(f"{cache} cannot be the cache as well as the input or output: give --cache another name")
        for _, path in table.files:
            if any(_is_same(path, each) for each in own):
                raise InputError(f"{self.name} would overwrite the input {path}: give --output another name")
        if not is_of_files(table):
            return
        folder = Path(table.name).resolve()
        if self.format in (FOLDER, "txt") and (folder == self.path.resolve() or folder in self.path.resolve().parents):
            raise InputError(f"{self.name} lies in the input folder {table.name}: give --output another place")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the output; raises InputError where another process does."""
        import filelock

        path = self._beside(".lock")
        lock = filelock.FileLock(path)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            raise InputError(
                f"{self.name} is being written by another process: wait for it, or give --output another name"
            ) from None
        except OSError as error:
            raise InputError(f"{path} cannot be written ({error.strerror}): check the permissions") from None
        try:
            yield
        finally:
            if os.name != "nt":  # deleted while it is held: who waits for this one sees that it is gone
                path.unlink(missing_ok=True)
            lock.release()

    def replace(self) -> None:
        """Put the finished part in the place of the output."""
        if self.format != FOLDER:
            self.part.replace(self.path)
        elif not self.path.exists():
            self.part.rename(self.path)
        else:  # the files of others in it stay
            for source in sorted(self.part.rglob("*")):
                if source.is_file():
                    target = self.path / source.relative_to(self.part)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    source.replace(target)
            shutil.rmtree(self.part)

    def differs_from_part(self) -> bool:
        """Whether a file that `replace` would replace holds anything else."""
        made = self.part.rglob("*") if self.part.is_dir() else [self.part]
        pairs = ((each, self.path / each.relative_to(self.part)) for each in made if each.is_file())
        return any(old.exists() and not filecmp.cmp(new, old, shallow=False) for new, old in pairs)

    def discard_part(self) -> None:
        """Delete what was put together so far."""
        if self.part.is_dir():
            shutil.rmtree(self.part)
        else:
            self.part.unlink(missing_ok=True)

    def _beside(self, ending: str) -> Path:
        return self.path.with_name(self.path.name + ending)


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
