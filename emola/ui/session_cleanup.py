"""Forgetting what Gradio keeps: by itself, all that was typed and shown in a session until the server ends.

A session is forgotten soon after its page was closed, and after a long time without a request.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from gradio.state_holder import SessionState

from emola.ui.heartbeat import Heartbeats
from emola.ui.limits import Limits


def expire_sessions(
    holder: Any,
    presence: Heartbeats,
    limits: Limits,
    is_busy: Callable[[Any], bool],
    now: datetime | None = None,
) -> None:
    """Forget the sessions of pages that are closed or idle.

    holder: Gradio's ``StateHolder``. is_busy: whether the visit with this key is being answered; an idle
    session is kept then.
    """
    now = now or datetime.now()
    for session in presence.left(limits.left):
        forget(holder, session)
    for session, used in list(holder.time_last_used.items()):
        data = holder.session_data.get(session)
        if (now - used).total_seconds() < limits.idle or data is None:
            continue
        if any(is_busy(key) for key in data.state_data.values()):
            continue
        if presence.is_open(session):
            _empty(holder, session)
        else:
            forget(holder, session)
    queue = holder.blocks._queue
    for session in list(queue.pending_messages_per_session):
        if session not in holder.session_data and not presence.is_open(session):
            _drop_messages(queue, session)


def release_requests(queue: Any) -> None:
    """Let Gradio's queue drop what a request sent once it has answered it.

    By itself the loop of the queue holds on to the last request until the next one comes.
    """
    process = queue.process_events

    async def process_and_forget(events: list[Any], *rest: Any) -> None:
        try:
            await process(events, *rest)
        finally:
            for event in events:
                event.data = event.request = None

    queue.process_events = process_and_forget


def forget(holder: Any, session: str) -> None:
    """Delete all that Gradio keeps of a session; the callback of its state ends the visit."""
    holder.delete_state(session)
    holder.session_data.pop(session, None)
    holder.time_last_used.pop(session, None)


def _drop_messages(queue: Any, session: str) -> None:
    """Delete the messages that nobody fetched, once nothing of the session is being answered any more."""
    events = queue.pending_event_ids_session.get(session, ())
    if not any(event in queue.event_ids_to_events for event in events):
        queue.pending_messages_per_session.pop(session, None)
        queue.pending_event_ids_session.pop(session, None)


def _empty(holder: Any, session: str) -> None:
    """Delete what an open page sent and showed. Its key stays: by it the page is told what happened."""
    data = holder.session_data[session]
    for component, key, _ in data.state_components:
        component.delete_callback(key)
    fresh = SessionState(holder.blocks)
    fresh.state_data, fresh._state_ttl = data.state_data, data._state_ttl
    holder.session_data[session] = fresh
    holder.time_last_used.pop(session, None)  # until the page is used again
