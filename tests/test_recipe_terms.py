"""Word alignment, wanted terms and placeholders, and the scores of obeying them."""

import random
from pathlib import Path

import pytest
import sentencepiece

from models.recipes import alignment, robustness_scores, terms, vocabulary
from toolkit.control import PLACEHOLDER, TERM_END, TERM_START
from toolkit.engines import Generation, GenerationOptions
from toolkit.engines.fake import FakeSeq2Seq

_NOUNS = {
    "Hund": "dog",
    "Katze": "cat",
    "Bundesrat": "federal council",
    "Minister": "minister",
    "Bahnhof": "station",
    "Vertrag": "contract",
    "Zeitung": "newspaper",
    "Gericht": "court",
}
_VERBS = {"sieht": "sees", "sucht": "seeks", "kennt": "knows", "findet": "finds"}


def _pairs(count: int) -> list[tuple[str, str]]:
    rng = random.Random(1)
    made = []
    for _ in range(count):
        (a, x), (b, y) = rng.sample(list(_NOUNS.items()), 2)
        verb, wanted = rng.choice(list(_VERBS.items()))
        town = rng.choice(("Bonn", "Kiel", "Hamburg", "Berlin"))
        made.append((f"Heute {verb} {town} {a} und {b}.", f"Today {town} {wanted} {x} and {y}."))
    return made


def test_words_are_linked_to_what_they_became() -> None:
    pairs = _pairs(300)
    links = alignment.align(pairs)
    right = total = 0
    for (source, target), found in zip(pairs, links, strict=True):
        for link in found:
            german = source[slice(*link.source)]
            if german in _NOUNS:
                total += 1
                right += target[slice(*link.target)] == _NOUNS[german]
    assert total > 500
    assert right > 0.95 * total
    assert alignment.align(pairs) == links


def test_pairs_without_words_have_no_links() -> None:
    assert alignment.align([]) == []
    assert alignment.align([("...", "!"), ("Hund", "?")]) == [[], []]


def test_terms_stand_in_the_source_and_placeholders_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_COMMON_WORDS", 0)
    pairs = _pairs(300)
    made = terms.annotated(pairs, 200, rng=random.Random(2))
    assert len(made) == 200
    assert made == terms.annotated(pairs, 200, rng=random.Random(2))
    by_target = {target for _, target in pairs}
    placeholders = [pair for pair in made if PLACEHOLDER in pair[0]]
    assert 0.1 < len(placeholders) / len(made) < 0.4
    for source, target in made:
        assert source.count(PLACEHOLDER) == target.count(PLACEHOLDER)
        assert source.count(TERM_START) == source.count(TERM_END)
        if TERM_START in source:
            wanted = source.partition(f"{TERM_START} ")[2].partition(f" {TERM_END}")[0]
            assert wanted in target
            assert target in by_target


def test_control_tokens_are_single_pieces(tmp_path: Path) -> None:
    lines = [side for pair in _pairs(400) for side in pair]
    processor = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary.train(lines, size=380, folder=tmp_path)))
    pieces = processor.encode(f"Heute sieht {terms.marked('federal council')} {PLACEHOLDER}.", out_type=str)
    assert {TERM_START, TERM_END, PLACEHOLDER} <= set(pieces)


class _Obedient(FakeSeq2Seq):
    """Takes wanted terms over and keeps placeholders; says nothing else right."""

    def generate(self, texts: object, *, options: GenerationOptions) -> list[Generation]:
        answers = []
        for text in texts:  # type: ignore[attr-defined]
            term = text.partition(f"{TERM_START} ")[2].partition(f" {TERM_END}")[0]
            kept = PLACEHOLDER * (PLACEHOLDER in text)
            answers.append(Generation(f"{term} {kept}", log_prob=-1.0, tokens=3, cut=False))
        return answers


def test_obeying_is_measured() -> None:
    rows = [
        {
            "de": "Die Zustimmung des Bundesrates gilt als sicher.",
            "en": "The approval of the Federal Council is considered certain.",
            "source_term": "Bundesrat",
            "target_term": "Federal Council",
            "forms": ["Federal Council"],
        },
        {"de": "Nichts.", "en": "Nothing.", "source_term": "Bundestag", "target_term": "x", "forms": ["x"]},
    ]
    report = robustness_scores.wanted_terms(_Obedient(), rows)
    assert report["sentences"] == 1
    assert (report["plain_applied"], report["term_applied"], report["placeholder_kept"]) == (0, 1, 1)
