"""The panel that tells what the server holds."""

from __future__ import annotations

from typing import NamedTuple

from emola.limits import DEFAULT, Limits
from emola.ui.shared.privacy import privacy_panel


class Held(NamedTuple):
    what: str
    bytes: int


def test_lists_each_holding_with_its_size_and_the_total() -> None:
    html = privacy_panel([Held("photo", 250_400), Held("faces", 1_250_000), Held("readings", 12)], DEFAULT)
    for words in ("the photo", "250 KB", "1.2 MB", "12 bytes", "1.5 MB"):
        assert words in html


def test_escapes_a_holding_without_a_name() -> None:
    html = privacy_panel([Held("<b>odd</b>", 1)], DEFAULT)
    assert "<b>odd" not in html and "&lt;b&gt;odd" in html


def test_says_until_when_by_the_limits_of_the_server() -> None:
    html = privacy_panel([Held("photo", 1)], Limits(idle=1800, sweep=0, after_close=45))
    assert "45 seconds after you close" in html and "30 minutes without a question" in html


def test_nothing_is_kept_for_an_hour() -> None:
    assert DEFAULT.idle + DEFAULT.sweep < 3600


def test_says_that_nothing_is_held() -> None:
    html = privacy_panel([], DEFAULT)
    assert "Nothing" in html and "<table" not in html and "minutes without a question" not in html
