"""What one reader may ask of the page, and what it takes on at once; all of it is shown on the page."""

from __future__ import annotations

MAX_CHARACTERS = 50_000
"""Of one text: some 7,500 words, the longest newspaper features; about five seconds of translation on two cores."""
MAX_UPLOAD_BYTES = 5 * 1024 * 1024
"""Of one file: a newspaper page as PDF has one or two megabytes."""
MAX_SECONDS = 180
"""For one article; what is ready by then stays on the page."""
MAX_READERS = 16
"""Articles worked on at the same time; they take turns in the engine, so a short one does not wait for a long one."""
MAX_WAITING = 64
"""Articles in the queue at most; beyond that a reader is asked to come back."""
MAX_LABELS = 30
MAX_LABEL_CHARACTERS = 80
MAX_SUMMARY_SENTENCES = 10
MAX_HISTORY = 20
"""Articles kept in the list of those read since the page was opened."""
KEEP_SECONDS = 3600
"""After which whatever a reader has left behind is forgotten: articles of a closed page, files never read."""
MAX_UPLOAD_SECONDS = 20.0
"""For reading one file."""
MAX_GLOSSARY_LINES = 500
MAX_GLOSSARY_LINE_CHARACTERS = 200
