"""Files built to harm are refused with one line, in time, and nothing of them is fetched or opened."""

from __future__ import annotations

import io
import os
import shutil
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from tests.test_uploads import PARAGRAPHS, refusal, write_docx, write_pdf
from toolkit.uploads import Limits, isolation, read_upload

ENTITIES = "<!DOCTYPE x [<!ENTITY a 'lol'>" + "".join(
    f"<!ENTITY {name} '{f'&{chr(ord(name) - 1)};' * 10}'>" for name in "bcdefghij"
)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def rewrite(path: Path, parts: dict[str, bytes]) -> Path:
    """A Word document with parts replaced or added."""
    write_docx(path, *PARAGRAPHS)
    with zipfile.ZipFile(path) as package:
        before = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, raw in (before | parts).items():
            package.writestr(name, raw)
    return path


def document_xml(body: str, *, before: str = "", encoding: str = "utf-8") -> bytes:
    """The main part of a Word document."""
    start = f'<?xml version="1.0" encoding="{encoding}"?>{before}<w:document xmlns:w="{W}">'
    return f"{start}<w:body>{body}</w:body></w:document>".encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities(tmp_path: Path, encoding: str) -> None:
    xml = document_xml("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", before=f"{ENTITIES}]>", encoding=encoding)
    assert "declares XML entities" in refusal(rewrite(tmp_path / "a.docx", {"word/document.xml": xml}))


def test_entities_of_other_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    xml = document_xml(
        "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", before=f"<!DOCTYPE x [<!ENTITY x SYSTEM '{secret.as_uri()}'>]>"
    )
    assert "declares XML entities" in refusal(rewrite(tmp_path / "a.docx", {"word/document.xml": xml}))


def test_entities_under_another_name(tmp_path: Path) -> None:
    """A part without the ending .xml can be the main part all the same: every part is looked at."""
    xml = document_xml("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", before=f"{ENTITIES}]>")
    assert "declares XML entities" in refusal(rewrite(tmp_path / "a.docx", {"word/picture.png": xml}))


def test_encodings_only_one_parser_knows(tmp_path: Path) -> None:
    xml = b'<?xml version="1.0" encoding="UTF-7"?><x/>'
    assert "is damaged" in refusal(rewrite(tmp_path / "a.docx", {"word/picture.png": xml}))


def test_nesting(tmp_path: Path) -> None:
    xml = document_xml("<w:sdt><w:sdtContent>" * 5000 + "<w:p/>" + "</w:sdtContent></w:sdt>" * 5000)
    assert "nests more than 200" in refusal(rewrite(tmp_path / "a.docx", {"word/document.xml": xml}))


def test_unpacked_size(tmp_path: Path) -> None:
    path = rewrite(tmp_path / "a.docx", {"word/media/a.bin": bytes(150 * 2**20)})
    assert path.stat().st_size < 2**20
    assert "unpacks to 158," in refusal(path)


def test_unpacked_size_that_is_not_the_one_declared(tmp_path: Path) -> None:
    path = rewrite(tmp_path / "a.docx", {"word/media/a.bin": bytes(150 * 2**20)})
    raw = path.read_bytes()
    declared = (150 * 2**20).to_bytes(4, "little")
    assert raw.count(declared) == 2
    path.write_bytes(raw.replace(declared, (100).to_bytes(4, "little")))
    assert "is damaged" in refusal(path)


def test_number_of_parts(tmp_path: Path) -> None:
    path = rewrite(tmp_path / "a.docx", {f"word/{number}.bin": b"x" for number in range(2100)})
    assert "parts, more than the 2,000 allowed" in refusal(path)


def test_parts_that_lie_over_each_other(tmp_path: Path) -> None:
    """Many entries of one block of data (D. Fifield, A better zip bomb, 2019) count as often as they are named."""
    path = rewrite(tmp_path / "a.docx", {"word/media/a.bin": bytes(2**20)})
    raw = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        start, part = package.start_dir, package.getinfo("word/media/a.bin")
    directory = raw[start:-22]
    at = directory.rindex(b"PK\x01\x02")
    assert part.filename.encode() in directory[at:]
    entries = directory + directory[at:] * 200
    count = raw[start:].count(b"PK\x01\x02") + 200
    end = b"PK\x05\x06\0\0\0\0" + count.to_bytes(2, "little") * 2 + len(entries).to_bytes(4, "little")
    path.write_bytes(raw[:start] + entries + end + start.to_bytes(4, "little") + b"\0\0")
    assert "unpacks to" in refusal(path) or "is damaged" in refusal(path)


def test_pages(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", *[("Eins.",)] * 4)
    assert "has 4 pages, more than the 3 allowed" in refusal(path, limits=Limits(pages=3))


def test_bytes_and_characters(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", *PARAGRAPHS)
    assert "is larger than 1,000 bytes" in refusal(path, limits=Limits(bytes=1000))
    for parsed in (path, write_pdf(tmp_path / "a.pdf", PARAGRAPHS)):
        assert "more than the 100 " in refusal(parsed, limits=Limits(characters=100))
    text = tmp_path / "a.txt"
    text.write_text("Grüße " * 100)
    assert "holds 600 characters, more than the 100 allowed" in refusal(text, limits=Limits(characters=100))


def pdf_of(stream: bytes, *, extra: str = "", pages: str = "[3 0 R]") -> bytes:
    """A PDF of one page with this compressed stream, written by hand."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids{pages}/Count 1>>".encode(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(stream)}/Filter/FlateDecode{extra}>>stream\n".encode() + stream + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    raw = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(raw))
        raw += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    return (
        raw
        + f"xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(raw)}\n%%EOF".encode()
    )


def test_pdf_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(zlib.compress(b"BT /F 12 Tf 9 50 Td (Der Rat stimmt zu.) Tj ET")))
    assert read_upload(path).text == "Der Rat stimmt zu.\n"


def test_stream_that_unpacks_without_end(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    packed = zlib.compress(zlib.compress(b" " * 400 * 2**20, 9), 9)
    path.write_bytes(pdf_of(packed).replace(b"/Filter/FlateDecode", b"/Filter[/FlateDecode/FlateDecode]"))
    assert path.stat().st_size < 2**16
    started = time.monotonic()
    refusal(path)
    assert time.monotonic() - started < 60


def test_pages_that_hold_themselves(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(zlib.compress(b"x"), pages="[2 0 R 2 0 R 3 0 R]"))
    refusal(path, limits=Limits(seconds=60))


@pytest.mark.parametrize("tag", ["div", "b", "table", "ul"])
def test_nested_html(tmp_path: Path, tag: str) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><body>" + f"<{tag}>" * 3000 + "Der Rat." + f"</{tag}>" * 3000 + "</body></html>")
    assert "nests more than 200" in refusal(path)


def test_html_fetches_nothing_and_knows_no_entities_of_its_own(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    path = tmp_path / "a.html"
    path.write_text(
        f"<!DOCTYPE html [<!ENTITY x SYSTEM '{secret.as_uri()}'>]><html><body><p>Der Rat stimmt &x; zu.</p>"
        f"<iframe src='{secret.as_uri()}'></iframe></body></html>"
    )
    assert "geheim" not in read_upload(path).text


def test_time(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", *PARAGRAPHS)
    started = time.monotonic()
    assert "took longer than 0.01 seconds" in refusal(path, limits=Limits(seconds=0.01))
    assert time.monotonic() - started < 30


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux keeps to a limit on memory")
def test_memory(tmp_path: Path) -> None:
    path = rewrite(tmp_path / "a.docx", {"word/media/a.bin": bytes(90 * 2**20)})
    message = refusal(path, limits=Limits(memory_bytes=100 * 2**20))
    assert "too much memory" in message or "ended early" in message
    read_upload(path)


def test_a_parser_that_dies_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_docx(tmp_path / "a.docx", *PARAGRAPHS)
    monkeypatch.setattr(isolation, "_environment", lambda: {"PATH": os.defpath})  # finds no toolkit
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    assert "its parser ended early" in refusal(path)


def test_modules_beside_the_reader_are_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is not started in a folder that could hold a docx.py of somebody else."""
    (tmp_path / "docx.py").write_text("raise SystemExit('imported')")
    (tmp_path / "toolkit.py").write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)
    assert read_upload(write_docx(tmp_path / "a.docx", *PARAGRAPHS)).text.startswith(PARAGRAPHS[0])
