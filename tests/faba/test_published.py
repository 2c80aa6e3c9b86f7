"""The published scorer's readings, sample by sample, against what it recorded; and its quirks by name."""

import json
from pathlib import Path

import pytest

from emola.faba.published import (
    ORDER,
    positive_text,
    published_emotion,
    published_label_units,
    published_units,
)

SCORING = Path(__file__).parents[1] / "fixtures/scoring"


@pytest.fixture(scope="module")
def emotion() -> dict:
    return json.loads((SCORING / "emotion.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def au() -> dict:
    return json.loads((SCORING / "au.json").read_text("utf-8"))


def test_emotions_are_those_recorded(emotion) -> None:
    for sample in emotion["samples"]:
        assert positive_text(sample["prediction"]) == sample["expected_positive_text"]
        assert ORDER.index(published_emotion(sample["prediction"])) == sample["expected_class"]
        assert ORDER.index(sample["label"].lower()) == sample["expected_target"]


def test_action_units_are_those_recorded(au) -> None:
    def vector(codes: list[int]) -> list[int]:
        return [int(int(code) in codes) for code in au["au_order"]]

    for sample in au["samples"]:
        assert vector(published_units(sample["prediction"])) == sample["expected_prediction_vector"]
        assert vector(published_label_units(sample["label"])) == sample["expected_label_vector"]


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("The nose is wrinkled in disgust. He is in distress.", "sadness"),  # "no" in "nose"
        ("No fear.", "fear"),  # nothing is left, so the whole counts
        ("A curious look.", "surprise"),
        ("A look of discomfort.", "sadness"),  # on two lists: the first emotion in the order
        ("A face. Anger, anger and fear.", "anger"),
        ("A face. Anger and fear.", "anger"),  # a tie: the first in the order
        ("A face.", "happiness"),  # nothing at all
        ("sad", "happiness"),  # the word is on no list
        ("Fear without a full stop", "fear"),
    ],
)
def test_quirks_of_emotions(text: str, emotion: str) -> None:
    assert published_emotion(text) == emotion


@pytest.mark.parametrize(
    ("text", "codes"),
    [("No AU9, but AU12.", [9, 12]), ("AU 12, au6, AU06", []), ("AU1-4", [1]), ("AU99 and AU120", [])],
)
def test_quirks_of_action_units(text: str, codes: list[int]) -> None:
    assert published_units(text) == codes


def test_a_label_without_spaces_is_lost() -> None:
    assert published_label_units("1, 2, 25") == [1, 2, 25]
    assert published_label_units("1,2, 25") == [25]
