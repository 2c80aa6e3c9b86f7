"""One forward pass over tokens of several answers.

Shape suffixes: N tokens of the pass, R answers whose next token follows from it, H hidden size, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, Protocol

import torch
from torch import Tensor

from emola.chat.batching.generation import Generation
from emola.chat.batching.key_values import whole_blocks
from emola.chat.batching.prefix_caches import PrefixCache
from emola.chat.batching.segments import Chunk, Rows, Segment

__all__ = ["ForwardPass", "Network"]


class Network(Protocol):
    """The language model."""

    def __call__(
        self, embeds: Tensor, positions: Sequence[int], segments: Sequence[Segment], last: Sequence[int], /
    ) -> Tensor:
        """Return the logits (R, V) after the tokens at the places ``last``.

        embeds: (N, H) of the tokens. positions: their N places in their conversations. segments: of the pass.
        """


class ForwardPass:
    """The tokens of a pass: those of answers with shared rows, then of other answers, then of prompts.

    network: computes the logits of the model. counts: number of tokens that each answer feeds. shared: the
    caches with shared rows, by row. due: the answers whose next token follows from the pass.
    """

    def __init__(
        self, model: Any, network: Network, counts: Mapping[Generation, int], shared: Sequence[PrefixCache]
    ) -> None:
        self._model, self._network = model, network
        self.counts = counts
        by_cache = {each.cache: each for each in counts}
        self._sharing = [by_cache[cache] for cache in shared]
        others = [each for each in counts if each not in self._sharing]
        self._others = sorted(others, key=lambda each: each.in_prompt)
        self._order = [*self._sharing, *self._others]
        self.due = [each for each in self._order if counts[each] == len(each.feed)]

    def run(self) -> Tensor:
        """Store the keys and values, and return the logits (R, V) of the due answers, float32 on the CPU."""
        positions: list[int] = []
        last: list[int] = []
        ends = accumulate(self.counts[each] for each in self._order)
        for each, end in zip(self._order, ends, strict=True):
            start = len(each.cache.ids)
            positions += range(start, start + self.counts[each])
            if each in self.due:
                last.append(end - 1)
        segments = self._segments(self._model.device)
        return self._network(self._embeds(), positions, segments, last).float().cpu()

    def _embeds(self) -> Tensor:
        """Return the embeddings (N, H) of the tokens."""
        tokens = [each.feed[0] for each in self._order if each.embeds is None]
        parts = [each.embeds[: self.counts[each]] for each in self._order if each.embeds is not None]
        if tokens:
            ids_1N = torch.tensor([tokens], device=self._model.device)
            parts.insert(0, self._model.embed(ids_1N, None)[0])
        return torch.cat(parts)

    def _segments(self, device: torch.device) -> list[Segment]:
        """Return the segments, whose caches have room for their tokens."""
        segments: list[Segment] = []
        if self._sharing:
            segments.append(Rows(0, [each.cache for each in self._sharing], device))
        first = len(self._sharing)
        for each in self._others:
            tokens = len(each.prompt) if each.in_prompt else len(each.cache.ids) + 1
            each.cache.kv.grow(1, whole_blocks(tokens))
            segments.append(Chunk(first, self.counts[each], each.cache))
            first += self.counts[each]
        return segments
