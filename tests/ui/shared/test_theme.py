"""The theme, style sheets and scripts of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from emola.files import asset
from emola.ui.shared.theme import COLOURS, SCRIPTS, script, style_sheets, theme

SCHEMES = {"light": ":root", "dark": ".dark"}
"""Colour schemes, and the first selector of the rule that sets their variables."""

TEXT_PAIRS = {
    "ink": ("page", "card", "well", "accent-soft", "warn-soft", "caution-soft"),
    "ink-soft": ("page", "card", "well", "accent-soft", "warn-soft", "caution-soft"),
    "ink-faint": ("page", "card", "well"),
    "accent": ("page", "card", "well", "accent-soft"),
    "accent-strong": ("page", "card", "well", "accent-soft", "chip"),
    "warn": ("page", "card", "well", "warn-soft"),
    "on-accent": ("accent", "accent-strong"),
}
"""Colours of text, and the backgrounds on which the style sheets use them."""

SHAPE_PAIRS = {"field": ("page", "card"), "accent": ("page", "card", "well"), "warn": ("card", "well")}
"""Colours of borders and bars that carry meaning, and their backgrounds."""


def test_style_sheets_and_scripts_load_nothing_from_other_servers() -> None:
    """Guards against third-party fonts and scripts."""
    sheets: Any = theme()._stylesheets
    css = [path.read_text("utf-8") for path in style_sheets()]
    for text in (*css, script(), theme()._get_theme_css(), *sheets):
        assert "http" not in text.replace("http://www.w3.org", "")
        assert "@import" not in text and "url(//" not in text


def test_the_scripts_are_one_function_that_calls_each_in_order() -> None:
    """Guards against a script that Gradio would only define."""
    text = script()
    assert text.startswith("() => {") and text.endswith("}")
    assert text.count("\n(() => {") == text.count("})();") == len(SCRIPTS)
    assert text.index("window.emolaText =") < text.index("window.emolaText ??"), "the first script defines it"


def test_both_schemes_define_the_same_colours() -> None:
    """Guards against a colour of the light scheme on the dark page."""
    light, dark = map(palette, SCHEMES)
    assert light.keys() == dark.keys()
    assert set(COLOURS.values()) <= light.keys()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_PAIRS, 4.5), (SHAPE_PAIRS, 3.0)])
def test_colours_have_the_contrast_of_wcag_aa(
    scheme: str, pairs: Mapping[str, tuple[str, ...]], least: float
) -> None:
    """Guards against text and borders that some people cannot see (WCAG 2.2, 1.4.3 and 1.4.11)."""
    colours = palette(scheme)
    for name, backgrounds in pairs.items():
        for background in backgrounds:
            ratio = contrast(colours[name], colours[background])
            assert ratio >= least, f"{name} on {background}: {ratio:.2f}"


def test_every_colour_of_text_is_checked() -> None:
    """Guards against a new colour of text without a look at its contrast."""
    css = "\n".join(path.read_text("utf-8") for path in style_sheets())
    used = set(re.findall(r"(?<![\w-])color: var\(--([\w-]+)\)", css))
    assert used <= TEXT_PAIRS.keys()


def test_no_selector_is_one_that_gradio_breaks() -> None:
    """Guards against rules with no effect, or too much: Gradio splits selectors at commas."""
    css = "\n".join(path.read_text("utf-8") for path in style_sheets())
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    assert "@media" in css
    for selector in re.findall(r"([^{}]+)\{", css):
        assert not re.search(r":[\w-]+\([^)]*,", selector), selector
    queries = re.findall(r"@media[^{]*\{((?:[^{}]*\{[^{}]*\})*)", css)
    for selector in re.findall(r"([^{}]+)\{[^{}]*\}", "".join(queries)):
        assert "gradio-container" not in selector and "body" not in selector, selector
    assert not re.search(r"@(supports|container|layer)", css)


def test_no_style_sheet_is_left_out() -> None:
    """Guards against a file that the page does not load."""
    folder = asset("styles")
    assert {path.name for path in style_sheets() if path.parent == folder} == {
        path.name for path in folder.iterdir()
    }


def palette(scheme: str) -> dict[str, str]:
    """Return the colours of a scheme by variable, as "#rrggbb"."""
    css = style_sheets()[0].read_text("utf-8")
    block = css.split(f"\n{SCHEMES[scheme]},", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of "#rrggbb", as WCAG defines it."""
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
