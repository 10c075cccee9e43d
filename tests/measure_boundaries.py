"""Score sentence splitters: `python tests/measure_boundaries.py newstest2018.de` (see data/german_sentences.md).

A set is a list of texts, each a list of sentences to be joined by a space. A file with one sentence a line is joined
five by five. Needs sentencex, syntok and pysbd beside klartext.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from itertools import accumulate
from pathlib import Path

Splitter = Callable[[str], Iterable[str]]
Texts = list[list[str]]


def ends(sentences: Iterable[str], text: str) -> set[int]:
    """Where the sentences end in `text`, without its own end."""
    found: set[int] = set()
    position = 0
    for sentence in filter(None, map(str.strip, sentences)):
        position = text.index(sentence, position) + len(sentence)
        found.add(position)
    return found - {len(text)}


def score(split: Splitter, texts: Texts) -> str:
    """One row: recall, recall where the line ends in a mark, cuts inside lines, precision, F1, whole texts, time."""
    hits = total = marked = marked_hits = inside = whole = 0
    start = time.process_time()
    for sentences in texts:
        text = " ".join(sentences)
        found = ends(split(text), text)
        wanted = list(accumulate(len(sentence) + 1 for sentence in sentences))[:-1]
        edges = {end - 1 for end in wanted}
        after_mark = {end for end in edges if text[:end].rstrip("\"'“”‘’«»‹›)]").endswith(tuple(".!?…"))}
        hits += len(found & edges)
        total += len(edges)
        marked += len(after_mark)
        marked_hits += len(found & after_mark)
        inside += len(found - edges)
        whole += found == edges
    seconds = time.process_time() - start
    recall, precision = hits / total, hits / (hits + inside)
    return (
        f"| {100 * recall:.1f} ({hits}/{total}) | {100 * marked_hits / marked:.1f} | {inside} | {100 * precision:.1f} "
        f"| {100 * 2 * recall * precision / (recall + precision):.1f} | {whole}/{len(texts)} | {seconds:.1f} s |"
    )


def splitters() -> dict[str, Splitter]:
    """The three libraries, and klartext with and without its layers."""
    import pysbd
    import sentencex
    from syntok import segmenter

    from toolkit import sentences as ours

    def syntok(text: str) -> list[str]:
        found = (sentence for paragraph in segmenter.analyze(text) for sentence in paragraph)
        return [text[s[0].offset : s[-1].offset + len(s[-1].value)] for s in found]

    def klartext(text: str) -> list[str]:
        return [text[start:end] for start, end in ours.find_sentences(text, "de")]

    return {
        "sentencex": lambda text: sentencex.segment("de", text),
        "syntok": syntok,
        "pysbd": pysbd.Segmenter(language="de", clean=False).segment,
        "klartext": klartext,
    }


def main(path: Path) -> None:
    """Print a table for the cases beside this file and one for the lines of `path`."""
    cases = (Path(__file__).parent / "data" / "german_sentences.tsv").read_text(encoding="utf-8").splitlines()
    lines = [" ".join(line.split()) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    sets = {
        "table": [case.partition("\t")[2].split(" ‖ ") for case in cases],
        path.name: [lines[i : i + 5] for i in range(0, len(lines), 5)],
    }
    for name, texts in sets.items():
        for splitter, split in splitters().items():
            sys.stdout.write(f"| {name} | {splitter} {score(split, texts)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
