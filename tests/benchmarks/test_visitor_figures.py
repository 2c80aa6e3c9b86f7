"""The figures of many visits."""

from __future__ import annotations

from typing import Any

from benchmarks.visitors.figures import COMPARISONS, References, Script, Step, report, spread, summary

FIRST = Script("a.jpg", ("one?", "two?"))
OTHER = Script("b.jpg", ("one?",))


def question(answer: str = "", asked: Script = OTHER, visitor: int = 1, **facts: Any) -> Step:
    defaults: dict[str, Any] = {"first": 1.0, "shown": asked.questions}
    return Step("question", visitor, 0.0, 2.0, asked=asked, answer=answer, **{**defaults, **facts})


def references() -> References:
    alone = References()
    alone.add([question("A1", FIRST.until(1)), question("A2", FIRST), question("B1")])
    return alone


def test_a_spread_is_by_nearest_rank() -> None:
    assert spread([float(value) for value in range(1, 101)]) == {"median": 50.5, "p95": 95.0, "worst": 100.0}
    assert spread([3.0]) == {"median": 3.0, "p95": 3.0, "worst": 3.0}
    assert spread([]) is None


def test_answers_are_compared_with_those_given_alone() -> None:
    alone = references()
    assert len(alone) == 3
    assert alone.compare(question("A2", FIRST)) == "same"
    assert alone.compare(question("A2.", FIRST)) == "different"
    assert alone.compare(question("A1", FIRST)) == "elsewhere"  # to another question
    assert alone.compare(question("A1")) == "elsewhere"  # about another photo
    assert alone.compare(question("A1", Script("c.jpg", ("one?",)))) == "unknown"


def test_the_questions_of_another_visitor_are_mixed() -> None:
    """Guards against counting a right answer in the wrong conversation as right."""
    assert references().compare(question("B1", shown=("someone else's?",))) == "mixed"


def test_summary_counts_outcomes_and_fairness() -> None:
    steps = [
        Step("open", 1, 0.0, 0.5),
        Step("photo", 1, 0.0, 0.7),
        *(question("B1", first=wait) for wait in (1.0, 2.0, 6.0)),
        question("B1?", first=2.0, queued=True),
        Step("question", 1, 0.0, 0.1, "busy", "queue_full_at", "Come back."),
        Step("question", 1, 0.0, 0.1, "busy", "queue_full_at", "Come back."),
        Step("question", 1, 0.0, 0.1, "error", "ReadError"),
        Step("question", 1, 0.0, 0.1, "left"),
        Step("erase", 1, 0.0, 0.1),
    ]
    figures = summary(steps, references(), 30.0)
    assert figures["steps"]["question"] == {
        "all": 8, "done": 4, "busy": 2, "error": 1, "left": 1,
        "reasons": {"queue_full_at": 2, "ReadError": 1},
        "told": {"queue_full_at": "Come back.", "ReadError": ""},
    }  # fmt: skip
    assert figures["answers_per_minute"] == 8.0
    assert figures["first_words_seconds"] == {"median": 2.0, "p95": 6.0, "worst": 6.0}
    assert figures["fairness"] == 3.0
    assert figures["queued"] == 1
    assert figures["photo_seconds"] == {"median": 0.7, "p95": 0.7, "worst": 0.7}
    mixing = figures["mixing"]
    assert [mixing[kind] for kind in COMPARISONS] == [3, 1, 0, 0, 0]
    assert mixing["examples"][0] == {
        "asked": "one?", "alone": "B1", "answer": "B1?", "shown": ["one?"], "same_characters": 2,
    }  # fmt: skip
    text = "\n".join(report(figures))
    assert "4 of 8 done, 2 busy, 1 error, 1 left (queue_full_at 2 times, ReadError 1 times)" in text
    assert 'queue_full_at: "Come back."' in text
    assert "3.00 times the median" in text


def test_a_scenario_without_answers_has_figures_too() -> None:
    figures = summary([Step("open", 1, 0.0, 0.5, "error", "ConnectError")], References(), 1.0)
    assert figures["first_words_seconds"] is figures["fairness"] is None
    assert figures["answers_per_minute"] == 0
    assert any("ConnectError" in line for line in report(figures))
