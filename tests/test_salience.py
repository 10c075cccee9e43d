"""What a sentence is worth in a summary: the shipped weights, and what they tell apart."""

import math
from collections import Counter

import numpy as np
import pytest

from models.recipes import summary_salience
from tests.articles import ARTICLES
from toolkit import salience
from toolkit.salience import SENTENCE_FEATURES, WORD_FEATURES, Article

ARTICLE = Article(
    [
        "The council of Lindenau closes the old town to cars from May.",
        "It rained.",
        "Shopkeepers of the old town had warned the council that customers would stay away.",
        '"I like my car," said one of them.',
        "The council expects the old town to be closed to all cars within two years.",
    ]
)


def test_the_shipped_weights_name_every_feature() -> None:
    weights = salience.shipped()
    assert set(weights.word) == {"", *WORD_FEATURES}
    assert set(weights.sentence) == {"", *SENTENCE_FEATURES}
    assert "" in weights.kinds
    assert all(
        math.isfinite(value) for part in (weights.word, weights.kinds, weights.sentence) for value in part.values()
    )


def test_what_the_article_is_about_is_worth_more() -> None:
    values = [ARTICLE.value(sentence, i) for i, sentence in enumerate(ARTICLE.sentences)]
    assert max(values[1], values[3]) < min(values[0], values[2], values[4])


def test_words_said_before_are_worth_less() -> None:
    last = ARTICLE.sentences[4]
    assert ARTICLE.value(last, 4, said=salience.tokens(ARTICLE.sentences[0])) < ARTICLE.value(last, 4)


@pytest.mark.parametrize("text", ["", "!", "Rain", "5", "x" * 1000])
def test_strange_texts_have_a_value(text: str) -> None:
    assert math.isfinite(Article([text]).value(text, 0))
    assert math.isfinite(Article([]).value(text, 0))


def test_words_the_article_lacks_are_worth_less_than_its_own() -> None:
    probabilities = ARTICLE.word_probabilities("The council of Berlin", 0, salience.shipped())
    assert probabilities["council"] > probabilities["berlin"]


def test_weights_are_learned_from_articles_with_summaries() -> None:
    """Summaries that repeat what stands last in their articles teach that the end counts."""
    rng = np.random.default_rng(1)
    pairs = []
    for _ in range(30):
        words = " ".join(article["text"] for article in ARTICLES).split()
        sentences = [" ".join(rng.choice(words, 12)).replace(".", "").capitalize() + " is said." for _ in range(8)]
        pairs.append((Article(sentences), sentences[-1]))
    weights = summary_salience.fit(pairs)
    article = pairs[0][0]
    values = [article.value(sentence, i, weights=weights) for i, sentence in enumerate(article.sentences)]
    assert max(values) == values[-1]


def test_the_target_is_the_mean_of_rouge_1_and_rouge_l() -> None:
    assert summary_salience.target("The old town is closed", "The old town is closed.") == pytest.approx(1.0)
    assert summary_salience.target("closed town", "town closed") == pytest.approx(0.75)
    assert summary_salience.target("a", "b") == 0.0


def test_words_of_headlines_and_openings_are_told_from_others() -> None:
    first = Counter({"police": 90, "said": 50, "the": 100})
    later = Counter({"police": 10, "said": 90, "the": 100, "rarely": 1})
    headed = Counter({"police": 80, "said": 1, "the": 5})
    words = summary_salience.count_words(first, later, headed, openings=100, laters=100)
    assert words["police"].headline > words["said"].headline
    assert words["police"].opening > words["the"].opening > words["said"].opening
    assert words["police"].rarity > words["the"].rarity


def test_the_shipped_words_hold_any_other() -> None:
    assert {"", "the", "police"} <= salience.words().keys()
    assert salience.words()[""].rarity > salience.words()["the"].rarity


def test_a_value_does_not_depend_on_what_was_asked_before() -> None:
    said = {"council", "town"}
    fresh = Article(ARTICLE.sentences).value(ARTICLE.sentences[2], 2, said=said)
    again = Article(ARTICLE.sentences)
    again.value(again.sentences[2], 2)
    assert again.value(again.sentences[2], 2, said=said) == fresh
    assert fresh < again.value(again.sentences[2], 2)
