"""The theme, style sheets and scripts of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from emola.ui.shared.theme import (
    COLOURS,
    SCRIPTS,
    SHAPE_PAIRS,
    TEXT_PAIRS,
    palette,
    script,
    style_sheets,
    theme,
)

SCHEMES = ("light", "dark")


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


def test_media_queries_hold_no_selector_that_gradio_breaks() -> None:
    """Guards against rules that have no effect: Gradio splits the selectors in media queries at commas."""
    css = "\n".join(path.read_text("utf-8") for path in style_sheets())
    queries = re.findall(r"@media[^{]*\{((?:[^{}]*\{[^{}]*\})*)", css)
    assert queries
    for selector in re.findall(r"([^{}]+)\{[^{}]*\}", "".join(queries)):
        assert not re.search(r"\([^)]*,", selector), selector
        assert "gradio-container" not in selector and "body" not in selector, selector
    assert not re.search(r"@(supports|container|layer)", css)


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of "#rrggbb", as WCAG defines it."""
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
