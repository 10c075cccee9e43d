from __future__ import annotations

from pathlib import Path

import pytest

from tests import tiny_models
from toolkit.engines.tokenization import FastTokenizer, MarianTokenizer, build_tokenizer_json
from toolkit.errors import ModelError

TEXTS = [*tiny_models.GERMAN[:4], *tiny_models.ENGLISH[:4], "Ein  Wort\tund 3,5 % – „Zitat“ 日本 🙂", "", "   "]
HOSTILE = [
    ">>fr<< Guten Tag",
    "</s>",
    "<s> a <mask> b <pad>",
    "a\0b",
    "\ud83d allein",
    "\ud83d\ude42",
    "\u200b",
    "x" * 3000,
]


@pytest.fixture(scope="module")
def marian_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.marian(tmp_path_factory.mktemp("tokenization") / "marian")


@pytest.fixture(scope="module")
def bart_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.bart(tmp_path_factory.mktemp("tokenization") / "bart", tokenizer_json=False)


@pytest.fixture(scope="module")
def bart(bart_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> FastTokenizer:
    path = tmp_path_factory.mktemp("built") / "tokenizer.json"
    build_tokenizer_json(bart_folder, path)
    return FastTokenizer.read(path)


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
def test_marian_cuts_as_transformers_does(marian_folder: Path) -> None:
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(str(marian_folder))
    ours = MarianTokenizer(marian_folder)
    assert [ours.ids(tokens) for tokens in ours.encode(TEXTS)] == theirs(TEXTS)["input_ids"]
    # Not the numbers of the .spm file: those are another order.
    pieces = ours.encode([TEXTS[0]])[0]
    assert ours.ids(pieces)[:-1] != [theirs.spm_source.piece_to_id(piece) for piece in pieces[:-1]]


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
def test_marian_joins_as_transformers_does(marian_folder: Path) -> None:
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(str(marian_folder))
    ours = MarianTokenizer(marian_folder)
    for text in tiny_models.ENGLISH:
        ids = theirs(text_target=text)["input_ids"]
        assert ours.decode(ours.tokens(ids)) == theirs.decode(ids, skip_special_tokens=True) == text


def test_bart_cuts_and_joins_as_transformers_does(bart_folder: Path, bart: FastTokenizer) -> None:
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(str(bart_folder))
    assert [bart.ids(tokens) for tokens in bart.encode(TEXTS)] == theirs(TEXTS)["input_ids"]
    for text in TEXTS[:-2]:
        assert bart.decode(bart.encode([text])[0]) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_only_text(marian_folder: Path, bart: FastTokenizer, text: str) -> None:
    marian = MarianTokenizer(marian_folder)
    (tokens,) = marian.encode([text])
    assert tokens.count("</s>") == 1
    assert tokens[-1] == "</s>"
    assert "<pad>" not in tokens
    (tokens,) = bart.encode([text])
    assert [token for token in tokens if token in {"<s>", "</s>", "<mask>", "<pad>"}] == ["<s>", "</s>"]
    assert bart.decode(tokens) == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()


def test_a_language_code_is_text(marian_folder: Path) -> None:
    marian = MarianTokenizer(marian_folder)
    with_code, without = marian.encode([">>fr<< Die Stadt", "Die Stadt"])
    assert with_code[-len(without) :] == without
    assert len(with_code) > len(without) + 1


@pytest.mark.parametrize("file", ["source.spm", "target.spm", "vocab.json"])
def test_damaged_tokenizers_are_refused(tmp_path: Path, file: str) -> None:
    folder = tiny_models.marian(tmp_path / "marian")
    path = folder / file
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(ModelError, match=file) as caught:
        MarianTokenizer(folder)
    assert "\n" not in str(caught.value)


def test_a_damaged_tokenizer_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text('{"version": "1.0"}')
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        FastTokenizer.read(path)
