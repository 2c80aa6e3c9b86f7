"""Limits on how often a visitor may do something."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MINUTE = 60.0
MAX_VISITORS = 10_000
"""Visitors that a limiter remembers; beyond it, the one that was admitted longest ago is forgotten."""


class RateLimiter:
    """A limit on events per minute for each visitor. Thread-safe.

    A token bucket: a visitor may use the whole minute's events at once, and then one event in each of as many
    parts of a minute. One number is kept for each visitor, the time at which the bucket is full again.

    per_minute: 0 for no limit.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = MINUTE / per_minute if per_minute else 0.0
        self._clock = clock
        self._lock = threading.Lock()
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def wait(self, visitor: str) -> int:
        """Count an event of a visitor and return 0, or return the whole seconds until one is admitted.

        A refused event does not count, so asking again too early does not prolong the wait.
        """
        if not self._interval:
            return 0
        with self._lock:
            now = self._clock()
            full_at = max(now, self._full_at.get(visitor, now)) + self._interval
            # The tolerance is for sums of intervals that are no exact numbers.
            if (early := full_at - now - MINUTE) > self._interval * 1e-6:
                return max(1, math.ceil(early))
            self._full_at[visitor] = full_at
            self._full_at.move_to_end(visitor)
            while len(self._full_at) > MAX_VISITORS:
                self._full_at.popitem(last=False)
            return 0
