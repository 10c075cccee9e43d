"""The parts of the page that never change while it is open."""

from __future__ import annotations

from html import escape

from toolkit.ui.desk import Desk
from toolkit.ui.limits import MAX_CHARACTERS, MAX_READERS, MAX_SECONDS, MAX_UPLOAD_BYTES, MAX_WAITING

MASTHEAD = """<header class="kt-masthead">
<p class="kt-name">klartext</p>
<p class="kt-motto">German news, read in English. Everything is computed on this machine; no text leaves it.</p>
</header>"""

EXAMPLES = (
    ("Politics", "politics.de.txt"),
    ("Economy", "economy.de.txt"),
    ("Science", "science.de.txt"),
)
"""Title and file of each example article."""

EXAMPLES_TITLE = '<p class="kt-note">Or try an article:</p>'

FILES_TITLE = '<h2 class="kt-heading">Take it away</h2>'

TOPICS_HINT = (
    '<p class="kt-note">Topics are edited beside their bars; what you choose there is kept for the next article.</p>'
)

TASKS = (("translation", "Translator"), ("summarization", "Summarizer"), ("topics", "Topic model"))

TOOLS = """<div class="kt-tools" role="toolbar" aria-label="The article">
<h2>The article</h2>
<button type="button" class="kt-switch" role="switch" aria-checked="false" data-english-only>English only</button>
<span class="kt-spring"></span>
<button type="button" class="kt-link" data-quote disabled
  title="Select some of the English first">Quote the selection</button>
<button type="button" class="kt-link" data-copy="english">Copy the English</button>
<button type="button" class="kt-link" data-copy="both">Copy both</button>
<button type="button" class="kt-link" data-copy="gist">Copy the summary</button>
</div>"""


def counter() -> str:
    """Under the input: characters so far, and what a text may have."""
    return (
        f'<p class="kt-counter"><span id="kt-count" data-most="{MAX_CHARACTERS}">0 of {MAX_CHARACTERS:,} characters'
        "</span>"
        '<span class="kt-keys"><kbd>Ctrl</kbd> <kbd>Enter</kbd> reads it</span></p>'
    )


def limits() -> str:
    """What the page takes on, at its foot."""
    return (
        f'<p class="kt-limits">Up to {MAX_CHARACTERS:,} characters a text, {MAX_UPLOAD_BYTES // 2**20} MB a file and '
        f"{MAX_SECONDS} seconds an article; {MAX_READERS} articles are read at once, {MAX_WAITING} may wait. The "
        "translation is made by a small model: check what matters against the German beside it.</p>"
    )


def missing(desk: Desk) -> str:
    """Which known models cannot be chosen, and why."""
    rows = "".join(
        f"<li><b>{escape(offer.name)}</b>: {escape(offer.reason or '')}</li>"
        for task, _ in TASKS
        for offer in desk.missing(task)
    )
    if not rows:
        return ""
    title = "Models that cannot be chosen here, and why"
    return f'<details class="kt-note"><summary>{title}</summary><ul>{rows}</ul></details>'
