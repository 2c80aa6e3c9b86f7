"""Phrases of the recipe: their slots exist, and the headings of answers belong to a kind and a state."""

import random
from collections import defaultdict

import pytest
from random_faces import random_facts
from writing import WRITER, turn

from emola.faba.face_reading import FaceReading, UnitReading
from emola.faba.regions import REGIONS
from emola.train.nano.corpus import Turn
from emola.train.nano.corpus.facts import LOWER_AUS
from emola.train.nano.corpus.kinds import KINDS
from emola.train.nano.corpus.phrases import Phrasebook

pytestmark = pytest.mark.slow

PARTS = ("brow", "eye", "nose", "mouth")
BEFORE = (
    (),
    (Turn("emotion", "Emotion?", "Sad."),),
    (Turn("unit", "AU4?", "Yes.", 4),),
    (Turn("side", "AU12 left?", "Yes.", 12),),
    (Turn("part", "The brows?", "Level."),),
    (Turn("list", "AUs?", "AU4."),),
    (Turn("knowledge", "What is AU4?", "A frown.", 4),),
    (Turn("decline", "How old?", "No."),),
)
"""Turns that the kinds with back references need."""


def faces() -> list[FaceReading]:
    """Return faces of every sort, and those that reach the rarer states."""
    rng = random.Random(8)
    parts = {part: frozenset(region for region in REGIONS if region.startswith(part)) for part in PARTS}
    lower = dict.fromkeys(LOWER_AUS[:-1], UnitReading("C"))
    smile = {6: UnitReading("C"), 12: UnitReading("D", left="E", right="B")}
    rare = [
        FaceReading(None, emotion="happiness"),
        FaceReading(smile, emotion="happiness", certainty="clear", second="surprise"),
        FaceReading(smile, parts["brow"], emotion="happiness", certainty="likely"),
        FaceReading(lower, frozenset(REGIONS) - parts["mouth"], emotion="happiness", second="fear"),
        FaceReading({4: UnitReading("C")}, parts["mouth"], emotion="anger"),
        FaceReading({43: UnitReading("A")}, emotion="sadness"),
        FaceReading({}, frozenset(REGIONS), emotion="fear", certainty="unsure"),
    ]
    return [*(random_facts(rng) for _ in range(30)), *rare * 8]


@pytest.fixture(scope="module")
def offered() -> dict[str, set[str]]:
    """Return the slots that are offered to the phrases of each heading, wordings left out."""
    slots_of: dict[str, set[str]] = defaultdict(set)
    draw = Phrasebook.draw

    def recorded(self, rng, heading, languages, topic="", slots=None, wordings=None):
        for name in (heading, f"{heading} {topic}".strip()):
            slots_of[name].update(slots or {})
        return draw(self, rng, heading, languages, topic, slots, wordings)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Phrasebook, "draw", recorded)
        for name in (*KINDS, "other/emotion"):
            for seed, facts in enumerate(faces()):
                next(filter(None, (turn(name, facts, seed, before) for before in BEFORE)), None)
    return slots_of


def test_every_slot_of_a_phrase_exists(offered) -> None:
    """Words that fill slots have no slots themselves. A condition may hold for other states only."""
    kinds = {kind.heading or kind.name for kind in KINDS.values()}
    conditions = {slot for slots in offered.values() for slot in slots if "if_" in slot}
    for heading, phrase in WRITER.book:
        plain = heading.partition(" (")[0]
        is_template = plain.startswith("answer to ") or plain.split()[0] in kinds
        slots = offered.get(plain, offered.get(plain.split()[0], set())) if is_template else set()
        unknown = set(phrase.slots) - slots - (conditions if is_template else set())
        assert not unknown, (heading, phrase.text, unknown)


def test_every_answer_belongs_to_a_kind_and_a_state(offered) -> None:
    answers = {heading for heading, _ in WRITER.book if heading.startswith("answer to ")}
    assert answers - offered.keys() == set()
