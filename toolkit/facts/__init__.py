"""Facts of a German sentence that its English translation must keep: numbers, dates, names, negation and the like."""

from toolkit.documents import Finding
from toolkit.facts.checking import check
from toolkit.facts.digits import Number, in_english, numbers
from toolkit.facts.findings import KINDS
from toolkit.facts.restoration import missing_numbers, restore_number

__all__ = ["KINDS", "Finding", "Number", "check", "in_english", "missing_numbers", "numbers", "restore_number"]
