"""A small digest made by hand, for the tests of what is done with one."""

from __future__ import annotations

from dataclasses import replace

from toolkit.documents import (
    Digest,
    Document,
    Finding,
    Segment,
    Summary,
    SummarySentence,
    TermUse,
    Topics,
    TopicScore,
    TranslatedSegment,
    Translation,
)

TEXT = "Der Rat stimmt zu.\n\nDie Linie 6 kostet 186\nMio. Euro.\r\n"
DOCUMENT = Document(
    text=TEXT,
    segments=(
        Segment(text="Der Rat stimmt zu.", start=0, end=18, paragraph=0),
        Segment(text="Die Linie 6 kostet 186 Mio. Euro.", start=20, end=53, paragraph=1),
    ),
    id="rat.txt",
    language="de",
)
TRANSLATION = Translation(
    document=DOCUMENT,
    segments=(
        TranslatedSegment(source=DOCUMENT.segments[0], text="The council agrees.", log_prob=-0.25),
        TranslatedSegment(
            source=DOCUMENT.segments[1], text="Line 6 costs 186 million euros.", log_prob=-0.5, marks=("split", "lost")
        ),
    ),
    model="translator-de-en",
    engine="ct2",
)
SUMMARY = Summary(
    headline="Council agrees to tram",
    sentences=(SummarySentence(text="The tram costs 186 million euros.", evidence=(0, 1), support=0.75),),
    model="summarizer-en",
    engine="ct2",
)
TOPICS = Topics(
    scores=(TopicScore("politics", 0.7), TopicScore("economy, business", 0.2), TopicScore("sport", 0.1)),
    threshold=0.3,
    multi_label=False,
    model="topics-en",
    engine="hf",
)
DIGEST = Digest(translation=TRANSLATION, summary=SUMMARY, topics=TOPICS)
DOUBTFUL = Digest(
    translation=replace(
        TRANSLATION,
        segments=(
            replace(TRANSLATION.segments[0], doubt=0.125, findings=()),
            replace(
                TRANSLATION.segments[1],
                text="Line 6 costs 168 million euros.",
                marks=(),
                doubt=0.75,
                reasons=("number", "unsure"),
                findings=(Finding("number", 19, 22, "186", "168"),),
                terms=(TermUse("Linie", "tram line", is_applied=False), TermUse("Euro", "euros", is_applied=True)),
            ),
        ),
    ),
    summary=replace(SUMMARY, sentences=(replace(SUMMARY.sentences[0], support=0.25, is_supported=False),)),
    topics=TOPICS,
)
"""The same with a wrong number, a term of the glossary not applied, and a summary sentence that is not borne out."""


def digest(german: str, english: str) -> Digest:
    """A digest of one sentence."""
    document = Document(text=german, segments=(Segment(text=german, start=0, end=len(german), paragraph=0),))
    translation = Translation(
        document=document,
        segments=(TranslatedSegment(source=document.segments[0], text=english),),
        model="m",
        engine="fake",
    )
    return Digest(translation=translation, summary=SUMMARY, topics=TOPICS)
