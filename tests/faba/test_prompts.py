"""Published questions and follow-ups."""

import pytest

from emola.faba import QUESTION, QUESTIONS, STARTER_QUESTIONS
from emola.faba.prompts import MOVEMENT_QUESTIONS, doubt, follow_up


@pytest.mark.parametrize("task", ["emotion", "au"])
def test_wordings_are_many_and_distinct(task: str) -> None:
    wordings = QUESTIONS[task]
    assert wordings[0] == QUESTION[task]
    assert len(set(wordings)) == len(wordings) >= 20
    assert set(QUESTION.values()) <= set(STARTER_QUESTIONS)


def test_questions_about_a_unit_name_it() -> None:
    assert follow_up(12) == "Is AU12 active, and how strongly?"
    assert doubt(12, active=True) == "How sure are you about AU12?"
    assert doubt(12, active=False) == "How sure are you that AU12 is not active?"


def test_questions_about_movements_name_no_emotion() -> None:
    words = " ".join(MOVEMENT_QUESTIONS).lower()
    assert not any(word in words for word in ("emotion", "smile", "feel", "mood", "expression"))
