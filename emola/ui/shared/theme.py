"""The Gradio theme below our style sheet, with system fonts: the page loads nothing from other servers."""

from __future__ import annotations

import gradio as gr

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
    "border_color_primary": "line",
    "border_color_accent": "accent",
    "color_accent_soft": "accent-soft",
    "input_background_fill": "card",
    "input_border_color": "line",
    "input_border_color_focus": "accent",
    "input_placeholder_color": "ink-faint",
    "button_primary_background_fill": "accent",
    "button_primary_background_fill_hover": "accent-strong",
    "button_primary_text_color": "on-accent",
    "button_secondary_background_fill": "card",
    "button_secondary_background_fill_hover": "well",
    "button_secondary_text_color": "ink",
    "button_secondary_border_color": "line",
    "loader_color": "accent",
    "link_text_color": "accent",
}
"""Gradio's name of each colour and the style sheet's variable for it, in light and dark mode."""


def theme() -> gr.themes.Base:
    """Return Gradio's base theme with its colours taken from the style sheet."""
    base = gr.themes.Base(
        radius_size=gr.themes.sizes.radius_lg,
        font=list(SANS),
        font_mono=list(MONO),
    )
    colours = {name: f"var(--{variable})" for name, variable in COLOURS.items()}
    dark = {f"{name}_dark": value for name, value in colours.items()}
    return base.set(color_accent="var(--accent)", **colours, **dark)
