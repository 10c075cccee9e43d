"""The gist as HTML: headline, summary with its evidence, topics as bars, and what was done; everything is escaped."""

from __future__ import annotations

from html import escape

from toolkit.documents import Digest, Summary, SummarySentence, Topics

_BARS = 5
"""Topics shown at once; the others are one click away."""
WAITING_TOPICS = (
    '<section class="kt-topics kt-gist-waiting" aria-label="Topics"><h2>Topics</h2>'
    + '<p class="kt-ghost kt-ghost-bar"></p>' * _BARS
    + "</section>"
)
"""In the place of the topics while the article is being translated."""


def render_summary(summary: Summary, topics: Topics | None) -> str:
    """Headline and summary; each sentence lights up what it rests on and leads there."""
    topic = "" if topics is None else topics.best or "None of these topics"
    kicker = f'<p class="kt-kicker">{escape(topic)}</p>' if topic else ""
    headline = f"<h1>{escape(summary.headline)}</h1>" if summary.headline else ""
    sentences = "".join(_render_sentence(sentence, index) for index, sentence in enumerate(summary.sentences))
    body = f'<ol class="kt-summary">{sentences}</ol>' if sentences else '<p class="kt-note">No summary.</p>'
    return f'<section class="kt-gist" lang="en" aria-label="The gist">{kicker}{headline}{body}</section>'


def render_waiting(sentences: int) -> str:
    """In the place of the gist while the article is being translated."""
    words = "The summary comes when the sentence is translated."
    if sentences != 1:
        words = f"The summary comes when all {sentences} sentences are translated."
    return (
        '<section class="kt-gist kt-gist-waiting" aria-label="The gist"><p class="kt-kicker">Reading</p>'
        '<p class="kt-ghost kt-ghost-h"></p><p class="kt-ghost"></p>'
        '<p class="kt-ghost"></p>'
        f'<p class="kt-ghost kt-ghost-s"></p><p class="kt-hidden">{words}</p></section>'
    )


def _render_sentence(sentence: SummarySentence, index: int) -> str:
    rests_on = " ".join(map(str, sentence.evidence))
    links = "".join(
        f'<a href="#en-{at}" class="kt-evidence" data-evidence="{at}" '
        f'aria-label="Sentence {at + 1} of the article">{at + 1}</a>'
        for at in sentence.evidence
    )
    warning = ""
    if sentence.is_supported is False:
        support = "" if sentence.support is None else f" (support {sentence.support:.2f} of 1)"
        warning = (
            '<span class="kt-signs"><button type="button" class="kt-sign kt-grave" aria-label="Check this sentence" '
            f'aria-describedby="gist-tip-{index}"><span aria-hidden="true"><span>!</span></span></button>'
            f'<span class="kt-tip" role="tooltip" id="gist-tip-{index}">'
            f"The article may not bear this out{support}: read the sentences it links to.</span></span>"
        )
    unsupported = " kt-grave" if warning else ""
    return (
        f'<li data-rests-on="{rests_on}"><span class="kt-claim{unsupported}">{escape(sentence.text)}</span>{warning} '
        f'<span class="kt-links">{links}</span></li>'
    )


def render_topics(topics: Topics) -> str:
    """Every label as a bar with its score; "none of these" among them."""
    bars = [
        _bar(score.label, score.score, is_chosen=score.label in topics.selected and not topics.none_of_these)
        for score in topics.scores
    ]
    shown, rest = bars[:_BARS], bars[_BARS:]
    none = ""
    if not topics.multi_label:
        none = _bar(
            "none of these", max(0.0, 1.0 - sum(s.score for s in topics.scores)), is_chosen=topics.none_of_these
        )
    elif topics.none_of_these:
        none = '<li class="kt-bar kt-chosen"><span class="kt-label">none of these</span></li>'
    more = (
        f'<details><summary>{len(rest)} more</summary><ul class="kt-bars">{"".join(rest)}</ul></details>'
        if rest
        else ""
    )
    return (
        '<section class="kt-topics" lang="en" aria-label="Topics"><h2>Topics</h2>'
        f'<ul class="kt-bars">{"".join(shown)}{none}</ul>{more}</section>'
    )


def _bar(label: str, score: float, *, is_chosen: bool) -> str:
    chosen = " kt-chosen" if is_chosen else ""
    tick = '<span class="kt-hidden"> (chosen)</span>' if is_chosen else ""
    return (
        f'<li class="kt-bar{chosen}" style="--kt-share:{score * 100:.1f}%">'
        f'<span class="kt-label">{escape(label)}{tick}</span>'
        f'<span class="kt-track" aria-hidden="true"><span></span></span><span class="kt-score">{score:.2f}</span></li>'
    )


def render_facts(digest: Digest, seconds: float) -> str:
    """What was done, in one line: sentences, models, seconds."""
    coverage = digest.translation.coverage
    translation, summary, topics = digest.translation, digest.summary, digest.topics
    models = " ".join(_model(step.model, step.engine) for step in (translation, summary, topics))
    facts = [
        f"{coverage.translated} of {coverage.sentences} sentences translated",
        f"{coverage.cut} cut",
        f"{coverage.split} split" if coverage.split else "",
        models,
        f"{seconds:.1f} seconds",
    ]
    items = "".join(f"<li>{fact}</li>" for fact in facts if fact)
    done = '<p class="kt-hidden" role="status">The article is ready.</p>'
    return f'{done}<ul class="kt-facts" aria-label="What was done">{items}</ul>'


def _model(name: str, engine: str) -> str:
    return f'<span class="kt-model" title="engine: {escape(engine)}">{escape(name)}</span>'
