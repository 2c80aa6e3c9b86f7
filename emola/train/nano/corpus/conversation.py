"""A conversation about one face, turn by turn."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from emola.faba.messages import chat_messages
from emola.train.nano.corpus.facts import FaceFacts
from emola.train.nano.corpus.mixture import Mixture
from emola.train.nano.corpus.phrases import Phrasebook, Slots


@dataclass(frozen=True)
class Turn:
    """A question with its answer.

    kind: what later turns refer to, see :attr:`TurnKind.kind`. code: the action unit it is about, if it is
    about one.
    """

    kind: str
    question: str
    answer: str
    code: int | None = None


@dataclass(frozen=True)
class Subject:
    """What a question is about.

    topic: an emotion, a part of the face, a movement or a declined topic; it chooses the phrases. codes: the
    action units. emotions: the emotions named in the question. slots: what fills the slots of the phrase.
    """

    topic: str = ""
    codes: tuple[int, ...] = ()
    emotions: tuple[str, ...] = ()
    slots: Slots = field(default_factory=dict)

    @property
    def code(self) -> int:
        """The only action unit, or the first one."""
        return self.codes[0]


@dataclass
class Conversation:
    """The turns so far, and what the next turn is made from.

    shown_unit: share of questions about the coding system that ask about a unit of this face.
    """

    facts: FaceFacts
    rng: random.Random
    book: Phrasebook
    mixture: Mixture
    shown_unit: float = 0.0
    turns: list[Turn] = field(default_factory=list)

    def had(self, kind: str) -> bool:
        """Return whether a question of this kind was asked."""
        return any(turn.kind == kind for turn in self.turns)

    @property
    def last(self) -> Turn | None:
        """The last turn; None at the start."""
        return self.turns[-1] if self.turns else None

    @property
    def asked_units(self) -> set[int]:
        """Action units that were asked about as they are in this face."""
        return {turn.code for turn in self.turns if turn.code is not None and turn.kind != "knowledge"}

    def messages(self) -> list[dict[str, Any]]:
        """Return the conversation as chat-template messages; the first question carries the image."""
        return chat_messages((turn.question, turn.answer) for turn in self.turns)


Need = Callable[[Conversation], bool]
"""Whether a question fits the facts and the turns so far."""
Picker = Callable[[Conversation, Sequence[str]], Subject | None]
"""Picks the subject of a question in one of the given languages; None if there is none to ask about."""


def _no_subject(conversation: Conversation, languages: Sequence[str]) -> Subject:
    return Subject()


@dataclass(frozen=True)
class TurnKind:
    """A kind of question: a row of the table.

    name: as the mixture calls it, and the heading of its phrases. answer: writes the answer. kind: what later
    turns refer to; kinds of the same ``kind`` ask for the same thing (``name`` if empty). needs: conditions
    for asking. pick: picks the subject. heading: another heading for the phrases. typed: whether the question
    gets typing habits; False for text that the page itself sends.
    """

    name: str
    answer: Callable[[Conversation, Subject], str]
    kind: str = ""
    needs: tuple[Need, ...] = ()
    pick: Picker = _no_subject
    heading: str = ""
    typed: bool = True
