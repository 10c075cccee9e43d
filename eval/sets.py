"""Data sets: inputs with their references, our own or anyone's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.articles import FOLDER, Article, read_articles
from eval.examples import Example
from eval.rows import Row, read_rows
from eval.verdicts import FAITHFUL, UNFAITHFUL
from toolkit import files
from toolkit.errors import InputError
from toolkit.forms import plural

CONTRAST = FOLDER / "contrast"

SOURCES = ("source", "de", "translation.de", "text", "article", "document")
REFERENCES = ("reference", "en", "translation.en", "summary", "label", "topics", "topic")
"""Columns tried in turn where none is named; a dot leads into a column of objects."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """Inputs with everything known to be right about them."""

    name: str
    examples: tuple[Example, ...]

    @property
    def sha256(self) -> str:
        """Over all examples: the same contents have the same checksum, whatever file they come from."""
        digest = hashlib.sha256()
        for example in self.examples:
            known = {name: value for name, value in asdict(example).items() if value}
            digest.update(json.dumps(known, ensure_ascii=False, sort_keys=True).encode())
        return digest.hexdigest()

    @property
    def labels(self) -> tuple[str, ...]:
        """Every topic that occurs, in alphabetical order."""
        return tuple(sorted({topic for example in self.examples for topic in example.topics}))

    def first(self, count: int) -> DataSet:
        """The first inputs alone; the name says so."""
        if count < 1:
            raise InputError(f"the number of inputs must be at least 1, got {count}")
        if count >= len(self.examples):
            return self
        return DataSet(f"{self.name}[:{count}]", self.examples[:count])


def sentences() -> DataSet:
    """The sentences of our articles, each with its one or two references."""
    examples = []
    for article in read_articles():
        for i, ((german, english), second) in enumerate(zip(article.sentences, article.seconds, strict=True)):
            references = (english,) if second is None else (english, second)
            examples.append(
                Example(id=f"{article.id}:{i}", source=german, translations=references, register=article.register)
            )
    return DataSet("sentences", tuple(examples))


def german_articles() -> DataSet:
    """Our articles in German, with everything that should come out of the chain."""
    return DataSet("articles-de", tuple(_article(article, source=article.german) for article in read_articles()))


def english_articles() -> DataSet:
    """The reference translations of our articles, with everything that should come out of the last two models."""
    return DataSet("articles-en", tuple(_article(article, source=article.english) for article in read_articles()))


def _article(article: Article, *, source: str) -> Example:
    second = article.second_english
    return Example(
        id=article.id,
        source=source,
        translations=(article.english,) if second is None else (article.english, second),
        summaries=(" ".join(article.summary),),
        headlines=(article.headline[1],),
        topics=article.topics,
        article=article.english,
        register=article.register,
    )


def contrast_names() -> tuple[str, ...]:
    """The contrast sets there are, by the names of their files."""
    return tuple(sorted(path.stem for path in CONTRAST.glob("*.jsonl")))


def contrast(name: str) -> DataSet:
    """A contrast set of ours; both sentences of a pair stand together."""
    return read_contrast(CONTRAST / f"{name}.jsonl")


def read_contrast(path: Path) -> DataSet:
    """A contrast set. Raises InputError unless every pair has two sentences and each of them something to check."""
    examples = []
    pairs: dict[str, int] = {}
    for number, row in enumerate(read_rows(path), 1):
        try:
            example = Example(
                id=row["id"],
                pair=row["pair"],
                source=row["de"],
                translations=(row["en"],),
                expects=tuple(tuple(alternatives) for alternatives in row["expects"]),
                forbids=tuple(row["forbids"]),
            )
        except (KeyError, TypeError) as error:
            raise InputError(f"{path}, line {number}: {error} is missing or no list: see eval/data/README.md") from None
        checks = [*example.expects, *([example.forbids] if example.forbids else [])]
        if not checks or not all(texts and all(text.strip() for text in texts) for texts in checks):
            raise InputError(
                f"{path}, line {number}: nothing to check in {example.id}: name what it expects or forbids"
            )
        pairs[example.pair] = pairs.get(example.pair, 0) + 1
        examples.append(example)
    alone = next((pair for pair, count in pairs.items() if count != 2), None)
    if alone is not None:
        raise InputError(f"{path}: {alone} has {pairs[alone]} sentences, expected a pair of two")
    return DataSet(f"contrast-{path.stem}", tuple(examples))


def robustness() -> DataSet:
    """Our sentences with a disturbance each; its kind is their register, what must come through is expected."""
    return DataSet(
        "robustness",
        tuple(
            Example(
                id=row["id"],
                source=row["de"],
                translations=(row["en"],),
                expects=tuple((text,) for text in row.get("keep") or ()),
                register=row["kind"],
            )
            for row in read_rows(FOLDER / "robustness.jsonl")
        ),
    )


def transliteration() -> DataSet:
    """Our sentences with names from other alphabets; one of its English spellings is expected of each."""
    return _with_forms("transliteration")


def rare_words() -> DataSet:
    """Our sentences with a word each that a small model may not know; one of its English words is expected."""
    return _with_forms("rare-words", has_plural=True)


def _with_forms(name: str, *, has_plural: bool = False) -> DataSet:
    """A set of ours by its file; one of each list of `forms` is expected, or with `has_plural` its plural."""
    return DataSet(
        name,
        tuple(
            Example(
                id=row["id"],
                source=row["de"],
                translations=(row["en"],),
                expects=tuple(
                    tuple(form for one in forms for form in ((one, plural(one)) if has_plural else (one,)))
                    for forms in row["forms"]
                ),
            )
            for row in read_rows(FOLDER / f"{name}.jsonl")
        ),
    )


def support() -> DataSet:
    """Our summary sentences, faithful and not; the kind of error is the register of both of an item."""
    return DataSet(
        "support",
        tuple(
            Example(
                id=f"{row['id']} {verdict}",
                source=row[verdict],
                article="\n".join(row["evidence"]),
                verdict=verdict,
                register=row["kind"],
            )
            for row in read_rows(FOLDER / "support.jsonl")
            for verdict in (FAITHFUL, UNFAITHFUL)
        ),
    )


Make = Callable[[str, str, Sequence[str]], Example]
"""An example from an id, a source and its references: which field they go to is the task's to say."""


def from_text(source: Path, references: Sequence[Path], make: Make) -> DataSet:
    """Parallel text files, one input a line. Raises InputError for blank lines and files of unequal length."""
    columns = [read_lines(path) for path in (source, *references)]
    for path, lines in zip(references, columns[1:], strict=True):
        if len(lines) != len(columns[0]):
            raise InputError(
                f"{source} has {len(columns[0])} lines and {path} has {len(lines)}: expected as many in each"
            )
    rows = zip(*columns, strict=True)
    return DataSet(source.name, tuple(make(str(i), row[0], row[1:]) for i, row in enumerate(rows, 1)))


def read_lines(path: Path) -> list[str]:
    """The lines of a file. Raises InputError for a blank one: it has no score."""
    try:
        text = files.read_text(path)
    except InputError as error:
        # Here no option names an encoding.
        message, _, remedy = str(error).partition(": name its encoding")
        raise InputError(f"{message}: save it as UTF-8" if remedy else message) from None
    # Only line feeds part lines, as for sacrebleu; a line may hold other breaks.
    lines = text.removesuffix("\n").split("\n")
    lines = [line.removesuffix("\r") for line in lines]
    blank = next((number for number, line in enumerate(lines, 1) if not line.strip()), None)
    if blank is not None:
        raise InputError(f"{path}, line {blank} is blank: every input needs a text in each file; remove it from all")
    return lines


def from_rows(
    name: str,
    make: Make,
    *,
    config: str | None = None,
    split: str | None = None,
    source: str | None = None,
    references: Sequence[str] = (),
) -> DataSet:
    """A file or a hub data set with a column of sources and one or more of references; see `eval.rows`."""
    rows = read_rows(name, config=config, split=split, columns=[*([source] if source else []), *references])
    source = source or _first_column(name, rows[0], SOURCES, "--source-column")
    references = references or (_first_column(name, rows[0], REFERENCES, "--reference-column"),)
    examples = []
    for number, row in enumerate(rows, 1):
        where = f"{name}, row {number}"
        texts = _texts(_cell(row, source, where), source, where)
        if len(texts) != 1:
            raise InputError(f"{where}: {source} holds {len(texts)} texts, expected one")
        known = [text for column in references for text in _texts(_cell(row, column, where), column, where)]
        examples.append(make(str(row.get("id") or number), texts[0], known))
    # The name of a file alone: where it lies on this machine is nobody else's business.
    return DataSet(Path(name).name if Path(name).exists() else name, tuple(examples))


def _first_column(name: str, row: Row, columns: Sequence[str], option: str) -> str:
    for column in columns:
        if _has(row, column):
            return column
    raise InputError(f"{name} has the columns {', '.join(row)}: say with {option} which one to take")


def _has(row: Any, column: str) -> bool:
    head, _, rest = column.partition(".")
    return isinstance(row, dict) and head in row and (not rest or _has(row[head], rest))


def _cell(row: Row, column: str, where: str) -> Any:
    if column in row:
        return row[column]
    if not _has(row, column):
        raise InputError(f"{where} has no column {column!r}, only {', '.join(row)}")
    value: Any = row
    for part in column.split("."):
        value = value[part]
    return value


def _texts(value: Any, column: str, where: str) -> list[str]:
    """One text, or a list of them, none blank."""
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise InputError(f"{where}: {column} must be a text that is not blank, got {value!r:.60}")
    return texts
