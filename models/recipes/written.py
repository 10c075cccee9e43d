"""How much of what the shipped summariser writes is fine, and how well its checks tell: `judged/written.jsonl`.

python -m models.recipes.written
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sklearn.metrics import roc_auc_score

from toolkit import support

JUDGED = Path(__file__).parent / "judged" / "written.jsonl"
VERDICTS = ("fine", "broken", "untrue")


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence that the summariser wrote, and what a reader said of it."""

    evidence: tuple[str, ...]
    sentence: str
    log_prob: float
    verdict: str
    """One of `VERDICTS`."""
    is_translated: bool
    """Whether the evidence is a machine's translation."""


def read() -> Iterator[Written]:
    """The judged sentences, in the order of the file."""
    for line in JUDGED.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Written(**row | {"evidence": tuple(row["evidence"])})


def report(written: Sequence[Written]) -> dict[str, float]:
    """Share of each verdict, and the area under the ROC curve of support and of log-probability.

    "fine" tells what is fine from all else, "true" what is untrue from all else; 0.5 is chance.
    """
    counts = Counter(each.verdict for each in written)
    found = {f"share {verdict}": counts[verdict] / len(written) for verdict in VERDICTS}
    scores = {
        "support": [support.assess(each.sentence, each.evidence).score for each in written],
        "log-probability": [each.log_prob for each in written],
    }
    for name, values in scores.items():
        found[f"{name}, fine"] = float(roc_auc_score([each.verdict == "fine" for each in written], values))
        found[f"{name}, true"] = float(roc_auc_score([each.verdict != "untrue" for each in written], values))
    return found


def main() -> None:
    """Print the report."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    written = list(read())
    print(f"{len(written)} sentences")
    for name, value in report(written).items():
        print(f"{name:24} {value:.3f}")


if __name__ == "__main__":
    main()
