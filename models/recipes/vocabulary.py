"""The joint German-English SentencePiece vocabulary, with the one place where typography is normalised.

The rules are compiled into the model, so training and every engine apply the same ones.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from pathlib import Path

import sentencepiece

from toolkit.control import PLACEHOLDER, TERM_END, TERM_START

# The second and third steered an earlier summariser; the vocabulary has kept them.
CONTROL_TOKENS = ("⟦bt⟧", "⟦headline⟧", "⟦sentence⟧", TERM_START, TERM_END, PLACEHOLDER)
"""Single pieces at the start of a source (or round a term) that steer the model."""

# What is read → what the model sees. Quotation marks become the two typewriter ones: English sets them so, and
# which German pair was used says nothing about the meaning. Dashes stay one dash, apart from the hyphen.
_RULES: dict[str, str] = {
    **dict.fromkeys("„“”‟»«〝〞", '"'),
    **dict.fromkeys("‚‘’‛›‹´`′", "'"),
    **dict.fromkeys("—―", "–"),
    **dict.fromkeys("‐‑−‒", "-"),
    **dict.fromkeys(
        "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\n\r", " "
    ),
    **dict.fromkeys(
        "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff", ""
    ),
    "…": "...",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬀ": "ff",
}


def write_rules(path: Path) -> None:
    """Write the normalisation rules as SentencePiece reads them: code points in hexadecimal, tab between the sides."""

    def codes(text: str) -> str:
        return " ".join(f"{ord(character):X}" for character in text)

    path.write_text(
        "".join(f"{codes(source)}\t{codes(target)}\n" for source, target in _RULES.items()), encoding="utf-8"
    )


def train(lines: Iterable[str], *, size: int, folder: Path) -> Path:
    """Train `folder`/source.spm on `lines`: unigram, case kept, digits split, bytes for what is unknown."""
    folder.mkdir(parents=True, exist_ok=True)
    rules = folder / "normalization.tsv"
    write_rules(rules)
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        model_type="unigram",
        vocab_size=size,
        # 0.9998 leaves out the ~2,000 rarest characters (CJK, emoji); they come through as bytes.
        character_coverage=0.9998,
        # What news needs and 0.9998 leaves out: currencies, units, the letters of European names.
        required_chars="€£$¥%‰§°²³½¼¾±×·•&@#/ÄÖÜäöüßáàâãåçéèêëíîïñóòôõøúùûýčćšžğışłńęąřňŠŽČÉÅØÁ",
        byte_fallback=True,
        split_digits=True,
        normalization_rule_tsv=str(rules),
        user_defined_symbols=list(CONTROL_TOKENS),
        eos_id=0,
        unk_id=1,
        bos_id=-1,
        pad_id=-1,
        num_threads=2,
        minloglevel=1,
    )
    path = folder / "source.spm"
    path.write_bytes(model.getvalue())
    return path


def write_tokenizer(spm: Path, folder: Path) -> None:
    """Write the files of a Hugging Face Marian tokenizer: both .spm, vocab.json with <pad> last, the configuration."""
    processor = sentencepiece.SentencePieceProcessor(model_file=str(spm))
    pieces = {processor.id_to_piece(i): i for i in range(len(processor))}
    pieces["<pad>"] = len(processor)
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(spm.read_bytes())
    (folder / "vocab.json").write_text(json.dumps(pieces, ensure_ascii=False, indent=0), encoding="utf-8")
    settings = {
        "tokenizer_class": "MarianTokenizer",
        "source_lang": "de",
        "target_lang": "en",
        "unk_token": "<unk>",
        "eos_token": "</s>",
        "pad_token": "<pad>",
        "model_max_length": 512,
        "separate_vocabs": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
