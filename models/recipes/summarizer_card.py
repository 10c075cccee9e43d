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
from the start of an article to its end, by weights learned from articles with summaries (`toolkit/salience.json`); has
each rewritten, its main sentence alone, with the one before it, and with those after it; and takes the rewriting that
promises most, its words, its place and the model's certainty weighed. A rewriting that repeats itself, breaks off,
brings in a name or number its passage lacks, or is not borne out by it (`toolkit.support`) is not used: the passage's
main sentence stands there instead, without clauses it can stand without, and its support is 1.

## What it is for, and not for
It tells a reader quickly what an article is about. It is small and was trained on {hardware}: it leaves
out what matters, joins what does not belong together, and can twist who did what to whom, which no check here
notices. Do not quote it, and do not rely on it for legal, medical or safety matters or for any decision about a person.

## Scores
{signature}. int8 weights in CTranslate2, beam 4, as `Summarizer` returns them. No article of these sets was trained on.
"Lead" and "random passage" have as many words as our summary of the same article; "chosen, not rewritten" are the
main sentences of the passages, shortened to 25 words where clauses can go. Names and numbers are looked up in the
article; that finds inventions, not wrong relations. The weights by which passages are chosen were learned without any
article of these sets; of XSum's, 200 to 600 had been looked at for an earlier version's.

{scores}

What the model writes and what is put in its place: {copied}

{ablations}## Training
{steps:,} steps of {batch_tokens:,} padded source tokens, {tokens:.2f} million target tokens in all, {epochs:.2f}
passes over the {pairs:,} pairs below; the first {short_first} steps saw only short copies. Muon for the matrices,
AdamW for the rest, learning rate {learning_rate} with a linear fall to zero over the last {cooldown:.0%}, label
smoothing 0.1, dropout {dropout}, last snapshots averaged, seed {seed}, {hardware}. Loss in nats a token:

![learning curve](learning-curve.svg)

Only pairs are used whose target has all its names, all its numbers and most of its words in its source. A headline is
the lead's own or another outlet's of the same event, cleaned of outlet names, teasers and capitals. A sentence is one
with which another outlet tells of the same event ("two outlets"); one that the lead says twice in other words
("repetition", "gap sentence"); a person's translation where the source is a machine's ("machine translation"); one of a
summary ("document"); the lead's main sentence without the clauses that the headline does not need ("compression"); or
the source itself ("copy"). Of one source in ten some articles and prepositions are missing or exchanged, as machine
translation does. Novel bigrams: of the targets' pairs of words, those their sources lack.

| kind | task | pairs | novel bigrams % |
|---|---|---:|---:|
{kinds}

| corpus | task | pairs | licence |
|---|---|---:|---|
{corpora}

## Licence
Because several corpora are for research only, so are these weights: see models/LICENSE.

## Limits known today
- Where no rewriting is sound, the article's own words stand: see the shares above.
- It drops words and clauses, now and then one the sense hangs on ("outside", "failed to"), or joins the wrong halves of
  two; the check of support finds a part of these. Headlines are the weaker half.
- Trained on leads: bodies of long articles are less like what it learned from.
- It knows news of 2020 and 2022, mostly from India, the United States and Britain.
- Little of its training was machine-translated English, which is what it reads in klartext.
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
    kinds: dict[str, dict[str, float]] = json.loads((work / "kinds.json").read_text(encoding="utf-8"))
    run: dict[str, Any] = json.loads((work / "run.json").read_text(encoding="utf-8"))
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    learning_curve.draw(learning_curve.read_log(work), folder / "learning-curve.svg")
    weights = folder / "model.safetensors"
    licences = summaries.CORPORA | {corpus.name: corpus.licence for corpus in corpora.CORPORA}
    ablations = work / "ablations.json"
    text = _TEXT.format(
        ablations=ablation_table(json.loads(ablations.read_text(encoding="utf-8"))) if ablations.exists() else "",
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
            f"| {name} | {_TASKS[task]} | {count:,} | {licences[name]} |"
            for (name, task), count in ((entry.split(), count) for entry, count in mixture.items())
        ),
        kinds="\n".join(
            f"| {kind} | {_TASKS[task]} | {row['pairs']:,} | {row['novel bigrams']:.1f} |"
            for (kind, task), row in ((entry.rsplit(" ", 1), row) for entry, row in kinds.items())
        ),
        **run,
    )
    (folder / "README.md").write_text(text, encoding="utf-8")


def ablation_table(steps: dict[str, dict[str, float]]) -> str:
    """What each step brought on xsum-700, from `work`/ablations.json."""
    lines = [
        "## What each step brought, xsum-700",
        "",
        "| step | ROUGE-1 | ROUGE-L | words | novel bigrams % |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, row in steps.items():
        values = (row["rouge1"], row["rouge_l"], row["words"], row["novel_bigrams"])
        lines.append(f"| {name} | " + " | ".join(f"{value:.1f}" for value in values) + " |")
    return "\n".join([*lines, "", ""])


_TASKS = {summaries.HEADLINE: "headline", summaries.SENTENCE: "sentence"}


if __name__ == "__main__":
    main()
