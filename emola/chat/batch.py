"""Batched answers: one question about each of many faces, without streaming."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from transformers import LogitsProcessor

from emola.chat.context import answer_room, context_length
from emola.chat.engine import FaceLike, forbidden_tokens
from emola.chat.streaming import TextStream
from emola.faba.messages import chat_messages
from emola.model import adapters

__all__ = ["Completion", "Exchanges", "answer_batch", "completion"]

Exchanges = Sequence[tuple[str, str]]
"""Earlier questions and answers, oldest first."""


class Completion(NamedTuple):
    """An answer; ``cut`` means that it reached its length limit."""

    text: str
    cut: bool


def answer_batch(
    model: Any,
    processor: Any,
    faces: Sequence[FaceLike],
    questions: Sequence[str],
    *,
    max_new_tokens: int,
    adapter: str | None = None,
    history: Sequence[Exchanges] | None = None,
) -> list[Completion]:
    """Answer a question about each face by greedy decoding.

    In float32 each answer equals that of a ``ChatSession`` of its own. Prompts are padded on the left, so
    that all answers start at the same position. adapter: the adapter that answers, by default the active one.
    history: the earlier questions and answers about each face.

    Raises ChatError when a prompt leaves no room for an answer.
    """
    inputs = processor(
        images=[face.crop for face in faces],
        messages=list(map(chat_messages, history or [()] * len(questions), questions)),
        prior_features=[face.prior for face in faces],
        return_tensors="pt",
    ).to(model.device)
    length = inputs["input_ids"].shape[1]
    room = answer_room(length, context_length(model), max_new_tokens)
    if adapter is not None:
        adapters.activate(model, adapter)
    with torch.inference_mode():
        ids_BT = model.generate(
            **inputs,
            max_new_tokens=room,
            do_sample=False,
            eos_token_id=sorted(processor.stop_token_ids),
            pad_token_id=processor.tokenizer.pad_token_id,
            logits_processor=[_ForbidTokens([forbidden_tokens(model, processor, face) for face in faces])],
        )
    return [completion(processor, row, room) for row in ids_BT[:, length:].tolist()]


class _ForbidTokens(LogitsProcessor):  # type: ignore[misc]
    """Sets the logits of each row's forbidden tokens to minus infinity."""

    def __init__(self, forbidden: Sequence[frozenset[int]]) -> None:
        self._forbidden = [torch.tensor(sorted(tokens)) for tokens in forbidden]

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """input_ids: (B, T), scores: (B, V) -> (B, V), changed in place."""
        for row, tokens in zip(scores, self._forbidden, strict=True):
            in_vocabulary = tokens[tokens < len(row)]  # the image token may lie beyond the vocabulary
            row[in_vocabulary.to(row.device)] = -torch.inf
        return scores


def completion(processor: Any, ids: Sequence[int], limit: int) -> Completion:
    """Return the text of generated ids up to the first stop token; the ids after it are padding.

    limit: the length limit of the answer, in tokens.
    """
    end = next((index for index, token in enumerate(ids) if token in processor.stop_token_ids), len(ids))
    text = TextStream(processor.decode, getattr(processor, "stop_strings", ()))
    for token in ids[:end]:
        text.push(token)
    text.finish()
    return Completion(text.text, cut=end == limit and not text.stop_found)
