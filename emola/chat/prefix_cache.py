"""The key-value caches of conversations: what each one holds, and how many are kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from transformers import DynamicCache


class PrefixCache:
    """Keys and values of the tokens one conversation has fed, and which tokens those were.

    ``subject`` is what the image tokens stood for (the same ids stand for another face in another
    conversation); a cache is of use only to the same subject.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything; also the way out when a forward pass broke off half-way."""
        self.subject: Any = None
        self.ids: list[int] = []
        self.kv = DynamicCache()

    def keep(self, length: int) -> None:
        """Forget all but the first ``length`` tokens."""
        surplus = len(self.ids) - length
        if surplus <= 0:
            return
        if length == 0:
            self.clear()
            return
        self.kv.crop(-surplus)  # negative: that many are taken off the end
        del self.ids[length:]


def common_prefix(left: Sequence[int], right: Sequence[int]) -> int:
    """How many leading tokens two sequences share."""
    for index, (a, b) in enumerate(zip(left, right)):  # noqa: B905 (lengths differ by nature)
        if a != b:
            return index
    return min(len(left), len(right))


class PrefixCachePool:
    """Keeps the caches of at most ``capacity`` idle conversations, the latest used ones.

    A cache in use is outside the pool (``take``), so it can neither be evicted nor be used twice;
    an evicted conversation just has to compute its prompt again. Thread-safe.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 0:
            raise ValueError(f"a pool of caches cannot hold {capacity}")
        self.capacity = capacity
        self._lock = threading.Lock()
        self._idle: OrderedDict[int, PrefixCache] = OrderedDict()

    def __len__(self) -> int:
        return len(self._idle)

    def take(self, owner: int) -> PrefixCache:
        """The cache of ``owner``, or an empty one; it is the caller's until ``put``."""
        with self._lock:
            return self._idle.pop(owner, None) or PrefixCache()

    def put(self, owner: int, cache: PrefixCache) -> None:
        """Hand a cache back; the longest unused one goes when there is no room."""
        with self._lock:
            self._idle[owner] = cache
            self._idle.move_to_end(owner)
            while len(self._idle) > self.capacity:
                self._idle.popitem(last=False)

    def drop(self, owner: int) -> None:
        """Free what ``owner`` has here."""
        with self._lock:
            self._idle.pop(owner, None)
