"""True and untrue cases for the support score: denials in other words, and errors planted by rule."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from toolkit import grounding
from toolkit.support import lexicon
from toolkit.support.reading import read_sentence

_WHOLE = 0.5
"""Share of the inventions that take a whole sentence."""
_PLANTED = 2
"""Errors planted in a true case, each in a copy of its own."""

_AUXILIARY = re.compile(r"\b(is|are|was|were|will|would|can|could|has|have|had|must|should|may|might)\b(?! not)")
_DENIALS = ((r" not\b| never\b|n[’']t\b| no longer\b", ""), (r"\bno\b", "some"), (r"\bwithout\b", "with"))
_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w,])|(?<![\w.,])\d+(?:\.\d+)?(?![\w,]|\.\d)")
NAMES = re.compile(r"(?<=\w )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
_NOUNS = re.compile(
    r"(?<=\b[Tt]he )[a-z]{4,}(?=[,.;]|$"
    r"| (?:and|are|at|by|can|could|did|for|from|had|has|have|in|is|of|on|or|said|that|to|was|were|which|who|will|with"
    r"|would|\w+ed)\b)"
)
_LISTED = re.compile(r"(?:\W*(?:and|or|[A-Z][\w’'-]+)\W*)*\W*")
"""Between two names whose exchange changes nothing: "A, B and C"."""


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, what it rests on, and whether that bears it out."""

    kind: str
    """Of its error, or where it comes from."""
    text: int
    """Cases of one text stand on the same side of the fitting."""
    sentence: str
    evidence: tuple[str, ...]
    is_true: bool


# A denial, the same in other words, and its contrary: with "not" for words that deny, and with such words for "not".
# Participles ("was rejected") are left alone: their rewording would be no English.
_ACTIVE = "".join(f"(?<!{before} )" for before in "was were been be are is being has have had for not".split())
_REWORDINGS = tuple(
    (re.compile(pattern), same, contrary)
    for pattern, same, contrary in (
        (rf"{_ACTIVE}\b(?:refused|declined) to\b", "did not agree to", "agreed to"),
        (rf"{_ACTIVE}\bfailed to\b", "did not manage to", "managed to"),
        (r"\b(was|were|is|are) unable\b", r"\1 not able", r"\1 able"),
        (rf"{_ACTIVE}\b(?:rejected|turned down|dismissed)\b", "did not accept", "accepted"),
        (r"\brejects\b", "does not accept", "accepts"),
        (rf"{_ACTIVE}\bruled out\b", "did not consider", "considered"),
        (rf"{_ACTIVE}\bdenied\b", "did not admit", "admitted"),
        (r"\bdenies\b", "does not admit", "admits"),
        (rf"{_ACTIVE}\b(?:banned|blocked|prevented)\b", "did not allow", "allowed"),
        (rf"{_ACTIVE}\bopposed\b", "did not support", "supported"),
        (r"\bopposes\b", "does not support", "supports"),
        (rf"{_ACTIVE}\b(?:abandoned|scrapped)\b", "did not keep", "kept"),
        (rf"{_ACTIVE}\b(?:called off|cancelled)\b", "did not hold", "held"),
        (rf"{_ACTIVE}\bavoided\b", "did not suffer", "suffered"),
        (rf"{_ACTIVE}\blacked\b", "did not have", "had"),
        (r"\black(s?)\b(?! of)", r"do not have", r"have"),
        (r"\bwithout\b(?! \w+ing)", "with no", "with"),
        (r"\bun(likely|clear|able|hurt|successful|willing|known|aware|certain|happy)\b", r"not \1", r"\1"),
        (r"\bimpossible\b", "not possible", "possible"),
        (r"\bnot (likely|clear|able|hurt|successful|willing|known|aware|certain|happy)\b", r"un\1", r"\1"),
        (r"\bnot possible\b", "impossible", "possible"),
        (r"\bdid(?: not|n[’']t) allow\b", "prohibited", "allowed"),
        (r"\bdid(?: not|n[’']t) accept\b", "rejected", "accepted"),
        (r"\bnot allowed\b", "forbidden", "allowed"),
        (r"\bdid(?: not|n[’']t)(?= [a-z])", "failed to", "did"),
        (r"\bdoes(?: not|n[’']t)(?= [a-z])", "fails to", "does"),
        (r"\bdo(?: not|n[’']t)(?= [a-z])", "fail to", "do"),
        (r"\b(will|would) not(?= [a-z])", r"\1 refuse to", r"\1"),
        (r"\b(?:cannot|can[’']t)(?= [a-z])", "is unable to", "can"),
        (r"\bcould(?: not|n[’']t)(?= [a-z])", "was unable to", "could"),
    )
)


def reworded(cases: Sequence[Case]) -> Iterator[Case]:
    """Cases with a denial in other words on one side, which holds, and with its contrary, which does not."""
    for case in cases:
        for pattern, same, contrary in _REWORDINGS:
            if not pattern.search(case.sentence):
                continue
            for kind, new in (("reworded", same), ("affirmed", contrary)):
                sentence = pattern.sub(new, case.sentence, count=1)
                yield replace(case, kind=kind, sentence=sentence, is_true=kind == "reworded")
            break
        here = read_sentence(case.sentence)
        if not here.negations + here.firm_denials:
            continue
        for pattern, same, contrary in _REWORDINGS:
            if sum(len(pattern.findall(text)) for text in case.evidence) != 1:
                continue
            for kind, new in (("reworded", same), ("affirmed", contrary)):
                evidence = tuple(pattern.sub(new, text) for text in case.evidence)
                yield replace(case, kind=kind, evidence=evidence, is_true=kind == "reworded")
            break


class Planter:
    """Plants one error in a true sentence; None where there is no place for it."""

    def __init__(self, cases: Sequence[Case], rng: random.Random) -> None:
        self._rng = rng
        self._names = sorted({name for case in cases for name in NAMES.findall(case.sentence)})
        self._others: dict[tuple[str, int], list[str]] = defaultdict(list)
        for case in cases:
            self._others[case.kind, case.text].append(case.sentence)
        self.kinds: dict[str, Callable[[Case], str | None]] = {
            "name": self._name,
            "number": self._number,
            "negation": self._negation,
            "opposite": self._opposite,
            "agent": self._agent,
            "invented": self._invented,
        }

    def _name(self, case: Case) -> str | None:
        found = [m for m in NAMES.finditer(case.sentence) if m.group() in " ".join(case.evidence)]
        if not found:
            return None
        match = self._rng.choice(found)
        text = " ".join((*case.evidence, case.sentence))
        length = len(match.group().split())
        fitting = [name for name in self._names if len(name.split()) == length and name not in text]
        return _exchanged(case.sentence, match, self._rng.choice(fitting)) if fitting else None

    def _number(self, case: Case) -> str | None:
        found = list(_NUMBER.finditer(case.sentence))
        if not found:
            return None
        match = self._rng.choice(found)
        digits = [*match.group()]
        place = self._rng.choice([i for i, sign in enumerate(digits) if sign.isdecimal()])
        digits[place] = self._rng.choice([d for d in "123456789" if d != digits[place]])
        return _exchanged(case.sentence, match, "".join(digits))

    def _negation(self, case: Case) -> str | None:
        for pattern, instead in _DENIALS:
            if re.search(pattern, case.sentence):
                return re.sub(pattern, instead, case.sentence, count=1)
        found = list(_AUXILIARY.finditer(case.sentence))
        if not found:
            return None
        match = found[0]
        return _exchanged(case.sentence, match, f"{match.group()} {self._rng.choice(('not', 'never', 'no longer'))}")

    def _opposite(self, case: Case) -> str | None:
        """Exchanged are words whose opposite is known, in the base form or with the same ending."""
        for word in self._rng.sample(words := grounding.words(case.sentence), len(words)):
            stem = lexicon.lemma(word)
            opposites = sorted(other for other in lexicon.opposites(stem) if len(other) > 2)
            if word.islower() and grounding.is_content(word) and opposites:
                new = self._rng.choice(opposites) + (word[len(stem) :] if word.startswith(stem) else "")
                return re.sub(rf"\b{re.escape(word)}\b", new, case.sentence, count=1)
        return None

    def _agent(self, case: Case) -> str | None:
        """Two names, or two nouns behind an article, change places."""
        evidence = " ".join(case.evidence)
        found = [m for m in re.finditer(r"\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*", case.sentence) if m.group() in evidence]
        found = [m for m in found if m.start() or any(word.is_name for word in read_sentence(m.group()).words[:1])]
        if len(found) < 2 or _LISTED.fullmatch(case.sentence[found[0].end() : found[-1].start()]):
            # The last word of its phrase, never an adjective.
            found = list(_NOUNS.finditer(case.sentence))
        if len(found) < 2:
            return None
        first, second = sorted(self._rng.sample(found, 2), key=lambda match: match.start())
        if first.group() == second.group():
            return None
        text = case.sentence
        middle = text[first.end() : second.start()]
        if _LISTED.fullmatch(middle):
            return None
        return text[: first.start()] + second.group() + middle + first.group() + text[second.end() :]

    def _invented(self, case: Case) -> str | None:
        """The end of the sentence, or all of it, becomes that of another one of the text, which the evidence lacks.

        In a sentence taken whole the names are those of the evidence.
        """
        others = [other for other in self._others[case.kind, case.text] if other != case.sentence]
        if not others:
            return None
        own, other = case.sentence.split(), self._rng.choice(others)
        evidence = " ".join(case.evidence)
        names = NAMES.findall(evidence)
        if names and not _NUMBER.search(other) and self._rng.random() < _WHOLE:
            made = NAMES.sub(lambda m: m.group() if m.group() in evidence else self._rng.choice(names), other)
        else:
            words = other.split()
            made = " ".join((*own[: max(2, len(own) // 2)], *words[len(words) // 2 :]))
        known = set(grounding.content_stems(evidence))
        return made if set(grounding.content_stems(made)) - known else None


def _exchanged(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def planted(cases: Sequence[Case], rng: random.Random) -> Iterator[Case]:
    """Every true case with an error each of two kinds that have a place in it, the kinds in turn."""
    planter = Planter(cases, rng)
    kinds = list(planter.kinds)
    for number, case in enumerate(cases):
        count = 0
        for kind in (*kinds[number % len(kinds) :], *kinds[: number % len(kinds)]):
            made = planter.kinds[kind](case)
            if count < _PLANTED and made is not None and made != case.sentence:
                yield Case(kind, case.text, made, case.evidence, is_true=False)
                count += 1
