"""Facial affect: action units, emotions, questions about them, and reading of answers.

Uses the standard library only and is independent of images and models.
"""

from emola.faba.action_units import (
    ACTION_UNITS,
    FABA_BENCH_AUS,
    NANO_AUS,
    ActionUnit,
    Neighbour,
)
from emola.faba.emotions import (
    ADJECTIVES,
    EMOTIONS,
    SYNONYMS,
    TYPICAL_AUS,
    EmotionEvidence,
    canonical_emotion,
    weigh_evidence,
)
from emola.faba.prompts import PUBLISHED_QUESTION, QUESTION, QUESTIONS, STARTER_QUESTIONS
from emola.faba.reading import EmotionReading, read_action_units, read_emotion, read_emotions
from emola.faba.regions import REGIONS

__all__ = [
    "ACTION_UNITS",
    "ADJECTIVES",
    "EMOTIONS",
    "FABA_BENCH_AUS",
    "NANO_AUS",
    "PUBLISHED_QUESTION",
    "QUESTION",
    "QUESTIONS",
    "REGIONS",
    "STARTER_QUESTIONS",
    "SYNONYMS",
    "TYPICAL_AUS",
    "ActionUnit",
    "EmotionEvidence",
    "EmotionReading",
    "Neighbour",
    "canonical_emotion",
    "read_action_units",
    "read_emotion",
    "read_emotions",
    "weigh_evidence",
]
