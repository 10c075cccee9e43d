"""The English summariser, from sentences edited for klartext to the model folder: train, export, score.

    python -m models.recipes.summarizer --data ../shared/data --work .work/summarizer --output models/summarizer-en

    python -m models.recipes.summarizer --only train --start models/summarizer-en --task opening --output ...

The second goes on from shipped weights and learns from the sentences alone that have what could open a news item.
What it learns from lies beside it (corpus/klartext_edits.jsonl, judged/*.jsonl); `--data` holds the development sets
that it is scored on. An interrupted training goes on from its checkpoint. Other weights need new verdicts
(judged/shipped.jsonl) and with these a new judge and new weights of `toolkit.wording` (models/recipes/written.py);
`--only score` then scores them anew.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from models.recipes import (
    editor,
    edits,
    publishing,
    summarizer_card,
    summary_scores,
    topics,
    verdicts,
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, export and score by the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path(".work/summarizer"))
    parser.add_argument("--output", type=Path, default=Path("models/summarizer-en"))
    parser.add_argument(
        "--article",
        type=Path,
        default=Path("../shared/articles/lawrow-rubio-kuala-lumpur.de.txt"),
        help="a German article whose summary the card shows",
    )
    parser.add_argument("--epochs", type=int, default=editor.Schedule().epochs)
    parser.add_argument("--learning-rate", type=float, default=editor.Schedule().learning_rate)
    parser.add_argument("--seed", type=int, default=editor.Schedule().seed)
    parser.add_argument("--start", type=Path, help="model folder of an editor to go on from; else the plain encoder")
    parser.add_argument("--task", choices=edits.TASKS, help="learn from the sentences alone that have an edit for it")
    parser.add_argument("--judged", type=int, default=editor.Schedule().judged, help="judged texts a step")
    parser.add_argument("--stop-after", type=int, help="end early at this step, as an interruption would")
    parser.add_argument("--only", choices=("train", "score"), help="run this stage alone")
    options = parser.parse_args(arguments)
    if options.only in {None, "train"}:
        schedule = editor.Schedule(
            epochs=options.epochs, judged=options.judged, learning_rate=options.learning_rate, seed=options.seed
        )
        learned, held_out = editor.parts(list(edits.read()))
        told = verdicts.parts(list(verdicts.learned()))
        model = editor.Editor(topics.base_folder(), *edits.labels(learned), seed=schedule.seed)
        if options.start:
            model.begin_from(options.start)
        if options.task:
            learned = [example for example in learned if options.task in example.edits]
        run = editor.train(model, learned, held_out, told, schedule, work=options.work, stop_after=options.stop_after)
        if not run:
            return
        model.export(options.output)
        (options.work / "run.json").write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    if options.only in {None, "score"}:
        summary_scores.write_scores(options.output, data=options.data, work=options.work)
        summary_scores.write_article(options.output, options.article, work=options.work)
        summarizer_card.write_card(options.work, options.output)
        publishing.publish("summarization", options.output, licence="Apache-2.0")


if __name__ == "__main__":
    main()
