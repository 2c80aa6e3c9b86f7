"""Segments: the tokens of a forward pass by conversation, each with its own cache and attention.

A pass is one flat sequence of N tokens, in which chunks of prompts and single tokens of many conversations
stand side by side, as in vLLM and in the continuous batching of transformers. The linear layers see one
matrix of N rows. The attention is computed segment by segment, so a token sees the cache of its conversation
only.

Shape suffixes: N tokens of the pass, T tokens of a segment, R conversations (rows) of a segment, A query
heads, H key-value heads, L cached tokens, D head size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from emola.chat.batching.prefix_caches import PrefixCache

__all__ = ["Chunk", "Rows", "Segment", "SegmentedModel", "attend_segments"]

_NAME = "emola_segments"


class Segment(Protocol):
    """Consecutive tokens of a pass. tokens: their places. caches: those of their conversations."""

    tokens: slice
    caches: Sequence[PrefixCache]

    def store(self, layer: int, key: Tensor, value: Tensor) -> Tensor:
        """Store the keys and values (1, H, T, D) of the tokens; return the tensor of the layer."""

    def attend(self, module: Any, query: Tensor, key: Tensor, value: Tensor, scaling: float) -> Tensor:
        """Store keys and values, and return the attention of the queries (1, A, T, D) -> (1, T, A, D)."""


class Chunk:
    """One or more tokens of one conversation. The cache has room for them."""

    def __init__(self, first: int, count: int, cache: PrefixCache) -> None:
        self.tokens = slice(first, first + count)
        self.caches: Sequence[PrefixCache] = [cache]
        self._start = len(cache.ids)
        self._end = self._start + count
        self._mask: Tensor | None = None

    def store(self, layer: int, key: Tensor, value: Tensor) -> Tensor:
        """Do as ``Segment.store``."""
        cache = self.caches[0]
        key_THD, value_THD = key[0].transpose(0, 1), value[0].transpose(0, 1)
        stored = cache.kv.layer(layer, key_THD)
        stored[0, cache.row, self._start : self._end] = key_THD
        stored[1, cache.row, self._start : self._end] = value_THD
        return stored

    def attend(self, module: Any, query: Tensor, key: Tensor, value: Tensor, scaling: float) -> Tensor:
        """Do as ``Segment.attend``."""
        stored = self.store(module.layer_idx, key, value)
        kv_2LHD = stored[:, self.caches[0].row, : self._end]
        keys, values = kv_2LHD.transpose(1, 2)[:, None].unbind()  # (1, H, L, D) each
        if query.shape[2] == 1:
            return _attend_one(query, keys, values, None, scaling)
        mask = self._causal_mask(query.device)
        attention: Tensor = sdpa_attention_forward(module, query, keys, values, mask, scaling=scaling)[0]
        return attention

    def _causal_mask(self, device: torch.device) -> Tensor | None:
        """Return the mask (1, 1, T, L); None without earlier tokens, where causal attention needs none."""
        if self._start == 0:
            return None
        if self._mask is None:
            shape = (self._end - self._start, self._end)
            self._mask = torch.ones(shape, dtype=torch.bool, device=device).tril(self._start)[None, None]
        return self._mask.to(device)


class Rows:
    """The next token of each of several conversations, whose caches are the first rows of shared tensors."""

    def __init__(self, first: int, caches: Sequence[PrefixCache], device: torch.device) -> None:
        lengths = [len(cache.ids) for cache in caches]
        self.tokens = slice(first, first + len(caches))
        self.caches = caches
        self._rows_R = torch.arange(len(caches), device=device)
        self._places_R = torch.tensor(lengths, device=device)
        self._longest = max(lengths) + 1
        self._mask: Tensor | None = None  # (R, 1, 1, L)
        if min(lengths) < max(lengths):
            unseen_RL = torch.arange(self._longest, device=device) > self._places_R[:, None]
            # Numbers, since PyTorch would convert a bool mask in every layer.
            zeros_RL = torch.zeros(unseen_RL.shape, dtype=caches[0].kv.layers[0].dtype, device=device)
            self._mask = zeros_RL.masked_fill(unseen_RL, -torch.inf)[:, None, None]

    def store(self, layer: int, key: Tensor, value: Tensor) -> Tensor:
        """Do as ``Segment.store``."""
        new_2RHD = torch.stack((key[0], value[0])).transpose(1, 2)
        stored = self.caches[0].kv.layer(layer, new_2RHD)
        stored[:, self._rows_R.to(key.device), self._places_R.to(key.device)] = new_2RHD
        return stored

    def attend(self, module: Any, query: Tensor, key: Tensor, value: Tensor, scaling: float) -> Tensor:
        """Do as ``Segment.attend``."""
        stored = self.store(module.layer_idx, key, value)
        kv_2RLHD = stored[:, : len(self.caches), : self._longest]
        keys, values = kv_2RLHD.transpose(2, 3).unbind()  # (R, H, L, D) each
        query_RA1D = query[0].transpose(0, 1)[:, :, None]
        mask = None if self._mask is None else self._mask.to(query.device)
        return _attend_one(query_RA1D, keys, values, mask, scaling).transpose(0, 1)


def _attend_one(query: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None, scaling: float) -> Tensor:
    """Return the attention of one query per row: (R, A, 1, D), (R, H, L, D) -> (R, 1, A, D).

    mask: (R, 1, 1, L), added to the scores. The query heads that share a key-value head become queries
    of that head, so that keys and values need not be repeated.
    """
    rows, heads, _, size = query.shape
    grouped = query.reshape(rows, keys.shape[1], -1, size)
    attention = scaled_dot_product_attention(grouped, keys, values, attn_mask=mask, scale=scaling)
    return attention.reshape(rows, 1, heads, size)


def _segmented_attention(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    segments: Sequence[Segment] | None = None,
    **options: Any,
) -> tuple[Tensor, None]:
    """Compute the attention segment by segment: (1, A, N, D), (1, H, N, D) -> (1, N, A, D).

    Without segments, as in ``generate`` of transformers, this is the attention of PyTorch.
    """
    if segments is None:
        attention, _ = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **options
        )
        return attention, None
    return attend_segments(module, query, key, value, segments), None


def attend_segments(
    module: Any, query: Tensor, key: Tensor, value: Tensor, segments: Sequence[Segment]
) -> Tensor:
    """Return the attention of all segments of a pass: (1, A, N, D), (1, H, N, D) -> (1, N, A, D)."""
    if len(segments) == 1:
        return segments[0].attend(module, query, key, value, module.scaling)
    parts = [
        segment.attend(
            module,
            query[:, :, segment.tokens],
            key[:, :, segment.tokens],
            value[:, :, segment.tokens],
            module.scaling,
        )
        for segment in segments
    ]
    return torch.cat(parts, dim=1)


AttentionInterface.register(_NAME, _segmented_attention)
AttentionMaskInterface.register(_NAME, sdpa_mask)  # of passes without segments


class SegmentedModel:
    """A model of transformers whose forward pass takes segments. Its other passes stay as they are."""

    def __init__(self, model: Any) -> None:
        self._model = model
        for module in model.modules():
            if hasattr(module, "num_key_value_groups"):  # the attention of a language model
                module.config._attn_implementation = _NAME

    def __call__(
        self, embeds_NK: Tensor, positions: Sequence[int], segments: Sequence[Segment], last: Sequence[int]
    ) -> Tensor:
        """Return the logits (R, V) after the tokens at the places ``last``. embeds_NK: (N, hidden size)."""
        device = embeds_NK.device
        outputs = self._model(
            inputs_embeds=embeds_NK[None],
            position_ids=torch.tensor([positions], device=device),
            # Masks with four dimensions are passed on unchanged; the segments have masks of their own.
            attention_mask=torch.ones((1, 1, 1, 1), dtype=torch.bool, device=device),
            use_cache=False,
            logits_to_keep=list(last),  # not a tensor, since the last layer may be on another GPU
            segments=segments,
        )
        logits_RV: Tensor = outputs.logits[0]
        return logits_RV
