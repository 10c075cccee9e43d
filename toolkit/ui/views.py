"""What the page shows of a reading: one piece of HTML for each place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from toolkit.ui.article import render_article, render_legend
from toolkit.ui.gist import WAITING_TOPICS, render_facts, render_summary, render_topics, render_waiting
from toolkit.ui.reading import Reading

_LANGUAGES = {"en": "English", "fr": "French", "nl": "Dutch", "es": "Spanish", "it": "Italian", "da": "Danish"}


@dataclass(frozen=True, slots=True)
class View:
    """The places of the reading view, from top to bottom."""

    progress: str
    gist: str
    topics: str
    trust: str
    article: str
    alert: str = ""


def view_of(reading: Reading, *, is_running: bool) -> View:
    """A reading as it stands."""
    digest = reading.digest
    if digest is not None:
        gist, topics = render_summary(digest.summary, digest.topics), render_topics(digest.topics)
    elif is_running:
        gist, topics = render_waiting(reading.total), WAITING_TOPICS
    else:
        gist, topics = "", ""
    return View(
        progress=render_facts(digest, reading.seconds) if digest else _progress(reading, is_running=is_running),
        gist=gist,
        topics=topics,
        trust=_notes(reading) + render_legend(reading.segments, is_running=is_running),
        article=render_article(reading.document, reading.segments, is_running=is_running),
        alert=alert(reading.note) if reading.note else "",
    )


def alert(message: str) -> str:
    """A short sentence about what went wrong, read out by screen readers at once."""
    return f'<p class="kt-alert" role="alert">{escape(message)}</p>' if message else ""


def note(words: str) -> str:
    """A quiet sentence."""
    return f'<p class="kt-note">{escape(words)}</p>' if words else ""


def _progress(reading: Reading, *, is_running: bool) -> str:
    done, total = len(reading.segments), reading.total
    share = done / total if total else 0.0
    words = f"{done} of {total} sentences"
    if is_running:
        words += " translated" if done < total else " translated, now the summary"
    else:
        words = f"Stopped: {words} translated in {reading.seconds:.1f} seconds"
    # Said aloud when it begins and ends: what comes ten times a second is for the eye, and for the progress bar.
    role = "" if is_running and 0 < done < total else ' role="status"'
    return (
        f'<div class="kt-progress" role="progressbar" aria-label="Sentences translated" aria-valuemin="0" '
        f'aria-valuemax="{total}" aria-valuenow="{done}"><span style="width:{share:.1%}"></span></div>'
        f'<p class="kt-status"{role}>{words}</p>'
    )


def _notes(reading: Reading) -> str:
    """What was done to the text before it was translated, and what language it seems to be in."""
    notes = [note(words) for words in reading.notes]
    language = reading.document.language
    if language not in (None, "de"):
        name = escape(_LANGUAGES.get(language, f"another language ({language})"))
        notes.append(f'<p class="kt-note">This looks like {name}, not German. What could be translated was.</p>')
    if reading.changes:
        rows = "".join(f"<li>{escape(change.words)}" + _removed(change.removed) + "</li>" for change in reading.changes)
        count = sum(change.count for change in reading.changes)
        things = "thing" if count == 1 else "things"
        notes.append(
            f'<details class="kt-note"><summary>Cleaned up {count} {things} in the pasted text</summary>'
            f"<ul>{rows}</ul></details>"
        )
    return "".join(notes)


def _removed(removed: Sequence[str]) -> str:
    if not removed:
        return ""
    quoted = ", ".join(f'<q lang="de">{escape(text)}</q>' for text in removed)
    return f": {quoted}"
