"""Files to text: paragraphs kept, and one line for each thing that cannot be read."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from toolkit.errors import InputError
from toolkit.uploads import Limits, Upload, read_upload


def write_docx(path: Path, *paragraphs: str, title: str = "") -> Path:
    """A Word document of these paragraphs."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.core_properties.title = title
    document.save(str(path))
    return path


def refusal(path: Path, *, name: str | None = None, encoding: str | None = None, limits: Limits | None = None) -> str:
    """The one line that says why a file cannot be read."""
    with pytest.raises(InputError) as caught:
        read_upload(path, name=name, encoding=encoding, limits=limits)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(name or path.name)
    return message


def test_docx(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "rat.docx", "Der Rat stimmt zu.", "", "Die Linie 6 kostet Geld.", title="Der Rat")
    text = "Der Rat stimmt zu.\n\nDie Linie 6 kostet Geld.\n"
    assert read_upload(path) == Upload(text=text, title="Der Rat", kind="docx")


def test_wrong_content(tmp_path: Path) -> None:
    path = tmp_path / "rat.docx"
    path.write_text("Der Rat stimmt zu.")
    assert "is not a Word document" in refusal(path)
