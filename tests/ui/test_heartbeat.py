"""Which pages are open."""

from __future__ import annotations

from ui_clock import Clock

from emola.ui.heartbeat import Heartbeats


def test_a_page_that_comes_back_has_not_left() -> None:
    """A bug guarded: a photo deleted after a short loss of the network."""
    clock = Clock()
    presence = Heartbeats(clock)
    with presence.connected("a"):
        assert presence.is_open("a")
        with presence.connected("a"):
            pass
        assert presence.is_open("a")
    clock.now = 5
    assert presence.left(10) == []
    with presence.connected("a"):
        clock.now = 20
        assert presence.left(10) == []
    clock.now = 29
    assert presence.left(10) == []
    clock.now = 30
    assert presence.left(10) == ["a"]
