"""A lock that is granted in order of arrival."""

from __future__ import annotations

import threading
from types import TracebackType


class FairLock:
    """A first-in, first-out lock (a ticket lock), used as a context manager. Not reentrant.

    ``threading.Lock`` guarantees no order: a thread that releases it usually acquires it again at once, so
    one conversation would generate its whole answer while the others wait.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._next_ticket = 0
        self._now_serving = 0

    def __enter__(self) -> FairLock:
        with self._changed:
            ticket = self._next_ticket
            self._next_ticket += 1
            try:
                self._changed.wait_for(lambda: ticket == self._now_serving)
            except BaseException:
                # Interrupted while waiting: the ticket must still be served, or the queue would stall.
                threading.Thread(target=self._skip, args=(ticket,), daemon=True).start()
                raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._changed:
            self._serve_next()

    def _skip(self, ticket: int) -> None:
        """Wait for the turn of an abandoned ticket and pass it on."""
        with self._changed:
            self._changed.wait_for(lambda: ticket == self._now_serving)
            self._serve_next()

    def _serve_next(self) -> None:
        self._now_serving += 1
        self._changed.notify_all()
