"""The summariser's pairs: clean, faithful, whole sentences."""

import json
import lzma
import random
from dataclasses import replace
from pathlib import Path

import pytest

from models.recipes import corpora, summaries, summary_paraphrases
from models.recipes.corpora import key
from models.recipes.summaries import Example, Style
from models.recipes.summary_paraphrases import Lead
from toolkit import grounding
from toolkit.control import HEADLINE, SENTENCE

FERRY = (
    "A ferry with 63 passengers caught fire off the coast of Norway on Tuesday, police said. Nobody was hurt when "
    "the ferry caught fire off Norway. OSLO (Reuters) - The cause of the fire is not know … [+1234 chars]"
)
MAYOR = (
    "The mayor of Jena has resigned after a dispute about the budget of the city, which has debts of 40 million "
    "euros. Her deputy, Paul Winter, will lead the city until the election."
)
LEADS = [
    (FERRY, "Ferry Caught Fire Off The Coast Of Norway - The Daily Ship", "The Daily Ship"),
    (MAYOR, "Mayor of Jena resigns after a dispute about the budget", "News"),
]


def _write(folder: Path) -> Path:
    with lzma.open(folder / "newsapi.tsv.xz", "wt", encoding="utf-8") as file:
        file.writelines(f"{lead}\t{headline}\t\t2020-01-01\t{outlet}\n" for lead, headline, outlet in LEADS)
    for name in summaries.CORPORA:
        if name != "newsapi":
            row = {
                "document": "The museum in Basel has returned a stolen painting to a family. It was stolen in 1938.",
                "summary": "The museum in Basel returned a painting that was stolen in 1938.",
            }
            with lzma.open(folder / f"{name}.jsonl.xz", "wt", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
    return folder


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        ("The sun shone all day. It was the fourth day of the fair … [+99 chars]", ["The sun shone all day."]),
        ("LONDON (Reuters) - The bank cut its rate on Monday.", ["The bank cut its rate on Monday."]),
        ("New Delhi: The bank cut its rate on Monday.", ["The bank cut its rate on Monday."]),
        (
            "Mr. Smith met Gov. Lee in the U.S. on Monday. They spoke.",
            ["Mr. Smith met Gov. Lee in the U.S. on Monday."],
        ),
        (
            "The vote was close last night.The mayor won it by two.",
            ["The vote was close last night.", "The mayor won it by two."],
        ),
        ("The vote was close last night. The vote last night was close.", ["The vote was close last night."]),
        (
            "Anna Berg has halted production due to mounting costsThe mayor won the vote by two.",
            ["The mayor won the vote by two."],
        ),
        ("Sign up for our newsletter to read more about it.", []),
        ("", []),
    ],
)
def test_sentences_of_a_lead(lead: str, expected: list[str]) -> None:
    assert summaries.sentences_of(lead) == expected


@pytest.mark.parametrize(
    ("headline", "outlet", "expected"),
    [
        ("Ferry burns off Norway - The Daily Ship", "The Daily Ship", "Ferry burns off Norway"),
        ("Ferry burns off Norway | World | News", "Shipping", "Ferry burns off Norway"),
        ("Ferry burns off Norway - none hurt", "The Daily Ship", "Ferry burns off Norway - none hurt"),
        ("Coronavirus: Ferry kept in port for two weeks", "", "Ferry kept in port for two weeks"),
        ("Ferry burns off Norway: Police", "", "Ferry burns off Norway"),
        ("Why the ferry burned", "", None),
        ("Did the ferry burn?", "", None),
        ("10 things to know about ferries", "", None),
    ],
)
def test_clean_headline(headline: str, outlet: str, expected: str | None) -> None:
    assert summaries.clean_headline(headline, outlet) == expected


def test_title_case_becomes_sentence_case() -> None:
    leads = ["In the city the ferry burns near Norway, and the ferry sinks there. A ferry burns."] * 3
    style = Style.learn(leads)
    assert style.recase("The Ferry Burns Near NORWAY", leads[0]) == "The ferry burns near Norway"
    assert style.recase("Ferry Burns", "") == "Ferry burns"
    assert style.recase("Ferry Burns As US Court Meets", "") == "Ferry burns As US Court Meets", (
        "short capitals are names"
    )


def test_a_name_of_two_words_keeps_its_capitals() -> None:
    style = Style.learn(["It was a supreme effort, the court said. It was a supreme effort, the court said."] * 3)
    lead = "The ferry was tied up when the Supreme Court ruled."
    assert style.recase("Supreme Court Rules On Ferry", lead) == "Supreme Court Rules On ferry"
    assert style.recase("Supreme Effort", "") == "Supreme effort"


def test_a_headline_in_sentence_case_stays_as_it_is() -> None:
    style = Style.learn(["We saw the apple, the apple and the apple there."])
    assert style.recase("Apple cuts the price of its phones", "") == "Apple cuts the price of its phones"


def test_examples_are_faithful_and_clean(tmp_path: Path) -> None:
    found = summaries.examples(_write(tmp_path), exclude=frozenset(), seed=1, leads=10)
    assert {example.task for example in found} == {HEADLINE, SENTENCE}
    assert "Ferry caught fire off the coast of Norway" in {example.target for example in found}
    for example in found:
        assert grounding.ungrounded(example.target, example.source) == ()
        assert len(example.target) < len(example.source)
        assert "chars" not in example.source
        assert "Reuters" not in example.source
        assert example.target.endswith(".") == (example.task == SENTENCE)
    again = summaries.examples(tmp_path, exclude=frozenset(), seed=1, leads=10)
    assert found == again


def test_what_is_held_out_is_in_no_pair(tmp_path: Path) -> None:
    sentence = summaries.sentences_of(MAYOR)[0]
    found = summaries.examples(_write(tmp_path), exclude=frozenset({key(sentence)}), seed=1, leads=10)
    assert found
    assert all(sentence not in example.source for example in found)


def test_a_compression_drops_the_clause_that_the_headline_does_not_need() -> None:
    sentences = summaries.sentences_of(MAYOR)
    style = Style.learn([])
    made = list(summaries._compressions(sentences, sentences[0], "Mayor of Jena resigns", style, random.Random(0)))
    assert [example.target for example in made] == ["The mayor of Jena has resigned."] or all(
        len(example.target.split()) < len(sentences[0].split()) for example in made
    )


def test_copies_are_whole_sentences(tmp_path: Path) -> None:
    name = summaries.COPIES[0]
    lines = ["Der Rat tagt heute.\tThe council meets here today.", "Ja.\tYes.", "Nein\tNo full stop at the end"]
    lines.append("Lang.\t" + "very " * 30 + "long.")
    with lzma.open(tmp_path / f"{name}.tsv.xz", "wt", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    found = summaries.copies(tmp_path, exclude=frozenset(), seed=1, count=10)
    text = "The council meets here today."
    assert found == [Example(name, SENTENCE, text, text, "copy")]
    assert summaries.copies(tmp_path, exclude=frozenset({key(text)}), seed=1, count=10) == []


def test_machine_translations_become_what_people_wrote(tmp_path: Path) -> None:
    human, machine = summaries.TRANSLATED
    rows = {
        human: [
            "Der Rat tagt.\tThe council of Jena meets in the old town hall today.",
            "Sie kam.\tShe came there today.",
        ],
        machine: ["Der Rat tagt.\tThe council of Jena is meeting today in the old town hall.", "Sie kam.\tShe came."],
    }
    for name, lines in rows.items():
        with lzma.open(tmp_path / f"{name}.tsv.xz", "wt", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    target = "The council of Jena meets in the old town hall today."
    found = summaries.translations(tmp_path, exclude=frozenset(), seed=1)
    assert [(example.task, example.target) for example in found] == [(SENTENCE, target)]
    assert found[0].source.startswith("The council of Jena is meeting today in the old town hall.")
    assert summaries.translations(tmp_path, exclude=frozenset({key(target)}), seed=1) == []
    (tmp_path / f"{machine}.tsv.xz").unlink()
    assert summaries.translations(tmp_path, exclude=frozenset(), seed=1) == []


def test_a_sentence_told_twice_becomes_the_shorter_one() -> None:
    long = (
        "The council of the city of Jena decided in a long session on Monday night that the old bridge will be closed."
    )
    short = "The old bridge in Jena will be closed, the council decided on Monday."
    (example,) = summaries._repetitions([long, short])
    assert (example.source, example.target) == (long, short)


def test_licences_are_stated() -> None:
    assert all(licence for licence in summaries.CORPORA.values())


STORM = "A storm tore the roof off the town hall of Lindenau on Monday night, and police closed the market square."
STORM_ELSEWHERE = "The roof of the Lindenau town hall was torn off by a storm, and the market square is closed."


def _leads(*rows: tuple[str, str, str]) -> list[Lead]:
    return [Lead(tuple(summaries.sentences_of(text)), outlet, date) for text, outlet, date in rows]


def test_two_outlets_tell_of_one_event_in_their_own_words() -> None:
    leads = _leads((STORM, "A", "2020-05-04 10:00"), (STORM_ELSEWHERE, "B", "2020-05-05"), (MAYOR, "C", "2020-05-04"))
    assert (STORM, STORM_ELSEWHERE, False) in list(summary_paraphrases.pairs(leads, most_words=64, seed=1))


def test_the_headline_of_one_outlet_stands_over_the_lead_of_another() -> None:
    headline = "Storm tears off the roof of the Lindenau town hall"
    told = [replace(lead, headline=headline) for lead in _leads((STORM_ELSEWHERE, "B", "2020-05-05"))]
    leads = [*_leads((STORM, "A", "2020-05-04")), *told]
    assert (STORM, headline, True) in list(summary_paraphrases.pairs(leads, most_words=64, seed=1))


@pytest.mark.parametrize(
    ("text", "outlet", "date"),
    [
        (STORM_ELSEWHERE, "A", "2020-05-05"),  # the same outlet
        (STORM_ELSEWHERE, "B", "2020-05-08"),  # days later
        (STORM, "B", "2020-05-05"),  # the same agency text
        (STORM_ELSEWHERE.replace("storm", "storm called Xaver"), "B", "2020-05-05"),  # a name the other lacks
        (STORM_ELSEWHERE.replace("market", "market since 1951"), "B", "2020-05-05"),  # a number
    ],
)
def test_what_is_no_paraphrase_is_no_pair(text: str, outlet: str, date: str) -> None:
    leads = _leads((STORM, "A", "2020-05-04"), (text, outlet, date))
    assert all(source != STORM for source, _, _ in summary_paraphrases.pairs(leads, most_words=64, seed=1))


def test_noise_changes_some_small_words_of_some_sources_only() -> None:
    example = Example("newsapi", SENTENCE, STORM, "A storm tore the roof off the town hall.")
    noised = [summaries._noised(example, random.Random(seed)) for seed in range(300)]
    changed = [other for other in noised if other != example]
    assert 10 <= len(changed) <= 60
    for other in changed:
        assert other.target == example.target
        assert set(grounding.content_stems(other.source)) == set(grounding.content_stems(STORM))


def test_stories_give_headlines_and_sentences_that_say_nothing_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    after = {"of": [0, 1], "text": "After a dispute over debts the mayor of Jena has resigned."}
    lead = {"of": [1], "text": "Paul Winter, her deputy, leads the city until elections."}
    far = {"of": [0, 1], "text": "Jena lost its leader to a row."}
    sentences = summaries.split(MAYOR)
    told = {"en": sentences, "headline": "Mayor of Jena quits", "rewritings": [after, lead, far]}
    invented = told | {"headline": "Mayor of Gera quits", "rewritings": [after | {"of": [1]}]}
    monkeypatch.setattr(corpora, "stories", lambda: [told, invented])
    found = summaries.stories(exclude=frozenset(), seed=1, times=3)
    expected = [(HEADLINE, told["headline"]), (SENTENCE, after["text"]), (SENTENCE, lead["text"])]
    assert [(example.task, example.target) for example in found] == [pair for pair in expected for _ in range(3)]
    assert {example.kind for example in found} == {"story"}
    assert len(found[-1].source) < len(found[0].source)
    assert not summaries.stories(exclude=frozenset({key(sentences[1])}), seed=1, times=3)


def test_stories_come_from_a_machine_s_english_too_where_it_says_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = summaries.split(MAYOR)
    told = {
        "en": sentences,
        "headline": "Mayor of Jena quits",
        "rewritings": [{"of": [1], "text": "Paul Winter, her deputy, leads the city until elections."}],
    }
    monkeypatch.setattr(corpora, "stories", lambda: [told])
    machine = ["The mayor of Jena went back after a strife.", "Her deputy Paul will lead the city to the choice today."]
    found = summaries.stories(exclude=frozenset(), seed=1, times=1, translated=[machine])
    assert [(example.task, example.source[:25]) for example in found] == [
        (HEADLINE, sentences[0][:25]),
        (SENTENCE, sentences[1][:25]),
        (HEADLINE, machine[0][:25]),
    ]
