"""The model card of the translator, its numbers taken from the files the recipe wrote.

python -m models.recipes.translator_card --work .work/translator --output models/translator-de-en
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from models.recipes import averaging, glossary_scores, learning_curve, robustness_scores
from models.recipes.corpora import CORPORA
from models.recipes.translation_scores import BEAM, BEAMS_SET, GREEDY, OTHER_BEAMS

_TEXT = """---
license: other
license_name: klartext-weights
language: [de, en]
pipeline_tag: translation
---
# translator-de-en

German to English for news, {parameters:.1f} million parameters, {megabytes:.0f} MB: the translator klartext ships.
A Marian encoder-decoder ({encoder} + {decoder} layers, width {width}, feed-forward {feed_forward}, {heads} heads)
with a joint SentencePiece vocabulary of {vocabulary:,} pieces, trained from random weights by
`models/recipes/translator.py`.

## What it is for, and not for
It gives non-German readers an idea of German news, sentence by sentence. It is small and has seen little news of its
own: at these scores wrong, missing and invented words occur often, and whole sentences can say something else
than the German. Do not rely on it for legal, medical or safety matters, for quoting a
person, or for any decision about a person. It reads at most {positions} tokens at once; klartext splits longer
sentences and says so.

## Scores
sacrebleu on whole development lines, as `Translator` returns them; decoding beam 4 unless said otherwise.
No line of these sets was trained on. Peers: their outputs on the same lines, same signature.

{scores}

Signatures: {signatures}.
newstest2021 has two references, used together. {beams}

{ablations}## What people really paste
chrF of 40 sentences each (eval/data/robustness.jsonl, written for klartext) as `Translator` returns them, disturbed and
clean, and the share of links, addresses, placeholders and numbers that came through unchanged:

{robustness}

Wanted terms, put into the German between two control tokens (eval/data/glossary.jsonl, {term_sentences} sentences,
beam {beam}): {plain:.0%} of the outputs have the wanted English term without being told, {applied:.0%} when told; chrF
{plain_chrf:.1f} and {term_chrf:.1f}. A placeholder comes through once in {placeholders:.0%}.

{by_eye}{rescue}{glossary}{training}## Licence
Because several corpora are for research or non-commercial use, so are these weights: see models/LICENSE.

## Limits known today
- Names it has not seen are sometimes respelled; rare words, and compounds above all, are guessed from their parts where
  the lexicon (toolkit/lexicon.py) does not have them.
- Idioms are mostly translated word by word; Konjunktiv (indirect speech) is often rendered as plain fact.
- A number that differs from the source is put right where there is only one candidate, and marked otherwise; number
  words are not checked.
- Text in other languages than German is translated as if it were German, and marked.
"""

_TRAINING = """## Training
{history}
{steps:,} steps of {batch_tokens:,} padded target tokens, {tokens:.1f} million target tokens: {epochs:.2f}
passes over the {pairs:,} pairs of the mixture below{back_translated}. Muon for the matrices, AdamW for the rest,
learning rate {learning_rate} with a linear fall to zero over the last {cooldown:.0%}, label smoothing 0.1, {dropout},
{average} snapshots over the last {average_over:.0%} of the steps averaged{start_share},
seed {seed},{short_first} {hardware}.
Held-out loss (first lines of newstest2018, nats a token):

![learning curve](learning-curve.svg)

Of the mixture {with_terms:,} pairs carry wanted terms or placeholders (Dinu et al. 2019; nouns of the news pairs, found
by word alignment). Robustness is trained in: of the pairs, {capitals:.1%} are in capitals, {title:.1%} in title case,
{umlauts:.1%} with
ae/oe/ue/ss, {stops:.1%} without their full stop; {joined:.0%} more are two to four sentences joined, {copies:.1%} more
are links, addresses, numbers and placeholders to copy{renumbered}.

| corpus | pairs an epoch | licence |
|---|---:|---|
{corpora}

"""


def main() -> None:
    """Write README.md and learning-curve.svg into the model folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path(".work/translator"))
    parser.add_argument("--output", type=Path, default=Path("models/translator-de-en"))
    options = parser.parse_args()
    write_card(options.work, options.output)


def write_card(work: Path, folder: Path) -> None:
    """Write the card of the model in `folder` from what lies in `work`."""
    scores: dict[str, Any] = json.loads((work / "scores.json").read_text(encoding="utf-8"))
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    sturdy: dict[str, Any] = json.loads((work / "robustness.json").read_text(encoding="utf-8"))
    told = sturdy["terms"]
    ablations, by_eye = work / "ablations.json", work / "by-eye.json"
    rescue, glossary = work / "rescue.json", work / "glossary.json"
    weights = folder / "model.safetensors"
    first = next(iter(scores.values()))
    text = _TEXT.format(
        parameters=weights.stat().st_size / 2e6,
        megabytes=weights.stat().st_size / 1e6,
        encoder=config["encoder_layers"],
        decoder=config["decoder_layers"],
        width=config["d_model"],
        feed_forward=config["encoder_ffn_dim"],
        heads=config["encoder_attention_heads"],
        vocabulary=config["vocab_size"] - 1,
        positions=config["max_position_embeddings"],
        scores=score_table(scores),
        ablations=ablation_table(json.loads(ablations.read_text(encoding="utf-8"))) if ablations.exists() else "",
        by_eye=by_eye_table(json.loads(by_eye.read_text(encoding="utf-8"))) if by_eye.exists() else "",
        glossary=glossary_scores.table(json.loads(glossary.read_text(encoding="utf-8"))) if glossary.exists() else "",
        rescue=rescue_table(json.loads(rescue.read_text(encoding="utf-8"))) if rescue.exists() else "",
        robustness=robustness_table(sturdy["robustness"]),
        term_sentences=told["sentences"],
        beam=robustness_scores.BEAM,
        plain=told["plain_applied"],
        applied=told["term_applied"],
        plain_chrf=told["plain_chrf"],
        term_chrf=told["term_chrf"],
        placeholders=told["placeholder_kept"],
        signatures=" and ".join(f"`{signature}`" for signature in next(iter(first.values()))["signatures"]),
        beams=beam_sentence(scores),
        training=_training(work, folder),
    )
    (folder / "README.md").write_text(text, encoding="utf-8")


def _training(work: Path, folder: Path) -> str:
    """The section on the training, and its plot; where its files are gone, the section of the present card."""
    if not (work / "run.json").exists():
        _, begin, rest = (folder / "README.md").read_text(encoding="utf-8").partition("## Training\n")
        kept, end, _ = rest.partition("## Licence\n")
        if not (begin and end):
            raise SystemExit(f"neither {work / 'run.json'} nor a card with a section on the training in {folder}")
        return begin + kept
    mixture: dict[str, Any] = json.loads((work / "mixture.json").read_text(encoding="utf-8"))
    run: dict[str, Any] = json.loads((work / "run.json").read_text(encoding="utf-8"))
    learning_curve.draw(learning_curve.read_log(work), folder / "learning-curve.svg")
    rates = run["augmentation"]
    return _TRAINING.format(
        history=f"{run['history']} Then:\n" if run.get("history") else "",
        with_terms=mixture.get("with_terms", 0),
        corpora="\n".join(
            f"| {corpus.name}{' (German by machine, tagged)' if corpus.synthetic_source else ''} "
            f"| {mixture['pairs'][corpus.name]:,} | {corpus.licence} |"
            for corpus in CORPORA
            if corpus.name in mixture["pairs"]
        ),
        pairs=mixture["encoded"],
        back_translated=(
            f" and {run['back_translated']:,} sentences of English news with the German of a reverse model "
            f"(`models/recipes/back_translation.py`; tagged{_times(run.get('back_translated_weight', 1))})"
            if run.get("back_translated")
            else ""
        ),
        dropout=f"dropout {run['dropout']}" if run.get("dropout") else "no dropout",
        epochs=run["batches"] / run["batches_per_epoch"],
        tokens=run["target_tokens"] / 1e6,
        average=run["average"],
        average_over=run["cooldown"] * run["average_over"],
        start_share=averaging.blend_note(run["start_share"], *run["other_shares"]),
        steps=run["steps"],
        batch_tokens=run["batch_tokens"],
        learning_rate=run["learning_rate"],
        cooldown=run["cooldown"],
        seed=run["seed"],
        short_first=f" the first {run['short_first']} steps on short pairs," if run["short_first"] else "",
        hardware=run["hardware"],
        capitals=rates["capitals"],
        title=rates["title_case"],
        umlauts=rates["no_umlauts"],
        stops=rates["no_full_stop"],
        joined=rates["joined"],
        copies=rates["copies"],
        renumbered=(
            f", and {rates['renumbered']:.0%} more are pairs with other numbers, the same on both sides"
            if "renumbered" in rates
            else ""
        ),
    )


def _times(weight: int) -> str:
    return f"; {weight} times an epoch" if weight > 1 else ""


def beam_sentence(scores: dict[str, Any]) -> str:
    """What each beam gave and how fast it was, where several were scored; empty otherwise."""
    rows = scores.get(BEAMS_SET, {})
    tried = [beam for beam in sorted({GREEDY, BEAM, *OTHER_BEAMS}) if f"int8 beam {beam}" in rows]
    if len(tried) < 3:
        return ""
    parts = [
        f"{beam}: {rows[f'int8 beam {beam}']['bleu']:.1f} at {rows[f'int8 beam {beam}']['words_per_second']:,} words/s"
        for beam in tried
    ]
    return f"The beam on {BEAMS_SET} (BLEU, int8): " + ", ".join(parts) + "."


def ablation_table(steps: dict[str, Any]) -> str:
    """A section on what each step gave: its name, and BLEU and chrF (int8, beam 4) on each set; empty without steps."""
    if not steps:
        return ""
    sets = list(next(iter(steps.values())))
    lines = ["## What each step gave", "| |" + "".join(f" {name} BLEU | chrF |" for name in sets)]
    lines.append("|---|" + "---:|---:|" * len(sets))
    for step, scores in steps.items():
        cells = "".join(f" {scores[name]['bleu']:.1f} | {scores[name]['chrf']:.1f} |" for name in sets)
        lines.append(f"| {step} |{cells}")
    return "\n".join([*lines, "", ""])


def by_eye_table(report: dict[str, Any]) -> str:
    """A section on errors counted by reading: {"how": …, "columns": {name: {kind: sentences}}}."""
    columns: dict[str, dict[str, int]] = report["columns"]
    kinds = list(dict.fromkeys(kind for counts in columns.values() for kind in counts))
    lines = ["## By eye", report["how"], "", "| sentences with | " + " | ".join(columns) + " |"]
    lines.append("|---|" + "---:|" * len(columns))
    lines += [f"| {kind} | " + " | ".join(str(c.get(kind, 0)) for c in columns.values()) + " |" for kind in kinds]
    return "\n".join([*lines, "", ""])


def rescue_table(report: dict[str, dict[str, dict[str, Any]]]) -> str:
    """A section on second attempts, from `models/recipes/rescue_scores.py`: a row for each set and choice of ways."""
    lines = [
        "## Second attempts",
        "A sentence that lost a number, date, time, currency or link, has a negation lost or added, is much too short",
        "or partly German is translated another way (toolkit/rescue.py); the less doubtful output stays. Measured by",
        "`models/recipes/rescue_scores.py`; time is that of the run without second attempts plus theirs.",
        "",
        "| | BLEU | chrF | sentences | with findings | loops | numbers all right | tried | replaced | time |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, rows in report.items():
        for choice, row in rows.items():
            tried, spent = row.get("tried", ""), f"{row['time']:.2f}" if "time" in row else ""
            lines.append(
                f"| {name}, {choice} | {row['bleu']:.2f} | {row['chrf']:.2f} | {row['sentences']:,} "
                f"| {row['with findings']} | {row['loops']} | {row['numbers right']} of {row['with numbers']} "
                f"| {tried} | {row['rescued']} | {spent} |"
            )
    return "\n".join([*lines, "", ""])


def robustness_table(report: dict[str, dict[str, float]]) -> str:
    """Kinds of disturbance as rows."""
    lines = ["| | chrF | clean | kept |", "|---|---:|---:|---:|"]
    for kind, row in report.items():
        kept = f"{row['kept']:.0%}" if "kept" in row else ""
        lines.append(f"| {kind} | {row['chrf']:.1f} | {row['chrf_clean']:.1f} | {kept} |")
    return "\n".join(lines)


def score_table(scores: dict[str, Any]) -> str:
    """Systems as rows, BLEU and chrF of each set as columns, words a second for ours."""
    names = list(dict.fromkeys(system for rows in scores.values() for system in rows))
    lines = [
        "| | " + " | ".join(f"{name} BLEU | chrF" for name in scores) + " | source words/s |",
        "|---|" + "---:|" * (2 * len(scores) + 1),
    ]
    for name in names:
        cells = [
            f"{rows[name][metric]:.1f}" if name in rows else ""
            for rows in scores.values()
            for metric in ("bleu", "chrf")
        ]
        speeds = [
            rows[name]["words_per_second"] for rows in scores.values() if "words_per_second" in rows.get(name, {})
        ]
        is_ours = bool(speeds)
        label = f"**klartext**, {name}" if is_ours else name
        lines.append(
            f"| {label} | " + " | ".join(cells) + f" | {min(speeds):,} |"
            if is_ours
            else f"| {label} | " + " | ".join(cells) + " | |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
