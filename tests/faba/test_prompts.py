"""Published questions and follow-ups."""

import pytest

from emola.faba import QUESTION, QUESTIONS, STARTER_QUESTIONS, follow_ups


@pytest.mark.parametrize("task", ["emotion", "au"])
def test_wordings_are_many_and_distinct(task: str) -> None:
    wordings = QUESTIONS[task]
    assert wordings[0] == QUESTION[task]
    assert len(set(wordings)) == len(wordings) >= 20
    assert set(QUESTION.values()) <= set(STARTER_QUESTIONS)


def test_follow_ups_keep_the_order_and_the_limit() -> None:
    assert follow_ups([12, 6, 12, 25], limit=2) == [
        "Is AU12 active, and how strongly?",
        "Is AU6 active, and how strongly?",
    ]
    assert follow_ups([]) == []
