"""The theme, style sheet and script of the page."""

from __future__ import annotations

from typing import Any

from emola.files import asset
from emola.ui.shared.theme import theme


def test_style_sheet_and_script_load_nothing_from_other_servers() -> None:
    """Guards against a missing style sheet, and third-party fonts and scripts."""
    css = asset("style.css").read_text("utf-8")
    script = asset("page.js").read_text("utf-8")
    sheets: Any = theme()._stylesheets
    assert "--accent" in css and script.lstrip().startswith("() =>")
    for text in (css, script, theme()._get_theme_css(), *sheets):
        assert "http" not in text.replace("http://www.w3.org", "")
