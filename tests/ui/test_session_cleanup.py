"""Cleanup of Gradio's session storage."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from emola.ui.heartbeat import Heartbeats
from emola.ui.limits import Limits
from emola.ui.session_cleanup import expire_sessions


class Holder:
    """Stands for Gradio's ``StateHolder``, with a queue."""

    def __init__(self) -> None:
        self.session_data: dict[str, Any] = {}
        self.time_last_used: dict[str, Any] = {}
        self.queue = SimpleNamespace(
            pending_messages_per_session={}, pending_event_ids_session={}, event_ids_to_events={}
        )
        self.blocks = SimpleNamespace(_queue=self.queue)

    def delete_state(self, session: str) -> None:
        """Delete the state of a session."""


def test_a_session_that_an_event_makes_anew_is_deleted_again() -> None:
    """Guards against a question kept for an hour because its answer ended after the session was deleted."""
    holder, heartbeats = Holder(), Heartbeats()
    with heartbeats.connected("a"):
        pass
    holder.queue.event_ids_to_events["e"] = SimpleNamespace(session_hash="a")

    def sweep() -> None:
        expire_sessions(holder, heartbeats, Limits(left=0), lambda key: False)

    for _ in range(2):
        holder.session_data["a"] = "what was typed"
        sweep()
        assert not holder.session_data
    holder.session_data["a"] = "what was typed"
    holder.queue.event_ids_to_events.clear()
    sweep()
    assert not holder.session_data
    assert heartbeats.closed(0) == []
