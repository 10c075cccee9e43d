"""What is worth a line on standard error about a result."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.documents import MARKS, Document, Translation

_NAMED_MARKS = ("foreign", "split", "cut", "loop", "lost")
"""Marks worth a line on standard error; the others are repairs that worked."""
_NAMED_SENTENCES = 8
_NAMED_TERMS = 8
_LANGUAGES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "he": "Hebrew",
    "hu": "Hungarian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}


def language_notes(document: Document) -> Iterator[str]:
    """That there is nothing to translate, or that it is not German."""
    if not document.segments:
        yield "nothing to translate"
    elif document.language not in (None, "de"):
        yield f"looks like {name_of(document.language)}, not German: translated what can be"


def translation_notes(translation: Translation) -> Iterator[str]:
    """Sentences with marks that matter, and terms of the glossary that are not as wanted."""
    yield from _mark_notes(translation)
    yield from _term_notes(translation)


def _mark_notes(translation: Translation) -> Iterator[str]:
    total = len(translation.segments)
    is_foreign = translation.document.language not in (None, "de")  # said once for the whole
    for mark in _NAMED_MARKS[is_foreign:]:
        numbers = [number for number, segment in enumerate(translation.segments, start=1) if mark in segment.marks]
        if numbers:
            listed = ", ".join(map(str, numbers[:_NAMED_SENTENCES])) + ", …" * (len(numbers) > _NAMED_SENTENCES)
            yield f"{len(numbers)} of {total} sentences marked {mark} ({MARKS[mark]}): {listed}"


def _term_notes(translation: Translation) -> Iterator[str]:
    uses = [use for segment in translation.segments for use in segment.terms]
    missed = dict.fromkeys(use.wanted for use in uses if not use.is_applied)
    if missed:
        count = sum(not use.is_applied for use in uses)
        listed = ", ".join(list(missed)[:_NAMED_TERMS]) + ", …" * (len(missed) > _NAMED_TERMS)
        yield f"{count} of {len(uses)} terms of the glossary not applied: {listed}"


def name_of(code: str | None) -> str:
    """The English name of a language by its code."""
    return _LANGUAGES.get(code or "", code or "an unknown language")
