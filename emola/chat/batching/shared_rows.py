"""The caches of conversations that generate at the same time, as rows of the same tensors."""

from __future__ import annotations

from collections.abc import Sequence

from emola.chat.batching.key_values import KeyValues, copy_tokens, whole_blocks
from emola.chat.batching.prefix_caches import PrefixCache

__all__ = ["MAX_SHARED", "SharedRows"]

MAX_SHARED = 1024
"""Longest cache in tokens that shares its tensors. All rows have the capacity of the longest one; beyond this
length, reading the unused places takes longer than a call of the attention for one conversation."""

_ROWS = 4
"""Step in which the number of rows grows."""


class SharedRows:
    """Caches as the rows 0, 1, ... of the same tensors, so that one call computes the attention of all.

    members: the caches by row, without gaps.
    """

    def __init__(self) -> None:
        self.kv = KeyValues(0)
        self.members: list[PrefixCache] = []

    def update(self, caches: Sequence[PrefixCache]) -> None:
        """Let caches share their tensors, unless there is only one or one is too long.

        Each member gets a place for its next token. caches: those of all answers in progress, the members
        included. May be repeated after an error.
        """
        for cache in caches:
            if len(cache.ids) >= MAX_SHARED:
                if cache in self.members:
                    self._leave(cache)
            elif len(caches) > 1 and cache not in self.members:
                self._join(cache)
        if self.members:
            self.kv.grow(0, whole_blocks(max(len(cache.ids) for cache in self.members) + 1))

    def release(self, cache: PrefixCache) -> None:
        """Give a member tensors of its own again, without its tokens if there is no memory for a copy.

        Its row is overwritten, so that nothing of a conversation outlives it here.
        """
        if cache not in self.members:
            return
        try:
            self._leave(cache)
        except Exception:
            self._remove(cache)
            cache.kv, cache.row = KeyValues(), 0
            cache.ids.clear()

    def _join(self, cache: PrefixCache) -> None:
        """Move the tokens of a cache into a row."""
        row = len(self.members)
        self.kv.grow(self.kv.rows if row < self.kv.rows else row + _ROWS, whole_blocks(len(cache.ids) + 1))
        copy_tokens(cache.kv, cache.row, self.kv, row, len(cache.ids))
        cache.kv, cache.row = self.kv, row
        self.members.append(cache)

    def _leave(self, cache: PrefixCache) -> None:
        """Move the tokens of a member into tensors of its own."""
        own = KeyValues()
        own.grow(1, whole_blocks(len(cache.ids)))
        copy_tokens(self.kv, cache.row, own, 0, len(cache.ids))
        self._remove(cache)
        cache.kv, cache.row = own, 0

    def _remove(self, cache: PrefixCache) -> None:
        """Overwrite a member's row, and move the last row into its place."""
        last = self.members.pop()
        self.kv.erase(cache.row)
        if last is not cache:
            copy_tokens(self.kv, last.row, self.kv, cache.row, len(last.ids))
            self.kv.erase(last.row)
            self.members[cache.row] = last
            last.row = cache.row
        if not self.members:
            self.kv = KeyValues(0)
