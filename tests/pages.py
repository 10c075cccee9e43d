"""Pages in processes of their own, for the tests that go over HTTP.

`python -m tests.pages PORT SECONDS` serves one whose translator takes that long for every sentence.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit.engines import EngineSettings
from toolkit.engines.fake import FakeSeq2Seq
from toolkit.pipeline import Pipeline
from toolkit.translation import Translator
from toolkit.ui import build, serve

ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 240
"""A machine that trains at the same time needs a minute."""


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
def slow_page(seconds_per_text: float) -> Iterator[str]:
    """The address of a slow page, with its MCP server."""
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
    slow = Translator(engine=FakeSeq2Seq(seconds_per_text=float(seconds_per_text)), settings=settings)
    serve(build(Pipeline(slow, settings=settings)), port=int(port), mcp=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
