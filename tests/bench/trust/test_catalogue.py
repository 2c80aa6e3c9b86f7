"""Correctness of answers about the coding system."""

from trust_fakes import answers_about, subject

from emola.bench import Answer
from emola.bench.trust.catalogue import is_right
from emola.bench.trust.figures import definitions
from emola.bench.trust.questions import definition_follow_ups
from emola.faba import ACTION_UNITS

JUDGED = [
    ("name", 15, "AU15 is the lip corner depressor: the lip corners go down.", True),
    ("name", 15, "AU15 is called the lip corner puller.", False),
    ("name", 26, "AU26, the jaw drop: the lips part.", True),
    ("name", 25, "AU25 is the jaw drop: the lips part.", False),
    ("name", 4, "I do not know.", False),
    ("muscle", 12, "The zygomaticus major.", True),
    ("muscle", 12, "The frontalis.", False),
    ("code", 12, "That is AU12.", True),
    ("code", 12, "AU1.", False),
    ("code", 12, "AU12 or AU6.", False),
    ("code", 12, "The lip corner puller.", False),
]


def test_judges_definitions():
    for kind, code, answer, right in JUDGED:
        assert is_right(kind, code, answer) is right, (kind, code, answer)


def test_counts_right_answers_by_kind():
    answers = answers_about([subject("a"), subject("b")])
    answers.definitions = {
        (kind, code): (question, Answer(f"AU{code} is the {ACTION_UNITS[code].name}."))
        for (kind, code), question in definition_follow_ups(answers.subjects).items()
    }
    figures = definitions(answers)
    shares = {kind: row["share"] for kind, row in figures["by_kind"].items()}
    assert shares == {"name": 1.0, "code": 1.0, "muscle": 0.0}
    assert figures["n"] == 3 * len(ACTION_UNITS) and len(figures["examples"]) == len(ACTION_UNITS)
