"""The look of the pages: the Gradio theme below our style sheets, and the scripts of the browser.

The fonts are those of the system, and the page loads nothing from other servers.
"""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from emola.files import asset

STYLE_SHEETS = (
    "styles/base.css",
    "styles/layout.css",
    "styles/notices.css",
    "styles/photo.css",
    "styles/conversation.css",
    "styles/question.css",
    "styles/evidence.css",
    "styles/drawers.css",
    "styles/narrow.css",
    "styles/print.css",
    "face_view.css",
)
"""Style sheets in the order of the cascade."""
SCRIPTS = ("i18n.js", "page.js", "visit.js")
"""Scripts that run when the page is shown, in order. Each is a function without arguments."""

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")
COLOURS = {
    "body_background_fill": "page",
    "body_text_color": "ink",
    "body_text_color_subdued": "ink-soft",
    "background_fill_primary": "card",
    "background_fill_secondary": "well",
    "block_background_fill": "card",
    "block_border_color": "line",
    "block_label_text_color": "ink-soft",
    "block_title_text_color": "ink",
    "block_info_text_color": "ink-soft",
    "border_color_primary": "line",
    "border_color_accent": "accent",
    "color_accent_soft": "accent-soft",
    "accordion_text_color": "ink",
    "code_background_fill": "well",
    "checkbox_background_color": "card",
    "checkbox_background_color_selected": "accent",
    "checkbox_border_color": "field",
    "checkbox_border_color_hover": "accent",
    "checkbox_border_color_selected": "accent",
    "input_background_fill": "card",
    "input_border_color": "field",
    "input_border_color_hover": "accent",
    "input_border_color_focus": "accent",
    "input_placeholder_color": "ink-faint",
    "button_primary_background_fill": "accent",
    "button_primary_background_fill_hover": "accent-strong",
    "button_primary_text_color": "on-accent",
    "button_secondary_background_fill": "card",
    "button_secondary_background_fill_hover": "well",
    "button_secondary_text_color": "ink",
    "button_secondary_border_color": "line",
    "link_text_color": "accent",
    "link_text_color_hover": "accent-strong",
    "link_text_color_visited": "accent",
    "loader_color": "accent",
    "slider_color": "accent",
    "table_border_color": "line",
    "table_even_background_fill": "card",
    "table_odd_background_fill": "card",
}
"""Gradio's name of each colour and the variable in ``styles/base.css`` for it, in light and dark mode."""


def theme() -> gr.themes.Base:
    """Return Gradio's base theme with its colours taken from ``styles/base.css``."""
    base = gr.themes.Base(
        radius_size=gr.themes.sizes.radius_lg,
        font=list(SANS),
        font_mono=list(MONO),
    )
    colours = {name: f"var(--{variable})" for name, variable in COLOURS.items()}
    dark = {f"{name}_dark": value for name, value in colours.items()}
    return base.set(color_accent="var(--accent)", **colours, **dark)


def style_sheets() -> list[Path]:
    """Return the style sheets, for the argument ``css_paths`` of Gradio's ``launch``."""
    return [asset(name) for name in STYLE_SHEETS]


def script() -> str:
    """Return all scripts as one function, for the argument ``js`` of Gradio's ``launch``."""
    calls = [f"({asset(name).read_text(encoding='utf-8').strip()})();" for name in SCRIPTS]
    return "() => {\n" + "\n".join(calls) + "\n}"
