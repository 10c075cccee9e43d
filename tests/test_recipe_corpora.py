"""Corpora: filters, weights, what training must not see, augmentation."""

import json
import lzma
import random
import re
from pathlib import Path

import pytest
import sentencepiece

from models.recipes import augmentation, corpora, edits, vocabulary


@pytest.mark.parametrize(
    ("source", "target", "clean"),
    [
        ("Der Minister sprach am Montag.", "The minister spoke on Monday.", True),
        ("Ja.", "Yes.", True),
        ("Der Minister sprach am Montag mit seinen Kollegen.", "Yes.", False),
        ("This is English and was never translated.", "This is English and was never translated.", False),
        ("+++ 12 34 56 78 +++", "+++ 12 34 56 78 +++", False),
        ("a " * 400, "b " * 400, False),
    ],
)
def test_is_clean(source: str, target: str, clean: bool) -> None:
    assert corpora.is_clean(source, target) is clean


def _write(folder: Path, name: str, lines: list[str]) -> None:
    with lzma.open(folder / f"{name}.tsv.xz", "wt", encoding="utf-8") as out:
        out.write("".join(line + "\n" for line in lines))


def test_mixture_weighs_and_leaves_out_what_is_held_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "CORPORA", (corpora.Corpus("one", 2.5, "x"), corpora.Corpus("two", 1, "x")))
    one = [f"Das ist der Satz Nummer {i} von hier.\tThis is sentence number {i} from here." for i in range(10)]
    _write(tmp_path, "one", [*one, "ohne Tabulator", "\tleer"])
    _write(tmp_path, "two", [one[0], "Ein ganz anderer Satz steht hier.\tQuite another sentence is here."])
    held = tmp_path / "dev"
    held.mkdir()
    (held / "set.en").write_text("This is sentence NUMBER 3 from here\n", encoding="utf-8")
    (held / "set.jsonl").write_text(
        json.dumps({"a": [{"de": "Das ist der Satz Nummer 4, von hier!"}]}), encoding="utf-8"
    )
    exclude = corpora.held_out([held])
    result = {corpus.name: pairs for corpus, pairs in corpora.mixture(tmp_path, exclude=exclude, seed=1)}
    assert len(result["one"]) == 8 * 2 + 4
    assert not any("3" in source or "4" in source for source, _ in result["one"])
    assert len(result["two"]) == 1  # the pair that both hold counts for the first
    again = {corpus.name: pairs for corpus, pairs in corpora.mixture(tmp_path, exclude=exclude, seed=1)}
    assert again == result


def test_what_is_written_for_klartext_has_a_weight_of_its_own_and_genitives_no_blank(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = (corpora.Corpus("own", 2, "x", is_own=True), corpora.Corpus(corpora.STORIES, 2, "x", is_own=True))
    monkeypatch.setattr(corpora, "CORPORA", (*known, corpora.Corpus("one", 1, "x")))
    monkeypatch.setattr(corpora, "OWN", tmp_path)
    (tmp_path / "own.tsv").write_text("Der Zug fuhr ab.\tThe train left.\n", encoding="utf-8")
    story = {"de": ["Es regnete.", "Alle froren."], "en": ["It rained.", "All were cold."]}
    (tmp_path / f"{corpora.STORIES}.jsonl").write_text(json.dumps(story) + "\n", encoding="utf-8")
    _write(tmp_path, "one", ["Der Plan der Kommission ist neu.\tThe Commission' s plan is new."])
    for weight, times in ((None, 2), (3, 3)):
        found = corpora.mixture(tmp_path, exclude=frozenset(), seed=1, own_weight=weight)
        assert {corpus.name: pairs for corpus, pairs in found} == {
            "own": [("Der Zug fuhr ab.", "The train left.")] * times,
            corpora.STORIES: [("Es regnete.", "It rained."), ("Alle froren.", "All were cold.")] * times,
            "one": [("Der Plan der Kommission ist neu.", "The Commission's plan is new.")],
        }


def test_what_was_written_for_klartext_is_clean_and_apart_from_the_evaluation_sets() -> None:
    own = [corpus.name for corpus in corpora.CORPORA if corpus.is_own]
    written = [path for path in corpora.OWN.iterdir() if path.suffix in {".tsv", ".jsonl"}]
    assert sorted(path.stem for path in written) == sorted([*own, edits.CORPUS.stem])
    exclude = corpora.held_out([Path("eval") / "data", Path("tests") / "data"])
    keys: set[str] = set()
    for story in corpora.stories():
        assert all(0 <= index < len(story["en"]) for rewriting in story["rewritings"] for index in rewriting["of"])
        rewritten = [rewriting["text"] for rewriting in story["rewritings"]]
        keys.update(map(corpora.key, [*story["en"], story["headline"], *rewritten]))
    told = ("before", "source", *edits.TASKS)
    for row in map(json.loads, edits.CORPUS.read_text(encoding="utf-8").splitlines()):
        keys.update(corpora.key(row[name]) for name in told if name in row)
    for name in own:
        pairs = list(corpora.own_pairs(name))
        assert [pair for pair in pairs if not corpora.is_clean(*pair)] == []
        sources = {corpora.key(source) for source, _ in pairs}
        assert len(sources) == len(pairs)
        keys |= sources | {corpora.key(target) for _, target in pairs}
    assert not exclude & keys


def test_augmentation_keeps_every_pair_and_shows_every_kind() -> None:
    pairs = [(f"Über Köln fährt der Zug Nummer {i}.", f"Train number {i} goes through Cologne.") for i in range(2000)]
    changed = augmentation.augment(pairs, rng=random.Random(1))
    first, added = changed[: len(pairs)], changed[len(pairs) :]
    assert sum(a == b for a, b in zip(first, pairs, strict=True)) > 0.9 * len(pairs)
    sources = [source for source, _ in first]
    assert any(source.isupper() for source in sources)
    assert any(source.startswith("Ueber Koeln") for source in sources)
    assert any(not source.endswith(".") for source in sources)
    assert any(source == target for source, target in added)
    assert any(source.count("Nummer") > 1 for source, _ in added)
    assert any(pair not in pairs and source.count("Nummer") == 1 for pair in added for source in pair[:1])


def test_renumbered_pairs_have_the_same_new_numbers_on_both_sides() -> None:
    rng = random.Random(4)
    pair = (
        "Am 3. Juli 2019 kamen 1.200 Menschen, 12,5 Prozent mehr.",
        "On July 3, 2019, 1,200 people came, 12.5 percent more.",
    )
    for _ in range(20):
        changed = augmentation.renumbered(pair, rng)
        assert changed is not None
        year, people, share = re.findall(r"\b\d[\d.,]+\d\b", changed[0])
        english = people.replace(".", ","), share.replace(",", ".")
        assert changed[1] == f"On July 3, {year}, {english[0]} people came, {english[1]} percent more."
        assert re.fullmatch(r"(19|20)\d\d", year)
        assert people != "1.200"
    # Not on the other side, twice on one, a time, a single digit: nothing to change.
    for source, target in (
        ("Es waren 45 Leute.", "It was forty-five people."),
        ("Es waren 45 von 45.", "It was 45 of 45."),
        ("Um 19.15 Uhr.", "At 7:15 p.m."),
        ("Er hat 2 Hunde.", "He has 2 dogs."),
    ):
        assert augmentation.renumbered((source, target), rng) is None


def test_vocabulary_normalises_typography_and_keeps_control_tokens(tmp_path: Path) -> None:
    lines = [f"Der Minister „sprach“ am {i}. Juli in Köln über {i * 7} Euro – und ging." for i in range(300)]
    spm = vocabulary.train(lines, size=372, folder=tmp_path)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(spm))
    assert processor.encode("„Köln“", out_type=str) == processor.encode('"Köln"', out_type=str)
    assert processor.encode("Mi\u00adnis\u200bter", out_type=str) == processor.encode("Minister", out_type=str)
    assert processor.decode(processor.encode("日本 und €")) == "日本 und €"
    assert all(processor.piece_to_id(token) > 1 for token in vocabulary.CONTROL_TOKENS)
    assert [processor.id_to_piece(i) for i in (0, 1)] == ["</s>", "<unk>"]
    vocabulary.write_tokenizer(spm, tmp_path)
    pieces = json.loads((tmp_path / "vocab.json").read_text(encoding="utf-8"))
    assert pieces["<pad>"] == len(pieces) - 1 == len(processor)
