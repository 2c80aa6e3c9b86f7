"""The square around a face: upright, centred, cut out as the model sees it, and the way back.

Coordinates are continuous pixels, x to the right, y down; a pixel is centred on its half.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

CROP_SIZE = 240
"""Side of the aligned crop, in pixels."""
CROP_MARGIN = 1.1
"""Side of the crop over the longer side of the landmarks' upright bounding box."""

_EYE_OUTER_CORNERS = (33, 263)


@dataclass(frozen=True, eq=False)
class UprightSquare:
    """A square of a picture, turned with the face in it.

    centre: (2,) picture pixels. axis: (2,), the unit vector from the square's left to its right.
    side: its length in picture pixels.
    """

    centre: np.ndarray
    axis: np.ndarray
    side: float

    @classmethod
    def around(cls, landmarks: np.ndarray, margin: float = CROP_MARGIN) -> UprightSquare:
        """The square around MediaPipe's landmarks, (478, 2) picture pixels.

        The eyes' outer corners are made level, the bounding box of the turned landmarks is centred,
        and the side is ``margin`` times its longer side.
        """
        right, left = (landmarks[i].astype(np.float64) for i in _EYE_OUTER_CORNERS)
        angle = math.atan2(left[1] - right[1], left[0] - right[0])
        cos, sin = math.cos(angle), math.sin(angle)
        upright = landmarks @ np.array([[cos, -sin], [sin, cos]])
        low, high = upright.min(0), upright.max(0)
        x, y = (low + high) / 2
        centre = np.array([cos * x - sin * y, sin * x + cos * y])
        return cls(centre, np.array([cos, sin]), margin * float((high - low).max()))

    @classmethod
    def turned(cls, centre: np.ndarray, side: float, degrees: float = 0.0) -> UprightSquare:
        """The square around a point, turned clockwise."""
        angle = math.radians(degrees)
        return cls(np.asarray(centre, dtype=np.float64), np.array([math.cos(angle), math.sin(angle)]), side)

    def reduced(self, factor: float) -> UprightSquare:
        """The same square in a copy of the picture that is ``factor`` times smaller."""
        return UprightSquare(self.centre / factor, self.axis, self.side / factor)

    def crop(self, image: Image.Image, size: int = CROP_SIZE) -> Image.Image:
        """The square as a picture of ``size`` by ``size`` pixels; black where the picture ends."""
        image = image if image.mode == "RGB" else image.convert("RGB")
        image, centre, side = _shrunk(image, self.centre, self.side, size)
        step = side / size
        dx, dy = self.axis * step, self._down * step
        start = centre - (dx + dy) * size / 2
        coefficients: Any = (dx[0], dy[0], start[0], dx[1], dy[1], start[1])
        return image.transform(
            (size, size), Image.Transform.AFFINE, coefficients, resample=Image.Resampling.BICUBIC
        )

    def to_image(self, points: np.ndarray) -> np.ndarray:
        """(N, 2) points of the square, 0 to 1 from its left and top, as picture pixels, float32."""
        away = (points - 0.5) * self.side
        return (self.centre + away @ np.stack([self.axis, self._down])).astype(np.float32)

    def to_crop(self, points: np.ndarray, size: int = CROP_SIZE) -> np.ndarray:
        """(N, 2) picture pixels as pixels of what ``cut`` gives at that size, float32."""
        across = (points - self.centre) @ np.stack([self.axis, self._down], axis=1)
        return ((across / self.side + 0.5) * size).astype(np.float32)

    @property
    def degrees(self) -> float:
        """By how much the square is turned clockwise in the picture, -180 to 180."""
        return math.degrees(math.atan2(self.axis[1], self.axis[0]))

    @property
    def _down(self) -> np.ndarray:
        return np.array([-self.axis[1], self.axis[0]])


def aligned_crop(
    image: Image.Image, landmarks: np.ndarray, size: int = CROP_SIZE, margin: float = CROP_MARGIN
) -> Image.Image:
    """What :class:`UprightSquare` cuts out around landmarks, (478, 2) picture pixels."""
    return UprightSquare.around(landmarks, margin).crop(image, size)


def _shrunk(
    image: Image.Image, centre: np.ndarray, side: float, size: int
) -> tuple[Image.Image, np.ndarray, float]:
    """Shrink with a proper filter first: an affine warp alone would alias a large face."""
    if side <= 1.5 * size:
        return image, centre, side
    reach = side * 0.75  # half the diagonal, and a little
    x0, y0 = (max(0, int(c - reach)) for c in centre)
    x1, y1 = (min(limit, int(c + reach) + 1) for c, limit in zip(centre, image.size, strict=True))
    scale = size / side
    width, height = (max(1, round((b - a) * scale)) for a, b in ((x0, x1), (y0, y1)))
    part = image.resize((width, height), Image.Resampling.LANCZOS, box=(x0, y0, x1, y1))
    ratio = np.array([width / (x1 - x0), height / (y1 - y0)])
    return part, (centre - np.array([x0, y0])) * ratio, side * float(ratio.mean())
