"""A conversation about one face, turn by turn."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from emola.faba.face_reading import FaceReading
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

    topic: an emotion, a part of the face, a movement ("AU1+AU2") or a declined topic; it chooses the phrases.
    codes: the action units. emotions: the emotions named in the question. slots: what fills the slots of the
    phrase.
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
    """The turns so far, and what the next turn is made from."""

    facts: FaceReading
    rng: random.Random
    book: Phrasebook
    mixture: Mixture
    turns: list[Turn] = field(default_factory=list)

    @property
    def last(self) -> Turn | None:
        """The last turn; None at the start."""
        return self.turns[-1] if self.turns else None

    @property
    def asked_units(self) -> set[int]:
        """Action units that were asked about as they are in this face."""
        return {turn.code for turn in self.turns if turn.code is not None and turn.kind != "knowledge"}


class Reply(NamedTuple):
    """The answer to a question, as data.

    state: what the facts say, such as "active", "inactive" or "hidden"; the phrases stand under the heading
    ``answer to <kind> <state>``, or ``answer to <kind>`` where the state makes no difference. slots: words
    about the subject of the question, in addition to those about the face
    (:func:`~emola.train.nano.corpus.face_slots.face_slots`).
    """

    state: str = ""
    slots: Slots = {}  # noqa: RUF012 (never written to)


Need = Callable[[Conversation], bool]
"""Whether a question fits the facts and the turns so far."""
Picker = Callable[[Conversation, Sequence[str]], Subject | None]
"""Picks the subject of a question in one of the given languages; None if there is none to ask about."""
Replier = Callable[[Conversation, Subject], Reply]
"""Derives an answer from the facts of the face and the subject of the question."""


def no_subject(conversation: Conversation, languages: Sequence[str]) -> Subject:
    """Return an empty subject: the question is about the face as a whole, or not about a face."""
    return Subject()


@dataclass(frozen=True)
class TurnKind:
    """A kind of question: a row of the table.

    name: as the mixture calls it, and the heading of its phrases. reply: derives the answer. kind: what
    later turns refer to (``name`` if empty). needs: conditions for asking. pick: picks the subject.
    heading: another heading for the questions and answers. answered: another heading for the answers alone.
    typed: whether the question gets typing habits; False for text that the page itself sends.
    """

    name: str
    reply: Replier
    kind: str = ""
    needs: tuple[Need, ...] = ()
    pick: Picker = no_subject
    heading: str = ""
    answered: str = ""
    typed: bool = True
