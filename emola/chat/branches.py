"""Batched answers to follow-ups that share a conversation, whose prefix is computed once.

Twenty questions about one face share the image tokens, the first question and the answer, about ten times as
many tokens as each adds. The answers equal those of :func:`emola.chat.batch.answer_batch`.

Shape suffixes: B batch, T tokens, V vocabulary.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import torch
from transformers import DynamicCache

from emola.chat.batch import Completion, Exchanges, completion, openings
from emola.chat.batching.prefix_caches import common_prefix
from emola.chat.context import answer_room, context_length
from emola.chat.engine import Engine
from emola.chat.faces import FaceLike, forbidden_tokens
from emola.faba.messages import chat_messages
from emola.model import adapters

__all__ = ["answer_branches"]


def answer_branches(
    engine: Engine,
    face: FaceLike,
    history: Exchanges,
    questions: Sequence[str],
    *,
    max_new_tokens: int,
    size: int,
    adapter: str | None = None,
) -> list[Completion]:
    """Answer each question as if it alone followed ``history``, by greedy decoding.

    size: batch size. Raises ChatError if a question leaves no room for an answer.
    """
    model, processor, adapter = engine.model, engine.processor, engine.name_of(adapter)
    (opening,) = openings(engine, [face], adapter)
    prompts = [engine.tokenize(chat_messages([*opening, *history], question)) for question in questions]
    answer_room(max(map(len, prompts)), context_length(model), max_new_tokens, at_least=max_new_tokens)
    if adapter is not None:
        adapters.activate(model, adapter)
    shared = min(min(common_prefix(prompts[0], prompt), len(prompt) - 1) for prompt in prompts)
    forbidden = sorted(forbidden_tokens(model, processor, face))
    answers: dict[int, Completion] = {}
    with torch.inference_mode():
        prefix = _prefix_cache(model, processor, face, prompts[0][:shared])
        for rows in _batches(prompts, size):
            cache = copy.deepcopy(prefix)
            cache.batch_repeat_interleave(len(rows))
            suffixes = [prompts[row][shared:] for row in rows]
            generated = _greedy(model, processor, cache, suffixes, forbidden, max_new_tokens)
            for row, ids in zip(rows, generated, strict=True):
                answers[row] = completion(processor, ids, max_new_tokens)
    return [answers[row] for row in range(len(questions))]


def _prefix_cache(model: Any, processor: Any, face: FaceLike, prompt: Sequence[int]) -> DynamicCache:
    """Return the keys and values of the shared prefix, image tokens included."""
    cache = DynamicCache()
    ids_BT = torch.tensor([prompt], device=model.device)
    image = model.image_embeds(
        processor.pixel_values([face.crop]).to(model.device), processor.priors([face.prior]).to(model.device)
    )
    embeds = model.embed(ids_BT, image)
    model(inputs_embeds=embeds, past_key_values=cache, use_cache=True, logits_to_keep=1)
    return cache


def _batches(prompts: Sequence[Sequence[int]], size: int) -> Iterator[list[int]]:
    """Yield the rows of up to ``size`` prompts of equal length, which need no padding."""
    order = sorted(range(len(prompts)), key=lambda row: len(prompts[row]))
    for _, group in groupby(order, key=lambda row: len(prompts[row])):
        rows = list(group)
        for start in range(0, len(rows), size):
            yield rows[start : start + size]


def _greedy(
    model: Any,
    processor: Any,
    cache: DynamicCache,
    suffixes: Sequence[Sequence[int]],
    forbidden: Sequence[int],
    limit: int,
) -> list[list[int]]:
    """Return the most likely tokens after each row, until every row has a stop token."""
    stops = torch.tensor(sorted(processor.stop_token_ids), device=model.device)
    ids_BT = torch.tensor(suffixes, device=model.device)
    ended = torch.zeros(len(suffixes), dtype=torch.bool, device=model.device)
    generated: list[torch.Tensor] = []
    while len(generated) < limit and not bool(ended.all()):
        out = model(
            inputs_embeds=model.embed(ids_BT, None), past_key_values=cache, use_cache=True, logits_to_keep=1
        )
        logits_BV = out.logits[:, -1]
        # The image token may lie beyond the vocabulary of the logits.
        logits_BV[:, [token for token in forbidden if token < logits_BV.shape[-1]]] = -torch.inf
        ids_BT = logits_BV.argmax(-1, keepdim=True)
        ended |= torch.isin(ids_BT[:, 0], stops)
        generated.append(ids_BT)
    tokens: list[list[int]] = torch.cat(generated, dim=1).tolist()
    return tokens
