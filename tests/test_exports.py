"""Exports: they open again, say all that the digest says, and what somebody wrote stays text."""

from __future__ import annotations

import json

from tests import samples
from toolkit import records
from toolkit.exports import Provenance, quote, to_json

PROVENANCE = Provenance(date="24 November 2026", version="0.1.0", checksums={"translator-de-en": "0123456789abcdef"})


def test_json_is_the_record() -> None:
    expected = records.digest_record(samples.DIGEST, checksums=PROVENANCE.checksums)
    assert json.loads(to_json(samples.DIGEST, PROVENANCE)) == expected


def test_a_quotation_says_where_it_is_from() -> None:
    assert quote(samples.DIGEST, 1, 2, "text", PROVENANCE) == (
        "Line 6 costs 186 million euros. ⚠\n\n"
        "German: Die Linie 6 kostet 186 Mio. Euro.\n\n"
        "Source: rat.txt, sentence 2 of 2\n"
        "Translation: machine translation by translator-de-en (ct2), checksum 0123456789ab; "
        "klartext 0.1.0, 24 November 2026\n"
        "⚠ sentence 2, split: longer than the model reads at once: split at a clause and translated in parts\n"
        "⚠ sentence 2, lost: a number, link or placeholder of the source is missing\n"
    )
