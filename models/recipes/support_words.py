"""The word tables of `toolkit/support`: how common English words are, and which mean much the same or the opposite.

python -m models.recipes.support_words --data ../shared/data --wordnet /usr/share/wordnet --output toolkit/support/words

Common are words of English news, counted; their meanings are those of WordNet 3.0 (Debian: wordnet-base). No sentence
of either is kept.
"""

from __future__ import annotations

import argparse
import lzma
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolkit import grounding

FREQUENT = 6000
"""Stems whose rank is kept; all others count as rare."""
_VOCABULARY = 10_000
"""Stems whose meanings are kept."""
_LEADS = 200_000
_SENSES = 3
"""Of a word, the first ones: WordNet lists them by how often they are meant."""
_SMALL = re.compile(r"(?<![\w'’-])[a-z][a-z’']*(?![\w'’])")
_PARTS = ("noun", "verb", "adj", "adv")
_LETTERS = {"n": "noun", "v": "verb", "a": "adj", "s": "adj", "r": "adv"}


@dataclass(frozen=True, slots=True)
class Synset:
    """Words of one meaning, and what it points to: (relation, part of speech, offset, word of ours, word of theirs)."""

    words: tuple[str, ...]
    pointers: tuple[tuple[str, str, str, int, int], ...]


def count_stems(path: Path, irregular: dict[str, str]) -> Counter[str]:
    """How often each stem occurs in lower case in the leads of news."""
    counts: Counter[str] = Counter()
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number == _LEADS:
                break
            counts.update(_SMALL.findall(line.split("\t")[0]))
    stems: Counter[str] = Counter()
    for word, count in counts.items():
        if grounding.is_content(word):
            stems[grounding.stem(irregular.get(word, word))] += count
    return stems


def irregular_forms(folder: Path) -> dict[str, str]:
    """Inflected forms with their base, of verbs and nouns, where our stemmer does not bring them together."""
    forms: dict[str, str] = {}
    for part in ("noun", "verb"):
        for line in (folder / f"{part}.exc").read_text(encoding="ascii").splitlines():
            form, base = line.split()[:2]
            if grounding.stem(form) != grounding.stem(base) and form.isalpha() and base.isalpha():
                forms[form] = base
    return forms


def read_wordnet(folder: Path) -> dict[tuple[str, str], Synset]:
    """Every synset by part of speech and offset."""
    synsets = {}
    for part in _PARTS:
        for line in (folder / f"data.{part}").read_text(encoding="utf-8").splitlines():
            if line.startswith(" "):
                continue
            fields = line.split(" | ")[0].split()
            count = int(fields[3], 16)
            words = tuple(fields[4 + 2 * i].lower().split("(")[0] for i in range(count))
            at = 4 + 2 * count
            pointers = []
            for i in range(int(fields[at])):
                relation, offset, letter, ends = fields[at + 1 + 4 * i : at + 5 + 4 * i]
                pointers.append((relation, _LETTERS[letter], offset, int(ends[:2], 16), int(ends[2:], 16)))
            synsets[part, fields[0]] = Synset(words, tuple(pointers))
    return synsets


def first_senses(folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each single word with the synsets of its first senses."""
    for part in _PARTS:
        for line in (folder / f"index.{part}").read_text(encoding="ascii").splitlines():
            if line.startswith(" "):
                continue
            fields = line.split()
            if fields[0].isalpha():
                for offset in fields[-int(fields[2]) :][:_SENSES]:
                    yield fields[0], (part, offset)


def relate(folder: Path, vocabulary: frozenset[str]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """For each stem of the vocabulary the later ones that mean much the same, and those that mean the opposite."""
    synsets = read_wordnet(folder)
    related: dict[str, set[str]] = defaultdict(set)
    opposite: dict[str, set[str]] = defaultdict(set)
    for word, key in first_senses(folder):
        stem = grounding.stem(word)
        if stem not in vocabulary or not grounding.is_content(word):
            continue
        synset = synsets[key]
        near = set(synset.words)
        for relation, part, offset, ours, theirs in synset.pointers:
            other = synsets[part, offset]
            is_own = ours == 0 or synset.words[ours - 1] == word
            if relation == "!":
                # What shares a meaning with a word shares its opposites, and those their synonyms (Gross et al. 1989).
                opposite[stem] |= {grounding.stem(each) for each in other.words if each.isalpha()}
            elif relation == "+" and is_own:
                near.add(other.words[theirs - 1])
            elif relation in {"@", "&"} and len(other.words) <= 6:
                near.update(other.words)
            if relation == "&":
                heads = (synsets[p, o].words for r, p, o, _, _ in other.pointers if r == "!")
                opposite[stem] |= {grounding.stem(each) for words in heads for each in words if each.isalpha()}
        related[stem] |= {grounding.stem(each) for each in near if each.isalpha() and grounding.is_content(each)}
    opposite = _once(opposite, vocabulary)
    related = _once(related, vocabulary)
    for stem, words in opposite.items():
        related.get(stem, set()).difference_update(words)
    return related, opposite


def _once(table: dict[str, set[str]], vocabulary: frozenset[str]) -> dict[str, set[str]]:
    """Each pair under the first of its two stems alone."""
    pairs: dict[str, set[str]] = defaultdict(set)
    for stem, words in table.items():
        for other in words & vocabulary - {stem}:
            pairs[min(stem, other)].add(max(stem, other))
    return pairs


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    irregular = irregular_forms(options.wordnet)
    counts = count_stems(options.data / "summarization" / "newsapi.tsv.xz", irregular)
    ranked = [stem for stem, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    vocabulary = frozenset(ranked[:_VOCABULARY])
    related, opposite = relate(options.wordnet, vocabulary)
    options.output.mkdir(parents=True, exist_ok=True)
    kept = {form: base for form, base in irregular.items() if grounding.stem(base) in vocabulary}
    tables = {
        "frequent": [" ".join(ranked[i : i + 20]) for i in range(0, FREQUENT, 20)],
        "irregular": [f"{form} {base}" for form, base in sorted(kept.items())],
        "related": [" ".join([stem, *sorted(words)]) for stem, words in sorted(related.items()) if words],
        "opposite": [" ".join([stem, *sorted(words)]) for stem, words in sorted(opposite.items()) if words],
    }
    for name, lines in tables.items():
        (options.output / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
