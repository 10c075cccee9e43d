"""Values of any type as what JSON and text formats can hold."""

from __future__ import annotations

import base64
import datetime
import json
import math
import re
from collections.abc import Mapping

_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_BREAKS_AND_TABS = re.compile(r"[\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


def plain(value: object) -> object:
    """A value as JSON has it: NaN is null, dates are ISO 8601, bytes base64, anything unknown its text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)


def as_text(value: object) -> str:
    """A value in a text table: null is empty, what is neither text nor number is JSON."""
    value = plain(value)
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def one_line(text: str, *, tabs: bool = True) -> str:
    """A text without line breaks, and without tabs unless they may stay: each run is one space."""
    return (_BREAKS if tabs else _BREAKS_AND_TABS).sub(" ", text)


def without_surrogates(text: str) -> str:
    """A text that UTF-8 can hold: half a surrogate pair becomes a replacement character."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
