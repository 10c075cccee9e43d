"""Where sentences end in one paragraph: syntok proposes, a layer of rules decides what German news needs beyond it.

syntok was the best of three libraries on both sets; tests/data/german_sentences.md has the scores. The rules look at
the two words at a space, never at more than a few dozen characters of each, so the time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.abbreviations import LEXICONS, Lexicon

_OPENING = "\"'„“”‚‘’«»‹›([{¿¡–—- "
_CLOSING = "\"'“”‘’«»‹›)]} "
_MARKS = ".!?…"
_QUOTES = {'"': '"', "«": "«»", "»": "«»", "“": "„“”", "”": "“”", "„": "„", ")": "(", "]": "["}
"""A mark that may stand alone between spaces, and the marks that count for telling whether it opens or closes."""

_NOTE = re.compile(r"(?:\[\d{1,3}\]|[¹²³⁰⁴⁵⁶⁷⁸⁹*†])+$")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d[\d.,:/–-]*")
_ORDINALS = re.compile(r"\d{1,3}(?:\.?[/–-]\d{1,3})*")
_DAY_AND_MONTH = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])")
_ROMAN = re.compile(r"[IVXLC]{1,7}")
_DOTTED = re.compile(r"[^\W\d_]{1,2}(?:\.[^\W\d_]{1,2}){1,4}")
_VOWELS = frozenset("aeiouyäöüáéíóúàèìòùâêîôûåæøœ")

_LONGEST_WORD = 60
"""Characters of a word that the patterns look at: more than the words of the news have, too few to cost time."""

_NAMES_WITH_MARK = frozenset({"Yahoo", "Jeopardy", "Joomla", "Wham"})

_UNITS = frozenset("m g l t h s A V W C F K km cm mm qm kg mg kW MW GW kWh MWh GWh TWh kV Hz kHz MHz GHz dB".split())
"""After a number these may end a sentence like any word: "Es sind 5 km."."""

_DETERMINERS = frozenset(
    """der die das den dem des zum zur beim vom ein eine einen einem einer seine seinen seinem seiner ihre ihren ihrem
    ihrer sein ihr unser unsere jeder jede jedes""".split()
)
"""Before a number of four digits and more they make it an ordinal ("die 1000. Sitzung"), else it is a year."""

_FOREIGN_ABBREVIATIONS = frozenset("es en gal lit may sun dom lun ene de".split())
"""Spanish and English abbreviations that syntok knows and that are, or may be, plain words at the end of a sentence."""


def find_sentences(text: str, language: str) -> list[tuple[int, int]]:
    """The spans of the sentences of `text`, one paragraph with single spaces, in order; what is between is one space.

    "de" and "en" have rules; any other language is split as syntok proposes.
    """
    tokens = _tokenize(text)
    if not tokens:
        return []
    lexicon = LEXICONS.get(language)
    proposed: set[int] | None = None
    spans: list[tuple[int, int]] = []
    first = 0
    finds_missing_stops = language == "de" and _is_in_sentence_case(tokens)
    for i, token in enumerate(tokens[:-1]):
        if not _ends(_without_note(token.text)):
            verdict: bool | None = False
        else:
            verdict = _Space(tokens, i, first, lexicon).judge() if lexicon else None
        if verdict is None:
            if proposed is None:  # asked only where it counts: for most single sentences never, which saves a third
                proposed = _propose(text)
            verdict = token.end in proposed
        if verdict or (finds_missing_stops and _lacks_stop(tokens, i, first)):
            spans.append((tokens[first].start, token.end))
            first = i + 1
    spans.append((tokens[first].start, tokens[-1].end))
    return spans


def _propose(text: str) -> set[int]:
    """Where syntok ends sentences."""
    from syntok import segmenter
    from syntok.tokenizer import Tokenizer

    tokens = Tokenizer(replace_not_contraction=False).tokenize(text)
    return {sentence[-1].offset + len(sentence[-1].value) for sentence in segmenter.segment(tokens)}


@dataclass(frozen=True, slots=True)
class _Token:
    """A word with the punctuation on it."""

    start: int
    end: int
    text: str


def _tokenize(text: str) -> list[_Token]:
    """Cut at spaces; a quote, bracket or dash that stands alone stays with the word it belongs to."""
    tokens: list[_Token] = []
    seen = dict.fromkeys('"«»„“”([', 0)
    start = position = 0
    for raw in text.split(" "):
        end = position + len(raw)
        closes = raw in _QUOTES and sum(seen[mark] for mark in _QUOTES[raw]) % 2 == 1
        if raw in (")", "]"):
            closes = True
        for mark in seen:
            if mark in raw:
                seen[mark] += raw.count(mark)
        if closes and tokens and start == position:
            before = tokens.pop()
            tokens.append(_Token(before.start, end, text[before.start : end]))
            start = end + 1
        elif end == len(text) or not (raw in _QUOTES or raw in ("(", "[", "–", "—", "-")):
            tokens.append(_Token(start, end, text[start:end]))
            start = end + 1
        position = end + 1
    return [token for token in tokens if token.text]


@dataclass(frozen=True, slots=True)
class _Space:
    """The space after token `i`, in a sentence that began with token `first`."""

    tokens: Sequence[_Token]
    i: int
    first: int
    lexicon: Lexicon

    def judge(self) -> bool | None:
        """Whether a sentence ends here; None leaves it to syntok."""
        token = self.tokens[self.i].text
        left = _without_note(token)
        core = left.rstrip(_CLOSING)
        word = core.rstrip(_MARKS)
        mark = core[len(word) :]
        word = word.lstrip(_OPENING)
        following = self._following()
        if not mark or not following or following[0] in _MARKS:
            return False
        is_closed = len(core) < len(token)  # by a quote, a bracket or a footnote mark
        if not word and token.startswith(("(", "[")):  # "(…)" between two sentences, "(!)" within one
            after_end = self.i > self.first and _ends(self.tokens[self.i - 1].text)
            return after_end and following[0].isupper()
        if following[0].islower() and not following[1:2].isupper():
            return False
        if "!" in mark or "?" in mark:
            return self._has_opener() or word not in _NAMES_WITH_MARK
        if "…" in mark or len(mark) > 1:
            return self._has_opener() or is_closed  # "Und der Sieger ist … Peter"
        verdict = self._judge_stop(word)
        return True if verdict is None and (is_closed or following[0].islower()) else verdict

    def _following(self) -> str:
        return self.tokens[self.i + 1].text.lstrip(_OPENING)

    def _previous(self) -> str:
        return self.tokens[self.i - 1].text.lstrip(_OPENING) if self.i > self.first else ""

    def _has_opener(self) -> bool:
        """Whether the next word can only start a sentence, given its capital."""
        match = _WORD.match(self._following())
        return match is not None and match.group() in self.lexicon.openers

    def _judge_stop(self, word: str) -> bool | None:
        if not word or len(word) > _LONGEST_WORD:
            return None
        following = self._following()
        if _NUMBER.fullmatch(word):
            return self._judge_number(word)
        verdict = self._judge_abbreviation(word)
        if verdict is not None:
            return verdict
        is_unit = word in _UNITS and self._previous()[:1].isdigit()
        if _ROMAN.fullmatch(word) and (len(word) > 1 or self._previous()[:1].isupper()):
            return self._has_opener()
        if len(word) == 1 and word.isalpha():
            if word.islower() and following[1:2] == ".":
                return False  # "z. B.", "i. d. R."
            return (self._has_opener() or is_unit) and self.i > self.first
        if _DOTTED.fullmatch(word):
            return self._has_opener()
        if word.isalpha() and not word.isupper() and len(word) < 6 and not _VOWELS.intersection(word.lower()):
            return self._has_opener() or is_unit  # "Hbf.", "Stv.", but "5 km."
        if word.isalpha() and len(word) > 4 and word.endswith(("str", "Str")):
            return self._has_opener()
        if "." in word or not word[-1].isalpha() or word in _FOREIGN_ABBREVIATIONS:
            return True
        if following[0].isdigit() and len(word) > 2:
            return True
        return None

    def _judge_number(self, word: str) -> bool | None:
        if not self.lexicon.ordinals:
            return True
        following = self._following()
        if not _ORDINALS.fullmatch(word):
            if _DAY_AND_MONTH.fullmatch(word):
                return self._has_opener()
            if not (word.isdigit() and self._previous().lower() in _DETERMINERS):
                return True  # 1.200 or 19.15 or 2018, no ordinal
            return self._has_opener()
        if self.i == self.first:
            return False  # "1. Die Steuern sinken."
        match = _WORD.match(following)
        if match and match.group() in self.lexicon.months:
            return False
        return self._has_opener() or (not following[0].isdigit() and self._previous() in self.lexicon.counted)

    def _judge_abbreviation(self, word: str) -> bool | None:
        """None where the word is no known abbreviation."""
        for key in self._keys(word):
            if key in self.lexicon.numbered:
                following = self._following()
                if following[0].isdigit() or _ROMAN.match(following):
                    return False
            if key in self.lexicon.inner:
                return False
            if key in self.lexicon.listing:
                return True
            if key in self.lexicon.final:
                return self._has_opener()
        return None

    def _keys(self, word: str) -> list[str]:
        """The forms to look up, longest first: "u.a" for "u. a.", "Ing" for "Dipl.-Ing."."""
        keys = [word]
        joined = word
        for j in range(self.i - 1, max(self.first, self.i - 4) - 1, -1):
            part = self.tokens[j].text.lstrip(_OPENING)
            if not part.endswith(".") or len(part) > 5 or not part[0].isalpha():
                break
            joined = part + joined
            keys.insert(0, joined)
        if self.i == self.first:  # "Inkl." for "inkl."
            keys.append(word[0].lower() + word[1:])
        keys.extend(word.rpartition(separator)[2] for separator in "-/" if separator in word)
        return keys


def _without_note(text: str) -> str:
    """`text` without the footnote marks after its full stop."""
    match = _NOTE.search(text[-12:])
    if match is None or len(match.group()) == len(text):
        return text
    body = text[: -len(match.group())]
    return body if _ends(body) else text


def _ends(text: str) -> bool:
    return text.rstrip(_CLOSING).endswith(tuple(_MARKS))


_STARTERS = frozenset(
    """
    Der Die Das Ein Eine Einen Einem Er Es Wir Ich Man Einige Dies Diese Dieser Dieses Auch Aber Doch In Im Auf Aus
    Bei Beim Mit Nach Nachdem Seit Von Vom Vor Während Wenn Als Zum Zur Dabei Damit Dann Danach Daher Nun Jetzt Obwohl
    Was Wer Wie Warum Unter Über Um Für Gegen Ohne Trotz Laut Seine Sein Zwei Drei Vier Viele Alle Zudem Außerdem
    Bereits Noch Nur Gestern Heute Denn Da Dass Insgesamt Mehr Rund Bis Ab So Nicht
    """.split()
)
"""Words with a capital only at the start of a sentence; not Sie, Ihr and the like, which have one as an address."""

_TITLES = re.compile(
    r"(?:Eine Welt|Die (?:Linken?|Grünen|Zeit|Welt|Presse|Toten|Ärzte|PARTEI|Partei|Basis|Piraten|Rheinpfalz|Hard)"
    r"|Der (?:Spiegel|Standard|Freitag|Tagesspiegel|Westen|Pate|Postillon|Bund|Aktionär|Landwirt)"
    r"|Das (?:Erste|Parlament|Boot|Parfum|Wort|Magazin))\b"
)
_BEFORE_TITLES = frozenset(
    """
    Partei Zeitung Zeitschrift Magazin Sender Fraktion Film Serie Show Sendung Roman Buch Band Gruppe Lied Song Album
    Stück Oper Musical Podcast Ausstellung Portal Verein Organisation Bündnis Initiative Restaurant Lokal
    """.split()
)

_FEWEST_WORDS = 3
"""What lacks its full stop must be this long, or "Berlin (dpa) Die …" and "Von Der Leyen" would be cut."""


def _lacks_stop(tokens: Sequence[_Token], i: int, first: int) -> bool:
    """Whether a headline without full stop ends after token `i`: the next word has the capital of a sentence start."""
    before, after = tokens[i].text, tokens[i + 1].text
    if after not in _STARTERS or i + 1 - first < _FEWEST_WORDS or len(tokens) - i - 1 < _FEWEST_WORDS:
        return False
    word = before.rstrip(_CLOSING)
    if before[0] in _OPENING and word == before:
        return False  # within a quote or bracket of its own: "Made In America"
    if not word[-1:].isalnum() or word.lower() in _NEVER_LAST or word in _BEFORE_TITLES or word in _STARTERS:
        return False
    following = tokens[i + 2].text
    return not _TITLES.match(f"{after} {following[:_LONGEST_WORD]}")


_NEVER_LAST = _DETERMINERS | frozenset(
    """und oder in im an am auf aus bei beim bis durch für gegen mit nach ohne seit über um unter von vom vor wegen zu
    zwischen laut als wie of the""".split()
)


def _is_in_sentence_case(tokens: Sequence[_Token]) -> bool:
    """False for CAPITALS and Title Case, where a capital says nothing."""
    words = [token.text for token in tokens if token.text[0].isalpha()]
    return sum(word[0].islower() for word in words) * 4 >= len(words)
