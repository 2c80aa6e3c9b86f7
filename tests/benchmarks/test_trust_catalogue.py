"""Whether what a model says of the coding system is right."""

import pytest
from trust_fakes import heard_of, seen

from benchmarks.trust import catalogue
from benchmarks.trust.figures import by_heart
from benchmarks.trust.questions import by_heart as asked_by_heart
from emola.chat.batch import Completion
from emola.faba import ACTION_UNITS


@pytest.mark.parametrize(
    ("kind", "code", "answer", "right"),
    [
        ("its name", 15, "AU15 is the lip corner depressor: the lip corners go down.", True),
        ("its name", 15, "AU15 is called the lip corner puller.", False),
        ("its name", 26, "AU26, the jaw drop: the lips part.", True),
        ("its name", 25, "AU25 is the jaw drop: the lips part.", False),
        ("its name", 4, "I do not know.", False),
        ("its muscle", 12, "The zygomaticus major.", True),
        ("its muscle", 12, "The frontalis.", False),
        ("its code", 12, "That is AU12.", True),
        ("its code", 12, "AU1.", False),
        ("its code", 12, "AU12 or AU6.", False),
        ("its code", 12, "The lip corner puller.", False),
    ],
)
def test_an_answer_is_right_or_wrong(kind, code, answer, right):
    assert catalogue.right(kind, code, answer) is right


def test_every_unit_is_asked_about_and_counted():
    heard = heard_of([seen("a"), seen("b")])
    asks = asked_by_heart(heard.faces)
    assert len({ask.id for ask in asks.values()}) == 3 * len(ACTION_UNITS)
    assert {ask.looked.id for ask in asks.values()} == {"a", "b"}
    heard.by_heart = {
        (kind, code): (ask, Completion(f"AU{code} is the {ACTION_UNITS[code].name}.", False))
        for (kind, code), ask in asks.items()
    }
    figures = by_heart(heard)
    shares = {kind: row["share"] for kind, row in figures["by_kind"].items()}
    assert shares == {"its name": 1.0, "its code": 1.0, "its muscle": 0.0}
    assert figures["n"] == 3 * len(ACTION_UNITS) and len(figures["examples"]) == len(ACTION_UNITS)
