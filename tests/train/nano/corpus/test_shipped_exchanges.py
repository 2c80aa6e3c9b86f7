"""The shipped exchanges: they have no problems, and every kind of question is covered."""

import random
from pathlib import Path

import pytest

from emola.train.nano.corpus.checker import check_paths
from emola.train.nano.corpus.exchanges import load_exchanges
from emola.train.nano.corpus.kinds import KINDS

FOLDER = Path(__file__).parents[4] / "recipes" / "nano" / "exchanges"


@pytest.fixture(scope="module")
def exchanges():
    return load_exchanges(FOLDER)


def test_they_have_no_problems():
    assert [str(problem) for problem in check_paths([FOLDER]) if not problem.warning] == []


def test_there_are_two_thousand_turns_of_nearly_every_kind(exchanges):
    kinds = [kind for exchange in exchanges for kind in exchange.kinds]
    assert len(kinds) >= 2000
    assert len(set(KINDS) - set(kinds)) < 10


def test_some_face_meets_the_needs_of_each(exchanges):
    rng = random.Random(0)
    assert all(exchange.needs.holds(exchange.needs.example(rng)) for exchange in exchanges)
