"""The line in which questions wait: so many answers are written at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from emola.errors import ChatError
from emola.ui import messages

MOST_WAITING = 20
"""Each that waits takes a thread of the server, which has forty for everything that the page does."""

POLL_INTERVAL = 0.5
"""Seconds after which who waits looks up: whether the number changed, or the page is gone."""


class AnswerQueue:
    """Who writes an answer now, the first ``places``, and who waits for that, in the order they came."""

    def __init__(self, places: int, most_waiting: int = MOST_WAITING) -> None:
        self._places = places
        self._most = places + most_waiting
        self._line: list[object] = []
        self._moved = threading.Condition()

    @contextmanager
    def stand(self) -> Iterator[Callable[[float], int]]:
        """Stand in line; ChatError when it is too long.

        What is handed out waits for one's turn, for so many seconds at most, and returns one's number
        among those who wait, from 1; 0 when it is one's turn. The turn lasts until the line is left.
        """
        mine = object()
        with self._moved:
            if len(self._line) >= self._most:
                raise ChatError(messages.QUEUE_FULL)
            self._line.append(mine)
        try:
            yield partial(self._wait, mine)
        finally:
            with self._moved:
                self._line.remove(mine)
                self._moved.notify_all()

    def _wait(self, mine: object, seconds: float) -> int:
        with self._moved:
            self._moved.wait_for(lambda: self._number(mine) == 0, seconds)
            return self._number(mine)

    def _number(self, mine: object) -> int:
        return max(0, self._line.index(mine) - self._places + 1)
