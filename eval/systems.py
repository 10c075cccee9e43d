"""What the bench measures, each one in a process of its own: `python -m eval.systems NAME < work.json`.

Standard input is an object `{started, texts, sentences}`: when the process was started (seconds of the epoch), texts
that are timed one by one (each a list of sentences for a translation system, a string for a digest), and sentences that
are translated in one call (none for a digest). Standard output is a `Measurement` as an object.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from toolkit import store
from toolkit.engines import EngineSettings, GenerationOptions

BEAM = 4
BATCH_TOKENS = 2048
MAX_TOKENS = 250

Translate = Callable[[list[str]], list[str]]


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one process took."""

    start_seconds: float
    """From the start of the process to the first sentence or text done."""
    seconds: float
    """For all sentences in one call; 0 where there are none."""
    text_seconds: tuple[float, ...]
    """For each text by itself."""
    peak_mb: float


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


def _digest(engine: str, precision: str) -> Callable[[str], object]:
    from toolkit.pipeline import Pipeline

    return Pipeline(settings=EngineSettings(engine=engine, precision=precision, batch_tokens=BATCH_TOKENS)).run


TRANSLATIONS: dict[str, Callable[[], Translate]] = {
    "klartext, CTranslate2 int8": lambda: _klartext("ct2", "int8"),
    "engine alone, CTranslate2 int8": lambda: _engine("ct2", "int8"),
    "CTranslate2 int8 by hand, sorted batches": _ctranslate2_by_hand,
    "klartext, transformers float32, sorted batches": lambda: _klartext("hf", "float32"),
    "transformers generate, sentence by sentence": _generate_one_by_one,
}
DIGESTS: dict[str, Callable[[], Callable[[str], object]]] = {
    "digest, CTranslate2 int8": lambda: _digest("ct2", "int8"),
    "digest, transformers float32": lambda: _digest("hf", "float32"),
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


def measure(name: str, *, started: float, texts: list[Any], sentences: list[str]) -> Measurement:
    """Load one system and time it; the first answer belongs to the start and is not counted again."""
    system: Callable[[Any], object] = (TRANSLATIONS | DIGESTS)[name]()
    system(texts[0][:1] if name in TRANSLATIONS else texts[0])
    start_seconds = time.time() - started
    seconds = _timed(system, sentences) if sentences else 0.0
    text_seconds = tuple(_timed(system, text) for text in texts)
    return Measurement(start_seconds, seconds, text_seconds, peak_megabytes())


def _timed(system: Callable[[Any], object], what: object) -> float:
    started = time.perf_counter()
    system(what)
    return time.perf_counter() - started


def main() -> None:
    """Measure the system named by the first argument."""
    work = json.load(sys.stdin)
    json.dump(
        asdict(measure(sys.argv[1], started=work["started"], texts=work["texts"], sentences=work["sentences"])),
        sys.stdout,
    )


if __name__ == "__main__":
    main()
