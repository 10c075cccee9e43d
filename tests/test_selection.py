"""The sentences chosen: in order, from start to end; title and first sentence."""

import hypothesis
from hypothesis import strategies

from toolkit import selection
from toolkit.salience import Article

ARTICLE = [
    "The council of Lindenau closes the old town to cars.",
    "The vote ended 31 to 22 after a debate of four hours.",
    "Shopkeepers had warned that customers would stay away.",
    "A trial last summer brought more visitors to the old town.",
    "The opposition wants a second vote in autumn.",
    "Parking outside the centre will be free on Saturdays.",
    "The city expects costs of ninety thousand euros.",
    "Buses and taxis are still allowed before ten in the morning.",
    "The police will check the closed streets during the first weeks.",
]

texts = strategies.lists(strategies.text(alphabet="ab cd ef.A?\n1", min_size=1, max_size=200), min_size=1, max_size=30)


@hypothesis.given(sentences=texts, count=strategies.integers(1, 8))
def test_invariants(sentences: list[str], count: int) -> None:
    chosen = selection.choose(Article(sentences), count=count)
    places = [choice.place for choice in chosen]
    assert 1 <= len(chosen) <= count
    assert places == sorted(set(places))
    for choice in chosen:
        assert 0 <= choice.place < len(sentences)
        assert len(choice.form.split()) <= selection.MAX_FORM_WORDS


def test_a_long_article_is_covered_from_start_to_end() -> None:
    article = [f"Sentence {i} tells of the {'abcdefgh'[i % 8] * 5} matter here." for i in range(60)]
    places = [choice.place for choice in selection.choose(Article(article), count=3)]
    assert places[0] < 15
    assert 12 <= places[1] < 36
    assert places[2] >= 34


def test_the_count_is_reached_where_there_are_sentences_enough() -> None:
    for count in range(1, len(ARTICLE)):
        assert len(selection.choose(Article(ARTICLE), count=count)) == count


def test_spare_sentences_come_beside_those_wanted() -> None:
    assert len(selection.choose(Article(ARTICLE), count=2, spare=3)) == 5
    assert len(selection.choose(Article(ARTICLE[:3]), count=2, spare=3)) == 2


def test_headings_are_left_out_where_there_are_sentences() -> None:
    article = ["Council news", *ARTICLE[:2], "What comes next", *ARTICLE[2:]]
    assert not {choice.place for choice in selection.choose(Article(article), count=4)} & {0, 3}
    assert selection.choose(Article(["Council news"]), count=3)[0].place == 0


def test_what_an_article_is_about_is_chosen() -> None:
    article = ["It rained.", *["The strike of the drivers stops all trains."] * 2, "A cat sat in the sun, some say."]
    assert selection.choose(Article(article), count=1)[0].place in {1, 2}


SENTENCES = ["The council of Jena has decided on night buses in all districts.", "Rain fell at noon on the market."]
TITLE = "Jena decides on night buses"


def test_the_title_is_the_first_line_that_tells_of_the_article() -> None:
    assert selection.title([TITLE, *SENTENCES]) == TITLE
    assert selection.title(["Politics", TITLE, "The council of Jena, here in a picture of May", *SENTENCES]) == TITLE
    assert selection.title(SENTENCES) is None


def test_what_is_no_title() -> None:
    banner = "Media playback is not supported on this device"
    for line in ("Night buses", banner, "Jena and its night buses " * 6, "to the on of at"):
        assert selection.title([line, *SENTENCES, line]) is None
    # After the first sentence it may be a caption; without sentences nothing is said again.
    assert selection.title([SENTENCES[0], TITLE, SENTENCES[1]]) is None
    assert selection.title([TITLE, TITLE, "Night buses are to come to Jena"]) is None


def test_the_first_sentence_is_no_heading_where_there_is_one() -> None:
    assert selection.first_sentence(["Politics", TITLE, *SENTENCES]) == 2
    assert selection.first_sentence(["Politics", "Sport"]) == 0
    assert selection.first_sentence(["Media playback is unsupported", "Night buses", "Jena wants night buses"]) == 1
