"""What the search of a picture finds: spots that may be faces, and faces that were read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from emola.face.detection.contrast import Levels
from emola.face.prior import head_angles

_SAME_FACE = 0.3  # overlap over union


@dataclass(frozen=True, eq=False)
class DetectedFace:
    """One face of a picture.

    points: (478, 2) float32, picture pixels. xyz: (478, 3) float32, in the axes of the view in which it was
    read, at the scale of the picture; blendshapes and matrix as in ``networks.Mesh``.
    turn: degrees by which that view is turned clockwise in the picture. levels: those that were stretched
    before the face was read; None as it is.
    """

    points: np.ndarray
    xyz: np.ndarray
    blendshapes: dict[str, float]
    matrix: np.ndarray
    turn: float = 0.0
    levels: Levels | None = None

    @property
    def box(self) -> np.ndarray:
        """(4,) float32, x0 y0 x1 y1 in picture pixels."""
        return np.concatenate([self.points.min(0), self.points.max(0)])

    @property
    def centre(self) -> np.ndarray:
        """(2,) the middle of the box."""
        return (self.box[:2] + self.box[2:]) / 2

    @property
    def side(self) -> float:
        """The longer side of the face's upright box, in picture pixels."""
        return float(np.ptp(self.xyz[:, :2], axis=0).max())

    @property
    def roll(self) -> float:
        """Degrees clockwise in the picture, -180 to 180."""
        return wrap_degrees(head_angles(self.matrix)[2] + self.turn)


@dataclass(frozen=True, eq=False)
class Candidate:
    """Where the detector may have seen a face.

    centre: (2,) picture pixels; side: of the face, in picture pixels; score: 0 to 1; turn: degrees by which
    the view was turned clockwise in the picture.
    """

    centre: np.ndarray
    side: float
    score: float
    turn: float

    def is_in(self, face: DetectedFace) -> bool:
        """Whether a face covers this spot."""
        return float(np.abs(self.centre - face.centre).max()) < 0.5 * max(self.side, face.side)

    def repeats(self, other: Candidate) -> bool:
        """Whether this is another sight of a spot."""
        ratio = self.side / other.side
        return 0.6 < ratio < 1.6 and float(np.abs(self.centre - other.centre).max()) < 0.3 * other.side


def best_overlap(box: np.ndarray, found: Iterable[DetectedFace]) -> DetectedFace | None:
    """The face that overlaps a box most, None when none does."""
    best = max(found, key=lambda one: intersection_over_union(box, one.box), default=None)
    return best if best is not None and intersection_over_union(box, best.box) > 0 else None


def without_duplicates(found: Iterable[DetectedFace]) -> list[DetectedFace]:
    """Largest first, without those that mostly cover a larger one."""
    kept: list[DetectedFace] = []
    for one in sorted(found, key=lambda one: float(np.prod(one.box[2:] - one.box[:2])), reverse=True):
        if not any(intersection_over_union(one.box, other.box) > _SAME_FACE for other in kept):
            kept.append(one)
    return kept


def intersection_over_union(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union of two boxes."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    common = float(np.prod(np.clip(high - low, 0, None)))
    union = float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - common
    return common / union if union > 0 else 0.0


def wrap_degrees(degrees: float) -> float:
    """An angle from -180 to 180 degrees."""
    return degrees if abs(degrees) <= 180 else (degrees + 180) % 360 - 180
