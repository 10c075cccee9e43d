"""Pasted newspaper text without what a web page or a column put into it; everything taken out is listed.

Conservative: a line goes only when all of it is known to be no part of an article, and a sentence never does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from toolkit.paragraphs import find_paragraphs

KINDS: dict[str, tuple[str, str]] = {
    "notice": (
        "line about adverts, cookies, sharing or subscriptions removed",
        "lines about adverts, cookies, sharing or subscriptions removed",
    ),
    "related": ("line pointing to another article removed", "lines pointing to other articles removed"),
    "byline": ("by-line or agency name removed", "by-lines and agency names removed"),
    "stamp": ("line with the date or the reading time removed", "lines with the date or the reading time removed"),
    "credit": ("picture credit removed", "picture credits removed"),
    "word": ("word joined that a line break had divided", "words joined that line breaks had divided"),
    "break": ("line break inside a paragraph removed", "line breaks inside paragraphs removed"),
    "blank": ("surplus blank line removed", "surplus blank lines removed"),
    "invisible": ("invisible character (soft hyphen, zero-width mark) removed", "invisible characters removed"),
}
"""Every kind of change, with what it tells the reader: of one, and of several."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was done of one kind, how often, and to what."""

    kind: str
    """One of `KINDS`."""
    count: int
    removed: tuple[str, ...]
    """What was taken out, as it stood, in order; of words, as they are now; empty for blanks, breaks and marks."""

    @property
    def words(self) -> str:
        """For the reader: "2 picture credits removed"."""
        return f"{self.count} {KINDS[self.kind][self.count != 1]}"


@dataclass(frozen=True, slots=True)
class Tidied:
    """A text as it is to be read, and what was done to get it; no changes: the text as it was."""

    text: str
    changes: tuple[Change, ...]


def tidy(text: str) -> Tidied:
    """`text` without what is no part of the article; as it was, where nothing but such lines would be left."""
    done = _Log()
    visible = _without_invisible(text, done)
    lines = [_Line(*_split_end(line)) for line in visible.splitlines(keepends=True)]
    _mark(lines)
    if all(line.is_gone for line in lines):
        return Tidied(text=text, changes=())
    kept = _without_gone(lines, done)
    joined = _join(_pad_columns(kept), done).replace(_PAD, "")
    return Tidied(text=joined, changes=done.changes())


class _Log:
    """The changes so far."""

    def __init__(self) -> None:
        self._removed: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self._counts: Counter[str] = Counter()

    def add(self, kind: str, *removed: str, count: int = 1) -> None:
        self._removed[kind] += removed
        self._counts[kind] += count

    def changes(self) -> tuple[Change, ...]:
        return tuple(
            Change(kind=kind, count=self._counts[kind], removed=tuple(self._removed[kind]))
            for kind in KINDS
            if self._counts[kind]
        )


@dataclass(slots=True)
class _Line:
    body: str
    end: str
    kind: str | None = None
    """Why it goes; None where it stays."""
    cuts: tuple[tuple[str, int, int], ...] = ()
    """Kind, start and end of what is cut out of a line that stays."""

    @property
    def text(self) -> str:
        return " ".join(self.body.split())

    @property
    def is_gone(self) -> bool:
        return self.kind is not None or not self.body.strip()


_INVISIBLE = re.compile("[\u200b\u2060\ufeff]|\u00ad(?![ \\t]*[\\n\\r\\v\\f\x1c-\x1e\x85\u2028\u2029])")
"""Zero-width marks and soft hyphens; a soft hyphen at the end of a line divides a word, which is joined later."""
_LINE_END = re.compile("[\\n\\r\\v\\f\x1c-\x1e\x85\u2028\u2029]+$")
_SEAM = re.compile("[\\s\u00ad\u2060‐\\-]+")
"""What may stand where two lines are joined, and goes."""
_BREAK = re.compile("[\\n\\r\\v\\f\x1c-\x1e\x85\u2028\u2029]")

_LONGEST = 200
"""Characters. A longer line is a paragraph, whatever it begins with."""
_HEAD, _TAIL = 12, 4
"""Lines that are not blank, from the top and from the end, among which a by-line or a bare date may stand."""

_SENTENCE_END = re.compile(r"[.!?…:][\"'“”‘’«»‹›)\]]*$")
_DANGLING = re.compile(
    r"(?:[,\-‐]|\b(?:der|die|das|des|dem|den|eine|einen|einem|einer|eines|und|oder|aber|dass|in|im|am|beim|bis|für|gegen|ohne|seit|von|vom|wegen|zum|zur|zwischen))$"
)
"""No line of a text ends so; words that may be the end of a verb ("stimmt zu") are not among them."""

_AGENCY = (
    r"(?:dpa(?:-(?:AFX|infocom|tmn))?|afp|AFP|AP|ap|Reuters|reuters|rtr|RTR|epd|EPD|KNA|kna|SID|sid|APA|apa|sda|SDA|"
    r"DTS|dts|dapd|Keystone-SDA|Bloomberg|red|lnw|lby|lsw|lno|lni|lhe|lrs|lsn|lth|lah|lmv|lbn|bb|mv|th|sn)"
)
_AGENCIES = rf"(?:DPA|{_AGENCY})(?:\s?[/,&+]\s?(?:DPA|{_AGENCY})|\s(?:und|mit)\s(?:DPA|{_AGENCY}))*"
_NAME_WORD = r"[A-ZÄÖÜÀ-ÝŁŚŠČŽİ][\w.'’-]*"
_NAME = (
    rf"(?:(?:Prof\.|Dr\.)\s?)*(?!(?:Bad|Sankt|St\.|New|San|Los|Real|Rio)\s){_NAME_WORD}"
    rf"(?:\s(?:(?:von|van|de|der|den|el|al|dos|da|di)\s){{0,2}}{_NAME_WORD}){{1,3}}"
)
_NAMES = rf"{_NAME}(?:,\s{_NAME})*(?:\s(?:und|&)\s{_NAME})?"
_TIME = r"\d{1,2}[:.]\d{2}(?:\s?Uhr)?"
_MONTH = r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)"
_DATE = rf"(?:(?:Mo|Di|Mi|Do|Fr|Sa|So)[a-zä]*\.?,?\s)?\d{{1,2}}\.\s?(?:\d{{1,2}}\.\s?|{_MONTH}\s)\d{{2,4}}"
_WHEN = rf"{_DATE}(?:(?:,|\s[–-])?\s(?:um\s)?{_TIME})?"
_PICTURE = (
    r"(?:(?:Symbol|Archiv|Bei)?(?:foto|bild)|Fotos?|Bild(?:er|quelle|rechte)?|Grafik|Quelle|Video|Copyright)\s?:"
    r"|©|\(c\)|Copyright"
)
_SOURCE = (
    rf"(?:\b{_AGENCY}\b|\bDPA\b|picture[ -]alliance|[Ii]mago|IMAGO|Getty|iStock|Shutterstock|Unsplash|Pixabay|Adobe"
    r"|\b[Pp]rivat\b|\bArchiv\b|\S/\s?\S)"
)
_CREDIT = rf"(?:{_PICTURE})\s?(?:(?=[^\n]{{0,80}}{_SOURCE})[^\n.!?]{{2,80}}|{_NAMES})"

_NOTICES = r"""
    [-–—*\s]*(?:Anzeige|Werbung|Advertisement|Advertorial)[-–—*\s:]* | - \s ANZEIGE \s - | ANZEIGE | WERBUNG
  | (?:Diesen\s|Den\s|Ganzen\s)?Artikel\s(?:jetzt\s)?(?:weiterlesen|lesen|teilen|merken|drucken|anhören|vorlesen
    |kommentieren|versenden|speichern|verschenken)
  | (?:Jetzt\s)?[Ww]eiterlesen(?:\smit\s[\w+ ]{1,30})? | Mehr\slesen | Mehr\s(?:an)?zeigen | Mehr\sladen
  | (?:Alle\s)?Cookies?\s(?:akzeptieren|zulassen|ablehnen|verwalten) | Alle(?:s)?\s(?:akzeptieren|ablehnen|zulassen)
  | (?:Akzeptieren|Zustimmen)(?:\sund\s(?:weiter|weiterlesen|schließen))?
  | Cookie-?\s?(?:Einstellungen|Richtlinie|Hinweis)
  | Datenschutz-?\s?[Ee]instellungen | Nur\snotwendige\s(?:Cookies\s)?(?:akzeptieren|zulassen)?
  | (?:Wir|Diese\s(?:Web[Ss]ite|Seite|Webseite))\s(?:und\sunsere\sPartner\s)?(?:verwenden|nutzen|verwendet|nutzt)
    \sCookies\b.*
  | (?:Mit\s(?:der|Ihrer)\s(?:weiteren\s)?Nutzung|Durch\sdie\s(?:weitere\s)?Nutzung)\s.*\bCookies\b.*
  | Teilen | (?:Auf|Über|Bei|Per|Via)\s(?:Facebook|Twitter|X|WhatsApp|LinkedIn|Xing|Pinterest|Telegram|Bluesky|Mastodon
    |E-?Mail|Mail|Instagram)\s(?:teilen|senden|versenden|verschicken|weiterleiten|posten) | (?:Link|URL)\skopieren
  | Teilen\s(?:auf|per|via)\s\S+ | Drucken | Merken | Kommentieren | Zur?\sMerkliste(?:\shinzufügen)?
  | Folgen\sSie\suns(?:\s(?:auf|bei)\s[\w, ]{1,40})?
  | (?:\d+\s)?Kommentare?(?:\s\(\d+\))?(?:\s(?:anzeigen|lesen|schreiben|ansehen))?
  | (?:Zum|Jetzt\szum|Unseren?|Den|Jetzt|Hier|Jetzt\sunseren?)?\s?Newsletter\s?:?\s?(?:jetzt\s|kostenlos\s)*
    (?:abonnieren|bestellen|anmelden|sichern)
  | Melden\sSie\ssich\s(?:hier\s|jetzt\s)?(?:für|zu)\s?(?:unseren?m?\s|den\s|zum\s)?Newsletter\san[.!]?
  | Abonnieren\sSie\sunseren\sNewsletter[.!]? | (?:Jetzt|Kostenlos|Jetzt\skostenlos)\s
    (?:abonnieren|registrieren|anmelden|testen|lesen|einloggen)
  | Abo\s(?:abschließen|testen|bestellen) | Zum\sAbo | (?:Sie\shaben\s|Haben\sSie\s)?[Bb]ereits\s
    (?:Abonnent(?:in)?|ein\sAbo|registriert|Kunde)\?.{0,40}
  | (?:Exklusiv|Nur)\sfür\sAbonnent(?:en|innen|:innen|innen\sund\sAbonnenten)
  | (?:Dieser|Der)\sArtikel\sist\s(?:exklusiv|nur)\sfür\sAbonnenten(?:\s(?:lesbar|verfügbar|zugänglich))?\.?
  | (?:Zurück\s)?[Zz]ur\sStartseite | (?:Nach|Zurück\snach)\soben | Zum\s(?:Inhalt|Seitenanfang)(?:\sspringen)?
  | Externer\sInhalt | Empfohlener\s(?:redaktioneller|externer)\sInhalt | Feedback\sgeben | Fehler\smelden
  | (?:Jetzt|Beitrag|Text)\s(?:an|vor)hören | Schrift(?:größe)?\s(?:ändern|vergrößern) | Inhalte?\sladen
"""
_WEAK = r"""
    Datenschutz(?:erklärung)? | Impressum | AGB | Nutzungsbedingungen | Einstellungen | Kontakt | Ablehnen | Speichern
  | Facebook | Twitter | X | WhatsApp | LinkedIn | Xing | Pinterest | Telegram | Instagram | E-?Mail | Mail | Flipboard
  | Startseite | Menü | Suche | Anmelden | Registrieren | Abo | Newsletter | Abonnieren | Schließen | Login | Pocket
  | Link | Link\skopiert | Vorlesen | Anhören | Speichern | Mehr
"""
"""These go only beside another notice: each is a word of its own, too."""
_RELATED = r"""
    (?:Lesen\sSie\s(?:auch|hier|mehr|dazu|jetzt|weiter)(?:\s(?:auch|dazu|hier|mehr|zum\sThema))*
    |Auch\sinteressant|Das\skönnte\sSie\sauch\sinteressieren|Mehr\s(?:dazu|zum\sThema)|Passend\sdazu|Siehe\sauch
    |Lesetipp|Weitere\sArtikel|Weiterführende\s(?:Links|Artikel)|Meistgelesen|Mehr\svon\sdiesem\sAutor)
    (?:\s?[:>»→]+\s*[^.!]{0,150}[^.!…\s])? \s?[:>»→]*
"""
_BYLINE = rf"""
    (?:[Vv]on|VON|Text:|Autor(?:in)?:|Von:|Ein\s(?:Kommentar|Gastbeitrag|Essay|Bericht|Interview)\svon)\s
    (?:{_NAMES}(?:\s(?:und|/)\s{_AGENCIES})?(?:,\s(?:{_NAME_WORD}|{_AGENCIES}|{_WHEN}))?|{_AGENCIES})
  | \(?{_AGENCIES}\)? | (?:©\s?)?dpa-infocom,\sdpa:[\d-]+/\d+
  | \(?(?:[Mm]it|Quellen?:|Nach)\s(?:(?:Material|Informationen|Agenturmaterial)\s(?:der|von)\s)?{_AGENCIES}\)?
"""
_STAMP = rf"""
    (?:Stand|Update(?:\svom)?|Artikel\svom|(?:Zuletzt\s)?[Aa]ktualisiert(?:\sam|\svor)?|Letzte\sAktualisierung(?:\sam)?
    |Veröffentlicht(?:\sam)?|Erstellt(?:\sam)?|Erschienen(?:\sam)?|Publiziert(?:\sam)?|Vom)\s?:?\s?
    (?:{_WHEN}|\d+\s(?:Minuten|Stunden|Tagen?)|{_TIME}|heute,?\s{_TIME})
  | (?:Lesezeit|Lesedauer)\s?:?\s?(?:ca\.\s?|etwa\s)?\d+\s?(?:Min\.?|Minuten?|min)
  | (?:ca\.\s)?\d+\s?(?:Min\.?|Minuten?|min)\s(?:Lesezeit|Lesedauer|Lesen)
"""
_PATTERNS = (
    ("notice", re.compile(_NOTICES, re.VERBOSE)),
    ("stamp", re.compile(_STAMP, re.VERBOSE)),
    ("related", re.compile(_RELATED, re.VERBOSE)),
    ("credit", re.compile(rf"\(?{_CREDIT}\)?")),
)
_EDGE_PATTERNS = (
    ("byline", re.compile(_BYLINE, re.VERBOSE)),
    ("stamp", re.compile(rf"{_DATE}(?:,|\s[–-])?\s(?:um\s)?{_TIME}")),
)
"""Only near the top or the end."""
_WEAK_PATTERN = re.compile(_WEAK, re.VERBOSE)
_SEPARATOR = re.compile(r"\s[|•·]\s")

_DATELINE = re.compile(
    rf"\s*[A-ZÄÖÜ][\w.’'-]*(?:[ /][A-ZÄÖÜa-z][\w.’'-]*){{0,4}}(?P<agency>,? \({_AGENCIES}\))(?= ?(?:[–—-] |\. ))"
)
_END_CUTS = (
    ("byline", re.compile(rf"(?<=[.!?“\"«])\s(?:\({_AGENCIES}\)|(?:dpa|AFP|epd|KNA)(?:/{_AGENCY})*)\s*$")),
    ("credit", re.compile(rf"(?:(?<=[.!?“\"«])\s(?:{_CREDIT})|\s\((?:{_CREDIT})\))\s*$")),
)
_COLUMN = (20, 45)
"""Characters in a line of a newspaper column; wider ones are told from verses anyway."""
_FEWEST_LINES = 4
_PAD = " " * 25 + "\u2060"
"""Indents a line; the word joiner, of which tidied text has none, marks it as ours."""
_LONGEST_CREDIT = 100
"""Characters. What stands further before the end of a line is not looked at for a credit."""


def _split_end(line: str) -> tuple[str, str]:
    end = _LINE_END.search(line)
    return (line, "") if end is None else (line[: end.start()], line[end.start() :])


def _without_invisible(text: str, done: _Log) -> str:
    visible, count = _INVISIBLE.subn("", text)
    if count:
        done.add("invisible", count=count)
    return visible


def _mark(lines: Sequence[_Line]) -> None:
    """Say of each line whether it goes, and what is cut out of one that stays."""
    filled = [i for i, line in enumerate(lines) if line.body.strip()]
    edges = {*filled[:_HEAD], *filled[-_TAIL:]}
    kinds = {i: kind for i in filled if (kind := _kind(lines[i].text, is_edge=i in edges)) is not None}
    _mark_weak(lines, filled, kinds)
    for block in _blocks(lines):
        is_wrapped = _is_wrapped([lines[i].text for i in block if i not in kinds])
        for i in block:
            if i in kinds and _is_free(lines, i, is_wrapped=is_wrapped):
                lines[i].kind = kinds[i]
            else:
                lines[i].cuts = tuple(_cuts(lines, i))


def _kind(text: str, *, is_edge: bool) -> str | None:
    """Why a whole line is no part of the article; None where it is one."""
    if len(text) > _LONGEST:
        return None
    parts = [part for part in _SEPARATOR.split(text) if part]
    kinds = [_kind_of_part(part, is_edge=is_edge) for part in parts]
    return kinds[0] if parts and None not in kinds else None


def _kind_of_part(text: str, *, is_edge: bool) -> str | None:
    patterns = (*_PATTERNS, *_EDGE_PATTERNS) if is_edge else _PATTERNS
    return next((kind for kind, pattern in patterns if pattern.fullmatch(text)), None)


def _mark_weak(lines: Sequence[_Line], filled: Sequence[int], kinds: dict[int, str]) -> None:
    """Words of menus go in the company of a notice, above or below, directly or through others of their kind."""
    weak = {i for i in filled if len(lines[i].body) < _LONGEST and _WEAK_PATTERN.fullmatch(lines[i].text)}
    for order in (filled, filled[::-1]):
        before: int | None = None
        for i in order:
            if i in weak and before is not None and kinds.get(before) == "notice":
                kinds[i] = "notice"
            before = i


def _blocks(lines: Sequence[_Line]) -> Iterator[list[int]]:
    """The runs of lines without a blank one between them."""
    block: list[int] = []
    for i, line in enumerate(lines):
        if line.body.strip():
            block.append(i)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _is_wrapped(texts: Sequence[str]) -> bool:
    """Whether a line of a block surely goes on in the next."""
    return any(_goes_on(before, text) for before, text in pairwise(texts))


def _goes_on(before: str, text: str) -> bool:
    if _SENTENCE_END.search(before):
        return False
    return bool(_DANGLING.search(before)) or (len(before) >= 20 and text[:1].islower())


def _is_free(lines: Sequence[_Line], i: int, *, is_wrapped: bool) -> bool:
    """Whether line `i` is no part of a sentence that began in the line above it: "in weiten / Teilen / des Landes"."""
    if not i or lines[i - 1].is_gone or _SENTENCE_END.search(lines[i - 1].text):
        return True
    following = lines[i + 1].text if i + 1 < len(lines) else ""
    return not is_wrapped and not following[:1].islower() and not _DANGLING.search(lines[i - 1].text)


def _cuts(lines: Sequence[_Line], i: int) -> Iterator[tuple[str, int, int]]:
    body = lines[i].body
    if not i or lines[i - 1].is_gone or _SENTENCE_END.search(lines[i - 1].text):
        dateline = _DATELINE.match(body)
        if dateline is not None:
            yield "byline", dateline.start("agency"), dateline.end("agency")
    from_ = max(0, len(body) - _LONGEST_CREDIT)
    for kind, pattern in _END_CUTS:
        found = pattern.search(body, from_)
        if found is not None:
            yield kind, found.start(), len(body.rstrip())
            return


def _without_gone(lines: Sequence[_Line], done: _Log) -> str:
    """The lines that stay, one blank line where there were several or where lines went."""
    kept: list[str] = []
    gap: list[_Line] = []
    for line in lines:
        if line.is_gone:
            gap.append(line)
            continue
        kept.append(_close(gap, done, is_inner=bool(kept)))
        gap = []
        body, at = [], 0
        for kind, start, end in line.cuts:
            done.add(kind, line.body[start:end].strip())
            body.append(line.body[at:start])
            at = end
        kept += ("".join((*body, line.body[at:])), line.end)
    _close(gap, done, is_inner=False)
    return "".join(kept)


def _close(gap: Sequence[_Line], done: _Log, *, is_inner: bool) -> str:
    """What stands between two lines that stay, for the blank lines and those that go between them."""
    gone = [line for line in gap if line.kind is not None]
    for line in gone:
        done.add(str(line.kind), line.text)
    blank = [line for line in gap if line.kind is None]
    surplus = len(blank) - is_inner - (len(gone) if is_inner else 0)
    if surplus > 0 and not (gone and not is_inner):
        done.add("blank", count=surplus)
    if not gap or not is_inner:
        return ""
    return (blank or gone)[0].end


def _pad_columns(text: str) -> str:
    """Widen what is set in narrow columns, so that its lines are read as a paragraph and not as verses.

    Columns are blocks whose lines are full, though often broken in the middle of a sentence.
    """
    lines = [_Line(*_split_end(line)) for line in text.splitlines(keepends=True)]
    for block in _blocks(lines):
        texts = [lines[i].text for i in block]
        width = max(map(len, texts))
        if len(block) < _FEWEST_LINES or not _COLUMN[0] <= width <= _COLUMN[1]:
            continue
        pairs = list(pairwise(texts))
        full = sum(len(before) + 1 + len(text.partition(" ")[0]) > width for before, text in pairs)
        if full >= len(pairs) * 0.7 and sum(_goes_on(*pair) for pair in pairs) >= len(pairs) * 0.3:
            for i in block:
                lines[i].body = _PAD + lines[i].body
    return "".join(line.body + line.end for line in lines)


def _join(text: str, done: _Log) -> str:
    """The lines of each paragraph joined, as they are read in any case."""
    pieces: list[str] = []
    at = 0
    for paragraph in find_paragraphs(text):
        chars, starts, ends = paragraph.text, paragraph.starts, paragraph.ends
        if not _BREAK.search(text, starts[0], ends[-1]):
            continue
        for k, char in enumerate(chars):
            gap = text[at : starts[k]]
            if k and _BREAK.search(gap):  # within a word: a hyphen may go with the break
                is_divided, gap = not {"-", "‐"}.isdisjoint(gap), _SEAM.sub("", gap)
                if is_divided or chars[k - 1] not in "-‐":
                    done.add("word", f"{_word_before(chars, k)}{_word_after(chars, k)}")
                else:
                    done.add("break")
            pieces.append(gap)
            source = text[starts[k] : ends[k]]
            if _BREAK.search(source):
                done.add("break")
                source = char + _SEAM.sub("", source)
            pieces.append(source)
            at = ends[k]
    pieces.append(text[at:])
    return "".join(pieces)


def _word_before(text: str, at: int) -> str:
    return text[text.rfind(" ", 0, at) + 1 : at]


def _word_after(text: str, at: int) -> str:
    end = text.find(" ", at)
    return text[at:] if end < 0 else text[at:end].rstrip('.,;:!?“”"»)')
