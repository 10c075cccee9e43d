"""The values of the chain as text for a terminal: wrapped, aligned, coloured where colour is wanted."""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from toolkit import concerns
from toolkit.documents import Digest, Finding, Summary, Topics, TranslatedSegment, Translation

if TYPE_CHECKING:
    from toolkit.store import Model, Preset

SIDE_BY_SIDE_COLUMNS = 100
"""From this width on German and English stand side by side: two columns of 45 characters, the shortest line
that typographers call comfortable (Bringhurst, 2.1.2), and what stands between them."""
_MAX_COLUMNS = 180
"""Wider lines are hard to read: two columns of 85 characters at most."""
_MIN_COLUMNS = 20
_BAR_COLUMNS = 24
CHECK = "?"
"""Stands beside the number of a sentence to check and in the place of a doubtful summary sentence's bullet."""
_NAMED_SENTENCES = 8
_SHOWN_LABELS = 5
"""Labels shown below the chosen ones; --json gives every label."""

# What could move the cursor, recolour the screen or turn the line round, line feed and tab apart;
# and lone surrogates, which cannot be written.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Screen:
    """What is written to: its width in columns and whether it shows colours."""

    columns: int = 80
    colour: bool = False

    @classmethod
    def of(cls, stream: TextIO) -> Screen:
        """The screen behind `stream`: colours only on a terminal and never against NO_COLOR (https://no-color.org)."""
        is_dumb = os.environ.get("TERM") == "dumb"
        return cls(columns=_columns(), colour=stream.isatty() and not is_dumb and not os.environ.get("NO_COLOR"))

    @classmethod
    def of_file(cls) -> Screen:
        """For a file: as wide as the terminal or COLUMNS says, without colours."""
        return cls(columns=_columns())

    def bold(self, text: str) -> str:
        """Headings."""
        return self._paint("1", text)

    def dim(self, text: str) -> str:
        """What stands beside the text: numbers, marks, rules."""
        return self._paint("2", text)

    def green(self, text: str) -> str:
        """The chosen topics."""
        return self._paint("32", text)

    def yellow(self, text: str) -> str:
        """What the reader should look at."""
        return self._paint("33", text)

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text


def printable(text: str) -> str:
    """`text` with every control, bidi override and lone surrogate shown as U+FFFD; line feeds and tabs stay."""
    return _UNPRINTABLE.sub("\ufffd", text)


def writable(text: str) -> str:
    """`text` as UTF-8 can hold it: lone surrogates as U+FFFD, all else untouched."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def width(text: str) -> int:
    """Columns that `text` takes: none for combining and invisible characters, two for wide ones."""
    return sum(_columns_of(char) for char in text)


def wrap(text: str, columns: int) -> list[str]:
    """`text` in lines of at most `columns`, broken at spaces, long words anywhere; one empty line for no text."""
    lines: list[str] = []
    line, taken = "", 0
    for word in map(printable, text.split()):
        needed = width(word)
        if line and taken + 1 + needed <= columns:
            line, taken = f"{line} {word}", taken + 1 + needed
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, columns)
        lines += full
        taken = width(line)
    return [*lines, line]


def render_digest(digest: Digest, screen: Screen) -> str:
    """Headline, summary, topics, the text in both languages, what to check, coverage and models, each line ended."""
    parts = [
        _summary(digest.summary, screen),
        render_topics(digest.topics, screen),
        _heading("Text", screen) + render_segments(digest.translation, screen),
        render_checks(digest.translation, digest.summary, screen),
        _footer(digest, screen),
    ]
    return "\n".join(part for part in parts if part)


def render_segments(translation: Translation, screen: Screen) -> str:
    """German and English, sentence by sentence, numbered from 1: side by side where there is room, else stacked.

    A sentence to check has a question mark behind its number.
    """
    side_by_side = screen.columns >= SIDE_BY_SIDE_COLUMNS
    doubtful = set(concerns.to_check(translation))
    digits = len(str(len(translation.segments)))
    blocks: list[str] = []
    previous: int | None = None
    for number, segment in enumerate(translation.segments, start=1):
        if previous is not None and segment.source.paragraph != previous:
            blocks.append("")
        previous = segment.source.paragraph
        marks = "".join(f" [{mark}]" for mark in segment.marks)
        label = f"{number:>{digits}}{CHECK if number in doubtful else ' '} "
        place = _beside if side_by_side else _stacked
        blocks += place(label, segment.source.text, segment.text, marks, screen)
    return "".join(f"{line.rstrip()}\n" for line in blocks)


def render_summary(summary: Summary, sentences: Sequence[str], screen: Screen) -> str:
    """Headline and summary with the numbers of the `sentences` it rests on, and those sentences below."""
    cited = sorted({index for sentence in summary.sentences for index in sentence.evidence})
    lines = [_summary(summary, screen)]
    if cited:
        lines.append(_heading("Rests on", screen))
        digits = len(str(cited[-1] + 1))
        texts = ((index + 1, sentences[index]) for index in cited)
        lines += [_hanging(f"{number:>{digits}}  ", text, screen) for number, text in texts]
    if rows := _doubtful_summary(summary):
        lines.append(_checks(rows, screen))
    return "".join(lines)


def render_checks(translation: Translation, summary: Summary | None, screen: Screen) -> str:
    """Under a heading, what to check and why: a line a sentence, those of the summary first; empty for nothing."""
    rows = [] if summary is None else _doubtful_summary(summary)
    for number in concerns.to_check(translation):
        rows.append((str(number), _why(translation.segments[number - 1])))
    return _checks(rows, screen) if rows else ""


def check_note(translation: Translation) -> str | None:
    """One line on which sentences to check: "3 of 16 sentences need checking: 2, 7, 9"; None for none of them."""
    numbers = concerns.to_check(translation)
    if not numbers:
        return None
    listed = ", ".join(map(str, numbers[:_NAMED_SENTENCES])) + ", …" * (len(numbers) > _NAMED_SENTENCES)
    verb = "needs" if len(numbers) == 1 else "need"
    return f"{len(numbers)} of {_count(len(translation.segments), 'sentence')} {verb} checking: {listed}"


def summary_note(summary: Summary) -> str | None:
    """One line on the summary sentences that their evidence does not bear out; None for none."""
    numbers = [number for number, _ in _doubtful_summary(summary)]
    if not numbers:
        return None
    listed = ", ".join(number.removeprefix("summary ") for number in numbers)
    return f"{len(numbers)} of {_count(len(summary.sentences), 'summary sentence')} not clearly borne out: {listed}"


def render_topics(topics: Topics, screen: Screen) -> str:
    """The labels as bars, best first: the chosen ones and a few more."""
    if not topics.scores:
        return _heading("Topics", screen) + "no labels\n"
    selected = set(topics.selected)
    shown = topics.scores[: len(selected) + _SHOWN_LABELS]
    room = screen.columns - 10  # for label and bar: what is left beside the tick, the score and the spaces
    bar_columns = min(_BAR_COLUMNS, room // 2)
    longest = min(max(width(score.label) for score in shown), room - bar_columns)
    lines = []
    if topics.none_of_these:
        words = f"none of these (no label reaches {topics.threshold:.2f})"
        lines += [screen.yellow(line) for line in wrap(words, screen.columns)]
    for score in shown:
        label = _cut_to(printable(score.label), longest)
        filled = round(max(0.0, min(1.0, score.score)) * bar_columns)
        bar = "█" * filled + "·" * (bar_columns - filled)
        row = f"{label}{' ' * (longest - width(label))}  {bar}  {score.score:.2f}"
        lines.append(screen.green(f"✓ {row}") if score.label in selected else f"  {row}")
    if len(shown) < len(topics.scores):
        lines.append(screen.dim(f"  … {len(topics.scores) - len(shown)} more in --json"))
    return _heading("Topics", screen) + "".join(f"{line}\n" for line in lines)


def render_coverage(translation: Translation) -> str:
    """How many sentences were translated, split and cut: "27 of 27 sentences, 0 cut"."""
    coverage = translation.coverage
    split = f", {coverage.split} split at a clause" if coverage.split else ""
    return f"{coverage.translated} of {_count(coverage.sentences, 'sentence')}{split}, {coverage.cut} cut"


def render_models(shipped: Sequence[Model], presets: Sequence[Preset], screen: Screen) -> str:
    """The models that are here, and the short names of those that the hub has."""
    here = [(m.name, m.task, _millions(m.parameters), m.licence, str(m.folder)) for m in shipped]
    there = [(p.name, p.task, _millions(p.parameters), p.licence, p.hub) for p in presets]
    return (
        table([("SHIPPED", "TASK", "PARAMETERS", "LICENCE", "FOLDER"), *here], screen)
        + "\n"
        + table([("PRESET", "TASK", "PARAMETERS", "LICENCE", "HUB"), *there], screen)
        + screen.dim(
            "A preset is downloaded at its first use. The path of a model folder or another hub name will do, too."
        )
        + "\n"
    )


def table(rows: Sequence[Sequence[str]], screen: Screen) -> str:
    """Left-aligned columns two spaces apart, the first row as heading; nothing is cut."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for number, row in enumerate(rows):
        line = "  ".join(cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(row)).rstrip()
        lines.append(screen.bold(line) if number == 0 else line)
    return "".join(f"{line}\n" for line in lines)


def header(name: str, screen: Screen) -> str:
    """The line before the result of one of several inputs."""
    return screen.bold(f"==> {printable(name)} <==") + "\n"


def _summary(summary: Summary, screen: Screen) -> str:
    if not summary.headline and not summary.sentences:
        return _heading("Summary", screen) + "nothing to summarize\n"
    lines = [screen.bold(line) + "\n" for line in wrap(summary.headline, screen.columns)] if summary.headline else []
    if lines and summary.sentences:
        lines.append("\n")
    for sentence in summary.sentences:
        numbers = " ".join(f"[{index + 1}]" for index in sentence.evidence)
        bullet = "•" if sentence.is_supported is not False else CHECK
        lines.append(_hanging(f"{bullet} ", f"{sentence.text} {numbers}", screen))
    return "".join(lines)


def _doubtful_summary(summary: Summary) -> list[tuple[str, str]]:
    """The sentences that are not supported, with the words for it."""
    return [
        (f"summary {number}", concerns.UNSUPPORTED)
        for number, sentence in enumerate(summary.sentences, start=1)
        if sentence.is_supported is False
    ]


def _why(segment: TranslatedSegment) -> str:
    """The reasons in words: "number: 1.200 → 1,300; the model was unsure of its words"."""
    words = []
    for concern in concerns.concerns_of(segment):
        findings = concerns.findings_of(concern.code, segment)
        if findings:
            words.append(f"{concern.code}: {', '.join(map(_difference, findings))}")
        else:
            words.append(concern.words)
    return "; ".join(words)


def _difference(finding: Finding) -> str:
    return f"{finding.missing or '(nothing)'} → {finding.new or '(nothing)'}"


def _checks(rows: Sequence[tuple[str, str]], screen: Screen) -> str:
    longest = max(width(name) for name, _ in rows)
    lines = [_heading("To check", screen)]
    for name, words in rows:
        label = f"{CHECK} {name}{' ' * (longest - width(name))}  "
        lines += [screen.yellow(line) + "\n" for line in _hanging(label, words, screen).splitlines()]
    return "".join(lines)


def _footer(digest: Digest, screen: Screen) -> str:
    results: tuple[tuple[str, Translation | Summary | Topics], ...] = (
        ("translator", digest.translation),
        ("summarizer", digest.summary),
        ("topics", digest.topics),
    )
    models = ", ".join(f"{task} {result.model} ({result.engine})" for task, result in results)
    return "".join(
        screen.dim(line) + "\n"
        for line in (*wrap(render_coverage(digest.translation), screen.columns), *wrap(models, screen.columns))
    )


def _heading(text: str, screen: Screen) -> str:
    return screen.bold(text) + "\n"


def _hanging(label: str, text: str, screen: Screen) -> str:
    """`text` wrapped, every line but the first indented by the width of `label`."""
    lines = wrap(text, screen.columns - width(label))
    return "".join(f"{label if i == 0 else ' ' * width(label)}{line}\n" for i, line in enumerate(lines))


def _beside(label: str, german: str, english: str, marks: str, screen: Screen) -> list[str]:
    columns = (screen.columns - len(label) - 3) // 2
    left, right = wrap(german, columns), wrap(english + marks, columns)
    rows = []
    for i in range(max(len(left), len(right))):
        source = left[i] if i < len(left) else ""
        target = right[i] if i < len(right) else ""
        head = screen.dim(label) if i == 0 else " " * len(label)
        rows.append(f"{head}{source}{' ' * (columns - width(source))} {screen.dim('│')} {target}")
    return rows


def _stacked(label: str, german: str, english: str, marks: str, screen: Screen) -> list[str]:
    columns = screen.columns - len(label)
    indent = " " * len(label)
    source, target = wrap(german, columns), wrap(english + marks, columns)
    rows = [f"{screen.dim(label) if i == 0 else indent}{screen.dim(line)}" for i, line in enumerate(source)]
    return rows + [f"{indent}{line}" for line in target]


def _columns() -> int:
    return max(_MIN_COLUMNS, min(shutil.get_terminal_size(fallback=(80, 24)).columns, _MAX_COLUMNS))


def _columns_of(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _pieces(word: str, columns: int) -> Iterator[str]:
    """`word` in pieces that fit; at least one."""
    piece, taken = "", 0
    for char in word:
        needed = _columns_of(char)
        if piece and taken + needed > columns:
            yield piece
            piece, taken = "", 0
        piece, taken = piece + char, taken + needed
    yield piece


def _cut_to(text: str, columns: int) -> str:
    """`text` on one line of at most `columns`, an ellipsis where it was cut."""
    line = " ".join(text.split())
    if width(line) <= columns:
        return line
    return next(_pieces(line, columns - 1)) + "…"


def _millions(parameters: int | None) -> str:
    return "unknown" if parameters is None else f"{parameters / 1e6:.1f} M"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
