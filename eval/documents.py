"""What the documents say of the shipped models' scores and speed, written from the files in eval/results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from eval import baseline, bench
from eval.markdown import score_table
from eval.report import Report, Section, build
from eval.runs import Json, write_text
from eval.tasks import tasks
from eval.tolerances import read_tolerances
from toolkit import files
from toolkit.errors import InputError

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
RESULTS = ROOT / "eval" / "RESULTS.md"
BENCH = ROOT / "eval" / "results" / "bench.json"
REMEDY = "run `python -m eval report --write-documents`"


_INTRODUCTION = (
    "The shipped models on the data of klartext's own (eval/data), as `make baseline` last ran them. This file is "
    "written by `python -m eval report --write-documents`; do not edit it. The references were written by a language "
    "model: these figures tell one version of klartext from another, not klartext from other systems. The model cards "
    "have the scores on public development sets, with peers."
)


def write() -> list[Path]:
    """Write both documents anew; returns their paths."""
    texts = generated()
    for path, text in texts.items():
        write_text(path, text)
    return list(texts)


def generated() -> dict[Path, str]:
    """The documents as they should be."""
    report = _report()
    speed = bench.read_report(BENCH) if BENCH.exists() else None
    return {RESULTS: results(report, speed), README: readme(files.read_text(README), report, speed)}


def _report() -> Report:
    """The committed baselines, in the order of the tasks."""
    runs = {run.task: run for run in baseline.read_runs([baseline.OURS]).values()}
    ordered = [runs[task.name] for task in tasks() if task.name in runs]
    return build(ordered, [], read_tolerances())


def results(report: Report, speed: bench.Report | None) -> str:
    """eval/RESULTS.md."""
    lines = [
        "# Results",
        "",
        _INTRODUCTION,
        "",
        *overview(report),
        "",
        _made_by(report),
    ]
    for section in report.sections:
        lines += ["", f"## {section.task.name}", "", *_section(section)]
    if speed is not None:
        lines += ["", "## Speed", "", "`make bench`, on this machine:", "", bench.to_table(speed)]
    return "\n".join(lines) + "\n"


def overview(report: Report) -> list[str]:
    """The first score of each task."""
    lines = ["| task | inputs | metric | score | 95 % interval | best baseline |", "|---|---:|---|---:|:---:|---:|"]
    for section in report.sections:
        row = section.rows[0]
        score, places = row.score, row.measure.metric.decimals
        floors = [(value, name) for name, value in row.baselines if value is not None]
        best = (max if row.measure.metric.higher_is_better else min)(floors, default=None)
        floor = "–" if best is None else f"{best[1]} {best[0]:.{places}f}"
        if best is not None and row.measure.is_floor and not row.beats(best[0]):
            floor += ", not beaten"
        lines.append(
            f"| {section.task.name}: {section.task.about} | {section.run.dataset.n} | {score.metric} "
            f"| {score.value:.{places}f} | {score.low:.{places}f} – {score.high:.{places}f} | {floor} |"
        )
    return lines


def _made_by(report: Report) -> str:
    """Models, engine and versions, each once where all runs agree."""
    models = {
        f"{model.name} `{model.sha256[:12]}`" for section in report.sections for model in section.run.models.values()
    }
    engines = {section.run.engine for section in report.sections}
    versions = {f"{name} {version}" for section in report.sections for name, version in section.run.versions.items()}
    return (
        f"Models: {', '.join(sorted(models))}. Engine: {', '.join(sorted(engines))}. "
        f"Versions: {', '.join(sorted(versions))}."
    )


def _section(section: Section) -> list[str]:
    run = section.run
    about = section.task.about
    made = (
        f"{about[0].upper()}{about[1:]}; version {run.version}, {run.dataset.n} inputs of {run.dataset.name} "
        f"(sha256 `{run.dataset.sha256[:12]}`); {run.seconds:.1f} s, peak {run.peak_mb:,.0f} MB."
    )
    lines = [made, "", *score_table(section)]
    lines += _registers(section)
    lines += _labels(run.details.get("topics", {}))
    signatures = [f"{row.score.metric}: `{row.score.signature}`" for row in section.rows]
    return [*lines, "", f"Signatures: {'; '.join(signatures)}."]


def _registers(section: Section) -> list[str]:
    """The first scores by kind of text, lowest first."""
    registers: Mapping[str, Mapping[str, float]] = section.run.details.get("registers", {})
    row = section.rows[0]
    metric, places = row.score.metric, row.measure.metric.decimals
    found = [(values[metric], name) for name, values in registers.items() if values.get(metric) is not None]
    if section.task.step != "translation" or not found:
        return []
    kinds = ", ".join(f"{name} {value:.{places}f}" for value, name in sorted(found))
    return ["", f"{metric} by register: {kinds}."]


def _labels(details: Mapping[str, Json]) -> list[str]:
    """Precision and recall of each label."""
    labels: Mapping[str, Mapping[str, float | None]] = details.get("labels", {})
    if not labels:
        return []
    lines = ["", "| label | texts | chosen | precision | recall | F1 |", "|---|---:|---:|---:|---:|---:|"]
    for name, figures in labels.items():
        if not figures["n"] and not figures["guessed"]:
            continue
        shares = ("–" if figures[key] is None else f"{figures[key]:.2f}" for key in ("precision", "recall", "f1"))
        lines.append(f"| {name} | {figures['n']} | {figures['guessed']} | {' | '.join(shares)} |")
    return lines


def readme(text: str, report: Report, speed: bench.Report | None) -> str:
    """The README with its generated parts as they should be."""
    parts = {"evaluation": "\n" + "\n".join(overview(report)) + "\n"}
    if speed is not None:
        parts["speed"] = "\n" + "\n".join(_speed(speed)) + "\n"
    for name, content in parts.items():
        before, start, rest = text.partition(f"<!-- {name} -->")
        _, end, after = rest.partition(f"<!-- /{name} -->")
        if not start or not end:
            raise InputError(f"README.md has no part between <!-- {name} --> and <!-- /{name} -->: put the marks back")
        text = before + start + content + end + after
    return text


def _speed(report: bench.Report) -> list[str]:
    """The short form of the bench."""
    ours, digest = (
        next(result for result in found if result.name in bench.REFERENCES)
        for found in (report.translations, report.digests)
    )
    lines = [
        f"Speed (`make bench`; {report.machine}; {report.sentences} sentences, one run):",
        "",
        "| translation | source words/s | ours is × as fast | peak MB |",
        "|---|---:|---:|---:|",
    ]
    for result in report.translations:
        ratio = ours.words_per_second / result.words_per_second
        lines.append(f"| {result.name} | {result.words_per_second:,.0f} | {ratio:.2f} | {result.peak_mb:,.0f} |")
    chain = (
        f"The whole digest of an article (median of {report.articles}, {report.article_words} words) takes "
        f"{digest.article_ms[0] / 1000:.2f} s, {digest.article_ms[1] / 1000:.2f} s at the 95th percentile, and "
        f"{digest.start_seconds:.2f} s from the start of a fresh process."
    )
    return [*lines, "", chain]
