"""Text to tokens and back, without `transformers`: SentencePiece for Marian, `tokenizers` for all others.

Both engines read the same tokens from here. A text is only ever text: `>>fr<<` at its start is no language code,
and `</s>` or `<mask>` in it is no special token.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from toolkit.errors import ModelError
from toolkit.folders import read_json

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARIAN_END = "</s>"
_MARIAN_UNKNOWN = "<unk>"
_MARIAN_SPECIAL = frozenset({_MARIAN_END, _MARIAN_UNKNOWN, "<pad>"})


class Tokenizer(Protocol):
    """Cuts sources into tokens, special ones included, and joins target tokens to text. Threads may share one."""

    bare_length: int
    """Tokens of an empty text: the special ones."""

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """The source tokens of each text."""

    def ids(self, tokens: Sequence[str]) -> list[int]:
        """The model's ids of tokens."""

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """The tokens of ids."""

    def decode(self, tokens: Sequence[str]) -> str:
        """The text of target tokens, special ones dropped."""


class MarianTokenizer:
    """source.spm and target.spm cut; vocab.json numbers: the ids of opus-mt models are not those of the .spm files."""

    bare_length = 1

    def __init__(self, folder: Path) -> None:
        import sentencepiece

        self._ids: dict[str, int] = read_json(folder / "vocab.json")
        missing = [token for token in (_MARIAN_END, _MARIAN_UNKNOWN) if not isinstance(self._ids.get(token), int)]
        if missing:
            raise ModelError(f"{folder / 'vocab.json'}: {' and '.join(missing)} missing; fetch the model again")
        self._tokens = {index: token for token, index in self._ids.items()}
        self._unknown_id = self._ids[_MARIAN_UNKNOWN]
        self._pieces = {}
        for side in ("source", "target"):
            path = folder / f"{side}.spm"
            try:
                self._pieces[side] = sentencepiece.SentencePieceProcessor(model_file=str(path))
            except (OSError, RuntimeError) as error:
                raise ModelError(
                    f"{path}: damaged or missing tokenizer ({_one_line(error)}); fetch the model again"
                ) from None

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        # A piece the vocabulary lacks becomes <unk> here, so that both engines see the same.
        pieces = self._pieces["source"].encode([well_formed(text) for text in texts], out_type=str)
        known = self._ids
        return [
            [p if p in known and p not in _MARIAN_SPECIAL else _MARIAN_UNKNOWN for p in ps] + [_MARIAN_END]
            for ps in pieces
        ]

    def ids(self, tokens: Sequence[str]) -> list[int]:
        return [self._ids.get(token, self._unknown_id) for token in tokens]

    def tokens(self, ids: Sequence[int]) -> list[str]:
        return [self._tokens.get(index, _MARIAN_UNKNOWN) for index in ids]

    def decode(self, tokens: Sequence[str]) -> str:
        text: str = self._pieces["target"].decode([token for token in tokens if token not in _MARIAN_SPECIAL])
        # A piece that is in the joint vocabulary and not in target.spm comes back as it is written there.
        return text.replace("▁", " ").strip()


class FastTokenizer:
    """A tokenizer.json, as `tokenizers` runs it."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        # Set once, here: these change the tokenizer, which is then shared between threads.
        tokenizer.no_padding()
        tokenizer.no_truncation()
        tokenizer.encode_special_tokens = True
        self.bare_length = len(tokenizer.encode("").ids)

    @classmethod
    def read(cls, path: Path) -> FastTokenizer:
        """Read a tokenizer.json."""
        import tokenizers

        try:
            return cls(tokenizers.Tokenizer.from_file(str(path)))
        except Exception as error:  # tokenizers raises bare Exception
            raise ModelError(
                f"{path}: damaged or missing tokenizer ({_one_line(error)}); fetch the model again"
            ) from None

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        return [encoding.tokens for encoding in self._encode(texts)]

    def encode_ids(self, inputs: Sequence[str] | Sequence[tuple[str, str]]) -> list[tuple[list[int], list[int]]]:
        """Ids and segment ids of texts or of pairs of texts."""
        return [(encoding.ids, encoding.type_ids) for encoding in self._encode(inputs)]

    def vocabulary(self) -> frozenset[str]:
        """All its tokens."""
        return frozenset(self._tokenizer.get_vocab())

    def encode_words(self, texts: Sequence[Sequence[Sequence[str]]]) -> list[tuple[list[int], list[int]]]:
        """Of each text, or pair of texts, given as words: ids; and where its first token, each word's and its end are.

        A word that the tokenizer drops, such as a control character, stands where the first token does.
        """
        formed = [tuple([well_formed(word) for word in part] for part in parts) for parts in texts]
        pairs = [parts[0] if len(parts) == 1 else parts for parts in formed]
        encodings = self._tokenizer.encode_batch(pairs, is_pretokenized=True)
        return [(encoding.ids, _places(encoding, parts)) for encoding, parts in zip(encodings, formed, strict=True)]

    def ids(self, tokens: Sequence[str]) -> list[int]:
        return [self._tokenizer.token_to_id(token) or 0 for token in tokens]

    def tokens(self, ids: Sequence[int]) -> list[str]:
        return [self._tokenizer.id_to_token(index) or "" for index in ids]

    def decode(self, tokens: Sequence[str]) -> str:
        ids = [index for token in tokens if (index := self._tokenizer.token_to_id(token)) is not None]
        text: str = self._tokenizer.decode(ids, skip_special_tokens=True)
        return text.strip()

    def _encode(self, inputs: Sequence[str] | Sequence[tuple[str, str]]) -> list[Any]:
        formed = [well_formed(i) if isinstance(i, str) else (well_formed(i[0]), well_formed(i[1])) for i in inputs]
        encodings: list[Any] = self._tokenizer.encode_batch(formed)
        return encodings


def _places(encoding: Any, parts: Sequence[Sequence[str]]) -> list[int]:
    first: dict[tuple[int, int], int] = {}
    for place, word in enumerate(encoding.word_ids):
        if word is not None:
            first.setdefault((encoding.sequence_ids[place], word), place)
    words = [first.get((part, i), 0) for part, words in enumerate(parts) for i in range(len(words))]
    return [0, *words, len(encoding.ids) - 1]


def build_tokenizer_json(folder: Path, path: Path) -> None:
    """Write the tokenizer.json of a folder that has only vocabulary files. Imports `transformers`."""
    import transformers

    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False
        )
        tokenizer.backend_tokenizer.save(str(path))
    except Exception as error:  # transformers passes on whatever its parsers raise
        raise ModelError(
            f"{folder}: its tokenizer cannot be read ({_one_line(error)}); fetch the model again"
        ) from None


def well_formed(text: str) -> str:
    """The text with lone surrogates, which no tokenizer can read, replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
