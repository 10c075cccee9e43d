"""The page on an address of this machine, within its limits and without a call to anywhere else."""

from __future__ import annotations

import gradio as gr
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from toolkit.errors import KlartextError
from toolkit.ui.limits import MAX_UPLOAD_BYTES
from toolkit.ui.theme import css, head, theme

# The browser itself refuses whatever is not of this page. Gradio builds functions from strings and styles inline.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


class _Policy:
    """Adds the content security policy, and that no address is passed on, to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = _POLICY
                headers["Referrer-Policy"] = "no-referrer"
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self._app(scope, receive, send_with_policy)


def serve_page(page: gr.Blocks, *, host: str, port: int, mcp: bool, wait: bool) -> str:
    """Serve it; the address."""
    try:
        _, address, _ = page.launch(
            server_name=host,
            server_port=port,
            share=False,
            inbrowser=False,
            quiet=True,
            show_error=False,
            ssr_mode=False,
            run_history=False,
            mcp_server=mcp,
            prevent_thread_lock=True,
            max_file_size=MAX_UPLOAD_BYTES,
            footer_links=["api"],
            theme=theme(),
            css=css(),
            head=head(),
            app_kwargs={"middleware": [Middleware(_Policy)]},
        )
    except OSError as error:
        raise KlartextError(f"cannot serve on {host}:{port} ({error}): choose another --port") from error
    if wait:
        page.block_thread()
    return str(address)
