"""Second attempts at sentences that lost a fact, are much too short or were left in German."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from toolkit import control, facts, rescue
from toolkit.attempts import Attempt, Generate, Work
from toolkit.documents import MARKS, Finding
from toolkit.engines import Generation, GenerationOptions

TEXT = "Die Stadt gibt im nächsten Jahr 450 Euro mehr aus, weil die Schule ein neues Dach braucht."
GOOD = "The city will spend 450 euros more next year because the school needs a new roof."
NO_NUMBER = "The city will spend some euros more next year because the school needs a new roof."

Rule = Callable[[str, GenerationOptions], str]


def _generate(rule: Rule, sent: list[list[str]]) -> Generate:
    def generate(attempts: Sequence[Attempt], options: GenerationOptions) -> None:
        waiting = [attempt for attempt in attempts if not attempt.is_copied]
        if waiting:
            sent.append([attempt.text for attempt in waiting])
        for attempt in waiting:
            text = rule(attempt.text, options)
            attempt.result = Generation(text=text, log_prob=-0.5, tokens=len(text.split()), cut=False)

    return generate


def _rescued(
    text: str, rule: Rule, *, marks: frozenset[str] = frozenset(), is_trained: bool = True, most: int = 500
) -> tuple[Attempt, list[list[str]]]:
    """The attempt after everything, and what was sent after the first."""
    sent: list[list[str]] = []
    generate = _generate(rule, sent)
    work = Work(text, [Attempt(text)], set(marks))
    generate(work.attempts, GenerationOptions())
    rescue.rescue([work], generate, GenerationOptions(), fits=lambda part: len(part) < most, is_trained=is_trained)
    (attempt,) = work.attempts
    assert attempt.marks <= set(MARKS)
    return attempt, sent[1:]


def test_a_lost_number_is_put_in_for_a_placeholder() -> None:
    def rule(text: str, _: GenerationOptions) -> str:
        return NO_NUMBER.replace("some", control.PLACEHOLDER) if control.PLACEHOLDER in text else NO_NUMBER

    attempt, sent = _rescued(TEXT, rule)
    assert attempt.output == GOOD
    assert attempt.marks == {"rescued", "restored"}
    # In one batch with the halves; all is right then, and the whole is not decoded once more.
    assert len(sent) == 1
    assert TEXT.replace("450", control.PLACEHOLDER) in sent[0]
    assert TEXT not in sent[0]


def test_its_english_notation() -> None:
    text = TEXT.replace("450", "1.450,50")

    def rule(text: str, _: GenerationOptions) -> str:
        return NO_NUMBER.replace("some", control.PLACEHOLDER) if control.PLACEHOLDER in text else NO_NUMBER

    assert _rescued(text, rule)[0].output == GOOD.replace("450", "1,450.50")


@pytest.mark.parametrize("output", [NO_NUMBER, f"{control.PLACEHOLDER} and {control.PLACEHOLDER}"])
def test_a_placeholder_that_does_not_come_through_once(output: str) -> None:
    attempt, _ = _rescued(TEXT, lambda text, _: output if control.PLACEHOLDER in text else NO_NUMBER)
    assert attempt.output == NO_NUMBER
    assert attempt.marks == set()


@pytest.mark.parametrize("text", ["Um 19.15 Uhr beginnt es.", "Es war der 13.7.2025 in Rom.", "Die 5 Kinder kamen an."])
def test_no_placeholder_for_what_english_writes_otherwise(text: str) -> None:
    _, sent = _rescued(text, lambda text, _: "It was like that over there.")
    assert sent
    assert not [part for batch in sent for part in batch if control.PLACEHOLDER in part]


def test_no_placeholder_for_a_model_that_does_not_know_it() -> None:
    _, sent = _rescued(TEXT, lambda text, _: NO_NUMBER, is_trained=False)
    assert sent
    assert not [part for batch in sent for part in batch if control.PLACEHOLDER in part]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (NO_NUMBER, GOOD),
        ("450 euros more.", GOOD),
        (GOOD.replace("because", "weil"), GOOD),
        (GOOD.replace("will spend", "will not spend"), GOOD),
    ],
    ids=["number", "omission", "german", "negation"],
)
def test_other_decoding(first: str, second: str) -> None:
    def rule(text: str, options: GenerationOptions) -> str:
        whole = second if options.beam > GenerationOptions().beam else first
        return whole if text == TEXT else ""

    attempt, _ = _rescued(TEXT, rule)
    assert attempt.output == second
    assert attempt.marks == {"rescued"}


def test_split_at_a_clause() -> None:
    def rule(text: str, _: GenerationOptions) -> str:
        if text == TEXT:
            return NO_NUMBER
        if text.startswith("Die"):
            return "The city will spend 450 euros more next year,"
        return "because the school needs a new roof."

    attempt, _ = _rescued(TEXT, rule, is_trained=False)
    assert attempt.output == "The city will spend 450 euros more next year, because the school needs a new roof."
    assert attempt.marks == {"rescued", "split"}


def test_what_stays_wrong_is_decoded_otherwise_in_the_end() -> None:
    first = NO_NUMBER.replace("because", "weil")

    def rule(text: str, options: GenerationOptions) -> str:
        if control.PLACEHOLDER in text:
            return first.replace("some", control.PLACEHOLDER)
        return GOOD if text == TEXT and options.beam > GenerationOptions().beam else first

    attempt, sent = _rescued(TEXT, rule)
    assert attempt.output == GOOD
    assert attempt.marks == {"rescued"}  # the number is the model's own: nothing was put back in the end
    assert sent[1:] == [[TEXT]]


def test_facts_are_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []

    def check(source: str, translation: str) -> tuple[Finding, ...]:
        compared.append((source, translation))
        return ()

    monkeypatch.setattr(facts, "check", check)
    work = Work(TEXT, [Attempt(TEXT)])
    generate = _generate(lambda text, _: GOOD, [])
    generate(work.attempts, GenerationOptions())
    rescue.rescue([work], generate, GenerationOptions(), fits=lambda _: True, is_trained=True)
    assert work.check(TEXT, GOOD) == ()
    assert compared == [(TEXT, GOOD)]
    assert work.check(TEXT, NO_NUMBER) == ()
    assert compared == [(TEXT, GOOD), (TEXT, NO_NUMBER)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (GOOD.replace("because", "weil"), NO_NUMBER),
        (GOOD.replace("because", "weil"), GOOD.replace("450", "450 of 900")),
        (NO_NUMBER, "the city the city the city the city 450"),
        (NO_NUMBER, ""),
        (NO_NUMBER, NO_NUMBER),
    ],
    ids=["loses a number", "invents a number", "loops", "empty", "same"],
)
def test_the_first_attempt_stays(first: str, second: str) -> None:
    attempt, sent = _rescued(TEXT, lambda text, options: second if options.beam > GenerationOptions().beam else first)
    assert sent
    assert attempt.output == first
    assert attempt.marks == set()


def test_a_lost_link_is_no_rescue() -> None:
    text = "Die Stadt schreibt unter www.example.org weiter, dass die Schule ein neues Dach braucht."
    first = "The city schreibt at www.example.org weiter that the school braucht a new roof nach the rain."
    second = "The city continues to write that the school needs a new roof after the rain."
    attempt, _ = _rescued(text, lambda text, options: second if options.beam > GenerationOptions().beam else first)
    assert attempt.output == first


def test_what_is_right_is_not_tried_again() -> None:
    assert _rescued(TEXT, lambda text, _: GOOD)[1] == []


def test_what_is_not_german_is_not_tried_again() -> None:
    assert _rescued(TEXT, lambda text, _: NO_NUMBER, marks=frozenset({"foreign"}))[1] == []


def test_what_does_not_fit_is_not_sent() -> None:
    attempt, sent = _rescued(TEXT, lambda text, _: NO_NUMBER, most=20)
    assert attempt.output == NO_NUMBER
    assert not [part for batch in sent for part in batch if len(part) >= 20]


def test_a_loop_is_decoded_more_strictly() -> None:
    def rule(text: str, options: GenerationOptions) -> str:
        return GOOD if options.no_repeat_ngram else "the city the city the city the city"

    attempt, sent = _rescued(TEXT, rule)
    assert attempt.output == GOOD
    assert attempt.marks == {"retried"}
    assert sent == [[TEXT]]


def test_options_of_the_caller_are_kept() -> None:
    seen: list[GenerationOptions] = []

    def rule(text: str, options: GenerationOptions) -> str:
        seen.append(options)
        return NO_NUMBER

    _rescued(TEXT, rule)
    assert seen[0] == GenerationOptions()
    assert {replace(options, beam=4, length_penalty=1.0) for options in seen} == {GenerationOptions()}
