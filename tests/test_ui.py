"""The page without a browser: what is shown of a reading, what is escaped, and what each event does."""

from __future__ import annotations

import base64
import json
import re
import shutil
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.samples import DIGEST, DOUBTFUL
from toolkit.documents import (
    REASONS,
    Digest,
    Finding,
    Summary,
    SummarySentence,
    TermUse,
    Topics,
    TopicScore,
    TranslatedSegment,
)
from toolkit.engines import EngineSettings
from toolkit.engines.fake import FakeSeq2Seq
from toolkit.errors import InputError
from toolkit.pipeline import Pipeline
from toolkit.segmentation import read_document
from toolkit.tidying import tidy
from toolkit.translation import Translator
from toolkit.ui import intake
from toolkit.ui.article import render_article, render_legend
from toolkit.ui.desk import Choice, Desk
from toolkit.ui.gathering import gather
from toolkit.ui.gist import render_facts, render_summary, render_topics
from toolkit.ui.handlers import PLACES, Handlers
from toolkit.ui.intake import read_glossary, take_file, take_glossary_file
from toolkit.ui.limits import MAX_CHARACTERS, MAX_GLOSSARY_LINES, MAX_HISTORY, MAX_LABELS
from toolkit.ui.reading import Reading, Wishes, begin, read
from toolkit.ui.shelf import render_shelf, shelve
from toolkit.ui.signs import signs_of
from toolkit.ui.takeaway import FILES, file_of, quotation_of
from toolkit.ui.views import alert, view_of
from toolkit.uploads import Limits, Upload, read_upload

HOSTILE = (
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<a href='javascript:alert(1)'>Klick</a>",
    "{{constructor.constructor('alert(1)')()}} ${alert(1)} {% raw %} `x`",
    "\"' onmouseover=alert(1) x='",
    "</span></p></div><h1>los",
)
ARTICLE = (
    "Der Rat stimmt zu\n\nDer Rat stimmt am Mittwoch zu. Die Bahn kostet 186 Mio. Euro.\n\n"
    "- erstens Geld\n- zweitens Zeit\n"
)
FAKE = EngineSettings(engine="fake")
ALLOWED_TAGS = {
    *("a", "b", "blockquote", "button", "details", "div", "figcaption", "figure", "h1", "h2", "li", "ol", "p", "pre"),
    *("q", "section", "span", "strong", "summary", "ul"),
}


class Tags(HTMLParser):
    """Every tag of a piece of HTML with its attributes, and the text between."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert "p" not in self.open or tag in ("a", "b", "button", "q", "span", "strong"), f"<{tag}> ends its paragraph"
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def with_attribute(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.tags if name in attributes]


def is_harmless(html: str) -> bool:
    """Whether only our own tags and attributes are in it."""
    for tag, attributes in Tags(html).tags:
        if tag not in ALLOWED_TAGS or any(name.startswith("on") for name in attributes):
            return False
        if "javascript:" in (attributes.get("href") or ""):
            return False
    return True


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(settings=FAKE)


@pytest.fixture(scope="module")
def desk(pipeline: Pipeline) -> Desk:
    return Desk(pipeline)


def finished(pipeline: Pipeline, text: str, **wishes: Any) -> Reading:
    """The whole reading of a text."""
    return list(read(pipeline, begin(text), Wishes(**wishes)))[-1]


# --- What is shown


def test_partners_have_the_same_number_and_their_languages(pipeline: Pipeline) -> None:
    reading = finished(pipeline, ARTICLE)
    shown = Tags(render_article(reading.document, reading.segments, is_running=False))
    numbers = [attributes["data-segment"] for attributes in shown.with_attribute("data-segment")]
    assert sorted(numbers, key=lambda n: int(n or "")) == [str(i) for i in range(reading.total) for _ in range(2)]
    assert {attributes["lang"] for attributes in shown.with_attribute("lang")} == {"de", "en"}
    assert [attributes["tabindex"] for attributes in shown.with_attribute("tabindex")].count("0") == 1
    assert all(attributes["role"] == "group" for attributes in shown.with_attribute("tabindex"))


def test_headlines_and_lists_are_told_from_paragraphs(pipeline: Pipeline) -> None:
    reading = finished(pipeline, ARTICLE)
    classes = re.findall(
        r'class="(kt-pair[^"]*)"', render_article(reading.document, reading.segments, is_running=False)
    )
    assert classes == ["kt-pair kt-headline", "kt-pair", "kt-pair kt-item", "kt-pair kt-item"]


def test_what_is_not_translated_yet_is_said(pipeline: Pipeline) -> None:
    reading = finished(pipeline, ARTICLE)
    some = reading.segments[:2]
    assert render_article(reading.document, some, is_running=True).count("not translated yet") == reading.total - 2
    assert render_article(reading.document, some, is_running=False).count("not translated<") == reading.total - 2
    view = view_of(replace(reading, segments=some, digest=None), is_running=True)
    bar = Tags(view.progress).with_attribute("aria-valuenow")[0]
    assert (bar["aria-valuenow"], bar["aria-valuemax"]) == ("2", str(reading.total))


def test_progress_is_said_aloud_only_when_it_begins_and_ends(pipeline: Pipeline) -> None:
    reading = finished(pipeline, ARTICLE)
    counts = [0, 1, 2, reading.total]
    shown = [
        view_of(replace(reading, segments=reading.segments[:count], digest=None), is_running=True) for count in counts
    ]
    assert ['role="status"' in view.progress for view in shown] == [True, False, False, True]
    assert 'role="status"' in view_of(reading, is_running=False).progress


def test_every_reason_has_a_sign_of_its_own_and_its_words() -> None:
    segment = DIGEST.translation.segments[0]
    for reason, words in REASONS.items():
        (sign,) = signs_of(replace(segment, marks=(), reasons=(reason,)))
        assert sign.glyph != "!"
        assert sign.concern.meaning == words


def test_a_doubtful_sentence_has_sign_colour_and_reason() -> None:
    source = DIGEST.document.segments[0]
    segment = TranslatedSegment(
        source=source,
        text="The council does not agree.",
        doubt=0.75,
        reasons=("negation", "unsure"),
        findings=(Finding("negation", 0, 3, "Der", "not"),),
        terms=(TermUse("Rat", "council", is_applied=False),),
    )
    html = render_article(replace(DIGEST.document, text="Der Rat stimmt zu."), [segment], is_running=False)
    shown = Tags(html)
    (button,) = shown.with_attribute("data-doubt")
    tip = f'id="{button["aria-describedby"]}"'
    assert tip in html
    assert "kt-s kt-grave" in html
    assert REASONS["unsure"] in shown.text.replace("The model", "the model")
    assert "75% likely" in shown.text
    assert "“Rat” as “council”" in shown.text
    assert '<span class="kt-differs">Der</span>' in html
    legend = Tags(render_legend([segment], is_running=False)).text
    assert "1 of 1 sentence deserves a check first" in legend
    assert "no sign can be wrong too" in legend
    assert REASONS["negation"] in legend


def test_nothing_is_promised_where_nothing_was_checked() -> None:
    unchecked = [replace(segment, marks=(), findings=None) for segment in DIGEST.translation.segments]
    assert render_legend(unchecked, is_running=False) == ""
    checked = [replace(segment, findings=()) for segment in unchecked]
    assert "No sentence stands out" in render_legend(checked, is_running=False)
    assert render_legend(checked, is_running=True) == ""


def test_summary_sentences_lead_to_their_evidence() -> None:
    shown = Tags(render_summary(DIGEST.summary, DIGEST.topics))
    assert [link["href"] for link in shown.with_attribute("data-evidence")] == ["#en-0", "#en-1"]
    assert shown.with_attribute("data-rests-on")[0]["data-rests-on"] == "0 1"
    assert DIGEST.summary.headline in shown.text
    assert "bear this out" not in shown.text


def test_an_unsupported_summary_sentence_is_marked() -> None:
    sentence = SummarySentence(text="It costs nothing.", evidence=(1,), support=0.125, is_supported=False)
    html = render_summary(replace(DIGEST.summary, sentences=(sentence,)), None)
    assert "kt-claim kt-grave" in html
    assert "support 0.12 of 1" in Tags(html).text
    (button,) = Tags(html).with_attribute("aria-describedby")
    assert f'role="tooltip" id="{button["aria-describedby"]}"' in html


def test_topics_are_bars_with_scores_and_none_of_these() -> None:
    shown = Tags(render_topics(DIGEST.topics))
    shares = [attributes["style"] for attributes in shown.with_attribute("style")]
    assert shares[:3] == ["--kt-share:70.0%", "--kt-share:20.0%", "--kt-share:10.0%"]
    assert "politics (chosen)" in shown.text
    none = replace(DIGEST.topics, threshold=0.9)
    assert "none of these (chosen)" in Tags(render_topics(none)).text
    assert "None of these topics" in Tags(render_summary(DIGEST.summary, none)).text


def test_what_was_done_is_said() -> None:
    text = Tags(render_facts(DIGEST, 1.25)).text
    assert "2 of 2 sentences translated" in text
    assert "0 cut" in text
    assert "1 split" in text
    assert "1.2 seconds" in text
    assert DIGEST.translation.model in text


def test_an_empty_digest_shows_no_headline() -> None:
    assert "<h1>" not in render_summary(Summary(headline="", sentences=(), model="m", engine="fake"), None)


# --- Everything that somebody typed is text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_titles_labels_and_names_are_escaped(hostile: str) -> None:
    document = read_document(f"{hostile} ist ein Satz. Noch einer.")
    segments = tuple(
        TranslatedSegment(
            source=segment,
            text=f"{hostile} is a sentence.",
            reasons=("number", "name"),
            findings=(Finding("number", 0, 2, segment.text[:2], hostile),),
            terms=(TermUse(hostile, hostile, is_applied=False),),
        )
        for segment in document.segments
    )
    translation = replace(DIGEST.translation, document=document, segments=segments)
    summary = Summary(headline=hostile, sentences=(SummarySentence(hostile, (0,)),), model=hostile, engine=hostile)
    topics = Topics(scores=(TopicScore(hostile, 0.9),), threshold=0.5, multi_label=True, model=hostile, engine=hostile)
    digest = Digest(translation=translation, summary=summary, topics=topics)
    reading = Reading(
        title=hostile,
        document=document,
        segments=segments,
        digest=digest,
        changes=tidy(f"Foto: {hostile}/dpa\n\nEin Satz.").changes,
        origin=hostile,
        notes=(hostile,),
        note=hostile,
    )
    view = view_of(reading, is_running=False)
    places = (view.progress, view.gist, view.topics, view.trust, view.article, view.alert)
    for html in (*places, render_shelf([reading]), alert(hostile), quotation_of(reading, 0, 0)):
        assert is_harmless(html), html
    assert hostile in Tags(view.article).text
    assert hostile in Tags(view.gist).text
    assert hostile in Tags(view.topics).text


def test_the_check_itself_sees_harm() -> None:
    assert not is_harmless(HOSTILE[0])
    assert not is_harmless("<p onclick='x()'></p>")
    assert not is_harmless("<a href='javascript:x()'></a>")


# --- Reading


def test_a_reading_grows_to_its_digest(pipeline: Pipeline) -> None:
    readings = list(read(pipeline, begin(ARTICLE), Wishes(labels=("sport", "politics"), sentences=1)))
    counts = [len(reading.segments) for reading in readings]
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert all(reading.digest is None for reading in readings[:-1])
    digest = readings[-1].digest
    assert digest is not None
    assert digest.translation == pipeline.translator.translate(readings[-1].document)
    assert {score.label for score in digest.topics.scores} == {"sport", "politics"}


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "no text yet"), (" \n\t", "no text yet"), ("a" * (MAX_CHARACTERS + 1), "50,001 characters")],
)
def test_texts_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        begin(text)


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"sentences": 0}, "1 to 10 sentences"),
        ({"labels": tuple(map(str, range(MAX_LABELS + 1)))}, "at most 30 topics"),
        ({"labels": ("x" * 81,)}, "at most 80 characters"),
    ],
)
def test_wishes_that_cannot_be_met(wishes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Wishes(**wishes)


def test_gathering_keeps_order_and_holds_nothing_back() -> None:
    def items() -> Iterator[int]:
        for number in range(50):
            if number % 20 == 0:
                time.sleep(0.05)
            yield number

    handfuls = list(gather(items()))
    assert [number for handful in handfuls for number in handful] == list(range(50))


def test_gathering_raises_what_was_raised() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise InputError("broken")

    seen: list[int] = []

    def collect() -> None:
        for handful in gather(items()):
            seen.extend(handful)

    with pytest.raises(InputError, match="broken"):
        collect()
    assert seen == [1]


def test_closing_stops_the_work() -> None:
    closed = threading.Event()
    made: list[int] = []

    def items() -> Iterator[int]:
        try:
            while True:
                made.append(1)
                time.sleep(0.01)
                yield 1
        finally:
            closed.set()

    gathered = gather(items())
    next(gathered)
    gathered.close()
    assert closed.wait(5)
    count = len(made)
    time.sleep(0.1)
    assert len(made) == count


def test_an_article_that_takes_too_long_keeps_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.ui.reading.MAX_SECONDS", 3)
    slow = Pipeline(Translator(engine=FakeSeq2Seq(seconds_per_text=0.5)), settings=FAKE)
    last = finished(slow, " ".join(f"Das ist Satz Nummer {n}." for n in range(40)))
    assert last.digest is None
    assert 0 < len(last.segments) < last.total
    assert "Stopped after" in last.note


# --- What a reader brings and takes away


def test_an_upload_is_read_and_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "upload"
    folder.mkdir()
    path = folder / "<b>artikel.txt"
    path.write_text("Der Rat stimmt zu.", encoding="utf-8")
    origin = take_file(str(path))
    assert (origin.text, origin.name) == ("Der Rat stimmt zu.", "<b>artikel.txt")
    assert not folder.exists()


def test_two_readers_with_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "of-this-content"
    folder.mkdir()
    path = folder / "artikel.txt"
    path.write_text("Der Rat stimmt zu.", encoding="utf-8")

    def read_while_the_other_deletes(place: Path, limits: Limits) -> Upload:
        upload = read_upload(place, limits=limits)
        shutil.rmtree(folder)
        return upload

    monkeypatch.setattr(intake, "read_upload", read_while_the_other_deletes)
    assert take_file(str(path)).text == "Der Rat stimmt zu."
    monkeypatch.undo()
    with pytest.raises(InputError, match=r"^artikel\.txt"):
        take_file(str(path))
    with pytest.raises(
        InputError, match=r"^artikel\.txt cannot be read \(No such file or directory\): choose it again$"
    ):
        take_glossary_file(str(path))


def test_an_upload_that_cannot_be_read_is_deleted_too(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.docx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * (200 * 2**20))
    with pytest.raises(InputError, match=r"bomb\.docx"):
        take_file(str(bomb))
    assert not bomb.exists()


def test_glossaries_as_lines_and_as_files(tmp_path: Path) -> None:
    glossary = read_glossary("Bundesrat = Federal Council\n\n Deutsche Bahn \n")
    assert glossary is not None
    assert [(entry.german, entry.english) for entry in glossary.entries] == [
        ("Bundesrat", "Federal Council"),
        ("Deutsche Bahn", "Deutsche Bahn"),
    ]
    assert read_glossary(" \n") is None
    path = tmp_path / "terms.tsv"
    path.write_text("Bundesrat\tFederal Council\nDeutsche Bahn\n", encoding="utf-8")
    assert take_glossary_file(str(path)) == "Bundesrat = Federal Council\nDeutsche Bahn = Deutsche Bahn"
    assert not path.exists()


@pytest.mark.parametrize(
    "lines",
    ["Rat = council\nRat = board", "= council", "x = y\n" * (MAX_GLOSSARY_LINES + 1), "Rat = " + "council" * 30],
    ids=len,
)
def test_glossaries_that_cannot_be_used(lines: str) -> None:
    with pytest.raises(InputError):
        read_glossary(lines)


@pytest.mark.parametrize("ending", [ending for _, ending in FILES])
def test_files_to_take_away(ending: str) -> None:
    reading = Reading(
        title="Titel", document=DOUBTFUL.document, segments=DOUBTFUL.translation.segments, digest=DOUBTFUL
    )
    file = file_of(reading, ending)
    content = base64.b64decode(file["content"])
    assert file["name"] == f"council-agrees-to-tram{ending}"
    if ending == ".json":
        assert json.loads(content)["translation"] == DOUBTFUL.translation.text
    elif ending == ".docx":
        assert "word/document.xml" in zipfile.ZipFile(BytesIO(content)).namelist()
    else:
        assert "186 million" in content.decode()


@pytest.mark.parametrize("heading", ["../../etc/passwd", "„Ärger“ <b>", "日本", ""])
def test_file_names_hold_nothing_else(heading: str) -> None:
    summary = replace(DIGEST.summary, headline=heading)
    reading = Reading(title=heading, document=DIGEST.document, digest=replace(DIGEST, summary=summary))
    assert re.fullmatch(r"[a-z0-9-]+\.md", file_of(reading, ".md")["name"])


def test_nothing_to_take_away_before_the_end() -> None:
    reading = Reading(title="x", document=DIGEST.document)
    with pytest.raises(InputError, match="not been read to its end"):
        file_of(reading, ".md")
    with pytest.raises(InputError, match="not been read to its end"):
        quotation_of(reading, 0, 0)


def test_a_quotation_has_everything_to_cite() -> None:
    reading = Reading(title="x", document=DOUBTFUL.document, segments=DOUBTFUL.translation.segments, digest=DOUBTFUL)
    text = Tags(quotation_of(reading, 1, 1)).text
    for part in (DOUBTFUL.translation.segments[1].text, "Die Linie 6 kostet", "sentence 2 of 2", "translator-de-en"):
        assert part in text


# --- Events


def values(places: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(PLACES, places, strict=True))


def test_reading_an_article_on_the_page(desk: Desk) -> None:
    handlers = Handlers(desk)
    args = (None, (), True, ["politics", "sports"], False, 3, "fake", "fake", "fake", "Fast", "Rat = council")
    shown = [values(places) for places in handlers.read(ARTICLE, *args)]
    assert shown[0]["cancel"]["visible"]
    assert not shown[-1]["cancel"]["visible"]
    reading = shown[-1]["reading"]
    assert reading.digest is not None
    assert shown[-1]["shelf"] == (reading,)
    again = values(handlers.change_length(reading, (reading,), 1, "fake", "fake", "fake"))
    assert again["reading"].digest.translation is reading.digest.translation
    assert len(again["reading"].digest.summary.sentences) <= 1
    others = values(handlers.change_topics(reading, (reading,), ["weather"], True, "fake", "fake", "fake"))
    assert [score.label for score in others["reading"].digest.topics.scores] == ["weather"]
    opened = values(handlers.open((reading,), SimpleNamespace(index=0)))  # type: ignore[arg-type]
    assert opened["article"] == shown[-1]["article"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": " "}, "no text yet"),
        ({"labels": []}, "no labels"),
        ({"labels": ["a", "A"]}, "given twice"),
        ({"translator": "../etc"}, "is offered here"),
        ({"speed": "Warp"}, "unknown speed"),
        ({"glossary": "= x"}, "glossary"),
    ],
)
def test_errors_are_a_sentence_on_the_page(desk: Desk, changes: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"text": ARTICLE, "origin": None, "shelf": (), "clean": True, "glossary": ""}
    given |= {"labels": ["politics"], "several": False, "length": 3, "speed": "Fast"}
    given |= {"translator": "fake", "summarizer": "fake", "topics": "fake"}
    shown = values(list(Handlers(desk).read(**(given | changes)))[-1])
    assert message in Tags(shown["alert"]).text
    assert shown["desk_stage"]["visible"]


def test_an_unforeseen_error_says_nothing_of_the_machine(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    broken = Pipeline(Translator(engine=FakeSeq2Seq()), settings=FAKE)
    broken.translator.stream = lambda source: iter([1 / 0])  # type: ignore[method-assign, assignment, return-value]
    args = (None, (), True, ["politics"], False, 3, "fake", "fake", "fake", "Fast", "")
    shown = values(list(Handlers(Desk(broken)).read(ARTICLE, *args))[-1])
    assert "Something went wrong" in shown["alert"]
    assert "ZeroDivision" not in shown["alert"]
    assert "ZeroDivisionError" in caplog.text


def test_what_was_forgotten_is_said(desk: Desk) -> None:
    handlers = Handlers(desk)
    event = SimpleNamespace(first=0, last=0)
    assert "read it again" in values(handlers.change_length(None, (), 1, "fake", "fake", "fake"))["alert"]
    assert "read it again" in values(handlers.quote(None, event))["alert"]  # type: ignore[arg-type]
    assert "read it again" in handlers.download(".md", None)[1]


def test_stopping_keeps_what_is_there(pipeline: Pipeline, desk: Desk) -> None:
    reading = finished(pipeline, ARTICLE)
    half = replace(reading, segments=reading.segments[:2], digest=None)
    shown = values(Handlers(desk).stop(half, ()))
    assert "Stopped: 2 of 5 sentences" in shown["progress"]
    assert not shown["cancel"]["visible"]


@pytest.mark.parametrize("leave", [False, True])
def test_the_last_word_is_that_of_the_reading_that_was_stopped(leave: bool) -> None:
    handlers = Handlers(Desk(Pipeline(Translator(engine=FakeSeq2Seq(seconds_per_text=0.02)), settings=FAKE)))
    text = " ".join(f"Dies ist der Satz Nummer {n}." for n in range(300))
    page, other = (SimpleNamespace(session_hash=name) for name in "ab")
    args: Any = (text, None, (), True, ["politics"], False, 3, "fake", "fake", "fake", "Fast", "", page)
    running = handlers.read(*args)
    assert values(next(running))["cancel"]["visible"]
    handlers.go_back(other)  # type: ignore[arg-type]  # another page's reader
    assert values(next(running))["cancel"]["visible"]
    event: Any = handlers.go_back if leave else lambda request: handlers.stop(None, (), request)
    answer = threading.Thread(target=event, args=(page,))
    answer.start()
    last = [values(places) for places in running][-1]
    answer.join()
    assert not last["cancel"]["visible"]
    assert last["desk_stage"]["visible"] == leave
    if not leave:
        assert re.search(r"Stopped: \d+ of 300", last["progress"])
        assert len(last["reading"].segments) < 300


def test_the_shelf_keeps_the_newest_and_no_text_twice(pipeline: Pipeline) -> None:
    shelf: tuple[Reading, ...] = ()
    for number in range(MAX_HISTORY + 3):
        shelf = shelve(shelf, finished(pipeline, f"Satz Nummer {number} ist kurz."))
    shelf = shelve(shelf, finished(pipeline, f"Satz Nummer {MAX_HISTORY} ist kurz."))
    assert len(shelf) == MAX_HISTORY
    assert len({reading.document.text for reading in shelf}) == MAX_HISTORY
    assert render_shelf(shelf).count("data-open") == MAX_HISTORY
    assert render_shelf(()) == ""


# --- Models


def test_only_what_is_here_is_offered_and_the_rest_has_a_reason(pipeline: Pipeline) -> None:
    desk = Desk(pipeline, models=[("translation", "models/translator-de-en")])
    assert desk.offered("translation")[0] == "fake"
    assert "models/translator-de-en" in desk.offered("translation")
    missing = {offer.name: offer.reason for offer in desk.missing("translation")}
    assert "hf download Helsinki-NLP/opus-mt-de-en" in (missing["opus-mt-de-en"] or "")
    with pytest.raises(InputError, match="is offered here"):
        desk.pipeline(Choice(translator="opus-mt-de-en"))


def test_speed_and_glossary_share_the_model(desk: Desk) -> None:
    careful = desk.pipeline(Choice(speed="Careful"), glossary=read_glossary("Rat = council"))
    assert careful.translator.options.beam == 8
    assert careful.translator.engine is desk.base.translator.engine
    assert desk.base.translator.glossary is None
