"""Outputs of the translator on our own articles, judged by reading: sampled blind, then held against the doubt.

    python -m eval.judging sample --count 240    writes eval/data/judgements.jsonl, every `adequate` null
    python -m eval.judging score                 AUROC of the doubt once they are judged

The sample holds no score of any kind: who judges must not see what the doubt says.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.articles import FOLDER, read_articles
from eval.rows import read_rows
from toolkit.errors import InputError, KlartextError
from toolkit.translation import Translator

JUDGEMENTS = FOLDER / "judgements.jsonl"
SEED = 7
# On CPUs without AVX-512 a sentence in sixty comes out otherwise in other company; more is another translator.
LEAST_SAME = 0.9

DONE, FAILED = 0, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One translated sentence and whether it is adequate."""

    article: str
    segment: int
    """Index into `Article.sentences`."""
    source: str
    translation: str
    adequate: bool | None
    """Whether a reader gets the meaning right; None: not judged yet."""
    model: str
    """Checksum of the translator."""


def sample(translator: Translator, count: int) -> list[Judgement]:
    """`count` sentences over all articles, as evenly as they allow, translated; in the order of the articles."""
    if count < 1:
        raise InputError(f"the number of outputs to judge must be at least 1, got {count}")
    articles = {article.id: [german for german, _ in article.sentences] for article in read_articles()}
    draw = random.Random(SEED)
    waiting = {name: draw.sample(range(len(sources)), len(sources)) for name, sources in articles.items()}
    chosen: list[tuple[str, int]] = []
    while len(chosen) < count and any(waiting.values()):
        for name, left in waiting.items():
            if left and len(chosen) < count:
                chosen.append((name, left.pop()))
    chosen.sort()
    sources = [articles[name][segment] for name, segment in chosen]
    model = translator.model.checksum if translator.model else ""
    return [
        Judgement(
            article=name, segment=segment, source=source, translation=translation.text, adequate=None, model=model
        )
        for (name, segment), source, translation in zip(
            chosen, sources, translator.translate_many(sources), strict=True
        )
    ]


def write(judgements: Sequence[Judgement], path: Path = JUDGEMENTS) -> None:
    """One JSON object a line. Raises InputError where the file is there: judgements are not overwritten."""
    if path.exists():
        raise InputError(f"{path} is there already: move it away first")
    rows = [json.dumps(asdict(judgement), ensure_ascii=False) + "\n" for judgement in judgements]
    path.write_text("".join(rows), encoding="utf-8")


def read(path: Path = JUDGEMENTS) -> list[Judgement]:
    """The judged outputs. Raises InputError for a row that is no judgement, and while one is not judged."""
    judgements = []
    for number, row in enumerate(read_rows(path), 1):
        try:
            judgement = Judgement(**row)
        except TypeError:
            raise InputError(
                f"{path}, row {number}: expected {', '.join(Judgement.__slots__)}, got {', '.join(row)}"
            ) from None
        judgements.append(judgement)
    left = sum(judgement.adequate is None for judgement in judgements)
    if left:
        raise InputError(f"{path}: {left} of {len(judgements)} outputs are not judged: write true or false at adequate")
    return judgements


def doubts(translator: Translator, judgements: Sequence[Judgement]) -> list[tuple[Judgement, float]]:
    """Each judgement with the doubt of its output: translated again, and left out where it does not come out the same.

    Raises InputError where too many differ: the judgements are then of another translator.
    """
    found = []
    again = translator.translate_many(judgement.source for judgement in judgements)
    for judgement, translation in zip(judgements, again, strict=True):
        # A line may hold two sentences: the most doubtful one decides.
        values = [segment.doubt for segment in translation.segments if segment.doubt is not None]
        if translation.text == judgement.translation and values:
            found.append((judgement, max(values)))
    if len(found) < LEAST_SAME * len(judgements):
        raise InputError(
            f"{len(judgements) - len(found)} of {len(judgements)} judged outputs come out otherwise now: "
            "the translator has changed, sample and judge again"
        )
    return found


def auroc(found: Sequence[tuple[Judgement, float]]) -> float:
    """How often an inadequate output has the higher doubt, ties half, 0 to 1.

    Raises InputError unless there are outputs of both kinds.
    """
    from sklearn.metrics import roc_auc_score

    is_inadequate = [not judgement.adequate for judgement, _ in found]
    if len(set(is_inadequate)) < 2:
        kind = "inadequate" if all(is_inadequate) else "adequate"
        raise InputError(f"all {len(found)} outputs are {kind}: nothing to tell apart")
    return float(roc_auc_score(is_inadequate, [doubt for _, doubt in found]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Sample or score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("sample", "score"))
    parser.add_argument("--count", type=int, default=240, help="outputs to judge (default: 240)")
    parser.add_argument("--file", type=Path, default=JUDGEMENTS, help="default: ours")
    options = parser.parse_args(arguments)
    try:
        if options.action == "sample":
            if options.file.exists():
                raise InputError(f"{options.file} is there already: move it away first")
            judgements = sample(Translator(), options.count)
            write(judgements, options.file)
            print(f"{len(judgements)} outputs to judge: {options.file}")
        else:
            judgements = read(options.file)
            found = doubts(Translator(), judgements)
            bad = sum(not judgement.adequate for judgement, _ in found)
            print(
                f"AUROC {auroc(found):.3f}: {len(found)} of {len(judgements)} judged outputs come out the same, "
                f"{bad} of them not adequate"
            )
    except KlartextError as error:
        print(f"eval: {error}", file=sys.stderr)
        return FAILED
    return DONE


if __name__ == "__main__":
    sys.exit(main())
