"""A conversation as it grows."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from emola.train.nano.corpus.facts import FaceFacts


@dataclass(frozen=True)
class Exchange:
    """One question and its answer, with the kind of question for tests and statistics."""

    kind: str
    question: str
    answer: str
    code: int | None = None


@dataclass
class Talk:
    """The conversation so far."""

    facts: FaceFacts
    rng: random.Random
    done: list[Exchange] = field(default_factory=list)

    def had(self, kind: str) -> bool:
        """Whether a question of this kind was asked."""
        return any(exchange.kind == kind for exchange in self.done)

    @property
    def last_kind(self) -> str:
        """The kind of the last question, "" before the first."""
        return self.done[-1].kind if self.done else ""

    def asked(self) -> set[int]:
        """The units asked about as they are in this face."""
        return {e.code for e in self.done if e.code is not None and e.kind != "knowledge"}


Maker = Callable[[Talk], Exchange | None]
"""Makes the next question and answer, or None where it does not fit."""
