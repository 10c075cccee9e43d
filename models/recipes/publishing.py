"""Enter a model folder into models/index.toml: what it is, and the size and SHA-256 of each of its files.

    python -m models.recipes.publishing translation models/translator-de-en

Run it after every change of a model: `klartext` refuses a shipped file whose checksum is not the one in the index.
The card (README.md) is left out, so that its wording can be mended without touching the model.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from toolkit import folders, store
from toolkit.errors import ModelError

INDEX = Path(__file__).resolve().parents[1] / "index.toml"
_HEAD = """\
# The models klartext knows: shipped ones in a folder beside this file, presets by their name on the Hugging Face hub.
# Written by `python -m models.recipes.publishing`; parameters of presets are rounded.
"""


def publish(task: str, folder: Path, *, licence: str | None = None, index: Path = INDEX) -> dict[str, Any]:
    """Write or replace the folder's table in the index and return it; the table's name is the folder's.

    The licence is the card's unless one is given. Raises ModelError for an incomplete folder or one without a licence.
    """
    folder = folder.resolve()
    if folder.parent != index.resolve().parent:
        raise ModelError(f"{folder}: a shipped model must lie beside {index}")
    model = store.resolve(folder, task=task)
    licence = licence or folders.read_licence(folder)
    if licence is None:
        raise ModelError(f"{folder}: give a licence, or write one in the head of its README.md (license: …)")
    entry = {
        "task": task,
        "folder": folder.name,
        "architecture": model.architecture,
        "licence": licence,
        "parameters": model.parameters,
        "files": {
            file: {"bytes": (folder / file).stat().st_size, "sha256": folders.file_sha256(folder / file)}
            for file in folders.model_files(folder)
        },
    }
    entries = tomllib.loads(index.read_text(encoding="utf-8")) if index.is_file() else {}
    entries[folder.name] = entry
    index.write_text(_toml(entries), encoding="utf-8")
    return entry


def _toml(entries: dict[str, dict[str, Any]]) -> str:
    """Shipped models first, in the order of the tasks; then the presets as they were."""

    def place(item: tuple[str, dict[str, Any]]) -> tuple[bool, int]:
        return "hub" in item[1], store.TASKS.index(item[1]["task"])

    parts = [_HEAD]
    for name, entry in sorted(entries.items(), key=place):
        lines = [f"[{name}]"]
        lines += [f"{key} = {_value(value)}" for key, value in entry.items() if key != "files"]
        if "files" in entry:
            lines.append(f"\n[{name}.files]")
            lines += [
                f'{json.dumps(file)} = {{ bytes = {facts["bytes"]}, sha256 = "{facts["sha256"]}" }}'
                for file, facts in entry["files"].items()
            ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _value(value: str | int) -> str:
    # A JSON string is a TOML basic string for every name and licence there is.
    return f"{value:_}" if isinstance(value, int) else json.dumps(value, ensure_ascii=False)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("task", choices=store.TASKS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--licence", help="SPDX name; default: the one in the card")
    given = parser.parse_args()
    try:
        entry = publish(given.task, given.folder, licence=given.licence)
    except ModelError as error:
        sys.exit(str(error))
    size = sum(facts["bytes"] for facts in entry["files"].values())
    sys.stdout.write(f"{given.folder.name}: {entry['parameters']:,} parameters, {size:,} bytes, {entry['licence']}\n")


if __name__ == "__main__":
    main()
