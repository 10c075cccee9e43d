"""transformers + torch: the reference, and the engine for what CTranslate2 cannot run.

Tokens and decoding rules are those of ct2.py: with the same weights in float32 both write the same text. (Where they
must differ: `repetition_penalty` works on log-probabilities here and on logits there.)
"""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from toolkit.batching import plan_batches, restore_order
from toolkit.engines import Generation, GenerationOptions
from toolkit.engines.configuration import read_encoder, read_entailment, read_seq2seq
from toolkit.engines.forks import ForkGuard
from toolkit.engines.limits import check_lengths
from toolkit.engines.tokenization import FastTokenizer, MarianTokenizer, Tokenizer, build_tokenizer_json
from toolkit.engines.weights import load_weights, one_line, quiet
from toolkit.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from toolkit.engines import EngineSettings
    from toolkit.store import Model

T = TypeVar("T")


class HfSeq2Seq:
    """A text-to-text model on transformers. Safe to share between threads: they take turns."""

    name = "hf"

    def __init__(self, model: Model, settings: EngineSettings) -> None:
        self._configuration = read_seq2seq(model)
        self._tokenizer: Tokenizer
        if self._configuration.is_marian:
            self._tokenizer = MarianTokenizer(model.folder)
        else:
            self._tokenizer = _fast_tokenizer(model)
        self._model_name = model.name
        self._batch_tokens = settings.batch_tokens
        self._fork = ForkGuard()
        self._device, self._model = _load("AutoModelForSeq2SeqLM", model, settings)
        # What the folder says about decoding would fill every option left open; all options are ours.
        self._model.generation_config = _blank_generation_config()
        self._turn = threading.Lock()

    @property
    def max_source_tokens(self) -> int:
        return self._configuration.max_source_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(tokens) for tokens in self._tokenizer.encode(texts)]

    def generate(self, texts: Sequence[str], *, options: GenerationOptions) -> list[Generation]:
        self._fork.check()
        sources = [self._tokenizer.ids(tokens) for tokens in self._tokenizer.encode(texts)]
        check_lengths([len(source) for source in sources], self.max_source_tokens, self._model_name)
        outputs = [Generation(text="", log_prob=0.0, tokens=0, cut=False)] * len(texts)
        full = [index for index, source in enumerate(sources) if len(source) > self._tokenizer.bare_length]
        batches = plan_batches([len(sources[index]) for index in full], batch_tokens=self._batch_tokens)
        settings = self._generation_config(options)
        try:
            with self._turn:
                results = [self._run([sources[full[i]] for i in batch], settings, options) for batch in batches]
        except (RuntimeError, ValueError, IndexError, MemoryError) as error:
            raise _engine_error(self._model_name, error) from error
        for index, result in zip(full, restore_order(batches, results), strict=True):
            outputs[index] = result
        return outputs

    def _generation_config(self, options: GenerationOptions) -> Any:
        from transformers import GenerationConfig

        facts = self._configuration
        forced = 0 if facts.forced_bos_id is None else 1
        longest = forced + options.max_tokens + 1
        if facts.max_target_tokens is not None:
            longest = min(longest, facts.max_target_tokens - 1)
        return GenerationConfig(
            num_beams=options.beam,
            max_new_tokens=longest,
            min_new_tokens=min(options.min_tokens + forced, longest) if options.min_tokens else None,
            length_penalty=options.length_penalty if options.beam > 1 else None,
            # CTranslate2 stops at as many finished hypotheses as there are beams; so does True. Without normalisation
            # by length it stops once the best beam is finished, which no later one can then beat: False does the same.
            early_stopping=options.length_penalty != 0 if options.beam > 1 else None,
            repetition_penalty=options.repetition_penalty,
            no_repeat_ngram_size=options.no_repeat_ngram,
            do_sample=False,
            pad_token_id=facts.pad_id,
            eos_token_id=facts.eos_id,
            decoder_start_token_id=facts.decoder_start_id,
            forced_bos_token_id=facts.forced_bos_id,
            # Marian's <pad> is no word: its row only starts the decoder, and the original models do not have it.
            suppress_tokens=[facts.pad_id] if facts.is_marian else None,
            renormalize_logits=True,
            return_dict_in_generate=True,
            output_scores=True,
        )

    def _run(self, sources: list[list[int]], settings: Any, options: GenerationOptions) -> list[Generation]:
        import torch

        facts = self._configuration
        forced = 0 if facts.forced_bos_id is None else 1
        ids, mask = _padded(sources, facts.pad_id, self._device)
        with torch.inference_mode(), quiet():
            result = self._model.generate(input_ids=ids, attention_mask=mask, generation_config=settings)
        if options.beam == 1:
            steps = self._model.compute_transition_scores(result.sequences, result.scores, normalize_logits=False)
        outputs = []
        for row, sequence in enumerate(result.sequences[:, 1:].tolist()):
            # After the end mark there is padding, up to the longest of the batch.
            cut = facts.eos_id not in sequence[forced:]
            length = len(sequence) if cut else sequence.index(facts.eos_id, forced) + 1
            if options.beam == 1:
                total = steps[row, :length].sum().item()
            else:
                total = result.sequences_scores[row].item() * length**options.length_penalty
            kept = sequence[forced:][: options.max_tokens] if cut else sequence[forced : length - 1]
            outputs.append(
                Generation(
                    text=self._tokenizer.decode(self._tokenizer.tokens(kept)),
                    log_prob=min(0.0, total / max(1, length - forced)),
                    tokens=len(kept),
                    cut=cut,
                )
            )
        return outputs


def _blank_generation_config() -> Any:
    from transformers import GenerationConfig

    return GenerationConfig()


class HfEncoder:
    """A sentence encoder on transformers. Safe to share between threads: they take turns."""

    name = "hf"

    def __init__(self, model: Model, settings: EngineSettings) -> None:
        self._configuration = read_encoder(model)
        self._tokenizer = _fast_tokenizer(model)
        self._model_name = model.name
        self._batch_tokens = settings.batch_tokens
        self._fork = ForkGuard()
        self._device, self._model = _load("AutoModel", model, settings, is_encoder=True)
        self._turn = threading.Lock()

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
        states = self._run([ids for ids, _ in encoded], self._states)
        return [rows[places] for rows, (_, places) in zip(states, encoded, strict=True)]

    def _run(self, sources: list[list[int]], forward: Callable[[list[list[int]]], list[T]]) -> list[T]:
        check_lengths([len(source) for source in sources], self.max_source_tokens, self._model_name)

        def run(batch: Sequence[int]) -> list[T]:
            return forward([sources[index] for index in batch])

        batches = plan_batches([len(source) for source in sources], batch_tokens=self._batch_tokens)
        return restore_order(batches, _in_turn(self._turn, self._model_name, run, batches))

    def _last_layer(self, sources: list[list[int]]) -> tuple[Any, Any]:
        """Its vectors, of the shape (sources, tokens of the longest, dimensions), and which tokens are no padding."""
        import torch

        ids, mask = _padded(sources, self._configuration.pad_id, self._device)
        with torch.inference_mode():
            return self._model(input_ids=ids, attention_mask=mask).last_hidden_state.float(), mask

    def _states(self, sources: list[list[int]]) -> list[NDArray[np.float32]]:
        vectors, _ = self._last_layer(sources)
        return list(vectors.cpu().numpy())

    def _pooled(self, sources: list[list[int]]) -> list[list[float]]:
        import torch

        vectors, mask = self._last_layer(sources)
        with torch.inference_mode():
            inside = mask[:, :, None].bool()
            if self._configuration.pooling == "cls":
                pooled = vectors[:, 0]
            elif self._configuration.pooling == "max":
                pooled = vectors.masked_fill(~inside, float("-inf")).max(dim=1).values
            else:
                pooled = (vectors * inside).sum(dim=1) / mask.sum(dim=1, keepdim=True)
            rows: list[list[float]] = torch.nn.functional.normalize(pooled, dim=1).tolist()
        return rows


class HfEntailment:
    """A natural-language-inference model on transformers. Safe to share between threads: they take turns."""

    name = "hf"

    def __init__(self, model: Model, settings: EngineSettings) -> None:
        self._configuration = read_entailment(model)
        self._tokenizer = _fast_tokenizer(model)
        self._model_name = model.name
        self._batch_tokens = settings.batch_tokens
        self._fork = ForkGuard()
        self._device, self._model = _load("AutoModelForSequenceClassification", model, settings)
        self._turn = threading.Lock()

    @property
    def max_source_tokens(self) -> int:
        return self._configuration.max_source_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids, _ in self._tokenizer.encode_ids(texts)]

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self._fork.check()
        sources = self._tokenizer.encode_ids(pairs)
        lengths = [len(ids) for ids, _ in sources]
        check_lengths(lengths, self.max_source_tokens, self._model_name)

        def run(batch: Sequence[int]) -> list[float]:
            return self._forward([sources[index] for index in batch])

        batches = plan_batches(lengths, batch_tokens=self._batch_tokens)
        return restore_order(batches, _in_turn(self._turn, self._model_name, run, batches))

    def _forward(self, sources: list[tuple[list[int], list[int]]]) -> list[float]:
        import torch

        ids, mask = _padded([ids for ids, _ in sources], self._configuration.pad_id, self._device)
        inputs = {"input_ids": ids, "attention_mask": mask}
        if getattr(self._model.config, "type_vocab_size", 0) > 1:
            inputs["token_type_ids"], _ = _padded([types for _, types in sources], 0, self._device)
        with torch.inference_mode():
            logits = self._model(**inputs).logits.float()
        facts = self._configuration
        differences: list[float] = (logits[:, facts.entailment_id] - logits[:, facts.other_id]).tolist()
        return differences


def _load(auto_class: str, model: Model, settings: EngineSettings, *, is_encoder: bool = False) -> tuple[str, Any]:
    """Device and model, on it."""
    try:
        import torch
        import transformers
    except ImportError as error:
        raise EngineError("the engine 'hf' needs torch and transformers: pip install klartext") from error
    device = settings.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    elif device == "cuda" and not torch.cuda.is_available():
        raise EngineError("no CUDA device found: use the device 'cpu' or 'auto'")
    if settings.precision == "int8":
        raise EngineError("the engine 'hf' computes no int8: use the precision 'auto', or the engine 'ct2'")
    if settings.precision == "float16" and device == "cpu":
        raise EngineError("float16 needs a CUDA device: use the precision 'auto'")
    half = settings.precision == "float16" or (settings.precision == "auto" and device == "cuda")
    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    loaded = load_weights(
        getattr(transformers, auto_class),
        model.folder,
        dtype=torch.float16 if half else torch.float32,
        is_encoder=is_encoder,
    )
    try:
        return device, loaded.to(device)
    except RuntimeError as error:
        raise _engine_error(model.name, error) from error


def _fast_tokenizer(model: Model) -> FastTokenizer:
    path = model.folder / "tokenizer.json"
    if path.is_file():
        return FastTokenizer.read(path)
    with tempfile.TemporaryDirectory(prefix="klartext-") as folder:
        path = Path(folder) / "tokenizer.json"
        with quiet():
            build_tokenizer_json(model.folder, path)
        return FastTokenizer.read(path)


def _padded(rows: list[list[int]], pad_id: int, device: str) -> tuple[Any, Any]:
    """Ids and attention mask, (rows, longest), padded on the right."""
    import torch

    longest = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad_id] * (longest - len(row)) for row in rows], device=device)
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows], device=device)
    return ids, mask


def _in_turn(
    turn: threading.Lock, model: str, run: Callable[[Sequence[int]], list[T]], batches: Sequence[Sequence[int]]
) -> list[list[T]]:
    try:
        with turn:
            return [run(batch) for batch in batches]
    except (RuntimeError, ValueError, IndexError, MemoryError) as error:
        raise _engine_error(model, error) from error


def _engine_error(model: str, error: BaseException) -> EngineError:
    return EngineError(f"{model}: transformers failed ({one_line(error)}); try fewer batch tokens")
