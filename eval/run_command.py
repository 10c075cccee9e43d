"""`python -m eval run` and `python -m eval tasks`: their options, and what they print."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.engines import DEVICES, ENGINES, PRECISIONS, EngineSettings, GenerationOptions
from toolkit.errors import InputError

if TYPE_CHECKING:
    from eval.running import Models
    from eval.runs import Json, Run
    from eval.sets import DataSet
    from eval.tasks import Task

ALL = "all"
# Between lines of progress: a log should stay readable.
_LINE_SECONDS: float = 30.0


def add_parser(commands: Any) -> None:
    """Add both commands."""
    tasks = commands.add_parser("tasks", help="the tasks there are, with their data, metrics and baselines")
    tasks.set_defaults(action=_tasks)
    run = commands.add_parser(
        "run",
        help="run a task and score it",
        description="Run a task on its own data or on other, score the outputs and write both to a run file.",
        allow_abbrev=False,
    )
    run.add_argument("task", metavar="TASK", help="a name from `python -m eval tasks`, or all of them: all")
    run.add_argument("--output", "-o", type=Path, metavar="FILE", help="the run file to write")
    run.add_argument("--output-folder", type=Path, metavar="FOLDER", help="write FOLDER/TASK.json instead")
    run.add_argument("--limit", type=int, metavar="N", help="the first N inputs alone")
    run.add_argument("--seed", type=int, metavar="N", help="of the intervals and the random baseline (default: 12345)")
    add_data(run.add_argument_group("data other than our own"))
    run.add_argument(
        "--predictions",
        type=Path,
        metavar="FILE",
        help="score these and run no model: one a line, for summaries and topics as JSON",
    )
    add_models(run.add_argument_group("models"))
    run.set_defaults(action=_run)


def add_data(group: Any) -> None:
    """Add the options that name data other than our own; `data_of` reads them."""
    group.add_argument("--source", type=Path, metavar="FILE", help="text, one input a line")
    group.add_argument(
        "--reference",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="text, one reference a line, parallel to --source; may be given several times",
    )
    group.add_argument("--data", metavar="NAME", help="a .jsonl, .csv, .tsv or .parquet file, a folder or a hub name")
    group.add_argument("--config", metavar="NAME", help="of a hub data set with several")
    group.add_argument("--split", metavar="NAME", help="of a data set with several (default: test if there is one)")
    group.add_argument(
        "--source-column", metavar="NAME", help='e.g. "de" or "translation.de" (default: the usual ones)'
    )
    group.add_argument(
        "--reference-column", action="append", default=[], metavar="NAME", help="may be given several times"
    )


def add_models(group: Any) -> None:
    """Add the options that name models and how they run; `models_of` reads them."""
    settings, generation = EngineSettings(), GenerationOptions()
    for option, what in (("translator", "translator"), ("summarizer", "summarizer"), ("topics-model", "topic model")):
        group.add_argument(f"--{option}", metavar="MODEL", help=f"{what}: a shipped name, a folder or a hub name")
    group.add_argument("--engine", choices=ENGINES, default=settings.engine, help="default: %(default)s")
    group.add_argument("--device", choices=DEVICES, default=settings.device, help="default: %(default)s")
    group.add_argument("--precision", choices=PRECISIONS, default=settings.precision, help="default: %(default)s")
    group.add_argument("--threads", type=int, metavar="N", help="default: all")
    group.add_argument(
        "--batch-tokens", type=int, default=settings.batch_tokens, metavar="N", help="in a batch; default: %(default)s"
    )
    group.add_argument("--beam", type=int, default=generation.beam, metavar="N", help="default: %(default)s")
    group.add_argument("--sentences", type=int, default=3, metavar="N", help="of a summary; default: %(default)s")


def _tasks(_options: argparse.Namespace) -> int:
    from eval.tasks import tasks

    for task in tasks():
        data = task.dataset()
        print(f"{task.name} (version {task.version}): {task.about}")
        print(f"  data: {data.name}, {len(data.examples)} inputs, sha256 {data.sha256[:12]}")
        print(f"  metrics: {', '.join(measure.title for measure in task.measures)}")
        print(f"  baselines: {', '.join(task.baselines)}")
    return 0


def _run(options: argparse.Namespace) -> int:
    if options.output and options.output_folder:
        raise InputError("give --output FILE or --output-folder FOLDER, not both")
    if options.task == ALL and options.output:
        raise InputError("all tasks give a file each: give --output-folder FOLDER instead of --output")
    if options.task == ALL and (options.source or options.data or options.reference or options.predictions):
        raise InputError("all tasks run on our own data: name one task for other data or predictions")
    models = models_of(options)

    from eval.runs import check_writable, write_run
    from eval.tasks import find, tasks

    chosen = tasks() if options.task == ALL else (find(options.task),)
    paths = [
        options.output_folder / f"{task.name}.json" if options.output_folder else options.output for task in chosen
    ]
    for path in filter(None, paths):
        check_writable(path)
    for number, (task, path) in enumerate(zip(chosen, paths, strict=True)):
        run = _run_one(task, models, options)
        if path:
            write_run(run, path)
        if number:
            print()
        print(to_table(run))
    return 0


def models_of(options: argparse.Namespace) -> Models:
    """The models that the options name, none of them loaded yet."""
    # Options that cannot be are refused before anything heavy is imported.
    settings = EngineSettings(
        engine=options.engine,
        device=options.device,
        precision=options.precision,
        threads=options.threads,
        batch_tokens=options.batch_tokens,
    )
    generation = GenerationOptions(beam=options.beam)
    if options.sentences < 1:
        raise InputError(f"--sentences must be at least 1, got {options.sentences}")

    from eval.running import Models

    return Models(
        translator_model=options.translator,
        summarizer_model=options.summarizer,
        topics_model=options.topics_model,
        settings=settings,
        generation=generation,
        sentences=options.sentences,
    )


def _run_one(task: Task, models: Models, options: argparse.Namespace) -> Run:
    from tqdm import tqdm

    from eval.intervals import SEED
    from eval.running import run

    data = data_of(task, options) or task.dataset()
    if options.limit is not None:
        data = data.first(options.limit)
    predictions = None if options.predictions is None else _predictions(task, options.predictions)
    started = last_line = time.perf_counter()
    done, total = 0, len(data.examples)
    print(f"eval: {task.name}: {total} inputs …", file=sys.stderr, flush=True)
    # A bar on a terminal, a line now and then elsewhere.
    with tqdm(total=total, desc=task.name, file=sys.stderr, leave=False, disable=None) as bar:

        def advance(count: int) -> None:
            nonlocal done, last_line
            done += count
            bar.update(count)
            if bar.disable and done < total and time.perf_counter() - last_line >= _LINE_SECONDS:
                last_line = time.perf_counter()
                print(f"eval: {task.name}: {done} of {total}", file=sys.stderr, flush=True)

        result = run(
            task,
            data=data,
            models=models,
            predictions=predictions,
            seed=SEED if options.seed is None else options.seed,
            progress=advance,
        )
    print(f"eval: {task.name}: {time.perf_counter() - started:.1f} s", file=sys.stderr, flush=True)
    return result


def data_of(task: Task, options: argparse.Namespace) -> DataSet | None:
    """The data that the options name; None: the task's own."""
    from eval import sets

    if options.data and (options.source or options.reference):
        raise InputError("give --data NAME, or --source FILE and --reference FILE, not both")
    if bool(options.source) != bool(options.reference):
        raise InputError("--source and --reference go together: give both")
    for option in ("config", "split", "source_column", "reference_column"):
        if getattr(options, option) and not options.data:
            raise InputError(f"--{option.replace('_', '-')} says what to take of --data NAME: give that too")
    if options.source:
        return sets.from_text(options.source, options.reference, task.example)
    if options.data:
        return sets.from_rows(
            options.data,
            task.example,
            config=options.config,
            split=options.split,
            source=options.source_column,
            references=options.reference_column,
        )
    return None


def _predictions(task: Task, path: Path) -> list[Json]:
    from eval import sets

    lines = sets.read_lines(path)
    if task.is_text:
        return list(lines)
    predictions = []
    for number, line in enumerate(lines, 1):
        try:
            predictions.append(json.loads(line))
        except ValueError as error:
            raise InputError(f"{path}, line {number} is not JSON ({error}): {task.name} gives an object each") from None
    return predictions


def to_table(run: Run) -> str:
    """The scores of a run beside those of the baselines, as Markdown."""
    names = list(run.baselines)
    lines = [
        f"{run.task}: {run.dataset.n} inputs of {run.dataset.name}, engine {run.engine}, {run.seconds:.1f} s",
        "",
        f"| metric | score | 95 % interval | {''.join(f'{name} | ' for name in names)}baselines beaten |",
        f"|---|---:|:---:|{'---:|' * len(names)}:---:|",
    ]
    for score in run.scores:
        values = [_value(run.baselines[name], score.metric) for name in names]
        beaten = run.details["beaten"][score.metric].values()
        is_floor = score.metric in run.details["floors"]
        cells = [
            score.metric,
            _shown(score.value),
            f"{_shown(score.low)} – {_shown(score.high)}",
            *values,
            ("yes" if all(beaten) else "no") if is_floor else "–",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _value(scores: Sequence[Any], metric: str) -> str:
    return next((_shown(score.value) for score in scores if score.metric == metric), "–")


def _shown(value: float) -> str:
    # Shares of 0 to 1 and scores of 0 to 100 stand in one table.
    return f"{value:.3f}" if abs(value) <= 1 else f"{value:.1f}"
