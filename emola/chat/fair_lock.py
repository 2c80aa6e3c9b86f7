"""A lock that serves in the order of arrival."""

from __future__ import annotations

import threading
from types import TracebackType


class FairLock:
    """Lets one thread in at a time, first come, first served.

    ``threading.Lock`` promises no order: the thread that gives it up usually gets it again at once,
    so one conversation would write its whole answer while the others wait. Not reentrant.
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
                # Interrupted in the queue: the place is still ours, so hand it on when it comes up.
                threading.Thread(target=self._pass_on, args=(ticket,), daemon=True).start()
                raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._changed:
            self._now_serving += 1
            self._changed.notify_all()

    def _pass_on(self, ticket: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: ticket == self._now_serving)
            self._now_serving += 1
            self._changed.notify_all()
