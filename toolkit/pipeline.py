"""The chain: a German document becomes English text, a summary and topics."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

from toolkit.documents import Digest, Document, Summary, Topics, TranslatedSegment, Translation
from toolkit.engines import EngineSettings
from toolkit.glossary import Glossary
from toolkit.labels import read_labels
from toolkit.segmentation import read_document
from toolkit.summarization import Summarizer
from toolkit.topics import TopicClassifier
from toolkit.translation import Translator


class Pipeline:
    """A translator, a summariser and a topic classifier in a row; safe to call from many threads."""

    def __init__(
        self,
        translator: Translator | None = None,
        summarizer: Summarizer | None = None,
        topics: TopicClassifier | None = None,
        *,
        settings: EngineSettings | None = None,
        glossary: Glossary | None = None,
    ) -> None:
        """What is not given is loaded as shipped, with `settings`; a translator that is given keeps its own glossary
        unless one is given beside it.
        """
        self.translator = translator or Translator(settings=settings)
        if glossary is not None:
            self.translator = self.translator.variant(glossary=glossary)
        self.summarizer = summarizer or Summarizer(settings=settings)
        self.topics = topics or TopicClassifier(settings=settings)

    def run(
        self,
        source: str | Document,
        *,
        labels: Sequence[str] | None = None,
        multi_label: bool = False,
        sentences: int = 3,
        progress: Callable[[int], None] | None = None,
    ) -> Digest:
        """One text or document; a summary of at most `sentences` sentences; topics from `labels` or the news set.

        `progress` is called with the number of sentences translated since the last call.
        """
        translation = self.translator.translate(source, progress=progress)
        return self._digest(translation, labels=labels, multi_label=multi_label, sentences=sentences)

    def run_many(
        self,
        sources: Iterable[str | Document],
        *,
        labels: Sequence[str] | None = None,
        multi_label: bool = False,
        sentences: int = 3,
    ) -> Iterator[Digest]:
        """Many texts or documents, lazily and in order."""
        for translation in self.translator.translate_many(sources):
            yield self._digest(translation, labels=labels, multi_label=multi_label, sentences=sentences)

    def stream(
        self,
        source: str | Document,
        *,
        labels: Sequence[str] | None = None,
        multi_label: bool = False,
        sentences: int = 3,
    ) -> Generator[TranslatedSegment | Summary | Topics, None, None]:
        """The parts of the digest of one document as they are ready: every segment, the summary, the topics.

        Closing the iterator stops the work.
        """
        read_labels(labels)  # a mistake in them is told before the translation, not after it
        document = source if isinstance(source, Document) else read_document(source, language=None)
        segments = []
        for segment in self.translator.stream(document):
            segments.append(segment)
            yield segment
        translation = self.translator.assemble(document, segments)
        yield self.summarizer.summarize(translation, sentences=sentences)
        yield self.topics.classify(translation, labels, multi_label=multi_label)

    def _digest(
        self, translation: Translation, *, labels: Sequence[str] | None, multi_label: bool, sentences: int
    ) -> Digest:
        return Digest(
            translation=translation,
            summary=self.summarizer.summarize(translation, sentences=sentences),
            topics=self.topics.classify(translation, labels, multi_label=multi_label),
        )
