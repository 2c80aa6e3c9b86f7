"""Emotion words and their action units."""

import pytest

from emola.faba import (
    ACTION_UNITS,
    ADJECTIVES,
    EMOTIONS,
    SYNONYMS,
    TYPICAL_AUS,
    canonical_emotion,
    weigh_evidence,
)
from emola.faba.emotions import CONTRARY_AUS, CORE_AUS


def test_tables_cover_every_emotion() -> None:
    for table in (ADJECTIVES, SYNONYMS, TYPICAL_AUS, CORE_AUS, CONTRARY_AUS):
        assert tuple(table) == EMOTIONS


def test_no_unit_is_both_evidence_for_and_against() -> None:
    for emotion in EMOTIONS:
        supporting = {*TYPICAL_AUS[emotion], *CORE_AUS[emotion]}
        assert not supporting & set(CONTRARY_AUS[emotion]), emotion
        assert supporting | set(CONTRARY_AUS[emotion]) <= ACTION_UNITS.keys(), emotion


def test_every_word_belongs_to_one_emotion() -> None:
    words = [word for emotion in EMOTIONS for word in (emotion, *SYNONYMS[emotion])]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("word", "emotion"), [("Happiness", "happiness"), (" sad ", "sadness"), ("FEAR", "fear"), ("tired", None)]
)
def test_maps_words_to_emotions(word: str, emotion: str | None) -> None:
    assert canonical_emotion(word) == emotion


def test_weighs_supporting_contrary_and_missing_units() -> None:
    evidence = weigh_evidence("happiness", [25, 12, 4])
    assert evidence.supporting == (12, 25)
    assert evidence.contrary == (4,)
    assert evidence.missing == (6,)
