"""One forward pass over tokens of several answers.

Shape suffixes: N tokens of the pass, R answers whose next token follows from it, H hidden size, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor

from emola.chat.batching.generation import Generation
from emola.chat.batching.key_values import whole_blocks
from emola.chat.batching.prefix_caches import PrefixCache
from emola.chat.batching.segments import Chunk, Rows, Segment

__all__ = ["ForwardPass"]


class ForwardPass:
    """The tokens of a pass: those of answers with shared rows, then of other answers, then of prompts.

    counts: number of tokens that each answer feeds. shared: the caches with shared rows, by row. due: the
    answers whose next token follows from the pass.
    """

    def __init__(self, model: Any, counts: Mapping[Generation, int], shared: Sequence[PrefixCache]) -> None:
        self._model = model
        self.counts = counts
        by_cache = {each.cache: each for each in counts}
        self._sharing = [by_cache[cache] for cache in shared]
        others = [each for each in counts if each not in self._sharing]
        self._others = sorted(others, key=lambda each: each.in_prompt)
        self._order = [*self._sharing, *self._others]
        self.due = [each for each in self._order if counts[each] == len(each.feed)]

    def run(self) -> Tensor:
        """Store the keys and values, and return the logits (R, V) of the due answers, float32 on the CPU."""
        device = self._model.device
        positions: list[int] = []
        last: list[int] = []
        ends = accumulate(self.counts[each] for each in self._order)
        for each, end in zip(self._order, ends, strict=True):
            start = len(each.cache.ids)
            positions += range(start, start + self.counts[each])
            if each in self.due:
                last.append(end - 1)
        outputs = self._model(
            inputs_embeds=self._embeds()[None],
            position_ids=torch.tensor([positions], device=device),
            # Masks with four dimensions are passed on unchanged; the segments have masks of their own.
            attention_mask=torch.ones((1, 1, 1, 1), dtype=torch.bool, device=device),
            use_cache=False,
            logits_to_keep=last,  # not a tensor, since the last layer may be on another GPU
            segments=self._segments(device),
        )
        logits_RV: Tensor = outputs.logits[0].float().cpu()
        return logits_RV

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
