"""The seven emotions: adjectives, synonyms, and the action units that support or contradict each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

EMOTIONS = ("happiness", "sadness", "surprise", "anger", "disgust", "fear", "neutral")

ADJECTIVES = {
    "happiness": "happy",
    "sadness": "sad",
    "surprise": "surprised",
    "anger": "angry",
    "disgust": "disgusted",
    "fear": "afraid",
    "neutral": "neutral",
}

SYNONYMS: dict[str, tuple[str, ...]] = {
    "happiness": (
        "happy", "happily", "joy", "joyful", "joyous", "delight", "delighted", "cheerful", "cheerfulness",
        "pleased", "pleasure", "amused", "amusement", "glad", "elated", "merry", "contentment",
    ),
    "sadness": (
        "sad", "sadly", "sorrow", "sorrowful", "grief", "unhappy", "unhappiness", "melancholy",
        "melancholic", "dejected", "dejection", "gloomy", "miserable", "downcast", "despair", "mournful",
    ),
    "surprise": (
        "surprised", "surprising", "astonished", "astonishment", "amazed", "amazement", "startled",
        "shocked", "stunned",
    ),
    "anger": (
        "angry", "angrily", "annoyed", "annoyance", "irritated", "irritation", "furious", "fury", "rage",
        "enraged", "hostile", "hostility", "mad", "frustrated", "frustration",
    ),
    "disgust": (
        "disgusted", "revulsion", "repulsed", "repulsion", "revolted", "aversion", "distaste", "repelled",
        "repugnance",
    ),
    "fear": (
        "fearful", "afraid", "scared", "frightened", "fright", "terror", "terrified", "anxious", "anxiety",
        "alarmed", "dread", "apprehension", "apprehensive", "panic", "panicked",
    ),
    "neutral": (
        "neutrality", "expressionless", "emotionless", "impassive", "no clear emotion", "no strong emotion",
        "no particular emotion", "no marked emotion", "no obvious emotion", "no emotion", "unexpressive",
    ),
}  # fmt: skip
"""Lower-case synonyms of each emotion."""

SUGGESTIVE: dict[str, tuple[str, ...]] = {
    "happiness": ("content", "warmth", "friendly"),
    "sadness": ("somber", "sombre", "tearful", "crying", "distress", "distressed", "anguish"),
    "surprise": ("disbelief", "puzzled", "bewildered", "bewilderment"),
    "anger": ("stern", "displeased", "agitated", "agitation"),
    "disgust": ("contempt", "disdain"),
    "fear": ("worried", "nervous", "uneasy"),
    "neutral": ("calm", "serene", "composed"),
}
"""Lower-case words that suggest an emotion without naming it; weaker than synonyms."""

TYPICAL_AUS: dict[str, tuple[int, ...]] = {
    "happiness": (6, 12, 25),
    "sadness": (1, 4, 15, 17),
    "surprise": (1, 2, 5, 25, 26, 27),
    "anger": (4, 5, 7, 17, 23, 24),
    "disgust": (4, 7, 9, 10, 15, 16, 17),
    "fear": (1, 2, 4, 5, 7, 20, 25, 26),
    "neutral": (),
}
"""Units that often occur with each emotion, sorted by code; a single face shows a few of them."""

CORE_AUS: dict[str, tuple[int, ...]] = {
    "happiness": (12, 6),
    "sadness": (15, 1, 4),
    "surprise": (27, 2, 5, 1),
    "anger": (4, 24, 23, 7),
    "disgust": (9, 10),
    "fear": (20, 1, 5, 4),
    "neutral": (),
}
"""Most specific units of each emotion, the most specific first."""

CONTRARY_AUS: dict[str, tuple[int, ...]] = {
    "happiness": (4, 9, 15, 20, 24),
    "sadness": (5, 6, 9, 12, 27),
    "surprise": (4, 7, 9, 12, 15, 24),
    "anger": (1, 2, 6, 12, 27),
    "disgust": (2, 5, 12, 27),
    "fear": (6, 9, 12, 24),
    "neutral": (1, 2, 4, 5, 6, 9, 10, 12, 15, 20, 27),
}
"""Units that contradict each emotion."""

PUBLISHED_ORDER = ("happiness", "sadness", "surprise", "anger", "neutral", "disgust", "fear")
"""Emotions in the order of the published code, where labels may be numbers from 0."""

_CANONICAL = {word: emotion for emotion in EMOTIONS for word in (emotion, *SYNONYMS[emotion])}


def canonical_emotion(word: str) -> str | None:
    """Return the member of :data:`EMOTIONS` that a word or label in any case stands for, else None."""
    return _CANONICAL.get(word.strip().lower())


def emotion_of_label(label: object) -> str | None:
    """Return the emotion of a word or of a number in ``PUBLISHED_ORDER``, or None if it is neither."""
    text = str(label).strip()
    return PUBLISHED_ORDER[int(text)] if re.fullmatch(r"[0-6]", text) else canonical_emotion(text)


@dataclass(frozen=True)
class EmotionEvidence:
    """Evidence of active units for one emotion, the most specific units first."""

    supporting: tuple[int, ...]
    contrary: tuple[int, ...]
    missing: tuple[int, ...]


def weigh_evidence(emotion: str, active: Iterable[int]) -> EmotionEvidence:
    """Sort ``active`` units into those that support and those that contradict one of :data:`EMOTIONS`."""
    units = set(active)
    order = (*CORE_AUS[emotion], *(code for code in TYPICAL_AUS[emotion] if code not in CORE_AUS[emotion]))
    return EmotionEvidence(
        supporting=tuple(code for code in order if code in units),
        contrary=tuple(code for code in CONTRARY_AUS[emotion] if code in units),
        missing=tuple(code for code in CORE_AUS[emotion] if code not in units),
    )
