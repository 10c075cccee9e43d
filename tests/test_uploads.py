"""Files to text: paragraphs kept, and one line for each thing that cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import docx
import fpdf
import pytest

from toolkit.cli import main
from toolkit.errors import InputError
from toolkit.uploads import KINDS, Limits, Upload, read_upload

PARAGRAPHS = (
    "Nach fast neun Stunden Debatte hat der Stadtrat am Mittwochabend den Bau einer neuen Straßenbahn beschlossen.",
    "Die Kosten schätzt die Verwaltung auf 186 Millionen Euro. Drei Viertel davon übernehmen der Bund und das Land.",
    "Die Opposition warnte vor Schulden. Sie forderte mehr Busse, die schneller und billiger zu beschaffen seien.",
)
HTML = (
    "<!doctype html><html lang=de><head><meta charset={charset}><title>Rat stimmt zu | Zeitung</title>"
    "<script>alert(1)</script></head><body><nav><a href=/>Startseite</a><a href=/abo>Abo</a></nav><article>"
    "<h1>Rat stimmt für die Bahn</h1><p>{0}</p><p>{1}</p><p>{2}</p></article><footer>Impressum</footer></body></html>"
)


def write_docx(path: Path, *paragraphs: str, title: str = "") -> Path:
    """A Word document of these paragraphs."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.core_properties.title = title
    document.save(str(path))
    return path


def write_pdf(path: Path, *pages: tuple[str, ...], title: str = "", password: tuple[str, str] | None = None) -> Path:
    """A PDF of these pages, half a line between paragraphs, lines wrapped by the page."""
    pdf = fpdf.FPDF()
    pdf.set_title(title)
    pdf.set_font("Helvetica", size=11)
    if password is not None:
        user, owner = password
        pdf.set_encryption(
            owner_password=owner, user_password=user, encryption_method=fpdf.enums.EncryptionMethod.AES_256
        )
    for page in pages:
        pdf.add_page()
        for paragraph in page:
            pdf.multi_cell(0, 5, paragraph, new_x="LMARGIN", new_y="NEXT")
            pdf.ln(3)
    pdf.output(str(path))
    return path


def refusal(path: Path, *, name: str | None = None, encoding: str | None = None, limits: Limits | None = None) -> str:
    """The one line that says why a file cannot be read."""
    with pytest.raises(InputError) as caught:
        read_upload(path, name=name, encoding=encoding, limits=limits)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(name or path.name)
    assert ": " in message  # and a remedy
    return message


@pytest.mark.parametrize(
    ("name", "raw", "kind"),
    [
        ("a.txt", "Grüße.\n\nEnde".encode(), "text"),
        ("a.TXT", "Grüße.\n\nEnde".encode("utf-16"), "text"),
        ("a.md", b"\xef\xbb\xbf" + "Grüße.\n\nEnde".encode(), "markdown"),
    ],
)
def test_plain_text(tmp_path: Path, name: str, raw: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(raw)
    assert read_upload(tmp_path / name) == Upload(text="Grüße.\n\nEnde", title=None, kind=kind)


def test_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Grüße".encode("latin-1"))
    assert "is not UTF-8" in refusal(path)
    assert read_upload(path, encoding="latin-1").text == "Grüße"


def test_docx(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "rat.docx", "Der Rat stimmt zu.", "", "Die Linie 6 kostet Geld.", title="Der Rat")
    text = "Der Rat stimmt zu.\n\nDie Linie 6 kostet Geld.\n"
    assert read_upload(path) == Upload(text=text, title="Der Rat", kind="docx")


def test_docx_with_all_that_word_has(tmp_path: Path) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    document.add_heading("Rat stimmt zu", level=1)
    document.add_paragraph("Erstens", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("Jahr", "Kosten", "2031", "186 Mio."), strict=True):
        cell.text = text
    words = nsdecls("w")
    paragraph = document.add_paragraph("Sie zahlt ")
    paragraph._p.append(parse_xml(f"<w:ins {words} w:id='1' w:author='x'><w:r><w:t>mehr</w:t></w:r></w:ins>"))
    paragraph._p.append(
        parse_xml(f"<w:del {words} w:id='2' w:author='x'><w:r><w:delText>nichts</w:delText></w:r></w:del>")
    )
    paragraph._p.append(parse_xml(f"<w:r {words}><w:rPr><w:vanish/></w:rPr><w:t>geheim</w:t></w:r>"))
    paragraph._p.append(parse_xml(f"<w:r {words}><w:t>.</w:t><w:br/><w:t>Zeile</w:t></w:r>"))
    document.element.body.insert(
        -1, parse_xml(f"<w:sdt {words}><w:sdtContent><w:p><w:r><w:t>Im Feld.</w:t></w:r></w:p></w:sdtContent></w:sdt>")
    )
    path = tmp_path / "alles.docx"
    document.save(str(path))
    assert read_upload(path).text.split("\n\n") == [
        "Rat stimmt zu",
        "Erstens",
        "Jahr\tKosten",
        "2031\t186 Mio.",
        "Sie zahlt mehr.\nZeile",
        "Im Feld.\n",
    ]


def test_pdf(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "rat.pdf", PARAGRAPHS[:2], PARAGRAPHS[2:], title="Der Rat")
    upload = read_upload(path)
    assert (upload.title, upload.kind, upload.notes) == ("Der Rat", "pdf", ())
    assert [" ".join(block.split()) for block in upload.text.split("\n\n")] == list(PARAGRAPHS)


def test_a_sentence_over_two_pages_stays_one(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "rat.pdf", ("Der Rat hat am Mittwoch",), ("den Bau beschlossen.",))
    assert read_upload(path).text == "Der Rat hat am Mittwoch\nden Bau beschlossen.\n"


def test_running_heads_of_a_pdf_are_left_out_and_said(tmp_path: Path) -> None:
    pages = [("Lindenauer Zeitung", paragraph, f"Seite {number}") for number, paragraph in enumerate(PARAGRAPHS, 1)]
    upload = read_upload(write_pdf(tmp_path / "rat.pdf", *pages))
    assert [" ".join(block.split()) for block in upload.text.split("\n\n")] == list(PARAGRAPHS)
    assert upload.notes == ("6 page numbers and running heads left out: “Lindenauer Zeitung”, “Seite 1”, “Seite 2” …",)


def test_pdf_with_a_page_without_text(tmp_path: Path) -> None:
    assert read_upload(write_pdf(tmp_path / "rat.pdf", PARAGRAPHS, ())).notes == (
        "1 of 2 pages hold no text (pictures or scans)",
    )


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
def test_html(tmp_path: Path, charset: str) -> None:
    path = tmp_path / "rat.html"
    path.write_bytes(HTML.format(*PARAGRAPHS, charset=charset).encode(charset))
    upload = read_upload(path)
    assert (upload.title, upload.kind) == ("Rat stimmt für die Bahn", "html")
    assert upload.text == "\n\n".join(("Rat stimmt für die Bahn", *PARAGRAPHS)) + "\n"


def test_html_that_is_no_article_is_read_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "rat.htm"
    path.write_text(
        "<html><head><title>T</title></head><body><p>Kurz.</p><p>Zwei.<script>x()</script></p></body></html>"
    )
    assert read_upload(path) == Upload(text="Kurz.\n\nZwei.\n", title="T", kind="html")


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("a.pdf", b"", "is empty (0 bytes)"),
        ("a.txt", b" \n\t\n", "holds no text"),
        ("a.docx", b"Der Rat", "ends in .docx but is not a Word document (.docx)"),
        ("a.docx", b"%PDF-1.7\n", "ends in .docx but holds a PDF: rename it to .pdf"),
        ("a.pdf", b"<!DOCTYPE html><html>", "holds HTML: rename it to .html"),
        ("a.txt", b"%PDF-1.7\n", "holds a PDF: rename it to .pdf"),
        ("a.txt", b"\xef\xbb\xbf <html><body>x", "holds HTML"),
        ("a.html", b"PK\x03\x04", "holds a ZIP archive"),
        ("a.docx", b"PK\x03\x04", "holds a ZIP archive"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "without a password"),
        ("a.md", b"{\\rtf1", "rich text"),
        ("a.html", b"<html><body></body></html>", "holds no text"),
        ("a.html", b"<html><body><script>x()</script></body></html>", "holds no text"),
        ("a.pdf", b"%PDF-1.7\nnothing more", "is damaged"),
        ("a.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40, "is damaged"),
        ("a.odt", b"PK\x03\x04", "save it as .docx"),
        ("a.doc", b"\xd0\xcf", "save it as .docx"),
        ("a.exe", b"MZ", "expected a file that ends in .txt"),
        ("a", b"x", "expected a file that ends in .txt"),
    ],
)
def test_refused(tmp_path: Path, name: str, raw: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(raw)
    assert words in refusal(tmp_path / name)


def test_names_in_errors_are_one_line(tmp_path: Path) -> None:
    path = tmp_path / "tmp1234.docx"
    path.write_bytes(b"x")
    with pytest.raises(InputError) as caught:
        read_upload(path, name="a\nb\x1b[31m\u202e" + "x" * 500 + ".docx")
    message = str(caught.value)
    assert message.startswith("a\ufffdb\ufffd[31m\ufffdxx")
    assert "\n" not in message
    assert len(message) < 250


def test_no_file(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "a.pdf")
    (tmp_path / "b.pdf").mkdir()
    assert "is a folder" in refusal(tmp_path / "b.pdf")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    assert "no regular file" in refusal(tmp_path / "a.pdf")


def test_encrypted_pdf(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", PARAGRAPHS, password=("geheim", "chef"))
    assert "is encrypted: save it without a password" in refusal(path)
    path = write_pdf(tmp_path / "b.pdf", PARAGRAPHS, password=("", "chef"))  # anyone may read, not all may print
    assert PARAGRAPHS[0] in " ".join(read_upload(path).text.split())


def test_scanned_pdf(tmp_path: Path) -> None:
    assert "text recognition (OCR)" in refusal(write_pdf(tmp_path / "a.pdf", (), ()))


def test_cut_off(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", *PARAGRAPHS)
    path.write_bytes(path.read_bytes()[:-5000])
    assert "is damaged" in refusal(path)
    path = write_pdf(tmp_path / "a.pdf", PARAGRAPHS)
    path.write_bytes(path.read_bytes()[:600])
    assert "is damaged" in refusal(path)


@pytest.mark.parametrize("ending", [".docx", ".pdf", ".html"])
def test_missing_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    path = tmp_path / f"a{ending}"
    path.write_bytes({".docx": b"PK\x03\x04word/document", ".pdf": b"%PDF-1.7", ".html": b"<html>"}[ending])
    assert "pip install 'klartext[files]'" in refusal(path)


@pytest.mark.parametrize("ending", sorted(KINDS))
def test_every_ending_leads_to_a_reader(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    kind = KINDS[ending]
    if kind == "docx":
        write_docx(path, "Der Rat stimmt zu.")
    elif kind == "pdf":
        write_pdf(path, ("Der Rat stimmt zu.",))
    else:
        path.write_text(
            "<html><body><p>Der Rat stimmt zu.</p></body></html>" if kind == "html" else "Der Rat stimmt zu."
        )
    assert read_upload(path).text.strip() == "Der Rat stimmt zu."


def test_command_line_reads_documents(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write_docx(tmp_path / "rat.docx", "Der Rat", "stimmt zu")
    assert main(["translate", str(path), "--engine", "fake"]) == 0
    assert capfd.readouterr().out == "Red Tar\n\ntmmits uz\n"
    path.write_bytes(b"x")
    assert main(["topics", str(path), "--engine", "fake"]) == 2
    assert f"{path} ends in .docx but is not a Word document" in capfd.readouterr().err
