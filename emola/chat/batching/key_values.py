"""Keys and values of tokens, for one conversation or for several in rows of the same tensors.

Shape suffixes: R rows, L capacity in tokens, T tokens, H key-value heads, D head size.
"""

from __future__ import annotations

from torch import Tensor

__all__ = ["BLOCK", "KeyValues", "copy_tokens", "whole_blocks"]

BLOCK = 128
"""Step in which the capacity grows, in tokens: a copy of all tokens per block, not per token."""


def whole_blocks(tokens: int) -> int:
    """Return a number of tokens, rounded up to whole blocks."""
    return -(-tokens // BLOCK) * BLOCK


class KeyValues:
    """One tensor (2, R, L, H, D) per layer, with the keys before the values.

    A layer's tensor is created when the layer first stores something, since layers may be on different
    devices. Places without a token are zero or hold tokens that were dropped; the caller knows the lengths.
    """

    def __init__(self, rows: int = 1) -> None:
        self.rows = rows
        self.capacity = 0
        self.layers: list[Tensor] = []

    @property
    def memory(self) -> int:
        """Size in bytes."""
        return sum(int(layer.nbytes) for layer in self.layers)

    @property
    def token_memory(self) -> int:
        """Size of one token in bytes; 0 before something was stored."""
        return sum(int(layer[:, 0, 0].nbytes) for layer in self.layers)

    def layer(self, index: int, like: Tensor) -> Tensor:
        """Return the tensor (2, R, L, H, D) of a layer. like: (..., H, D), of its type and on its device."""
        if index == len(self.layers):
            self.layers.append(like.new_zeros((2, self.rows, self.capacity, *like.shape[-2:])))
        return self.layers[index]

    def grow(self, rows: int, capacity: int) -> None:
        """Provide at least this many rows and this capacity."""
        rows, capacity = max(rows, self.rows), max(capacity, self.capacity)
        if (rows, capacity) == (self.rows, self.capacity):
            return
        for index, old in enumerate(self.layers):
            new = old.new_zeros((2, rows, capacity, *old.shape[3:]))
            # After an earlier growth that ran out of memory, some layers are larger than others.
            new[:, : old.shape[1], : old.shape[2]] = old[:, :rows, :capacity]
            self.layers[index] = new
        self.rows, self.capacity = rows, capacity

    def erase(self, row: int) -> None:
        """Overwrite a row with zeros."""
        for layer in self.layers:
            layer[:, row].zero_()


def copy_tokens(source: KeyValues, source_row: int, target: KeyValues, target_row: int, length: int) -> None:
    """Copy the first ``length`` tokens of a row into a row of the same or another object."""
    for index, layer in enumerate(source.layers):
        target.layer(index, layer)[:, target_row, :length] = layer[:, source_row, :length]
