"""The translator in one run, from packed archives alone, interrupted and gone on with."""

import json
import time
from pathlib import Path

import pytest
import sentencepiece

from models.recipes import back_translation, corpora, parallel, seq2seq, staged, terms, vocabulary
from tests import corpora_samples

_PAIRS = corpora_samples.pairs(range(2001, 2005))
_LEADS = corpora_samples.leads(corpora_samples.NOUNS.values())


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder as the recipes read it."""
    parallel = {"newstest_human_08-17": _PAIRS[:150], "talks": _PAIRS[150:]}
    folder = corpora_samples.write_folder(tmp_path / "data", parallel=parallel, newsapi=_LEADS)
    known = (corpora.Corpus("newstest_human_08-17", 2, "CC0"), corpora.Corpus("talks", 1, "CC0"))
    monkeypatch.setattr(corpora, "CORPORA", known)
    monkeypatch.setattr(terms, "_COMMON_WORDS", 3)
    monkeypatch.setattr(back_translation, "is_usable", lambda german, english: True)  # a few steps write no German yet
    return folder


def test_everything_from_the_archives_alone(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [side for pair in _PAIRS for side in pair] + _LEADS
    spm = vocabulary.train(lines, size=420, folder=tmp_path / "vocabulary")
    written = staged.pack(data, tmp_path / "work", spm=spm, seed=1)
    assert [path.name for path in written] == ["pairs.xz", "english.xz"]

    root = tmp_path / "root"
    staged.unpack_pairs(written[0], root)
    for name in staged.SETS:
        before = seq2seq.EncodedPairs.load(tmp_path / "work" / name / "train.npz")
        after = seq2seq.EncodedPairs.load(root / name / "train.npz")
        assert (after.side(0), after.side(1)) == (before.side(0), before.side(1))

    monkeypatch.setattr(corpora, "mixture", None)  # the corpora are not read again
    options = ["run", "--packed", written[0].parent, "--root", root, "--steps", "4", "--batch-tokens", "512"]
    options += ["--reverse", "64", "64", "--size", "64", "64", "--device", "cpu", "--count", "6"]
    late = written[1].rename(tmp_path / "late.xz")

    def interrupted(path: Path) -> None:
        if not path.exists():
            raise KeyboardInterrupt

    monkeypatch.setattr(staged, "_wait_for", interrupted)
    with pytest.raises(KeyboardInterrupt):
        staged.main([str(option) for option in options])
    done = {path.name: path.stat().st_mtime_ns for path in (root / "done").iterdir()}
    assert list(done) == ["reverse"]

    late.rename(written[1])
    staged.main([str(option) for option in options])
    assert all((root / "done" / name).stat().st_mtime_ns == time for name, time in done.items())
    assert (root / "done" / "news").exists()
    for name in ("reverse", "without", "with", "translator", "news"):
        assert (root / name / "model" / "model.safetensors").stat().st_size > 0
        if name != "reverse":
            assert len((root / "outputs" / f"{name}.newstest2018.en").read_text(encoding="utf-8").splitlines()) == 1
    counts = {
        name: json.loads((root / name / "run.json").read_text(encoding="utf-8"))["back_translated"]
        for name in ("without", "with", "translator", "news")
    }
    assert counts == {"without": 0, "with": 6, "translator": 6, "news": 6}
    processor = sentencepiece.SentencePieceProcessor(model_file=str(spm))
    pairs = seq2seq.EncodedPairs.load(root / "back-translation" / "pairs.npz")
    english = (tmp_path / "work" / "english.txt").read_text(encoding="utf-8").splitlines()
    assert sorted(processor.decode(pairs.side(1))) == sorted(english[:6])


def test_steps_fit_the_time_that_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = seq2seq.EncodedPairs.build([([2, 3, 4], [3, 4, 5])] * 40)
    (tmp_path / "forward").mkdir()
    vocabulary.train([side for pair in _PAIRS for side in pair], size=400, folder=tmp_path / "forward")
    size = (64, 64)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    plan = staged.Run(root=tmp_path, seconds=1000, started=now, device="cpu", batch_tokens=64)
    some = staged._steps(plan, "reverse", pairs, lambda: staged._new(plan, size))
    late = staged.Run(root=tmp_path, seconds=1000, started=now - 160, device="cpu", batch_tokens=64)
    assert some > 3 * staged._steps(late, "reverse", pairs, lambda: staged._new(plan, size))
    assert plan.left("news") == pytest.approx(1000)


def test_news_are_the_corpora_of_weight(data: Path, tmp_path: Path) -> None:
    spm = vocabulary.train([side for pair in _PAIRS for side in pair], size=400, folder=tmp_path / "vocabulary")
    parallel.prepare(data, tmp_path / "news", vocabulary_size=0, seed=1, spm=spm, least_weight=staged.NEWS_WEIGHT)
    assert json.loads((tmp_path / "news" / "mixture.json").read_text(encoding="utf-8"))["pairs"] == {
        "newstest_human_08-17": 300
    }
