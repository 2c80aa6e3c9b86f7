"""Tracking of open pages."""

from __future__ import annotations

from ui_clock import Clock

from emola.ui.serving.heartbeat import Heartbeats


def test_a_page_that_reconnects_counts_as_open() -> None:
    """Guards against deleting a photo after a short connection loss."""
    clock = Clock()
    heartbeats = Heartbeats(clock)
    with heartbeats.connected("a"):
        assert heartbeats.is_open("a")
        with heartbeats.connected("a"):
            pass
        assert heartbeats.is_open("a")
    clock.now = 5
    assert heartbeats.closed(10) == []
    with heartbeats.connected("a"):
        clock.now = 20
        assert heartbeats.closed(10) == []
    clock.now = 29
    assert heartbeats.closed(10) == []
    clock.now = 30
    assert heartbeats.closed(10) == ["a"]
    heartbeats.forget("a")
    assert heartbeats.closed(10) == []
