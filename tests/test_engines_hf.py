from __future__ import annotations

import json
import math
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from tests import families, tiny_models
from toolkit import store
from toolkit.engines import EngineSettings, GenerationOptions, load_encoder, load_entailment, load_seq2seq
from toolkit.errors import EngineError, InputError, ModelError
from toolkit.store import Model

HF = EngineSettings(engine="hf", threads=1)
PAIRS = [
    ("The bank raised its rates on Monday.", "This text is about economy."),
    ("A goal.", "This text is about sport, or about a long label with many words."),
    ("", "x"),
    ("The bank raised its rates on Monday.", "This text is about sport."),
]


@pytest.mark.parametrize("family", families.ENTAILMENT)
def test_entailment_is_the_difference_of_two_logits(family: str) -> None:
    """Against transformers itself, one pair at a time; batches change nothing."""
    import torch
    import transformers

    from toolkit.engines.weights import quiet

    model = families.model(families.ENTAILMENT[family], "topics")
    together = load_entailment(model, HF).entail(PAIRS)
    alone = load_entailment(model, EngineSettings(engine="hf", batch_tokens=1)).entail(PAIRS)
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(model.folder))
    with quiet():
        weights = transformers.AutoModelForSequenceClassification.from_pretrained(str(model.folder))
    labels = {name: index for index, name in weights.config.id2label.items()}
    for (premise, hypothesis), ours, single in zip(PAIRS, together, alone, strict=True):
        with torch.no_grad():
            logits = weights(**tokenizer(premise, hypothesis, return_tensors="pt")).logits[0]
        expected = (logits[labels["entailment"]] - logits[labels["contradiction"]]).item()
        assert math.isclose(ours, expected, abs_tol=1e-3)
        assert math.isclose(ours, single, abs_tol=1e-3)
    assert max(together) - min(together) > 0.05


def test_the_two_presets_number_their_labels_the_other_way_round() -> None:
    deberta = json.loads((families.model(tiny_models.deberta_v3, "topics").folder / "config.json").read_text())
    bart = json.loads((families.model(families.ENTAILMENT["bart-mnli"], "topics").folder / "config.json").read_text())
    assert deberta["id2label"]["0"] == bart["id2label"]["2"] == "entailment"


def _with_labels(folder: Path, labels: dict[str, str] | None) -> Model:
    source = families.model(families.ENTAILMENT["bart-mnli"], "topics").folder
    shutil.copytree(source, folder)
    config = json.loads((folder / "config.json").read_text())
    config["id2label"] = labels
    (folder / "config.json").write_text(json.dumps(config))
    return store.resolve(folder, task="topics")


@pytest.mark.parametrize(
    "labels",
    [{"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}, None, {"0": "entailment", "1": "neutral"}, {}],
)
def test_labels_that_do_not_say_entailment_are_refused(tmp_path: Path, labels: dict[str, str] | None) -> None:
    with pytest.raises(ModelError, match="id2label must name 'entailment' and 'contradiction'") as caught:
        load_entailment(_with_labels(tmp_path / "model", labels), HF)
    assert "\n" not in str(caught.value)


def test_two_labels_will_do(tmp_path: Path) -> None:
    three = load_entailment(families.model(families.ENTAILMENT["bart-mnli"], "topics"), HF).entail(PAIRS)
    labels = {"0": "Not_Entailment", "1": "something", "2": "ENTAILMENT"}
    assert load_entailment(_with_labels(tmp_path / "model", labels), HF).entail(PAIRS) == three


def test_pairs_that_are_too_long_are_refused() -> None:
    engine = load_entailment(families.model(tiny_models.deberta_v3, "topics"), HF)
    assert engine.max_source_tokens == 96
    long = "The bank raised its rates. " * 20
    with pytest.raises(InputError, match="text 1 has"):
        engine.entail([("a", "b"), (long, "b")])
    assert engine.entail([]) == []
    assert engine.count_tokens(["", "a b"])[0] == 2


def test_threads_take_turns_and_get_their_own() -> None:
    engine = load_seq2seq(families.seq2seq("marian"), HF)
    options = GenerationOptions(beam=2, max_tokens=8, min_tokens=1)
    texts = list(tiny_models.GERMAN[:6])
    alone = [engine.generate([text], options=options)[0].text for text in texts]
    assert [output.text for output in engine.generate(texts, options=options)] == alone
    with ThreadPoolExecutor(6) as pool:
        assert [out[0].text for out in pool.map(lambda text: engine.generate([text], options=options), texts)] == alone


def test_missing_and_damaged_weights_are_refused(tmp_path: Path) -> None:
    """transformers would draw what is missing at random, with a warning."""
    folder = Path(shutil.copytree(families.seq2seq("marian").folder, tmp_path / "lacking"))
    weights = load_file(folder / "model.safetensors")
    del weights["model.encoder.layers.0.fc1.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"lack 1 tensors .* model\.encoder\.layers\.0\.fc1\.weight"):
        load_seq2seq(store.resolve(folder, task="translation"), HF)
    pickled = Path(shutil.copytree(families.seq2seq("marian-bin").folder, tmp_path / "pickled"))
    (pickled / "pytorch_model.bin").write_bytes(b"no pickle at all")
    with pytest.raises(ModelError, match="the weights cannot be read") as caught:
        load_seq2seq(store.resolve(pickled, task="translation"), HF)
    assert "\n" not in str(caught.value)


def test_a_pickle_that_would_run_a_program_is_not_opened(tmp_path: Path) -> None:
    import pickle

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (exec, (f"open({str(tmp_path / 'ran')!r}, 'w')",))

    pickled = Path(shutil.copytree(families.seq2seq("marian-bin").folder, tmp_path / "pickled"))
    (pickled / "pytorch_model.bin").write_bytes(pickle.dumps({"model.shared.weight": Evil()}))
    with pytest.raises(ModelError):
        load_seq2seq(store.resolve(pickled, task="translation"), HF)
    assert not (tmp_path / "ran").exists()


def test_a_model_that_brings_its_own_program_is_not_run(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(families.model(tiny_models.bert, "topics").folder, tmp_path / "custom"))
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "my_own", "auto_map": {"AutoModel": "own.Own", "AutoConfig": "own.OwnConfig"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(ModelError):
        load_encoder(store.resolve(folder, task="topics"), HF)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"precision": "int8"}, "computes no int8"),
        ({"precision": "float16", "device": "cpu"}, "float16 needs a CUDA device"),
    ],
)
def test_what_it_cannot_compute_is_said(settings: dict[str, str], message: str) -> None:
    with pytest.raises(EngineError, match=message):
        load_seq2seq(families.seq2seq("marian"), EngineSettings(engine="hf", **settings))  # type: ignore[arg-type]


def test_half_precision_weights_are_computed_in_float32() -> None:
    from toolkit.engines.hf import HfSeq2Seq

    engine = load_seq2seq(families.seq2seq("marian-half"), HF)
    assert isinstance(engine, HfSeq2Seq)
    assert {str(weight.dtype) for weight in engine._model.parameters()} == {"torch.float32"}


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    engine = load_seq2seq(families.seq2seq("bart"), HF)
    engine.generate(["A goal in extra time."], options=GenerationOptions(max_tokens=5))
    load_encoder(families.model(tiny_models.bert, "topics"), HF).embed(["A goal."])
    assert capfd.readouterr() == ("", "")


def test_a_truncated_folder_says_what_is_missing(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(families.seq2seq("marian").folder, tmp_path / "model"))
    config = json.loads((folder / "config.json").read_text())
    for key, message in (("max_position_embeddings", "must be a positive number"), ("pad_token_id", "is missing")):
        changed = {name: value for name, value in config.items() if name != key}
        (folder / "config.json").write_text(json.dumps(changed))
        (folder / "generation_config.json").write_text("{}")
        with pytest.raises(ModelError, match=f"{key} {message}"):
            load_seq2seq(store.resolve(folder, task="translation"), HF)
