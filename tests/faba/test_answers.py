"""The strict reading of answers written by hand, each with what a person takes from it."""

import json
import time
from pathlib import Path

import pytest

from emola.faba import read_action_units, read_emotions

ANSWERS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "fixtures/answers/strict.jsonl").read_text("utf-8").splitlines()
]
UNITS = [one for one in ANSWERS if "action_units" in one]
EMOTIONS = [one for one in ANSWERS if "emotion" in one]


def test_there_are_enough_of_them() -> None:
    assert len(UNITS) >= 40 and len(EMOTIONS) >= 40
    assert len({one["answer"] for one in ANSWERS}) == len(ANSWERS) >= 80


@pytest.mark.parametrize("one", UNITS, ids=lambda one: one["answer"][:40])
def test_action_units(one) -> None:
    assert read_action_units(one["answer"]) == one["action_units"]


@pytest.mark.parametrize("one", EMOTIONS, ids=lambda one: one["answer"][:40])
def test_emotion_and_what_is_tied_with_it(one) -> None:
    reading = read_emotions(one["answer"])
    assert (reading.emotion, list(reading.tied)) == (one["emotion"], one.get("tied", []))


def test_weights_say_why() -> None:
    reading = read_emotions("A touch of fear. Anger. Overall, sadness.")
    assert list(reading.weights) == ["fear", "anger", "sadness"]
    assert reading.weights["sadness"] > reading.weights["anger"] > reading.weights["fear"] > 0


@pytest.mark.parametrize(
    "piece", ["1", "AU1", "AU12, ", "no ", "AU 1 - ", " ", "\n", "happy or ", "(", "AU1: ("]
)
def test_an_answer_that_never_ends_is_read_in_no_time(piece: str) -> None:
    """A bug guarded: a pattern that tries every way to cut what a model in a loop has said."""
    start = time.perf_counter()
    read_action_units("AU12" + piece * 400 + "x")
    read_emotions("Fear" + piece * 400 + "x")
    assert time.perf_counter() - start < 2
