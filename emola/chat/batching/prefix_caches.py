"""Prefix caches: keys and values of prompts, kept between the questions of a conversation."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from emola.chat.batching.key_values import KeyValues
from emola.chat.faces import EncodedFace

__all__ = ["PrefixCache", "PrefixCaches", "common_prefix"]


class PrefixCache:
    """Keys and values of the tokens that one conversation has fed to the model, and the ids of those tokens.

    face: the encoded face that the image tokens stand for. The same ids stand for another face in another
    conversation, so the cache is valid for this face only. row: where the tokens are in ``kv``.
    """

    def __init__(self) -> None:
        self.face: EncodedFace | None = None
        self.ids: list[int] = []
        self.kv = KeyValues()
        self.row = 0

    def reuse(self, face: EncodedFace, prompt: Sequence[int]) -> int:
        """Drop the tokens that a prompt does not start with; return how many remain.

        The last token of the prompt never remains, because its logits are needed.
        """
        length = min(common_prefix(self.ids, prompt), len(prompt) - 1) if self.face is face else 0
        self.face = face
        del self.ids[length:]  # their keys and values are overwritten later
        return length

    @property
    def memory(self) -> int:
        """Size of the keys and values, in bytes."""
        return self.kv.memory // self.kv.rows


def common_prefix(left: Sequence[int], right: Sequence[int]) -> int:
    """Return the length of the longest common prefix of two token sequences."""
    for index, (a, b) in enumerate(zip(left, right)):  # noqa: B905 (the lengths may differ)
        if a != b:
            return index
    return min(len(left), len(right))


class PrefixCaches:
    """The prefix caches of all conversations. ``len()`` counts the idle ones. Thread-safe.

    A cache in use is taken out (:meth:`take`), so it is neither evicted nor used twice. A conversation whose
    cache was evicted computes its whole prompt again.
    """

    def __init__(self) -> None:
        # Reentrant: the garbage collector may run a finalizer that releases a conversation at any time.
        self._lock = threading.RLock()
        self._idle: OrderedDict[int, PrefixCache] = OrderedDict()  # the least recently used first
        self._taken: dict[int, PrefixCache] = {}

    def __len__(self) -> int:
        return len(self._idle)

    def take(self, owner: int) -> PrefixCache:
        """Remove and return the cache of ``owner``, or an empty one, for exclusive use until :meth:`put`."""
        with self._lock:
            cache = self._idle.pop(owner) if owner in self._idle else PrefixCache()
            self._taken[owner] = cache
            return cache

    def put(self, owner: int, cache: PrefixCache) -> None:
        """Return a cache; drops it if it was discarded, or if its owner has taken another one since."""
        with self._lock:
            if self._taken.get(owner) is cache:
                del self._taken[owner]
                self._idle[owner] = cache

    def shrink(self, limit: int) -> None:
        """Evict the least recently used idle caches until the others take at most ``limit`` bytes."""
        with self._lock:
            # A list, because a finalizer may release a conversation meanwhile.
            size = sum(cache.memory for cache in list(self._idle.values()))
            while self._idle and size > limit:
                _, cache = self._idle.popitem(last=False)
                size -= cache.memory

    def memory(self, owner: int) -> int:
        """Return the size of the cache of ``owner``, idle or in use, in bytes."""
        with self._lock:
            cache = self._idle.get(owner) or self._taken.get(owner)
        return cache.memory if cache else 0

    def discard(self, owner: int) -> None:
        """Free the cache of ``owner``; one in use is freed when it is returned."""
        with self._lock:
            self._idle.pop(owner, None)
            self._taken.pop(owner, None)

    def clear(self) -> None:
        """Free all caches; those in use are freed when they are returned."""
        with self._lock:
            self._idle.clear()
            self._taken.clear()
