"""Follow-ups that do not name their subject are about the last answer."""

import random
from collections.abc import Iterator

import pytest
from random_faces import random_facts
from writing import each_turn, turn

from emola.bench.readers.declines import declines
from emola.faba import read_action_units
from emola.train.nano.corpus import FaceFacts, Turn

FACES = [random_facts(random.Random(seed)) for seed in range(400)]


def _asked_back(before: Turn) -> Iterator[tuple[FaceFacts, Turn]]:
    """Yield faces with landmarks, and what is asked after ``before`` about each."""
    for facts, asked in each_turn("back", FACES, [before]):
        if facts.units is not None:
            yield facts, asked


@pytest.mark.parametrize("kind", ["yes_no", "strength", "it_sure", "why"])
def test_follow_up_of_a_unit_keeps_the_unit(kind: str) -> None:
    kinds = set()
    for facts, asked in _asked_back(Turn(kind, "Is AU6 active?", "(about AU6)", 6)):
        kinds.add(asked.kind)
        assert asked.code == 6 and "AU6" not in asked.question
        if asked.kind not in ("it_muscle", "it_look"):
            assert read_action_units(asked.answer) == [6] * (6 in facts.active)
    assert ("it_why" in kinds) == (kind != "why")


@pytest.mark.parametrize(
    ("code", "kinds"), [(6, {"it_active", "it_muscle", "it_look"}), (22, {"it_muscle", "it_look"})]
)
def test_follow_up_of_a_definition_asks_for_the_unit_in_this_face(code: int, kinds: set[str]) -> None:
    told = Turn("knowledge", f"What is AU{code}?", "(what it is)", code)
    assert {asked.kind for _, asked in _asked_back(told)} == kinds


def test_follow_up_of_a_list_is_about_all_its_units() -> None:
    found = list(_asked_back(Turn("list", "Which AUs?", "(the list)")))
    assert {asked.kind for _, asked in found} == {"list_why", "list_sure"}
    assert all(read_action_units(e.answer) == list(facts.active) for facts, e in found)


def test_declined_question_stays_declined() -> None:
    declined = Turn("decline", "How old is she?", "A face does not tell.")
    answers = {asked.answer for _, asked in _asked_back(declined)}
    assert len(answers) > 15
    assert all(declines(answer) for answer in answers)


def test_first_question_refers_to_nothing() -> None:
    assert turn("back", FACES[0], 0) is None
