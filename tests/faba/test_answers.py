"""The strict readers against hand-labelled answers."""

import json
import time
from pathlib import Path

import pytest

from emola.faba import read_action_units, read_emotions

ANSWERS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "fixtures/answers/strict.jsonl").read_text("utf-8").splitlines()
]
UNITS = [answer for answer in ANSWERS if "action_units" in answer]
EMOTIONS = [answer for answer in ANSWERS if "emotion" in answer]


def test_there_are_enough_labelled_answers() -> None:
    assert len(UNITS) >= 40 and len(EMOTIONS) >= 40
    assert len({answer["answer"] for answer in ANSWERS}) == len(ANSWERS) >= 80


def test_reads_the_labelled_action_units() -> None:
    labelled = {answer["answer"]: answer["action_units"] for answer in UNITS}
    assert {text: read_action_units(text) for text in labelled} == labelled


def test_reads_the_labelled_emotion_and_ties() -> None:
    labelled = {answer["answer"]: (answer["emotion"], answer.get("tied", [])) for answer in EMOTIONS}
    readings = {text: read_emotions(text) for text in labelled}
    assert {text: (reading.emotion, list(reading.tied)) for text, reading in readings.items()} == labelled


def test_weights_rank_the_emotions() -> None:
    reading = read_emotions("A touch of fear. Anger. Overall, sadness.")
    assert list(reading.weights) == ["fear", "anger", "sadness"]
    assert reading.weights["sadness"] > reading.weights["anger"] > reading.weights["fear"] > 0


@pytest.mark.parametrize(
    "piece", ["1", "AU1", "AU12, ", "no ", "AU 1 - ", " ", "\n", "happy or ", "(", "AU1: ("]
)
def test_reads_repetitive_answers_in_linear_time(piece: str) -> None:
    """Regression: catastrophic backtracking on the output of a looping model."""
    start = time.perf_counter()
    read_action_units("AU12" + piece * 400 + "x")
    read_emotions("Fear" + piece * 400 + "x")
    assert time.perf_counter() - start < 2
