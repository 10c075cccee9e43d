"""Loading a folder's weights with `transformers`: from this disk only, whole, and without a word on the terminal."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from toolkit.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Parts that a sentence encoder's folder may lack: neither engine uses them.
_UNUSED_PARTS = ("pooler.", "classifier.")


def load_weights(model_class: Any, folder: Path, *, dtype: Any, is_encoder: bool = False) -> Any:
    """The `transformers` model of a folder, every weight read; ModelError when it is damaged or some are missing.

    Weights that are missing would otherwise be drawn at random, with no more than a warning.
    """
    with quiet():
        try:
            model, report = model_class.from_pretrained(
                str(folder), dtype=dtype, local_files_only=True, trust_remote_code=False, output_loading_info=True
            )
        except MemoryError:
            raise
        except Exception as error:  # transformers passes on whatever its readers raise
            raise ModelError(
                f"{folder}: the weights cannot be read ({one_line(error)}); fetch the model again"
            ) from error
    missing = sorted(report["missing_keys"])
    if is_encoder:
        missing = [key for key in missing if not any(part in key for part in _UNUSED_PARTS)]
    if missing:
        raise ModelError(
            f"{folder}: the weights lack {len(missing)} tensors of the model, e.g. {missing[0]}; fetch the model again"
        )
    return model.eval()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """No log lines and progress bars of `transformers` within."""
    from transformers.utils import logging

    verbosity = logging.get_verbosity()
    had_bar = logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if had_bar:
            logging.enable_progress_bar()


def one_line(error: BaseException) -> str:
    """An error's message on one line, of at most 200 characters."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 200 else text[:197] + "..."
