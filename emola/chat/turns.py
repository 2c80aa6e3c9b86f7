"""The turns of a conversation, and the messages that the model reads them as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Turn:
    """A question and its answer.

    ``stopped``: the answer was broken off by :meth:`ChatSession.stop` (or by leaving its stream).
    ``dropped``: how many of the oldest turns did not fit into the context any more when this was
    asked; the model did not see them. ``cut``: the answer reached its length limit. ``adapter``:
    which of the model's adapters answered, None for a model without.
    """

    question: str
    answer: str
    stopped: bool = False
    dropped: int = 0
    cut: bool = False
    adapter: str | None = None


def messages(history: tuple[Turn, ...], question: str) -> list[dict[str, Any]]:
    """Turns and a new question as chat-template messages; the image goes with the first question.

    A turn that was stopped before its first word is left out: nothing was answered.
    """
    said: list[dict[str, Any]] = []
    for turn in history:
        if turn.answer:
            said += [message("user", turn.question), message("assistant", turn.answer)]
    said.append(message("user", question))
    said[0]["content"].insert(0, {"type": "image"})
    return said


def message(role: str, text: str) -> dict[str, Any]:
    """A chat-template message of text alone."""
    return {"role": role, "content": [{"type": "text", "text": text}]}
