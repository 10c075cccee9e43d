"""`klartext app`: the reading page on an address of this machine."""

from __future__ import annotations

import argparse

from toolkit import __version__, ui
from toolkit.commands import engine_settings, load_models
from toolkit.engines import GenerationOptions
from toolkit.messages import say
from toolkit.ui.desk import Desk

_FIRST = "Der erste Satz lädt, was erst beim Gebrauch geladen wird."
"""Read before anybody comes, so that the first reader waits no longer than the next."""


def run(options: argparse.Namespace) -> int:
    """Serve the page until it is interrupted; the exit code."""
    from toolkit.pipeline import Pipeline
    from toolkit.summarization import Summarizer
    from toolkit.topics import TopicClassifier
    from toolkit.translation import Translator

    ui.require_gradio()
    settings = engine_settings(options)
    made: list[Pipeline] = []

    def load() -> None:
        translator = Translator(options.translator, settings=settings, options=GenerationOptions(beam=options.beam))
        summarizer = Summarizer(options.summarizer, settings=settings)
        pipeline = Pipeline(translator, summarizer, TopicClassifier(options.topics_model, settings=settings))
        pipeline.run(_FIRST)
        made.append(pipeline)

    load_models(load)
    page = ui.build(Desk(made[0], models=[("translation", model) for model in options.offer], version=__version__))
    address = ui.serve(page, host=options.host, port=options.port, mcp=options.mcp, wait=False)
    say(f"the page is on {address} (Ctrl-C ends it)")
    if options.mcp:
        say(f"the MCP server is on {address}gradio_api/mcp/")
    page.block_thread()
    return 0
