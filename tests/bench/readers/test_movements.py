"""Reading movements described in the wording of the corpus."""

import random

import pytest

from emola.bench.readers.movements import movements
from emola.faba.movements import MOVEMENTS
from emola.train.nano.corpus.answers.movements import act, clause, thing


def test_reads_every_wording_of_each_movement():
    rng = random.Random(0)
    for code in MOVEMENTS:
        for _ in range(20):
            for phrase in (clause(rng, code), thing(rng, code), f"AU{code} {act(rng, code)}"):
                assert [move.code for move in movements(f"I see {phrase}.")] == [code], phrase


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The lips are very widely parted (AU25) and the jaw is lowered (AU20).", [(25, 25), (26, 20)]),
        ("AU6 raises the cheeks. Strongly raised cheeks, which is AU7.", [(6, 6), (6, 7)]),
        ("The lips are parted, and that is what AU25 means.", [(25, 25)]),
        ("The cheeks are not raised. I see no wrinkled nose, and no raised cheeks.", []),
        ("AU12 is active.", []),
    ],
)
def test_pairs_movements_with_their_codes(text, named):
    assert [tuple(move) for move in movements(text)] == named
