"""A data folder as the recipes read it, with a few sentences and leads of our own."""

import json
import lzma
from collections.abc import Iterable, Mapping
from pathlib import Path

from models.recipes import back_translation

TOWNS = "Bonn Kiel Gera Jena Köln Ulm Trier Mainz Celle Worms".split()
NOUNS = {"Brücke": "bridge", "Schule": "school", "Klinik": "hospital", "Straße": "road", "Bücherei": "library"}


def pairs(years: Iterable[int]) -> list[tuple[str, str]]:
    """German and English sentences, fifty a year."""
    return [
        (
            f"Der Rat von {town} hat im Jahr {year} den Bau der {german} beschlossen.",
            f"In {year} the council of {town} decided to build the {english}.",
        )
        for town in TOWNS
        for year in years
        for german, english in NOUNS.items()
    ]


def leads(things: Iterable[str], towns: Iterable[str] = TOWNS) -> list[str]:
    """Lines of newsapi.tsv: two sentences and a headline that the first one bears out."""
    things = tuple(things)
    return [
        f"The mayor of {town} has resigned after a dispute about the {thing}, police said. Nobody else was in the room."
        f"\tMayor of {town} resigned after the dispute about the {thing}\t\t2020-01-01\tNews\n"
        for town in towns
        for thing in things
    ]


def write_folder(
    folder: Path, *, parallel: Mapping[str, Iterable[tuple[str, str]]], newsapi: Iterable[str], only_leads: bool = False
) -> Path:
    """Parallel corpora by name, leads, a line of newstest2018; an article of every corpus of whole articles.

    `only_leads` leaves these articles out.
    """
    for name in ("parallel", "summarization", "dev/translation", "dev/summarization", "dev/topics"):
        (folder / name).mkdir(parents=True)
    for name, lines in parallel.items():
        with lzma.open(folder / "parallel" / f"{name}.tsv.xz", "wt", encoding="utf-8") as out:
            out.writelines(f"{german}\t{english}\n" for german, english in lines)
    held = folder / "dev" / "translation"
    (held / "newstest2018.de").write_text("Der Rat von Ahlen tagt heute wieder im Saal.\n", encoding="utf-8")
    (held / "newstest2018.en").write_text("The council of Ahlen meets again in the hall today.\n", encoding="utf-8")
    with lzma.open(folder / "summarization" / "newsapi.tsv.xz", "wt", encoding="utf-8") as out:
        out.writelines(newsapi)
    article = {"document": leads(["budget"], ["Jena"])[0].split("\t")[0], "summary": "The mayor of Jena resigned."}
    for name in back_translation.DOCUMENTS:
        if not only_leads:
            with lzma.open(folder / "summarization" / f"{name}.jsonl.xz", "wt", encoding="utf-8") as out:
                out.write(json.dumps(article))
    return folder
