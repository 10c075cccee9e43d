"""How exactly results must agree on this CPU.

With AVX-512 int8 inference is exact integer arithmetic but for attention, whose sums do not depend on padding (see
engines/ct2.py): results agree to the bit. On Intel's CPUs CTranslate2 takes these sums from MKL, whose last digit
differs now and then (measured: 5e-7 nats a token; nothing with CT2_USE_MKL=0); where two ways of cutting one English
sentence into pieces are as likely, that may take the other one (measured: 1e-3). With AVX2 alone the last digits of
scores depend on the company a text is in.
"""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Sequence
from pathlib import Path

_FILE = Path("/proc/cpuinfo")
_CPU = _FILE.read_text(encoding="ascii", errors="replace") if _FILE.exists() else ""
HAS_AVX512 = "avx512" in _CPU
_SUMS_IN_MKL = "GenuineIntel" in _CPU and os.environ.get("CT2_USE_MKL") != "0"
IS_EXACT = HAS_AVX512 and not _SUMS_IN_MKL
"""Whether a text's company changes nothing in int8."""
TOLERANCE = (1e-5 if _SUMS_IN_MKL else 0.0) if HAS_AVX512 else 5e-3
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
