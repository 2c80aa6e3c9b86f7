"""Conversations: their length, and written exchanges within them."""

import random

from random_faces import random_facts
from writing import MIXTURE, WRITER

from emola.train.nano.corpus import Turn

WRITTEN = (Turn("unit", "Why is there a frown?", "The brows are lowered."), Turn("unit", "Really?", "Yes."))


def test_conversations_have_the_length_of_the_mixture() -> None:
    for seed in range(20):
        facts = random_facts(random.Random(seed))
        turns = WRITER.converse(facts, random.Random(seed))
        assert min(map(int, MIXTURE.turns)) <= len(turns) <= max(map(int, MIXTURE.turns)), seed
        answers = [turn.answer for turn in turns if turn.kind != "repeat"]
        assert len(set(answers)) == len(answers), seed


def test_the_same_seed_writes_the_same_conversation() -> None:
    facts = random_facts(random.Random(1))
    first, second, third = (WRITER.converse(facts, random.Random(seed)) for seed in (5, 5, 6))
    assert first == second != third


def test_a_written_exchange_stays_in_one_piece() -> None:
    for seed in range(20):
        turns = WRITER.converse(random_facts(random.Random(seed)), random.Random(seed), WRITTEN)
        start = turns.index(WRITTEN[0])
        assert tuple(turns[start : start + 2]) == WRITTEN and len(turns) > 3, seed
