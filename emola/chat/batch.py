"""One question each about many faces at once, for long runs without a reader in front of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch

from emola.chat.engine import FaceLike
from emola.chat.streaming import TextStream
from emola.errors import ChatError
from emola.model import adapters

__all__ = ["Said", "answer_batch"]


class Said(NamedTuple):
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
) -> list[Said]:
    """Answer a question about each face, always with the likeliest token.

    In float32 the answers are those that a ``ChatSession`` gives to each by itself. Prompts of different
    lengths are padded on the left, so that all answers begin together. adapter: the one that answers, the
    model's current one by default. Raises ChatError when the questions leave no room for an answer.
    """
    inputs = processor(
        images=[face.crop for face in faces],
        messages=[_asked(question) for question in questions],
        prior_features=[face.prior for face in faces],
        return_tensors="pt",
    ).to(model.device)
    length = inputs["input_ids"].shape[1]
    context = int(model.config.get_text_config().max_position_embeddings)
    room = min(max_new_tokens, context - length)
    if room < 1:
        raise ChatError(f"The question takes {length} tokens of a context of {context}; ask a shorter one.")
    if adapter is not None:
        adapters.activate(model, adapter)
    stops = processor.stop_token_ids
    with torch.inference_mode():
        ids_BT = model.generate(
            **inputs,
            max_new_tokens=room,
            do_sample=False,
            eos_token_id=sorted(stops),
            pad_token_id=processor.tokenizer.pad_token_id,
            suppress_tokens=[model.config.image_token_id],  # it stands for a face and cannot be said
        )
    return [_said(processor, row, room) for row in ids_BT[:, length:].tolist()]


def _asked(question: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": question}]}]


def _said(processor: Any, ids: Sequence[int], room: int) -> Said:
    """The text up to the first stop token; what follows it is padding."""
    end = next((place for place, token in enumerate(ids) if token in processor.stop_token_ids), len(ids))
    text = TextStream(processor.decode, getattr(processor, "stop_strings", ()))
    for token in ids[:end]:
        text.push(token)
    text.finish()
    return Said(text.text, cut=end == room and not text.stop_found)
