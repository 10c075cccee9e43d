"""Names of people, places and peoples: copied, translated, inflected or spelled another way."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence

from toolkit.documents import Finding
from toolkit.facts import capitals, exonyms, tables
from toolkit.facts.findings import Mention, pair
from toolkit.facts.sentence import Sentence, Token, fold

_SAYING = frozenset(
    "sagte sagt erklärte meinte betonte kritisierte forderte warnte berichtete schrieb antwortete ergänzte".split()
)
# A capitalised German word that ends so is a noun, not a name.
_NOUN = re.compile(
    r"(?:ung|ungen|heit|heiten|keit|keiten|schaft|schaften|tion|tionen|tät|täten|ismus|nis|nisse|tum|ling|linge|chen|lein|erin"
    r"|erinnen|innen|minister|präsident|chef|chefin|kandidat|sprecher|vorsitzende[rn]?|leiter|experte|expertin|anwalt|trainer|präsidentin|meister|meisterin)s?$"
)
_SENTENCE_START = frozenset(".!?:\"“”„‘’'«»‚‹›…;*•–—-(/[")
_MARKS = frozenset('"“”„«»')
# A sentence with more capitals than this is a headline.
_TITLE_CASE = 0.6
# Prepositions that stand before the name of a place or person without an article.
_BEFORE_NAMES = frozenset("an auf aus bei durch für gegen in mit nach seit um von vor über zu zwischen".split())
# The share of their pairs of letters from which on two words may be two spellings of one name: Plejaden, Pleiades are
# at 0.57, Hallmann and Hoffmann, two names, at 0.43.
_ALIKE = 0.55
# Transliterations that differ, brought to one: Kiew, Kyiv; Selenskyj, Zelensky; Tschaikowski, Tchaikovsky.
_SOUNDS = (
    *(
        ("schtsch", "x"),
        ("shch", "x"),
        ("tsch", "x"),
        ("tch", "x"),
        ("dsch", "j"),
        ("zh", "s"),
        ("sch", "s"),
        ("sh", "s"),
    ),
    *(
        ("ch", "x"),
        ("kh", "x"),
        ("ph", "f"),
        ("th", "t"),
        ("ck", "k"),
        ("ts", "s"),
        ("tz", "s"),
        ("z", "s"),
        ("c", "k"),
    ),
    *(("w", "v"), ("j", "y"), ("q", "k"), ("x", "k")),
)


@functools.lru_cache(maxsize=1 << 12)
def _sounded(folded: str) -> str:
    """A name with the consonants of the usual transliterations made one."""
    for written, sound in _SOUNDS:
        folded = folded.replace(written, sound)
    return folded


@functools.lru_cache(maxsize=1 << 12)
def _letter_pairs(sounded: str) -> frozenset[str]:
    return frozenset(map("".join, itertools.pairwise(sounded)))


@functools.lru_cache(maxsize=1 << 12)
def _are_alike(word: str, other: str) -> bool:
    """Whether two folded words, or the first and the beginning of the second, may be spellings of one name."""
    if len(word) < 4 or len(other) < 4:
        return False
    own, whole = _sounded(word), _sounded(other)
    pairs = _letter_pairs(own)
    for end in (len(whole), len(own) + 1):
        others = _letter_pairs(whole[:end])
        if 2 * len(pairs & others) >= _ALIKE * (len(pairs) + len(others)):
            return True
    return False


@functools.lru_cache(maxsize=1 << 12)
def _skeleton(folded: str) -> str:
    """A name by its consonants, those of the usual transliterations made one."""
    folded = _sounded(folded)
    return folded[:1] + re.sub(r"(.)\1+", r"\1", re.sub("[aeiouy']", "", folded[1:]))


@functools.lru_cache(maxsize=1 << 12)
def _bare(lower: str) -> str:
    """The folded word without an English possessive."""
    lower = lower.replace("’", "'")
    return fold(lower.removesuffix("'s").removesuffix("'"))


def compare(source: Sentence, translation: Sentence) -> list[Finding]:
    """Names of the source that the translation lacks, and names that only it has.

    A headline in capitals or in title case says nothing about names, so that nothing is new in it.
    """
    german = [token for token in source.tokens if token.text[0].isalpha()]
    english = [token for token in translation.tokens if token.text[0].isalpha()]
    if not german or not english:
        return []
    words = [_bare(token.lower) for token in english]
    pairs = [f"{first}_{second}" for first, second in itertools.pairwise(words)]
    named = {group for word in (*words, *pairs) for group in exonyms.english(word)}
    folded = [fold(token.lower) for token in german]
    left, right = f" {' '.join(folded)}", f" {' '.join(words)}"
    may_be_named: set[int] = set()
    lost: list[Mention] = []
    lost_people: list[Mention] = []
    is_changed = False
    for token, word in zip(german, folded, strict=True):
        names, groups = exonyms.german(word)
        if not groups:
            continue
        may_be_named.update(groups)
        if named.isdisjoint(groups) and not _is_copied(word, right):
            is_changed = True
            if names and token.text[0].isupper():
                lost.append(Mention(token.start, token.end))
    spelled = set(map(_skeleton, words))
    for token in _people(source):
        word = fold(token.text)
        if (
            not _is_kept(word, right, spelled)
            and named.isdisjoint(exonyms.german(word)[1])
            and not any(_are_alike(word, other) for other in words)
        ):
            lost_people.append(Mention(token.start, token.end))
    # That a paper is German need not be said in German: the name of a people is new only in another's place.
    is_lost = bool(lost or lost_people)
    new = _new(source, translation, (left, right), may_be_named if is_changed else None, is_lost=is_lost)
    # "Here", "the country", "we": a place that is only not named is no place mistaken for another.
    missing = sorted({*lost_people, *(lost if new else [])}, key=lambda one: one.start)
    return pair("name", source.text, translation.text, missing, new)


def _new(
    source: Sentence, translation: Sentence, texts: tuple[str, str], may_be_named: set[int] | None, *, is_lost: bool
) -> list[Mention]:
    """Capitalised English words that nothing in the source accounts for; tabled ones only given `may_be_named`.

    `texts` are the folded words of both. Where nothing `is_lost`, a word beside a name that is kept may complete it:
    Obama may be called Barack Obama.
    """
    tokens, text = translation.tokens, translation.text
    written = [token for token in tokens if token.text[0].isalpha()]
    if sum(token.text[0].isupper() for token in written) > _TITLE_CASE * len(written):
        return []
    left = texts[0]
    folded = [fold(token.lower) for token in source.tokens if token.text[0].isupper()]
    spelled = {_skeleton(fold(token.lower)) for token in source.tokens}
    new: list[Mention] = []
    is_quoted = False
    for i, token in enumerate(tokens):
        if token.text in _MARKS:
            is_quoted = not is_quoted
        if len(token.text) < 3 or not token.text[0].isupper() or token.text[1:2].isupper():
            continue
        word = _bare(token.lower)
        before = tokens[i - 1] if i else None
        is_start = before is None or (before.text in _SENTENCE_START and not _is_joined(text, before))
        groups = exonyms.english(word)
        following = _bare(tokens[i + 1].lower) if i + 1 < len(tokens) else ""
        preceding = _bare(before.lower) if before else ""
        if groups:
            together = {*groups, *exonyms.english(f"{word}_{following}"), *exonyms.english(f"{preceding}_{word}")}
            is_new = (
                may_be_named is not None
                and may_be_named.isdisjoint(together)
                and not _is_copied(word, left)
                and not (is_start and capitals.is_ordinary(token.lower))
            )
        else:
            # The titles of books and films are translated, as are names made of ordinary words: Royal Navy.
            is_new = not (
                is_quoted
                or is_start
                or capitals.is_ordinary(token.lower)
                or _is_part_of_title(tokens, i)
                or _is_kept(word, left, spelled)
                or any(_are_alike(word, other) for other in folded)
            )
            if is_new and not is_lost:
                is_new = _replaces(tokens, i, source, texts, spelled)
        if is_new:
            new.append(Mention(token.start, token.end))
    return new


def _replaces(
    tokens: Sequence[Token], position: int, source: Sentence, texts: tuple[str, str], spelled: set[str]
) -> bool:
    """Whether a new word stands where the source has another name: beside one that is kept, or behind a preposition."""
    left, right = texts
    for step in (-1, 1):
        at = position + step
        if not 0 <= at < len(tokens) or not tokens[at].text[0].isupper() or len(tokens[at].text) < 3:
            continue
        name = _bare(tokens[at].lower)
        if not _is_kept(name, left, spelled):
            continue
        for i, token in enumerate(source.tokens):
            if fold(token.lower).removesuffix("s") == name.removesuffix("s"):
                other = source.tokens[i - step] if 0 <= i - step < len(source.tokens) else None
                return other is not None and _may_be_name(other) and not _is_copied(fold(other.lower), right)
        return False
    # The Shock Troopers, a Midwesterner: with an article it is rather a noun or an adjective.
    if position and tokens[position - 1].lower in {"the", "a", "an", "-"}:
        return False
    return any(_is_candidate(before, token, source.text, right) for before, token in itertools.pairwise(source.tokens))


def _is_candidate(before: Token, token: Token, text: str, right: str) -> bool:
    """Whether a German word that the translation lacks may be a name: it has no article, but a preposition, a noun
    or a verb before it: bedauert Bento."""
    if not _may_be_name(token) or len(token.text) < 3 or text[before.end : token.start] != " ":
        return False
    if before.text[0].isupper():
        is_placed = len(before.text) > 3 and before.lower not in tables.words("not-names")
    else:
        is_placed = before.lower in _BEFORE_NAMES or (before.lower[-1] == "t" and len(before.lower) > 3)
    return is_placed and not _is_copied(fold(token.lower), right)


def _may_be_name(token: Token) -> bool:
    """Whether a German word is capitalised and neither a title nor plainly a noun."""
    return (
        token.text[0].isupper()
        and token.lower not in tables.words("titles")
        and token.lower not in tables.words("not-names")
        and _NOUN.search(token.lower) is None
    )


def _is_part_of_title(tokens: Sequence[Token], position: int) -> bool:
    """Whether a capitalised word has an ordinary one beside it that is capitalised too and no title of a person."""
    for i in (position - 1, position + 1):
        other = tokens[i] if 0 <= i < len(tokens) else None
        if other is None or not other.text[0].isupper() or len(other.text) < 2:
            continue
        is_beside = other.end + 1 == tokens[position].start or tokens[position].end + 1 == other.start
        if is_beside and capitals.is_ordinary(other.lower) and other.lower not in tables.words("english-titles"):
            return (i > 0 and tokens[i - 1].text not in _SENTENCE_START) or i > position
    return False


def _is_joined(text: str, sign: Token) -> bool:
    """Whether a hyphen stands within a word."""
    return sign.text == "-" and text[sign.start - 1 : sign.start].isalnum() and text[sign.end : sign.end + 1].isalnum()


def _is_copied(word: str, text: str) -> bool:
    """Whether a folded word stands in a folded text, perhaps within a compound or inflected."""
    return word in text or (len(word) > 3 and word.endswith("s") and word[:-1] in text)


def _is_kept(word: str, text: str, spelled: set[str]) -> bool:
    """Whether a name is copied, shares its first four letters with a word, or is spelled to the same sound."""
    if _is_copied(word, text):
        return True
    if len(word) >= 5 and f" {word[:4]}" in text:
        return True
    if len(word) >= 4 and word.endswith("e") and f" {word[:-1]}" in text:
        return True
    skeleton = _skeleton(word)
    return len(skeleton) > 2 and (skeleton in spelled or (skeleton.endswith("s") and skeleton[:-1] in spelled))


def makes_surname(lower: str) -> bool:
    """Whether a word, in small letters, makes the capitalised one behind it a surname: a first name or a title."""
    return lower in tables.words("first-names") or lower in tables.words("titles")


def _people(sentence: Sentence) -> list[Token]:
    """Words that are sure to be surnames: behind a first name or a title, or behind "sagte" and at the end of it."""
    found = []
    tokens, text = sentence.tokens, sentence.text
    for i in range(1, len(tokens)):
        token, before = tokens[i], tokens[i - 1]
        if not token.text[0].isupper() or len(token.text) < 3 or token.text.isupper():
            continue
        if token.lower in tables.words("not-names") or _NOUN.search(token.lower):
            continue
        gap = text[before.end : token.start]
        is_surname = gap == " " and makes_surname(before.lower) and before.text[0].isupper()
        is_quoted = gap == " " and before.lower in _SAYING and (i + 1 == len(tokens) or tokens[i + 1].text in ".,:")
        if before.text == "." and i > 1 and tokens[i - 2].lower in {"dr", "prof"}:
            is_surname = True
        if is_surname or is_quoted:
            found.append(token)
    return found
