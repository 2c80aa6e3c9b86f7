"""The queue of questions; a fixed number of answers is generated at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from emola.errors import ChatError
from emola.ui import messages

MOST_WAITING = 20
"""Longest queue. Each waiting question holds a thread of the server, which has forty for the whole page."""

POLL_INTERVAL = 0.5
"""Polling interval of a waiting question, in seconds: has its number changed, or is its page gone?"""


class AnswerQueue:
    """A first-in, first-out queue whose first ``places`` members generate their answers. Thread-safe."""

    def __init__(self, places: int, most_waiting: int = MOST_WAITING) -> None:
        self._places = places
        self._most = places + most_waiting
        self._members: list[object] = []
        self._changed = threading.Condition()

    @contextmanager
    def enter(self) -> Iterator[Callable[[float], int]]:
        """Be a member of the queue inside the block; raises ChatError when the queue is full.

        Yields ``wait(timeout)``, which waits for a place, at most ``timeout`` seconds, and returns the
        member's number among those that wait, from 1, or 0 when it has a place. The place is held until
        the end of the block.
        """
        member = object()
        with self._changed:
            if len(self._members) >= self._most:
                raise ChatError(messages.QUEUE_FULL)
            self._members.append(member)
        try:
            yield partial(self._wait, member)
        finally:
            with self._changed:
                self._members.remove(member)
                self._changed.notify_all()

    def _wait(self, member: object, timeout: float) -> int:
        with self._changed:
            self._changed.wait_for(lambda: self._number(member) == 0, timeout)
            return self._number(member)

    def _number(self, member: object) -> int:
        return max(0, self._members.index(member) - self._places + 1)
