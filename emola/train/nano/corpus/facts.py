"""What follows from the facts of a face: the rules that the answers of the corpus share.

The facts are a :class:`~emola.faba.face_reading.FaceReading`, as stated in the reading line, so that an
answer can be derived from the line alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from emola.faba import EMOTIONS, NANO_AUS
from emola.faba.emotions import CORE_AUS, EmotionEvidence, weigh_evidence
from emola.faba.face_reading import PART_UNITS, FaceReading

STRENGTHS = ("only a trace", "slight", "moderate", "strong", "very strong")
"""Words for the levels A to E."""

EMOTION_PERCENT = {"clear": 90, "likely": 65, "unsure": 40}
"""Rough percentage of an emotion by its certainty."""
SECOND_PERCENT = 25
"""Rough percentage of the second candidate."""

UPPER_AUS = (1, 2, 4, 5, 6, 7, 9, 43)
"""Units of the upper face: brows, eyes, cheeks and nose."""
LOWER_AUS = tuple(code for code in NANO_AUS if code not in UPPER_AUS)
"""Units of the lower face: mouth, lips and chin."""
PART_AUS: dict[str, tuple[int, ...]] = {
    "brows": PART_UNITS["brows"],
    "eyes": PART_UNITS["eyes"],
    "cheeks": PART_UNITS["cheeks"],
    "nose": PART_UNITS["nose"],
    "mouth": tuple(sorted(PART_UNITS["mouth"] + PART_UNITS["lips"])),
    "chin": PART_UNITS["chin"],
}
"""Units of each part that a question can be about; the mouth includes the lips."""
MIDLINE_AUS = (17, 25, 26, 27)
"""Units in the middle of the face, which have no sides."""
SIDED_AUS = tuple(code for code in NANO_AUS if code not in MIDLINE_AUS)
"""Units that are measured on each side."""
HIDEABLE = {
    "brows": ("brow_left", "brow_right"),
    "eyes": ("eye_left", "eye_right"),
    "nose": ("nose",),
    "mouth": ("mouth_left", "mouth_right"),
}
"""Parts that can be hidden, and their regions. The eyes hide the cheeks too, the mouth hides the chin."""

_VALENCE = {"happiness": "positive", "neutral": "neutral", "surprise": "open"}
_AROUSED = ("fear", "surprise", "anger")
_CALM = ("sadness", "neutral")
_MODERATE, _EXTREME = 2, 4
_NEARLY_THE_SAME = ({26, 27}, {25, 27}, {23, 24}, {25, 26})


def score(band: int) -> int:
    """Return a level, 0 (A) to 4 (E), on the scale of 1 to 10."""
    return 2 * band + 2


def percent(band: int) -> int:
    """Return a level, 0 (A) to 4 (E), as a rough percentage."""
    return 20 * band + 10


def evidence(facts: FaceReading, emotion: str | None = None) -> EmotionEvidence:
    """Return the evidence for an emotion, by default that of the face; "missing" are visible core units."""
    found = weigh_evidence(emotion or facts.emotion or "neutral", facts.active)
    missing = tuple(code for code in found.missing if code in facts.inactive)
    return EmotionEvidence(found.supporting, found.contrary, missing)


def hidden_parts(facts: FaceReading) -> list[str]:
    """Return the hidden parts of ``HIDEABLE``; none without landmarks, where no part is known."""
    return [part for part in HIDEABLE if facts.units is not None and facts.part(part) == "hidden"]


def by_strength(facts: FaceReading, codes: Sequence[int] | None = None) -> list[int]:
    """Return active units, by default all, the strongest first."""
    units = facts.units or {}
    return sorted(facts.active if codes is None else codes, key=lambda code: (-units[code].band, code))


def peak(facts: FaceReading) -> int:
    """Return the highest level among the units that support the emotion, 0 to 4; -1 if there are none."""
    units = facts.units or {}
    return max((units[code].band for code in evidence(facts).supporting), default=-1)


def candidates(facts: FaceReading) -> tuple[str, ...]:
    """Return the likeliest emotion and the second candidate, as far as they are known."""
    return tuple(name for name in (facts.emotion, facts.second) if name)


def ruled_out(facts: FaceReading) -> list[str]:
    """Return the emotions that are no candidates and whose core units are all visible and inactive."""
    others = [name for name in EMOTIONS if name not in (*candidates(facts), "neutral")]
    return [name for name in others if all(code in facts.inactive for code in CORE_AUS[name])]


def valence(facts: FaceReading) -> str:
    """Return "positive", "negative", "neutral" or, for surprise, "open"."""
    return _VALENCE.get(facts.emotion or "neutral", "negative")


def arousal(facts: FaceReading) -> str:
    """Return "high", "medium" or "low"."""
    emotion, strength = facts.emotion or "neutral", peak(facts)
    if emotion in _CALM:
        return "low"
    if emotion in _AROUSED:
        return "high" if strength >= _MODERATE else "medium"
    return "high" if strength >= _EXTREME else "medium"


def distinct(codes: Sequence[int], limit: int) -> list[int]:
    """Return the first ``limit`` codes without those that say nearly the same as an earlier one."""
    kept: list[int] = []
    for code in codes:
        if not any({code, other} in _NEARLY_THE_SAME for other in kept):
            kept.append(code)
    return kept[:limit]
