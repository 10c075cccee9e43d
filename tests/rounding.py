"""How exactly results must agree on this CPU.

With AVX-512 int8 inference is exact integer arithmetic but for attention, whose sums do not depend on padding (see
engines/ct2.py): results agree to the bit. With AVX2 alone not: the last digits of scores depend on the company a
text is in, and int8 products saturate.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path

_CPU = Path("/proc/cpuinfo")
HAS_AVX512 = _CPU.exists() and "avx512" in _CPU.read_text(encoding="ascii", errors="replace")
TOLERANCE = 0.0 if HAS_AVX512 else 5e-3
"""Between two scores (nats a token, probabilities, parts of unit vectors) of one text."""


def is_alike(one: object, other: object) -> bool:
    """Whether two values are equal, numbers inside them within `TOLERANCE`."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=0.0, abs_tol=TOLERANCE)
    if dataclasses.is_dataclass(one) and not isinstance(one, type):
        return type(one) is type(other) and all(
            is_alike(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(one)
        )
    if isinstance(one, Sequence) and isinstance(other, Sequence) and not isinstance(one, str):
        return len(one) == len(other) and all(map(is_alike, one, other))
    return one == other
