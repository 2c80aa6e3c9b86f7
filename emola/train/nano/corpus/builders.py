"""Conversations about a face: drawn from the table of questions, or around a written exchange."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from emola.faba.face_reading import FaceReading
from emola.train.nano.corpus.ask import add, draw
from emola.train.nano.corpus.conversation import Conversation, Turn
from emola.train.nano.corpus.kinds import KINDS
from emola.train.nano.corpus.mixture import Mixture
from emola.train.nano.corpus.phrases import Phrasebook

_MOST_ATTEMPTS = 60


class Writer:
    """Writes conversations about faces. The same state of ``rng`` gives the same conversation.

    Raises:
        RecipeError: if the mixture names a kind of question or a language that does not exist.
    """

    def __init__(self, book: Phrasebook, mixture: Mixture) -> None:
        mixture.check(KINDS, book.languages)
        self.book, self.mixture = book, mixture

    @classmethod
    def load(cls, phrases: Path, mixture: Mixture) -> Writer:
        """Read the phrases in a folder."""
        return cls(Phrasebook.load(phrases), mixture)

    def start(self, facts: FaceReading, rng: random.Random) -> Conversation:
        """Return a conversation without turns."""
        return Conversation(facts, rng, self.book, self.mixture)

    def converse(self, facts: FaceReading, rng: random.Random, written: Sequence[Turn] = ()) -> list[Turn]:
        """Return the turns of a conversation.

        written: an exchange that was written by hand, kept in one piece at some point of the conversation.
        """
        conversation = self.start(facts, rng)
        count = int(draw(rng, self.mixture.turns))
        before = rng.randrange(count + 1) if written else count
        self._fill(conversation, before)
        conversation.turns += written
        if written:
            self._fill(conversation, max(count, len(conversation.turns)))
        return conversation.turns

    def _fill(self, conversation: Conversation, count: int) -> None:
        """Add questions until there are ``count`` turns."""
        rng, mixture = conversation.rng, self.mixture
        for _ in range(_MOST_ATTEMPTS):
            if len(conversation.turns) >= count:
                return
            follows = conversation.turns and rng.random() < mixture.follow_up
            add(conversation, draw(rng, mixture.follow_ups if follows else mixture.questions))
