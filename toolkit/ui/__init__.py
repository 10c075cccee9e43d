"""The reading page: `build(pipeline)` makes it, `serve(page)` puts it on localhost. Needs the extra `app`."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from toolkit.errors import KlartextError

if TYPE_CHECKING:
    import gradio as gr

    from toolkit.pipeline import Pipeline
    from toolkit.ui.desk import Desk

__all__ = ["build", "require_gradio", "serve"]


def build(pipeline: Pipeline | Desk) -> gr.Blocks:
    """The page for a pipeline, or for a desk of several models; not yet served."""
    require_gradio()
    from toolkit.ui.page import build_page

    return build_page(pipeline)


def serve(page: gr.Blocks, *, host: str = "127.0.0.1", port: int = 7860, mcp: bool = False, wait: bool = True) -> str:
    """Serve the page until it is interrupted, or in the background without `wait`; its address."""
    require_gradio()
    from toolkit.ui.serving import serve_page

    return serve_page(page, host=host, port=port, mcp=mcp, wait=wait)


def require_gradio() -> None:
    """KlartextError with the remedy where the extra is not installed."""
    if importlib.util.find_spec("gradio") is None:
        raise KlartextError("the page needs gradio: pip install 'klartext[app]'")
