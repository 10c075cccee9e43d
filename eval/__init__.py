"""Evaluation and measurement of klartext; run from a checkout with `python -m eval`."""
