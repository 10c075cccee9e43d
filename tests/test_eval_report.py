"""The report: whole in one file, nothing fetched, every text only text; generated documents are current."""

from __future__ import annotations

import re
import shlex
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from eval import charts, documents
from eval.__main__ import build_parser, main
from eval.bench import Report as BenchReport
from eval.bench import SteadyResult, SystemResult, read_report, to_json, to_table
from eval.comparison import compare
from eval.markdown import escape, to_markdown
from eval.page import to_html
from eval.report import Report, build
from eval.running import run
from eval.runs import Run, write_run
from eval.tasks import find
from eval.tolerances import read_tolerances
from toolkit.errors import InputError

_EVIL = '<script>alert("x")</script> & <img src=x onerror=alert(1)> `a|b` [c](http://example.org) *d*'


@pytest.fixture(scope="module")
def translations() -> tuple[Run, Run]:
    """Twelve sentences before and after; one output holds mark-up."""
    data = find("translation").dataset().first(12)
    references = [example.translations[0] for example in data.examples]
    before = [" ".join(text.split()[:-2]) for text in references]
    after = [_EVIL, *(" ".join(text.split()[6:]) for text in references[1:10]), *before[10:]]
    first, second = (run("translation", data=data, predictions=outputs) for outputs in (before, after))
    return first, second


@pytest.fixture(scope="module")
def topics() -> Run:
    """Four articles with a right answer, and times as of the chain."""
    data = find("topics-gold").dataset().first(4)
    outputs = [
        {
            "topics": [
                {"label": label, "score": 0.7 if label == example.topics[0] else 0.1 / len(data.labels)}
                for label in data.labels
            ],
            "none_of_these": False,
        }
        for example in data.examples
    ]
    found = run("topics-gold", data=data, predictions=outputs)
    return replace(found, details={**found.details, "milliseconds": [10.0, 20.0, 30.0, 40.0]})


@pytest.fixture(scope="module")
def report(translations: tuple[Run, Run], topics: Run) -> Report:
    """A comparison and a run alone."""
    return build([translations[1], topics], [compare(*translations)], read_tolerances())


class _Elements(HTMLParser):
    """Every element with its attributes, and the text outside the style sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)


def _parse(page: str) -> _Elements:
    elements = _Elements()
    elements.feed(page)
    assert not elements.open
    return elements


def test_one_file_that_fetches_nothing(report: Report) -> None:
    page = to_html(report, title="A <title>")
    elements = _parse(page)
    tags = {tag for tag, _ in elements.found}
    assert not tags & {"script", "img", "link", "iframe", "object", "embed", "base", "form", "a href"}
    for tag, attributes in elements.found:
        assert not {"src", "srcset", "onerror", "onload", "action", "xlink:href"} & attributes.keys(), tag
        assert (attributes.get("href") or "#").startswith("#")
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert "prefers-color-scheme: dark" in style
    policy = [attributes["content"] for tag, attributes in elements.found if tag == "meta" and "content" in attributes]
    assert "default-src 'none'; style-src 'unsafe-inline'" in policy


def test_mark_up_in_an_output_is_text(report: Report) -> None:
    elements = _parse(to_html(report, title="x"))
    assert "script" not in {tag for tag, _ in elements.found}
    assert '<script>alert("x")</script> & <img src=x onerror=alert(1)>' in "".join(elements.words)
    text = to_markdown(report, title="x")
    assert "<script" not in text
    assert "&lt;script\\>" in text
    assert "\\[c\\]\\(http" in text


def test_mark_up_in_the_name_of_a_baseline_is_text(topics: Run) -> None:
    scores = next(iter(topics.baselines.values()))
    odd = build([replace(topics, baselines={"<script>|": scores})], [], read_tolerances())
    assert "script" not in {tag for tag, _ in _parse(to_html(odd, title="x")).found}
    assert "| &lt;script\\>\\| |" in to_markdown(odd, title="x")


def test_what_a_reader_must_find(report: Report) -> None:
    assert report.verdict is not None
    page = to_html(report, title="x")
    words = " ".join("".join(_parse(page).words).split())
    for expected in (
        "Gate closed: translation",
        "translation: chrF is worse: ",
        "Worst regressions: 10 inputs lost",
        "95 % interval",
        "best trivial baseline",
        "Reliability",
        "Length",
        "Latency",
        "label prior",
        "Lowest accuracy",
    ):
        assert expected in words, expected
    assert page.count("<svg") >= 4
    assert "<del>" in page
    assert "<ins>" in page
    markdown = to_markdown(report, title="x")
    assert "**Gate closed: translation.**" in markdown
    assert "| metric | score | 95 % interval | copy | before | change | 95 % interval | p | verdict |" in markdown
    assert "~~" in markdown


def test_samples_start_with_the_worst(report: Report, translations: tuple[Run, Run]) -> None:
    heading, samples = report.sections[0].samples[0]
    assert heading == "Worst regressions: 10 inputs lost"
    changes = [float(value.split(" → ")[1]) - float(value.split(" → ")[0]) for value in _first_values(samples)]
    assert changes == sorted(changes)
    assert samples[0].before == translations[0].outputs[translations[0].ids.index(samples[0].id)]
    assert samples[0].after == translations[1].outputs[translations[1].ids.index(samples[0].id)]
    assert samples[0].references == find("translation").dataset().examples[0].translations


def _first_values(samples: Sequence[object]) -> list[str]:
    return [sample.values[0][1] for sample in samples]  # type: ignore[attr-defined]


def test_every_row_of_a_table_has_as_many_cells(report: Report) -> None:
    for block in re.findall(r"(?:^\|.*\n)+", to_markdown(report, title="x"), re.MULTILINE):
        assert len({line.replace(r"\|", "").count("|") for line in block.splitlines()}) == 1, block


@pytest.mark.parametrize(
    "chart",
    [
        charts.interval_chart([charts.IntervalRow("<a> & b", 34.5, 33.7, 35.5, 30.0, 21.4)], title='"t" <'),
        charts.interval_chart([charts.IntervalRow("nothing", 0.0, 0.0, 0.0)], title="zero"),
        charts.reliability_chart([charts.Bin(0.2, 0.0, 1), charts.Bin(0.9, 1.0, 3)], title="r"),
        charts.scatter_chart([(10, 0.2), (20, 0.4), (35, 0.1)], title="s", horizontal="<x>", vertical="y"),
        charts.scatter_chart([(1, 0.0), (1, 0.0)], title="flat", horizontal="x", vertical="y"),
    ],
)
def test_charts_are_xml_within_their_box(chart: str) -> None:
    root = ET.fromstring(chart)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    assert root.attrib["role"] == "img"
    for element in root.iter():
        for name, value in element.attrib.items():
            if name in {"x", "x1", "x2", "cx"}:
                assert 0 <= float(value) <= width
            if name in {"y", "y1", "y2", "cy"}:
                assert 0 <= float(value) <= height


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("a\n b", "a b"), ("<b>&", "&lt;b\\>&amp;"), ("*x* _y_", r"\*x\* \_y\_"), ("1. #", r"1. \#"), ("a|b", r"a\|b")],
)
def test_markdown_escapes(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_the_command_writes_both(
    translations: tuple[Run, Run], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, found in zip(("before", "after"), translations, strict=True):
        write_run(found, tmp_path / f"{name}.json")
    arguments = ["report", str(tmp_path / "after.json"), "--baseline", str(tmp_path / "before.json")]
    outputs = ["-o", str(tmp_path / "r.html"), "-o", str(tmp_path / "r.md"), "--title", "Nightly"]
    assert main([*arguments, *outputs]) == 0
    assert capsys.readouterr().out == ""
    assert "<h1>Nightly</h1>" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert (tmp_path / "r.md").read_text(encoding="utf-8").startswith("# Nightly\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["report"], "give run files, and the file to write"),
        (["report", "x.json", "-o", "r.pdf"], "a report is a file ending in .html or .md"),
        (["report", "--write-documents", "x.json"], "--write-documents takes what is in eval/results"),
        (["report", "missing.json", "-o", "r.html"], "missing.json does not exist"),
    ],
)
def test_wrong_usage_is_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert words in err


# The documents


def test_generated_documents_are_current() -> None:
    for path, text in documents.generated().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is not current: {documents.REMEDY}"


def test_every_command_line_of_the_readme_is_understood() -> None:
    found = re.findall(r"^python -m eval (.*?)(?:  #.*)?$", documents.README.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) >= 6
    for line in found:
        assert build_parser().parse_args(shlex.split(line)).action


def test_the_readme_keeps_what_is_written_by_hand(report: Report) -> None:
    text = "Before.\n<!-- evaluation -->\nby hand\n<!-- /evaluation -->\nAfter.\n"
    new = documents.readme(text, report, None)
    assert new.startswith("Before.\n<!-- evaluation -->\n| task |")
    assert new.endswith("<!-- /evaluation -->\nAfter.\n")
    assert "by hand" not in new
    with pytest.raises(InputError, match=r"README\.md has no part between <!-- evaluation -->"):
        documents.readme("Nothing.", report, None)


_BENCH = BenchReport(
    machine="a machine",
    models={"translator-de-en": "0" * 64},
    rounds=1,
    sentences=10,
    words=150,
    articles=2,
    article_words=300,
    translations=(
        SystemResult("klartext, CTranslate2 int8", 1000.0, (200.0, 400.0), 1.0, 300.0),
        SystemResult("transformers generate, sentence by sentence", 50.0, (4000.0, 8000.0), 5.0, 900.0),
    ),
    digests=(SystemResult("digest, CTranslate2 int8", 600.0, (450.0, 700.0), 2.0, 500.0),),
    steady=SteadyResult(200, 1.5, 24, True),
)


def test_the_bench_is_read_as_written_and_shown_as_ratios(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    path.write_text(to_json(_BENCH), encoding="utf-8")
    assert read_report(path) == _BENCH
    table = to_table(_BENCH)
    assert "| klartext, CTranslate2 int8 | 1,000 | 1.00 | 200 | 400 | 1.00 | 1.00 | 300 | 1.00 |" in table
    row = "| transformers generate, sentence by sentence | 50 | 20.00 | 4,000 | 8,000 | 5.00 | 5.00 | 900 | 3.00 |"
    assert row in table
    assert table in documents.results(report, _BENCH)
    text = "<!-- evaluation --><!-- /evaluation --><!-- speed --><!-- /speed -->"
    assert "takes 0.45 s, 0.70 s at the 95th percentile" in documents.readme(text, report, _BENCH)


@pytest.mark.parametrize("content", ["{}", "[]", '{"format": 2}', '{"format": 1, "translations": []}', "x"])
def test_files_that_are_no_bench(tmp_path: Path, content: str) -> None:
    (tmp_path / "bench.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="is no file of bench results"):
        read_report(tmp_path / "bench.json")
