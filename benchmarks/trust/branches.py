"""Many follow-ups to one conversation at once: what they share is computed once.

Twenty questions about one face share its tokens, the first question and the answer, which are ten times as
long as what each adds; so a batch costs a tenth of asking each from the start. The answers are the same.

Shape suffixes: B batch, T tokens, V vocabulary.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import torch
from transformers import DynamicCache

from emola.chat.batch import Completion, Exchanges, completion
from emola.chat.context import answer_room, context_length
from emola.chat.engine import FaceLike
from emola.chat.prefix_cache import common_prefix
from emola.faba.messages import chat_messages
from emola.model import adapters


def answer_branches(
    model: Any,
    processor: Any,
    face: FaceLike,
    before: Exchanges,
    questions: Sequence[str],
    *,
    max_new_tokens: int,
    size: int,
    adapter: str | None = None,
) -> list[Completion]:
    """Answer each question as if it alone followed ``before``, always with the likeliest token.

    size: how many answers are made at once. Raises ChatError when a question leaves no room.
    """
    prompts = [
        processor.tokenize(chat_messages(before, one), add_generation_prompt=True) for one in questions
    ]
    answer_room(max(map(len, prompts)), context_length(model), max_new_tokens, at_least=max_new_tokens)
    if adapter is not None:
        adapters.activate(model, adapter)
    shared = min(min(common_prefix(prompts[0], one), len(one) - 1) for one in prompts)
    answers: dict[int, Completion] = {}
    with torch.inference_mode():
        trunk = _trunk(model, processor, face, prompts[0][:shared])
        for rows in _alike(prompts, size):
            cache = copy.deepcopy(trunk)
            cache.batch_repeat_interleave(len(rows))
            feed = [prompts[row][shared:] for row in rows]
            for row, ids in zip(rows, _greedy(model, processor, cache, feed, max_new_tokens), strict=True):
                answers[row] = completion(processor, ids, max_new_tokens)
    return [answers[row] for row in range(len(questions))]


def _trunk(model: Any, processor: Any, face: FaceLike, prompt: Sequence[int]) -> DynamicCache:
    """Keys and values of the tokens that all questions share, the face's among them."""
    cache = DynamicCache()
    ids_BT = torch.tensor([prompt], device=model.device)
    image = model.image_embeds(
        processor.pixel_values([face.crop]).to(model.device), processor.priors([face.prior]).to(model.device)
    )
    embeds = model.embed(ids_BT, image)
    model(inputs_embeds=embeds, past_key_values=cache, use_cache=True, logits_to_keep=1)
    return cache


def _alike(prompts: Sequence[Sequence[int]], size: int) -> Iterator[list[int]]:
    """Rows whose prompts are equally long, so that nothing is padded, up to ``size`` at once."""
    order = sorted(range(len(prompts)), key=lambda row: len(prompts[row]))
    for _, group in groupby(order, key=lambda row: len(prompts[row])):
        rows = list(group)
        for start in range(0, len(rows), size):
            yield rows[start : start + size]


def _greedy(
    model: Any, processor: Any, cache: DynamicCache, feed: Sequence[Sequence[int]], limit: int
) -> list[list[int]]:
    """The likeliest tokens after each row, until every row has met a stop token."""
    stops = torch.tensor(sorted(processor.stop_token_ids), device=model.device)
    ids_BT = torch.tensor(feed, device=model.device)
    ended = torch.zeros(len(feed), dtype=torch.bool, device=model.device)
    spoken: list[torch.Tensor] = []
    while len(spoken) < limit and not bool(ended.all()):
        out = model(
            inputs_embeds=model.embed(ids_BT, None), past_key_values=cache, use_cache=True, logits_to_keep=1
        )
        logits_BV = out.logits[:, -1]
        logits_BV[:, model.config.image_token_id : model.config.image_token_id + 1] = -torch.inf  # no word
        ids_BT = logits_BV.argmax(-1, keepdim=True)
        ended |= torch.isin(ids_BT[:, 0], stops)
        spoken.append(ids_BT)
    return torch.cat(spoken, dim=1).tolist()
