"""Pages in processes of their own, for the tests that go over HTTP.

`python -m tests.pages PORT SECONDS` serves one with fake models: its translator takes that long for every sentence and
has its doubts about every sentence that holds a number.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from toolkit.documents import Document, Finding, Summary, TranslatedSegment, Translation
from toolkit.engines import EngineSettings
from toolkit.engines.fake import FakeSeq2Seq
from toolkit.pipeline import Pipeline
from toolkit.summarization import Summarizer
from toolkit.translation import Translator
from toolkit.ui import build, serve

ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 240
"""A machine that trains at the same time needs a minute."""
_NUMBER = re.compile(r"\d+")


class DoubtfulTranslator(Translator):
    """Says of every number that it differs."""

    def stream(self, source: str | Document) -> Generator[TranslatedSegment]:
        for segment in super().stream(source):
            number = _NUMBER.search(segment.source.text)
            if number is None:
                yield replace(segment, findings=(), reasons=(), doubt=0.1)
            else:
                finding = Finding("number", number.start(), number.end(), number.group(), "many")
                yield replace(segment, findings=(finding,), reasons=("number", "unsure"), doubt=0.8)


class DoubtfulSummarizer(Summarizer):
    """Says of its last sentence that it is not borne out."""

    def summarize(self, source: str | Translation, *, sentences: int = 3) -> Summary:
        summary = super().summarize(source, sentences=sentences)
        marked = [
            replace(sentence, support=0.2, is_supported=sentence is not summary.sentences[-1])
            for sentence in summary.sentences
        ]
        return replace(summary, sentences=tuple(marked))


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(*command: str, port: int) -> Iterator[str]:
    """The address of a page while the Python program `command` serves it on `port`."""
    address = f"http://127.0.0.1:{port}/"
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        _wait(process, address)
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=60)


@contextmanager
def app(*options: str) -> Iterator[str]:
    """The address of app.py with these options."""
    port = free_port()
    with serving("app.py", "--port", str(port), *options, port=port) as address:
        yield address


@contextmanager
def doubtful_page(seconds_per_text: float) -> Iterator[str]:
    """The address of a slow page full of doubts, with its MCP server."""
    port = free_port()
    with serving("-m", "tests.pages", str(port), str(seconds_per_text), port=port) as address:
        yield address


def _wait(process: subprocess.Popen[str], address: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the page did not start: {process.communicate()[1]}")
        try:
            urllib.request.urlopen(address).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"no page on {address} after {_START_SECONDS} seconds")


def main(port: str, seconds_per_text: str) -> None:
    settings = EngineSettings(engine="fake")
    engine = FakeSeq2Seq(seconds_per_text=float(seconds_per_text))
    translator = DoubtfulTranslator(engine=engine, settings=settings)
    pipeline = Pipeline(translator, DoubtfulSummarizer(settings=settings), settings=settings)
    serve(build(pipeline), port=int(port), mcp=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
