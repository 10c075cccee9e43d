from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from models.recipes import publishing
from tests import tiny_models
from toolkit import folders, store
from toolkit.errors import ModelError


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.marian(tmp_path_factory.mktemp("store") / "marian")


@pytest.fixture
def copy(marian: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(marian, tmp_path / "model"))


@pytest.fixture
def root(marian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder with one shipped model and a preset."""
    root = tmp_path / "models"
    shutil.copytree(marian, root / "translator-xx")
    (root / "index.toml").write_text(
        '[small-hub]\ntask = "translation"\nhub = "some-one/tiny.marian"\narchitecture = "MarianMTModel"\n'
        'licence = "CC-BY-4.0"\nparameters = 1_000\n'
    )
    publishing.publish("translation", root / "translator-xx", index=root / "index.toml")
    monkeypatch.setattr(store, "model_root", lambda: root)
    return root


def test_presets_are_the_agreed_ones() -> None:
    assert {preset.name: (preset.task, preset.hub, preset.licence) for preset in store.presets()} == {
        "opus-mt-de-en": ("translation", "Helsinki-NLP/opus-mt-de-en", "CC-BY-4.0"),
        "bart-large-cnn": ("summarization", "facebook/bart-large-cnn", "MIT"),
        "distilbart-cnn-12-6": ("summarization", "sshleifer/distilbart-cnn-12-6", "Apache-2.0"),
        "deberta-v3-nli": ("topics", "MoritzLaurer/DeBERTa-v3-base-mnli-fever-anli", "MIT"),
        "bart-large-mnli": ("topics", "facebook/bart-large-mnli", "MIT"),
    }
    for preset in store.presets():
        assert store.kind_of(preset.architecture) in store._KINDS_OF_TASK[preset.task]


def test_a_shipped_model_is_the_default_and_goes_by_its_name(root: Path) -> None:
    model = store.resolve(None, task="translation")
    assert model == store.resolve("translator-xx", task="translation") == store.shipped()[0]
    assert (model.origin, model.kind, model.licence) == ("shipped", "seq2seq", "cc-by-4.0")
    assert model.folder == root / "translator-xx"
    assert model.checksum == store.resolve(root / "translator-xx", task="translation").checksum


def test_parameters_are_those_of_the_weights(marian: Path) -> None:
    from safetensors.numpy import load_file

    count = sum(tensor.size for tensor in load_file(marian / "model.safetensors").values())
    assert store.resolve(marian, task="translation").parameters == count


@pytest.mark.parametrize("file", ["model.safetensors", "vocab.json", "source.spm"])
def test_a_changed_shipped_file_is_refused(root: Path, file: str) -> None:
    path = root / "translator-xx" / file
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match=rf"{file}: not the file that was shipped"):
        store.resolve(None, task="translation")


def test_a_missing_shipped_file_is_refused(root: Path) -> None:
    (root / "translator-xx" / "target.spm").unlink()
    with pytest.raises(ModelError, match="missing from the shipped model"):
        store.resolve(None, task="translation")


def test_the_card_is_no_part_of_the_checksum(copy: Path) -> None:
    before = store.resolve(copy, task="translation").checksum
    (copy / "README.md").write_text("another card")
    assert store.resolve(copy, task="translation").checksum == before
    (copy / "tokenizer_config.json").write_text("{}")
    assert store.resolve(copy, task="translation").checksum != before


def _no_architecture(folder: Path) -> None:
    (folder / "config.json").write_text('{"model_type": "marian"}')


def _architecture(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({**config, "architectures": [name]}))

    return change


def _truncated(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def _lengthened(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes() + b"\0" * 8)


def _only_a_pickle_index(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin.index.json").write_text('{"weight_map": {"a": "pytorch_model-00001-of-00002.bin"}}')


def _empty_pickle(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").touch()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "config.json").unlink(), "config.json is missing"),
        (lambda folder: (folder / "config.json").write_text('{"architectures": ["Mar'), "damaged JSON"),
        (lambda folder: (folder / "config.json").write_bytes(b"\xff\xfe{}"), "damaged JSON"),
        (lambda folder: (folder / "config.json").write_text("[]"), "expected a JSON object"),
        (_no_architecture, "names no architecture"),
        (_architecture("GPT2LMHeadModel"), "no engine runs a GPT2LMHeadModel"),
        (_architecture("BertModel"), "translation needs one of kind seq2seq"),
        (lambda folder: (folder / "source.spm").unlink(), "the tokenizer is missing: expected source.spm"),
        (lambda folder: (folder / "model.safetensors").unlink(), "the weights are missing"),
        (_truncated, "cut off or damaged"),
        (_lengthened, "cut off or damaged"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"\0\0"), "damaged weights"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"PK" * 50), "damaged weights"),
        (lambda folder: (folder / "model.safetensors").write_bytes(struct.pack("<Q", 2) + b"[]"), "damaged weights"),
        (_only_a_pickle_index, "pytorch_model-00001-of-00002.bin is missing"),
        (_empty_pickle, "empty"),
    ],
)
def test_a_damaged_folder_is_refused_in_one_line(copy: Path, damage: Callable[[Path], object], message: str) -> None:
    damage(copy)
    with pytest.raises(ModelError, match=message) as caught:
        store.resolve(copy, task="translation")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "task", "message"),
    [
        (Path("/no/such/folder"), "translation", "no such folder"),
        ("./no-such-folder", "translation", r"no model './no-such-folder'.*opus-mt-de-en"),
        ("opus-mt", "translation", "opus-mt-de-en"),
        ("bart-large-cnn", "translation", "is a model for summarization, not for translation"),
        ("", "topics", "no model ''"),
        ("~nobody-of-that-name/x", "topics", "no model"),
        ("x" * 5000, "topics", "no model"),
        ("a\0b", "topics", "no model"),
        (Path(__file__), "translation", "a file, not a folder"),
    ],
)
def test_an_unknown_model_is_refused_in_one_line(name: str | Path, task: str, message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        store.resolve(name, task=task)
    assert "\n" not in str(caught.value)


def test_without_a_shipped_model_there_is_no_default(root: Path) -> None:
    with pytest.raises(ModelError, match="no model for topics is shipped"):
        store.resolve(None, task="topics")


def test_a_hub_model_that_is_not_here_and_no_network() -> None:
    with pytest.raises(ModelError, match=r"cannot be fetched from the Hugging Face hub.*path of its folder") as caught:
        store.resolve("opus-mt-de-en", task="translation")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("form", ["safetensors", "bin", "both"])
def test_a_hub_model_from_the_hubs_own_cache(
    root: Path, marian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """What snapshot_download left here before is found by preset and by name, with no network."""
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "hub" / "models--some-one--tiny.marian"
    snapshot = repository / "snapshots" / commit
    shutil.copytree(marian, snapshot)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    if form != "safetensors":
        (snapshot / "pytorch_model.bin").write_bytes(b"some pickle")
    if form == "bin":
        (snapshot / "model.safetensors").unlink()
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    by_preset = store.resolve("small-hub", task="translation")
    by_name = store.resolve("some-one/tiny.marian", task="translation")
    assert by_preset.folder == by_name.folder == snapshot
    assert (by_preset.origin, by_preset.licence, by_name.licence) == ("hub", "CC-BY-4.0", "cc-by-4.0")
    weights = {"safetensors": "model.safetensors", "bin": "pytorch_model.bin", "both": "model.safetensors"}
    assert [file for file in folders.model_files(snapshot) if "model." in file and "spm" not in file] == [weights[form]]
    assert (by_name.parameters is None) == (form == "bin")


def test_only_what_is_needed_is_fetched_and_pickles_only_without_safetensors(
    root: Path, marian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def snapshot_download(repository: str, *, allow_patterns: list[str]) -> str:
        asked.append(allow_patterns)
        folder = tmp_path / "fetched"
        shutil.copytree(marian, folder, dirs_exist_ok=True)
        if "pytorch_model.bin" not in allow_patterns:
            (folder / "model.safetensors").unlink()
        return str(folder)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    store.resolve("some-one/tiny.marian", task="translation")
    assert ["pytorch_model.bin" in patterns for patterns in asked] == [False, True]
    assert not any(pattern in {"*", "*.bin", "tf_model.h5", "flax_model.msgpack"} for pattern in asked[1])


def test_the_order_of_names_shipped_preset_folder_hub(
    root: Path, marian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(marian, tmp_path / "some-one" / "tiny.marian")
    shutil.copytree(marian, tmp_path / "translator-xx")
    assert store.resolve("some-one/tiny.marian", task="translation").origin == "local"
    assert store.resolve("translator-xx", task="translation").origin == "shipped"
    assert store.resolve("./translator-xx", task="translation").origin == "local"


def test_an_unknown_task_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="unknown task 'poetry'"):
        store.resolve(None, task="poetry")
