"""The summariser's training pairs: passages of news with a headline or one sentence that says less and adds nothing.

Only pairs whose target is found in its source are kept (`is_faithful`): a model that is taught what the source does
not say learns to invent (Maynez et al. 2020).
"""

from __future__ import annotations

import html
import itertools
import lzma
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.recipes import corpora, summary_paraphrases
from models.recipes.corpora import key, read_pairs, read_records
from models.recipes.summary_paraphrases import Lead
from toolkit import grounding
from toolkit.clauses import capitalised
from toolkit.control import HEADLINE, SENTENCE

CORPORA: dict[str, str] = {
    "newsapi": "research (news text © its publishers)",
    "xsum_train_subset": "research (BBC text)",
    "cnndm_train_small": "research (CNN, Daily Mail text)",
    "bbc_news_titles": "research (BBC text)",
    "inshorts_headlines_subset": "research (Inshorts text)",
    "nyt_snippet_headline": "research (New York Times text)",
    "digitalgov_decks": "public domain (US government)",
    "scitldr": "Apache-2.0",
}
"""File → licence as known. Left out: reuters21578_titles (telegraphic capitals), aeslc (e-mails, non-commercial)."""
COPIES = ("newstest_human_08-17", "wmt_ende_human_refs", "europarl_v7_20k")
"""Parallel corpora whose English lines are copied: see `copies`."""
TRANSLATED = ("newstest_human_08-17", "newstest_bergamot_fwd")
"""Parallel corpora with the same German, translated by people and by a program: see `translations`."""
_FOLLOWED = 0.4
"""Share of these whose source goes on with the next sentence, which is left out of the target."""
_LEAST_COPIED = 0.25
"""Share of a sentence's bigrams in its source, below which it tells of something else, though of the same things."""
_LEAST_TRANSLATED = 0.6
"""Content words that both translations share: they say the same by their making."""
_COPY_WORDS = (4, 25)
_HEADLINE_CORPORA = ("bbc_news_titles", "inshorts_headlines_subset", "nyt_snippet_headline")

_DOCUMENT_CHARACTERS = 5000
"""How far into a document its summary's evidence is looked for: news says it early, and the search takes its time."""

MAX_WORDS = 64
"""Longest source: about 90 tokens of the vocabulary."""
_TARGET_WORDS = {HEADLINE: (5, 15), SENTENCE: (7, 26)}
_MOST_COPIED = 0.85
"""Share of a target's bigrams found in its source, above which only one pair in `_COPIES_KEPT` stays."""
_COPIES_KEPT = 5
_REPEATED = {"xsum_train_subset": 3, "cnndm_train_small": 2, "scitldr": 2}
"""How often the pairs of small corpora of real summaries come."""
_NOISY = 0.1
"""Share of sources with some small words left out or exchanged, as machine translation does."""
_LEAST_SUPPORT = {"xsum_train_subset": 0.5}
_STORY_WORDS = 84
"""Longest source of a story's sentence: of the first stories two fifths have more than `MAX_WORDS`; leads tell all."""
_LEAST_STORY_SUPPORT = 0.7
"""Content words of a story's sentence found in what it tells: of a few thousand pairs no model learns synonyms."""
MOST_HEADLINES = 150_000
"""Headlines are short and many; sentences are the harder task."""
REWORDED = ("two outlets", "repetition", "gap sentence")
"""Kinds of sentences in other words than their sources: they come twice, for they are far fewer than headlines."""
MOST_COMPRESSED = 0.12
"""Share of the sentences that may be the lead's own, shortened: they teach copying."""
_MOST_REPEATED = 0.75
"""Share of a repetition's bigrams found in the sentence it repeats."""
STYLE_LEADS = 100_000
"""Leads from which casing and verbs are learned."""

_CUT = re.compile(r"\s*(?:…|\.\.\.+|\[\+?\d+ chars\])\s*")
_GLUED = re.compile(r"(?<=[a-z0-9][.!?])(?=[\"“‘]?[A-Z][a-z])|(?<=[a-z0-9][.!?][\"”’'])(?=[A-Z][a-z])")
_RUN_ON = re.compile(r"(?<![^\W_])(?:[a-z]{4,}|(?:19|20)\d\d)(?=[A-Z](?:[a-z]| ))")
"""Where a description without a full stop runs into the text: "to mounting costsA businessman"."""
_AGENCY = re.compile(
    r"(?:\b[A-Z][\w/.,' ]{1,40}?)? ?\((?:CNN|Reuters|AP|AFP|IANS|PTI|ANI|UPI|CNN Business|File)\) ?[-–—:]* ?"
)
_LABEL = re.compile(r"^(?:[\w.'’/&-]+,? ){0,3}[\w.'’/&-]+: ?(?=[\"“A-Z])")
_DATELINE = re.compile(r"^[A-Z][A-Z .,]{3,30}(?:, [A-Z][a-z.]+)* ?[-–—] ?(?=[A-Z])")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gov|Sen|Rep|Lt|Gen|Col|Sgt|Capt|St|No|Nos|vs|v|Jr|Sr|Inc|Ltd|Co|Corp|Rs|Pvt|approx|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Calif|Fla|Pa|Mass|Okla|Ill|Va|U\.S|U\.K|U\.N|a\.m|p\.m)|\b[A-Z])\.$"
)
_BOILERPLATE = re.compile(
    r"sign up|read more|newsletter|inbox|click here|subscri|updated?:|written by|photo:|image:|©|copyright|key points|"
    r"https?:|www\.|\bu00a|#39|advertis|follow us|all rights reserved|story contains|spoiler|this article|"
    r"last updated|target price|incorporated in|file photo|getty images|download the|our guide|"
    r"here'?s|here are|\[|\]|\||\\"
)
"""In small letters: a search that minds no case takes three times as long."""
_TEASER = re.compile(
    r"\b(?:how|why|what|here|here's|you|your|this|these|watch|video|photos?|pics?|review|live|updates?|top \d+|"
    r"best|everything|things|ways|tips|reasons?|target (?:price|of)|"
    r"explained|explainer|quiz|horoscope|deals?|we|our|i|my|me)\b|[?!]|\.\.|…|\|",
    re.IGNORECASE,
)
_OUTLET_TAIL = re.compile(r"\s+(?:\||[-–—])\s+([^|–—]{2,40})$")
_SOURCE_TAIL = re.compile(r":\s+(?:\w+\s?){1,3}$")
_PRONOUN_START = re.compile(
    r"^[\"“‘'(]|^(?:he|she|it|they|we|i|you|his|her|their|its|our|my|this|that|these|those|there|but|and|so|or|also|"
    r"meanwhile|however|then|such|both|one|another|some|if|as|while|here|according)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(?:,? (?:after|while|amid|because|before|following|during|including|saying|according to|despite|since|"
    r"although)\b|, (?:as|who|which|where|when|with|but|though|\w+ing)\b|; | [–—-] )"
)
_OPEN_END = re.compile(r"(?:\b(?:second|minute|hour|day|week|month|year|moment)s?|\b(?:just|shortly|soon|even|only))$")
"""What belongs to the clause that follows: "three days | after he went missing"."""
_NO_REPORT = re.compile(
    r"\b(?:you|your|we|our|i|my|me|hes|shes|theyre|werent|dont|doesnt|didnt|cant|wont|isnt|arent|hasnt|havent|wasnt|"
    r"couldnt|wouldnt|check out|explore|find out|take a look|stay tuned|click|via|see pics?|watch)\b|[#@*]|[a-z]\(|--",
    re.IGNORECASE,
)
"""What a reporter does not write in a sentence of a summary, or lost its apostrophe."""
_ATTRIBUTION = re.compile(
    r",? (?:[\w.' ]{1,40} )?(?:said|reported|announced|told [\w.' ]{1,30})(?: (?:on )?\w+day)?\.$"
)
_SUBJECT_WORDS = ("he", "she", "it", "they", "who", "which", "that", "we")


@dataclass(frozen=True, slots=True)
class Example:
    """One training pair."""

    corpus: str
    task: str
    """`HEADLINE` or `SENTENCE`: the control token its source starts with."""
    source: str
    target: str
    kind: str = ""
    """How the pair was found, where a corpus gives several kinds."""


def examples(folder: Path, *, exclude: frozenset[str], seed: int, leads: int) -> list[Example]:
    """All pairs, from at most `leads` news leads, shuffled; none whose text has a key in `exclude`."""
    rng = random.Random(seed)
    rows = list(lead_rows(folder / "newsapi.tsv.xz"))
    rng.shuffle(rows)
    style = Style.learn(row[0] for row in rows[:STYLE_LEADS])
    # Two outlets tell of one event on the same days only: the leads of the fullest days, not of all.
    days = [day for day, _ in Counter(row[3][:10] for row in rows).most_common()]
    order = {day: i for i, day in enumerate(days)}
    rows.sort(key=lambda row: order[row[3][:10]])
    found: list[Example] = []
    dated: list[Lead] = []
    for lead, headline, outlet, date in rows[:leads]:
        clean = _clean_sentences(lead)
        sentences = _told_once(clean)
        shown = clean_headline(headline, outlet)
        if shown is not None:
            shown = style.recase(shown, " ".join(sentences))
        dated.append(Lead(tuple(sentences), outlet, date, shown or ""))
        found += _repetitions(clean)
        found += _from_lead(sentences, shown, style, rng)
    told_twice = summary_paraphrases.pairs(dated, most_words=MAX_WORDS, seed=seed)
    found += [
        Example("newsapi", HEADLINE if is_headline else SENTENCE, source, target, "two outlets")
        for source, target, is_headline in told_twice
    ]
    for name in CORPORA:
        if name != "newsapi":
            found += list(_from_documents(name, folder / f"{name}.jsonl.xz", style)) * _REPEATED.get(name, 1)
    kept = _without_repeats(found, style, exclude, rng)
    headlines = [example for example in kept if example.task == HEADLINE]
    compressed = [example for example in kept if example.kind == "compression"]
    most = int(MOST_COMPRESSED * sum(example.task == SENTENCE for example in kept))
    surplus = {id(example) for example in [*headlines[MOST_HEADLINES:], *compressed[most:]]}
    chosen = [e for e in kept if id(e) not in surplus for _ in range(1 + (e.task == SENTENCE and e.kind in REWORDED))]
    return [_noised(example, rng) for example in chosen]


def copies(folder: Path, *, exclude: frozenset[str], seed: int, count: int) -> list[Example]:
    """At most `count` sentences that come out as they went in.

    With the short ones first, the model learns within some dozen steps which word of the source it is writing about,
    before passages ask for it (see `seq2seq.SHORT`); the longer ones teach it to spell names it has never seen.
    """
    found: dict[str, Example] = {}
    least, most = _COPY_WORDS
    for name in COPIES:
        if (folder / f"{name}.tsv.xz").exists():
            for _, text in read_pairs(folder, name):
                if (
                    least <= len(text.split()) <= most
                    and re.fullmatch(r"[A-Z0-9\"].*[.!?]", text)
                    and key(text) not in exclude
                ):
                    found.setdefault(key(text), Example(name, SENTENCE, text, text, "copy"))
    listed = list(found.values())
    return random.Random(seed).sample(listed, min(count, len(listed)))


def translations(folder: Path, *, exclude: frozenset[str], seed: int) -> list[Example]:
    """Sentences of machine-translated English, some with the next one after them, and the words of a human translator.

    So the model learns to write well what reads badly, which is what it gets in klartext.
    """
    human, machine = TRANSLATED
    if not all((folder / f"{name}.tsv.xz").exists() for name in TRANSLATED):
        return []
    rng = random.Random(seed)
    written = dict(read_pairs(folder, human))
    rows = [(german, english) for german, english in read_pairs(folder, machine) if german in written]
    found: list[Example] = []
    for i, (german, english) in enumerate(rows):
        target = written[german]
        least, most = _TARGET_WORDS[SENTENCE]
        if not (least <= len(target.split()) <= most and re.fullmatch(r"[A-Z0-9].*\.", target)):
            continue
        if key(target) in exclude or _NO_REPORT.search(target) or _PRONOUN_START.search(target):
            continue
        source = english
        following = rows[i + 1][1] if i + 1 < len(rows) else ""
        if rng.random() < _FOLLOWED and len(f"{source} {following}".split()) <= MAX_WORDS:
            source = f"{source} {following}".strip()
        copied = summary_paraphrases.copied(source, target)
        if _LEAST_COPIED <= copied <= _MOST_REPEATED and is_faithful(english, target, least=_LEAST_TRANSLATED):
            found.append(Example(machine, SENTENCE, source, target, "machine translation"))
    return found


def stories(
    *, exclude: frozenset[str], seed: int, times: int, translated: Sequence[Sequence[str]] | None = None
) -> list[Example]:
    """Headlines and sentences of the stories written for klartext, `times` over.

    Nothing is asked of a headline but that its names and numbers are the story's. With `translated`, each story's
    sentences as a machine translates them from its German, every pair comes with that source as well, where that has
    what the target says: so the model learns to write well what reads badly, which is what it gets in klartext.
    """
    rng = random.Random(seed)
    found = []
    for i, story in enumerate(corpora.stories()):
        if any(key(sentence) in exclude for sentence in story["en"]):
            continue
        for told in (story["en"], translated[i]) if translated else (story["en"],):
            for task, indices, target in _story_targets(story):
                passage = _within([told[k] for k in indices], most=_STORY_WORDS)
                least = 0.0 if task == HEADLINE else _LEAST_STORY_SUPPORT
                if is_faithful(passage, target, least=least) and len(target.split()) < len(passage.split()):
                    found += [Example(corpora.STORIES, task, passage, target, "story")] * times
    return [_noised(example, rng) for example in found]


def _story_targets(story: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[int], str]]:
    """Task, indices of the sentences told, and text, of what was written of a story."""
    yield HEADLINE, range(len(story["en"])), story["headline"]
    for rewriting in story["rewritings"]:
        yield SENTENCE, rewriting["of"], rewriting["text"]


def sentences_of(lead: str) -> list[str]:
    """The whole sentences of a news lead: cut-off ones, datelines, labels, boilerplate and repetitions removed."""
    return _told_once(_clean_sentences(lead))


def _clean_sentences(lead: str) -> list[str]:
    """The same with the repetitions."""
    text = html.unescape(lead).replace("\u00a0", " ").replace("u00a0", " ").replace("#39;", "'").replace("\\", " ")
    kept: list[str] = []
    for chunk in itertools.chain.from_iterable(map(_separated, _CUT.split(text))):
        spaced = _GLUED.sub(" ", _AGENCY.sub(" ", chunk) if "(" in chunk else chunk).strip()
        for raw in split(spaced):
            sentence = re.sub(r" +(?=[.,;:!?](?: |$))", "", _LABEL.sub("", _DATELINE.sub("", raw.strip())))
            count = len(sentence.split())
            if not re.search(r"[.!?][\"”’')]*$", sentence) or not 5 <= count <= 55:
                continue
            if _BOILERPLATE.search(sentence.lower()) or not re.match(r"[\"“‘'(]?[A-Z0-9]", sentence):
                continue
            if sentence.count('"') % 2 or sentence.count("“") != sentence.count("”"):
                continue
            kept.append(sentence)
    return kept


def _separated(text: str) -> list[str]:
    """A text cut where a word in small letters, or a year, runs into a capital."""
    parts: list[str] = []
    start = 0
    for match in _RUN_ON.finditer(text):
        parts.append(text[start : match.end()])
        start = match.end()
    return [*parts, text[start:]]


def _told_once(sentences: Iterable[str]) -> list[str]:
    """The sentences that say something new: leads repeat their opening at once."""
    kept: list[str] = []
    seen: list[set[str]] = []
    for sentence in sentences:
        stems = set(grounding.content_stems(sentence))
        # A look at the last few sentences keeps long documents linear.
        if all(_overlap(stems, other) < 0.8 for other in seen[-4:]):
            kept.append(sentence)
            seen.append(stems)
    return kept


def split(text: str) -> list[str]:
    """Sentences of clean English prose."""
    parts: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if not _ABBREVIATION.search(text[start : match.start()]):
            parts.append(text[start : match.end()].strip())
            start = match.end()
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def clean_headline(headline: str, outlet: str = "") -> str | None:
    """A headline without outlet name, label and source; None for teasers, questions and lists."""
    text = html.unescape(headline).replace("\u00a0", " ").strip()
    while (tail := _OUTLET_TAIL.search(text)) and (
        "|" in tail.group() or key(tail.group(1)) in key(outlet) or key(outlet) in key(tail.group(1))
    ):
        text = text[: tail.start()]
    text = _SOURCE_TAIL.sub("", text)
    text = re.sub(r"^(?:[\w.'’-]+ ){0,2}[\w.'’-]+: (?=(?:\S+ ){4})", "", text)
    if _TEASER.search(text) or ": " in text or text.count('"') % 2:
        return None
    return text.rstrip(" .") or None


class Style:
    """What the leads teach: how a word is written inside a sentence, and which words are finite verbs."""

    def __init__(self, cased: dict[str, str], verbs: frozenset[str]) -> None:
        self.cased = cased
        self.verbs = verbs

    @classmethod
    def learn(cls, leads: Iterable[str]) -> Style:
        """From raw leads; a word must be seen three times."""
        forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        after_subject: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for lead in leads:
            found = re.findall(r"(?<=[a-z,;] )[^\W\d_][\w'’-]*", lead)
            for word in found:
                forms[word.casefold()][word] += 1
            lower = lead.casefold()
            total.update(re.findall(r"[a-z]+", lower))
            after_subject.update(re.findall(rf"\b(?:{'|'.join(_SUBJECT_WORDS)}) ([a-z]+)\b", lower))
        cased = {word: counts.most_common(1)[0][0] for word, counts in forms.items() if counts.total() >= 3}
        # 4 % of all uses right after a pronoun: "says", "won", "faces" pass, "cases", "police", "new" do not.
        verbs = {
            word
            for word, count in after_subject.items()
            if count >= 5 and count >= 0.04 * total[word] and (word.endswith(("s", "ed")) or word in _COMMON_VERBS)
        }
        return cls(cased, frozenset(verbs | _COMMON_VERBS))

    def recase(self, headline: str, lead: str) -> str:
        """The headline cased as a sentence: as the lead writes the word, else as most leads do.

        A headline with a content word in small letters is cased so already.
        """
        tokens = re.findall(r"[^\W\d_][\w'’-]*", headline)
        if any(word.islower() and len(word) > 3 and grounding.is_content(word) for word in tokens):
            return capitalised(headline)
        inside = {word.casefold(): word for word in re.findall(r"(?<=[a-z,;] )[^\W\d_][\w'’-]*", lead)}
        pairs = set(re.findall(r"(?=\b([A-Z][\w'’-]* [A-Z][\w'’-]*))", lead))
        is_shouted = headline.isupper()

        def known(word: str) -> str:
            lower = word.casefold()
            if (found := inside.get(lower) or self.cased.get(lower)) is not None:
                return found
            if "-" in word:
                return "-".join(map(known, word.split("-")))
            return word.capitalize() if word.isupper() and len(word) > 5 else word

        def form(match: re.Match[str]) -> str:
            word = match.group()
            before, after = headline[: match.start()].rsplit(" ", 2), headline[match.end() :].split(" ", 2)
            initial = headline[: match.start()].endswith(("'", '"', "‘", "“")) or (
                len(word) == 1 and re.search(r"\b[A-Z][. ]*$", headline[: match.start()])
            )
            if word.islower() or not word[0].isupper() or initial:
                return word
            if 2 <= len(word) <= 5 and word.isupper() and not is_shouted:
                return word
            # "Supreme Court": the lead has both so, one after the other.
            named = (len(before) > 1 and not before[-1] and f"{before[-2]} {word}" in pairs) or (
                len(after) > 1 and not after[0] and f"{word} {after[1].rstrip(',.;:')}" in pairs
            )
            return word if named else known(word)

        text = re.sub(r"[^\W\d_][\w'’-]*", form, headline)
        return capitalised(text)

    def has_verb(self, text: str) -> bool:
        """Whether a word stands in it that is mostly a finite verb."""
        return any(word in self.verbs for word in re.findall(r"[a-z]+", text))


_COMMON_VERBS = frozenset(
    """
    is are was were has have had will would can could says said may must wins won dies died gets got makes made
    takes took gives gave goes went comes came sees saw finds found begins began becomes became hits sets puts
    leads led keeps kept tells told holds held meets met pays paid loses lost sells sold buys bought sends sent
    leaves left faces
    """.split()
)


def is_faithful(source: str, target: str, *, least: float) -> bool:
    """Whether every name and number of the target stands in the source, and `least` of its content words."""
    share = grounding.support(target, source)
    return share is not None and share >= least and not grounding.ungrounded(target, source)


def _from_lead(sentences: Sequence[str], headline: str | None, style: Style, rng: random.Random) -> Iterator[Example]:
    if not sentences:
        return
    whole = _within(sentences[:3])
    yield from _gap_sentences(sentences)
    if headline is None:
        return
    passages = dict.fromkeys(_within(sentences[:size]) for size in rng.sample((1, 2, 3), 3))
    if passage := next((passage for passage in passages if is_faithful(passage, headline, least=0.75)), None):
        yield Example("newsapi", HEADLINE, passage, headline, "headline")
    yield from _compressions(sentences, whole, headline, style, rng)


def _gap_sentences(sentences: Sequence[str]) -> Iterator[Example]:
    """Sentences that their neighbours say too, in other words: a description opens the text, which repeats it."""
    for i, target in enumerate(sentences[:3]):
        others = _within([sentence for j, sentence in enumerate(sentences[:4]) if j != i])
        if others and len(target.split()) < len(others.split()) and is_faithful(others, target, least=0.7):
            yield Example("newsapi", SENTENCE, others, target, "gap sentence")


def _repetitions(sentences: Sequence[str]) -> Iterator[Example]:
    """A sentence that another one of its lead says at greater length, with most of its words in another order."""
    stems = [set(grounding.content_stems(sentence)) for sentence in sentences[:5]]
    for i, j in itertools.permutations(range(len(stems)), 2):
        source, target = sentences[i], sentences[j]
        if (
            len(target) < 0.9 * len(source)
            and len(stems[i] & stems[j]) >= 0.75 * len(stems[j])
            and summary_paraphrases.copied(source, target) <= _MOST_REPEATED
            and is_faithful(source, target, least=0.75)
        ):
            yield Example("newsapi", SENTENCE, source, target, "repetition")


def _compressions(
    sentences: Sequence[str], passage: str, headline: str, style: Style, rng: random.Random
) -> Iterator[Example]:
    """The sentence that says most of the headline, without the clauses that say none of it (Filippova & Altun 2013)."""
    wanted = set(grounding.content_stems(headline))
    best = max(sentences[:3], key=lambda sentence: len(wanted & set(grounding.content_stems(sentence))))
    covered = wanted & set(grounding.content_stems(best))
    if len(covered) < 3 or best not in passage:
        return
    short = _ATTRIBUTION.sub(".", best)
    for match in _CLAUSE.finditer(short):
        start = short[: match.start()]
        if _OPEN_END.search(start) or short[match.start() :].startswith(" because of"):
            continue
        if len(start.split()) >= 8 and covered <= set(grounding.content_stems(start)) and style.has_verb(start):
            short = start.rstrip(" ,;–—-") + "."
            break
    if short.count('"') % 2 or short.count("(") != short.count(")"):
        return
    if len(short.split()) <= 0.85 * len(best.split()):
        yield Example("newsapi", SENTENCE, rng.choice((best, passage)), short, "compression")
    elif passage != best:
        yield Example("newsapi", SENTENCE, passage, best, "compression")


def _from_documents(name: str, path: Path, style: Style) -> Iterator[Example]:
    """Each sentence of a summary with the passage of its document that supports it best."""
    for row in read_records(path):
        body = [s for paragraph in row["document"][:_DOCUMENT_CHARACTERS].splitlines() for s in sentences_of(paragraph)]
        for summary in split(" ".join(row["summary"].split())):
            task = SENTENCE if summary.endswith(".") else HEADLINE
            if task == HEADLINE and name not in _HEADLINE_CORPORA:
                continue
            target: str | None = summary if task == SENTENCE else clean_headline(summary)
            passage = _best_passage(body, summary)
            if not target or not passage:
                continue
            if task == HEADLINE:
                target = style.recase(target, passage)
            if is_faithful(passage, target, least=0.75 if task == HEADLINE else _LEAST_SUPPORT.get(name, 0.6)):
                yield Example(name, task, passage, target, "document")


def _best_passage(sentences: Sequence[str], summary: str) -> str:
    """Up to three sentences, in their order, that together hold most of the summary's content words."""
    wanted = set(grounding.content_stems(summary))
    stems = [set(grounding.content_stems(sentence)) for sentence in sentences]
    chosen: list[int] = []
    while len(chosen) < 3:
        words = sum(len(sentences[i].split()) for i in chosen)
        fitting = [i for i in range(len(sentences)) if words + len(sentences[i].split()) <= MAX_WORDS]
        best = max(fitting, key=lambda i: (len(wanted & stems[i]), -i), default=None)
        if best is None or not wanted & stems[best]:
            break
        chosen.append(best)
        wanted -= stems[best]
    return " ".join(sentences[i] for i in sorted(chosen))


def _noised(example: Example, rng: random.Random) -> Example:
    """One example in ten with some articles left out of its source and some prepositions exchanged."""
    if rng.random() >= _NOISY:
        return example
    words: list[str] = []
    for word in example.source.split():
        if word in {"a", "an", "the"} and rng.random() < 0.15:
            continue
        words.append(rng.choice(_PREPOSITIONS) if word in _PREPOSITIONS and rng.random() < 0.1 else word)
    return replace(example, source=" ".join(words))


_PREPOSITIONS = ("of", "in", "on", "at", "for", "from", "by", "with", "to")


def _without_repeats(
    found: Sequence[Example], style: Style, exclude: frozenset[str], rng: random.Random
) -> list[Example]:
    kept: list[Example] = []
    seen: Counter[tuple[str, str, str]] = Counter()
    copies = 0
    for example in found:
        least, most = _TARGET_WORDS[example.task]
        identity = (key(example.target), key(example.source), example.task)
        if not least <= len(example.target.split()) <= most or seen[identity] >= _REPEATED.get(example.corpus, 1):
            continue
        if example.task == SENTENCE and not _stands_alone(example.target, style):
            continue
        if len(example.target) > 0.9 * len(example.source):
            continue
        if identity[0] in exclude or any(key(sentence) in exclude for sentence in split(example.source)):
            continue
        copied = summary_paraphrases.copied(example.source, example.target) if example.task == SENTENCE else 0
        if example.task == SENTENCE and copied < _LEAST_COPIED:
            continue
        seen[identity] += 1
        if copied > _MOST_COPIED:
            copies += 1
            if copies % _COPIES_KEPT:
                continue
        kept.append(example)
    rng.shuffle(kept)
    return kept


def _stands_alone(sentence: str, style: Style) -> bool:
    """Whether it is a whole sentence that needs none before it."""
    return (
        sentence.endswith(".")
        and _PRONOUN_START.search(sentence) is None
        and _NO_REPORT.search(sentence) is None
        and style.has_verb(sentence)
        and not any(
            word.casefold() not in style.cased for word in re.findall(r"\b[A-Z][a-z]{2,}[A-Z][a-z]+\b", sentence)
        )
    )


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def _within(sentences: Sequence[str], *, most: int = MAX_WORDS) -> str:
    """As many of the sentences, from the first on, as have at most `most` words."""
    kept: list[str] = []
    for sentence in sentences:
        if sum(len(other.split()) for other in kept) + len(sentence.split()) > most:
            break
        kept.append(sentence)
    return " ".join(kept)


def lead_rows(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Lead, headline, outlet and date of each line."""
    with lzma.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            if len(cells) == 5 and cells[0] and cells[1] and re.match(r"\d{4}-\d\d-\d\d", cells[3]):
                yield cells[0], cells[1], cells[4], cells[3]
