"""The published reader against recorded results of the published scorer, and its quirks."""

import json
from pathlib import Path
from typing import Any

from emola.bench.readers import PUBLISHED
from emola.bench.readers.published import positive_text
from emola.faba.emotions import PUBLISHED_ORDER

SCORING = Path(__file__).parents[2] / "fixtures/scoring"


def recorded(task: str) -> dict[str, Any]:
    return json.loads((SCORING / f"{task}.json").read_text("utf-8"))


def test_reads_the_recorded_emotions() -> None:
    for sample in recorded("emotion")["samples"]:
        assert positive_text(sample["prediction"]) == sample["expected_positive_text"]
        assert PUBLISHED_ORDER.index(PUBLISHED.emotion(sample["prediction"])) == sample["expected_class"]
        assert PUBLISHED_ORDER.index(sample["label"].lower()) == sample["expected_target"]


def test_reads_the_recorded_action_units() -> None:
    au = recorded("au")

    def vector(codes: list[int]) -> list[int]:
        return [int(int(code) in codes) for code in au["au_order"]]

    for sample in au["samples"]:
        assert vector(PUBLISHED.units(sample["prediction"])) == sample["expected_prediction_vector"]
        assert vector(PUBLISHED.label_units(sample["label"])) == sample["expected_label_vector"]


EMOTION_QUIRKS = {
    "The nose is wrinkled in disgust. He is in distress.": "sadness",  # "no" in "nose"
    "No fear.": "fear",  # every sentence is dropped, so the whole text counts
    "A curious look.": "surprise",
    "A look of discomfort.": "sadness",  # on two lists: the first emotion in order wins
    "A face. Anger, anger and fear.": "anger",
    "A face. Anger and fear.": "anger",  # a tie: the first in order wins
    "A face.": "happiness",  # no emotion word: the default
    "sad": "happiness",  # the word is on no list
    "Fear without a full stop": "fear",
}


def test_emotion_quirks() -> None:
    assert {text: PUBLISHED.emotion(text) for text in EMOTION_QUIRKS} == EMOTION_QUIRKS


UNIT_QUIRKS = {"No AU9, but AU12.": [9, 12], "AU 12, au6, AU06": [], "AU1-4": [1], "AU99 and AU120": []}


def test_action_unit_quirks() -> None:
    assert {text: PUBLISHED.units(text) for text in UNIT_QUIRKS} == UNIT_QUIRKS


def test_label_codes_without_a_space_are_lost() -> None:
    assert PUBLISHED.label_units("1, 2, 25") == [1, 2, 25]
    assert PUBLISHED.label_units("1,2, 25") == [25]
