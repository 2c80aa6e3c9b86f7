"""The facts of one face and the words for its numbers.

The facts entail every sentence of the corpus. Only this module turns numbers into words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from emola.faba import EMOTIONS
from emola.faba.emotions import EmotionEvidence, weigh_evidence

STRENGTHS = ("only a trace", "slight", "moderate", "strong", "very strong")
"""Words for intensity, a fifth of the range each."""

TURNED_DEGREES = 30.0
"""Yaw from which the far side of the face counts as partly hidden."""

_UNEVEN = 0.3
_EYES, _JAW = (5, 7, 43), (16, 26, 27)
# Units of the brows, the lip corners and the chin, with their median probability in faces at rest.
_TRACES = {1: 0.021, 15: 0.107, 17: 0.028}
_KINDS = {"happiness": 0, "surprise": 0, "sadness": 1, "anger": 2, "disgust": 2, "fear": 3, "neutral": 4}
_CERTAINTIES = ("clearly", "", "perhaps")
_CLEAR, _UNCLEAR, _LIKELY = 0.85, 0.5, 0.2


@dataclass(frozen=True)
class UnitFact:
    """One action unit of one face: ``probability`` and ``intensity`` in 0..1, and whether it is active.

    ``left`` and ``right`` are the intensities on the subject's own left and right, None if unknown or if
    the unit has no sides.
    """

    probability: float
    intensity: float
    active: bool
    left: float | None = None
    right: float | None = None

    @property
    def band(self) -> int:
        """0 (trace) to 4 (very strong), an index into :data:`STRENGTHS`."""
        return min(int(max(self.intensity, 0.0) * 5), 4)

    @property
    def strength(self) -> str:
        """The word for the intensity."""
        return STRENGTHS[self.band]

    @property
    def certainty(self) -> str:
        """The word for how sure ``active`` is: "clearly", "probably" or "perhaps"."""
        belief = self.probability if self.active else 1.0 - self.probability
        return "clearly" if belief >= 0.85 else "probably" if belief >= 0.6 else "perhaps"


@dataclass(frozen=True)
class FaceFacts:
    """The facts of one face.

    ``emotion`` is one of :data:`~emola.faba.EMOTIONS`, or None; ``units`` is None when the landmarks were
    not found; ``yaw`` is the turn of the head in degrees, either way, None if unknown; ``beliefs`` is the
    probability of each emotion by the vision tower, None if unknown.

    Raises:
        ValueError: for an unknown emotion.
    """

    emotion: str | None
    units: Mapping[int, UnitFact] | None
    yaw: float | None = None
    beliefs: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        if self.emotion is not None and self.emotion not in EMOTIONS:
            raise ValueError(f"unknown emotion {self.emotion!r}; known are {', '.join(EMOTIONS)}")

    @cached_property
    def active(self) -> tuple[int, ...]:
        """Codes of the active units, ascending; empty when the landmarks were not found."""
        return tuple(sorted(code for code, unit in (self.units or {}).items() if unit.active))

    @cached_property
    def inactive(self) -> tuple[int, ...]:
        """Codes of the other known units, ascending."""
        return tuple(sorted(code for code, unit in (self.units or {}).items() if not unit.active))

    @cached_property
    def evidence(self) -> EmotionEvidence:
        """Evidence of the active units for the emotion; "missing" holds only units known to be inactive."""
        found = weigh_evidence(self.emotion or "neutral", self.active)
        missing = tuple(code for code in found.missing if code in self.inactive)
        return EmotionEvidence(found.supporting, found.contrary, missing)

    @property
    def strongest(self) -> int | None:
        """The active unit of the highest intensity, None if none is active."""
        return max(self.active, key=lambda code: self.unit(code).intensity, default=None)

    @property
    def certainty(self) -> str:
        """The word for how sure the emotion is: "clearly", "perhaps", or "" in between or if unknown."""
        if self.beliefs is None or self.emotion is None:
            return ""
        belief = self.beliefs[self.emotion]
        return "clearly" if belief >= _CLEAR else "perhaps" if belief < _UNCLEAR else ""

    @property
    def runner_up(self) -> str | None:
        """The likeliest other emotion; None if no other is likely."""
        others = {name: belief for name, belief in (self.beliefs or {}).items() if name != self.emotion}
        name = max(others, key=lambda other: others[other], default=None)
        return name if name is not None and others[name] >= _LIKELY else None

    @property
    def variant(self) -> int:
        """A number below 20 that chooses the wording, from features that a small model reads easily.

        It encodes how clear the emotion is and whether the eyes and the jaw or the lower lip move; if no unit
        is active, of which of a few units there is a trace.
        """
        if self.active:
            eyes, jaw = (any(code in self.active for code in part) for part in (_EYES, _JAW))
            return 4 * _CERTAINTIES.index(self.certainty) + 2 * jaw + eyes
        traces = (self.units is not None and self.unit(code).probability > of for code, of in _TRACES.items())
        return 12 + sum(trace << bit for bit, trace in enumerate(traces))

    @property
    def fine_variant(self) -> int:
        """Like ``variant``, and by the side to which the head turns, however little."""
        return self.variant + (9 if self.yaw is not None and self.yaw > 0 else 0)

    @property
    def runner_up_variant(self) -> int:
        """A number below 5 that chooses the wording by the likeliest other emotion."""
        others = [(-belief, name) for name, belief in (self.beliefs or {}).items() if name != self.emotion]
        return _KINDS[min(others)[1] if others else "neutral"]

    @property
    def turned(self) -> bool:
        """Whether the head is turned so far that one side is partly hidden."""
        return self.yaw is not None and abs(self.yaw) >= TURNED_DEGREES

    def unit(self, code: int) -> UnitFact:
        """Return the fact about one unit.

        Raises:
            KeyError: if it is not known.
        """
        return (self.units or {})[code]

    def stronger_side(self, code: int) -> str | None:
        """Return "left" or "right" (the subject's own) if one side moves much more, else None."""
        unit = self.unit(code)
        if unit.left is None or unit.right is None or self.turned or abs(unit.left - unit.right) < _UNEVEN:
            return None
        return "left" if unit.left > unit.right else "right"
