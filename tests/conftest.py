"""No test reaches the hub; what a test converts goes to a cache of this test run, not to the user's."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before anything imports a Hugging Face library: they read these once.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


@pytest.fixture(scope="session", autouse=True)
def cache() -> Iterator[Path]:
    """The cache folder of this test run."""
    before = os.environ.get("KLARTEXT_CACHE")
    with tempfile.TemporaryDirectory(prefix="klartext-tests-", ignore_cleanup_errors=True) as folder:
        os.environ["KLARTEXT_CACHE"] = folder
        yield Path(folder)
    if before is None:
        del os.environ["KLARTEXT_CACHE"]
    else:
        os.environ["KLARTEXT_CACHE"] = before
