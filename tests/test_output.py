"""Where results go: bytes as they are, and nothing overwritten before there is something to write."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from toolkit.errors import InputError
from toolkit.output import Output

TEXT = "Grüße\r\n\r\n„schön“ \ud800\n"
BYTES = "Grüße\r\n\r\n„schön“ \ufffd\n".encode()


def test_standard_output_is_utf8_whatever_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", newline="\r\n"))
    Output(None).write(TEXT)
    assert raw.getvalue() == BYTES


def test_a_stream_without_bytes_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    Output(None).write("Grüße\n")
    assert stream.getvalue() == "Grüße\n"


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")
    with Output(str(path)):
        pass
    assert path.read_text() == "old"
    with Output(str(path)) as output:
        output.write(TEXT)
        assert path.read_bytes() == BYTES  # seen at once, not at the end
        output.write("more")
    assert path.read_bytes() == BYTES + b"more"


def test_refused(tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text("Text")
    link = tmp_path / "link.txt"
    link.symlink_to(article)
    cases = [(tmp_path, "is a folder"), (tmp_path / "none" / "a", "make the folder"), (link, "one of the inputs")]
    for path, words in cases:
        with pytest.raises(InputError, match=words):
            Output(str(path), inputs=["-", "text", str(article)])
    assert article.read_text() == "Text"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is played by /dev/full")
def test_a_full_disk() -> None:
    with Output("/dev/full") as output, pytest.raises(InputError, match="space on the disk"):
        output.write("text")
