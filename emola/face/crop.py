"""The upright square around a face: cropping it from an image and mapping coordinates both ways.

Coordinates are continuous pixels, x to the right and y down; pixel (0, 0) has its centre at (0.5, 0.5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from emola.face.arrays import FloatArray

CROP_SIZE = 240
"""Side of the aligned crop, in pixels."""
CROP_MARGIN = 1.1
"""Side of the crop divided by the longer side of the landmarks' upright bounding box."""

_EYE_OUTER_CORNERS = (33, 263)


@dataclass(frozen=True, eq=False)
class UprightSquare:
    """A square in an image, rotated with a face.

    centre: (2,) image pixels. axis: (2,), unit vector from the left to the right edge. side: image pixels.
    """

    centre: FloatArray
    axis: FloatArray
    side: float

    @classmethod
    def around(cls, landmarks: FloatArray, margin: float = CROP_MARGIN) -> UprightSquare:
        """Fit the square around MediaPipe landmarks, (478, 2) image pixels.

        The outer corners of the eyes are level in the square, the bounding box of the rotated landmarks is
        centred, and the side is ``margin`` times the longer side of that box.
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
    def rotated(cls, centre: FloatArray, side: float, degrees: float = 0.0) -> UprightSquare:
        """Return the square around a point, rotated clockwise by ``degrees``."""
        angle = math.radians(degrees)
        return cls(np.asarray(centre, dtype=np.float64), np.array([math.cos(angle), math.sin(angle)]), side)

    def reduced(self, factor: float) -> UprightSquare:
        """Return the same square in a copy of the image reduced by ``factor``."""
        return UprightSquare(self.centre / factor, self.axis, self.side / factor)

    def crop(self, image: Image.Image, size: int = CROP_SIZE) -> Image.Image:
        """Crop the square and resize it to (size, size) RGB pixels; black outside the image."""
        image = image if image.mode == "RGB" else image.convert("RGB")
        image, centre, side = _shrink(image, self.centre, self.side, size)
        step = side / size
        dx, dy = self.axis * step, self._down * step
        start = centre - (dx + dy) * size / 2
        coefficients: Any = (dx[0], dy[0], start[0], dx[1], dy[1], start[1])
        return image.transform(
            (size, size), Image.Transform.AFFINE, coefficients, resample=Image.Resampling.BICUBIC
        )

    def to_image(self, points: FloatArray) -> FloatArray:
        """Map (N, 2) points of the square, 0 to 1 from its left and top edges, to image pixels, float32."""
        offsets = (points - 0.5) * self.side
        return np.asarray(self.centre + offsets @ np.stack([self.axis, self._down]), dtype=np.float32)

    def to_crop(self, points: FloatArray, size: int = CROP_SIZE) -> FloatArray:
        """Map (N, 2) image pixels to pixels of ``crop(image, size)``, float32."""
        offsets = (points - self.centre) @ np.stack([self.axis, self._down], axis=1)
        return np.asarray((offsets / self.side + 0.5) * size, dtype=np.float32)

    @property
    def degrees(self) -> float:
        """Clockwise rotation in the image, -180 to 180 degrees."""
        return math.degrees(math.atan2(self.axis[1], self.axis[0]))

    @property
    def _down(self) -> FloatArray:
        return np.array([-self.axis[1], self.axis[0]])


def aligned_crop(
    image: Image.Image, landmarks: FloatArray, size: int = CROP_SIZE, margin: float = CROP_MARGIN
) -> Image.Image:
    """Crop the :class:`UprightSquare` around landmarks, (478, 2) image pixels, to (size, size) RGB pixels."""
    return UprightSquare.around(landmarks, margin).crop(image, size)


def _shrink(
    image: Image.Image, centre: FloatArray, side: float, size: int
) -> tuple[Image.Image, FloatArray, float]:
    """Reduce a large square with an antialiasing filter first, because an affine warp alone would alias.

    Returns the reduced image, and the centre and the side of the square in it.
    """
    if side <= 1.5 * size:
        return image, centre, side
    reach = side * 0.75  # a little more than half the diagonal
    x0, y0 = (max(0, int(c - reach)) for c in centre)
    x1, y1 = (min(limit, int(c + reach) + 1) for c, limit in zip(centre, image.size, strict=True))
    scale = size / side
    width, height = (max(1, round((b - a) * scale)) for a, b in ((x0, x1), (y0, y1)))
    part = image.resize((width, height), Image.Resampling.LANCZOS, box=(x0, y0, x1, y1))
    ratio = np.array([width / (x1 - x0), height / (y1 - y0)])
    return part, (centre - np.array([x0, y0])) * ratio, side * float(ratio.mean())
