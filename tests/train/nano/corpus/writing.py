"""Writes conversations and single turns with the phrases and the mixture of the recipes."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from emola.faba.face_reading import FaceReading
from emola.train.nano.corpus import Mixture, Turn, Writer
from emola.train.nano.corpus.ask import ask

RECIPES = Path(__file__).parents[4] / "recipes" / "nano"
MIXTURE = Mixture.load(RECIPES / "mixture.yaml")
WRITER = Writer.load(RECIPES / "phrases", MIXTURE)


def turn(name: str, facts: FaceReading, seed: int, before: Sequence[Turn] = ()) -> Turn | None:
    """Return a question of one kind with its answer, after the turns ``before``."""
    conversation = WRITER.start(facts, random.Random(seed))
    conversation.turns = list(before)
    return ask(conversation, name)


def each_turn(
    name: str, faces: Sequence[FaceReading], before: Sequence[Turn] = ()
) -> Iterator[tuple[FaceReading, Turn]]:
    """Yield the faces that a question fits, each with the turn."""
    for seed, facts in enumerate(faces):
        asked = turn(name, facts, seed, before)
        if asked is not None:
            yield facts, asked


def is_in_other_language(answer: str) -> bool:
    """Return whether an answer begins with the remark on its language."""
    return "English" in answer.split(".")[0]
