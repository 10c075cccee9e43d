"""The journal: cut anywhere or damaged anywhere, it gives back what was written whole, once and in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.errors import InputError
from toolkit.journal import Entry, Journal, read_header

HEADER = {"journal": 1, "input": "Ünïcode \ud800"}
ENTRIES = [Entry(f"key{n}", {"translation": "ä\n\ud800" * n}) for n in range(8)] + [Entry("bad", None, "no text")]


def written(path: Path) -> bytes:
    """A journal of all entries."""
    journal = Journal.begin(path, HEADER)
    journal.append(ENTRIES[:5])
    journal.append(ENTRIES[5:])
    assert journal.count == len(ENTRIES)
    assert list(journal.entries()) == ENTRIES
    journal.close()
    journal.close()
    return path.read_bytes()


def test_cut_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "o.journal"
    whole = written(path)
    ends = [at + 1 for at, byte in enumerate(whole) if byte == 10]
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        lines = sum(end <= cut for end in ends)
        assert read_header(path) == (HEADER if lines else None)
        if not lines:
            continue
        journal = Journal.resume(path)
        assert journal.count == lines - 1
        assert not journal.is_complete
        journal.append(ENTRIES[journal.count :])
        assert list(journal.entries()) == ENTRIES
        journal.close()
        assert path.read_bytes() == whole


def test_damaged_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "o.journal"
    whole = written(path)
    for at in range(whole.index(b"\n") + 1, len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        journal = Journal.resume(path)
        assert journal.count == whole[:at].count(b"\n") - 1
        assert list(journal.entries()) == ENTRIES[: journal.count]
        journal.close()


def test_complete_and_removed(tmp_path: Path) -> None:
    path = tmp_path / "o.journal"
    assert read_header(path) is None
    written(path)
    journal = Journal.resume(path)
    journal.finish()
    journal.close()
    journal = Journal.resume(path)
    assert journal.is_complete
    assert list(journal.entries()) == ENTRIES
    journal.remove()
    assert not path.exists()


def test_what_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none/o\.journal cannot be written \(No such file or directory\)"):
        Journal.begin(tmp_path / "none" / "o.journal", HEADER)
    with pytest.raises(InputError, match="cannot be read"):
        read_header(tmp_path)
