"""Tracking of open pages by their heartbeat connections."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Heartbeats:
    """Counts the heartbeat connections of each session. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()
        self._closed: dict[str, float] = {}

    @contextmanager
    def connected(self, session: str) -> Iterator[None]:
        """Count the page of a session as open inside the block."""
        with self._lock:
            self._open[session] += 1
            self._closed.pop(session, None)
        try:
            yield
        finally:
            with self._lock:
                self._open[session] -= 1
                if not self._open[session]:
                    del self._open[session]
                    self._closed[session] = self._clock()

    @property
    def open_pages(self) -> int:
        """Number of open pages."""
        return len(self._open)

    def is_open(self, session: str) -> bool:
        """Return whether the page of a session is open."""
        return session in self._open

    def closed(self, seconds: float) -> list[str]:
        """Return the sessions whose page was closed at least ``seconds`` ago, without forgotten ones."""
        latest = self._clock() - seconds
        with self._lock:
            return [session for session, since in self._closed.items() if since <= latest]

    def forget(self, session: str) -> None:
        """Stop reporting a session as closed."""
        with self._lock:
            self._closed.pop(session, None)
