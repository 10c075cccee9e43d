"""Back-translation (Sennrich et al. 2016): English news by people, turned into German by a reverse model.

    python -m models.recipes.translator --reverse --work .work/reverse --output .work/reverse/model
    python -m models.recipes.back_translation --model .work/reverse/model --work .work/back-translation
    python -m models.recipes.translator --back-translated .work/back-translation/pairs.tsv.xz

The translator reads these pairs with the tag ⟦bt⟧ before the German (Caswell et al. 2019). Parts that are finished are
kept: an interrupted run goes on with the next one.
"""

from __future__ import annotations

import argparse
import lzma
import random
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from models.recipes import corpora, parallel, summaries, summarizer
from toolkit import repetition, store
from toolkit.engines import EngineSettings, GenerationOptions, Seq2SeqEngine, load_seq2seq

PART = 4096
"""Sentences a part: half a minute's work on a CPU, seconds on a GPU."""


def sentences(data: Path, *, count: int | None = None, seed: int = 1) -> list[str]:
    """Distinct whole sentences of the English news leads, shuffled; none that occurs in a development or own set."""
    exclude = parallel.held_out(data) | summarizer.held_out(data)
    found: dict[str, str] = {}
    with lzma.open(data / "summarization" / "newsapi.tsv.xz", "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            for sentence in summaries.sentences_of(line.partition("\t")[0]):
                if (key := corpora.key(sentence)) not in exclude:
                    found.setdefault(key, sentence)
    listed = list(found.values())
    return random.Random(seed).sample(listed, min(len(listed), count or len(listed)))


def translate(engine: Seq2SeqEngine, english: list[str], work: Path) -> Path:
    """Write `work`/pairs.tsv.xz, German and English; sentences whose German loops or cannot be a translation left out.

    Greedy: with a weak reverse model a sample is mostly noise, and the beam's gain is not worth its time.
    """
    parts = [english[start : start + PART] for start in range(0, len(english), PART)]
    folder = work / "parts"
    folder.mkdir(parents=True, exist_ok=True)
    options = GenerationOptions(beam=1, max_tokens=200)
    for number, part in enumerate(tqdm(parts, desc="back-translating", unit="part")):
        path = folder / f"{number:05}.txt"
        if not path.exists():
            german = [" ".join(result.text.split()) for result in engine.generate(part, options=options)]
            temporary = path.with_suffix(".part")
            temporary.write_text("\n".join(german) + "\n", encoding="utf-8")
            temporary.replace(path)
    output = work / "pairs.tsv.xz"
    with lzma.open(output.with_suffix(".part"), "wt", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{german}\t{source}\n" for german, source in _usable(folder, parts))
    return output.with_suffix(".part").replace(output)


def _usable(folder: Path, parts: list[list[str]]) -> Iterator[corpora.Pair]:
    for number, part in enumerate(parts):
        lines = (folder / f"{number:05}.txt").read_text(encoding="utf-8").split("\n")[:-1]
        for german, source in zip(lines, part, strict=True):
            if german and corpora.is_clean(german, source) and not repetition.is_looping(source, german):
                yield german, source


def main() -> None:
    """Translate the leads by the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="folder of the English-German model")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path(".work/back-translation"))
    parser.add_argument("--count", type=int, help="sentences to translate (default: all)")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    engine = load_seq2seq(store.resolve(options.model, task="translation"), EngineSettings(device=options.device))
    english = sentences(options.data, count=options.count, seed=options.seed)
    print(translate(engine, english, options.work))


if __name__ == "__main__":
    main()
