"""Number words of German and English, and what they are worth."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple


class Numeral(NamedTuple):
    """What a word is worth as a number; not certain where it is often used without meaning one."""

    values: tuple[float, ...]
    is_certain: bool
    scale: float = 0.0
    """Million and the like, by which a number before it is multiplied; 0 for all other words."""


_ONES = {"ein": 1, "eins": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "fuenf": 5, "sechs": 6, "sieben": 7, "acht": 8}
_ONES |= {"neun": 9}
_TEENS = {"zehn": 10, "elf": 11, "zwoelf": 12, "dreizehn": 13, "vierzehn": 14, "fuenfzehn": 15, "sechzehn": 16}
_TEENS |= {"siebzehn": 17, "achtzehn": 18, "neunzehn": 19}
_TENS = {"zwanzig": 20, "dreissig": 30, "vierzig": 40, "fuenfzig": 50, "sechzig": 60, "siebzig": 70, "achtzig": 80}
_TENS |= {"neunzig": 90}


def _any(*words: dict[str, int]) -> str:
    return "|".join(sorted((word for group in words for word in group), key=len, reverse=True))


_BELOW_HUNDRED = f"(?:{_any(_ONES)})und(?:{_any(_TENS)})|{_any(_TEENS)}|{_any(_TENS)}|{_any(_ONES)}"
_BELOW_THOUSAND = f"(?:(?:{_any(_TEENS, _ONES)})?hundert(?:und)?)?(?:{_BELOW_HUNDRED})?"
_GERMAN = re.compile(
    rf"(?:({_BELOW_THOUSAND})(tausend)(?:und)?)?(?:({_any(_TEENS, _ONES)})?(hundert)(?:und)?)?({_BELOW_HUNDRED})?"
)
_PAIR = re.compile(f"({_any(_ONES)})und({_any(_TENS)})")
_HUNDREDS = re.compile(f"({_any(_TEENS, _ONES)})?hundert(?:und)?({_BELOW_HUNDRED})?")
_ALL = _ONES | _TEENS | _TENS

# Endings that leave a number a number: dreijährig, vierköpfig, zehnmal, siebenfach, dreizehnte, zwanziger.
_NUMBER_ENDING = re.compile(
    r"(?:jaehr|taeg|woech|monat|stuend|minuet|koepf|stell|seit|sprach|tuer|stoeck|gescho|spur|teil|strophi)\w*"
    r"|mal|malig\w{0,2}|fach\w{0,2}"
)
_ORDINAL_ENDING = re.compile(r"s?te[nrms]?")
_DECADE_ENDING = re.compile(r"er(?:n|jahre\w*)?")
_FRACTION_ENDING = re.compile(r"s?tel[ns]?")

# Signs and Roman numerals, the same in both languages: one half, and the kings and wars that are counted.
_SIGNS: dict[str, Numeral] = {
    **{sign: Numeral((value,), False) for sign, value in {"½": 0.5, "¼": 0.25, "¾": 0.75}.items()},
    **{roman: Numeral((i,), False) for i, roman in enumerate("ii iii iv v vi vii viii ix".split(), 2)},
    **{roman: Numeral((i,), False) for i, roman in enumerate("xi xii xiii xiv xv xvi".split(), 11)},
}

_GERMAN_WORDS: dict[str, Numeral] = {
    **_SIGNS,
    **{
        word: Numeral((1,), False)
        for word in "ein eine einer eines einem einen eins erste erster ersten erstes "
        "erstem einmal einzige einziger einzigen einziges einzig einzelne".split()
    },
    **{
        word: Numeral((2,), False)
        for word in "beide beiden beider beides paar paare doppelt doppelte doppelten "
        "doppelter zwilling zwillinge zweit zweite zweiten zweiter zweites zweitem verdoppelt verdoppeln zweimal duo "
        "zweitens zweier".split()
    },
    **{word: Numeral((3,), False) for word in "trio dritten dreier verdreifacht verdreifachen drittens".split()},
    **{word: Numeral((3,), True) for word in "dritte dritter drittes drittem".split()},
    **{word: Numeral((1 / 3, 3), True) for word in "drittel dritteln drittels".split()},
    **{word: Numeral((0.25, 15, 4), False) for word in "viertel vierteln quartal quartals quartale".split()},
    **{word: Numeral((0.5, 30), False) for word in "halb halbe halben halber halbes haelfte halbiert".split()},
    **{word: Numeral((8,), False) for word in "achte achten".split()},
    **{word: Numeral((7,), True) for word in "siebte siebten siebter siebtes".split()},
    **{word: Numeral((1.5, 18, 90), True) for word in "anderthalb eineinhalb einundeinhalb".split()},
    "bio": Numeral((1e12,), False, 1e12),  # 2 Bio. Euro, but Bio-Milch
    "halbfinale": Numeral((0.5,), False),
    "viertelfinale": Numeral((0.25, 4, 8), False),
    "achtelfinale": Numeral((8, 16), False),
    "elfmeter": Numeral((11,), False),
    "jahrzehnt": Numeral((10,), False),
    "jahrzehnte": Numeral((10,), False),
    "jahrhundert": Numeral((100,), False),
    "jahrtausend": Numeral((1000,), False),
    "dutzend": Numeral((12,), True),
    "dutzende": Numeral((12,), True),
    "dutzenden": Numeral((12,), True),
    **{word: Numeral((100,), True, 100) for word in "hundert hunderte hunderten hunderter".split()},
    **{word: Numeral((1e3,), True, 1e3) for word in "tausend tausende tausenden tausender tsd".split()},
    **{word: Numeral((1e6,), True, 1e6) for word in "million millionen mio".split()},
    **{word: Numeral((1e9,), True, 1e9) for word in "milliarde milliarden mrd".split()},
    **{word: Numeral((1e12,), True, 1e12) for word in "billion billionen".split()},
    **{word: Numeral((1e15,), True, 1e15) for word in "billiarde billiarden".split()},
}
# A number hidden in a longer word is a counterpart, but calls for none: Zweitligist, Dreikampf, Abertausende.
_BEGINS = re.compile(
    f"{_any(_TENS)}|{_any(_TEENS)}|hundert|tausend|million|milliard|zwei|drei|vier|fuenf|sechs|sieben|acht|neun"
)
_HOLDS = re.compile("hundert|tausend|million|milliard")
_BEGIN_VALUES = {**_ALL, "hundert": 100, "tausend": 1000, "million": 10**6, "milliard": 10**9}

# So does one that ends like an ordinal: der Tabellendritte.
_END_VALUES = {"zweite": 2, "dritte": 3, "vierte": 4, "fuenfte": 5, "sechste": 6, "siebte": 7, "achte": 8}
_ENDS = re.compile(f"({'|'.join(_END_VALUES)})[nrs]?$")


@functools.lru_cache(maxsize=1 << 12)
def german(lower: str) -> Numeral | None:
    """What a casefolded German word is worth; None where it holds no number."""
    word = lower.replace("ß", "ss").replace("ü", "ue").replace("ö", "oe").replace("ä", "ae")
    if known := _GERMAN_WORDS.get(word):
        return known
    match = _GERMAN.match(word)
    if match is None or not match.group():
        return _hidden(word)
    value, ending = _german_value(match), word[match.end() :]
    if ending == "":
        return Numeral((value,), True)
    if ending in {"einhalb", "undeinhalb"}:
        return Numeral((value + 0.5,), True)
    if word.endswith("einhalb") and (whole := _ALL.get(word.removesuffix("einhalb"))):
        return Numeral((whole + 0.5,), True)
    if match.group(2) and ending in {"e", "en", "er"}:
        return Numeral((value,), True)
    if value > 1:
        if _FRACTION_ENDING.fullmatch(ending):
            return Numeral((1 / value, value), value != 4)
        if _ORDINAL_ENDING.fullmatch(ending):
            return Numeral((value,), value != 8)
        if _DECADE_ENDING.fullmatch(ending):
            return Numeral(decade(value), value >= 20 and value % 10 == 0)
        if _NUMBER_ENDING.fullmatch(ending):
            return Numeral((value,), True)
    return _hidden(word)


def _hidden(word: str) -> Numeral | None:
    """The number that a longer word begins with or that a great one holds: not certain to be meant."""
    if begin := _BEGINS.match(word):
        return Numeral((_BEGIN_VALUES[begin.group()],), False)
    if great := _HOLDS.search(word):
        return Numeral((_BEGIN_VALUES[great.group()],), False)
    if ordinal := _ENDS.search(word):
        return Numeral((_END_VALUES[ordinal.group(1)],), False)
    return Numeral((3, 1 / 3), False) if word.startswith("dritt") else None


def _german_value(match: re.Match[str]) -> float:
    thousands, thousand, hundreds, hundred, rest = match.groups()
    total = 0
    if thousand:
        total += 1000 * (_below_thousand(thousands) if thousands else 1)
    if hundred:
        total += 100 * (_ALL[hundreds] if hundreds else 1)
    return total + (_below_hundred(rest) if rest else 0)


def _below_thousand(word: str) -> int:
    if match := _HUNDREDS.fullmatch(word):
        hundreds, rest = match.groups()
        return 100 * (_ALL[hundreds] if hundreds else 1) + (_below_hundred(rest) if rest else 0)
    return _below_hundred(word)


def _below_hundred(word: str) -> int:
    if match := _PAIR.fullmatch(word):
        return _ALL[match.group(1)] + _ALL[match.group(2)]
    return _ALL[word]


def decade(value: float) -> tuple[float, ...]:
    """What a decade may be called elsewhere: the 90er are the nineties and the 1990s."""
    if value >= 100:
        return (value,)
    return (value, 1900 + value, 2000 + value) if value <= 20 else (value, 1900 + value)


_ENGLISH_ONES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
_ENGLISH_ONES += "sixteen seventeen eighteen nineteen".split()
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ENGLISH_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_ENGLISH_ORDINALS += "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split()

ENGLISH_CARDINALS: dict[str, int] = {
    **{word: i for i, word in enumerate(_ENGLISH_ONES, 1)},
    **{word: i for i, word in zip(range(20, 100, 10), _ENGLISH_TENS, strict=True)},
}
ENGLISH_ORDINALS: dict[str, int] = {
    **{word: i for i, word in enumerate(_ENGLISH_ORDINALS, 1)},
    **{word[:-1] + "ieth": i for i, word in zip(range(20, 100, 10), _ENGLISH_TENS, strict=True)},
    "hundredth": 100,
    "thousandth": 1000,
}
ENGLISH_SCALES: dict[str, float] = {
    "hundred": 100,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "quadrillion": 1e15,
}
_ENGLISH_WORDS: dict[str, Numeral] = {
    **_SIGNS,
    **{word: Numeral((value,), value > 1) for word, value in ENGLISH_CARDINALS.items()},
    **{word: Numeral((value,), value > 3) for word, value in ENGLISH_ORDINALS.items()},
    "third": Numeral((3, 1 / 3), True),
    **{f"{word}s": Numeral((1 / value, value), value > 4) for word, value in ENGLISH_ORDINALS.items() if value > 2},
    "thirds": Numeral((1 / 3, 3), True),
    **{word: Numeral((value,), True, value) for word, value in ENGLISH_SCALES.items()},
    **{f"{word}s": Numeral((value,), True, value) for word, value in ENGLISH_SCALES.items()},
    **{word[:-1] + "ies": Numeral(decade(ENGLISH_CARDINALS[word]), True) for word in _ENGLISH_TENS},
    **{word: Numeral((1,), False) for word in "once single only ones".split()},
    **{
        word: Numeral((2,), False)
        for word in "both pair pairs couple couples double doubled doubling doubles twice "
        "bilingual bimonthly biannual biennial duo twin twins dual bilateral either twofold halves".split()
    },
    **{
        word: Numeral((3,), False)
        for word in "trio triple tripled treble thrice triplets threefold trilingual trilateral triennial".split()
    },
    **{word: Numeral((4,), False) for word in "quartet quadruple quadrupled fourfold quadruplets".split()},
    **{word: Numeral((5,), False) for word in "quintet quintuple".split()},
    **{word: Numeral((0.25, 15, 4), False) for word in "quarter quarters quarterly quarterfinal".split()},
    **{word: Numeral((0.5, 30, 1.5, 2.5, 3.5), False) for word in "half halved semifinal semi halftime".split()},
    **{word: Numeral((10,), False) for word in "decade decades".split()},
    "tens": Numeral((10,), False),
    "teens": Numeral((10,), False),
    "zero": Numeral((0,), False),
    "nil": Numeral((0,), False),
    "fortnight": Numeral((14, 2), False),
    **{word: Numeral((100,), False) for word in "century centuries centenary centennial".split()},
    **{word: Numeral((1e3,), False) for word in "millennium millennia".split()},
    "dozen": Numeral((12,), True, 12),
    "dozens": Numeral((12,), True),
    "penalty": Numeral((11,), False),
    "penalties": Numeral((11,), False),
    **{word: Numeral((1e6,), False) for word in "millionaire millionaires".split()},
    **{word: Numeral((1e9,), False) for word in "billionaire billionaires".split()},
}


def english(lower: str) -> Numeral | None:
    """What a casefolded English word is worth; None where it holds no number."""
    return _ENGLISH_WORDS.get(lower)
