"""Prefix caches and their LRU pool."""

from __future__ import annotations

import torch

from emola.chat.prefix_cache import PrefixCache, PrefixCachePool, common_prefix


def filled(*ids: int) -> PrefixCache:
    cache = PrefixCache()
    states = torch.tensor(ids, dtype=torch.float32)[None, None, :, None]
    for layer in range(2):
        cache.kv.update(states, states, layer)
    cache.ids = list(ids)
    cache.face = "a face"
    return cache


def keys_of(cache: PrefixCache) -> list[list[float]]:
    return [layer.keys.flatten().tolist() for layer in cache.kv.layers]


def test_common_prefix() -> None:
    """Guards against off-by-one errors at the first difference and at the end of the shorter sequence."""
    assert common_prefix([1, 2, 3], [1, 2, 4]) == 2
    assert common_prefix([1, 2], [1, 2, 4]) == 2
    assert common_prefix([1, 2, 4], [1, 2]) == 2
    assert common_prefix([5], [1]) == 0
    assert common_prefix([], [1]) == 0


def test_truncate_crops_every_layer_from_the_end() -> None:
    """Guards against confusing the number of tokens to remove with the length to keep."""
    cache = filled(1, 2, 3, 4, 5)
    cache.truncate(3)
    assert cache.ids == [1, 2, 3]
    assert keys_of(cache) == [[1, 2, 3], [1, 2, 3]]
    assert cache.kv.get_seq_length() == 3


def test_truncate_to_the_whole_length_or_more_changes_nothing() -> None:
    """Guards against crop(0) emptying the cache."""
    cache = filled(1, 2, 3)
    cache.truncate(3)
    cache.truncate(9)
    assert cache.ids == [1, 2, 3]
    assert keys_of(cache) == [[1, 2, 3], [1, 2, 3]]


def test_truncate_to_zero_clears() -> None:
    """Guards against clearing the ids but not the keys."""
    cache = filled(1, 2, 3)
    cache.truncate(0)
    assert cache.ids == []
    assert cache.kv.get_seq_length() == 0


def test_evicts_the_least_recently_used_cache() -> None:
    """Guards against eviction by creation time instead of last use."""
    pool = PrefixCachePool(2)
    caches = {owner: filled(owner) for owner in (1, 2, 3)}
    pool.put(1, caches[1])
    pool.put(2, caches[2])
    pool.put(1, pool.take(1))
    pool.put(3, caches[3])
    assert len(pool) == 2
    assert pool.take(1) is caches[1]
    assert pool.take(2) is not caches[2]
    assert pool.take(3) is caches[3]


def test_a_cache_in_use_is_outside_the_pool() -> None:
    """Guards against two answers sharing a cache, and against eviction during an answer."""
    pool = PrefixCachePool(1)
    cache = filled(1)
    pool.put(1, cache)
    assert pool.take(1) is cache
    assert pool.take(1) is not cache
    pool.put(2, filled(2))
    assert cache.ids == [1]


def test_a_pool_of_capacity_zero_keeps_nothing() -> None:
    """Guards against a pool that always keeps one cache."""
    pool = PrefixCachePool(0)
    pool.put(1, filled(1))
    assert len(pool) == 0


def test_discard_frees_the_cache() -> None:
    """Guards against keys of closed conversations in memory."""
    pool = PrefixCachePool(2)
    pool.put(1, filled(1))
    pool.discard(1)
    pool.discard(1)
    assert len(pool) == 0
