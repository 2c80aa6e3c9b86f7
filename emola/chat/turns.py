"""Turns of a conversation, and the settings that their answers were generated with."""

from __future__ import annotations

from dataclasses import dataclass, field

DEFAULT_MAX_NEW_TOKENS = 320
"""Default length limit of an answer, in tokens."""


@dataclass(frozen=True)
class TurnSettings:
    """The settings of an answer; the same settings after the same turns give the same answer.

    adapter: the adapter that answered, None for a model without adapters. temperature, top_p, no_repeat,
    seed: see ``Sampling``; the seed is None for greedy decoding, which draws nothing. max_new_tokens: the
    length limit. prior: whether the model was given the prior of the face, if the face has one.
    """

    adapter: str | None = None
    temperature: float = 0.0
    top_p: float = 1.0
    no_repeat: int = 0
    seed: int | None = None
    max_new_tokens: int = DEFAULT_MAX_NEW_TOKENS
    prior: bool = True


@dataclass(frozen=True)
class Turn:
    """A question and its answer. Equality ignores ``settings``, ``seconds`` and ``tokens``.

    stopped: the answer was interrupted by :meth:`ChatSession.stop` or by closing its stream. dropped: number
    of oldest turns that the prompt omitted to fit the context. cut: the answer reached its length limit.
    seconds: duration from the start of the prompt to the last token, without the reading of the face.
    tokens: number of generated tokens.
    """

    question: str
    answer: str
    stopped: bool = False
    dropped: int = 0
    cut: bool = False
    settings: TurnSettings = field(default=TurnSettings(), compare=False)
    seconds: float = field(default=0.0, compare=False)
    tokens: int = field(default=0, compare=False)

    @property
    def adapter(self) -> str | None:
        """The adapter that answered, None for a model without adapters."""
        return self.settings.adapter
