"""The doubt: what each feature measures, how they become one probability with reasons, and the shipped coefficients."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Sequence

import pytest

from toolkit import facts
from toolkit.documents import MARKS, REASONS
from toolkit.doubt import FEATURES, NEEDS_CHECKING, Doubt, estimate, measure
from toolkit.doubt.estimation import COEFFICIENTS, Coefficient, Coefficients, read, shipped
from toolkit.engines import Generation

GERMAN = "Der Bürgermeister eröffnete am Montag die neue Brücke über den Fluss."
ENGLISH = "The mayor opened the new bridge across the river on Monday."
SURE = Generation(ENGLISH, log_prob=-0.2, tokens=12, cut=False)


def measured(
    source: str, translation: str, generations: Sequence[Generation] = (SURE,), marks: Collection[str] = ()
) -> dict[str, float | None]:
    return measure(source, translation, generations=generations, marks=marks, findings=facts.check(source, translation))


def doubted(
    source: str, translation: str, generations: Sequence[Generation] = (SURE,), marks: Collection[str] = ()
) -> Doubt:
    return estimate(
        source, translation, generations=generations, marks=marks, findings=facts.check(source, translation)
    )


def test_a_good_sentence_has_no_reason() -> None:
    values = measured(GERMAN, ENGLISH)
    assert tuple(values) == tuple(FEATURES)
    loud = {name for name, value in values.items() if value}
    assert loud <= {"unsure", "pieced", "short", "long"}
    doubt = doubted(GERMAN, ENGLISH)
    assert doubt.probability < NEEDS_CHECKING
    assert doubt.reasons == ()


@pytest.mark.parametrize(
    ("source", "translation", "marks", "feature"),
    [
        ("Es waren 12.500 Zuschauer da.", "There were 15,200 spectators.", (), "number"),
        ("Am 3. Juli tagt der Rat.", "The council meets on July 5.", (), "number"),
        ("Er hat das nicht gesagt.", "He said that.", (), "negation"),
        ("Angela Merkel reist nach Rom.", "Peter Altmaier travels to Rome.", (), "name"),
        ("Mehr unter www.beispiel.de im Netz.", "More on the web.", (), "link"),
        (GERMAN, "The mayor.", (), "short"),
        ("Er kam.", "He came because he had been asked to come again by all of them.", (), "long"),
        (GERMAN, "the the the the the the the the", (), "repetition"),
        (GERMAN, "The mayor opened am Monday the new bridge über den river.", (), "german"),
        (GERMAN, ENGLISH, ("cut",), "cut"),
        (GERMAN, ENGLISH, ("split",), "split"),
        (GERMAN, ENGLISH, ("retried",), "retried"),
        (GERMAN, ENGLISH, ("rescued",), "rescued"),
        (GERMAN, ENGLISH, ("recased",), "recased"),
        (GERMAN, ENGLISH, ("foreign",), "foreign"),
        (GERMAN, ENGLISH, ("loop",), "repetition"),
    ],
)
def test_each_fault_has_its_feature(source: str, translation: str, marks: Collection[str], feature: str) -> None:
    clean, faulty = measured(GERMAN, ENGLISH)[feature], measured(source, translation, marks=marks)[feature]
    assert clean is not None
    assert faulty is not None
    assert faulty > clean


def test_what_both_languages_write_alike_is_not_german() -> None:
    assert measured("Die Partei SPD in Müllheim will was.", "The party SPD in Müllheim will die.")["german"] == 0


def test_parts_count_by_their_tokens() -> None:
    parts = [Generation("a", log_prob=-1.0, tokens=1, cut=False), Generation("b", log_prob=-0.25, tokens=5, cut=False)]
    assert measured(GERMAN, ENGLISH, parts)["unsure"] == pytest.approx((1.0 * 2 + 0.25 * 6) / 8)


def test_words_of_many_pieces() -> None:
    parts = [Generation("Two words", log_prob=-1.0, tokens=3, cut=False), Generation("5", -1.0, tokens=1, cut=False)]
    assert measured(GERMAN, ENGLISH, parts)["pieced"] == 2.0
    assert measured(GERMAN, ENGLISH, (Generation("", -1.0, tokens=0, cut=True),))["pieced"] == 0.0
    many = Generation(ENGLISH, log_prob=SURE.log_prob, tokens=40, cut=False)
    assert doubted(GERMAN, ENGLISH, (many,)).probability > doubted(GERMAN, ENGLISH).probability


def test_nothing_generated_counts_as_usual() -> None:
    values = measured(GERMAN, ENGLISH, ())
    assert values["unsure"] is None
    assert values["pieced"] is None
    coefficients = shipped()
    usual = {name: coefficients.features[name].usual for name in ("unsure", "pieced")}
    without, with_usual = coefficients.estimate(values), coefficients.estimate(values | usual)
    assert without.probability == pytest.approx(with_usual.probability)


def test_empty_texts() -> None:
    for source, translation in (("", ""), (GERMAN, ""), ("", ENGLISH)):
        doubt = doubted(source, translation, ())
        assert 0.0 < doubt.probability < 1.0


def test_less_sure_is_more_doubtful() -> None:
    doubts = [
        doubted(GERMAN, ENGLISH, (Generation(ENGLISH, log_prob=-nats, tokens=12, cut=False),))
        for nats in (0.1, 0.5, 1.0, 2.0, 4.0)
    ]
    probabilities = [doubt.probability for doubt in doubts]
    assert probabilities == sorted(set(probabilities))
    assert doubts[0].reasons == ()
    assert doubts[-1].reasons == ("unsure",)
    assert doubts[-1].probability > NEEDS_CHECKING


@pytest.mark.parametrize("mark", [mark for mark in MARKS if mark != "copied"])
def test_no_mark_makes_a_sentence_less_doubtful(mark: str) -> None:
    assert doubted(GERMAN, ENGLISH, marks=(mark,)).probability >= doubted(GERMAN, ENGLISH).probability


def test_a_wrong_number_is_named() -> None:
    source, right, wrong = "Es kamen 12.500 Zuschauer.", "12,500 spectators came.", "15,200 spectators came."
    assert "number" not in doubted(source, right).reasons
    assert "number" in doubted(source, wrong).reasons
    assert doubted(source, wrong).probability > doubted(source, right).probability


def test_reasons_are_the_weightiest_first() -> None:
    weights = dict.fromkeys(FEATURES, 0.0) | {"unsure": 1.0, "number": 3.0, "german": 0.3, "cut": 0.3, "link": 0.1}
    coefficients = Coefficients(-2.0, {name: Coefficient(weight, 0.0) for name, weight in weights.items()})
    none: dict[str, float | None] = dict.fromkeys(FEATURES, 0.0)
    doubt = coefficients.estimate(none | {"unsure": 0.5, "number": 1.0, "german": 1.0, "cut": 1.0, "link": 1.0})
    # German left and a cut are one reason: 0.3 each are too little, both together are enough. A finding always is one.
    assert doubt.reasons == ("number", "german", "unsure", "link")
    assert doubt.probability == pytest.approx(1 / (1 + math.exp(2.0 - 4.2)))
    assert coefficients.estimate(none).probability == pytest.approx(1 / (1 + math.exp(2.0)))


def test_shipped_coefficients() -> None:
    coefficients = read(COEFFICIENTS)
    assert tuple(coefficients.features) == tuple(FEATURES)
    assert all(row.weight >= 0 and row.usual >= 0 for row in coefficients.features.values())
    assert coefficients.features["unsure"].weight > 0
    assert set(FEATURES.values()) <= set(REASONS)
    checksum = json.loads(COEFFICIENTS.read_text(encoding="utf-8"))["model"]
    assert checksum[:16] in COEFFICIENTS.with_name("README.md").read_text(encoding="utf-8")


def test_every_kind_of_finding_has_a_feature() -> None:
    for kind in facts.KINDS:
        finding = facts.Finding(kind, 0, 0, "", "x")
        values = measure(GERMAN, ENGLISH, generations=(SURE,), marks=(), findings=(finding,))
        assert {name for name, value in values.items() if value} - {"unsure", "pieced", "short", "long"}
