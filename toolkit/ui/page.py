"""The page: what stands where, and which event calls which handler."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import gradio as gr

from toolkit.labels import DEFAULT_LABELS
from toolkit.pipeline import Pipeline
from toolkit.ui import fragments
from toolkit.ui.desk import SPEEDS, Desk
from toolkit.ui.endpoints import add_endpoints
from toolkit.ui.handlers import Handlers
from toolkit.ui.intake import ENDINGS
from toolkit.ui.limits import KEEP_SECONDS, MAX_LABELS, MAX_READERS, MAX_WAITING
from toolkit.ui.takeaway import FILES

_EXAMPLES = Path(__file__).resolve().parent / "examples"
_LENGTHS = [("Short", 1), ("Medium", 3), ("Long", 6)]
# Hands what happened in our own HTML to Python; page.js sends these events.
_ARTICLE_JS = "element.addEventListener('kt-quote', (event) => trigger('quote', event.detail))"
_SHELF_JS = "element.addEventListener('kt-open', (event) => trigger('open', event.detail))"


def build_page(source: Pipeline | Desk) -> gr.Blocks:
    """The page with its events and endpoints."""
    desk = source if isinstance(source, Desk) else Desk(source)
    handlers = Handlers(desk)
    page = gr.Blocks(
        title="klartext",
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(KEEP_SECONDS, KEEP_SECONDS),
    )
    with page:
        _lay_out(desk, handlers)
        add_endpoints(desk)
    page.queue(max_size=MAX_WAITING, default_concurrency_limit=MAX_READERS)
    return page


def _html(value: str, *, elem_id: str | None = None, js_on_load: str | None = None) -> gr.HTML:
    """A place for our own HTML, without gradio's styles for prose."""
    return gr.HTML(value, elem_id=elem_id, js_on_load=js_on_load, apply_default_css=False)


def _lay_out(desk: Desk, handlers: Handlers) -> None:
    reading = gr.State(None, time_to_live=KEEP_SECONDS)
    shelf = gr.State((), time_to_live=KEEP_SECONDS)
    _html(fragments.MASTHEAD, elem_id="kt-masthead")
    origin = gr.State(None, time_to_live=KEEP_SECONDS)
    alert = _html("", elem_id="kt-alert")

    with gr.Column(elem_id="kt-desk") as desk_stage:
        text = gr.Textbox(
            "",
            label="German article",
            placeholder="Paste a German article here …",
            lines=12,
            max_lines=24,
            elem_id="kt-source",
            html_attributes=gr.InputHTMLAttributes(lang="de", spellcheck=False, autocorrect="off"),
        )
        _html(fragments.counter(), elem_id="kt-counter")
        with gr.Row(elem_id="kt-actions"):
            start = gr.Button("Read in English", variant="primary", elem_id="kt-start", scale=0, min_width=190)
            upload = gr.UploadButton(
                "Choose a file", file_types=ENDINGS, elem_id="kt-upload", size="lg", scale=0, min_width=150
            )
            clear = gr.Button("Clear", elem_id="kt-clear", scale=0, min_width=90)
            clean = gr.Checkbox(True, label="Clean up pasted newspaper text", elem_id="kt-clean", container=False)
        from_file = _html("", elem_id="kt-from-file")
        with gr.Row(elem_id="kt-examples"):
            _html(fragments.EXAMPLES_TITLE)
            examples = [
                (
                    gr.Button(title, elem_classes="kt-example", scale=0, min_width=120),
                    (_EXAMPLES / name).read_text("utf-8"),
                )
                for title, name in fragments.EXAMPLES
            ]

    with gr.Column(visible=False, elem_id="kt-reading") as reading_stage:
        with gr.Row(elem_id="kt-bar"):
            back = gr.Button("← New article", elem_id="kt-back", scale=0, min_width=140)
            progress = _html("", elem_id="kt-progress")
            cancel = gr.Button("Stop", variant="stop", visible=False, elem_id="kt-cancel", scale=0, min_width=90)
        with gr.Row(elem_id="kt-front"):
            with gr.Column(scale=3, min_width=320, elem_id="kt-lead"):
                gist = _html("", elem_id="kt-gist")
                length = gr.Radio(_LENGTHS, value=3, label="Length of the summary", elem_id="kt-length")
            with gr.Column(scale=2, min_width=280, elem_id="kt-side"):
                topics = _html("", elem_id="kt-topics")
                with gr.Accordion("Edit the topics", open=False, elem_id="kt-edit-topics"):
                    labels = gr.Dropdown(
                        list(DEFAULT_LABELS),
                        value=list(DEFAULT_LABELS),
                        multiselect=True,
                        allow_custom_value=True,
                        max_choices=MAX_LABELS,
                        label="Topics to choose from",
                        info="Type a new one and press Enter.",
                        elem_id="kt-labels",
                    )
                    several = gr.Checkbox(False, label="Several may fit", elem_id="kt-several")
        _html(fragments.TOOLS, elem_id="kt-tools")
        trust = _html("", elem_id="kt-trust")
        article = _html("", elem_id="kt-article", js_on_load=_ARTICLE_JS)
        quotation = _html("", elem_id="kt-quotation")
        with gr.Row(elem_id="kt-files"):
            _html(fragments.FILES_TITLE)
            files = [(gr.Button(title, scale=0, min_width=110), ending) for title, ending in FILES]
        saved = gr.JSON(visible=False)

    shelf_list = _html("", elem_id="kt-shelf", js_on_load=_SHELF_JS)
    with gr.Accordion("Settings", open=False, elem_id="kt-settings"):
        with gr.Row():
            choices = [
                gr.Dropdown(list(desk.offered(task)), value=desk.offered(task)[0], label=title, min_width=200)
                for task, title in fragments.TASKS
            ]
        _html(fragments.missing(desk))
        with gr.Row():
            speed = gr.Radio(
                list(SPEEDS),
                value="Balanced",
                label="Speed or quality",
                info="How many translations of a sentence are weighed: 1, 4 or 8.",
                elem_id="kt-speed",
            )
            with gr.Column(min_width=300):
                glossary = gr.Textbox(
                    "",
                    label="Glossary",
                    info="A term a line, as you want it in English; a name alone stays as it is.",
                    placeholder="Bundesrat = Federal Council\nDeutsche Bahn",
                    lines=4,
                    max_lines=10,
                    elem_id="kt-glossary",
                )
                glossary_file = gr.UploadButton(
                    "From a file (.tsv, .csv, .txt)", file_types=[".tsv", ".csv", ".txt"], size="sm"
                )
        _html(fragments.TOPICS_HINT)
    _html(fragments.limits(), elem_id="kt-limits")

    wishes = [text, origin, shelf, clean, labels, several, length, *choices, speed, glossary]
    shown = [alert, progress, gist, topics, trust, article, quotation]
    outputs = [reading, shelf, shelf_list, *shown, desk_stage, reading_stage, cancel]
    hidden: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    run: dict[str, Any] = {**hidden, "concurrency_limit": MAX_READERS, "concurrency_id": "reading"}

    start.click(handlers.read, wishes, outputs, **run)
    for button, example in examples:
        filled = button.click(functools.partial(str, example), None, text, queue=False, **hidden)
        filled.then(handlers.read, wishes, outputs, **run)
    cancel.click(handlers.stop, [reading, shelf], outputs, queue=False, **hidden)
    back.click(handlers.go_back, None, outputs, queue=False, **hidden)
    upload.upload(handlers.upload, upload, [text, origin, from_file, alert], **run)
    clear.click(None, None, [text, from_file, alert], js="() => ['', '', '']", **hidden)
    text.change(None, text, None, js="(text) => { window.klartext.count(text) }", **hidden)

    length.input(handlers.change_length, [reading, shelf, length, *choices], outputs, **run)
    for changed in (labels.change, several.change):
        changed(handlers.change_topics, [reading, shelf, labels, several, *choices], outputs, **run)
    shelf_list.open(handlers.open, shelf, outputs, queue=False, **hidden)
    article.quote(handlers.quote, reading, outputs, queue=False, **hidden)
    for button, ending in files:
        made = button.click(functools.partial(handlers.download, ending), reading, [saved, alert], **run)
        made.then(None, saved, None, js="(file) => { window.klartext.save(file) }", **hidden)
    glossary_file.upload(handlers.upload_glossary, glossary_file, [glossary, alert], **run)
