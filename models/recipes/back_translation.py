"""Back-translation (Sennrich et al. 2016): English news by people, turned into German by a reverse model.

    python -m models.recipes.translator --reverse --work .work/reverse --output .work/reverse/model
    python -m models.recipes.back_translation --model .work/reverse/model --work .work/back-translation
    python -m models.recipes.translator --back-translated .work/back-translation/pairs.npz \\
        --spm .work/reverse/model/source.spm

The translator reads these pairs with the tag ⟦bt⟧ before the German (Caswell et al. 2019). Parts that are finished are
kept: an interrupted run goes on with the next one.
"""

from __future__ import annotations

import argparse
import itertools
import lzma
import multiprocessing
import os
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import sentencepiece
import torch
from tqdm import tqdm
from transformers import MarianMTModel

from models.recipes import corpora, decoding, leads, parallel, seq2seq
from toolkit import repetition

PART = {"cpu": 4096, "cuda": 1 << 20}
"""Sentences a part: some minutes' work on a CPU, half a minute's on a GPU."""
_CHUNK = 4096
DOCUMENTS = ("xsum_train_subset", "cnndm_train_small", "bbc_news_titles")
"""Files of whole news articles beside the leads."""


def sentences(data: Path, *, count: int | None = None, seed: int = 1) -> list[str]:
    """Distinct whole sentences of English news, shuffled; none that occurs in a development set or one of our own."""
    exclude = parallel.held_out(data) | leads.held_out(data)
    found: dict[str, str] = {}
    for text in tqdm(_texts(data / "summarization"), desc="reading news", unit="text"):
        for sentence in leads.sentences_of(text):
            if (key := corpora.key(sentence)) not in exclude:
                found.setdefault(key, sentence)
    listed = list(found.values())
    return random.Random(seed).sample(listed, min(len(listed), count or len(listed)))


def _texts(folder: Path) -> Iterator[str]:
    with lzma.open(folder / "newsapi.tsv.xz", "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield line.partition("\t")[0]
    for name in DOCUMENTS:
        if (path := folder / f"{name}.jsonl.xz").exists():
            for row in corpora.read_records(path):
                yield row["document"]


def translate(model: MarianMTModel, spm: Path, english: Sequence[str], work: Path) -> Path:
    """Write `work`/pairs.npz, tagged German and English ids, and return its path.

    Left out is what has no end, loops or cannot be a translation. Greedy: with a weak reverse model a sample is mostly
    noise, and the beam's gain is not worth its time.
    """
    processor = sentencepiece.SentencePieceProcessor(model_file=str(spm))
    size = PART[next(model.parameters()).device.type]
    parts = [english[start : start + size] for start in range(0, len(english), size)]
    folder = work / "parts"
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:05}.npz" for number in range(len(parts))]
    threads = os.cpu_count() or 1
    encoded = [processor.encode(list(part), num_threads=threads) for part in parts]
    _decode(model, [(ids, path) for ids, path in zip(encoded, paths, strict=True) if not path.exists()])
    pairs: list[tuple[Sequence[int], Sequence[int]]] = []
    tag = processor.piece_to_id("⟦bt⟧")
    for part, targets, path in zip(parts, encoded, paths, strict=True):
        sources = seq2seq.EncodedPairs.load(path).side(0)
        texts = processor.decode(sources, num_threads=threads)
        chunks = [slice(start, start + _CHUNK) for start in range(0, len(part), _CHUNK)]
        with ProcessPoolExecutor(threads, multiprocessing.get_context("fork")) as pool:
            verdicts = pool.map(_usable, [texts[chunk] for chunk in chunks], [part[chunk] for chunk in chunks])
            is_kept = itertools.chain.from_iterable(verdicts)
            for keep, source, target in zip(is_kept, sources, targets, strict=True):
                if keep and max(len(source) + 1, len(target)) < seq2seq.LENGTHS[-1]:
                    pairs.append(([tag, *source], target))
    output = work / "pairs.npz"
    seq2seq.EncodedPairs.build(pairs).save(output, compress=False)
    return output


def _decode(model: MarianMTModel, parts: Sequence[tuple[list[list[int]], Path]]) -> None:
    """Write the outputs for each part to its path; on a CPU in one process a core, each with one thread."""
    cores = os.cpu_count() or 1
    bar = tqdm(total=len(parts), desc="back-translating", unit="part")
    if next(model.parameters()).device.type != "cpu" or len(parts) < 2 or cores < 2:
        for ids, path in parts:
            _decode_part(model, ids, path, show=len(parts) == 1)
            bar.update()
    else:
        # Not forked: what torch has computed with threads before does not survive that.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(min(cores, len(parts)), context, initializer=_set_model, initargs=(model,))
        try:
            for _ in pool.map(_decode_with_set_model, *zip(*parts, strict=True)):
                bar.update()
        finally:
            # An interrupted run does not go on with the parts that wait.
            pool.shutdown(cancel_futures=True)
    bar.close()


_own: list[MarianMTModel] = []
"""The model of a worker process."""


def _set_model(model: MarianMTModel) -> None:
    torch.set_num_threads(1)
    _own[:] = [model]


def _decode_with_set_model(ids: list[list[int]], path: Path) -> None:
    _decode_part(_own[0], ids, path)


def _decode_part(model: MarianMTModel, ids: list[list[int]], path: Path, *, show: bool = False) -> None:
    written = decoding.greedy(model, ids, show=show)
    temporary = path.with_suffix(".part.npz")
    seq2seq.EncodedPairs.build([(german, []) for german in written]).save(temporary, compress=False)
    temporary.replace(path)


def _usable(german: Sequence[str], english: Sequence[str]) -> list[bool]:
    return [is_usable(*pair) for pair in zip(german, english, strict=True)]


def is_usable(german: str, english: str) -> bool:
    """Whether the German can be a translation of the English."""
    return bool(german) and corpora.is_clean(german, english) and not repetition.is_looping(english, german)


def main(arguments: Sequence[str] | None = None) -> None:
    """Translate the sentences by the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="folder of the English-German model")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path(".work/back-translation"))
    parser.add_argument("--sentences", type=Path, help="a file of English lines (default: those of the data)")
    parser.add_argument("--count", type=int, help="sentences to translate (default: all)")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if options.sentences is None:
        english = sentences(options.data, count=options.count, seed=options.seed)
    else:
        english = options.sentences.read_text(encoding="utf-8").splitlines()[: options.count]
    model = seq2seq.load_model(options.model).to(options.device)
    print(translate(model, options.model / "source.spm", english, options.work))


if __name__ == "__main__":
    main()
