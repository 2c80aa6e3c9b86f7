"""Cleanup of Gradio's session storage."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from emola.limits import Limits
from emola.ui.serving.heartbeat import Heartbeats
from emola.ui.serving.session_cleanup import expire_sessions


class FakeStateHolder:
    """A fake of Gradio's ``StateHolder`` with a queue."""

    def __init__(self) -> None:
        self.session_data: dict[str, Any] = {}
        self.time_last_used: dict[str, Any] = {}
        self.queue = SimpleNamespace(
            pending_messages_per_session={}, pending_event_ids_session={}, event_ids_to_events={}
        )
        self.blocks = SimpleNamespace(_queue=self.queue)

    def delete_state(self, session: str) -> None:
        """Delete the state of a session."""


def test_deletes_a_session_recreated_by_a_late_event() -> None:
    """Guards against keeping a question whose answer ended after its session was deleted."""
    holder, heartbeats = FakeStateHolder(), Heartbeats()
    with heartbeats.connected("a"):
        pass
    holder.queue.event_ids_to_events["e"] = SimpleNamespace(session_hash="a")

    def sweep() -> None:
        expire_sessions(holder, heartbeats, Limits(after_close=0), lambda key: False)

    for _ in range(2):
        holder.session_data["a"] = "a question"
        sweep()
        assert not holder.session_data
    holder.session_data["a"] = "a question"
    holder.queue.event_ids_to_events.clear()
    sweep()
    assert not holder.session_data
    assert heartbeats.closed(0) == []
