"""Prefix caches: reuse, eviction by bytes, and exclusive use."""

from __future__ import annotations

from typing import Any

import torch

from emola.chat.batching.key_values import BLOCK
from emola.chat.batching.prefix_caches import PrefixCache, PrefixCaches, common_prefix

FACE: Any = object()
BYTES = 2 * BLOCK * 4
"""Size of a filled cache."""


def filled(*ids: int) -> PrefixCache:
    cache = PrefixCache()
    cache.kv.grow(1, BLOCK)
    cache.kv.layer(0, torch.zeros(1, 1))
    cache.face, cache.ids = FACE, list(ids)
    return cache


def put(caches: PrefixCaches, owner: int) -> PrefixCache:
    cache = caches.take(owner)
    cache.kv = filled().kv
    caches.put(owner, cache)
    return cache


def test_common_prefix() -> None:
    """Guards against off-by-one errors at the first difference and at the end of the shorter sequence."""
    assert common_prefix([1, 2, 3], [1, 2, 4]) == 2
    assert common_prefix([1, 2], [1, 2, 4]) == 2
    assert common_prefix([1, 2, 4], [1, 2]) == 2
    assert common_prefix([5], [1]) == 0
    assert common_prefix([], [1]) == 0


def test_reuse_keeps_the_common_prefix_but_not_the_last_token() -> None:
    """Guards against an empty forward pass for a prompt that is cached as a whole."""
    cache = filled(1, 2, 3, 4)
    assert cache.reuse(FACE, [1, 2, 3, 9, 9]) == 3
    assert cache.ids == [1, 2, 3]
    assert cache.reuse(FACE, [1, 2, 3]) == 2
    assert cache.ids == [1, 2]


def test_another_face_reuses_nothing() -> None:
    """Guards against equal ids that stand for another picture."""
    cache, other = filled(1, 2, 3), object()
    assert cache.reuse(other, [1, 2, 3, 4]) == 0  # type: ignore[arg-type]
    assert cache.ids == [] and cache.face is other


def test_evicts_the_least_recently_used_caches_by_size() -> None:
    """Guards against eviction by age, and against a limit in number."""
    caches = PrefixCaches()
    for owner in (1, 2, 3):
        put(caches, owner)
    put(caches, 1)
    assert caches.memory(1) == BYTES
    caches.shrink(2 * BYTES)
    assert [caches.memory(owner) for owner in (1, 2, 3)] == [BYTES, 0, BYTES]
    caches.shrink(2 * BYTES - 1)
    assert [caches.memory(owner) for owner in (1, 2, 3)] == [BYTES, 0, 0]
    caches.shrink(0)
    assert len(caches) == 0


def test_a_cache_in_use_is_neither_evicted_nor_used_twice() -> None:
    caches = PrefixCaches()
    cache = put(caches, 1)
    assert caches.take(1) is cache
    caches.shrink(0)
    assert caches.memory(1) == BYTES and len(caches) == 0
    other = caches.take(1)
    assert other is not cache
    caches.put(1, cache)  # too late: its owner has taken another one since
    assert len(caches) == 0
    caches.put(1, other)
    assert caches.take(1) is other


def test_a_cache_discarded_in_use_is_not_kept() -> None:
    """Guards against keys of a closed conversation in memory."""
    caches = PrefixCaches()
    cache = caches.take(1)
    caches.discard(1)
    caches.put(1, cache)
    assert len(caches) == 0 and caches.memory(1) == 0
    put(caches, 1)
    caches.discard(1)
    caches.discard(1)
    assert len(caches) == 0


def test_clearing_frees_the_caches_in_use_too() -> None:
    caches = PrefixCaches()
    put(caches, 1)
    cache = caches.take(2)
    cache.kv = filled().kv
    caches.clear()
    assert len(caches) == 0 and caches.memory(1) == caches.memory(2) == 0
    caches.put(2, cache)
    assert len(caches) == 0
