"""The German articles with English references written for this project (eval/data)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Article:
    """A German article, its English reference sentence by sentence, and what should come out of the chain."""

    id: str
    register: str
    """Kind of text: agency report, interview …"""
    topics: tuple[str, ...]
    """Main topic first."""
    headline: tuple[str, str]
    """German, English."""
    paragraphs: tuple[tuple[tuple[str, str], ...], ...]
    """Sentences as (German, English)."""
    seconds: tuple[str | None, ...]
    """A second English reference for each of `sentences`, or None."""
    summary: tuple[str, ...]
    evidence: tuple[int, ...]
    """Indices of the `sentences` the summary rests on, ascending."""

    @property
    def sentences(self) -> tuple[tuple[str, str], ...]:
        """All sentences as (German, English), in order."""
        return tuple(pair for paragraph in self.paragraphs for pair in paragraph)

    @property
    def german(self) -> str:
        """The text without the headline, paragraphs parted by a blank line."""
        return "\n\n".join(" ".join(german for german, _ in paragraph) for paragraph in self.paragraphs)

    @property
    def english(self) -> str:
        """The reference text without the headline, paragraphs parted by a blank line."""
        return "\n\n".join(" ".join(english for _, english in paragraph) for paragraph in self.paragraphs)

    @property
    def second_english(self) -> str | None:
        """The second reference text, sentence after sentence, where every sentence has one."""
        texts = [text for text in self.seconds if text is not None]
        return " ".join(texts) if len(texts) == len(self.seconds) else None


def read_articles() -> tuple[Article, ...]:
    """All articles, by id."""
    from eval.rows import read_rows

    articles = []
    for path in sorted(FOLDER.glob("articles-*.jsonl")):
        for row in read_rows(path):
            paragraphs = row["paragraphs"]
            articles.append(
                Article(
                    id=row["id"],
                    register=row["register"],
                    topics=tuple(row["topics"]),
                    headline=(row["headline"]["de"], row["headline"]["en"]),
                    paragraphs=tuple(
                        tuple((sentence["de"], sentence["en"]) for sentence in paragraph) for paragraph in paragraphs
                    ),
                    seconds=tuple(sentence.get("en2") for paragraph in paragraphs for sentence in paragraph),
                    summary=tuple(sentence["text"] for sentence in row["summary"]),
                    evidence=tuple(sorted({i for sentence in row["summary"] for i in sentence["evidence"]})),
                )
            )
    return tuple(sorted(articles, key=lambda article: article.id))
