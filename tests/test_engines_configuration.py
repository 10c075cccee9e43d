from __future__ import annotations

import json
from pathlib import Path

import pytest

from toolkit.engines import configuration, threads
from toolkit.errors import ModelError
from toolkit.store import Model

BART = {
    "model_type": "bart",
    "max_position_embeddings": 1024,
    "pad_token_id": 1,
    "eos_token_id": 2,
    "bos_token_id": 0,
    "decoder_start_token_id": 2,
}


def _model(folder: Path, architecture: str, config: dict[str, object], **others: dict[str, object]) -> Model:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    for name, content in others.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return Model("a model", "translation", folder, "local", architecture, "MIT", None, "0" * 64)


@pytest.mark.parametrize(
    ("said", "generation", "expected"),
    [
        ({}, None, None),
        ({"forced_bos_token_id": 0}, None, 0),
        ({"forced_bos_token_id": None}, None, None),
        ({"force_bos_token_to_be_generated": True}, None, 0),  # sshleifer/distilbart-cnn-12-6
        ({"force_bos_token_to_be_generated": False}, None, None),
        ({}, {"forced_bos_token_id": 0}, 0),
    ],
)
def test_the_forced_first_token(
    tmp_path: Path, said: dict[str, object], generation: dict[str, object] | None, expected: int | None
) -> None:
    others = {} if generation is None else {"generation_config": generation}
    model = _model(tmp_path, "BartForConditionalGeneration", {**BART, **said}, **others)
    assert configuration.read_seq2seq(model).forced_bos_id == expected


@pytest.mark.parametrize(
    ("architecture", "config", "source", "target"),
    [
        ("BartForConditionalGeneration", BART, 1024, 1024),
        ("T5ForConditionalGeneration", {**BART, "model_type": "t5", "n_positions": 300}, 300, None),
        ("MT5ForConditionalGeneration", {**BART, "model_type": "mt5"}, 512, None),
    ],
)
def test_lengths_of_text_to_text_models(
    tmp_path: Path, architecture: str, config: dict[str, object], source: int, target: int | None
) -> None:
    facts = configuration.read_seq2seq(_model(tmp_path, architecture, config))
    assert (facts.max_source_tokens, facts.max_target_tokens) == (source, target)


@pytest.mark.parametrize(
    ("config", "sentence", "expected"),
    [
        ({"model_type": "bert", "max_position_embeddings": 512, "pad_token_id": 0}, None, 512),
        ({"model_type": "bert", "max_position_embeddings": 512, "pad_token_id": 0}, 256, 256),
        ({"model_type": "bert", "max_position_embeddings": 512, "pad_token_id": 0}, 9999, 512),
        ({"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1}, None, 512),
        ({"model_type": "xlm-roberta", "max_position_embeddings": 514, "pad_token_id": 1}, 128, 128),
    ],
)
def test_lengths_of_encoders(tmp_path: Path, config: dict[str, object], sentence: int | None, expected: int) -> None:
    others: dict[str, dict[str, object]] = {}
    if sentence is not None:
        others["sentence_bert_config"] = {"max_seq_length": sentence}
    assert configuration.read_encoder(_model(tmp_path, "BertModel", config, **others)).max_source_tokens == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, "cls"),
        ({"pooling_mode": "max"}, "max"),
        ({"pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": True}, None),
        ({"pooling_mode_weightedmean_tokens": True}, None),
        ({"pooling_mode": "lasttoken"}, None),
        ({}, None),
    ],
)
def test_pooling_as_sentence_transformers_writes_it(
    tmp_path: Path, settings: dict[str, object], expected: str | None
) -> None:
    model = _model(tmp_path, "BertModel", {"model_type": "bert", "max_position_embeddings": 512})
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text(json.dumps(settings))
    if expected is None:
        with pytest.raises(ModelError, match="expected one pooling of mean, cls, max"):
            configuration.read_encoder(model)
    else:
        assert configuration.read_encoder(model).pooling == expected


@pytest.mark.parametrize(
    ("content", "cores", "expected"),
    [
        ("max 100000\n", 8, 8),
        ("150000 100000\n", 8, 2),
        ("50000 100000\n", 8, 1),
        ("900000 100000\n", 4, 4),
        ("", 3, 3),
    ],
)
def test_threads_are_the_cores_this_process_may_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, cores: int, expected: int
) -> None:
    (tmp_path / "cpu.max").write_text(content)
    monkeypatch.setattr(threads, "_CGROUP_2", str(tmp_path / "cpu.max"))
    monkeypatch.setattr(threads, "_CGROUP_1", (str(tmp_path / "none"),) * 2)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: set(range(cores)), raising=False)
    assert threads.usable_cores() == expected
