"""Data sets: our own as they are meant, anyone's in every form, and what cannot be used refused in one line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import datasets
import pytest

from eval import sets
from eval.articles import read_articles
from eval.examples import Example
from eval.rows import read_rows
from eval.tasks import find
from toolkit.errors import InputError

MAKE = find("translation").example
GERMAN = ["Guten „Morgen“.", "Es ist\u2028spät.", 'Ein "Wort, zwei.']
ENGLISH = ['Good "morning".', "It is late.", "One word\u0085, two."]
ROWS = [{"source": german, "reference": english} for german, english in zip(GERMAN, ENGLISH, strict=True)]


def _sources(data: sets.DataSet) -> list[str]:
    return [example.source for example in data.examples]


def _references(data: sets.DataSet) -> list[tuple[str, ...]]:
    return [example.translations for example in data.examples]


# Our own.


def test_sentences() -> None:
    data = sets.sentences()
    articles = read_articles()
    assert len(data.examples) == sum(len(article.sentences) for article in articles) >= 400
    assert len({example.id for example in data.examples}) == len(data.examples)
    second = [example for example in data.examples if len(example.translations) == 2]
    assert len({example.id.split(":")[0] for example in second}) >= 8
    assert all(example.register for example in data.examples)


def test_articles() -> None:
    german, english = sets.german_articles(), sets.english_articles()
    assert len(german.examples) == len(english.examples) >= 24
    assert len(german.labels) >= 10
    for one, other in zip(german.examples, english.examples, strict=True):
        assert one.id == other.id
        assert other.source == one.article == one.translations[0] != one.source
        assert one.summaries
        assert one.headlines
        assert one.topics
        assert 150 <= len(one.source.split()) <= 550
    assert sum(len(example.translations) == 2 for example in german.examples) >= 8
    assert german.sha256 != english.sha256


def test_evidence_names_sentences() -> None:
    for article in read_articles():
        assert article.evidence
        assert all(0 <= i < len(article.sentences) for i in article.evidence)


@pytest.mark.parametrize("name", sets.contrast_names())
def test_contrast_sets(name: str) -> None:
    data = sets.contrast(name)
    assert len({example.pair for example in data.examples}) >= 30
    assert len(data.examples) == 2 * len({example.pair for example in data.examples})


def test_contrast_tasks_are_the_files_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sets, "CONTRAST", tmp_path)
    assert sets.contrast_names() == ()
    with pytest.raises(InputError, match="unknown task 'contrast-mine'"):
        find("contrast-mine")
    _contrast(tmp_path / "mine.jsonl", {})
    assert find("contrast-mine").dataset().name == "contrast-mine"
    monkeypatch.setattr(sets, "CONTRAST", tmp_path / "missing")
    assert sets.contrast_names() == ()


def test_robustness() -> None:
    data = sets.robustness()
    kinds = {example.register for example in data.examples}
    assert len(data.examples) == 200
    assert len(kinds) == 5
    assert {example.register for example in data.examples if example.expects} == {"copies"}


def _contrast(path: Path, change: dict[str, object]) -> Path:
    rows: list[dict[str, object]] = [
        {
            "id": f"a{i}",
            "pair": "a",
            "de": f"Satz {i}.",
            "en": f"Sentence {i}.",
            "expects": [[str(i)]],
            "forbids": ["x"],
        }
        for i in range(2)
    ]
    rows[1] |= change
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pair": "b"}, "a has 1 sentences, expected a pair of two"),
        ({"expects": [], "forbids": []}, "line 2: nothing to check in a1"),
        ({"expects": [["1"], []]}, "line 2: nothing to check in a1"),
        ({"forbids": [" "]}, "line 2: nothing to check in a1"),
        ({"expects": None}, "line 2: .* is missing or no list"),
    ],
)
def test_contrast_sets_that_check_nothing(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        sets.read_contrast(_contrast(tmp_path / "set.jsonl", change))


def test_checksum_is_of_the_contents() -> None:
    examples = (Example(id="1", source="a", translations=("b",)), Example(id="2", source="c"))
    data = sets.DataSet("one", examples)
    assert data.sha256 == sets.DataSet("other", examples).sha256
    assert data.sha256 != sets.DataSet("one", examples[::-1]).sha256
    assert data.first(1) == sets.DataSet("one[:1]", examples[:1])
    assert data.first(5) == data
    with pytest.raises(InputError, match="at least 1, got 0"):
        data.first(0)


# Anyone's.


def _text(path: Path, lines: Sequence[str], end: str = "\n") -> Path:
    path.write_bytes("".join(line + end for line in lines).encode())
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_parallel_text_files(tmp_path: Path, end: str) -> None:
    source, first = _text(tmp_path / "x.de", GERMAN, end), _text(tmp_path / "x.en", ENGLISH, end)
    data = sets.from_text(source, [first, first], MAKE)
    assert data.name == "x.de"
    assert _sources(data) == GERMAN
    assert _references(data) == [(text, text) for text in ENGLISH]
    assert [example.id for example in data.examples] == ["1", "2", "3"]


def test_last_line_may_lack_its_end(tmp_path: Path) -> None:
    path = tmp_path / "x.de"
    path.write_text("eins\nzwei", encoding="utf-8")
    assert sets.read_lines(path) == ["eins", "zwei"]


def test_text_files_that_do_not_fit(tmp_path: Path) -> None:
    source = _text(tmp_path / "x.de", GERMAN)
    short, blank = _text(tmp_path / "short.en", ENGLISH[:2]), _text(tmp_path / "blank.en", ["a", " ", "b"])
    empty = _text(tmp_path / "empty.en", [])
    with pytest.raises(InputError, match=r"x\.de has 3 lines and .*short\.en has 2: expected as many in each"):
        sets.from_text(source, [short], MAKE)
    with pytest.raises(InputError, match=r"blank\.en, line 2 is blank: every input needs a text in each file"):
        sets.from_text(source, [blank], MAKE)
    with pytest.raises(InputError, match=r"empty\.en is empty"):
        sets.from_text(source, [empty], MAKE)
    with pytest.raises(InputError, match=r"no\.en does not exist"):
        sets.from_text(source, [tmp_path / "no.en"], MAKE)


def _write(path: Path) -> Path:
    """The rows in the form that the ending names."""
    table = datasets.Dataset.from_list(ROWS)
    if path.suffix == ".parquet":
        table.to_parquet(path)
    elif path.suffix in {".jsonl", ".json"}:
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    elif path.suffix == ".csv":
        table.to_csv(path, index=False)
    elif path.suffix == ".tsv":
        path.write_text("".join(f"{row['source']}\t{row['reference']}\n" for row in ROWS), encoding="utf-8")
    else:
        table.save_to_disk(path)
    return path


@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x.csv", "x.tsv", "x.parquet", "saved"])
def test_every_form_holds_the_same(tmp_path: Path, name: str) -> None:
    data = sets.from_rows(str(_write(tmp_path / name)), MAKE)
    assert data.name == name
    assert _sources(data) == GERMAN
    assert _references(data) == [(text,) for text in ENGLISH]


def test_tsv_with_column_names_and_several_references(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text('id\tde\ten\ten2\nx7\t"Ja\tYes\t1\nx8\t2024\t2,024\tno\n', encoding="utf-8")
    data = sets.from_rows(str(path), MAKE, references=["en", "en2"])
    assert [example.id for example in data.examples] == ["x7", "x8"]
    assert _sources(data) == ['"Ja', "2024"]
    assert _references(data) == [("Yes", "1"), ("2,024", "no")]


def test_tsv_without_column_names(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("Ja\tYes\tYeah\nNein\tNo\tNope\n", encoding="utf-8")
    data = sets.from_rows(str(path), MAKE, references=["reference", "reference2"])
    assert _references(data) == [("Yes", "Yeah"), ("No", "Nope")]


def test_columns_of_their_own_names(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    rows = [{"t": {"de": "Ja", "en": "Yes"}, "refs": ["Yes", "Yeah"]}]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    data = sets.from_rows(str(path), MAKE, source="t.de", references=["refs"])
    assert (_sources(data), _references(data)) == (["Ja"], [("Yes", "Yeah")])
    with pytest.raises(InputError, match=r"x\.jsonl has the columns t, refs: say with --source-column"):
        sets.from_rows(str(path), MAKE)
    with pytest.raises(InputError, match=r"x\.jsonl, row 1 has no column 'fr', only t, refs"):
        sets.from_rows(str(path), MAKE, source="fr", references=["refs"])
    with pytest.raises(InputError, match=r"row 1: refs holds 2 texts, expected one"):
        sets.from_rows(str(path), MAKE, source="refs", references=["refs"])


def test_translation_pairs_as_on_the_hub(tmp_path: Path) -> None:
    table = datasets.DatasetDict(
        {
            split: datasets.Dataset.from_list([{"translation": {"de": german, "en": "Yes"}}])
            for split, german in (("train", "Nein"), ("test", "Ja"))
        }
    )
    table.save_to_disk(tmp_path / "pairs")
    name = str(tmp_path / "pairs")
    assert _sources(sets.from_rows(name, MAKE)) == ["Ja"]
    assert _sources(sets.from_rows(name, MAKE, split="train")) == ["Nein"]
    with pytest.raises(InputError, match="has the splits train, test, not dev: name one of them with --split"):
        sets.from_rows(name, MAKE, split="dev")


def test_class_labels_come_as_names(tmp_path: Path) -> None:
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["a", "b"])})
    datasets.Dataset.from_dict({"text": ["x", "y"], "label": [1, 0]}, features=features).save_to_disk(tmp_path / "t")
    data = sets.from_rows(str(tmp_path / "t"), find("topics-gold").example)
    assert [example.topics for example in data.examples] == [("b",), ("a",)]
    assert data.examples[0].article == "x"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("x.jsonl", '{"source": "a", "reference": ""}\n', r"row 1: reference must be a text that is not blank, got ''"),
        (
            "x.jsonl",
            '{"source": null, "reference": "b"}\n',
            r"row 1: source must be a text that is not blank, got None",
        ),
        ("x.jsonl", '{"source": "a"\n', "cannot be read as a data set: .*JSON"),
        ("x.jsonl", "", "is empty"),
        ("x.csv", "source,reference\n", "has no rows"),
        ("x.csv", "source,reference\na,b\nc,d,e\n", "cannot be read as a data set"),
        ("x.tsv", "one column\n", "has one column: expected a source and at least one reference"),
        ("x.parquet", "no", "cannot be read as a data set"),
        ("x.xml", "<a/>", r"expected a name ending in \.jsonl, "),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, name: str, text: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        sets.from_rows(str(path), MAKE)
    assert "\n" not in str(caught.value)


def test_missing_files_and_unknown_names(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_rows(tmp_path / "x.jsonl")
    with pytest.raises(InputError, match="no-one/nothing cannot be read as a data set") as caught:
        read_rows("no-one/nothing")
    assert "\n" not in str(caught.value)


def test_reading_leaves_progress_bars_as_they_were(tmp_path: Path) -> None:
    before = datasets.is_progress_bar_enabled()
    read_rows(_write(tmp_path / "x.jsonl"))
    assert datasets.is_progress_bar_enabled() == before
