"""One question each about many faces at once, for long runs without a reader in front of them."""

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
"""Questions and answers so far, in order."""


class Completion(NamedTuple):
    """An answer; ``cut`` when it reached its length limit."""

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
    before: Sequence[Exchanges] | None = None,
) -> list[Completion]:
    """Answer a question about each face, always with the likeliest token.

    In float32 the answers are those that a ``ChatSession`` gives to each by itself. Prompts of different
    lengths are padded on the left, so that all answers begin together. adapter: the one that answers, the
    model's current one by default. before: what was asked and answered about each face already.
    Raises ChatError when the questions leave no room for an answer.
    """
    inputs = processor(
        images=[face.crop for face in faces],
        messages=list(map(chat_messages, before or [()] * len(questions), questions)),
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
            logits_processor=[_Forbid([forbidden_tokens(model, processor, face) for face in faces])],
        )
    return [completion(processor, row, room) for row in ids_BT[:, length:].tolist()]


class _Forbid(LogitsProcessor):
    """Keeps each row of a batch from saying its forbidden tokens."""

    def __init__(self, forbidden: Sequence[frozenset[int]]) -> None:
        self._forbidden = [torch.tensor(sorted(tokens)) for tokens in forbidden]

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """input_ids: (B, T), scores: (B, V) -> (B, V)."""
        for row, tokens in zip(scores, self._forbidden, strict=True):
            row[
                tokens[tokens < len(row)].to(row.device)
            ] = -torch.inf  # the image token may lie behind the vocabulary
        return scores


def completion(processor: Any, ids: Sequence[int], room: int) -> Completion:
    """An answer of ``room`` tokens at most: the text up to the first stop token; the rest is padding."""
    end = next((place for place, token in enumerate(ids) if token in processor.stop_token_ids), len(ids))
    text = TextStream(processor.decode, getattr(processor, "stop_strings", ()))
    for token in ids[:end]:
        text.push(token)
    text.finish()
    return Completion(text.text, cut=end == room and not text.stop_found)
