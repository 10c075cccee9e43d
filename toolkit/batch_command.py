"""`klartext batch`: a table or a folder of texts in, the same with new columns out."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
from pathlib import Path

from toolkit import __version__, labels
from toolkit.batch.destination import Destination
from toolkit.batch.job import Job, Totals
from toolkit.batch.reporting import JobReport, spell
from toolkit.batch.worker import BatchWorker
from toolkit.commands import engine_settings, load_models, read_glossary
from toolkit.engines import GenerationOptions
from toolkit.errors import InputError, KlartextError
from toolkit.inputs import STANDARD_INPUT, open_standard_input, read_labels
from toolkit.messages import say
from toolkit.tables import Table, open_table
from toolkit.tables.streams import fingerprint


def run(options: argparse.Namespace) -> int:
    """Run the job that was asked for; the exit code."""
    worker = _worker(options)
    destination = Destination(options.output)
    with destination.locked():
        is_copied = options.input == STANDARD_INPUT
        try:
            job = Job(
                _copied_input(options, destination) if is_copied else _table(options, options.input),
                worker,
                destination,
                version=__version__,
                overwrite=options.overwrite,
                restart=options.restart,
            )
            _run(job)
        finally:
            if is_copied and not destination.journal.exists():
                with contextlib.suppress(OSError):
                    destination.input.unlink(missing_ok=True)
    return 1 if job.totals.failed else 0


def _run(job: Job) -> None:
    output = job.destination
    job.check()
    load_models(job.worker.load)
    report = JobReport(sys.stderr, name=job.table.name)
    try:
        totals = job.run(report)
    except KeyboardInterrupt:
        report.close()
        if output.journal.exists():
            # A journal of an earlier run may not have been looked into yet.
            counted = (
                f"{job.totals.done:,} of {job.totals.records:,} records are" if job.totals.done else "what is done is"
            )
            say(f"{counted} kept in {output.journal}: the same command goes on from there")
        raise
    except (KlartextError, MemoryError):
        report.close()
        if job.totals.done:
            say(f"{job.totals.done:,} of {job.totals.records:,} records are kept in {output.journal}")
        raise
    report.close()
    say(_said(totals, report.seconds(), output))


def _said(totals: Totals, seconds: float, output: Destination) -> str:
    parts = [f"{totals.records:,} records in {spell(seconds)}"]
    done = totals.records - totals.resumed
    if seconds > 0 and done:
        parts.append(f"{done / seconds:,.1f} records/s, {totals.words / seconds:,.0f} words/s")
    if totals.resumed:
        parts.append(f"{totals.resumed:,} of them done before")
    if totals.failed:
        parts.append(f"{totals.failed:,} failed and are listed in {output.errors}")
    return f"{output.name}: {'; '.join(parts)}"


def _worker(options: argparse.Namespace) -> BatchWorker:
    given = read_labels(options)
    labels.read_labels(given)
    return BatchWorker(
        task=options.task,
        column=options.column,
        id_column=options.id,
        prefix=options.prefix,
        source_language=options.source_language,
        labels=given,
        multi_label=options.multi_label,
        threshold=options.threshold,
        sentences=options.sentences,
        translator=options.translator,
        summarizer=options.summarizer,
        topics_model=options.topics_model,
        settings=engine_settings(options),
        options=GenerationOptions(beam=options.beam),
        max_characters=options.max_chars,
        cache=None if options.cache is None else Path(options.cache),
        glossary=read_glossary(options),
    )


def _table(options: argparse.Namespace, name: str, kind: str | None = None) -> Table:
    return open_table(
        name, column=options.column, id_column=options.id, format=kind or options.format, encoding=options.encoding
    )


def _copied_input(options: argparse.Namespace, destination: Destination) -> Table:
    """Standard input as a file beside the output: it is read twice, and once more when the job is resumed."""
    source = open_standard_input()
    path = destination.input
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
            file.flush()
            os.fsync(file.fileno())
        if destination.journal.exists() and path.is_file() and not options.restart:
            _check_same(part, path, destination)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"{path} cannot be written ({error.strerror}): free some space on the disk") from None
    return _table(options, str(path), options.format or "txt")


def _check_same(part: Path, path: Path, destination: Destination) -> None:
    """Keep the copy that a journal belongs to: what was piped in may not be had again."""
    if fingerprint([("", part)]) != fingerprint([("", path)]):
        part.unlink()
        raise InputError(
            f"standard input is not what {destination.journal} was begun with (kept in {path}): pipe the same into it, "
            "or give --restart to drop what it has done"
        )
