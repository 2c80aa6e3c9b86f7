"""Selection of the adapter by the question."""

import pytest

from emola.chat.adapter_selection import check_adapter, select_adapter, task_of
from emola.errors import ChatError
from emola.faba import QUESTIONS

BOTH = ("au", "emotion")


TASKS = {
    "What AUs are conveyed by this face?": "au",
    "Is AU12 active, and how strongly?": "au",
    "au 4?": "au",
    "Code this face in FACS, please.": "au",
    "Is the lip corner puller at work?": "au",
    "Which facial muscles are tense?": "au",
    "Which action-units support the emotion?": "au",
    "Break the expression down into action units.": "au",
    "What emotions are conveyed by this face?": "emotion",
    "Is she happy?": "emotion",
    "Which emotion do AU6 and AU12 suggest?": "emotion",
    "How does the expression look to you?": "emotion",
    "Why?": None,
    "Go on, please.": None,
    "Is there audio with it?": None,
    "Read the Gauss curve.": None,
}


def test_detects_the_task_of_a_question():
    assert {question: task_of(question) for question in TASKS} == TASKS


@pytest.mark.parametrize("task", BOTH)
def test_no_published_question_selects_the_other_adapter(task):
    """Wordings without a matching word are allowed; a match of the other task is not."""
    tasks = [task_of(question) for question in QUESTIONS[task]]
    assert set(tasks) <= {task, None}
    assert tasks.count(task) > 0.85 * len(tasks)


def test_auto_follows_the_question_and_otherwise_keeps_the_adapter():
    assert select_adapter("auto", "Which AUs?", BOTH, "emotion") == "au"
    assert select_adapter("auto", "Which emotion?", BOTH, "au") == "emotion"
    assert select_adapter("auto", "Why?", BOTH, "emotion") == "emotion"
    assert select_adapter("auto", "Why?", BOTH, None) == "au"


def test_a_named_adapter_answers_everything():
    assert select_adapter("emotion", "Which AUs?", BOTH, "au") == "emotion"


def test_auto_keeps_the_adapter_when_the_matching_one_is_absent():
    assert select_adapter("auto", "Which emotion?", ("au",), None) == "au"
    assert select_adapter("auto", "Which emotion?", (), None) is None


def test_rejects_an_unknown_adapter_and_lists_the_known_ones():
    assert check_adapter("au", BOTH) == "au" and check_adapter("auto", ()) == "auto"
    with pytest.raises(ChatError, match=r"no adapter 'age'; use 'au', 'emotion', 'auto'\."):
        check_adapter("age", BOTH)
