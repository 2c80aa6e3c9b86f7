"""A turn of a conversation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Turn:
    """A question and its answer.

    stopped: the answer was interrupted by :meth:`ChatSession.stop` or by closing its stream. dropped: number
    of oldest turns that the prompt omitted to fit the context. cut: the answer reached its length limit.
    adapter: the adapter that answered, None for a model without adapters.
    """

    question: str
    answer: str
    stopped: bool = False
    dropped: int = 0
    cut: bool = False
    adapter: str | None = None
