"""Negation that a translation lost or added."""

from __future__ import annotations

import functools
import re

from toolkit.documents import Finding
from toolkit.facts import tables
from toolkit.facts.findings import Mention, pair
from toolkit.facts.sentence import Sentence

# What else may say "not", by beginnings and endings.
_GERMAN_PARTS = re.compile(
    r"""
    ^(?: un(?!d$|s|t|iver|ion|i|fall|mittel|glück|no$|ruh|recht) | nicht | miss(?!ion|ouri|brauch) | inakz | inko |
    intol | indisk | illeg | irreg | irrel | anti | a(?:sozial|typ|mor) | non | verbiet | verbot | verhinder |
    vermeid | vermied | verweiger | versäum | verpass | verlor | verlier | verzicht | vergess | vergaß | verneint |
    fehl | mangel | mängel | lehn | ableh | abgeleh | (?:ge)?weiger | (?:ge)?scheiter | dementier | bestreit |
    bestritt | (?:be)?zweifel | ausschl | ausgeschl | ausblieb | ausbleib | entfall | entfiel | gegenteil |
    (?:ge)?stopp | verfehl | abwesen | entzog | entzieh | entgeh | entging | entkomm | zurückweis | wies(?!e) |
    boykott | (?:ge)?hinder | erspar | absag | abgesag | (?:ge)?schwieg | schweig | nirgend | keine | null | knapp |
    warn | gewarnt |
    schlecht | höchsten ) | los(?:e[nrms]?|igkeit)?$ | frei(?:e[nrms]?)?$ | leer
    """,
    re.VERBOSE,
)
_GERMAN_NEGATIVE = re.compile(
    r"""
    ^(?: un(?!d$|s|t|iver|ion|i|fall|mittel|glück|no$|ruh|recht|ge(?:fähr|achtet)) |
     verbiet | verbot | verhinder | vermeid | vermied | verweiger
    | vergess | vergaß | verlor | verlier | verlust | versäum | verpass | verzicht | falsch | bestreit | bestritt |
    dementier | ablehn | lehnt | abgelehn | ausgeschl | ausschl | absag | abgesag | verneint | fehl(?!er) | mangel |
    mängel | weiger | (?:ge)?scheiter | (?:be)?zweifel | (?:ge)?stopp | kaum | wenig | außer | illegal | gratis |
    kostenlos | tote? ) | los(?:e[nrms]?|igkeit)?$ | frei(?:e[nrms]?|heit)?$
    """,
    re.VERBOSE,
)
_ENGLISH_PARTS = re.compile(
    r"""
    ^(?: un(?!i|der|til|to$|fortunate|expected) | non |
    dis(?:abled|agree|allow|appear|approv|belie|connect|continu|honest|interest|like|miss|obe|order|regard|respect|satisf
    |trust) |
    in(?:abili|accessib|accurate|activ|adequa|appropriate|capa|complete|conclusive|consisten|correct|decisive|defini
    |dispensable|effect|effic|evitabl|experienc|explic|flexib|formal|human|numerable|secur|sensitiv|separab|significan
    |sufficien|tolera|valid|visib|vinci) | im(?:balance|matur|moral|patien|penetr|perfect|possib|proba|prope) |
    mis(?!s|t|er) | il(?:leg|lo|lic) | ir(?:regul|relev|respo|repla) ) | less(?:ly|ness)?$ | free$ | freely$ |
    freedom$
    """,
    re.VERBOSE,
)
_NO_IDIOMS = frozenset("deal less fewer more matter doubt doubts wonder question mistake secret".split())
# "Cities do not know, nor does the railway" is one weder … noch.
_BEFORE_NOR = frozenset("neither not no don't doesn't didn't isn't cannot".split())
_WITHOUT_IDIOMS = frozenset("fail hitch incident red doubt doubts question exception".split())
# "Not only" and "not least" add rather than deny; they are often translated by "as well as".
_NOT_ONLY = frozenset("nur bloß allein zuletzt erst only just merely least until quite exactly long hesitate".split())
_OUT_OF = frozenset(
    "action bounds contention control danger date fashion form line order place reach shape sight stock way".split()
)
# Nicht schlecht: rather good. Nicht selten: often.
_NOT_LITOTES = frozenset("ausgeschlossen schlecht selten übel wenig wenige weniger".split())
_REMEMBER = re.compile(r"\bvergessen sie (?:bitte )?nicht|\bvergiss nicht|\bnicht zu vergessen", re.IGNORECASE)
# Characters on either side that this may reach: all of them would take quadratic time.
_NEAR = 40
_PRONOUNS = frozenset("he i it she there they we you".split())
_CONTRACTED = re.compile(r"n['’]t$")


@functools.lru_cache(maxsize=1 << 12)
def _german(lower: str) -> tuple[bool, bool, bool]:
    """Whether a word negates, whether it may stand for a negation, and whether it is negative without negating."""
    is_strong = lower in tables.words("negation-de")
    is_weak = is_strong or lower in tables.words("weak-negation-de") or bool(_GERMAN_PARTS.search(lower))
    return is_strong, is_weak, not is_strong and len(lower) > 3 and bool(_GERMAN_NEGATIVE.search(lower))


@functools.lru_cache(maxsize=1 << 12)
def _english(lower: str) -> tuple[bool, bool]:
    is_strong = lower in tables.words("negation-en") or bool(_CONTRACTED.search(lower))
    return is_strong, is_strong or lower in tables.words("weak-negation-en") or bool(_ENGLISH_PARTS.search(lower))


def compare(source: Sentence, translation: Sentence) -> list[Finding]:
    """The negations of one side where the other has none and nothing that may stand for one.

    Of several, one is often told another way: "keine A, kein B" is "no A or B". So a side that negates at all is taken
    to negate enough.
    """
    left, left_idle = _negations(source)
    right, right_idle = _negations(translation)
    if bool(left) == bool(right) or (left and right_idle) or (right and left_idle):
        return []
    if left:
        weak = sum(_is_negative(translation, i) for i in range(len(translation.tokens)))
        # What is negative in both (ungewöhnlich, unusual) stands for itself, not for a further negation.
        own = sum(_german(token.lower)[2] for token in source.tokens)
        return pair("negation", source.text, translation.text, left[max(0, weak - own) :], [])
    weak = sum(_german(token.lower)[:2] == (False, True) for token in source.tokens)
    own = sum(_is_negative(translation, i) for i in range(len(translation.tokens)))
    return pair("negation", source.text, translation.text, [], right[max(0, weak - own) :])


def _negations(sentence: Sentence) -> tuple[list[Mention], int]:
    """The negations of a sentence, and how many more there are that need no counterpart."""
    read = _german if sentence.language == "de" else _english
    found: list[Mention] = []
    idle = 0
    for i, token in enumerate(sentence.tokens):
        if read(token.lower)[0]:
            if _denies_nothing(sentence, i):
                idle += 1
            else:
                found.append(Mention(token.start, token.end))
    return found, idle


def _is_negative(sentence: Sentence, position: int) -> bool:
    """Whether an English word may stand for a negation without being one."""
    lower = sentence.tokens[position].lower
    if lower == "yet":
        return _next(sentence, position) == "to"
    if lower == "out":
        # Out-of-form, out of order.
        following = "".join(token.text for token in sentence.tokens[position + 1 : position + 2])
        return following == "-" or (following == "of" and _next(sentence, position + 1) in _OUT_OF)
    if lower in {"far", "rather"}:
        return _next(sentence, position) in {"from", "than"}
    if lower == "too":
        return any(token.lower == "to" for token in sentence.tokens[position + 2 : position + 5])
    return _english(lower) == (False, True)


def _denies_nothing(sentence: Sentence, position: int) -> bool:
    """Whether the word denies nothing: the "not" of "not only" and "whether or not", the "no" of "No. 1", "no less"."""
    lower, following = sentence.tokens[position].lower, _next(sentence, position)
    if sentence.language == "de":
        # So hoch wie nie, so stark wie seit Jahrzehnten nicht: the highest.
        if any(token.lower in {"wie", "als"} for token in sentence.tokens[max(0, position - 5) : position]):
            return True
        if lower == "ohne":
            return following in {"zweifel", "umschweife", "weiteres"}
        if lower in {"kein", "keine"}:
            return following in {"blatt", "mühe", "mühen"}  # vor den Mund nehmen: be outspoken
        if lower != "nicht":
            return False
        start = sentence.tokens[position].start
        near = _REMEMBER.finditer(sentence.text, max(0, start - _NEAR), start + _NEAR)
        if following in _NOT_LITOTES or any(match.start() <= start < match.end() for match in near):
            return True
        return following in _NOT_ONLY or following in {"wahr", "ganz", "umsonst"}
    if lower == "not" or lower.endswith(("n't", "n’t")):
        before = {token.lower for token in sentence.tokens[max(0, position - 2) : position]}
        if lower != "not" and following in _PRONOUNS and _next(sentence, position + 1) in {"", "?", ",", "”", '"'}:
            return True  # isn't it?
        if lower == "not":
            # Two-speed, if not multi-speed; more often than not.
            return following in _NOT_ONLY or "or" in before or sentence.tokens[position - 1].lower in {"if", "than"}
        return following in _NOT_ONLY or following in {"help", "mind"}
    if lower == "none":
        return following == "the"
    if lower == "without":
        return not _WITHOUT_IDIOMS.isdisjoint(token.lower for token in sentence.tokens[position + 1 : position + 4])
    if lower == "nor":
        return bool(_BEFORE_NOR & sentence.words)
    if lower == "never":
        return following in {"more", "better", "before"}
    if lower == "no" and [token.text for token in sentence.tokens[position + 1 : position + 2]] == ["-"]:
        return True  # a no-deal Brexit, a no-brainer
    return lower == "no" and (following[:1].isdecimal() or following in _NO_IDIOMS or following.endswith("er"))


def _next(sentence: Sentence, position: int) -> str:
    """The casefolded word or number behind a token, a dot passed over; "" at the end."""
    rest = sentence.tokens[position + 1 : position + 3]
    return next((token.lower for token in rest if token.text != "."), "")
