"""Colours and type: paper and ink, system fonts alone; the page's own rules are in page.css."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

_HERE = Path(__file__).resolve().parent

SANS = ("ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")

# (light, dark); every text colour has a contrast of at least 4.5 to 1 on its background (tests/browser).
_PAPER = ("#fbfaf6", "#17181b")
_SHEET = ("#ffffff", "#1e1f23")
_INK = ("#1d1b18", "#e9e5dc")
_MUTED = ("#625c53", "#aba59a")
_RULE = ("#ddd7ca", "#383a40")
_ACCENT = ("#8c2f1b", "#f0a48f")
_ON_ACCENT = ("#ffffff", "#1b1411")


def theme() -> gr.themes.Base:
    """Gradio's own controls in the colours of the page."""
    values = {
        "body_background_fill": _PAPER,
        "background_fill_primary": _PAPER,
        "background_fill_secondary": _PAPER,
        "body_text_color": _INK,
        "body_text_color_subdued": _MUTED,
        "block_background_fill": ("transparent", "transparent"),
        "block_border_color": _RULE,
        "block_info_text_color": _MUTED,
        "block_label_text_color": _MUTED,
        "block_title_text_color": _INK,
        "block_label_background_fill": ("transparent", "transparent"),
        "border_color_primary": _RULE,
        "border_color_accent": _ACCENT,
        "input_background_fill": _SHEET,
        "input_background_fill_focus": _SHEET,
        "input_border_color": _RULE,
        "input_border_color_focus": _ACCENT,
        "input_placeholder_color": _MUTED,
        "button_primary_background_fill": _ACCENT,
        "button_primary_background_fill_hover": ("#74220f", "#f7bbaa"),
        "button_primary_text_color": _ON_ACCENT,
        "button_primary_text_color_hover": _ON_ACCENT,
        "button_primary_border_color": _ACCENT,
        "button_secondary_background_fill": ("transparent", "transparent"),
        "button_secondary_background_fill_hover": ("#f1ede3", "#2a2b30"),
        "button_secondary_text_color": _INK,
        "button_secondary_text_color_hover": _INK,
        "button_secondary_border_color": _RULE,
        "checkbox_label_background_fill": ("transparent", "transparent"),
        "checkbox_label_background_fill_hover": ("#f1ede3", "#2a2b30"),
        "checkbox_label_background_fill_selected": ("#f1e4de", "#3a2a26"),
        "checkbox_label_text_color": _INK,
        "checkbox_label_text_color_selected": _INK,
        "checkbox_label_border_color": _RULE,
        "checkbox_background_color": _SHEET,
        "checkbox_background_color_selected": _ACCENT,
        "checkbox_border_color": _MUTED,
        "checkbox_border_color_selected": _ACCENT,
        "slider_color": _ACCENT,
        "link_text_color": _ACCENT,
        "link_text_color_hover": _ACCENT,
        "link_text_color_visited": _ACCENT,
        "panel_background_fill": _PAPER,
    }
    flat = {"block_border_width": "0px", "block_shadow": "none", "input_shadow": "none", "block_padding": "0px"}
    settings = {name: light for name, (light, _) in values.items()}
    settings |= {f"{name}_dark": dark for name, (_, dark) in values.items()}
    base = gr.themes.Base(font=SANS, font_mono=MONO, radius_size=gr.themes.sizes.radius_sm)
    return base.set(**settings, **flat)


def css() -> str:
    """The page's own rules."""
    return (_HERE / "page.css").read_text(encoding="utf-8")


def head() -> str:
    """The page's own script, inline: nothing is fetched from elsewhere."""
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    return f"<script>\n{script}</script>"
