"""What a reader brings: files, which are read within limits and deleted, and glossaries."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from toolkit.errors import InputError
from toolkit.glossary import Glossary
from toolkit.ui.limits import (
    MAX_CHARACTERS,
    MAX_GLOSSARY_LINE_CHARACTERS,
    MAX_GLOSSARY_LINES,
    MAX_UPLOAD_BYTES,
    MAX_UPLOAD_SECONDS,
)
from toolkit.uploads import KINDS, Limits, read_upload

ENDINGS = sorted(KINDS)
_LIMITS = Limits(bytes=MAX_UPLOAD_BYTES, characters=MAX_CHARACTERS, seconds=MAX_UPLOAD_SECONDS, pages=100)


@dataclass(frozen=True, slots=True)
class Origin:
    """The file a text came from; it holds for this text alone."""

    text: str
    name: str
    notes: tuple[str, ...] = ()


def take_file(path: str) -> Origin:
    """The text of an uploaded file, which is deleted whether it can be read or not."""
    place = Path(path)
    try:
        upload = read_upload(place, limits=_LIMITS)
    finally:
        _delete(place)
    return Origin(text=upload.text, name=upload.title or place.name, notes=upload.notes)


def take_glossary_file(path: str) -> str:
    """An uploaded glossary as lines "German = English"; the file is deleted."""
    place = Path(path)
    try:
        if place.stat().st_size > MAX_UPLOAD_BYTES:
            raise InputError(f"{place.name} is larger than {MAX_UPLOAD_BYTES // 2**20} MB: give fewer terms")
        glossary = Glossary.read(place)
    except OSError as error:
        raise InputError(f"{place.name} cannot be read ({error.strerror}): choose it again") from None
    except InputError as error:
        raise InputError(str(error).replace(str(place), place.name)) from None
    finally:
        _delete(place)
    return "\n".join(f"{entry.german} = {entry.english}" for entry in glossary.entries[:MAX_GLOSSARY_LINES])


def read_glossary(lines: str) -> Glossary | None:
    """The glossary of lines "German = English"; a line without "=" is a name that stays. None for no line."""
    terms: dict[str, str] = {}
    names: list[str] = []
    for number, line in enumerate(lines.splitlines(), start=1):
        if number > MAX_GLOSSARY_LINES:
            raise InputError(f"the glossary has more than {MAX_GLOSSARY_LINES} lines: remove some")
        if len(line) > MAX_GLOSSARY_LINE_CHARACTERS:
            raise InputError(
                f"glossary, line {number}: it has {len(line):,} characters, and a line has at most "
                f"{MAX_GLOSSARY_LINE_CHARACTERS}: shorten it"
            )
        german, sign, english = (part.strip() for part in line.partition("="))
        if not german and not sign:
            continue
        if german in terms:
            raise InputError(f"glossary, line {number}: {german!r} stands there twice: remove one")
        if sign:
            terms[german] = english
        else:
            names.append(german)
    return Glossary(terms, names=names) if terms or names else None


def _delete(place: Path) -> None:
    """The file and the folder of its own that gradio made for it.

    Gradio names that folder after the content: whoever uploads the same file at the same time has the same one.
    """
    with contextlib.suppress(OSError):
        place.unlink()
        place.parent.rmdir()  # fails where there is more in it
