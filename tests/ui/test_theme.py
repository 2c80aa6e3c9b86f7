"""The theme and the page's own files."""

from __future__ import annotations

from typing import Any

from emola.files import asset
from emola.ui.theme import theme


def test_the_pages_own_files_are_there_and_name_no_other_server() -> None:
    """A bug guarded: a missing style sheet; a font or script from elsewhere."""
    css = asset("style.css").read_text("utf-8")
    script = asset("page.js").read_text("utf-8")
    sheets: Any = theme()._stylesheets
    assert "--accent" in css and script.lstrip().startswith("() =>")
    for text in (css, script, theme()._get_theme_css(), *sheets):
        assert "http" not in text.replace("http://www.w3.org", "")
