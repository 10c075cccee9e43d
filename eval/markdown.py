"""The report as Markdown, for a pull request or a terminal; no text of a run can become mark-up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eval import gate
from eval.report import Report, Sample, ScoreRow, Section
from eval.word_diff import word_diff

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~>-])")
_SIGNS = str.maketrans({"&": "&amp;", "<": "&lt;"})


def to_markdown(report: Report, *, title: str) -> str:
    """The whole document."""
    return "\n".join([f"# {escape(title)}", "", *_verdict(report), *_sections(report)]).rstrip() + "\n"


def escape(text: str) -> str:
    """A text in one line that reads in Markdown as it stands."""
    return " ".join(_SPECIAL.sub(r"\\\1", text.translate(_SIGNS)).split())


def score_table(section: Section) -> list[str]:
    """Every score with its interval and the trivial baselines, and what became of it where there is a run before."""
    names = [escape(name) for name in section.run.baselines]
    head = ["metric", "score", "95 % interval", *names]
    if section.before is not None:
        head += ["before", "change", "95 % interval", "p", "verdict"]
    lines = [_cells(head), f"|---|---:|:---:|{'---:|' * (len(head) - 3)}"]
    return lines + [_cells(_score_cells(row, section.before is not None)) for row in section.rows]


def _score_cells(row: ScoreRow, is_compared: bool) -> list[str]:
    places, score = row.measure.metric.decimals, row.score
    cells = [
        score.metric + ("" if row.measure.metric.higher_is_better else " ↓"),
        f"{score.value:.{places}f}",
        f"{score.low:.{places}f} – {score.high:.{places}f}",
        *("–" if value is None else f"{value:.{places}f}" for _, value in row.baselines),
    ]
    if row.check is not None:
        found = row.check.change.difference
        return [
            *cells,
            f"{found.before:.{places}f}",
            f"{found.change:+.{places}f}",
            f"{found.low:+.{places}f} … {found.high:+.{places}f}",
            f"{row.check.p:.4f}",
            f"**{row.check.outcome}**" if row.check.outcome == "worse" else row.check.outcome,
        ]
    return cells + (["–"] * 5 if is_compared else [])


def _cells(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _verdict(report: Report) -> list[str]:
    verdict = report.verdict
    if verdict is None:
        return []
    lines = (
        ["**Gate open.**"]
        if verdict.is_open
        else [
            f"**Gate closed: {escape(', '.join(gate.closed_tasks(verdict)))}.**",
            "",
            *(f"- {escape(reason)}" for reason in gate.reasons(verdict)),
        ]
    )
    return [*lines, "", *(f"- {escape(remark)}" for remark in gate.remarks(verdict)), ""]


def _sections(report: Report) -> Iterator[str]:
    for section in report.sections:
        run = section.run
        yield f"## {escape(section.task.name)}"
        yield ""
        data = f"{run.dataset.n} inputs of {escape(run.dataset.name)}"
        yield f"{escape(section.task.about)}; {data}, engine {escape(run.engine)}."
        yield ""
        yield from score_table(section)
        yield ""
        for heading, samples in section.samples:
            yield f"### {escape(heading)}"
            yield ""
            for sample in samples:
                yield from _sample(sample)


def _sample(sample: Sample) -> Iterator[str]:
    values = "; ".join(f"{escape(name)} {escape(value)}" for name, value in sample.values)
    yield f"- **{escape(sample.id)}** {values}"
    yield f"  - source: {escape(sample.source)}"
    for text in sample.references:
        yield f"  - reference: {escape(text)}"
    if sample.before is None:
        yield f"  - output: {escape(sample.after)}"
    else:
        yield f"  - change: {_marked(sample.before, sample.after)}"
    yield ""


def _marked(before: str, after: str) -> str:
    """Both versions in one: ~~what went~~ and **what came**."""
    marks = {"same": "", "removed": "~~", "added": "**"}
    parts = []
    for piece in word_diff(before, after):
        text = escape(piece.text)
        # A mark binds only to what touches it, and a blank must stay outside.
        parts.append(f"{marks[piece.kind]}{text}{marks[piece.kind]}" if text else "")
    return " ".join(part for part in parts if part)
