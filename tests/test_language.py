"""Which language a text or a sentence is written in."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from toolkit import language
from toolkit.errors import CacheError
from toolkit.language import LANGUAGES, detect

DATA = Path(__file__).parent / "data"


def sentences(name: str) -> list[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    found = [sentence for line in lines for sentence in line.partition("\t")[2].split(" ‖ ")]
    return [sentence for sentence in found if len(sentence.split()) >= 5]


DUTCH = """\
De regering heeft vandaag een nieuw pakket maatregelen tegen de woningnood aangekondigd.
Bij een ongeluk op de A2 bij Utrecht zijn drie mensen gewond geraakt.
De minister van Financiën zei dat de economie sneller groeit dan verwacht.
Volgens de politie is de verdachte nog steeds voortvluchtig.
Ajax heeft in de laatste minuut met 2-1 van Feyenoord gewonnen.
De treinen tussen Rotterdam en Den Haag rijden vandaag niet.
Boeren protesteren tegen de nieuwe stikstofregels van de overheid.
Het weer: morgen zonnig en maximaal 22 graden.
Uit onderzoek blijkt dat kinderen minder lezen dan vroeger.
Het Europees Parlement heeft ingestemd met de wet.""".splitlines()


def test_german_sentences_are_never_called_something_else() -> None:
    found = [detect(sentence) for sentence in sentences("german_sentences.tsv")]
    assert set(found) <= {"de", None}
    assert found.count("de") >= 0.9 * len(found)


def test_english_sentences_are_never_called_german() -> None:
    found = [detect(sentence) for sentence in sentences("english_sentences.tsv")]
    assert set(found) <= {"en", None}
    assert found.count("en") >= 0.8 * len(found)


@pytest.mark.parametrize("sentence", DUTCH)
def test_dutch(sentence: str) -> None:
    assert detect(sentence) == "nl"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("   \n", None),
        ("a", None),
        ("12345 67,8 %", None),
        ("!!! … ???", None),
        ("CDU", None),
        ("😀😀😀", None),
        ("x" * 100_000, None),
        ("https://www.spiegel.de/politik/deutschland", None),
        ("AN DIE REGIERUNG IN BERLIN", "de"),
        (">>fr<< Guten Tag zusammen, wie geht es euch?", "de"),
        ("Die \ud800 Regie\u00adrung hat heu\u00adte be\u00adschlos\u00adsen", "de"),
        ("Die Regierung hat gestern ein Gesetz beschlossen. " * 5000, "de"),
        ("Bonjour le monde, comment allez-vous ce matin ?", "fr"),
        ("Привет мир, как дела сегодня", "ru"),
        ("今日はとても良い天気です。", "ja"),
        ("Tote bei Zugunglück", "de"),
        ("Die Regierung hat beschlossen, mehr Geld auszugeben. The government will spend more.", "de"),
    ],
)
def test_detect(text: str, expected: str | None) -> None:
    assert detect(text) == expected


def test_what_is_detected_is_listed() -> None:
    assert "lb" not in LANGUAGES
    assert len(set(LANGUAGES)) == len(LANGUAGES)


def test_threads_agree() -> None:
    language._load.cache_clear()
    texts = [*DUTCH, *sentences("german_sentences.tsv"), *sentences("english_sentences.tsv")]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(detect, texts))
    assert found == [detect(text) for text in texts]


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import sys, toolkit.language, toolkit.segmentation; print({'numpy', 'py3langid', 'syntok'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_no_room_to_unpack_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from py3langid.langid import LanguageIdentifier

    def fail(*_args: object, **_options: object) -> None:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(LanguageIdentifier, "from_model_file", fail)
    language._load.cache_clear()
    with pytest.raises(CacheError, match="set TMPDIR"):
        detect("Die Regierung hat gestern ein Gesetz beschlossen.")
