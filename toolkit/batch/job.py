"""A batch job: a table in, the same table with new columns out, every record once, whatever happens in between.

Results go to the journal as they come. When all are there, the output is put together from the input and the journal
in a file of its own, which takes the output's name in one step; only then the journal goes. A job that was stopped,
by whatever, goes on with the first record that is not in the journal. Nothing grows with the number of records.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from toolkit.batch.destination import Destination
from toolkit.batch.outcomes import in_groups, map_in_order
from toolkit.batch.worker import BatchWorker
from toolkit.errors import InputError
from toolkit.journal import Entry, Journal, read_header, sync_folder
from toolkit.records import to_json
from toolkit.tables import FOLDER, Row, Table, open_writer
from toolkit.tables.streams import fingerprint, stamp
from toolkit.tables.writing import FolderWriter, Writer, check_new_columns, compressed

FORMAT = 1
"""Of the journal; raised whenever an older one can no longer be continued."""
MAIN_COLUMNS = {"translate": "translation", "summarize": "summary", "topics": "topic", "digest": "record"}
"""What an output with room for one column gets."""

_LOOK_SECONDS = 5.0
"""Between two looks at whether somebody writes to the input."""


@dataclass(slots=True)
class Totals:
    """What a job has done so far."""

    records: int = 0
    """In the input."""
    done: int = 0
    resumed: int = 0
    """Of these, found in the journal of an earlier run."""
    failed: int = 0
    """Of these, without a result."""
    words: int = 0
    """Translated in this run, in the source."""


class JobProgress:
    """Told how far a job is; does nothing, and is the base of what shows it."""

    def start(self, totals: Totals) -> None:
        """The first record of this run comes next."""

    def advance(self) -> None:
        """The totals have changed."""

    def tick(self) -> None:
        """Called several times a second."""


@dataclass(slots=True)
class Job:
    """What is to be done; `run` does it."""

    table: Table
    worker: BatchWorker
    destination: Destination
    version: str
    """Of klartext: another one may make something else of a record."""
    overwrite: bool = False
    """Replace an output that is there."""
    restart: bool = False
    """Drop what a journal holds instead of going on with it."""
    totals: Totals = field(default_factory=Totals)

    def check(self) -> None:
        """Raise InputError for whatever can be told before any work is done."""
        new = self.worker.new_columns
        output = self.destination
        output.check_apart(self.table, cache=self.worker.cache)
        if output.format == "txt" and self.worker.task == "digest":
            raise InputError(f"{output.name}: a digest has several columns: name the output .jsonl, .csv or .parquet")
        if output.format not in ("txt", FOLDER):
            check_new_columns(self.table, new, output=output.name, has_errors=output.format == "jsonl")
        if output.is_taken and not self.overwrite and not output.journal.exists():
            raise InputError(f"{output.name} exists already: give --overwrite to replace it, or another --output")

    def run(self, progress: JobProgress) -> Totals:
        """Do it, or what is left of it; the caller holds the lock of the destination.

        Raises InputError where the input is damaged or changes, a journal belongs to another job, or the disk is full;
        what is done so far stays in the journal then.
        """
        self.check()
        before = stamp(self.table.files)
        self.totals.records = self.table.count()
        header = self._header()
        journal = self._open(header)
        try:
            self._compute(journal, header, before, progress)
            self._check_unchanged(before)
            self._assemble(journal, progress)
            self._check_unchanged(before)
            self._publish(journal)
        finally:
            journal.close()
        return self.totals

    def _header(self) -> dict[str, Any]:
        """What the results depend on."""
        worker = self.worker
        steps = worker.load()
        source = fingerprint(self.table.files)
        return {
            "journal": FORMAT,
            "overwrite": self.overwrite,
            "klartext version": self.version,
            "input": f"{self.totals.records} records in {source.bytes} bytes, SHA-256 {source.sha256}",
            "task": worker.task,
            "column": worker.column,
            "id column": worker.id_column,
            **steps.names,
            "precision": worker.settings.precision,
            "device": worker.settings.device,
            "generation options": repr(worker.options),
            "glossary": worker.glossary and worker.glossary.checksum[:16],
            **_settings(worker),
            "size limit": worker.max_characters,
        }

    def _open(self, header: Mapping[str, Any]) -> Journal:
        path = self.destination.journal
        known = None if self.restart else read_header(path)
        if known is None:
            if self.destination.is_taken and not self.overwrite:
                raise InputError(
                    f"{self.destination.name} exists already: give --overwrite to replace it, or another --output"
                )
            return Journal.begin(path, header)
        changed = [
            f"{name} (was {_short(known.get(name))}, is {_short(header.get(name))})"
            for name in {**known, **header}
            if name != "overwrite" and known.get(name) != header.get(name)
        ]
        if changed:
            raise InputError(
                f"{path} belongs to a job with another {', another '.join(changed)}: run that one to its end, "
                "or give --restart to drop what it has done"
            )
        journal = Journal.resume(path)
        if self.destination.is_taken and not (self.overwrite or known.get("overwrite") or journal.is_complete):
            journal.close()
            raise InputError(self._foreign)
        return journal

    @property
    def _foreign(self) -> str:
        return (
            f"{self.destination.name} was made by something else since this job began: give --overwrite to replace it, "
            "or move it away"
        )

    def _compute(self, journal: Journal, header: Mapping[str, Any], before: str, progress: JobProgress) -> None:
        """Have every record in the journal."""
        context = hashlib.sha256(json.dumps({**header, "input": "", "overwrite": ""}).encode()).digest()
        keyed = ((_key(context, row), row) for row in self.table.rows(whole=False))
        totals = self.totals
        totals.done = totals.resumed = journal.count
        for number, entry in enumerate(journal.entries(), start=1):
            key, _ = next(keyed, ("", None))
            if key != entry.key:
                raise InputError(
                    f"record {number} of {self.table.name} is another one than in {journal.path}: "
                    "give --restart to begin anew"
                )
            totals.failed += entry.values is None
        progress.start(totals)
        if journal.is_complete:
            return
        looked = time.monotonic()

        def tick() -> None:
            nonlocal looked
            progress.tick()
            if len(self.table.files) == 1 and time.monotonic() - looked >= _LOOK_SECONDS:
                looked = time.monotonic()
                self._check_unchanged(before)

        for entries, words in map_in_order(self._work, in_groups(keyed, _characters), tick=tick):
            journal.append(entries)
            totals.done = journal.count
            totals.failed += sum(entry.values is None for entry in entries)
            totals.words += words
            progress.advance()
            tick()
        self._check_unchanged(before)
        if journal.count != totals.records:
            raise InputError(f"{self.table.name} had {totals.records} records and has {journal.count} now: {_AGAIN}")
        journal.finish()

    def _work(self, group: list[tuple[str, Row]]) -> tuple[list[Entry], int]:
        """The entries of a group of rows, and how many words they have."""
        texts = [row.text for _, row in group if row.error is None]
        ids = [row.id for _, row in group if row.error is None]
        outcomes = iter(self.worker.process(texts, ids))
        entries = []
        for key, row in group:
            values, error = next(outcomes) if row.error is None else (None, row.error)
            entries.append(Entry(key, values, error))
        return entries, sum(len(text.split()) for text in texts if isinstance(text, str))

    def _assemble(self, journal: Journal, progress: JobProgress) -> None:
        """Put the result and the list of errors together, each in a file of its own."""
        output, worker = self.destination, self.worker
        output.discard_part()
        prefix = worker.prefix
        try:
            with contextlib.ExitStack() as stack:
                errors = stack.enter_context(_errors_part(output).open("wb"))
                stack.callback(_sync, errors)
                writer = self._writer(stack)
                # Whole rows once more, beside what the journal has for each.
                rows = self.table.rows(whole=writer.needs_fields)
                for number, (row, entry) in enumerate(itertools.zip_longest(rows, journal.entries()), start=1):
                    if row is None or entry is None:
                        raise InputError(f"{self.table.name} has other records than at the beginning: {_AGAIN}")
                    values = entry.values and {prefix + name: value for name, value in entry.values.items()}
                    writer.write(row, values, entry.error)
                    if entry.error is not None:
                        line = {"record": number, "id": _name_of(row, number), "error": entry.error}
                        errors.write(f"{to_json(line)}\n".encode())
                    progress.tick()
                writer.close()
        except BaseException as error:
            with contextlib.suppress(OSError):
                output.discard_part()
                _errors_part(output).unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise InputError(
                    f"{output.part} cannot be written ({error.strerror or error}): free some space and run the same "
                    f"command again: all results are in {journal.path}"
                ) from None
            raise

    def _writer(self, stack: contextlib.ExitStack) -> Writer:
        output, worker = self.destination, self.worker
        main = MAIN_COLUMNS[worker.task]
        new = worker.new_columns
        if output.format == FOLDER:
            output.part.mkdir()
            return FolderWriter(output.part, self.table, worker.prefix + main, kind=new[worker.prefix + main])
        stream: IO[bytes] = stack.enter_context(output.part.open("wb"))
        stack.callback(_sync, stream)
        if output.is_compressed:
            stream = stack.enter_context(compressed(stream))
        return open_writer(stream, output.format, self.table, new, main=worker.prefix + main)

    def _publish(self, journal: Journal) -> None:
        """Give the result its name; the journal goes last."""
        output = self.destination
        # With a complete journal it may be this job's own, killed before it could delete the journal.
        may_replace = self.overwrite or (read_header(journal.path) or {}).get("overwrite")
        if not may_replace and output.differs_from_part():
            output.discard_part()
            _errors_part(output).unlink()
            raise InputError(self._foreign)
        if output.format == FOLDER and hasattr(os, "sync"):
            os.sync()
        try:
            if self.totals.failed:
                _errors_part(output).replace(output.errors)
            else:
                _errors_part(output).unlink()
                output.errors.unlink(missing_ok=True)
            output.replace()
        except OSError as error:
            raise InputError(
                f"{output.name} cannot be written ({error.strerror}): check the permissions and run the same command "
                f"again: all results are in {journal.path}"
            ) from None
        sync_folder(output.path.absolute().parent)
        journal.remove()

    def _check_unchanged(self, before: str) -> None:
        if stamp(self.table.files) != before:
            raise InputError(f"{self.table.name} was changed while it was read: {_AGAIN}")


_AGAIN = "nothing was written; when it is complete, run the command again with --restart"


def _settings(worker: BatchWorker) -> dict[str, object]:
    """The settings of a task beyond those all have."""
    settings: dict[str, object] = {}
    if worker.task in ("summarize", "topics"):
        settings["source language"] = worker.source_language
    if worker.task in ("summarize", "digest"):
        settings["number of sentences"] = worker.sentences
    if worker.task in ("topics", "digest"):
        settings["labels"] = None if worker.labels is None else list(worker.labels)
        settings["multi-label"] = worker.multi_label
        settings["threshold"] = worker.threshold
    return settings


def _key(context: bytes, row: Row) -> str:
    """A hash of all that the result of a row depends on."""
    content = row.text if isinstance(row.text, str) else f"\0{row.text!r}"
    whole = f"{row.error or ''}\n{row.id or ''}\n{content}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(whole, digest_size=16, key=context).hexdigest()


def _characters(keyed: tuple[str, Row]) -> int:
    text = keyed[1].text
    return len(text) if isinstance(text, str) else 0


def _name_of(row: Row, number: int) -> str:
    return str(number) if row.id is None else row.id


def _short(value: object) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= 100 else f"{text[:99]}…"


def _errors_part(output: Destination) -> Any:
    return output.errors.with_name(output.errors.name + ".part")


def _sync(stream: IO[bytes]) -> None:
    stream.flush()
    os.fsync(stream.fileno())
