"""A question that does not name what it is about is about the answer before it."""

import random

import pytest
from random_faces import random_facts

from emola.bench.readers.declines import declines
from emola.faba import read_action_units
from emola.train.nano.corpus.back_turns import ask_back
from emola.train.nano.corpus.state import Exchange, Talk


def _asked_back(before: Exchange, count: int = 400):
    """Faces with landmarks, and what is asked after ``before`` about each."""
    for seed in range(count):
        rng = random.Random(seed)
        facts = random_facts(rng)
        exchange = ask_back(Talk(facts, rng, [before]))
        if facts.units is not None and exchange is not None:
            yield facts, exchange


@pytest.mark.parametrize("kind", ["yes_no", "strength", "it_sure", "why"])
def test_after_a_unit_it_is_about_that_unit(kind: str) -> None:
    kinds = set()
    for facts, exchange in _asked_back(Exchange(kind, "Is AU6 active?", "(about AU6)", 6)):
        kinds.add(exchange.kind)
        assert exchange.code == 6 and "AU6" not in exchange.question
        if exchange.kind not in ("it_muscle", "it_look"):
            assert read_action_units(exchange.answer) == [6] * (6 in facts.active)
    assert ("it_why" in kinds) == (kind != "why")


@pytest.mark.parametrize(
    ("code", "kinds"), [(6, {"it_active", "it_muscle", "it_look"}), (22, {"it_muscle", "it_look"})]
)
def test_after_what_a_unit_is_it_may_be_looked_for_where_it_is_read(code: int, kinds: set[str]) -> None:
    told = Exchange("knowledge", f"What is AU{code}?", "(what it is)", code)
    assert {exchange.kind for _, exchange in _asked_back(told)} == kinds


def test_after_a_list_it_is_about_all_of_them() -> None:
    found = list(_asked_back(Exchange("list", "Which AUs?", "(the list)")))
    assert {exchange.kind for _, exchange in found} == {"list_why", "list_sure"}
    assert all(read_action_units(e.answer) == list(facts.active) for facts, e in found)


def test_what_was_declined_stays_declined() -> None:
    declined = Exchange("decline", "How old is she?", "A face does not tell.")
    answers = {exchange.answer for _, exchange in _asked_back(declined)}
    assert len(answers) > 15
    assert all(declines(answer) for answer in answers)


def test_nothing_is_referred_to_at_the_start() -> None:
    assert ask_back(Talk(random_facts(random.Random(0)), random.Random(0))) is None
