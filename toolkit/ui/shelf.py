"""The list of the articles read since the page was opened, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from toolkit.ui.limits import MAX_HISTORY
from toolkit.ui.reading import Reading


def shelve(shelf: Sequence[Reading], reading: Reading) -> tuple[Reading, ...]:
    """The shelf with a finished reading in front; the same text again replaces the older one."""
    others = (other for other in shelf if other.document.text != reading.document.text)
    return (reading, *others)[:MAX_HISTORY]


def replace_on_shelf(shelf: Sequence[Reading], reading: Reading) -> tuple[Reading, ...]:
    """The shelf with a reading that was changed, in its old place."""
    return tuple(reading if other.document.text == reading.document.text else other for other in shelf)


def render_shelf(shelf: Sequence[Reading]) -> str:
    """The list; each entry opens its article again."""
    if not shelf:
        return ""
    rows = "".join(
        f'<li><button type="button" class="kt-link" data-open="{index}">{escape(reading.heading)}</button>'
        f'<span class="kt-note">{reading.total} sentences{_topic(reading)}</span></li>'
        for index, reading in enumerate(shelf)
    )
    return (
        '<section class="kt-shelf" aria-label="Articles read since the page was opened"><h2>Read before</h2>'
        f"<ol>{rows}</ol></section>"
    )


def _topic(reading: Reading) -> str:
    best = reading.digest.topics.best if reading.digest else None
    return f", {escape(best)}" if best else ""
