"""Results of the face search: candidate positions, and faces with landmarks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from emola.face.arrays import FloatArray
from emola.face.detection.contrast import Levels
from emola.face.prior import head_angles

_DUPLICATE_IOU = 0.3


@dataclass(frozen=True, eq=False)
class DetectedFace:
    """A face with landmarks.

    points: (478, 2) float32 image pixels. xyz: (478, 3) float32, in the axes of the view in which the
    landmarker found the face, at the scale of the image. blendshapes, matrix: as in ``networks.Mesh``.
    rotation: clockwise rotation of that view in the image, in degrees. levels: the levels stretched before
    detection, None for the original image.
    """

    points: FloatArray
    xyz: FloatArray
    blendshapes: dict[str, float]
    matrix: FloatArray
    rotation: float = 0.0
    levels: Levels | None = None

    @property
    def box(self) -> FloatArray:
        """Bounding box of the points, (4,) float32: x0, y0, x1, y1 in image pixels."""
        return np.concatenate([self.points.min(0), self.points.max(0)])

    @property
    def centre(self) -> FloatArray:
        """Centre of the box, (2,) image pixels."""
        return np.asarray((self.box[:2] + self.box[2:]) / 2)

    @property
    def side(self) -> float:
        """Longer side of the face's upright bounding box, in image pixels."""
        return float(np.ptp(self.xyz[:, :2], axis=0).max())

    @property
    def roll(self) -> float:
        """Clockwise roll of the head in the image, -180 to 180 degrees."""
        return wrap_degrees(head_angles(self.matrix)[2] + self.rotation)


@dataclass(frozen=True, eq=False)
class Candidate:
    """A position at which the detector may have found a face.

    centre: (2,) image pixels. side: of the face, in image pixels. score: 0 to 1. rotation: clockwise rotation
    of the detector's view in the image, in degrees.
    """

    centre: FloatArray
    side: float
    score: float
    rotation: float

    def is_inside(self, face: DetectedFace) -> bool:
        """Whether the position lies on a face."""
        return float(np.abs(self.centre - face.centre).max()) < 0.5 * max(self.side, face.side)

    def repeats(self, other: Candidate) -> bool:
        """Whether both candidates have about the same position and size."""
        ratio = self.side / other.side
        return 0.6 < ratio < 1.6 and float(np.abs(self.centre - other.centre).max()) < 0.3 * other.side


def best_overlap(box: FloatArray, faces: Iterable[DetectedFace]) -> DetectedFace | None:
    """Return the face with the highest overlap with a box, None if none overlaps it."""
    best = max(faces, key=lambda face: intersection_over_union(box, face.box), default=None)
    return best if best is not None and intersection_over_union(box, best.box) > 0 else None


def without_duplicates(faces: Iterable[DetectedFace]) -> list[DetectedFace]:
    """Sort faces from large to small and drop those that overlap a larger one."""
    kept: list[DetectedFace] = []
    for face in sorted(faces, key=lambda face: float(np.prod(face.box[2:] - face.box[:2])), reverse=True):
        if not any(intersection_over_union(face.box, other.box) > _DUPLICATE_IOU for other in kept):
            kept.append(face)
    return kept


def intersection_over_union(a: FloatArray, b: FloatArray) -> float:
    """Return the intersection of two boxes divided by their union, 0 to 1."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    common = float(np.prod(np.clip(high - low, 0, None)))
    union = float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - common
    return common / union if union > 0 else 0.0


def wrap_degrees(degrees: float) -> float:
    """Wrap an angle to -180 to 180 degrees."""
    return degrees if abs(degrees) <= 180 else (degrees + 180) % 360 - 180
