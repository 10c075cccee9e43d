"""Tiny models with random weights, saved in exactly the file layouts of the hub repositories they stand for.

Each takes well under a second to make. They write nonsense, but every engine that computes rightly the same nonsense.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

GERMAN = (
    "Der Bundestag hat am Donnerstag über den Haushalt beraten.",
    "Die Stadt will im Sommer drei neue Brücken über den Fluss bauen.",
    "Nach Angaben der Polizei wurde niemand verletzt.",
    "Das Spiel endete zwei zu eins, obwohl der Gast lange führte.",
    "Am Abend zogen Gewitter über den Norden des Landes.",
    "Die Bahn kündigte an, die Strecke bis Herbst zu sperren.",
    "Forscher haben eine Pflanze entdeckt, die im Schnee blüht.",
    "Der Preis für Strom ist im März um fünf Prozent gefallen.",
    "Viele Schulen suchen noch Lehrerinnen und Lehrer für Mathematik.",
    "Der Minister reiste am Montag nach Wien und sprach mit seinem Kollegen.",
    "In der Halle standen hunderte Menschen und warteten auf die Musik.",
    "Ein Gericht in Köln gab der Klage der Anwohner recht.",
    "Die Firma stellt tausend Leute ein und baut ein zweites Werk.",
    "Wer früh kommt, findet noch einen Platz im Schatten.",
    "Das Museum zeigt bis Januar Bilder aus vier Jahrhunderten.",
    "Wegen des Streiks fallen morgen die meisten Flüge aus.",
)
ENGLISH = (
    "The parliament debated the budget on Thursday.",
    "The city wants to build three new bridges across the river this summer.",
    "According to the police nobody was hurt.",
    "The match ended two to one although the visitors led for a long time.",
    "In the evening thunderstorms moved across the north of the country.",
    "The railway announced that it would close the line until autumn.",
    "Researchers have found a plant that flowers in the snow.",
    "The price of electricity fell by five per cent in March.",
    "Many schools are still looking for teachers of mathematics.",
    "The minister travelled to Vienna on Monday and spoke with his colleague.",
    "Hundreds of people stood in the hall and waited for the music.",
    "A court in Cologne ruled in favour of the residents.",
    "The company is hiring a thousand people and building a second plant.",
    "Those who come early will still find a place in the shade.",
    "Until January the museum shows pictures from four centuries.",
    "Because of the strike most flights are cancelled tomorrow.",
)


def marian(folder: Path, *, weights: str = "safetensors", half: bool = False) -> Path:
    """Helsinki-NLP/opus-mt-de-en: source.spm and target.spm differ, vocab.json is joint and numbered its own way."""
    import torch

    folder.mkdir(parents=True)
    source = _train_spm(folder / "source", GERMAN, 220)
    target = _train_spm(folder / "target", ENGLISH, 220)
    shared = sorted({*source, *target} - {"</s>", "<unk>", "<s>"})
    vocabulary = {token: index for index, token in enumerate(["</s>", "<unk>", *shared, "<pad>"])}
    _write_json(folder / "vocab.json", vocabulary)
    _write_json(folder / "tokenizer_config.json", {"target_lang": "en", "source_lang": "de"})
    pad = len(vocabulary) - 1
    torch.manual_seed(7)
    config = _transformers().MarianConfig(
        vocab_size=len(vocabulary),
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        activation_function="swish",
        max_position_embeddings=128,
        scale_embedding=True,
        pad_token_id=pad,
        decoder_start_token_id=pad,
        eos_token_id=0,
        bos_token_id=0,
        forced_eos_token_id=0,
        dropout=0.0,
        attention_dropout=0.0,
    )
    model = _transformers().MarianMTModel(config)
    _sharpen(model)
    with torch.no_grad():
        model.get_input_embeddings().weight[pad] = 0
        # As large as real models have it: an engine that forgets it gives another text.
        model.final_logits_bias[:, 5:20] = 0.3
    model = model.half() if half else model
    settings = {
        **config.to_dict(),
        "architectures": ["MarianMTModel"],
        "normalize_before": False,
        "normalize_embedding": False,
    }
    settings |= {"bad_words_ids": [[pad]], "num_beams": 6, "max_length": 512, "add_final_layer_norm": False}
    settings["dtype"] = "float16" if half else "float32"
    _write_json(folder / "config.json", settings)
    generation = {"bad_words_ids": [[pad]], "bos_token_id": 0, "decoder_start_token_id": pad, "eos_token_id": 0}
    _write_json(
        folder / "generation_config.json", {**generation, "forced_eos_token_id": 0, "num_beams": 6, "pad_token_id": pad}
    )
    _save_weights(model, folder, weights)
    (folder / "README.md").write_text("---\nlanguage: de\nlicense: cc-by-4.0\n---\n# A tiny model for tests\n")
    return folder


def bart(folder: Path, *, weights: str = "safetensors", tokenizer_json: bool = True, classifier: bool = False) -> Path:
    """facebook/bart-large-cnn, sshleifer/distilbart-cnn-12-6 or, as a classifier, facebook/bart-large-mnli."""
    import torch

    folder.mkdir(parents=True)
    size = _train_byte_level(folder)
    if tokenizer_json:
        _write_json(folder / "config.json", {"model_type": "bart", "architectures": ["BartModel"], "vocab_size": size})
        _transformers().AutoTokenizer.from_pretrained(str(folder)).backend_tokenizer.save(
            str(folder / "tokenizer.json")
        )
    torch.manual_seed(3)
    config = _transformers().BartConfig(
        vocab_size=size,
        d_model=32,
        encoder_layers=2,
        decoder_layers=1,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=128,
        scale_embedding=False,
        num_labels=3,
    )
    model = (
        _transformers().BartForSequenceClassification(config)
        if classifier
        else _transformers().BartForConditionalGeneration(config)
    )
    _sharpen(model)
    settings = {**config.to_dict(), "architectures": [type(model).__name__], "dtype": None}
    settings |= {"normalize_before": False, "normalize_embedding": True, "add_final_layer_norm": False}
    settings |= {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "decoder_start_token_id": 2}
    if classifier:
        settings["id2label"] = {"0": "contradiction", "1": "neutral", "2": "entailment"}
        settings["label2id"] = {"contradiction": 0, "neutral": 1, "entailment": 2}
    else:
        settings |= {"forced_bos_token_id": 0, "forced_eos_token_id": 2, "num_beams": 4, "no_repeat_ngram_size": 3}
        settings |= {"length_penalty": 2.0, "min_length": 56, "max_length": 142, "early_stopping": True}
    _write_json(folder / "config.json", settings)
    _save_weights(model, folder, weights)
    return folder


def deberta_v3(folder: Path, *, labels: tuple[str, ...] = ("entailment", "neutral", "contradiction")) -> Path:
    """MoritzLaurer/DeBERTa-v3-base-mnli-fever-anli without its tokenizer.json: spm.model and the files beside it."""
    import torch

    folder.mkdir(parents=True)
    size = len(_train_spm(folder / "spm", ENGLISH, 200, special=("[PAD]", "[CLS]", "[SEP]", "[UNK]")))
    (folder / "spm.vocab").unlink(missing_ok=True)
    torch.manual_seed(5)
    config = _transformers().DebertaV2Config(
        vocab_size=size + 1,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=96,
        relative_attention=True,
        max_relative_positions=-1,
        position_buckets=16,
        norm_rel_ebd="layer_norm",
        share_att_key=True,
        pos_att_type=["p2c", "c2p"],
        position_biased_input=False,
        type_vocab_size=0,
        pad_token_id=0,
        num_labels=len(labels),
        pooler_hidden_size=32,
    )
    model = _transformers().DebertaV2ForSequenceClassification(config)
    _sharpen(model)
    settings = {**config.to_dict(), "architectures": ["DebertaV2ForSequenceClassification"], "dtype": None}
    settings["id2label"] = {str(index): label for index, label in enumerate(labels)}
    settings["label2id"] = {label: index for index, label in enumerate(labels)}
    settings["pos_att_type"] = ["p2c", "c2p"]
    _write_json(folder / "config.json", settings)
    _write_json(folder / "added_tokens.json", {"[MASK]": size})
    special = {"bos_token": "[CLS]", "cls_token": "[CLS]", "eos_token": "[SEP]", "mask_token": "[MASK]"}
    special |= {"pad_token": "[PAD]", "sep_token": "[SEP]", "unk_token": "[UNK]"}
    _write_json(folder / "special_tokens_map.json", special)
    tokenizer = {**special, "do_lower_case": False, "split_by_punct": False, "sp_model_kwargs": {}, "vocab_type": "spm"}
    _write_json(folder / "tokenizer_config.json", {**tokenizer, "tokenizer_class": "DebertaV2Tokenizer"})
    _save_weights(model, folder, "safetensors")
    return folder


def bert(
    folder: Path, *, pooling: str | None = "mean", longest: int | None = None, tokenizer_json: bool = True
) -> Path:
    """sentence-transformers/all-MiniLM-L6-v2: a BertModel, WordPiece, with its pooling where one is asked for."""
    import torch
    from tokenizers import BertWordPieceTokenizer

    folder.mkdir(parents=True)
    pieces = _word_pieces([*ENGLISH, *GERMAN], 300)
    (folder / "vocab.txt").write_text("".join(piece + "\n" for piece in pieces), encoding="utf-8")
    tokenizer = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
    if tokenizer_json:
        # Saved with padding and truncation on, as all-MiniLM-L6-v2 has it: the engines must not heed them.
        tokenizer.enable_padding(length=128)
        tokenizer.enable_truncation(max_length=8)
        words = [line.rstrip("\n") for line in (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()]
        complete = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
        complete.enable_padding(length=128)
        complete.enable_truncation(max_length=8)
        complete.save(str(folder / "tokenizer.json"))
        assert words[0] == "[PAD]"
    _write_json(folder / "tokenizer_config.json", {"do_lower_case": True, "tokenizer_class": "BertTokenizer"})
    torch.manual_seed(11)
    config = _transformers().BertConfig(
        vocab_size=300,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=96,
        pad_token_id=0,
    )
    model = _transformers().BertModel(config)
    _sharpen(model)
    settings = {
        **config.to_dict(),
        "architectures": ["BertModel"],
        "dtype": None,
        "position_embedding_type": "absolute",
    }
    _write_json(folder / "config.json", settings)
    if pooling is not None:
        (folder / "1_Pooling").mkdir()
        modes = {"cls": "cls_token", "mean": "mean_tokens", "max": "max_tokens"}
        switches = {f"pooling_mode_{mode}": name == pooling for name, mode in modes.items()}
        _write_json(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 32, **switches})
    if longest is not None:
        _write_json(folder / "sentence_bert_config.json", {"max_seq_length": longest, "do_lower_case": False})
    _save_weights(model, folder, "safetensors")
    return folder


def _word_pieces(texts: Sequence[str], size: int) -> list[str]:
    """Characters, then the commonest words. Not trained: the trainer of `tokenizers` breaks ties anew in every run."""
    words = Counter(word for text in texts for word in re.findall(r"\w+|[^\w\s]", text.lower()))
    characters = sorted({character for word in words for character in word})
    pieces = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *characters,
        *(f"##{character}" for character in characters),
    ]
    longer = sorted((word for word in words if len(word) > 1), key=lambda word: (-words[word], word))
    return (pieces + longer)[:size]


def t5(folder: Path) -> Path:
    """google-t5/t5-small: spiece.model and tokenizer.json, tied embeddings."""
    import torch

    folder.mkdir(parents=True)
    extra = [f"<extra_id_{index}>" for index in range(100)]
    size = _unigram_json(folder, {"pad": "<pad>", "eos": "</s>", "unk": "<unk>"}, extra)
    torch.manual_seed(13)
    config = _transformers().T5Config(
        vocab_size=size + 28,  # as in the real one: 32,100 tokens, 32,128 rows
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        pad_token_id=0,
        eos_token_id=1,
        decoder_start_token_id=0,
    )
    model = _transformers().T5ForConditionalGeneration(config)
    _sharpen(model)
    settings = {**config.to_dict(), "architectures": ["T5ForConditionalGeneration"], "dtype": None, "n_positions": 64}
    _write_json(folder / "config.json", settings)
    _save_weights(model, folder, "safetensors")
    return folder


def pegasus(folder: Path) -> Path:
    """google/pegasus-xsum: pre-normalised, sinusoidal positions, pickled weights."""
    import torch

    folder.mkdir(parents=True)
    size = _unigram_json(folder, {"pad": "<pad>", "eos": "</s>", "unk": "<unk>"})
    torch.manual_seed(17)
    config = _transformers().PegasusConfig(
        vocab_size=size,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=64,
        scale_embedding=True,
        activation_function="relu",
        pad_token_id=0,
        eos_token_id=1,
        decoder_start_token_id=0,
        forced_eos_token_id=1,
    )
    model = _transformers().PegasusForConditionalGeneration(config)
    _sharpen(model)
    settings = {**config.to_dict(), "architectures": ["PegasusForConditionalGeneration"], "dtype": None}
    settings |= {"normalize_before": True, "normalize_embedding": False, "static_position_embeddings": True}
    _write_json(folder / "config.json", settings)
    _save_weights(model, folder, "bin")
    return folder


def _transformers() -> Any:
    """Without its types, which do not know every setting that it takes."""
    import transformers

    return transformers


def _sharpen(model: Any) -> None:
    """Weights far larger than fresh ones, with which a model writes nearly the same whatever it reads."""
    import torch

    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "norm" in name.lower() or "position" in name:
                continue
            is_embedding = "shared" in name or "embed" in name or name.endswith("lm_head.weight")
            weight.normal_(0.0, 0.15 if is_embedding else 0.7)
        if (bias := getattr(model, "final_logits_bias", None)) is not None:
            # Without a push towards the end mark nothing random ever ends.
            bias[:, model.config.eos_token_id] = 1.5
    model.eval()


def _train_spm(prefix: Path, sentences: tuple[str, ...], size: int, special: tuple[str, ...] = ()) -> list[str]:
    """Train a SentencePiece model, keep `prefix`.spm (.model with DeBERTa's special tokens), return its pieces."""
    import sentencepiece

    options: dict[str, Any] = {"pad_id": -1, "unk_id": 1, "bos_id": -1, "eos_id": 0}
    if special:
        pad, cls, sep, unk = special
        options = {"pad_id": 0, "pad_piece": pad, "bos_id": 1, "bos_piece": cls, "eos_id": 2, "eos_piece": sep}
        options |= {"unk_id": 3, "unk_piece": unk}
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_prefix=str(prefix),
        vocab_size=size,
        hard_vocab_limit=False,
        minloglevel=2,
        **options,
    )
    prefix.with_suffix(".vocab").unlink()
    kept = prefix.with_suffix(".model")
    if not special:
        kept = kept.rename(prefix.with_suffix(".spm"))
    processor = sentencepiece.SentencePieceProcessor(model_file=str(kept))
    return [processor.id_to_piece(index) for index in range(processor.get_piece_size())]


def _train_byte_level(folder: Path) -> int:
    """Write vocab.json and merges.txt as BART has them: <s> <pad> </s> <unk> first, <mask> last."""
    from tokenizers import ByteLevelBPETokenizer

    tokenizer = ByteLevelBPETokenizer(add_prefix_space=False)
    tokenizer.train_from_iterator(
        [*ENGLISH, *GERMAN],
        vocab_size=400,
        show_progress=False,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
    )
    tokenizer.save_model(str(folder))
    vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    vocabulary["<mask>"] = len(vocabulary)
    _write_json(folder / "vocab.json", vocabulary)
    _write_json(folder / "tokenizer_config.json", {"model_max_length": 1024})
    return len(vocabulary)


def _unigram_json(folder: Path, special: dict[str, str], extra: Sequence[str] = ()) -> int:
    """Write a tokenizer.json of SentencePiece's kind that ends every text with its end mark."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    names = list(special.values())
    trainer = trainers.UnigramTrainer(
        vocab_size=250, special_tokens=names, unk_token=special["unk"], show_progress=False
    )
    tokenizer.train_from_iterator([*ENGLISH, *GERMAN], trainer)
    end = special["eos"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {end}", pair=f"$A {end} $B {end}", special_tokens=[(end, tokenizer.token_to_id(end))]
    )
    tokenizer.add_special_tokens(list(extra))
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(folder / "tokenizer_config.json", {f"{name}_token": token for name, token in special.items()})
    return int(tokenizer.get_vocab_size())


def _save_weights(model: Any, folder: Path, form: str) -> None:
    import torch
    from safetensors.torch import save_file

    weights = {name: tensor.detach().clone().contiguous() for name, tensor in model.state_dict().items()}
    if form == "bin":
        torch.save(weights, folder / "pytorch_model.bin")
        return
    tied = {"model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight", "lm_head.weight"}
    tied |= {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight"}
    shared = any(name.endswith("shared.weight") for name in weights)
    kept = {name: tensor for name, tensor in weights.items() if not (shared and name in tied)}
    save_file(kept, str(folder / "model.safetensors"), metadata={"format": "pt"})


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
