"""A digest as JSON: the record that `klartext digest --json` writes."""

from __future__ import annotations

from toolkit import records
from toolkit.documents import Digest
from toolkit.exports.outline import Provenance


def to_json(digest: Digest, provenance: Provenance | None = None) -> str:
    """One line of JSON, see `toolkit.records`; of `provenance` the checksums alone have a place in it."""
    checksums = {} if provenance is None else provenance.checksums
    return records.to_json(records.digest_record(digest, checksums=checksums)) + "\n"
