"""The faces that the trust questions are about, with what is known of each apart from its label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["CLEAR", "Estimate", "Subject"]

CLEAR = 0.8
"""Probability from which the evidence for or against an action unit is clear."""


class Estimate(Protocol):
    """The evidence for one action unit, such as ``emola.face.AUEstimate``."""

    @property
    def active(self) -> bool:
        """Whether the evidence is over its threshold."""

    @property
    def probability(self) -> float | None:
        """The probability that the unit is active; None where it cannot be seen."""

    @property
    def intensity(self) -> float | None:
        """The intensity, 0 (at rest) to 1 (maximum); None where it cannot be seen."""

    @property
    def left(self) -> float | None:
        """The intensity on the subject's left; None without sides or where it cannot be seen."""

    @property
    def right(self) -> float | None:
        """The intensity on the subject's right, like ``left``."""


@dataclass(frozen=True, eq=False)
class Subject:
    """One face: the largest of its picture, or the whole picture if none was found.

    face: passed on to the model. label: the emotion. found: whether the face has a prior. evidence: by action
    unit, None without a prior that the evidence reads. brightness: mean luminance inside the bounding box, 0
    to 255. yaw: absolute head rotation in degrees; side: longer side of the bounding box in pixels; both None
    if no face was found.
    """

    id: str
    face: Any
    label: str | None
    found: bool
    evidence: Mapping[int, Estimate] | None
    brightness: float
    yaw: float | None
    side: float | None

    def clear(self, *, active: bool) -> list[int]:
        """Return the units whose evidence is clear, for (``active``) or against them."""
        return [
            code
            for code, estimate in (self.evidence or {}).items()
            if estimate.probability is not None
            and estimate.active is active
            and (estimate.probability if active else 1 - estimate.probability) >= CLEAR
        ]
