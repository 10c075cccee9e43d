"""A glossary's terms (`toolkit.glossary`) in translations: how many are as wanted, with the glossary and without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eval.articles import FOLDER
from eval.examples import Example
from eval.rows import read_rows
from eval.runs import Json
from eval.sets import DataSet
from toolkit.documents import Translation
from toolkit.glossary import Glossary
from toolkit.translation import Translator

NAME, TERM = "name", "term"
"""Registers: what is to be kept as it is, and what is to be translated as wanted."""


def data() -> DataSet:
    """Our sentences with a term each; one of its forms is expected in the translation."""
    return DataSet(
        "glossary",
        tuple(
            Example(
                id=row["id"],
                source=row["de"],
                translations=(row["en"],),
                term=(row["source_term"], row["target_term"]),
                expects=(tuple(row["forms"]),),
                register=NAME if row["source_term"] == row["target_term"] else TERM,
            )
            for row in read_rows(FOLDER / "glossary.jsonl")
        ),
    )


def glossary(examples: Sequence[Example]) -> Glossary:
    """All their terms together."""
    terms = {example.term[0]: example.term[1] for example in examples if example.term}
    return Glossary(
        {german: english for german, english in terms.items() if german != english},
        names=[german for german, english in terms.items() if german == english],
    )


def outputs(examples: Sequence[Example], translator: Translator) -> Iterator[tuple[Json, Translation]]:
    """Each translation with the glossary, and `plain` without one."""
    sources = [example.source for example in examples]
    plain = translator.variant(glossary=Glossary()).translate_many(sources)
    wanted = translator.variant(glossary=glossary(examples)).translate_many(sources)
    for without, translation in zip(plain, wanted, strict=True):
        yield {"translation": translation.text, "plain": without.text}, translation


def without_glossary(_examples: Sequence[Example], made: Sequence[Json]) -> list[Json]:
    """What the same translator makes of the sentences when it is told nothing."""
    return [{**output, "translation": output["plain"]} for output in made]
