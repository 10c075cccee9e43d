"""`python -m eval report`: its options, and what it writes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.report import Report

ENDINGS = (".html", ".md")


def add_parser(commands: Any) -> None:
    """Add the command."""
    from eval.compare_command import add_judging

    report = commands.add_parser(
        "report",
        help="runs as a page to read: scores, plots, the inputs that changed most",
        description="Write runs, and what changed since their baselines, as one HTML file or as Markdown; or write the "
        "results that are part of the documents anew.",
        allow_abbrev=False,
    )
    report.add_argument("runs", type=Path, nargs="*", metavar="RUN", help="run files, or folders of them")
    report.add_argument("--baseline", type=Path, metavar="PATH", help="a run file or a folder of them to compare with")
    report.add_argument(
        "-o",
        "--output",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="FILE.html or FILE.md; may be given several times",
    )
    report.add_argument("--title", default="klartext: evaluation", metavar="TEXT", help="default: %(default)s")
    report.add_argument(
        "--write-documents",
        action="store_true",
        help="write eval/RESULTS.md and the table of the README from eval/results",
    )
    add_judging(report)
    report.set_defaults(action=_report)


def check_outputs(outputs: Sequence[Path]) -> None:
    """Raise InputError for a name that is of no format we write, and where nothing can be written."""
    from eval.runs import check_writable

    for path in outputs:
        if path.suffix not in ENDINGS:
            raise InputError(f"{path}: a report is a file ending in {' or '.join(ENDINGS)}")
        check_writable(path)


def write_report(report: Report, outputs: Sequence[Path], *, title: str) -> None:
    """Write a report in the format that the ending of each file names."""
    from eval.markdown import to_markdown
    from eval.page import to_html
    from eval.runs import write_text

    for path in outputs:
        write_text(path, to_html(report, title=title) if path.suffix == ".html" else to_markdown(report, title=title))
        print(f"eval: written: {path}", file=sys.stderr)


def _report(options: argparse.Namespace) -> int:
    if options.write_documents:
        if options.runs or options.output or options.baseline:
            raise InputError(
                "--write-documents takes what is in eval/results: give no runs, baseline or output with it"
            )
        from eval import documents

        for path in documents.write():
            print(f"eval: written: {path}", file=sys.stderr)
        return 0
    if not options.runs or not options.output:
        raise InputError("give run files, and the file to write with --output report.html (or report.md)")
    check_outputs(options.output)

    from eval import baseline
    from eval.compare_command import data_for
    from eval.report import build
    from eval.tolerances import OURS, read_tolerances

    tolerances = read_tolerances(options.tolerances or OURS)
    runs = baseline.read_runs(options.runs)
    given = data_for(options)
    comparisons = []
    if options.baseline is not None:
        comparisons = baseline.compare_all(baseline.pair(options.baseline, runs), data=given)
    report = build(list(runs.values()), comparisons, tolerances, data=given)
    write_report(report, options.output, title=options.title)
    return 0
