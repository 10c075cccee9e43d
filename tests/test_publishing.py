from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from models.recipes import publishing
from tests import tiny_models
from toolkit import folders
from toolkit.errors import ModelError


def test_publishing_writes_one_table_and_leaves_the_others(tmp_path: Path) -> None:
    index = tmp_path / "index.toml"
    shutil.copy(publishing.INDEX, index)
    presets = {name: entry for name, entry in tomllib.loads(index.read_text()).items() if "hub" in entry}
    folder = tiny_models.marian(tmp_path / "translator-xx")
    publishing.publish("translation", folder, index=index)
    bert = tiny_models.bert(tmp_path / "topics-xx")
    with pytest.raises(ModelError, match="give a licence"):
        publishing.publish("topics", bert, index=index)
    publishing.publish("topics", bert, licence="Apache-2.0", index=index)
    once = index.read_text()
    publishing.publish("translation", folder, index=index)
    assert index.read_text() == once
    entries = tomllib.loads(once)
    assert {name: entry for name, entry in entries.items() if "hub" in entry} == presets
    assert entries["topics-xx"]["licence"] == "Apache-2.0"
    assert entries["topics-xx"]["files"]["1_Pooling/config.json"]["bytes"] > 0
    files = entries["translator-xx"]["files"]
    assert set(files) == set(folders.model_files(folder))
    assert "README.md" not in files
    assert files["source.spm"]["sha256"] == folders.file_sha256(folder / "source.spm")


def test_only_what_lies_beside_the_index_can_ship(tmp_path: Path) -> None:
    folder = tiny_models.marian(tmp_path / "elsewhere" / "translator-xx")
    with pytest.raises(ModelError, match="must lie beside"):
        publishing.publish("translation", folder, index=tmp_path / "index.toml")


def test_the_index_of_this_checkout_is_what_publishing_writes() -> None:
    written = publishing.INDEX.read_text(encoding="utf-8")
    assert publishing._toml(tomllib.loads(written)) == written
