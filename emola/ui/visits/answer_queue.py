"""The queue of questions, which limits how many answers are generated at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from emola.errors import ChatError
from emola.ui.shared import failures

MAX_WAITING = 20
"""Longest queue. Each waiting question holds a thread of the server."""

POLL_INTERVAL = 0.5
"""Polling interval of a waiting question, in seconds, to update its position or notice a closed page."""


class AnswerQueue:
    """A first-in, first-out queue whose first ``slots`` members generate their answers. Thread-safe.

    It is the one place where questions wait. Members with a slot share the forward passes of the model, so
    each further slot slows the others a little. A visit has one question at a time, hence one place.
    """

    def __init__(self, slots: int, max_waiting: int = MAX_WAITING) -> None:
        self._slots = slots
        self._max_members = slots + max_waiting
        self._members: list[object] = []
        self._changed = threading.Condition()

    @contextmanager
    def enter(self) -> Iterator[Callable[[float], int]]:
        """Join the queue for the duration of the block; raises ChatError when the queue is full.

        Yields ``wait(timeout)``, which waits up to ``timeout`` seconds for a slot and returns the position
        in the queue, from 1, or 0 with a slot. The slot is held until the end of the block.
        """
        member = object()
        with self._changed:
            if len(self._members) >= self._max_members:
                raise ChatError(failures.queue_full(max(0, len(self._members) - self._slots)))
            self._members.append(member)
        try:
            yield partial(self._wait, member)
        finally:
            with self._changed:
                self._members.remove(member)
                self._changed.notify_all()

    def _wait(self, member: object, timeout: float) -> int:
        with self._changed:
            self._changed.wait_for(lambda: self._position(member) == 0, timeout)
            return self._position(member)

    def _position(self, member: object) -> int:
        return max(0, self._members.index(member) - self._slots + 1)
