"""CTranslate2 with SentencePiece or `tokenizers`: the fast engine, the default on a CPU.

A model is converted once (see conversion.py); running it imports neither torch nor transformers.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from toolkit.batching import plan_batches, restore_order
from toolkit.engines import Generation, GenerationOptions
from toolkit.engines.configuration import read_encoder, read_seq2seq
from toolkit.engines.conversion import UnsupportedModelError, converted
from toolkit.engines.forks import ForkGuard
from toolkit.engines.limits import check_lengths
from toolkit.engines.threads import usable_cores
from toolkit.engines.tokenization import FastTokenizer, MarianTokenizer, Tokenizer
from toolkit.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from toolkit.engines import EngineSettings
    from toolkit.store import Model

T = TypeVar("T")

__all__ = ["Ct2Encoder", "Ct2Seq2Seq", "UnsupportedModelError"]

# Batches run side by side, one core each, up to this many; cores beyond it work within batches. CTranslate2's advice is
# to raise parallel batches first (https://opennmt.net/CTranslate2/parallel.html); each one keeps buffers of its own.
_MOST_WORKERS = 8
# What the exceptions of C++ become in Python, out of memory and a damaged file among them.
_CPP_ERRORS = (RuntimeError, ValueError, IndexError, MemoryError, OverflowError)
# With int8 weights all but attention is exact integer arithmetic, and attention over a padded source gives the very
# bits of an unpadded one, except where padding takes a source across 16 tokens: the matrix product for fewer adds in
# another order. Of 800 news sentences (AVX-512, beam 4) all have the very score of one at a time where they are kept
# apart; mixed, 69 scores differ and one text (with an earlier model three in 300). With AVX2 alone the sums change at
# other lengths too: of 60 sentences 15 scores differ in their last digits, and one text, whose two best candidates are
# 0.003 nats a token apart.
_SHORT_TOKENS = 16


class Ct2Seq2Seq:
    """A text-to-text model on CTranslate2. Safe to share between threads, not across a fork."""

    name = "ct2"

    def __init__(self, model: Model, settings: EngineSettings) -> None:
        self._configuration = read_seq2seq(model)
        device, precision = _placement(settings)
        folder = converted(model, precision)
        self._tokenizer: Tokenizer
        if self._configuration.is_marian:
            self._tokenizer = MarianTokenizer(folder)
        else:
            self._tokenizer = FastTokenizer.read(folder / "tokenizer.json")
        import ctranslate2

        self._model = model.name
        self._fork = ForkGuard()
        self._batch_tokens = settings.batch_tokens
        self._workers, self._translator = _start(ctranslate2.Translator, model, folder, device, precision, settings)
        forced = self._configuration.forced_bos_id
        self._prefix = [] if forced is None else self._tokenizer.tokens([forced])
        self._end = self._tokenizer.tokens([self._configuration.eos_id])[0]

    @property
    def max_source_tokens(self) -> int:
        return self._configuration.max_source_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(tokens) for tokens in self._tokenizer.encode(texts)]

    def generate(self, texts: Sequence[str], *, options: GenerationOptions) -> list[Generation]:
        self._fork.check()
        sources = self._tokenizer.encode(texts)
        check_lengths([len(source) for source in sources], self.max_source_tokens, self._model)
        outputs = [Generation(text="", log_prob=0.0, tokens=0, cut=False)] * len(texts)
        full = [index for index, source in enumerate(sources) if len(source) > self._tokenizer.bare_length]
        lengths = [len(sources[index]) for index in full]
        batches = plan_batches(
            lengths, batch_tokens=self._batch_tokens, at_least=self._workers, apart_below=_SHORT_TOKENS
        )
        try:
            running = [self._submit([sources[full[index]] for index in batch], options) for batch in batches]
            results = [[future.result() for future in futures] for futures in running]
        except _CPP_ERRORS as error:
            raise _engine_error(self._model, error) from error
        for index, result in zip(full, restore_order(batches, results), strict=True):
            outputs[index] = self._read(result, options)
        return outputs

    def _submit(self, sources: list[list[str]], options: GenerationOptions) -> list[Any]:
        longest = self._longest(options)
        futures: list[Any] = self._translator.translate_batch(
            sources,
            target_prefix=[self._prefix] * len(sources) if self._prefix else None,
            asynchronous=True,
            beam_size=options.beam,
            length_penalty=options.length_penalty,
            repetition_penalty=options.repetition_penalty,
            no_repeat_ngram_size=options.no_repeat_ngram,
            min_decoding_length=min(options.min_tokens + len(self._prefix), longest) if options.min_tokens else 0,
            max_decoding_length=longest,
            # Lengths are checked before; CTranslate2 would cut without a word.
            max_input_length=0,
            return_scores=True,
            return_end_token=True,
        )
        return futures

    def _longest(self, options: GenerationOptions) -> int:
        """Output tokens at most; with the end mark, so that an output of the size asked can end by itself."""
        positions = self._configuration.max_target_tokens
        wanted = len(self._prefix) + options.max_tokens + 1
        return wanted if positions is None else min(wanted, positions - 1)

    def _read(self, result: Any, options: GenerationOptions) -> Generation:
        # The score is the sum over the tokens divided by their number to the power of the length penalty; the forced
        # first token counts in that number and adds nothing to the sum.
        length = len(result.hypotheses[0])
        tokens = result.hypotheses[0][len(self._prefix) :]
        log_prob = result.scores[0] * length**options.length_penalty / max(1, len(tokens))
        cut = not tokens or tokens[-1] != self._end
        tokens = tokens[: options.max_tokens] if cut else tokens[:-1]
        return Generation(text=self._tokenizer.decode(tokens), log_prob=min(0.0, log_prob), tokens=len(tokens), cut=cut)


class Ct2Encoder:
    """A sentence encoder on CTranslate2. Safe to share between threads, not across a fork."""

    name = "ct2"

    def __init__(self, model: Model, settings: EngineSettings) -> None:
        self._configuration = read_encoder(model)
        device, precision = _placement(settings)
        folder = converted(model, precision)
        self._tokenizer = FastTokenizer.read(folder / "tokenizer.json")
        import ctranslate2

        self._model = model.name
        self._fork = ForkGuard()
        self._batch_tokens = settings.batch_tokens
        self._workers, self._encoder = _start(ctranslate2.Encoder, model, folder, device, precision, settings)

    @property
    def max_source_tokens(self) -> int:
        return self._configuration.max_source_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids, _ in self._tokenizer.encode_ids(texts)]

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self._fork.check()
        return self._run([ids for ids, _ in self._tokenizer.encode_ids(texts)], self._pooled)

    def encode_words(self, texts: Sequence[Sequence[Sequence[str]]]) -> list[NDArray[np.float32]]:
        self._fork.check()
        encoded = self._tokenizer.encode_words(texts)
        sources = [ids for ids, _ in encoded]
        states = self._run(sources, lambda batch: list(self._states(batch)), apart_below=_SHORT_TOKENS)
        return [rows[places] for rows, (_, places) in zip(states, encoded, strict=True)]

    def _run(
        self, sources: list[list[int]], forward: Callable[[list[list[int]]], list[T]], *, apart_below: int = 0
    ) -> list[T]:
        """One result a source, in batches, side by side where there is more than one worker."""
        lengths = [len(source) for source in sources]
        check_lengths(lengths, self.max_source_tokens, self._model)
        batches = plan_batches(
            lengths, batch_tokens=self._batch_tokens, at_least=self._workers, apart_below=apart_below
        )
        inputs = [[sources[index] for index in batch] for batch in batches]
        try:
            if len(inputs) > 1 and self._workers > 1:
                with ThreadPoolExecutor(self._workers) as pool:
                    results = list(pool.map(forward, inputs))
            else:
                results = [forward(batch) for batch in inputs]
        except _CPP_ERRORS as error:
            raise _engine_error(self._model, error) from error
        return restore_order(batches, results)

    def _states(self, sources: list[list[int]]) -> NDArray[np.float32]:
        """The last layer's vectors, of the shape (sources, tokens of the longest, dimensions)."""
        import ctranslate2
        import numpy as np

        state = self._encoder.forward_batch(sources).last_hidden_state
        if state.device != "cpu":
            state = state.to_device(ctranslate2.Device.cpu)
        return np.asarray(state).astype(np.float32)

    def _pooled(self, sources: list[list[int]]) -> list[list[float]]:
        import numpy as np

        vectors = self._states(sources)
        inside = np.arange(vectors.shape[1])[None, :] < np.array([len(source) for source in sources])[:, None]
        if self._configuration.pooling == "cls":
            pooled = vectors[:, 0]
        elif self._configuration.pooling == "max":
            pooled = np.where(inside[:, :, None], vectors, -np.inf).max(axis=1)
        else:
            pooled = (vectors * inside[:, :, None]).sum(axis=1) / inside.sum(axis=1, keepdims=True)
        # A vector of zeros has no direction; it stays zero instead of becoming nan.
        pooled = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), np.float32(1e-12))
        rows: list[list[float]] = pooled.tolist()
        return rows


def _placement(settings: EngineSettings) -> tuple[str, str]:
    """Device and precision of the settings, with "auto" decided."""
    try:
        import ctranslate2
    except ImportError as error:
        raise EngineError("the engine 'ct2' needs CTranslate2: pip install klartext") from error
    device = settings.device
    if device == "auto":
        device = "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"
    elif device == "cuda" and ctranslate2.get_cuda_device_count() == 0:
        raise EngineError("no CUDA device found: use the device 'cpu' or 'auto'")
    precision = settings.precision
    if precision == "auto":
        precision = "float16" if device == "cuda" else "int8"
    if precision not in ctranslate2.get_supported_compute_types(device):
        raise EngineError(f"CTranslate2 computes no {precision} on this {device}: use the precision 'auto'")
    return device, precision


def _start(
    kind: Callable[..., Any], model: Model, folder: Path, device: str, precision: str, settings: EngineSettings
) -> tuple[int, Any]:
    threads = settings.threads or usable_cores()
    workers = min(threads, _MOST_WORKERS) if device == "cpu" else 1
    try:
        engine = kind(
            str(folder),
            device=device,
            compute_type=precision,
            inter_threads=workers,
            intra_threads=max(1, threads // workers),
        )
    except _CPP_ERRORS as error:
        raise _engine_error(model.name, error) from error
    return workers, engine


def _engine_error(model: str, error: BaseException) -> EngineError:
    reason = " ".join(str(error).split()) or type(error).__name__
    return EngineError(f"{model}: CTranslate2 failed ({reason}); try fewer batch tokens, or the engine 'hf'")
