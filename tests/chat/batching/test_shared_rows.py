"""Caches that move into rows of shared tensors and out of them."""

from __future__ import annotations

import itertools
import random

import pytest
import torch
from torch import Tensor

from emola.chat.batching import key_values, shared_rows
from emola.chat.batching.key_values import KeyValues, whole_blocks
from emola.chat.batching.prefix_caches import PrefixCache
from emola.chat.batching.shared_rows import SharedRows


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_values, "BLOCK", 4)
    monkeypatch.setattr(shared_rows, "MAX_SHARED", 20)


def cache_of(length: int) -> PrefixCache:
    cache = PrefixCache()
    cache.ids = list(range(length))
    cache.kv.grow(1, whole_blocks(length))
    for index in range(2):
        cache.kv.layer(index, torch.zeros(1, 3))[:, 0, :length] = torch.rand(2, length, 1, 3)
    return cache


def content(cache: PrefixCache) -> Tensor:
    """Return the tokens of a cache: (layers, 2, T, H, D)."""
    return torch.stack([layer[:, cache.row, : len(cache.ids)] for layer in cache.kv.layers]).clone()


def unused_is_zero(rows: SharedRows) -> bool:
    lengths = [len(cache.ids) for cache in rows.members] + [0] * (rows.kv.rows - len(rows.members))
    return not any(
        layer[:, row, length:].any() for layer in rows.kv.layers for row, length in enumerate(lengths)
    )


def test_a_single_cache_is_not_moved() -> None:
    """Guards against copies in a conversation that is alone."""
    rows, cache = SharedRows(), cache_of(3)
    own = cache.kv
    rows.update([cache])
    assert rows.members == [] and cache.kv is own


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_caches_leave_in_any_order(order: tuple[int, ...]) -> None:
    """Guards against a row that is lost or mixed up when another one leaves."""
    rows, caches = SharedRows(), [cache_of(length) for length in (2, 9, 5, 12)]
    before = [content(cache) for cache in caches]
    rows.update(caches)
    assert [cache.row for cache in rows.members] == [0, 1, 2, 3]
    gone: list[int] = []
    for index in order:
        rows.release(caches[index])
        gone.append(index)
        assert caches[index].kv is not rows.kv and caches[index].kv.rows == 1
        assert [cache.row for cache in rows.members] == list(range(4 - len(gone)))
        assert all(torch.equal(content(cache), old) for cache, old in zip(caches, before, strict=True))
        assert unused_is_zero(rows)
    assert rows.kv.memory == 0


@pytest.mark.parametrize("seed", range(5))
def test_random_joins_growth_and_leaves(seed: int) -> None:
    """Guards against tokens that are lost when rows or capacity grow, or when a cache becomes too long."""
    rng, rows = random.Random(seed), SharedRows()
    torch.manual_seed(seed)
    caches: list[PrefixCache] = []
    expected: dict[PrefixCache, Tensor] = {}
    for _ in range(60):
        if len(caches) < 7 and rng.random() < 0.4:
            caches.append(cache_of(rng.randint(1, 24)))
            expected[caches[-1]] = content(caches[-1])
        elif caches and rng.random() < 0.2:
            rows.release(caches.pop(rng.randrange(len(caches))))
        rows.update(caches)
        for cache in rows.members:  # as a forward pass does
            token = torch.rand(2, 2, 1, 1, 3)
            for index, layer in enumerate(cache.kv.layers):
                layer[:, cache.row, len(cache.ids)] = token[index, :, 0]
            cache.ids.append(0)
            expected[cache] = torch.cat([expected[cache], token], dim=2)
        assert all(torch.equal(content(cache), tokens) for cache, tokens in expected.items())
        assert all(cache.kv is rows.kv for cache in rows.members)
        assert not any(len(cache.ids) > 20 for cache in rows.members)
        assert unused_is_zero(rows)


def test_without_memory_for_a_copy_the_tokens_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a row that stays occupied, and against other rows that are lost."""
    rows, caches = SharedRows(), [cache_of(3), cache_of(6)]
    rows.update(caches)
    kept = content(caches[1])

    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("full")

    with monkeypatch.context() as patch:
        patch.setattr(KeyValues, "grow", full)
        rows.release(caches[0])
    assert caches[0].ids == [] and caches[0].kv.memory == 0
    assert rows.members == [caches[1]] and torch.equal(content(caches[1]), kept)
    assert unused_is_zero(rows)
