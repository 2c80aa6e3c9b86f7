"""Batched answers: one question about each of many faces, without streaming."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from transformers import LogitsProcessor

from emola.chat.context import answer_room, context_length
from emola.chat.engine import Engine, reading_request
from emola.chat.faces import FaceLike, forbidden_tokens
from emola.chat.reading import MAX_READING_TOKENS, Reading
from emola.chat.streaming import TextStream
from emola.faba.messages import Message, chat_messages
from emola.model import adapters

__all__ = ["Completion", "Exchanges", "answer_batch", "completion", "openings"]

Exchanges = Sequence[tuple[str, str]]
"""Earlier questions and answers, oldest first."""


class Completion(NamedTuple):
    """An answer; ``cut`` means that it reached its length limit."""

    text: str
    cut: bool


def answer_batch(
    engine: Engine,
    faces: Sequence[FaceLike],
    questions: Sequence[str],
    *,
    max_new_tokens: int,
    adapter: str | None = None,
    history: Sequence[Exchanges] | None = None,
) -> list[Completion]:
    """Answer a question about each face by greedy decoding.

    With ``dtype="float32"`` each answer equals that of a ``ChatSession`` of its own. A model that reads faces
    before it answers reads those of the batch first, together. adapter: the adapter that answers, by default
    the first one. history: the earlier questions and answers about each face.

    Raises ChatError when a prompt leaves no room for an answer.
    """
    messages = [
        chat_messages([*opening, *turns], question)
        for opening, turns, question in zip(
            openings(engine, faces, adapter), history or [()] * len(faces), questions, strict=True
        )
    ]
    return _complete(engine, faces, messages, max_new_tokens, adapter)


def openings(engine: Engine, faces: Sequence[FaceLike], adapter: str | None = None) -> list[Exchanges]:
    """Return the exchange that opens a conversation about each face; empty for a model that answers at once.

    Readings that are not known are written as one batch, and kept until their face is deleted or forgotten.
    """
    if not engine.reads:
        return [()] * len(faces)
    adapter = engine.name_of(adapter)
    known = {face: engine.readings.known(face, adapter) for face in faces}
    unread = [face for face, reading in known.items() if reading is None]
    given = [engine.given(face, adapter) for face in unread]
    requests = [reading_request(line) for line in given]
    written = _complete(engine, unread, requests, MAX_READING_TOKENS, adapter) if unread else []
    for face, line, (text, _) in zip(unread, given, written, strict=True):
        known[face] = reading = Reading(line, text)
        engine.readings.keep(face, adapter, reading)
    return [(found.exchange,) if (found := known[face]) else () for face in faces]


def _complete(
    engine: Engine,
    faces: Sequence[FaceLike],
    messages: Sequence[Sequence[Message]],
    max_new_tokens: int,
    adapter: str | None,
) -> list[Completion]:
    """Continue a conversation about each face with an answer.

    Prompts are padded on the left, so that all answers start at the same position.
    """
    model, processor = engine.model, engine.processor
    inputs = processor(
        images=[face.crop for face in faces],
        messages=messages,
        prior_features=[face.prior for face in faces],
        return_tensors="pt",
    ).to(model.device)
    length = inputs["input_ids"].shape[1]
    room = answer_room(length, context_length(model), max_new_tokens)
    adapter = engine.name_of(adapter)
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
