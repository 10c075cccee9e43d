"""A digest as every export shows it: the same facts in the same words, without any format's marks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from toolkit.documents import Digest, Summary, Topics, Translation
from toolkit.exports.concerns import Concern, concerns_of

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold, and control characters no reader should get."""
_SHOWN_LABELS = 5
"""Topics shown beside the chosen ones."""
UNSUPPORTED = "the sentences named do not clearly bear this out"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the caller knows of a digest and the digest itself does not; what is None is left out."""

    title: str | None = None
    """Of the German text; by default the name of its file."""
    date: str | None = None
    """When the digest was made, as it is to be written."""
    seconds: float | None = None
    """How long it took."""
    checksums: Mapping[str, str] = field(default_factory=dict)
    """Model name → the checksum of its folder."""
    version: str | None = None
    """Of klartext."""
    notes: tuple[str, ...] = ()
    """What was done to the text before it was translated, a sentence each."""


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence in both languages."""

    number: int
    """Counted from 1."""
    german: str
    english: str
    concerns: tuple[Concern, ...]
    is_first: bool
    """Whether a paragraph, heading or list item begins with it."""


@dataclass(frozen=True, slots=True)
class Gist:
    """One sentence of the summary."""

    text: str
    numbers: tuple[int, ...]
    """Of the sentences it rests on, counted from 1."""
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """All that an export shows, as plain text."""

    source: str | None
    """Title or file name of the German text."""
    language: str
    """Of the source, for `lang` attributes."""
    headline: str
    gists: tuple[Gist, ...]
    topics: tuple[tuple[str, float, bool], ...]
    """Label, score and whether it was chosen, best first."""
    none_of_these: bool
    rows: tuple[Row, ...]
    legend: tuple[tuple[str, str], ...]
    """Code and meaning of every concern that occurs."""
    done: tuple[tuple[str, str], ...]
    """What was done, as pairs of a word and what it says."""

    @property
    def heading(self) -> str:
        """The English headline, else what the source is called."""
        return self.headline or self.source or "Translation from German"


def outline(digest: Digest, provenance: Provenance | None = None) -> Outline:
    """What an export of `digest` shows."""
    given = provenance or Provenance()
    rows = _rows(digest.translation)
    legend = {concern.code: concern.meaning for row in rows for concern in row.concerns}
    gists = tuple(
        Gist(plain(s.text), tuple(index + 1 for index in s.evidence), s.is_supported is False)
        for s in digest.summary.sentences
    )
    if any(gist.is_doubtful for gist in gists):
        legend["summary"] = UNSUPPORTED
    return Outline(
        source=source_name(digest, given),
        language=digest.document.language or "de",
        headline=plain(digest.summary.headline),
        gists=gists,
        topics=_topics(digest.topics),
        none_of_these=digest.topics.none_of_these,
        rows=rows,
        legend=tuple(legend.items()),
        done=tuple(_done(digest, rows, given)),
    )


def plain(text: str) -> str:
    """`text` on one line, of characters that every format can hold; others as U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", " ".join(text.split()))


def source_name(digest: Digest, provenance: Provenance) -> str | None:
    """The title given, else the name of the file without its folders; None where there is neither."""
    if provenance.title is not None and provenance.title.strip():
        return plain(provenance.title)
    name = digest.document.id
    return None if name is None or name == "-" else plain(PurePath(name).name) or None


def models(digest: Digest, provenance: Provenance) -> list[tuple[str, str]]:
    """The three tasks with the model, engine and checksum of each."""
    results: Sequence[tuple[str, Translation | Summary | Topics]] = (
        ("Translator", digest.translation),
        ("Summarizer", digest.summary),
        ("Topic model", digest.topics),
    )
    return [(task, model_words(result, provenance)) for task, result in results]


def model_words(result: Translation | Summary | Topics, provenance: Provenance) -> str:
    """Name, engine and checksum of the model behind a result: "translator-de-en (ct2), checksum 53aa51172d14"."""
    checksum = provenance.checksums.get(result.model)
    words = f"{result.model} ({result.engine})"
    return plain(words if checksum is None else f"{words}, checksum {checksum[:12]}")


def made_by(provenance: Provenance) -> str:
    """The program, its version and the date, as far as they are known."""
    version = "" if provenance.version is None else f" {provenance.version}"
    date = "" if provenance.date is None else f", {provenance.date}"
    return plain(f"klartext{version}{date}")


def _rows(translation: Translation) -> tuple[Row, ...]:
    rows = []
    paragraph: int | None = None
    for number, segment in enumerate(translation.segments, start=1):
        concerns = tuple(
            Concern(concern.code, concern.meaning, plain(concern.detail)) for concern in concerns_of(segment)
        )
        is_first = segment.source.paragraph != paragraph
        rows.append(Row(number, plain(segment.source.text), plain(segment.text), concerns, is_first))
        paragraph = segment.source.paragraph
    return tuple(rows)


def _topics(topics: Topics) -> tuple[tuple[str, float, bool], ...]:
    selected = set(topics.selected)
    shown = topics.scores[: len(selected) + _SHOWN_LABELS]
    return tuple((plain(score.label), score.score, score.label in selected) for score in shown)


def _done(digest: Digest, rows: Sequence[Row], given: Provenance) -> list[tuple[str, str]]:
    coverage = digest.translation.coverage
    split = f", {coverage.split} split at a clause" if coverage.split else ""
    done = [("Sentences", f"{coverage.translated} of {coverage.sentences} translated{split}, {coverage.cut} cut")]
    if any(segment.doubt is not None for segment in digest.translation.segments) or any(row.concerns for row in rows):
        doubtful = sum(bool(row.concerns) for row in rows)
        done.append(("To check", f"{doubtful} of {coverage.sentences} sentences"))
    done += models(digest, given)
    done.append(("Made by", made_by(given)))
    if given.seconds is not None:
        done.append(("Time", f"{given.seconds:.1f} seconds"))
    done += [("Before", plain(note)) for note in given.notes]
    return done
