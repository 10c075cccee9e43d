"""A digest as one HTML file: no scripts, nothing fetched, for screens of any width, dark ones too, and for paper."""

from __future__ import annotations

from html import escape

from toolkit.documents import Digest
from toolkit.exports.concerns import SIGN
from toolkit.exports.markdown import MACHINE
from toolkit.exports.outline import Gist, Outline, Provenance, Row, outline

# Text on its ground has a contrast of at least 7 : 1 in both schemes, signs of at least 4.5 : 1.
_STYLE = """\
:root { color-scheme: light dark; --text: #1c1b1a; --ground: #fffefb; --quiet: #55524d; --line: #d9d5cc;
  --sign: #8a2f00; --sign-ground: #fff0e0; --mark: #fff3bf; --link: #0b4f8a; }
@media (prefers-color-scheme: dark) {
  :root { --text: #ebe8e2; --ground: #17181a; --quiet: #b3afa7; --line: #3b3d41;
    --sign: #ffb787; --sign-ground: #3a2413; --mark: #4a4315; --link: #8fc4f5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 76rem; background: var(--ground); color: var(--text);
  font: 1.0625rem/1.55 Georgia, "Times New Roman", serif; overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font: 600 1.05rem/1.3 system-ui, sans-serif; margin: 2rem 0 .6rem; }
a { color: var(--link); }
.quiet, footer, .heads { color: var(--quiet); font-family: system-ui, sans-serif; font-size: .9rem; }
.numbers { font-family: system-ui, sans-serif; font-size: .85em; white-space: nowrap; }
.pairs { list-style: none; margin: 0; padding: 0; }
.pairs > li, .heads { display: grid; grid-template-columns: 2.2rem minmax(0, 1fr) minmax(0, 1fr); column-gap: 1.2rem; }
.pairs > li { padding: .25rem 0; }
.pairs > li.first { border-top: 1px solid var(--line); margin-top: .5rem; padding-top: .75rem; }
.pairs > li:target { background: var(--mark); }
.pairs p { margin: 0; }
.number { color: var(--quiet); font: .85rem/1.9 system-ui, sans-serif; text-align: right; }
.signs { margin: .3rem 0 0; padding: 0; list-style: none; font: .88rem/1.45 system-ui, sans-serif; }
.signs li, .sign { color: var(--sign); background: var(--sign-ground); border-radius: .25rem; padding: .05rem .4rem; }
.signs li { margin-top: .2rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1rem; margin: 0; }
dd { margin: 0; }
@media (max-width: 44rem) {
  .heads { display: none; }
  .pairs > li { grid-template-columns: 2.2rem minmax(0, 1fr); }
  .pairs .english { grid-column: 2; }
  .pairs p[lang]:not(.english p) { color: var(--quiet); }
  .pairs > li + li { margin-top: .5rem; } }
@media print {
  :root { --text: #000; --ground: #fff; --quiet: #333; --line: #999; --sign: #000; --sign-ground: #fff; --link: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  a { text-decoration: none; }
  .pairs > li { break-inside: avoid; }
  h2 { break-after: avoid; }
  .sign, .signs li { border: 1px solid #000; } }
"""


def to_html(digest: Digest, provenance: Provenance | None = None) -> str:
    """The whole document; whatever a user wrote stays text."""
    shown = outline(digest, provenance)
    source = f'<p class="quiet">German text: {escape(shown.source)}</p>\n' if shown.source and shown.headline else ""
    sections = (_summary(shown), _topics(shown), _text(shown), _legend(shown), _done(shown))
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="klartext">
<title>{escape(shown.heading)}</title>
<style>
{_STYLE}</style>
</head>
<body>
<main>
<header>
<h1>{escape(shown.heading)}</h1>
<p class="quiet">{escape(MACHINE)}</p>
{source}</header>
{"".join(sections)}</main>
</body>
</html>
"""


def _section(name: str, title: str, body: str) -> str:
    return f'<section aria-labelledby="{name}">\n<h2 id="{name}">{title}</h2>\n{body}</section>\n' if body else ""


def _summary(shown: Outline) -> str:
    items = "".join(f"<li>{_gist(gist)}</li>\n" for gist in shown.gists)
    return _section("summary", "Summary", f"<ul>\n{items}</ul>\n" if items else "")


def _gist(gist: Gist) -> str:
    links = ", ".join(f'<a href="#s{number}" aria-label="sentence {number}">{number}</a>' for number in gist.numbers)
    sign = f' <strong class="sign">{SIGN} summary</strong>' if gist.is_doubtful else ""
    return f"{escape(gist.text)}{sign}" + (f' <span class="numbers">[{links}]</span>' if links else "")


def _topics(shown: Outline) -> str:
    none = "<li>none of these: no label fits well enough</li>\n" if shown.none_of_these else ""
    items = none + "".join(
        f"<li>{f'<strong>{escape(label)}</strong> (chosen)' if is_chosen else escape(label)}: {score:.2f}</li>\n"
        for label, score, is_chosen in shown.topics
    )
    return _section("topics", "Topics", f"<ul>\n{items}</ul>\n" if items else "")


def _text(shown: Outline) -> str:
    items = "".join(_row(row, shown.language) for row in shown.rows)
    heads = '<div class="heads" aria-hidden="true"><span></span><span>German</span><span>English</span></div>\n'
    return _section("text", "Text", f'{heads}<ol class="pairs">\n{items}</ol>\n' if items else "")


def _row(row: Row, language: str) -> str:
    signs = "".join(
        f"<li><strong>{SIGN} {escape(concern.code)}</strong>: {escape(concern.words)}</li>" for concern in row.concerns
    )
    classes = ' class="first"' if row.is_first and row.number > 1 else ""
    return (
        f'<li id="s{row.number}"{classes}><span class="number">{row.number}</span>'
        f'<p lang="{escape(language)}">{escape(row.german)}</p>'
        f'<div class="english"><p lang="en">{escape(row.english)}</p>'
        + (f'<ul class="signs">{signs}</ul>' if signs else "")
        + "</div></li>\n"
    )


def _legend(shown: Outline) -> str:
    items = "".join(
        f'<dt><strong class="sign">{SIGN} {escape(code)}</strong></dt><dd>{escape(meaning)}</dd>\n'
        for code, meaning in shown.legend
    )
    return _section("signs", "Signs", f"<dl>\n{items}</dl>\n" if items else "")


def _done(shown: Outline) -> str:
    items = "".join(f"<dt>{escape(word)}</dt><dd>{escape(said)}</dd>\n" for word, said in shown.done)
    return _section("done", "What was done", f'<dl class="quiet">\n{items}</dl>\n')
