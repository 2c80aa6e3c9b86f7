"""Which pages are open: each holds a heartbeat connection."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Heartbeats:
    """The open pages by session. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()
        self._left: dict[str, float] = {}

    @contextmanager
    def connected(self, session: str) -> Iterator[None]:
        """The page of ``session`` is open inside of this block."""
        with self._lock:
            self._open[session] += 1
            self._left.pop(session, None)
        try:
            yield
        finally:
            with self._lock:
                self._open[session] -= 1
                if not self._open[session]:
                    del self._open[session]
                    self._left[session] = self._clock()

    def is_open(self, session: str) -> bool:
        """Whether the page of a session is open."""
        return session in self._open

    def left(self, seconds: float) -> list[str]:
        """The sessions whose page was closed at least so many seconds ago; each is told once."""
        latest = self._clock() - seconds
        with self._lock:
            gone = [session for session, since in self._left.items() if since <= latest]
            for session in gone:
                del self._left[session]
        return gone
