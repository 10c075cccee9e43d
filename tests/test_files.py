"""Bytes to text: encodings, marks, line ends, and one line for each thing that is not text."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.files import DEMO_ARTICLE, decode, read_lines, read_text

GERMAN = "Grüße aus Köln – „schön“.\r\n\r\n\tEnde\u00a0\n"


@pytest.mark.parametrize(
    ("raw", "encoding", "expected"),
    [
        (GERMAN.encode(), None, GERMAN),
        (GERMAN.encode("utf-8-sig"), None, GERMAN),
        (codecs.BOM_UTF16_LE + GERMAN.encode("utf-16-le"), None, GERMAN),
        (codecs.BOM_UTF16_BE + GERMAN.encode("utf-16-be"), None, GERMAN),
        (codecs.BOM_UTF32_LE + GERMAN.encode("utf-32-le"), None, GERMAN),
        (GERMAN.encode("utf-16-le"), "utf-16-le", GERMAN),
        ("Käse".encode("latin-1"), "latin-1", "Käse"),
        ("„Käse“".encode("cp1252"), "cp1252", "„Käse“"),
        (b" \n\t\r\n", None, " \n\t\r\n"),
        (b"x", None, "x"),
    ],
)
def test_decoded(raw: bytes, encoding: str | None, expected: str) -> None:
    assert decode(raw, name="a.txt", encoding=encoding) == expected


@pytest.mark.parametrize(
    ("raw", "encoding", "words"),
    [
        (b"", None, ["a.txt is empty", "0 bytes"]),
        ("Das Käsebrot".encode("latin-1"), None, ["not UTF-8", "0xE4 at position 5", "--encoding latin-1"]),
        (b"\xff\xfeH\x00a", None, ["not UTF-16", "--encoding"]),
        ("Gruß".encode(), "ascii", ["not ASCII", "0xC3 at position 3", "another --encoding"]),
        (b"PK\x03\x04\x00\x00", None, ["binary", "NUL at character 4"]),
        ("Gruß".encode("utf-16-le"), "latin-1", ["binary", "utf-16-le"]),
        (b"text", "klingon", ["unknown encoding 'klingon'", "utf-8"]),
        (b"text", "base64", ["'base64'", "utf-8"]),
        (b"text", "a\0b", ["encoding"]),
    ],
)
def test_refused(raw: bytes, encoding: str | None, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        decode(raw, name="a.txt", encoding=encoding)
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "\n" not in message


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), min_size=1))
def test_every_text_survives_a_file(text: str) -> None:
    assert decode(text.encode(), name="a") == text
    assert decode(text.encode("utf-16"), name="a") == text


@given(st.binary())
def test_any_bytes_give_text_or_one_line(raw: bytes) -> None:
    try:
        decode(raw, name="a")
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017


def test_missing_folder_unreadable(tmp_path: Path) -> None:
    locked = tmp_path / "locked.txt"
    locked.write_text("x")
    locked.chmod(0)
    cases: list[tuple[Path | str, str]] = [
        (tmp_path / "none.txt", "does not exist"),
        (tmp_path, "is a folder"),
        (f"{tmp_path}/a\0b", "cannot be read"),
    ]
    if not os.access(locked, os.R_OK):  # root may read everything
        cases.append((locked, "cannot be read"))
    for path, words in cases:
        with pytest.raises(InputError, match=words):
            read_text(path)


def test_lines(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_bytes(b"\xef\xbb\xbfpolitics\r\n\r\n  arts, culture \nsport")
    assert read_lines(path) == ["politics", "arts, culture", "sport"]


def test_the_demo_article_is_news_of_300_to_500_words() -> None:
    assert 300 <= len(read_text(DEMO_ARTICLE).split()) <= 500
