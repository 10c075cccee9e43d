"""Exports: they open again, say all that the digest says, and what somebody wrote stays text."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests import samples
from toolkit import records
from toolkit.cli import main
from toolkit.documents import (
    Digest,
    Document,
    Finding,
    Segment,
    Summary,
    SummarySentence,
    TermUse,
    Topics,
    TopicScore,
    TranslatedSegment,
    Translation,
)
from toolkit.errors import InputError
from toolkit.exports import FORMATS, STYLES, Provenance, export, quote, to_docx, to_html, to_json, to_markdown
from toolkit.exports.outline import plain

PROVENANCE = Provenance(
    title="Rat stimmt zu",
    date="24 November 2026",
    seconds=2.34,
    checksums={"translator-de-en": "0123456789abcdef", "topics-en": "fedcba9876543210"},
    version="0.1.0",
    notes=("1 by-line or agency name removed",),
)
NASTY = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "a | b || c",
    "`code` ``` ```",
    "{{ 7 * 7 }} {% raw %} ${x} <%= y %>",
    "\"double\" 'single' „deutsch“",
    "&amp; &lt;b&gt; &#x27;",
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "2) item",
    "> quote",
    "***",
    "---",
    "===",
    "*a* _b_ __c__ ~~d~~ ==e== ^f^ $g$",
    "</style></title></textarea><!--",
    "]]> <![CDATA[ x",
    "back\\slash \\",
    "![image](http://example.com/x.png)",
    "<http://example.com>",
    "    indented",
    "| --- |",
    ":---:",
    "\x00\x07\x1b[31m\ud800",
    "\u202egnp.exe",
]


def digest_of(german: str, english: str, *, name: str = "a.txt", label: str = "politics", model: str = "m") -> Digest:
    """A digest with one text in every place where a user's text can be."""
    segment = Segment(text=german, start=0, end=len(german), paragraph=0)
    document = Document(text=german, segments=(segment,), id=name, language="de")
    translated = TranslatedSegment(
        source=segment,
        text=english,
        marks=("cut",),
        reasons=("number", "unsure"),
        findings=(Finding(kind="number", start=0, end=len(german), missing=german, new=english),),
        terms=(TermUse(source=german, wanted=english, is_applied=False),),
    )
    return Digest(
        translation=Translation(document=document, segments=(translated,), model=model, engine="fake"),
        summary=Summary(
            english, (SummarySentence(english, (0,), 0.1, is_supported=False),), model=model, engine="fake"
        ),
        topics=Topics((TopicScore(label, 0.6),), threshold=0.3, multi_label=False, model=model, engine="fake"),
    )


class Page(HTMLParser):
    """What a browser would make of a page: its elements, attributes and text."""

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and data.strip():
            self.texts.append((self.open[-1], " ".join(data.split())))

    def text_of(self, tag: str) -> list[str]:
        return [text for name, text in self.texts if name == tag]


def rendered(markdown: str) -> Page:
    """Markdown as a browser shows it, tables and struck-out text included, HTML in it let through."""
    return Page(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))


def test_json_is_the_record() -> None:
    expected = records.digest_record(samples.DIGEST, checksums=PROVENANCE.checksums)
    assert json.loads(to_json(samples.DIGEST, PROVENANCE)) == expected
    assert json.loads(to_json(samples.DIGEST)) == records.digest_record(samples.DIGEST)


def test_markdown() -> None:
    page = rendered(to_markdown(samples.DIGEST, PROVENANCE))
    assert page.text_of("h1") == ["Council agrees to tram"]
    assert page.text_of("h2") == ["Summary", "Topics", "Text", "Signs", "What was done"]
    cells = page.text_of("td")
    assert cells[:3] == ["1", "Der Rat stimmt zu.", "The council agrees."]
    assert cells[3:6] == ["2", "Die Linie 6 kostet 186 Mio. Euro.", "Line 6 costs 186 million euros."]
    assert all(cell.startswith("⚠ ") for cell in cells[6:])
    items = page.text_of("li")
    assert "The tram costs 186 million euros. (sentences 1, 2)" in items
    assert "Translator: translator-de-en (ct2), checksum 0123456789ab" in items
    assert "Made by: klartext 0.1.0, 24 November 2026" in items
    assert "Time: 2.3 seconds" in items
    assert "Before: 1 by-line or agency name removed" in items
    assert "German text: Rat stimmt zu" in page.text_of("p")


def test_doubts_are_shown_with_their_reasons() -> None:
    number = "⚠ number: a number, date, time, currency or unit differs from the German: German “186”, English “168”"
    term = "⚠ term: a term of the glossary is not as it was wanted: “Linie” as “tram line”"
    cells = rendered(to_markdown(samples.DOUBTFUL)).text_of("td")
    assert {number, term} <= set(cells)
    page = Page(to_html(samples.DOUBTFUL))
    assert page.text_of("strong").count("⚠ number") == 2  # beside the sentence and in the legend
    assert "⚠ summary" in page.text_of("strong")
    assert "To check: 1 of 2 sentences" in _document_text(to_docx(samples.DOUBTFUL))
    table = docx.Document(io.BytesIO(to_docx(samples.DOUBTFUL))).tables[0]
    assert {number, term} <= set(table.rows[2].cells[1].text.split("\n"))
    assert number.replace("⚠ ", "⚠ sentence 2, ") in quote(samples.DOUBTFUL, 0, 2).split("\n")


def test_html() -> None:
    source = to_html(samples.DIGEST, PROVENANCE)
    page = Page(source)
    assert page.text_of("h1") == page.text_of("title") == ["Council agrees to tram"]
    assert page.elements[0] == ("html", {"lang": "en"})
    paragraphs = [(attributes["lang"], tag) for tag, attributes in page.elements if tag == "p" and "lang" in attributes]
    assert paragraphs == [("de", "p"), ("en", "p"), ("de", "p"), ("en", "p")]
    assert page.text_of("p")[-4:] == [
        "Der Rat stimmt zu.",
        "The council agrees.",
        "Die Linie 6 kostet 186 Mio. Euro.",
        "Line 6 costs 186 million euros.",
    ]
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert links == ["#s1", "#s2"]
    assert {str(link)[1:] for link in links} <= set(ids)
    labels = [attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes]
    assert labels == ["summary", "topics", "text", "signs", "done"]
    assert set(labels) <= set(ids)
    assert "prefers-color-scheme: dark" in source
    assert "@media print" in source


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    shares = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast() -> None:
    schemes = re.findall(r":root \{(.*?)\}", to_html(samples.DIGEST), re.DOTALL)
    assert len(schemes) == 3  # light, dark, paper
    for scheme in schemes:
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", scheme))
        pairs = [("text", "ground"), ("quiet", "ground"), ("link", "ground"), ("sign", "sign-ground")]
        pairs += [("text", "mark")] if "mark" in colours else []
        for front, back in pairs:
            lights = sorted((_luminance(colours[front]), _luminance(colours[back])))
            assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5, (front, back, scheme)


def test_html_asks_for_nothing() -> None:
    source = to_html(digest_of("http://example.com/x.png", "http://example.com/x.png"), PROVENANCE)
    page = Page(source)
    assert not {tag for tag, _ in page.elements} & {
        "script",
        "img",
        "link",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
    }
    assert all(not {"src", "srcset", "style"} & attributes.keys() for _, attributes in page.elements)
    assert all(str(a["href"]).startswith("#") for tag, a in page.elements if tag == "a")
    style = re.search(r"<style>(.*?)</style>", source, re.DOTALL)
    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    policy = [attributes["content"] for _, attributes in page.elements if "http-equiv" in attributes]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]


def _document_text(raw: bytes) -> list[str]:
    document = docx.Document(io.BytesIO(raw))
    return [paragraph.text for paragraph in document.paragraphs]


def test_docx() -> None:
    raw = to_docx(samples.DIGEST, PROVENANCE)
    document = docx.Document(io.BytesIO(raw))
    assert document.core_properties.title == "Council agrees to tram"
    texts = _document_text(raw)
    assert texts[:3] == [
        "Council agrees to tram",
        "Machine translation from German; check what matters against the original beside it.",
        "German text: Rat stimmt zu",
    ]
    assert "The tram costs 186 million euros. [1, 2]" in texts
    assert "Translator: translator-de-en (ct2), checksum 0123456789ab" in texts
    (table,) = document.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["German", "English"]
    assert rows[1] == ["1  Der Rat stimmt zu.", "The council agrees."]
    assert rows[2][0] == "2  Die Linie 6 kostet 186 Mio. Euro."
    assert rows[2][1].startswith("Line 6 costs 186 million euros.\n⚠ ")
    languages = re.findall(r'<w:lang w:val="([\w-]+)"', document.element.xml)
    assert {"de-DE", "en-GB"} == set(languages)


def test_docx_of_the_same_digest_is_the_same() -> None:
    assert to_docx(samples.DIGEST, PROVENANCE) == to_docx(samples.DIGEST, PROVENANCE)


def test_docx_is_read_again() -> None:
    from toolkit.uploads import Limits
    from toolkit.uploads.word import parse_docx

    content = parse_docx(to_docx(samples.DIGEST, PROVENANCE), None, Limits())
    assert content.title == "Council agrees to tram"
    assert "1 Der Rat stimmt zu.\tThe council agrees." in content.text


def test_a_quotation_says_where_it_is_from() -> None:
    text = quote(samples.DIGEST, 1, 2, "text", PROVENANCE)
    assert text.startswith(
        "Line 6 costs 186 million euros. ⚠\n\n"
        "German: Die Linie 6 kostet 186 Mio. Euro.\n\n"
        "Source: Rat stimmt zu, sentence 2 of 2\n"
        "Translation: machine translation by translator-de-en (ct2), checksum 0123456789ab; "
        "klartext 0.1.0, 24 November 2026\n"
        "⚠ sentence 2, "
    )
    assert "Source: rat.txt, sentences 1 to 2 of 2\n" in quote(samples.DIGEST, 0, 2)


@pytest.mark.parametrize("style", STYLES)
def test_a_quotation_has_both_languages_in_every_style(style: str) -> None:
    text = quote(samples.DIGEST, 0, 2, style, PROVENANCE)
    for words in ("The council agrees.", "Die Linie 6 kostet 186 Mio. Euro.", "sentences 1 to 2 of 2", "0123456789ab"):
        assert words in text


@pytest.mark.parametrize(("start", "end"), [(0, 0), (1, 1), (-1, 1), (0, 3), (2, 1)])
def test_no_quotation(start: int, end: int) -> None:
    with pytest.raises(InputError, match="the text has 2"):
        quote(samples.DIGEST, start, end)
    with pytest.raises(InputError, match="text, markdown, html"):
        quote(samples.DIGEST, 0, 1, "bibtex")


def test_an_empty_text_has_exports() -> None:
    document = Document(text="", segments=())
    digest = Digest(
        Translation(document, (), model="m", engine="fake"),
        Summary("", (), model="m", engine="fake"),
        Topics((), threshold=0.3, multi_label=False, model="m", engine="fake"),
    )
    assert Page(to_html(digest)).text_of("h1") == ["Translation from German"]
    assert rendered(to_markdown(digest)).text_of("h1") == ["Translation from German"]
    assert _document_text(to_docx(digest))[0] == "Translation from German"


@pytest.mark.parametrize("text", NASTY)
def test_what_a_user_wrote_stays_text(text: str) -> None:
    _check_all(text)


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=40))
@example("\\|`")
@example("1.")
def test_any_text_stays_text(text: str) -> None:
    _check_text_formats(text)


@settings(max_examples=15, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_any_text_stays_text_in_word(text: str) -> None:
    _check_docx(text)


def _check_all(text: str) -> None:
    _check_text_formats(text)
    _check_docx(text)


def _check_text_formats(text: str) -> None:
    digest = digest_of(text, text, name=text, label=text, model=text)
    provenance = Provenance(title=text, date=text, version=text, checksums={text: text}, notes=(text,))
    harmless = digest_of("x", "x", name="x", label="x", model="x")
    known = Provenance(title="x", date="x", version="x", checksums={"x": "x"}, notes=("x",))
    shown = plain(text)
    pages = [(Page(to_html(digest, provenance)), Page(to_html(harmless, known)))]
    pages.append((rendered(to_markdown(digest, provenance)), rendered(to_markdown(harmless, known))))
    pages.append((Page(quote(digest, 0, 1, "html", provenance)), Page(quote(harmless, 0, 1, "html", known))))
    pages.append(
        (rendered(quote(digest, 0, 1, "markdown", provenance)), rendered(quote(harmless, 0, 1, "markdown", known)))
    )
    for page, other in pages:
        if shown:  # the same elements as for a harmless text: nothing of it became markup
            assert [tag for tag, _ in page.elements] == [tag for tag, _ in other.elements]
        assert shown in " ".join(text for _, text in page.texts)
    assert json.loads(to_json(digest))["segments"][0]["source"] == text
    assert shown in quote(digest, 0, 1, "text", provenance)


def _check_docx(text: str) -> None:
    digest = digest_of(text, text, name=text, label=text, model=text)
    (table,) = docx.Document(io.BytesIO(to_docx(digest, Provenance(title=text, date=text)))).tables
    german, english = table.rows[1].cells
    assert german.text == f"1  {plain(text)}"
    assert english.text.split("\n")[0] == plain(text)


@pytest.mark.parametrize("ending", sorted(FORMATS))
def test_command_line_writes_what_the_ending_says(tmp_path: Path, ending: str) -> None:
    (tmp_path / "rat.txt").write_text("Der Rat stimmt zu.\n\nDie Linie 6 kostet 186 Mio. Euro.\n", encoding="utf-8")
    out = tmp_path / f"out{ending}"
    assert main(["digest", str(tmp_path / "rat.txt"), "--engine", "fake", "-o", str(out)]) == 0
    raw = out.read_bytes()
    assert raw.startswith({".docx": b"PK\x03\x04", ".html": b"<!doctype", ".json": b'{"format', ".md": b"# "}[ending])
    if ending == ".json":
        assert json.loads(raw)["segments"][0]["source"] == "Der Rat stimmt zu."
    elif ending != ".docx":
        assert "Der Rat stimmt zu." in raw.decode()


def test_command_line_writes_one_digest_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("Der Rat stimmt zu.")
    paths = [str(tmp_path / "a.txt")] * 2
    assert main(["digest", *paths, "--engine", "fake", "-o", str(tmp_path / "x.html")]) == 2
    assert "holds one digest: give one input, or --json for several" in capsys.readouterr().err
    assert not (tmp_path / "x.html").exists()
    assert main(["digest", *paths, "--engine", "fake", "-o", str(tmp_path / "x.json")]) == 0
    assert len((tmp_path / "x.json").read_text().splitlines()) == 2


def test_every_format_gives_bytes() -> None:
    for ending in FORMATS:
        assert isinstance(export(samples.DIGEST, ending, PROVENANCE), bytes)
