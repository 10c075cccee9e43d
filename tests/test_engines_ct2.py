from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import families, tiny_models
from tests.rounding import HAS_AVX512, is_alike
from toolkit import store
from toolkit.engines import (
    EngineSettings,
    GenerationOptions,
    conversion,
    load_encoder,
    load_entailment,
    load_seq2seq,
)
from toolkit.engines.conversion import UnsupportedModelError
from toolkit.errors import EngineError, InputError, ModelError

BEAM = GenerationOptions(beam=4, max_tokens=24, min_tokens=1)
CONVERT = conversion.convert
# Lengths from 2 tokens to the limit, on both sides of 16.
TEXTS = [" ".join(text.split()[:count]) for text in tiny_models.GERMAN for count in (1, 5, 20)]


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.engines.conversion.convert", families.convert_here)


@pytest.mark.parametrize("precision", ["int8", "float32"])
def test_batches_threads_and_callers_change_nothing(precision: str) -> None:
    model = families.seq2seq("marian")
    engine = load_seq2seq(model, EngineSettings(precision=precision, threads=1))
    alone = [engine.generate([text], options=BEAM)[0] for text in TEXTS]
    assert len({generation.text for generation in alone}) > 20
    for settings in (
        EngineSettings(precision=precision, threads=2),
        EngineSettings(precision=precision, threads=1, batch_tokens=1),
        EngineSettings(precision=precision, threads=3, batch_tokens=100),
    ):
        together = load_seq2seq(model, settings).generate(TEXTS, options=BEAM)
        assert [generation.text for generation in together] == [generation.text for generation in alone]
        if precision == "int8":
            assert is_alike(together, alone)

    with ThreadPoolExecutor(24) as pool:
        jobs = [pool.submit(engine.generate, TEXTS[index % 5 :: 2], options=BEAM) for index in range(24)]
        for index, job in enumerate(jobs):
            assert [g.text for g in job.result()] == [g.text for g in alone[index % 5 :: 2]]


def test_int8_is_the_default_and_close_to_float32() -> None:
    model = families.model(tiny_models.bert, "topics")
    texts = list(tiny_models.ENGLISH)
    rounded = load_encoder(model, EngineSettings()).embed(texts)
    exact = load_encoder(model, EngineSettings(precision="float32")).embed(texts)
    assert rounded == load_encoder(model, EngineSettings(precision="int8")).embed(texts)
    assert rounded != exact
    for ours, theirs in zip(rounded, exact, strict=True):
        assert sum(x * y for x, y in zip(ours, theirs, strict=True)) > (0.98 if HAS_AVX512 else 0.95)
    assert is_alike(load_encoder(model, EngineSettings(threads=1)).embed(texts[3:4])[0], rounded[3])


@pytest.mark.parametrize("engine", ["ct2", "hf"])
def test_empty_texts_keep_their_place(engine: str) -> None:
    loaded = load_seq2seq(families.seq2seq("marian"), EngineSettings(engine=engine))
    texts = ["", tiny_models.GERMAN[0], "  \n", "\u200b\u00ad", tiny_models.GERMAN[1], "\ud800"]
    outputs = loaded.generate(texts, options=BEAM)
    assert [bool(output.text) for output in outputs[:3]] == [False, True, False]
    assert (outputs[0].log_prob, outputs[0].tokens, outputs[0].cut) == (0.0, 0, False)
    assert outputs[4].text == loaded.generate([texts[4]], options=BEAM)[0].text
    assert loaded.generate([], options=BEAM) == []
    assert loaded.count_tokens([]) == []


@pytest.mark.parametrize("engine", ["ct2", "hf"])
def test_nothing_is_cut_in_silence(engine: str) -> None:
    settings = EngineSettings(engine=engine)
    seq2seq = load_seq2seq(families.seq2seq("marian"), settings)
    assert seq2seq.max_source_tokens == 128
    exactly = "Der " * 200
    while seq2seq.count_tokens([exactly])[0] > 128:
        exactly = exactly[:-1]
    assert seq2seq.count_tokens([exactly]) == [128]
    (longest,) = seq2seq.generate([exactly], options=GenerationOptions(beam=1, max_tokens=1000, min_tokens=1000))
    assert longest.cut
    with pytest.raises(InputError, match=r"text 1 has .* tokens, .* reads 128"):
        seq2seq.generate(["Der", exactly + " Der Der Der"], options=BEAM)
    encoder = load_encoder(families.model(_short_bert, "topics"), settings)
    assert encoder.max_source_tokens == 20
    with pytest.raises(InputError, match="reads 20"):
        encoder.embed(["a " * 30])
    assert encoder.embed([]) == []


def _short_bert(folder: Path) -> Path:
    return tiny_models.bert(folder, longest=20)


def _pad_first(folder: Path) -> Path:
    """A Marian model whose decoder starts from another token than the last: CTranslate2 would get it wrong."""
    tiny_models.marian(folder)
    for name in ("config.json", "generation_config.json"):
        settings = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps({**settings, "decoder_start_token_id": 0}))
    return folder


def test_what_ct2_would_get_wrong_runs_on_hf_and_says_so() -> None:
    model = families.model(_pad_first, "translation")
    assert load_seq2seq(model, EngineSettings()).name == "hf"
    with pytest.raises(EngineError, match=r"does not start from a <pad>.*'auto' or 'hf'"):
        load_seq2seq(model, EngineSettings(engine="ct2"))


@pytest.mark.parametrize("family", families.ENTAILMENT)
def test_entailment_runs_on_hf(family: str) -> None:
    model = families.model(families.ENTAILMENT[family], "topics")
    assert load_entailment(model, EngineSettings()).name == "hf"
    with pytest.raises(EngineError, match=r"CTranslate2 cannot run .*ForSequenceClassification"):
        load_entailment(model, EngineSettings(engine="ct2"))


def test_an_engine_takes_only_its_kind_of_model() -> None:
    with pytest.raises(ModelError, match="needed is 'encoder'"):
        load_encoder(families.seq2seq("marian"), EngineSettings())
    with pytest.raises(ModelError, match="only the engine 'fake' runs without one"):
        load_seq2seq(None, EngineSettings())


def test_what_the_machine_lacks_is_said() -> None:
    import ctranslate2

    model = families.seq2seq("marian")
    if ctranslate2.get_cuda_device_count() == 0:
        for engine in ("ct2", "hf"):
            with pytest.raises(EngineError, match="no CUDA device found"):
                load_seq2seq(model, EngineSettings(engine=engine, device="cuda"))
    with pytest.raises(EngineError, match="no float16 on this cpu"):
        load_seq2seq(model, EngineSettings(engine="ct2", device="cpu", precision="float16"))


@pytest.mark.parametrize("damage", [b"", b"\0" * 64, None])
def test_an_unreadable_converted_model_is_an_error_of_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes | None
) -> None:
    """Were it damaged in a way that its own list of sums does not show, CTranslate2 says so in C++."""
    monkeypatch.setenv("KLARTEXT_CACHE", str(tmp_path))

    def convert(model: store.Model, precision: str, folder: Path) -> None:
        families.convert_here(model, precision, folder)
        content = (folder / "model.bin").read_bytes()
        (folder / "model.bin").write_bytes(content[: len(content) // 2] if damage is None else damage)

    monkeypatch.setattr("toolkit.engines.conversion.convert", convert)
    with pytest.raises(EngineError, match="CTranslate2 failed") as caught:
        load_seq2seq(families.seq2seq("marian"), EngineSettings(engine="ct2"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"engine": "onnx"}, "unknown engine 'onnx': choose one of auto, ct2, hf, fake"),
        ({"device": "tpu"}, "unknown device"),
        ({"precision": "int4"}, "unknown precision"),
        ({"threads": 0}, "threads must be at least 1"),
        ({"batch_tokens": 0}, "batch_tokens must be at least 1"),
    ],
)
def test_settings_are_checked(settings: dict[str, str | int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        EngineSettings(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beam": 0}, "beam must be at least 1"),
        ({"max_tokens": 0}, "max_tokens must be at least 1"),
        ({"min_tokens": 9, "max_tokens": 8}, "must not exceed max_tokens"),
        ({"no_repeat_ngram": -1}, "no_repeat_ngram must be at least 0"),
        ({"repetition_penalty": 0.0}, "repetition_penalty must be above 0"),
    ],
)
def test_options_are_checked(options: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        GenerationOptions(**options)  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
def test_both_converters_agree(tmp_path: Path) -> None:
    """The one with numpy alone, and CTranslate2's own with torch and transformers."""
    for maker, task in ((tiny_models.marian, "translation"), (tiny_models.bert, "topics")):
        model = families.model(maker, task)
        for precision in ("float32", "int8"):
            ours, theirs = tmp_path / f"{task}-{precision}-ours", tmp_path / f"{task}-{precision}-theirs"
            ours.mkdir()
            theirs.mkdir()
            families.convert_here(model, precision, ours)
            conversion._convert_by_transformers(model.folder, model.architecture, precision, theirs)
            if task == "translation":
                for file in theirs.iterdir():
                    assert file.read_bytes() == (ours / file.name).read_bytes(), file.name
            else:
                assert _vectors(ours, precision) == _vectors(theirs, precision)


def _vectors(folder: Path, precision: str) -> list[float]:
    import ctranslate2
    import numpy as np

    encoder = ctranslate2.Encoder(str(folder), compute_type=precision)
    state = encoder.forward_batch([[2, 40, 41, 42, 3], [2, 50, 3]]).last_hidden_state
    values: list[float] = np.asarray(state)[0].ravel().tolist()
    return values


_PROGRAM = """
import json, sys
from pathlib import Path
from toolkit import store
from toolkit.engines import EngineSettings, GenerationOptions, load_encoder, load_seq2seq
translator = load_seq2seq(store.resolve(Path(sys.argv[1]), task="translation"), EngineSettings(threads=1))
encoder = load_encoder(store.resolve(Path(sys.argv[2]), task="topics"), EngineSettings(threads=1))
text = translator.generate([sys.argv[3]], options=GenerationOptions(max_tokens=9, min_tokens=1))[0].text
vector = encoder.embed(["a goal"])[0]
heavy = sorted({name.partition(".")[0] for name in sys.modules} & {"torch", "transformers", "huggingface_hub"})
print(json.dumps([translator.name, encoder.name, heavy, text, len(vector)]))
"""


def test_a_whole_run_converts_and_loads_no_torch_and_no_transformers(tmp_path: Path) -> None:
    """In a fresh process with an empty cache, from a path with a blank and an umlaut."""
    folder = tmp_path / "ein Ordner für Modelle"
    for maker, name in ((tiny_models.marian, "marian"), (tiny_models.bert, "bert")):
        shutil.copytree(families.model(maker, "topics" if name == "bert" else "translation").folder, folder / name)
    environment = {**os.environ, "KLARTEXT_CACHE": str(tmp_path / "Zwischenspeicher ä")}
    command = [sys.executable, "-c", _PROGRAM, str(folder / "marian"), str(folder / "bert"), tiny_models.GERMAN[4]]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert done.stderr == ""
    translator, encoder, heavy, text, size = json.loads(done.stdout)
    assert (translator, encoder, heavy, size) == ("ct2", "ct2", [], 32)
    engine = load_seq2seq(families.seq2seq("marian"), EngineSettings(engine="ct2"))
    assert (
        text == engine.generate([tiny_models.GERMAN[4]], options=GenerationOptions(max_tokens=9, min_tokens=1))[0].text
    )


def test_the_process_that_converts_reports_what_went_wrong(tmp_path: Path) -> None:
    model = families.seq2seq("marian")
    CONVERT(model, "int8", tmp_path)
    assert {"model.bin", "source.spm", "vocab.json"} <= {path.name for path in tmp_path.iterdir()}
    lacking = Path(shutil.copytree(model.folder, tmp_path / "lacking"))
    (lacking / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    with pytest.raises(ModelError, match=r"the weights lack .* tensors"):
        families.convert_here(store.resolve(lacking, task="translation"), "int8", tmp_path)


@pytest.mark.parametrize(
    ("program", "error", "message"),
    [
        ("import sys; sys.exit('Killed')", EngineError, r"broke off \(Killed\)"),
        ("import os; os.kill(os.getpid(), 9)", EngineError, r"broke off \(exit status -9\)"),
        ("""print('["unsupported", "a reason"]')""", UnsupportedModelError, r"\(a reason\)"),
        ("""print('["damaged", "a reason"]')""", ModelError, "a reason"),
        ("""print('["missing", "No module named torch"]')""", EngineError, "needs torch and transformers"),
    ],
)
def test_how_a_conversion_can_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, error: type[Exception], message: str
) -> None:
    run = subprocess.run

    def instead(command: list[str], **options: object) -> object:
        return run([command[0], "-c", program], **options)  # type: ignore[call-overload]

    monkeypatch.setattr("toolkit.engines.conversion.subprocess.run", instead)
    with pytest.raises(error, match=message) as caught:
        CONVERT(families.seq2seq("marian"), "int8", tmp_path)
    assert "\n" not in str(caught.value)
