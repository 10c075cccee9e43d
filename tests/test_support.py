"""What speaks against a summary sentence, and what must not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import support
from toolkit.support import lexicon
from toolkit.support.features import features
from toolkit.support.reading import read_sentence, same_name

EVIDENCE = (
    "Mayor Anna Berg opened the new bridge over the Ilm on Tuesday.",
    "Erik Dahl, who leads the opposition, criticised Berg because it cost 12.5 million euros.",
    "The bridge is not open to lorries.",
)


def score(sentence: str) -> float:
    """Of a sentence against the evidence."""
    return support.assess(sentence, EVIDENCE).score


@pytest.mark.parametrize(
    ("faithful", "unfaithful", "reason"),
    [
        ("Anna Berg has opened a bridge over the Ilm.", "Anna Berg has opened a bridge over the Elbe.", "name"),
        ("The bridge cost 12.5 million euros.", "The bridge cost 15.5 million euros.", "number"),
        ("The new bridge is not open to lorries.", "The new bridge is open to lorries.", "negation"),
        ("On Tuesday the bridge was opened.", "On Tuesday the bridge was closed.", "negation"),
        ("Erik Dahl criticised Anna Berg.", "Anna Berg criticised Erik Dahl.", "order"),
        ("Berg opened the bridge on Tuesday.", "Berg injured two cyclists near the bridge.", "words"),
    ],
)
def test_an_error_lowers_the_score(faithful: str, unfaithful: str, reason: str) -> None:
    assert score(unfaithful) < score(faithful)
    assert reason in support.assess(unfaithful, EVIDENCE).reasons


def test_what_is_not_found_is_named() -> None:
    found = support.assess("Maria Lund opened 3 bridges over the Elbe.", EVIDENCE)
    assert found.unfound == ("Maria", "Lund", "Elbe", "3")
    assert not found.is_supported


def test_what_stands_there_is_supported() -> None:
    for sentence in EVIDENCE:
        found = support.assess(sentence, EVIDENCE)
        assert (found.score, found.is_supported, found.reasons, found.unfound) == (1.0, True, (), ())
    assert support.assess("Mayor Anna Berg opened the new bridge …", EVIDENCE).score == 1.0


@pytest.mark.parametrize("evidence", [(), ("",), (" ", "\n")])
def test_nothing_bears_nothing_out(evidence: tuple[str, ...]) -> None:
    assert support.assess("The bridge is open.", evidence) == support.Support(score=0.0, is_supported=False)
    assert support.assess("…", EVIDENCE) == support.Support(score=0.0, is_supported=False)


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3))
def test_any_text_has_a_score(sentence: str, evidence: list[str]) -> None:
    found = support.assess(sentence, evidence)
    assert 0 <= found.score <= 1
    assert set(found.reasons) <= support.REASONS.keys()
    assert found == support.assess(sentence, evidence)


def test_a_passive_keeps_the_roles() -> None:
    evidence = ["Berg dismissed Dahl."]
    assert features("Dahl was dismissed by Berg.", evidence).values["names turned round"] == 0
    assert features("Dahl dismissed Berg.", evidence).values["names turned round"] == 1


@pytest.mark.parametrize(
    ("evidence", "borne_out", "denied"),
    [
        ("The council rejected the plan.", "The council did not accept the plan.", "The council accepted the plan."),
        ("She ruled out a coalition.", "She would not enter a coalition.", "She would enter a coalition."),
        ("The bank denied the reports.", "The bank did not confirm the reports.", "The bank confirmed the reports."),
        ("No driver was hurt.", "The driver was unhurt.", "The driver was hurt."),
    ],
)
def test_a_denial_in_other_words_holds(evidence: str, borne_out: str, denied: str) -> None:
    kept, turned = features(borne_out, [evidence]).values, features(denied, [evidence]).values
    assert (kept["new negation"], kept["more denials"], kept["fewer denials"]) == (0, 0, 0)
    assert kept["denied only here"] == kept["denied only there"] == 0 < kept["denied in both"]
    assert turned["fewer denials"] == 1
    assert turned["denied only there"] > 0
    assert support.assess(borne_out, [evidence]).score > support.assess(denied, [evidence]).score


def test_a_denial_reaches_no_further_than_its_clause() -> None:
    evidence = "Berg refused the offer, but Dahl signed the treaty."
    denied = {word.text: word.in_denial for word in read_sentence(evidence).words}
    assert denied == {"Berg": True, "refused": False, "offer": True, "Dahl": False, "signed": False, "treaty": False}
    assert features("Dahl signed the treaty.", [evidence]).values["denied only there"] == 0
    assert features("Dahl never signed the treaty.", [evidence]).values["denied only here"] == 1


@pytest.mark.parametrize("text", ["Not only Berg came.", "It cost no more than 4 euros.", "No fewer than 40 came."])
def test_what_only_looks_like_a_negation(text: str) -> None:
    assert read_sentence(text).negations == 0


@pytest.mark.parametrize(
    ("word", "following", "denies"),
    [
        ("rejected", "", True),
        ("ruled", "out", True),
        ("ruled", "that", False),
        ("unhurt", "", True),
        ("under", "", False),
        ("unveiled", "", False),
    ],
)
def test_firm_denials(word: str, following: str, *, denies: bool) -> None:
    assert lexicon.denies(word, following) == denies


def test_who_did_it_to_whom() -> None:
    evidence = ["After a long debate in the council Berg sacked the treasurer Dahl."]
    kept = features("Berg sacked Dahl.", evidence).values
    turned = features("Dahl sacked Berg.", evidence).values
    passive = features("Dahl was sacked by Berg.", evidence).values
    assert (kept["named roles turned"], turned["named roles turned"], passive["named roles turned"]) == (0, 1, 0)
    assert kept["roles kept"] == passive["roles kept"] == 1


def test_a_verb_from_the_other_side_keeps_the_roles() -> None:
    evidence = ["Voltano sold the plant to Kessler."]
    assert features("Kessler bought the plant from Voltano.", evidence).values["names turned round"] == 0
    assert features("Voltano bought the plant from Kessler.", evidence).values["names turned round"] == 1


def test_the_widest_gap_counts() -> None:
    evidence = ["The mayor opened the bridge on Tuesday."]
    assert features("The mayor opened the bridge.", evidence).values["gap"] == 0
    spread = features("The proud mayor opened the wooden bridge.", evidence).values["gap"]
    together = features("The mayor juggled seventeen burning torches on Tuesday.", evidence).values["gap"]
    assert 0 < spread < together


def test_an_office_written_large_is_no_missing_name() -> None:
    assert features("Berg became Chairman.", ["Berg is chairman now."]).missing["name"] == ()


def test_every_weight_has_its_figure() -> None:
    path = Path(support.__file__).with_name("weights.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    values = features("The bridge is open.", EVIDENCE).values
    assert table["weights"].keys() == values.keys()
    assert 0 < table["threshold"] < 1
    assert {name for names in support.REASONS.values() for name in names} <= values.keys()


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Serbia", "Serbian", True),
        ("Poland", "Polish", True),
        ("Hillary", "Hilary", True),
        ("Berg's", "Berg", True),
        ("Berg", "Burg", False),
        ("Milan", "Turin", False),
        ("Holmgren", "Lindqvist", False),
    ],
)
def test_names(one: str, other: str, is_same: bool) -> None:
    assert same_name(one, other) == is_same == same_name(other, one)


def test_reading() -> None:
    read = read_sentence("Berg did not sell two of the 40 boats, nor was the harbour closed by Dahl.")
    assert [word.text for word in read.words if word.is_name] == ["Berg", "Dahl"]
    assert [word.text for word in read.words if word.is_number] == ["two", "40"]
    assert read.negations == 2
    assert len(read.passives) == 1
    assert {word.text: word.is_denied for word in read.words}["sell"]


def test_lexicon() -> None:
    assert lexicon.lemma("won") == lexicon.lemma("wins")
    assert lexicon.weight(lexicon.lemma("week")) < lexicon.weight(lexicon.lemma("bridge")) <= 1
    assert lexicon.weight("zyzzyva") == 1
    assert lexicon.lemma("buy") in lexicon.related(lexicon.lemma("purchase"))
    assert lexicon.lemma("fall") in lexicon.opposites(lexicon.lemma("rise"))
    assert lexicon.opposites("zyzzyva") == lexicon.related("zyzzyva") == frozenset()
    assert lexicon.may_negate("refused")
