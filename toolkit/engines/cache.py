"""The cache of converted models: one folder an entry, complete or absent.

An entry is made in a temporary folder beside it and renamed into place when it is whole, so two processes that convert
the same model at once both succeed, and the second takes what the first left. What an entry holds is checked against
its own list of SHA-256 sums at every opening; a damaged one is made again.

The folder is KLARTEXT_CACHE where that is set, else the user's cache folder of the platform. A disk that cannot be
written gives CacheError: converting into some temporary place instead would repeat the work at every start unsaid.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import CacheError
from toolkit.folders import file_sha256

if TYPE_CHECKING:
    from collections.abc import Callable

_FORMAT = 1
_LIST = "entry.json"
_UNFINISHED = "unfinished-"
# A conversion takes seconds, of the largest models minutes; what is a day old was left by a process that died.
_UNFINISHED_SECONDS = 24 * 3600
_ATTEMPTS = 5
_in_this_process = threading.Lock()


@dataclass(frozen=True, slots=True)
class Entry:
    """What identifies a converted model; any difference makes another entry."""

    model: str
    """Its name, for people who look into the folder."""
    checksum: str
    precision: str
    converter: str
    """Program and version, e.g. "ctranslate2 4.8.5"."""

    @property
    def key(self) -> str:
        """The entry's folder name."""
        identity = f"{_FORMAT}\n{self.checksum}\n{self.precision}\n{self.converter}\n"
        readable = "".join(c if c.isascii() and c.isalnum() else "-" for c in Path(self.model).name)[:40]
        return f"{readable}-{self.precision}-{hashlib.sha256(identity.encode()).hexdigest()[:20]}"


def cache_root() -> Path:
    """KLARTEXT_CACHE, else the platform's cache folder for this user."""
    chosen = os.environ.get("KLARTEXT_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("klartext", appauthor=False))


def fetch(entry: Entry, make: Callable[[Path], None]) -> Path:
    """The folder of a whole entry; `make(folder)` fills an empty folder where there is none yet.

    Raises CacheError when the cache cannot be written, and whatever `make` raises.
    """
    root = cache_root()
    final = root / entry.key
    with _in_this_process:
        if _is_whole(final):
            return final
        unfinished = _start(root, entry)
        try:
            make(unfinished)
            _seal(unfinished, entry)
            _put_in_place(unfinished, final)
        except OSError as error:
            raise cache_error(root, error) from error
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return final


def cache_error(root: Path, error: OSError) -> CacheError:
    """The error for a cache that cannot be written, with the remedy."""
    reason = error.strerror or str(error)
    return CacheError(
        f"{root}: the cache of converted models cannot be written ({reason}); "
        "free some space, or set KLARTEXT_CACHE to a folder that can be written"
    )


def _is_whole(folder: Path) -> bool:
    try:
        listed = json.loads((folder / _LIST).read_text(encoding="utf-8"))["files"]
        return bool(listed) and all(file_sha256(folder / file) == sha256 for file, sha256 in listed.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _start(root: Path, entry: Entry) -> Path:
    try:
        root.mkdir(parents=True, exist_ok=True)
        _sweep(root)
        return Path(tempfile.mkdtemp(prefix=f"{_UNFINISHED}{entry.key}-", dir=root))
    except OSError as error:
        raise cache_error(root, error) from error


def _sweep(root: Path) -> None:
    """Remove what processes that died left behind."""
    for folder in root.glob(f"{_UNFINISHED}*"):
        try:
            is_old = time.time() - folder.stat().st_mtime > _UNFINISHED_SECONDS
        except OSError:  # another process has just renamed it
            continue
        if is_old:
            shutil.rmtree(folder, ignore_errors=True)


def _seal(folder: Path, entry: Entry) -> None:
    files = {str(path.relative_to(folder)): file_sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    content = {"model": entry.model, "precision": entry.precision, "converter": entry.converter, "files": files}
    (folder / _LIST).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _put_in_place(unfinished: Path, final: Path) -> None:
    """Rename into place; where an entry already is, keep it if it is whole, else replace it."""
    for _ in range(_ATTEMPTS):
        try:
            unfinished.rename(final)
        except OSError:
            if not final.exists():
                raise
        else:
            return
        if _is_whole(final):
            return
        # Renamed before it is removed, so that no other process ever sees half of it in place.
        damaged = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=final.parent))
        try:
            final.rename(damaged / "damaged")
        except FileNotFoundError:  # another process was faster
            pass
        finally:
            shutil.rmtree(damaged, ignore_errors=True)
    raise OSError(f"{final.name} is damaged and cannot be replaced")
