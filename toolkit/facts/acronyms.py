"""Acronyms and institutions: copied, translated or spelled out."""

from __future__ import annotations

import functools
import re

from toolkit.documents import Finding
from toolkit.facts import tables
from toolkit.facts.findings import Mention, pair
from toolkit.facts.sentence import Sentence, fold

# U.S., NATO, EuGH, MPs.
_ACRONYM = re.compile(r"(?<![\w'’])(?:(?:[A-ZÄÖÜ]\.){2,}|[A-ZÄÖÜ][A-Za-zÄÖÜ]?[A-ZÄÖÜ][A-ZÄÖÜ0-9]*s?(?!\w))")
_CAPITALS_BEFORE = re.compile(r"\b[A-ZÄÖÜ]{2,}[,!?]? +$")
_CAPITALS_BEHIND = re.compile(r"[,!?]? +[A-ZÄÖÜ]{2,}\b")
# Characters looked back for the word before: all of them would take quadratic time.
_NEAR = 60
# Words in capitals for emphasis.
_EMPHASISED = frozenset(
    "aber alle das der die du er es ich ihr immer ist ja kein keine mehr nein nicht nie nur oder sehr sie sind und vor "
    "war wir wissen zu all always and are before but do every he is it know more must my never no not now of only or "
    "she so that the they this to very was we will yes you your".split()
)
# What goes without saying in English where the German says it: the Union, the administration.
_UNSPOKEN = frozenset("eu us usa ok tv".split())
# Without any acronym in the German only these are new.
_INSTITUTIONAL = frozenset("eu un nato who imf ecb".split())
_ROMAN = re.compile(r"[IVX]+")
_LETTERS_AT_MOST = 7
# More capitals than this share of the letters: a headline or shouting.
_CAPITALS = 0.4


@functools.cache
def _first_words() -> frozenset[str]:
    """What institutions of two words begin with."""
    return frozenset(name.split()[0] for name in tables.options("institutions", "|") if " " in name)


def _acronyms(text: str) -> list[tuple[Mention, str]]:
    """Where the acronyms of a text are, and their letters in lower case without dots; none in a text in capitals."""
    upper = sum(map(str.isupper, text))
    if upper < 2 or upper > _CAPITALS * len(text):
        return []
    found = []
    for match in _ACRONYM.finditer(text):
        written = match.group()
        bare = written.replace(".", "").removesuffix("s")
        if (
            2 <= len(bare) <= _LETTERS_AT_MOST
            and not _ROMAN.fullmatch(bare)
            and bare.casefold() not in _EMPHASISED
            and not _is_shouted(text, match)
        ):
            found.append((Mention(match.start(), match.end()), bare.casefold()))
    return found


def _is_shouted(text: str, match: re.Match[str]) -> bool:
    """Whether another word in capitals stands before or behind, as in "ICH BIN ES" but not in "CDU/CSU"."""
    return (
        _CAPITALS_BEFORE.search(text, max(0, match.start() - _NEAR), match.start()) is not None
        or _CAPITALS_BEHIND.match(text, match.end()) is not None
    )


def compare(source: Sentence, translation: Sentence) -> list[Finding]:
    """Acronyms and institutions without a counterpart."""
    left, right = _acronyms(source.text), _acronyms(translation.text)
    kept = [(mention, bare) for mention, bare in left if not _is_kept(bare, translation)]
    institutions = _institutions(source, translation)
    new = [(mention, bare) for mention, bare in right if not _is_accounted_for(bare, source)]
    known = tables.options("acronyms-de", "|").keys() | tables.options("acronyms-en", None).keys()
    # VAE and UAE, IGH and ICJ: one may be the other's translation unless either is known to be none.
    if len(kept) == len(new) == 1 and not institutions:
        (_, bare), (_, other) = kept[0], new[0]
        if len(bare) == len(other) and not known & {bare, other}:
            return []
    # English abbreviates what German writes out (Spiegelreflexkamera, DSLR): by itself no acronym is new.
    is_told = bool(translation.tokens) and not new
    lost = [mention for mention, bare in kept if not (is_told and bare in _UNSPOKEN)] + institutions
    added = [mention for mention, bare in new if lost or left or bare in _INSTITUTIONAL]
    return pair("acronym", source.text, translation.text, lost, added)


def _is_kept(bare: str, translation: Sentence) -> bool:
    """Whether a German acronym is copied, translated or spelled out."""
    text = translation.text.casefold()
    options = tables.options("acronyms-de", "|").get(bare, ())
    if _is_in(bare, text) or _is_rendered(options, text):
        return True
    long_words = (token for token in translation.tokens if token.text[0].isalpha() and len(token.text) > 3)
    if len(bare) > 2 and bare in "".join(token.lower[0] for token in long_words):
        return True
    # Technische Universität, TU; Public Relations, PR.
    return len(bare) == 2 and bare in "".join(
        token.lower[0] if token.text[0].isupper() else " " for token in translation.tokens
    )


def _is_accounted_for(bare: str, source: Sentence) -> bool:
    """Whether an English acronym is in the source, stands for a word of it, or abbreviates neighbouring ones."""
    if _is_in(bare, source.text.casefold()):
        return True
    folded = [fold(token.lower) for token in source.tokens]
    beginnings = tables.options("acronyms-en", None).get(bare, ())
    # Folded, VAE would be va.
    if any(word.startswith(beginnings) for word in (*folded, *source.words)):
        return True
    # Konzernchef is a CEO too, Staatsfernsehen TV.
    if any(part in word for part in beginnings if len(part) > 3 for word in folded):
        return True
    return len(bare) > 2 and bare in "".join(word[0] for word in folded if word[0].isalpha())


def _institutions(source: Sentence, translation: Sentence) -> list[Mention]:
    """Institutions of the source whose English name is missing."""
    lost: list[Mention] = []
    first_words = _first_words()
    text = ""
    for i, token in enumerate(source.tokens):
        if not token.text[0].isupper() and token.lower not in first_words:
            continue
        end = token.end
        options = _institution(token.lower)
        if options is None and token.lower in first_words and i + 1 < len(source.tokens):
            options = _institution(f"{token.lower} {source.tokens[i + 1].lower}")
            end = source.tokens[i + 1].end
        if options:
            text = text or translation.text.casefold()
            if not _is_rendered(options, text) and not _is_in(token.lower, text):
                lost.append(Mention(token.start, end))
    return lost


@functools.lru_cache(maxsize=1 << 12)
def _institution(lower: str) -> tuple[str, ...] | None:
    """The English names of a German institution in any case."""
    named = tables.options("institutions", "|")
    return named.get(lower) or named.get(lower.removesuffix("s")) or named.get(lower.removesuffix("es"))


def _is_in(bare: str, text: str) -> bool:
    """Whether an acronym occurs in a casefolded text, within a longer word only if it is long itself."""
    at = text.find(bare)
    while at >= 0:
        if len(bare) > 3 or not (text[at - 1 : at].isalpha() or text[at + len(bare) : at + len(bare) + 2].isalpha()):
            return True
        at = text.find(bare, at + 1)
    dotted = ".".join(bare)
    return dotted in text


def _is_rendered(options: tuple[str, ...], text: str) -> bool:
    """Whether one of the English renderings occurs in a casefolded text; short ones as whole words."""
    for option in options:
        if option == "*" or (_is_in(option, text) if len(option) <= 3 and option.isalpha() else option in text):
            return True
    return False
