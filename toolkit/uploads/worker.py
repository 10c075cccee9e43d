"""The process that parses one file: `python -m toolkit.uploads.worker`, a request and bytes in, JSON out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable

from toolkit.uploads.content import Content, Refused
from toolkit.uploads.limits import Limits

_Parser = Callable[[bytes, str | None, Limits], Content]


def main() -> None:
    """Read the request, parse within the limits, write the reply."""
    reply = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr  # what a library prints is no part of the reply
    request = json.loads(sys.stdin.buffer.readline())
    raw = sys.stdin.buffer.read()
    limits = Limits(**request["limits"])
    _limit_memory(limits)
    text = ""
    title: str | None = None
    notes: tuple[str, ...] = ()
    error: str | None = None
    try:
        content = _parser(request["kind"])(raw, request["encoding"], limits)
        text, title, notes = content.text, content.title, content.notes
    except Refused as refusal:
        error = str(refusal)
    except MemoryError:
        error = "needs too much memory to read: give a smaller file, or paste its text"
    except RecursionError:
        error = "is nested too deeply to read: save it anew, or paste its text"
    except Exception as failure:
        error = f"is damaged ({type(failure).__name__}): open it in its own program and save it anew, or paste its text"
    if len(text) > limits.characters:
        error = f"holds {len(text):,} characters, more than the {limits.characters:,} allowed: give a part of it"
        text = ""
    answer = {"text": text, "title": title, "notes": notes, "error": error}
    reply.write(json.dumps(answer).encode())
    reply.close()


def _parser(kind: str) -> _Parser:
    if kind == "html":
        from toolkit.uploads.web import parse_html

        return parse_html
    if kind == "docx":
        from toolkit.uploads.word import parse_docx

        return parse_docx
    from toolkit.uploads.pdf import parse_pdf

    return parse_pdf


def _limit_memory(limits: Limits) -> None:
    """Keep the process under its limit; only Linux keeps to it."""
    if not sys.platform.startswith("linux"):
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = limits.memory_bytes if most == resource.RLIM_INFINITY else min(limits.memory_bytes, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
