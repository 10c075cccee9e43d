"""Rows of a data set through the `datasets` library: JSON Lines, CSV, TSV and Parquet files, folders, and hub names."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import datasets

from toolkit import files
from toolkit.errors import InputError

FORMATS = {".jsonl": "json", ".json": "json", ".csv": "csv", ".tsv": "csv", ".parquet": "parquet"}
"""Ending of a file, and who reads it in `datasets`."""
SPLITS = ("test", "validation", "dev", "train")
"""Which one is taken where none is named, the first there is."""
_SAVED = ("dataset_info.json", "dataset_dict.json", "state.json")
"""Files in a folder that `Dataset.save_to_disk` made."""

_USUAL = ("id", "source", "reference", "de", "en", "text", "label")

Row = dict[str, Any]


def read_rows(
    name: str | Path, *, config: str | None = None, split: str | None = None, columns: Sequence[str] = ()
) -> list[Row]:
    """All rows of a file by its ending, of a folder, or else of the hub's data set of that name, in order.

    Class labels come as their names. A TSV or CSV file whose first line holds none of `columns` and of the usual column
    names has none: its columns are then "source", "reference", "reference2" …. Raises InputError for what cannot be
    read.
    """
    path = Path(name)
    show_progress = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        # In memory: the folder for what `datasets` converts is gone afterwards, and nothing stale is read from it.
        with tempfile.TemporaryDirectory(prefix="klartext-eval-") as cache:
            table = _load(path, str(name), config, split, columns, cache)
            rows = table.to_list()
    except InputError:
        raise
    except Exception as error:  # datasets raises errors of many libraries, and of its own, for one and the same fault
        raise InputError(f"{name} cannot be read as a data set: {_cause(error)}") from None
    finally:
        if show_progress:
            datasets.enable_progress_bars()
    if not rows:
        raise InputError(f"{name} has no rows: give a data set with at least one")
    return _with_label_names(rows, table.features)


def _load(
    path: Path, name: str, config: str | None, split: str | None, columns: Sequence[str], cache: str
) -> datasets.Dataset:
    if path.suffix in FORMATS:
        if not path.is_file():
            raise InputError(f"{path} does not exist: check the path")
        if config or split:
            option, value = ("--config", config) if config else ("--split", split)
            raise InputError(f"{path} is one file and has no parts: leave out {option} {value}")
        if path.stat().st_size == 0:
            raise InputError(f"{path} is empty (0 bytes): give a data set with at least one row")
        options = _columns(path, columns) if FORMATS[path.suffix] == "csv" else {}
        return datasets.load_dataset(
            FORMATS[path.suffix],
            data_files=str(path),
            split="train",
            cache_dir=cache,
            keep_in_memory=True,
            **options,
        )
    if path.is_file():
        raise InputError(f"{path}: expected a name ending in {', '.join(FORMATS)}; for plain text give --source FILE")
    if path.is_dir() and any((path / file).is_file() for file in _SAVED):
        loaded = datasets.load_from_disk(str(path), keep_in_memory=True)
    else:
        # A hub set stays in the user's own cache of the hub, for the next time.
        folder = {"cache_dir": cache, "keep_in_memory": True} if path.is_dir() else {}
        loaded = datasets.load_dataset(str(path) if path.is_dir() else name, config, **folder)
    if isinstance(loaded, datasets.Dataset):
        return loaded
    chosen = split or next((each for each in SPLITS if each in loaded), None)
    if chosen not in loaded:
        raise InputError(f"{name} has the splits {', '.join(loaded)}, not {split}: name one of them with --split")
    return loaded[chosen]


def _columns(path: Path, known: Sequence[str]) -> dict[str, Any]:
    """Options that read every column as text, under its name where the file gives names."""
    is_tabbed = path.suffix == ".tsv"
    first, _, rest = files.read_text(path).partition("\n")
    first = first.rstrip("\r")
    cells = first.split("\t") if is_tabbed else next(csv.reader([first]))
    names = [cell.strip() for cell in cells]
    has_names = not {*known, *_USUAL}.isdisjoint(names)
    if has_names and not rest.strip():
        raise InputError(f"{path} has no rows: give a data set with at least one")
    if not has_names:
        if len(cells) < 2:
            raise InputError(f"{path} has one column: expected a source and at least one reference in each line")
        names = ["source", "reference", *(f"reference{i}" for i in range(2, len(cells)))]
    return {
        "sep": "\t" if is_tabbed else ",",
        # In TSV a quotation mark is a character like any other.
        "quoting": csv.QUOTE_NONE if is_tabbed else csv.QUOTE_MINIMAL,
        "column_names": names,
        "skiprows": 1 if has_names else 0,
        "keep_default_na": False,
        "skip_blank_lines": False,
        "features": datasets.Features({each: datasets.Value("string") for each in names}),
    }


def _with_label_names(rows: list[Row], features: datasets.Features) -> list[Row]:
    for column, feature in features.items():
        if isinstance(feature, datasets.ClassLabel):
            for row in rows:
                row[column] = feature.int2str(row[column])
    return rows


def _cause(error: BaseException) -> str:
    """What went wrong in one line: the first error, of which the others tell."""
    while error.__cause__ is not None:
        error = error.__cause__
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 300 else f"{text[:297]}…"
