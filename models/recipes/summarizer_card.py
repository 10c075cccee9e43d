"""The model card of the summariser, its numbers taken from the files the recipe wrote.

python -m models.recipes.summarizer_card --work .work/summarizer --output models/summarizer-en
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from models.recipes import corpora, learning_curve, summaries, summary_scores

_TEXT = """---
license: other
license_name: klartext-weights
language: en
pipeline_tag: summarization
---
# summarizer-en

Rewrites a short passage of English news as one sentence or as a headline: {parameters:.1f} million parameters,
{megabytes:.0f} MB, the summariser klartext ships. A Marian encoder-decoder ({encoder} + {decoder} layers, width
{width}, feed-forward {feed_forward}) with the translator's vocabulary, begun from the translator's weights and trained
by `models/recipes/summarizer.py`.

A source is `⟦headline⟧ ` or `⟦sentence⟧ ` and a passage of one to three sentences. klartext chooses the passages,
from the start of an article to its end, has each rewritten, and names its sentences as evidence. A rewritten sentence
that repeats itself, breaks off, or brings in a name or number its passage lacks is tried again and then replaced by the
closest sentence of the article.

## What it is for, and not for
It tells a reader quickly what an article is about. It is small and was trained on {hardware}: it leaves
out what matters, joins what does not belong together, and can twist who did what to whom, which no check here
notices. Do not quote it, and do not rely on it for legal, medical or safety matters or for any decision about a person.

## Scores
{signature}. int8 weights in CTranslate2, beam 4, as `Summarizer` returns them. No article of these sets was trained on.
"Lead" and "random passage" have as many words as our summary of the same article; "chosen, not rewritten" are the
first sentences of the passages the model was given. Names and numbers are looked up in the article; that finds
inventions, not wrong relations. How passages are chosen was tuned on 400 of the 700 XSum articles (200 to 600), and
when an output is rejected on fifty, so the figures for XSum flatter a little.

{scores}

What the model writes and what is put in its place: {copied}

## Training
{steps:,} steps of {batch_tokens:,} padded source tokens, {tokens:.2f} million target tokens in all, {epochs:.2f}
passes over the {pairs:,} pairs below; the first {short_first} steps saw only short copies. Muon for the matrices,
AdamW for the rest, learning rate {learning_rate} with a linear fall to zero over the last {cooldown:.0%}, label
smoothing 0.1, no dropout, last snapshots averaged, seed {seed}, {hardware}. Loss in nats a token:

![learning curve](learning-curve.svg)

Only pairs are used whose target has all its names, all its numbers and most of its words in its source: a headline is
cleaned of outlet names, teasers and capitals; a sentence is one that the lead says twice in other words, a headline
with verb and article, or the lead's main sentence without the clauses the headline does not need.

| corpus | task | pairs | licence |
|---|---|---:|---|
{corpora}

## Licence
Because several corpora are for research only, so are these weights: see models/LICENSE.

## Limits known today
- It shortens more than it rewords: few of its word pairs are new, and where it is unsure, the article's own sentence
  stands. Most of what the scores gain on the lead comes from choosing passages, not from rewriting them.
- It drops words and clauses ("North Free Trade Agreement"), now and then spells a word wrongly ("fle" for "flee") or
  joins the wrong halves of two clauses; headlines are the weaker half.
- Trained on leads: what stands late in a long article is chosen by word counts alone.
- It knows news of 2020 and 2022, mostly from India, the United States and Britain.
- It was not trained on machine-translated English, which is what it reads in klartext.
- Quotations lose their speaker where the passage does not name him.
"""


def main() -> None:
    """Write README.md and learning-curve.svg into the model folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path(".work/summarizer"))
    parser.add_argument("--output", type=Path, default=Path("models/summarizer-en"))
    options = parser.parse_args()
    write_card(options.work, options.output)


def write_card(work: Path, folder: Path) -> None:
    """Write the card of the model in `folder` from what lies in `work`."""
    scores: dict[str, Any] = json.loads((work / "scores.json").read_text(encoding="utf-8"))
    mixture: dict[str, int] = json.loads((work / "mixture.json").read_text(encoding="utf-8"))
    run: dict[str, Any] = json.loads((work / "run.json").read_text(encoding="utf-8"))
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    learning_curve.draw(learning_curve.read_log(work), folder / "learning-curve.svg")
    weights = folder / "model.safetensors"
    licences = summaries.CORPORA | {corpus.name: corpus.licence for corpus in corpora.CORPORA}
    text = _TEXT.format(
        parameters=weights.stat().st_size / 2e6,
        megabytes=weights.stat().st_size / 1e6,
        encoder=config["encoder_layers"],
        decoder=config["decoder_layers"],
        width=config["d_model"],
        feed_forward=config["encoder_ffn_dim"],
        signature=summary_scores.SIGNATURE,
        scores="\n\n".join(
            f"**{name}** ({entry['articles']} articles, {entry['sentences']} sentence"
            f"{'s' * (entry['sentences'] > 1)} each)\n\n{summary_scores.table(entry['scores'])}"
            for name, entry in scores.items()
        ),
        copied="; ".join(
            f"of the sentences on {name}, {entry['copied']:.0f} % stand in the article word for word"
            for name, entry in scores.items()
        )
        + ".",
        corpora="\n".join(
            f"| {name} | {_TASKS[task] if name in summaries.CORPORA else 'copies'} | {count:,} | {licences[name]} |"
            for (name, task), count in ((entry.split(), count) for entry, count in mixture.items())
        ),
        **run,
    )
    (folder / "README.md").write_text(text, encoding="utf-8")


_TASKS = {summaries.HEADLINE: "headline", summaries.SENTENCE: "sentence"}


if __name__ == "__main__":
    main()
