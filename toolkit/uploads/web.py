"""HTML: the article on a page, without its menus."""

from __future__ import annotations

import codecs
import re

from toolkit.uploads.content import Content, Refused
from toolkit.uploads.limits import Limits

_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})|<\?xml[^>]{0,100}?encoding=[\"']([\w.-]{1,40})", re.I
)
_HEAD_BYTES = 4096
_LATIN = frozenset({"ascii", "iso8859-1"})
"""What browsers read as windows-1252 (WHATWG Encoding Standard, 4.2)."""
_BLOCKS = "h1 h2 h3 h4 h5 h6 p li dt dd blockquote pre td th figcaption".split()


def parse_html(raw: bytes, encoding: str | None, limits: Limits) -> Content:
    """Headline and paragraphs of the article; where no article is found, every block of text on the page."""
    from lxml import etree
    from trafilatura import bare_extraction

    source = _decode(raw, encoding)
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8", no_network=True, huge_tree=False)
    tree = etree.fromstring(source.encode("utf-8", "replace"), parser, base_url=None) if source.strip() else None
    if any("depth" in entry.message.lower() for entry in parser.error_log) or _depth(tree) > limits.nesting:
        raise Refused(f"nests more than {limits.nesting} elements in each other: save it anew, or paste its text")
    if tree is None:
        return Content(text="", title=None)
    page_title = " ".join("".join(tree.findtext(".//title") or "").split()) or None
    blocks = _blocks(tree)
    article = bare_extraction(source, include_comments=False, include_tables=True, with_metadata=True)
    if article is None or isinstance(article, dict) or not (article.text or "").strip():
        return Content(text=_paragraphs(blocks), title=page_title)
    lines = [line.strip() for line in str(article.text).splitlines() if line.strip()]
    headline = " ".join((article.title or "").split())
    if headline and headline in blocks and headline not in lines[:3]:
        lines.insert(0, headline)
    return Content(text=_paragraphs(lines), title=headline or page_title)


def _decode(raw: bytes, encoding: str | None) -> str:
    """The text of the page in the encoding given, marked or declared, else UTF-8, else windows-1252."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return raw.decode(codec, "replace")
    if encoding is not None:
        try:
            return raw.decode(encoding)
        except LookupError:
            raise Refused(f"was given the unknown encoding {encoding!r}: try utf-8, latin-1 or cp1252") from None
        except ValueError:
            raise Refused(f"is not {encoding.upper()}: name its encoding, or none to have it found") from None
    declared = _DECLARED.search(raw[:_HEAD_BYTES])
    wanted = (declared[1] or declared[2]).decode("ascii") if declared else "utf-8"
    for name in (wanted, "utf-8"):
        try:
            codec = codecs.lookup(name).name
            return raw.decode("cp1252" if codec in _LATIN else codec)
        except (LookupError, ValueError):
            continue
    return raw.decode("cp1252", "replace")


def _depth(tree: object) -> int:
    """Elements above the deepest one and itself."""
    from lxml import etree

    deepest = depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")) if tree is not None else ():
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _blocks(tree: object) -> list[str]:
    """The text of every block without a block in it."""
    blocks = []
    for element in tree.iter(*_BLOCKS):  # type: ignore[attr-defined]
        if next(element.iterdescendants(*_BLOCKS), None) is None:
            text = " ".join("".join(element.itertext()).split())
            if text:
                blocks.append(text)
    return blocks


def _paragraphs(lines: list[str]) -> str:
    """Lines as paragraphs, a blank line between them, those of a list close together."""
    text = ""
    for i, line in enumerate(lines):
        between = "\n" if i and line.startswith("- ") and lines[i - 1].startswith("- ") else "\n\n"
        text += (between if i else "") + line
    return text + "\n" if text else ""
