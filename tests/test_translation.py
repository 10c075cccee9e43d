"""Translating documents: alignment, order, and what is done about loops, links, numbers, capitals and length."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.documents import MARKS, TranslatedSegment
from toolkit.engines import EngineSettings, Generation, GenerationOptions
from toolkit.engines.fake import FakeSeq2Seq
from toolkit.errors import InputError
from toolkit.segmentation import read_document
from toolkit.translation import Translator


class Scripted:
    """An engine that translates by a function of text and options and remembers what it was asked."""

    name = "scripted"

    def __init__(
        self, rule: Callable[[str, GenerationOptions], str], *, max_source_tokens: int = 200, log_prob: float = -0.5
    ) -> None:
        self.rule = rule
        self.log_prob = log_prob
        self.max_source_tokens = max_source_tokens
        self.calls: list[list[str]] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 1 for text in texts]

    def generate(self, texts: Sequence[str], *, options: GenerationOptions) -> list[Generation]:
        assert all(count <= self.max_source_tokens for count in self.count_tokens(texts))
        self.calls.append(list(texts))
        return [
            Generation(
                text=(out := self.rule(text, options)), log_prob=self.log_prob, tokens=len(out.split()), cut=False
            )
            for text in texts
        ]


def _one(text: str, engine: Scripted | FakeSeq2Seq) -> TranslatedSegment:
    (segment,) = Translator(engine=engine).translate(text).segments
    assert set(segment.marks) <= set(MARKS)
    return segment


def test_aligned_with_its_document() -> None:
    text = "Erster Satz. Zweiter Satz.\n\n- Punkt eins\n- Punkt zwei\n"
    translation = Translator(engine=FakeSeq2Seq()).translate(text)
    assert [segment.source for segment in translation.segments] == list(translation.document.segments)
    assert translation.text == "Retsre Ztas. Retiewz Ztas.\n\n- Tknup snie\n- Tknup iewz\n"
    assert translation.coverage.sentences == translation.coverage.translated == 4
    assert (translation.model, translation.engine) == ("fake", "fake")


@pytest.mark.parametrize("text", ["", " \n\n\t ", "\ufeff", "\u200b"])
def test_blank_stays_blank(text: str) -> None:
    translation = Translator(engine=FakeSeq2Seq()).translate(text)
    assert translation.segments == ()
    assert translation.text == text


def test_many_come_back_lazily_and_in_order() -> None:
    asked: list[int] = []

    def source() -> object:
        for i in range(2000):
            asked.append(i)
            yield f"Satz Nummer {i} steht hier." if i % 7 else ""

    results = Translator(engine=FakeSeq2Seq()).translate_many(source())  # type: ignore[arg-type]
    first = next(results)
    assert len(asked) < 600
    rest = list(results)
    assert first.text == ""
    assert [re.findall(r"\d+", result.text) for result in rest] == [[str(i)] if i % 7 else [] for i in range(1, 2000)]


def test_stream_gives_what_translate_gives_and_the_first_sentences_soon() -> None:
    text = "\n\n".join(f"Satz Nummer {i % 90} steht hier." for i in range(300))
    engine = Scripted(lambda text, _: text.upper())
    translator = Translator(engine=engine)
    stream = translator.stream(text)
    assert engine.calls == []
    first = next(stream)
    assert [len(call) for call in engine.calls] == [2]
    segments = [first, *stream]
    assert [len(call) for call in engine.calls] == [2, 4, 8, 16, 32, 28]  # ninety different sentences
    document = read_document(text, language=None)
    assert translator.assemble(document, segments) == translator.translate(text)


def test_closed_stream_stops_the_work() -> None:
    engine = Scripted(lambda text, _: text.upper())
    stream = Translator(engine=engine).stream("\n\n".join(f"Satz Nummer {i} steht hier." for i in range(300)))
    for _ in range(3):
        next(stream)
    stream.close()
    assert sum(map(len, engine.calls)) == 6
    assert list(stream) == []


def test_what_is_not_all_of_a_document_is_not_assembled() -> None:
    translator = Translator(engine=FakeSeq2Seq())
    document = read_document("Erster Satz. Zweiter Satz.")
    segments = list(translator.stream(document))
    for wrong in ([], segments[:1], segments[::-1], [*segments, segments[0]]):
        with pytest.raises(InputError, match="expected the 2 translated segments of the document, in order, got"):
            translator.assemble(document, wrong)


def test_same_sentence_is_sent_once_per_chunk() -> None:
    engine = Scripted(lambda text, _: "Good day to you.")
    translation = Translator(engine=engine).translate("Guten Tag allerseits.\n\n" * 5)
    assert engine.calls == [["Guten Tag allerseits."]]
    assert [segment.source.start for segment in translation.segments] == [0, 23, 46, 69, 92]


def test_progress_counts_every_sentence() -> None:
    done: list[int] = []
    Translator(engine=FakeSeq2Seq()).translate("Ein Satz steht da.\n\n" * 600, progress=done.append)
    assert sum(done) == 600
    assert len(done) > 1


@pytest.mark.parametrize(
    ("text", "is_copied"),
    [
        ("12.345", True),
        ("+++ 🙂 +++", True),
        ("https://www.example.org/a?b=c", True),
        ("{name} %s", True),
        ("x" * 5000, True),
        ("Seite 12", False),
        ("The minister said on Monday that the talks would go on.", True),
    ],
)
def test_what_is_copied(text: str, is_copied: bool) -> None:
    engine = Scripted(lambda text, _: text.upper())
    segment = _one(text, engine)
    assert ("copied" in segment.marks) is is_copied
    if is_copied:
        assert segment.text == text
        assert segment.log_prob is None
        assert engine.calls == [[]] or not engine.calls


def test_endless_word_is_copied_and_the_rest_translated() -> None:
    word = "a1" * 50_000
    segment = _one(f"Der Code lautet {word} und nicht anders.", FakeSeq2Seq())
    assert segment.text == f"Red Edoc tetual {word} dnu thcin sredna."


def test_over_long_sentence_is_split_and_complete() -> None:
    words = [f"wort{i}" for i in range(700)]
    engine = Scripted(lambda text, _: text, max_source_tokens=100)
    segment = _one(" ".join(words), engine)
    assert segment.text.split() == words
    assert "split" in segment.marks
    assert "cut" not in segment.marks


def test_loop_is_retried() -> None:
    def rule(text: str, options: GenerationOptions) -> str:
        return "The dog barks." if options.no_repeat_ngram else "the dog the dog the dog the dog"

    segment = _one("Der Hund bellt.", Scripted(rule))
    assert segment.text == "The dog barks."
    assert segment.marks == ("retried",)


def test_loop_that_stays_is_halved_then_marked() -> None:
    def rule(text: str, _: GenerationOptions) -> str:
        return "so so so so so so" if len(text.split()) > 6 else " ".join(reversed(text.split()))

    segment = _one("Der große Hund bellt laut, und die kleine Katze schläft weiter.", Scripted(rule))
    assert {"retried", "split"} <= set(segment.marks)
    assert "loop" not in segment.marks
    short = _one("Der Hund bellt.", Scripted(lambda text, _: "so so so so so so"))
    assert "loop" in short.marks


def test_empty_output_keeps_the_source_and_says_so() -> None:
    translation = Translator(engine=Scripted(lambda text, _: "")).translate("Der Hund bellt.")
    assert translation.segments[0].text == "Der Hund bellt."
    assert "cut" in translation.segments[0].marks
    assert translation.coverage.cut == 1
    assert translation.coverage.translated == 0


@pytest.mark.parametrize(
    "text",
    [
        "Hallo {name}, Sie haben %d neue Nachrichten.",
        "Mehr dazu lesen Sie auf https://www.example.org/a_b?c=d&e=f am Abend.",
        "Das ist <b>sehr</b> wichtig.",
        "Schreiben Sie an kontakt@example.org heute noch.",
    ],
)
def test_protected_tokens_survive_a_model_that_drops_them(text: str) -> None:
    segment = _one(text, Scripted(lambda text, _: re.sub(r"[^A-Za-z ]", "", text)))
    for token in re.findall(r"\{name\}|%d|https://\S+|</?b>|\S+@\S+", text):
        assert token in segment.text
    assert "restored" in segment.marks
    assert "lost" not in segment.marks


def test_wrong_number_is_put_right_and_a_lost_one_marked() -> None:
    wrong = _one("Es kostet 283,82 Euro.", Scripted(lambda text, _: "It costs 28.82 euros."))
    assert (wrong.text, wrong.marks) == ("It costs 283.82 euros.", ("restored",))
    lost = _one("Es kostet 283,82 Euro.", Scripted(lambda text, _: "It costs some euros."))
    assert lost.marks == ("lost",)


def test_facts_are_checked() -> None:
    segment = _one("Am Montag kamen 17 Gäste nicht.", Scripted(lambda text, _: "On Monday 17 guests came."))
    assert segment.findings is not None
    assert [(each.kind, each.missing, each.new) for each in segment.findings] == [("negation", "nicht", "")]
    right = _one("Am Montag kamen 17 Gäste nicht.", Scripted(lambda text, _: "On Monday 17 guests did not come."))
    assert right.findings == ()
    assert _one("12.345", Scripted(lambda text, _: text)).findings == ()


def test_doubt_is_estimated_and_grows_with_what_is_wrong() -> None:
    text = "Am Montag kamen 17 Gäste nicht nach Berlin."
    # As sure as the shipped model is on average.
    right = _one(text, Scripted(lambda text, _: "On Monday 17 guests did not come to Berlin.", log_prob=-0.4))
    wrong = _one(text, Scripted(lambda text, _: "On Monday 17 guests came.", log_prob=-0.4))
    assert right.doubt is not None
    assert wrong.doubt is not None
    assert 0 < right.doubt < wrong.doubt < 1
    assert right.reasons == ()
    assert "negation" in wrong.reasons
    copied = _one("12.345", Scripted(lambda text, _: text))
    assert (copied.doubt, copied.reasons) == (None, ())


def test_capitals_are_recased_before_the_model() -> None:
    engine = Scripted(lambda text, _: "Chancellor resigns in Berlin.")
    segment = _one("KANZLER TRITT IN BERLIN ZURÜCK, SPD UND EU", engine)
    assert engine.calls[0] == ["Kanzler Tritt in Berlin Zurück, SPD und EU"]
    assert segment.marks == ("recased",)
    assert _one("Die EU und die NATO", Scripted(lambda text, _: "The EU and NATO")).marks == ()


def test_control_tokens_in_a_text_are_only_text() -> None:
    engine = Scripted(lambda text, _: text)
    _one("⟦bt⟧ Der Hund bellt.", engine)
    assert engine.calls[0] == ["[bt] Der Hund bellt."]
    _one("⟦bt⟧ KANZLER TRITT ZURÜCK", engine)
    assert engine.calls[1] == ["[bt] Kanzler Tritt Zurück"]


def test_dutch_is_translated_and_marked() -> None:
    segment = _one("De regering heeft gisteren besloten om de belastingen volgend jaar te verhogen.", FakeSeq2Seq())
    assert segment.marks == ("foreign",)


def test_log_prob_is_the_mean_over_the_parts() -> None:
    segment = _one("Der Hund bellt.", Scripted(lambda text, _: "The dog barks."))
    assert segment.log_prob == pytest.approx(-0.5)


def test_a_variant_has_the_same_engine_and_its_own_options() -> None:
    beams: list[int] = []

    def rule(text: str, options: GenerationOptions) -> str:
        beams.append(options.beam)
        return "A sentence."

    translator = Translator(engine=Scripted(rule))
    variant = translator.variant(options=GenerationOptions(beam=1))
    variant.translate("Ein Satz.")
    translator.translate("Ein Satz.")
    assert beams == [1, translator.options.beam]
    assert variant.engine is translator.engine


def test_fake_engine_needs_no_model() -> None:
    assert Translator(settings=EngineSettings(engine="fake")).translate("Der Hund.").text == "Red Dnuh."


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_anything_goes_in_and_nothing_is_lost(text: str) -> None:
    translation = Translator(engine=FakeSeq2Seq()).translate(text)
    document = read_document(text, language=None)
    assert translation.document == document
    assert len(translation.segments) == len(document.segments)
    assert all(segment.text.strip() for segment in translation.segments)
    assert translation.coverage.cut == 0
