"""Tidying: what a page put into a text goes and is listed, what somebody wrote stays."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from toolkit.files import DEMO_ARTICLE, read_text
from toolkit.segmentation import read_document
from toolkit.tidying import KINDS, Change, Tidied, tidy

S = "Der Rat hat am Mittwoch zugestimmt."
CHANGED = [
    # Words that a line break divides.
    ("Die Bundes-\nregierung hat zugestimmt.", "Die Bundesregierung hat zugestimmt."),
    ("Die Bundes-\r\nregierung hat zugestimmt.\r\n", "Die Bundesregierung hat zugestimmt.\r\n"),
    ("Nord-\nund Südkorea reden wieder miteinander.", "Nord- und Südkorea reden wieder miteinander."),
    ("Das Ost-\nWest-Verhältnis ist schlecht.", "Das Ost-West-Verhältnis ist schlecht."),
    ("Die CDU-\nFraktion stimmt dagegen.", "Die CDU-Fraktion stimmt dagegen."),
    ("Ein- \nund Ausgang sind gesperrt.", "Ein- und Ausgang sind gesperrt."),
    ("Die Stadt­verwaltung schweigt.", "Die Stadtverwaltung schweigt."),
    ("Die Stadt­\nverwaltung schweigt dazu.", "Die Stadtverwaltung schweigt dazu."),
    ("Zwei\u200bWorte\ufeff.", "ZweiWorte."),
    # Lines that a paragraph was broken into.
    (
        "Nach fast neun Stunden Debatte hat der Stadtrat am Abend den\nBau einer neuen Linie beschlossen.\n",
        "Nach fast neun Stunden Debatte hat der Stadtrat am Abend den Bau einer neuen Linie beschlossen.\n",
    ),
    (f"{S}\n\n\n\n{S}\n", f"{S}\n\n{S}\n"),
    (f"\n\n{S}", S),
    # Adverts, cookies, subscriptions, sharing.
    (f"{S}\n\nAnzeige\n\n{S}", f"{S}\n\n{S}"),
    (f"{S}\nAnzeige\n{S}", f"{S}\n\n{S}"),
    (f"- Anzeige -\n{S}", S),
    (f"{S}\nWERBUNG\n", f"{S}\n"),
    (f"{S}\nArtikel weiterlesen\n", f"{S}\n"),
    (f"{S}\n\nWeiterlesen mit SZ Plus", f"{S}\n"),
    (f"Cookies akzeptieren\n\n{S}", S),
    (f"Alle akzeptieren\nAblehnen\nEinstellungen\n\n{S}", S),
    (f"Wir verwenden Cookies, um Inhalte zu personalisieren.\n\n{S}", S),
    (f"Rat stimmt zu\nTeilen\nMerken\nDrucken\n{S}", f"Rat stimmt zu\n\n{S}"),
    (f"Auf Facebook teilen\nPer E-Mail versenden\nLink kopieren\n\n{S}", S),
    (f"{S}\n\nNewsletter abonnieren\n", f"{S}\n"),
    (f"{S}\n\nJetzt kostenlos registrieren\n12 Kommentare\nZur Startseite", f"{S}\n"),
    (f"{S}\n\nDieser Artikel ist nur für Abonnenten lesbar.", f"{S}\n"),
    (f"Facebook\nTeilen\nWhatsApp\n\n{S}", S),
    # Pointers to other articles.
    (f"{S}\n\nLesen Sie auch: Warum die Bahn zu spät kommt\n\n{S}", f"{S}\n\n{S}"),
    (f"{S}\n\nLesen Sie auch:\n\n{S}", f"{S}\n\n{S}"),
    (f"{S}\n\nMehr zum Thema\n", f"{S}\n"),
    # Who, when and how long.
    (f"Rat stimmt zu\n\nVon Anna Muster\n\n{S}", f"Rat stimmt zu\n\n{S}"),
    (f"Rat stimmt zu\nVon Anna Muster und Jürgen von der Heide, Berlin\n{S}", f"Rat stimmt zu\n\n{S}"),
    (f"Von dpa\n{S}", S),
    (f"{S}\n\ndpa/AFP", f"{S}\n"),
    (f"{S} (dpa)", S),
    (f"{S} dpa/lnw\n", f"{S}\n"),
    ("Berlin (dpa) – Der Rat hat zugestimmt.", "Berlin – Der Rat hat zugestimmt."),
    ("Frankfurt am Main (dpa/lhe) - Der Rat hat zugestimmt.", "Frankfurt am Main - Der Rat hat zugestimmt."),
    (f"{S}\n\n© dpa-infocom, dpa:240312-99-934012/3", f"{S}\n"),
    (f"Rat stimmt zu\nStand: 12.03.2024, 14:05 Uhr\n{S}", f"Rat stimmt zu\n\n{S}"),
    (f"Rat stimmt zu\nAktualisiert am 12. März 2024 um 14:05 Uhr\n{S}", f"Rat stimmt zu\n\n{S}"),
    (f"Rat stimmt zu\n12.03.2024, 14:05 Uhr | Lesezeit: 3 Min.\n{S}", f"Rat stimmt zu\n\n{S}"),
    (f"Rat stimmt zu\n4 Min. Lesezeit\n{S}", f"Rat stimmt zu\n\n{S}"),
    # Picture credits.
    (f"{S}\n\nFoto: Anna Muster/dpa\n\n{S}", f"{S}\n\n{S}"),
    (f"Ein Mann löscht. Foto: Anna Muster/dpa\n\n{S}", f"Ein Mann löscht.\n\n{S}"),
    (f"Ein Mann vor dem Rathaus (Foto: dpa)\n\n{S}", f"Ein Mann vor dem Rathaus\n\n{S}"),
    (f"© picture alliance/dpa\n{S}", S),
    (f"{S}\nBild: imago images / Muster\n", f"{S}\n"),
]
KEPT = [
    "",
    " \n",
    S,
    f"{S}\n\n{S}\n",
    f"Rat stimmt zu\n\n{S}\n",
    # Nothing but what would go.
    "Anzeige",
    "Von Anna Muster\nTeilen\n",
    # The same words in sentences.
    "Anzeige gegen den Minister erstattet.\n\nDie Anzeige ging am Montag ein.",
    "Von Anna Muster stammt der Vorschlag.",
    "Von Hamburg nach Berlin dauert es zwei Stunden.",
    "Von Bad Homburg\naus fährt die Bahn.",
    "Von Menschen und Mäusen",
    f"{S}\n\nVon Kopf bis Fuß\n\n{S}",
    "Teilen ist das neue Haben.",
    "Das gilt in weiten\nTeilen\ndes Landes.",
    "Wer ein Foto: hat, soll es einsenden.",
    "Foto: Die Polizei sucht Zeugen.",
    "Video: So lief die Debatte im Rat",
    "Quelle: Statistisches Bundesamt",
    "„Wir verwenden Cookies“, sagt der Konzern.",
    "Der Newsletter erscheint täglich.",
    "Lesen Sie auch das Buch von Anna Muster.",
    "Lesen Sie auch: Die Bahn kommt zu spät. Das sagt der Konzern.",
    "Stand: Die Arbeiten ruhen.",
    "Am 12.03.2024 um 14:05 Uhr bebte die Erde.",
    f"{S}\n\nDatenschutz\n\n{S}",
    f"{S}\n\nKontakt\n\n{S}",
    "Die Lesezeit: drei Minuten, mehr nicht.",
    "Berlin – Der Rat hat zugestimmt.",
    "Die dpa (Deutsche Presse-Agentur) meldet das.",
    "Das meldete die Nachrichtenagentur dpa.",
    "Vertreter von AFP und dpa waren dabei.",
    # Lists, verses, addresses: their lines are meant.
    "- Äpfel\n- Birnen\n- Kirschen\n",
    "1. Erstens\n2. Zweitens\n",
    "Rathaus\nMarkt 1\n12345 Lindenau\n",
    "Über allen Gipfeln\nIst Ruh,\nIn allen Wipfeln\nSpürest du\n",
    "# Rat stimmt zu\n\n* Punkt eins\n* Punkt zwei\n",
    "Spalte A\tSpalte B\n1\t2\n",
    # Hyphens that belong to their words.
    "Ost- und Westdeutschland wachsen zusammen.",
    "Die Preise steigen – und zwar deutlich.",
    "Der FC Bayern-München-Fan jubelt.",
    "Rot-Grün verhandelt seit Montag.\n",
    "Der 1. FC Köln spielt 1:1.\n",
    "Es gilt: Wer zahlt, bestimmt.\n",
    "Kommentare zum Beschluss kamen von allen Seiten.",
    "Abo-Kunden zahlen weniger.",
    "Mehr dazu sagte er nicht.",
]


@pytest.mark.parametrize(("text", "expected"), CHANGED)
def test_changed(text: str, expected: str) -> None:
    tidied = tidy(text)
    assert tidied.text == expected
    assert tidied.changes


@pytest.mark.parametrize("text", KEPT)
def test_kept(text: str) -> None:
    assert tidy(text) == Tidied(text=text, changes=())


def test_enough_cases() -> None:
    assert len(CHANGED) + len(KEPT) >= 60
    assert abs(len(CHANGED) - len(KEPT)) <= 5


def test_an_article_stays_as_it_is() -> None:
    article = read_text(DEMO_ARTICLE)
    assert tidy(article) == Tidied(text=article, changes=())


def test_every_change_is_listed() -> None:
    tidied = tidy("Rat stimmt zu\nVon Anna Muster\nTeilen\n\n\n\nDie Bundes-\nregierung hat zugestimmt.\n")
    assert tidied.text == "Rat stimmt zu\n\nDie Bundesregierung hat zugestimmt.\n"
    assert tidied.changes == (
        Change(kind="notice", count=1, removed=("Teilen",)),
        Change(kind="byline", count=1, removed=("Von Anna Muster",)),
        Change(kind="word", count=1, removed=("Bundesregierung",)),
    )
    assert [change.words for change in tidied.changes][1:] == [
        "1 by-line or agency name removed",
        "1 word joined that a line break had divided",
    ]


SENTENCES = [
    sentence.text for sentence in read_document(read_text(DEMO_ARTICLE)).segments if sentence.text.endswith(".")
]
NOISE = sorted(
    {
        line
        for text, _ in CHANGED
        for change in tidy(text).changes
        if change.kind in ("notice", "related", "stamp", "credit", "byline")
        for line in change.removed
        if line not in ("Facebook", "WhatsApp", "Ablehnen", "Einstellungen", "(dpa)", "(dpa/lhe)", "dpa/lnw")
    }
)
_TEXTS = st.lists(
    st.one_of(
        st.sampled_from(
            [*SENTENCES, *NOISE, "Rat stimmt zu", "", "", "Bundes-", "regierung und", "- Punkt", "dass\u00ad"]
        ),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    ),
    max_size=12,
).map("\n".join)


def _letters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


@settings(max_examples=300)
@given(_TEXTS)
@example("Bundes-\nregierung\n\n\nAnzeige\nEin Mann. Foto: A B/dpa")
def test_nothing_goes_unlisted(text: str) -> None:
    tidied = tidy(text)
    removed = {change.kind: change for change in tidied.changes}
    listed = Counter[str]()
    for change in tidied.changes:
        assert change.count >= 1
        if change.kind not in ("word", "break", "blank", "invisible"):
            assert change.count == len(change.removed)
            listed += _letters("".join(change.removed))
    gone = _letters(text) - _letters(tidied.text)
    assert not _letters(tidied.text) - _letters(text)  # nothing is added
    unlisted = gone - listed
    assert set(unlisted) <= set("-‐\u00ad\u200b\u2060\ufeff")
    assert unlisted["-"] + unlisted["‐"] <= (removed["word"].count if "word" in removed else 0)


@pytest.mark.parametrize("text", [text for text, _ in CHANGED])
def test_a_second_tidying_changes_nothing(text: str) -> None:
    tidied = tidy(text)
    assert tidy(tidied.text) == Tidied(text=tidied.text, changes=())


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 8), st.sampled_from(NOISE)), max_size=6),
    st.sampled_from(["\n", "\n\n"]),
)
def test_no_sentence_goes(sentences: list[str], noise: list[tuple[int, str]], between: str) -> None:
    lines = list(sentences)
    for place, line in noise:
        lines.insert(min(place, len(lines)), line)
    kept = [line for line in tidy(between.join(lines)).text.split("\n") if line in SENTENCES]
    assert kept == sentences


@settings(max_examples=200)
@given(st.text(st.characters(categories=["L", "N", "Zs", "Po", "Pd"], exclude_characters="\u00ad"), max_size=200))
def test_a_line_that_ends_like_a_sentence_keeps_its_words(text: str) -> None:
    line = " ".join(f"{text} zu.".split())
    assert tidy(line).text.split() == line.split()


@pytest.mark.parametrize("width", [26, 30, 35, 39, 44, 60, 72, 90])
def test_a_wrapped_article_is_read_as_before(width: int) -> None:
    import textwrap

    article = read_text(DEMO_ARTICLE)
    wrapped = "\n\n".join(textwrap.fill(paragraph, width) for paragraph in article.strip().split("\n\n"))
    tidied = tidy(wrapped)
    _, body = tidied.text.split("\n\n", 1)  # two lines of a headline in a narrow column could be two headlines
    assert body == article.strip().split("\n\n", 1)[1]
    assert {change.kind for change in tidied.changes} <= {"break", "word"}


def test_a_long_text_takes_linear_time() -> None:
    text = f"{S} " * 4000 + "\n" + "Anzeige | " * 5000 + "\n" + "Von A" * 5000 + "\n" + "(" * 20000 + "\n" + "©" * 20000
    assert tidy(text).text.startswith(S)


def test_kinds_have_words() -> None:
    for kind in KINDS:
        assert Change(kind=kind, count=1, removed=()).words.startswith("1 ")
        assert Change(kind=kind, count=2, removed=()).words.startswith("2 ")
