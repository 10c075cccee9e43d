"""Passages: in order, without overlap, from start to end, no longer than the model was trained on."""

import hypothesis
from hypothesis import strategies

from toolkit import passages
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
    chosen = passages.choose_passages(Article(sentences), count=count)
    indices = [i for passage in chosen for i in passage.sentences]
    assert 1 <= len(chosen) <= count
    assert indices == sorted(set(indices))
    for passage in chosen:
        first, last = passage.sentences[0], passage.sentences[-1]
        assert passage.sentences == tuple(range(first, last + 1))
        assert passage.text == " ".join(sentences[i] for i in passage.sentences)
        assert len(passage.sentences) <= passages.MAX_SENTENCES
        assert len(passage.sentences) == 1 or len(passage.text.split()) <= passages.MAX_WORDS


def test_a_long_article_is_covered_from_start_to_end() -> None:
    article = [f"Sentence {i} tells of the {'abcdefgh'[i % 8] * 5} matter here." for i in range(60)]
    starts = [passage.sentences[0] for passage in passages.choose_passages(Article(article), count=3)]
    assert starts[0] < 15
    assert 12 <= starts[1] < 36
    assert starts[2] >= 34


def test_the_count_is_reached_where_there_are_sentences_enough() -> None:
    for count in range(1, len(ARTICLE)):
        assert len(passages.choose_passages(Article(ARTICLE), count=count)) == count


def test_headings_are_left_out_where_there_are_sentences() -> None:
    article = ["Council news", *ARTICLE[:2], "What comes next", *ARTICLE[2:]]
    indices = {i for passage in passages.choose_passages(Article(article), count=4) for i in passage.sentences}
    assert not indices & {0, 3}
    assert passages.choose_passages(Article(["Council news"]), count=3)[0].sentences == (0,)


def test_the_passage_says_what_the_article_is_about() -> None:
    article = ["It rained.", *["The strike of the drivers stops all trains."] * 2, "A cat sat in the sun, some say."]
    assert 1 in passages.choose_passages(Article(article), count=1)[0].sentences


def test_the_opening_includes_the_heading_and_stops_in_time() -> None:
    lead = passages.opening(["Council news", *ARTICLE])
    assert lead.sentences == (0, 1)
    assert lead.text.startswith("Council news. The council")
    of_the_page = ["Media playback is unsupported here", "13 May Last updated at 09:11", *ARTICLE]
    assert passages.opening(of_the_page).sentences == (2,)
    assert passages.opening(of_the_page[:2]).sentences == (0, 1)
    late = passages.opening(["ROME – On the edge of a summit, Foreign Minister Anna Lenz led the talks.", *ARTICLE])
    assert late.text == "Foreign Minister Anna Lenz led the talks."
    endless = passages.opening(["word " * 500 + ".", "More follows here now."])
    assert endless.sentences == (0,)


SENTENCES = ["The council of Jena has decided on night buses in all districts.", "Rain fell at noon on the market."]
TITLE = "Jena decides on night buses"


def test_the_title_is_the_first_line_that_tells_of_the_article() -> None:
    assert passages.title([TITLE, *SENTENCES]) == TITLE
    assert passages.title(["Politics", TITLE, "The council of Jena, here in a picture of May", *SENTENCES]) == TITLE
    assert passages.title(SENTENCES) is None


def test_what_is_no_title() -> None:
    banner = "Media playback is not supported on this device"
    for line in ("Night buses", banner, "Jena and its night buses " * 6, "to the on of at"):
        assert passages.title([line, *SENTENCES, line]) is None
    # After the first sentence it may be a caption; without sentences nothing is said again.
    assert passages.title([SENTENCES[0], TITLE, SENTENCES[1]]) is None
    assert passages.title([TITLE, TITLE, "Night buses are to come to Jena"]) is None


def test_the_first_sentence_is_no_heading_where_there_is_one() -> None:
    assert passages.first_sentence(["Politics", TITLE, *SENTENCES]) == SENTENCES[0]
    assert passages.first_sentence(["Politics", "Sport"]) == "Politics"
