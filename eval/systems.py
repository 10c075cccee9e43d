"""What the bench measures, each one in a process of its own: `python -m eval.systems NAME < sentences.json`."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from toolkit import store
from toolkit.engines import EngineSettings, GenerationOptions

BEAM = 4
BATCH_TOKENS = 2048
MAX_TOKENS = 250

Translate = Callable[[list[str]], list[str]]


def _klartext(engine: str, precision: str) -> Translate:
    """The Translator as a programmer calls it."""
    from toolkit.documents import Document, Segment
    from toolkit.translation import Translator

    translator = Translator(
        settings=EngineSettings(engine=engine, precision=precision, batch_tokens=BATCH_TOKENS),
        options=GenerationOptions(beam=BEAM, max_tokens=MAX_TOKENS),
    )

    def translate(sentences: list[str]) -> list[str]:
        # Whole sentences as given: every system works on the same units.
        segments = tuple(Segment(text, i, i + 1, i) for i, text in enumerate(sentences))
        document = Document(text="x" * len(sentences), segments=segments, language="de")
        return [segment.text for segment in translator.translate(document).segments]

    return translate


def _engine(engine: str, precision: str) -> Translate:
    """The engine alone, without what the Translator does around it."""
    from toolkit.engines import load_seq2seq

    model = store.resolve(None, task="translation")
    loaded = load_seq2seq(model, EngineSettings(engine=engine, precision=precision, batch_tokens=BATCH_TOKENS))
    options = GenerationOptions(beam=BEAM, max_tokens=MAX_TOKENS)
    return lambda sentences: [output.text for output in loaded.generate(sentences, options=options)]


def _ctranslate2_by_hand() -> Translate:
    """CTranslate2 and SentencePiece called directly, sentences sorted by length, two batches side by side."""
    import ctranslate2
    import sentencepiece

    from toolkit.engines.conversion import converted
    from toolkit.engines.threads import usable_cores

    folder = converted(store.resolve(None, task="translation"), "int8")
    spm = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    translator = ctranslate2.Translator(str(folder), compute_type="int8", inter_threads=usable_cores(), intra_threads=1)

    def translate(sentences: list[str]) -> list[str]:
        order = sorted(range(len(sentences)), key=lambda i: len(sentences[i]))
        tokens = [[*spm.encode(sentences[i], out_type=str), "</s>"] for i in order]
        results = translator.translate_batch(
            tokens,
            beam_size=BEAM,
            max_batch_size=BATCH_TOKENS,
            batch_type="tokens",
            max_decoding_length=MAX_TOKENS,
        )
        outputs = [""] * len(sentences)
        for i, result in zip(order, results, strict=True):
            outputs[i] = spm.decode(result.hypotheses[0])
        return outputs

    return translate


def _generate_one_by_one() -> Translate:
    """transformers as its documentation shows it: tokenizer, generate, decode, one sentence after the other."""
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    folder = str(store.resolve(None, task="translation").folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float32).eval()

    def translate(sentences: list[str]) -> list[str]:
        outputs = []
        with torch.inference_mode():
            for sentence in sentences:
                inputs = tokenizer(sentence, return_tensors="pt")
                ids = model.generate(**inputs, num_beams=BEAM, max_new_tokens=MAX_TOKENS)
                outputs.append(str(tokenizer.decode(ids[0], skip_special_tokens=True)))
        return outputs

    return translate


SYSTEMS: dict[str, Callable[[], Translate]] = {
    "klartext, CTranslate2 int8": lambda: _klartext("ct2", "int8"),
    "engine alone, CTranslate2 int8": lambda: _engine("ct2", "int8"),
    "CTranslate2 int8 by hand, sorted batches": _ctranslate2_by_hand,
    "klartext, transformers float32, sorted batches": lambda: _klartext("hf", "float32"),
    "transformers generate, sentence by sentence": _generate_one_by_one,
}


def peak_megabytes() -> float:
    """The most memory this process has held so far."""
    # /proc knows the peak since exec; ru_maxrss is inherited across a fork and would show the parent's.
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    divisor = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / divisor


def main() -> None:
    """Measure one system on the sentences on standard input; print seconds per pass, memory and outputs as JSON."""
    name, rounds = sys.argv[1], int(sys.argv[2])
    sentences: list[str] = json.load(sys.stdin)
    started = time.perf_counter()
    translate = SYSTEMS[name]()
    load_seconds = time.perf_counter() - started
    translate(sentences[:4])
    passes = []
    outputs: list[str] = []
    for _ in range(rounds):
        started = time.perf_counter()
        outputs = translate(sentences)
        passes.append(time.perf_counter() - started)
    json.dump({"load": load_seconds, "passes": passes, "peak_mb": peak_megabytes(), "outputs": outputs}, sys.stdout)


if __name__ == "__main__":
    main()
