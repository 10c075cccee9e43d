"""The German articles with English references written for this project (eval/data)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Article:
    """A German article, its English reference sentence by sentence, and what should come out of the chain."""

    id: str
    topics: tuple[str, ...]
    """Main topic first."""
    headline: tuple[str, str]
    """German, English."""
    paragraphs: tuple[tuple[tuple[str, str], ...], ...]
    """Sentences as (German, English)."""
    summary: tuple[str, ...]

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


def read_articles() -> tuple[Article, ...]:
    """All articles, by id."""
    articles = []
    for path in sorted(FOLDER.glob("articles-*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            articles.append(
                Article(
                    id=row["id"],
                    topics=tuple(row["topics"]),
                    headline=(row["headline"]["de"], row["headline"]["en"]),
                    paragraphs=tuple(
                        tuple((sentence["de"], sentence["en"]) for sentence in paragraph)
                        for paragraph in row["paragraphs"]
                    ),
                    summary=tuple(sentence["text"] for sentence in row["summary"]),
                )
            )
    return tuple(sorted(articles, key=lambda article: article.id))
