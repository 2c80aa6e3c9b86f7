"""Cleanup of Gradio's session storage."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import gradio as gr
from gradio.state_holder import StateHolder

from emola.limits import Limits
from emola.ui.serving.heartbeat import Heartbeats
from emola.ui.serving.session_cleanup import Sessions, expire_sessions


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


def limited_holder(capacity: int) -> tuple[StateHolder, int, list[Any]]:
    """Return the storage of a page, the id of its state, and the values of deleted states."""
    deleted: list[Any] = []
    with gr.Blocks() as page:
        state = gr.State(None, delete_callback=deleted.append)
    page.state_session_capacity = capacity
    holder = StateHolder()
    holder.set_blocks(page)
    holder.session_data = Sessions()
    return holder, state._id, deleted


def test_a_session_beyond_the_capacity_is_closed() -> None:
    """Guards against a photo in memory that no page can reach, until long after its page was closed."""
    holder, state, deleted = limited_holder(2)
    for session in "abc":
        holder[session][state] = f"visit of {session}"
    assert deleted == ["visit of a"] and list(holder.session_data) == ["b", "c"]
    assert list(holder.time_last_used) == ["b", "c"]


def test_sessions_without_a_visit_are_dropped_first() -> None:
    """Guards against a visitor who ends all visits by opening many pages."""
    holder, state, deleted = limited_holder(2)
    holder["a"][state] = "visit of a"
    for number in range(5):
        assert holder[f"empty {number}"][state] is None
    assert deleted == [] and list(holder.session_data) == ["a", "empty 4"]
