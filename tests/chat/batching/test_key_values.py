"""Keys and values in growing tensors."""

from __future__ import annotations

import pytest
import torch

from emola.chat.batching.key_values import BLOCK, KeyValues, copy_tokens, whole_blocks

HEADS, SIZE = 3, 4


def filled(rows: int, tokens: int, layers: int = 2) -> KeyValues:
    kv = KeyValues(rows)
    kv.grow(rows, whole_blocks(tokens))
    for index in range(layers):
        layer = kv.layer(index, torch.zeros(HEADS, SIZE))
        layer[:, :, :tokens] = torch.rand(2, rows, tokens, HEADS, SIZE)
    return kv


@pytest.mark.parametrize(("tokens", "expected"), [(0, 0), (1, BLOCK), (BLOCK, BLOCK), (BLOCK + 1, 2 * BLOCK)])
def test_whole_blocks(tokens: int, expected: int) -> None:
    assert whole_blocks(tokens) == expected


def test_growing_keeps_the_tokens_and_adds_zeros() -> None:
    """Guards against tokens that change their row or place, and against uninitialised memory."""
    kv = filled(2, 5)
    before = [layer.clone() for layer in kv.layers]
    kv.grow(3, BLOCK + 1)
    for layer, old in zip(kv.layers, before, strict=True):
        assert layer.shape == (2, 3, BLOCK + 1, HEADS, SIZE)
        assert torch.equal(layer[:, :2, :5], old[:, :, :5])
        assert not layer[:, 2:].any() and not layer[:, :, 5:].any()


def test_nothing_shrinks() -> None:
    kv = filled(2, 5)
    layers = [*kv.layers]
    kv.grow(1, 3)
    assert (kv.rows, kv.capacity) == (2, BLOCK)
    assert all(now is before for now, before in zip(kv.layers, layers, strict=True))


def test_growth_can_be_repeated_after_an_error() -> None:
    """Guards against lost tokens when memory ran out after some of the layers had grown."""
    kv = filled(2, 5)
    before = [layer.clone() for layer in kv.layers]
    kv.layers[0] = torch.cat([kv.layers[0], torch.zeros(2, 2, BLOCK, HEADS, SIZE)], dim=2)
    kv.grow(2, BLOCK + 8)
    assert {layer.shape[2] for layer in kv.layers} == {BLOCK + 8}
    for layer, old in zip(kv.layers, before, strict=True):
        assert torch.equal(layer[:, :, :5], old[:, :, :5])


def test_memory_is_that_of_the_tensors() -> None:
    kv = filled(2, 5)
    assert kv.memory == 2 * 2 * 2 * BLOCK * HEADS * SIZE * 4
    assert kv.token_memory == 2 * 2 * HEADS * SIZE * 4
    assert KeyValues().memory == KeyValues().token_memory == 0


def test_copies_and_erases_a_row() -> None:
    source, target = filled(3, 6), filled(2, 2)
    target.grow(2, whole_blocks(6))
    kept = target.layers[0][:, 0].clone()
    copy_tokens(source, 2, target, 1, 4)
    assert torch.equal(target.layers[1][:, 1, :4], source.layers[1][:, 2, :4])
    assert not target.layers[1][:, 1, 4:].any()
    assert torch.equal(target.layers[0][:, 0], kept)
    target.erase(1)
    assert not target.layers[0][:, 1].any() and torch.equal(target.layers[0][:, 0], kept)
