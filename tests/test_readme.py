"""What the README says is what the program does. `python -m tests.test_readme` writes its generated parts anew."""

from __future__ import annotations

import argparse
import os
import re
import shlex
from pathlib import Path
from unittest import mock

import pytest

from toolkit import store
from toolkit.cli import build_parser
from toolkit.documents import MARKS

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
TASKS = {"translation": "German → English", "summarization": "English summaries", "topics": "topics of English text"}


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def _help(*command: str) -> str:
    with mock.patch.dict(os.environ, {"COLUMNS": "100"}):
        parser = build_parser()
        for action in parser._actions:
            if command and isinstance(action, argparse._SubParsersAction):
                return str(action.choices[command[0]].format_help())
        return parser.format_help()


def _models() -> str:
    rows = ["| name | for | architecture | parameters | licence | where |", "|---|---|---|---:|---|---|"]
    for model in store.shipped():
        size = "" if model.parameters is None else f"{model.parameters / 1e6:.1f} M"
        where = f"[shipped](models/{model.folder.name}/README.md)"
        rows.append(
            f"| {model.name} | {TASKS[model.task]} | {model.architecture} | {size} | {model.licence} | {where} |"
        )
    for preset in store.presets():
        where = f"hub: [{preset.hub}](https://huggingface.co/{preset.hub})"
        size = f"{preset.parameters / 1e6:.0f} M"
        rows.append(
            f"| {preset.name} | {TASKS[preset.task]} | {preset.architecture} | {size} | {preset.licence} | {where} |"
        )
    return "\n".join(rows)


def _marks() -> str:
    return "; ".join(f"`{mark}`: {meaning}" for mark, meaning in MARKS.items()) + "."


def generated(text: str) -> str:
    """The README with its generated parts as they should be."""
    parts = {
        "help": f"\n```text\n{_help()}```\n",
        "help digest": f"\n```text\n{_help('digest')}```\n",
        "help batch": f"\n```text\n{_help('batch')}```\n",
        "models": f"\n{_models()}\n",
        "marks": _marks(),
    }
    for name, content in parts.items():
        before, start, rest = text.partition(f"<!-- {name} -->")
        _, end, after = rest.partition(f"<!-- /{name} -->")
        assert start, f"the README has no part {name!r}"
        assert end, f"part {name!r} of the README has no end"
        text = before + start + content + end + after
    return text


def test_generated_parts() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == generated(text), "run `python -m tests.test_readme`"


def test_every_command_line_is_understood() -> None:
    lines = [
        line.split("  #")[0].split(" < ")[0]
        for block in _blocks(README.read_text(encoding="utf-8"), "sh")
        for line in block.splitlines()
        if line.startswith("klartext ")
    ]
    assert len(lines) >= 8
    for line in lines:
        assert build_parser().parse_args(shlex.split(line)[1:]).command


def test_every_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"make ([a-z-]+)", README.read_text(encoding="utf-8") + makefile))
    declared = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()
    assert targets - {"klartext"} <= set(declared)


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]


@pytest.mark.weights
def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    example = _blocks(README.read_text(encoding="utf-8"), "python")[0]
    assert len(example.splitlines()) == 6
    exec(compile(example, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "186" in printed
    assert "TopicScore" in printed


if __name__ == "__main__":
    README.write_text(generated(README.read_text(encoding="utf-8")), encoding="utf-8")
