"""How much a translated sentence is to be doubted: one probability that it needs checking, and why."""

from toolkit.doubt.estimation import NEEDS_CHECKING, Doubt, estimate, shipped
from toolkit.doubt.features import FEATURES, measure

__all__ = ["FEATURES", "NEEDS_CHECKING", "Doubt", "estimate", "measure", "shipped"]
