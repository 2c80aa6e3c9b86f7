"""Prefix caches: keys and values of prompts, kept between the questions of a conversation."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from transformers import DynamicCache


class PrefixCache:
    """Keys and values of the tokens that one conversation has fed to the model, and the ids of those tokens.

    face: the encoded face that the image tokens stand for. The same ids stand for another face in another
    conversation, so the cache is valid for this face only.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Drop all tokens. Also restores a consistent state after an interrupted forward pass."""
        self.face: Any = None
        self.ids: list[int] = []
        self.kv = DynamicCache()

    def truncate(self, length: int) -> None:
        """Drop all but the first ``length`` tokens."""
        surplus = len(self.ids) - length
        if surplus <= 0:
            return
        if length == 0:
            self.clear()
            return
        self.kv.crop(-surplus)  # a negative argument removes that many tokens from the end
        del self.ids[length:]

    @property
    def memory(self) -> int:
        """Size of the keys and values, in bytes."""
        tensors = (tensor for layer in self.kv.layers for tensor in (layer.keys, layer.values))
        return sum(int(tensor.nbytes) for tensor in tensors if tensor is not None)


def common_prefix(left: Sequence[int], right: Sequence[int]) -> int:
    """Return the length of the longest common prefix of two token sequences."""
    for index, (a, b) in enumerate(zip(left, right)):  # noqa: B905 (the lengths may differ)
        if a != b:
            return index
    return min(len(left), len(right))


class PrefixCachePool:
    """Prefix caches of idle conversations; at most ``capacity``, least recently used evicted first.

    A cache in use is outside the pool (:meth:`take`), so it is neither evicted nor used twice. A conversation
    whose cache was evicted computes its whole prompt again. Thread-safe.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 0:
            raise ValueError(f"capacity is {capacity}; it must be 0 or more")
        self.capacity = capacity
        self._lock = threading.Lock()
        self._idle: OrderedDict[int, PrefixCache] = OrderedDict()
        self._taken: dict[int, PrefixCache] = {}

    def __len__(self) -> int:
        return len(self._idle)

    def take(self, owner: int) -> PrefixCache:
        """Remove and return the cache of ``owner``, or an empty one, for exclusive use until :meth:`put`."""
        with self._lock:
            self._taken[owner] = self._idle.pop(owner) if owner in self._idle else PrefixCache()
            return self._taken[owner]

    def put(self, owner: int, cache: PrefixCache) -> None:
        """Return a cache to the pool, and evict the least recently used ones beyond the capacity."""
        with self._lock:
            self._taken.pop(owner, None)
            self._idle[owner] = cache
            self._idle.move_to_end(owner)
            while len(self._idle) > self.capacity:
                self._idle.popitem(last=False)

    def memory(self, owner: int) -> int:
        """Return the size of the cache of ``owner``, in the pool or in use, in bytes."""
        with self._lock:
            cache = self._idle.get(owner) or self._taken.get(owner)
        return cache.memory if cache else 0

    def discard(self, owner: int) -> None:
        """Free the cache of ``owner``, if the pool holds it."""
        with self._lock:
            self._idle.pop(owner, None)
