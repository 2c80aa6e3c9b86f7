"""Cleanup of Gradio's session storage.

Gradio keeps all inputs and outputs of a session until the server stops. This module deletes a session soon
after its page was closed, after a long time without a request, and when there are too many.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from gradio.state_holder import SessionState

from emola.limits import Limits
from emola.ui.serving.heartbeat import Heartbeats


class Sessions(OrderedDict[str, SessionState]):
    """The sessions of Gradio, the least recently used first.

    Gradio drops a session beyond its capacity without the callbacks of its state, so its visit would stay in
    memory, where no page can reach it. Here the callbacks are called, which close the visit. Sessions without
    a visit are dropped first, so that opening many pages does not delete the photos of others.
    """

    def popitem(self, last: bool = True) -> tuple[str, SessionState]:
        """Remove the session that is needed least, but never the newest one, which Gradio is opening."""
        older = [*self][:-1]
        session = next((each for each in older if not any(self[each].state_data.values())), older[0])
        data = self.pop(session)
        for component, value, _ in data.state_components:
            component.delete_callback(value)
        return session, data


def expire_sessions(
    holder: Any,
    heartbeats: Heartbeats,
    limits: Limits,
    is_busy: Callable[[Any], bool],
    now: datetime | None = None,
) -> None:
    """Delete the sessions of pages that are closed or idle.

    holder: Gradio's ``StateHolder``. is_busy: tells whether the visit with a key is being answered; its
    session is kept.
    """
    now = now or datetime.now()
    queue = holder.blocks._queue
    for session in heartbeats.closed(limits.after_close):
        running = _is_running(queue, session)
        delete_session(holder, session)
        if not running:  # a running event recreates its session when it ends
            heartbeats.forget(session)
    for session, used in list(holder.time_last_used.items()):
        data = holder.session_data.get(session)
        if (now - used).total_seconds() < limits.idle or data is None:
            continue
        if any(is_busy(key) for key in data.state_data.values()):
            continue
        if heartbeats.is_open(session):
            _clear_session(holder, session)
        else:
            delete_session(holder, session)
    for session in list(queue.pending_messages_per_session):
        if session not in holder.session_data and not heartbeats.is_open(session):
            _drop_messages(queue, session)


def release_requests(queue: Any) -> None:
    """Make Gradio's queue release a request once it is answered.

    The loop of the queue otherwise refers to the last request until the next one arrives.
    """
    process = queue.process_events

    async def process_and_release(events: list[Any], *rest: Any) -> None:
        try:
            await process(events, *rest)
        finally:
            for event in events:
                event.data = event.request = None

    queue.process_events = process_and_release


def delete_session(holder: Any, session: str) -> None:
    """Delete a session; the callback of its state closes the visit."""
    holder.delete_state(session)
    holder.session_data.pop(session, None)
    holder.time_last_used.pop(session, None)


def _is_running(queue: Any, session: str) -> bool:
    """Return whether an event of a session is waiting or being processed."""
    return any(event.session_hash == session for event in list(queue.event_ids_to_events.values()))


def _drop_messages(queue: Any, session: str) -> None:
    """Delete messages that were never fetched, unless an event of the session is still being processed."""
    if not _is_running(queue, session):
        queue.pending_messages_per_session.pop(session, None)
        queue.pending_event_ids_session.pop(session, None)


def _clear_session(holder: Any, session: str) -> None:
    """Delete the inputs and outputs of an open page. Its key stays, so its visit is reported as expired."""
    data = holder.session_data[session]
    for component, key, _ in data.state_components:
        component.delete_callback(key)
    fresh = SessionState(holder.blocks)
    fresh.state_data, fresh._state_ttl = data.state_data, data._state_ttl
    holder.session_data[session] = fresh
    holder.time_last_used.pop(session, None)  # until the page is used again
