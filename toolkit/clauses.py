"""Shorter forms of an English sentence: clauses that it stands without are left out, nothing is put in or moved."""

from __future__ import annotations

import itertools
import re

_LEAST_WORDS = 7
"""Fewest words of a shorter form."""
_MOST_SPANS = 7
"""Most clauses of one sentence that are tried: the forms are all their combinations."""

_BRACKETS = re.compile(r" ?\([^()]*\)")
_DATELINE = re.compile(
    r"^[A-Z][\w./]*(?: [A-Z][\w./]*)? (?:[–—]|--?) (?=[\"“]?(?:[A-Z]|(?:the|a|an|after|in|on|at|for|with)\b))"
    r"(?!.* (?:[–—]|--?) )"
)
"""Where a report was written: "Bremen/Kourou – The satellite"."""
_LEADING_WORD = re.compile(
    r"^(?:But|And|So|Also,|However,|Meanwhile,|In addition,|Instead,|Nevertheless,|Still,|Then,|Indeed,|Moreover,|"
    r"Furthermore,|Of course,|At the same time,|For example,|As a result,) "
)
_LEADING_CLAUSE = re.compile(
    r"^(?:In|On|At|After|Before|During|For|By|Since|Despite|Following|Under|As|While|When|If|Although|Though|Because|"
    r"Last|Earlier|Speaking|According|With|From|Until|Along|Among|Asked|Over|Throughout|Within) [^,;:\"“”()]{2,90}, "
    r"(?=(?:the|a|an|he|she|it|they|we|there|his|her|its|their|this|these|those|some|many|more|about|police)\b|"
    r"[A-Z][\w.'’-]*(?![^,]{0,60}, ))"  # a name, unless of a list: "In Berlin, Hamburg and Bremen, "
)
_INSERTED = re.compile(
    r", (?:who|which|whose|where|a|an|the|one of|formerly|including|according to|known as|such as|like|along with|"
    r"as well as|based in|aged|\d+) ?[^,;:\"“”()]{0,90},(?= (?!and\b|or\b))"
)
_DASHED = re.compile(r" [–—-] [^–—]{3,90} [–—-](?= )")
_TAIL = re.compile(
    r"(?:,|;| [–—-]) (?:who|which|whose|where|when|while|with|after|before|as|but|and|so|because|although|though|if|"
    r"unless|including|according to|despite|following|amid|rather than|such as|along with|based on|"
    r"(?!(?:during|bring|spring|king|ring|thing|nothing|something|morning|evening)\b)[a-z]{2,}ing) (?=\S)"
)
_BARE_TAIL = re.compile(
    r"(?<!\bnamed)(?<!\blook)(?<!\blooking)(?<!\blooked)(?<!\bshortly)(?<!\bsoon)(?<!\bdays)(?<!\bhours)(?<!\bweeks)"
    r"(?<!\bmonths)(?<!\byears)(?<!\bminutes)"
    r" (?:after|while|because|although|following|amid|despite|when|before [a-z]+ing|in order to|as part of) (?=\S)"
)
_WHEN = re.compile(
    r" (?:on|in|last|since|by|until|this|next|during|earlier|later) (?:the )?(?:early |late )?"
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|November|December|weeks?|"
    r"months?|years?|[12]\d{3})(?: (?:morning|evening|afternoon|night|\d{1,4}))*(?=[.!?]$)"
)
_SECOND_PREDICATE = re.compile(r",? and (?:has|have|had|is|are|was|were|will|would|said|says|told|[a-z]{2,}ed) (?=\S)")
_SAID = re.compile(
    r"(?:,|(?<=[\"”’])) (?:(?:he|she|they|it|police|officials|(?:the |a )?[\w.'’-]+(?: [\w.'’-]+){0,3}) "
    r"(?:said|says|added|reported|announced)|(?:said|says|added) [\w.'’ -]{2,40})(?: on [A-Z]\w+day)?(?=[.!?]$)"
)
_END = re.compile(r"[.!?…][\"'”’)\]]*$")
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|did|does|do|[a-z]{2,}ed|says|said|"
    r"wins|won|dies|gets|got|makes|made|takes|took|gives|gave|goes|went|comes|came|sees|saw|finds|found|begins|began|"
    r"became|becomes|hits?|sets|puts|leads|led|keeps|kept|tells|told|holds|held|meets|met|pays|paid|loses|lost|sells|"
    r"sold|buys|bought|sends|sent|leaves|left|faces|rose|rises|fell|falls|grew|grows|wants|plans|needs|works|shows|"
    r"accuses|agrees|announces|approves|backs|bans|beats|bursts|closes|condemns|confirms|convicts|debates|demands|denies|"
    r"drops|exceeds|generates|helps|"
    r"joins|launches|opens|raises|reaches|receives|rejects|reports|retires|returns|reveals|rings|seeks|signs|starts|"
    r"stops|threatens|turns|urges|votes|warns|"
    r"hopes|knew|knows|thinks|thought|wrote|writes|spoke|ran|runs|broke|brought|chose|drew|drove|fought|flew|beat|cut|"
    r"built|struck|stood|stands|spent|seems|remains|includes|means|brings|calls|expects|believes|claims)\b"
)
_LOOSE_END = re.compile(
    r"\b(?:a|an|the|of|to|in|on|at|for|from|by|with|and|or|but|that|than|as|his|her|their|its|not|only|even)$"
)


def shorter_forms(sentence: str, *, most: int) -> list[str]:
    """The sentence, if it has at most `most` words, and its shorter forms that do; nothing for what ends openly.

    None has the place before its first word where the report was written.
    """
    text = without_dateline(" ".join(sentence.split()))
    end = _END.search(text)
    if end is None:
        return [text] if len(text.split()) <= most else []
    spans = _spans(text, end.start())[:_MOST_SPANS]
    forms: dict[str, None] = {}
    if len(text.split()) <= most:
        forms[text] = None
    for size in range(1, len(spans) + 1):
        for chosen in itertools.combinations(spans, size):
            if any(one[1] > other[0] for one, other in itertools.pairwise(chosen)):
                continue
            form = _without(text, chosen)
            if form is not None and len(form.split()) <= most:
                forms[form] = None
    return list(forms)


def without_dateline(text: str) -> str:
    """A report's first sentence without the place before it."""
    rest = _DATELINE.sub("", text)
    return capitalised(rest) if len(rest) < len(text) else text


def has_verb(text: str) -> bool:
    """Whether a word of it is a finite verb, of those that news mostly uses."""
    return _VERB.search(text) is not None


def capitalised(text: str) -> str:
    """A text with a capital at its start."""
    return text[:1].upper() + text[1:]


def _spans(text: str, end: int) -> list[tuple[int, int]]:
    """Where the parts stand that may be left out, in order; tails reach to the full stop."""
    found: set[tuple[int, int]] = set()
    leading = 0
    if word := _LEADING_WORD.match(text):
        leading = word.end()
        found.add((0, leading))
    if clause := _LEADING_CLAUSE.match(capitalised(text[leading:])):
        found.add((leading, leading + clause.end()))
    for pattern in (_BRACKETS, _DASHED):
        found |= {match.span() for match in pattern.finditer(text)}
    # What follows the inserted clause may be one too: the comma belongs to both.
    start = 0
    while match := _INSERTED.search(text, start):
        found.add(match.span())
        start = match.end() - 1
    for pattern in (_TAIL, _BARE_TAIL, _SECOND_PREDICATE):
        found |= {(match.start(), end) for match in pattern.finditer(text)}
    found |= {match.span() for pattern in (_SAID, _WHEN) for match in pattern.finditer(text)}
    return sorted((start, stop) for start, stop in found if stop <= end and start < stop)


def _without(text: str, spans: tuple[tuple[int, int], ...]) -> str | None:
    """The text without the spans, or None where what is left is no whole sentence."""
    parts, start = [], 0
    for left, right in spans:
        parts.append(text[start:left])
        start = right
    form = " ".join("".join([*parts, text[start:]]).split())
    form = re.sub(r"[ ,;–—-]+(?=[.!?]$)", "", form)
    form = re.sub(r"(?<=\.[a-z])\.\.$", ".", form)  # "since 10 p.m.," loses its comma
    form = capitalised(form)
    if len(form.split()) < _LEAST_WORDS or form.count('"') % 2 or form.count("“") != form.count("”"):
        return None
    if form.count("(") != form.count(")") or not has_verb(form) or _LOOSE_END.search(_END.sub("", form)):
        return None
    return form
