"""The report as one HTML file that asks for nothing: styles and plots inside, every text escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

import numpy as np

from eval import charts, gate
from eval.report import Report, Sample, ScoreRow, Section
from eval.word_diff import word_diff

_STYLE = Path(__file__).parent / "report.css"
_FOLD_BEYOND = 300
"""Characters; three lines or so. A sentence is never as long, an article always."""
_NO_BREAK = "\N{NARROW NO-BREAK SPACE}"


def to_html(report: Report, *, title: str) -> str:
    """The whole page."""
    body = "\n".join(_body(report, title))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        # What the page may load: nothing. Its own styles stand inside it.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _body(report: Report, title: str) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    yield from _verdict(report)
    links = " ".join(f'<a href="#{_anchor(section)}">{escape(section.task.name)}</a>' for section in report.sections)
    yield f"<nav>{links}</nav>"
    if report.overview:
        yield _figure(
            charts.interval_chart(report.overview, title="The first score of each task with its 95 % interval"),
            "<b>The first score of each task</b>, in points of 100, with its 95 % interval",
            key=_key(with_before=report.verdict is not None),
            wide=True,
        )
    for section in report.sections:
        yield from _section(section)


def _verdict(report: Report) -> Iterator[str]:
    verdict = report.verdict
    if verdict is None:
        return
    judged = sum(check.tolerance is not None for check in verdict.checks)
    if verdict.is_open:
        better = sum(check.outcome == "better" for check in verdict.checks)
        words = f"{judged} scores judged: none worse beyond its tolerance, {better} better beyond chance."
        yield f'<div class="verdict open"><strong>Gate open</strong> <p>{words}</p>'
    else:
        items = "".join(f"<li>{escape(reason)}</li>" for reason in gate.reasons(verdict))
        tasks = escape(", ".join(gate.closed_tasks(verdict)))
        yield f'<div class="verdict closed"><strong>Gate closed: {tasks}</strong><ul>{items}</ul>'
    if remarks := gate.remarks(verdict):
        yield f'<ul class="quiet small">{"".join(f"<li>{escape(remark)}</li>" for remark in remarks)}</ul>'
    yield "</div>"


def _key(*, with_before: bool) -> str:
    marks = [('<circle class="now" cx="12" cy="8" r="4.5"/>', "now")]
    if with_before:
        marks.append(('<circle class="before" cx="12" cy="8" r="6"/>', "before"))
    marks.append(('<line class="interval" x1="3" y1="8" x2="21" y2="8"/>', "95 % interval"))
    marks.append(('<line class="floor" x1="12" y1="1" x2="12" y2="15"/>', "best trivial baseline"))
    return "".join(
        f'<span class="key"><svg viewBox="0 0 24 16" aria-hidden="true">{mark}</svg>{name}</span>'
        for mark, name in marks
    )


def _figure(chart: str, caption: str, *, key: str = "", wide: bool = False) -> str:
    kind = ' class="wide"' if wide else ""
    return f"<figure{kind}><figcaption>{caption}{f'<br>{key}' if key else ''}</figcaption>{chart}</figure>"


def _section(section: Section) -> Iterator[str]:
    run = section.run
    yield f'<section id="{_anchor(section)}"><h2>{escape(section.task.name)}</h2>'
    yield f"<p>{escape(section.task.about)}</p>"
    yield f'<p class="quiet small">{escape(_provenance(section))}</p>'
    yield _scores(section)
    figures = list(_figures(section))
    if figures:
        yield f'<div class="charts">{"".join(figures)}</div>'
    for heading, samples in section.samples:
        yield f"<h3>{escape(heading)}</h3>"
        for sample in samples:
            yield _sample(sample)
    signatures = "".join(
        f"<dt>{escape(row.score.metric)}</dt><dd><code>{escape(row.score.signature)}</code></dd>"
        for row in section.rows
    )
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    yield (
        f"<details><summary>How it was computed</summary><dl>{signatures}"
        f"<dt>data</dt><dd><code>{escape(run.dataset.sha256)}</code></dd>"
        + "".join(
            f"<dt>{escape(role)}</dt><dd>{escape(model.name)} <code>{escape(model.sha256)}</code></dd>"
            for role, model in run.models.items()
        )
        + f"<dt>versions</dt><dd>{escape(versions)}</dd></dl></details></section>"
    )


def _provenance(section: Section) -> str:
    run = section.run
    models = ", ".join(f"{model.name} {model.sha256[:12]}" for model in run.models.values()) or "given outputs"
    return (
        f"version {run.version}; {run.dataset.n} inputs of {run.dataset.name}; {models}; engine {run.engine}; "
        f"{run.seconds:.1f} s; peak {run.peak_mb:,.0f} MB"
    )


def _scores(section: Section) -> str:
    names = list(section.run.baselines)
    head = ["metric", "score", "95 % interval", *names]
    if section.before is not None:
        head += ["before", "change", "95 % interval", "p"]
    cells = "".join(f"<th>{escape(name)}</th>" for name in head)
    verdict = '<th class="words">verdict</th>' if section.before is not None else ""
    rows = "".join(_score_row(row, section.before is not None) for row in section.rows)
    return f'<div class="scroll"><table><thead><tr>{cells}{verdict}</tr></thead><tbody>{rows}</tbody></table></div>'


def _score_row(row: ScoreRow, is_compared: bool) -> str:
    places, score = row.measure.metric.decimals, row.score
    arrow = "" if row.measure.metric.higher_is_better else " ↓"
    cells = [
        f'<td title="{escape(row.measure.metric.about)}">{escape(score.metric)}{arrow}</td>',
        f'<td class="now">{score.value:.{places}f}</td>',
        f"<td>{score.low:.{places}f} – {score.high:.{places}f}</td>",
        *(f"<td>{'–' if value is None else f'{value:.{places}f}'}</td>" for _, value in row.baselines),
    ]
    if is_compared and row.check is None:
        cells.append('<td colspan="5" class="words quiet">no score before</td>')
    elif row.check is not None:
        found, outcome = row.check.change.difference, row.check.outcome
        kind = {"worse": "bad", "better": "good"}.get(outcome, "quiet")
        cells += [
            f"<td>{found.before:.{places}f}</td>",
            f"<td>{found.change:+.{places}f}</td>",
            f"<td>{found.low:+.{places}f} … {found.high:+.{places}f}</td>",
            f"<td>{_p(row.check.p)}</td>",
            f'<td class="words {kind}">{escape(outcome)}</td>',
        ]
    return f"<tr>{''.join(cells)}</tr>"


def _p(value: float) -> str:
    return "<" + f"{_NO_BREAK}0.001" if value < 0.001 else f"{value:.3f}"


def _figures(section: Section) -> Iterator[str]:
    if section.calibration:
        yield _figure(
            charts.reliability_chart(section.calibration, title="Reliability of the best label's score"),
            "<b>Reliability</b>: how often the best label is right, by its score; the larger a dot, the more texts. "
            "On the dashed line the score says what happens.",
        )
    name = section.rows[0].score.metric if section.rows else ""
    if len(section.lengths) > 1:
        yield _figure(
            charts.scatter_chart(
                section.lengths, title=f"{name} by length", horizontal="words of the source", vertical=name
            ),
            f"<b>Length</b>: {escape(name)} of each input by the words of its source; the line is the mean of "
            "neighbours.",
        )
    if len(section.latencies) > 1:
        p50, p95 = np.percentile([time for _, time in section.latencies], [50, 95])
        yield _figure(
            charts.scatter_chart(
                section.latencies, title="milliseconds by length", horizontal="words of the source", vertical="ms"
            ),
            f"<b>Latency</b>: milliseconds for each input, one by one; median {p50:,.0f}, 95th percentile {p95:,.0f}.",
        )


def _sample(sample: Sample) -> str:
    values = " ".join(f"<span>{escape(name)} <b>{escape(value)}</b></span>" for name, value in sample.values)
    register = f"<span>{escape(sample.register)}</span>" if sample.register else ""
    parts = [("source", _folded(sample.source))]
    parts += [("reference" if i == 0 else "", _folded(text)) for i, text in enumerate(sample.references)]
    if sample.before is None:
        parts.append(("output", escape(sample.after)))
    else:
        parts += [("before", _marked(sample, "removed")), ("after", _marked(sample, "added"))]
    rows = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in parts)
    return f"<article><header><span>{escape(sample.id)}</span>{register}{values}</header><dl>{rows}</dl></article>"


def _folded(text: str) -> str:
    """A long text behind its first words."""
    if len(text) <= _FOLD_BEYOND:
        return escape(text)
    first = " ".join(text[:_FOLD_BEYOND].split()[:-1])
    return f"<details><summary>{escape(first)} …</summary>{escape(text)}</details>"


def _marked(sample: Sample, kind: str) -> str:
    """One version, what only it has marked."""
    assert sample.before is not None  # noqa: S101 - the caller's branch
    tag = {"removed": "del", "added": "ins"}[kind]
    return "".join(
        escape(piece.text) if piece.kind == "same" else _tagged(piece.text, tag)
        for piece in word_diff(sample.before, sample.after)
        if piece.kind in {"same", kind}
    )


def _tagged(text: str, tag: str) -> str:
    """The words marked, the blanks before them not."""
    words = text.lstrip()
    return f"{escape(text[: len(text) - len(words)])}<{tag}>{escape(words)}</{tag}>" if words else escape(text)


def _anchor(section: Section) -> str:
    return escape(f"task-{section.task.name}")
