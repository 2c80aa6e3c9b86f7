"""Drawing on a face: shapes in face units, and grey values to fill them with."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

Shape = Array
"""A polygon, (N, 2) in face units, see :class:`Canvas`."""

JAW = (234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454)
LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
EYES = ((33, 133), (362, 263))
_SUBPIXELS = 8  # OpenCV draws polygons at multiples of 1 / 2 ** 3 pixel


@dataclass(frozen=True)
class Canvas:
    """A grey picture of a face, and another picture as a source of textures.

    pixels, other: (H, W), 0 to 255. points: (478, 2) landmarks in pixels. In face units, the origin lies
    between the eyes, x points to the right of the picture, y down along the face, and the unit is the
    distance of the outer corners of the eyes.
    """

    pixels: Array
    points: Array
    other: Array
    rng: np.random.Generator

    @property
    def unit(self) -> float:
        """The distance of the outer corners of the eyes in pixels."""
        return float(np.linalg.norm(self._across))

    @property
    def _across(self) -> Array:
        return np.asarray(self.points[263] - self.points[33], dtype=np.float64)

    def local(self, indices: tuple[int, ...]) -> Shape:
        """Return landmarks in face units."""
        x = self._across / self.unit
        offsets = (self.points[list(indices)] - (self.points[33] + self.points[263]) / 2) / self.unit
        return np.asarray(offsets @ np.stack([x, [-x[1], x[0]]]).T)

    def fill(self, shape: Shape) -> Array:
        """Return (H, W) 1 inside a polygon and 0 outside, antialiased."""
        x = self._across
        pixels = shape @ np.stack([x, [-x[1], x[0]]]) + (self.points[33] + self.points[263]) / 2
        mask = np.zeros(self.pixels.shape, np.uint8)
        cv2.fillPoly(mask, [np.round(pixels * _SUBPIXELS).astype(np.int32)], 255, cv2.LINE_AA, shift=3)
        return mask / 255.0

    def uniform(self, low: float, high: float) -> float:
        """Return a random number from ``low`` to ``high``."""
        return float(self.rng.uniform(low, high))

    def chance(self, share: float) -> bool:
        """Return True with a probability of ``share``."""
        return bool(self.rng.random() < share)


Cover = tuple[Array, Array]
"""Opacity, (H, W) 0 to 1, and grey values, (H, W)."""


# Shapes, in face units.


def ellipse(x: float, y: float, width: float, height: float, power: float = 2, turn: float = 0) -> Shape:
    """Return an ellipse, or with a ``power`` above 2 a rounded rectangle; ``turn`` in radians."""
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    cos, sin = np.cos(angle), np.sin(angle)
    shape = np.stack([np.sign(c) * np.abs(c) ** (2 / power) for c in (cos, sin)], axis=1)
    shape = shape * [width / 2, height / 2]
    c, s = np.cos(turn), np.sin(turn)
    return np.asarray(shape @ np.array([[c, s], [-s, c]]) + [x, y])


def band(points: Shape, width: float) -> Shape:
    """Return a band along the line between two points."""
    (a, b), across = points, np.array([points[0][1] - points[1][1], points[1][0] - points[0][0]])
    across = across / max(float(np.linalg.norm(across)), 1e-6) * width / 2
    return np.array([a + across, b + across, b - across, a - across])


def blob(canvas: Canvas, x: float, y: float, size: float) -> Shape:
    """Return a random polygon of 3 to 11 corners."""
    count = int(canvas.rng.integers(3, 12))
    angle = np.sort(canvas.rng.uniform(0, 2 * np.pi, count))
    radius = size / 2 * canvas.rng.uniform(0.5, 1.3, count)
    squash = canvas.uniform(0.5, 2)
    outline = np.stack([radius * np.cos(angle) * squash, radius * np.sin(angle)], axis=1)
    return np.asarray(outline + np.array([x, y]))


# Grey values.


def noise(canvas: Canvas, size: float) -> Array:
    """Return (H, W) smooth noise of mean 0 and deviation 1; ``size`` of its spots in face units."""
    height, width = canvas.pixels.shape
    step = max(1.0, size * canvas.unit)
    small = canvas.rng.normal(size=(max(2, round(height / step)), max(2, round(width / step))))
    smooth = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray((smooth - smooth.mean()) / max(float(smooth.std()), 1e-6))


def ramp(canvas: Canvas) -> Array:
    """Return (H, W) a gradient of about -1 to 1 over the face, in a random direction."""
    height, width = canvas.pixels.shape
    angle = canvas.uniform(0, 2 * np.pi)
    y, x = np.mgrid[:height, :width]
    centre = canvas.points.mean(0)
    along = (x - centre[0]) * np.cos(angle) + (y - centre[1]) * np.sin(angle)
    return np.asarray(along / canvas.unit)


def pattern(canvas: Canvas) -> Array:
    """Return (H, W) stripes, checks or dots, from -1 to 1."""
    size = 2 * np.pi / (canvas.unit * canvas.uniform(0.08, 0.4))
    height, width = canvas.pixels.shape
    y, x = np.mgrid[:height, :width] * size
    angle = canvas.uniform(0, np.pi)
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    waves = [np.sin(u), np.sin(u) * np.sin(v), np.sin(u) + np.sin(v)][int(canvas.rng.integers(3))]
    return np.asarray(waves if canvas.chance(0.5) else np.sign(waves))


def cloth(canvas: Canvas, low: float = 0, high: float = 255) -> Array:
    """Return (H, W) plain, patterned or photographed material, sometimes lit like the face."""
    level = np.full(canvas.pixels.shape, canvas.uniform(low, high))
    kind = canvas.rng.random()
    if kind < 0.3:
        level = level + canvas.uniform(15, 90) * pattern(canvas)
    elif kind < 0.5:
        level = level + canvas.uniform(5, 50) * noise(canvas, canvas.uniform(0.02, 0.4))
    elif kind < 0.65:
        level = photo(canvas)
    level = level + canvas.uniform(0, 60) * ramp(canvas) * (kind > 0.2)
    if canvas.chance(0.5):  # folds, and the shape of the face underneath
        light = cv2.GaussianBlur(canvas.pixels, (0, 0), canvas.unit * 0.2)
        level = level * (0.4 + 0.6 * light / max(float(light.max()), 1))
        level = level + canvas.uniform(0, 12) * noise(canvas, 0.25)
    return level + canvas.rng.normal(size=level.shape) * canvas.uniform(0, 5)


def photo(canvas: Canvas) -> Array:
    """Return (H, W) an enlarged part of the other picture, sometimes upside down."""
    height, width = canvas.other.shape
    side = int(min(height, width) * canvas.uniform(0.15, 0.7))
    y, x = (int(canvas.rng.integers(0, limit - side + 1)) for limit in (height, width))
    part = canvas.other[y : y + side, x : x + side][:: int(canvas.rng.choice([-1, 1]))]
    enlarged = cv2.resize(part, canvas.pixels.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(enlarged * canvas.uniform(0.6, 1.2) + canvas.uniform(-40, 40))


def skin(canvas: Canvas) -> Array:
    """Return (H, W) grey values like those of the face's cheeks, softly shaded."""
    x, y = np.round(canvas.points[[50, 280, 151]]).astype(int).T
    height, width = canvas.pixels.shape
    tone = float(np.median(canvas.pixels[y.clip(0, height - 1), x.clip(0, width - 1)]))
    shade = canvas.uniform(0, 18) * noise(canvas, 0.3) + canvas.uniform(0, 30) * ramp(canvas)
    return tone * canvas.uniform(0.7, 1.2) + shade


def lens_shapes(canvas: Canvas, low: float, high: float) -> list[Shape]:
    """Return the outlines of two lenses; ``low`` and ``high`` limit their width relative to the eyes."""
    right, left = (canvas.local(eye) for eye in EYES)
    width, height = canvas.uniform(low, high), canvas.uniform(0.6, 1.05)
    power, drop, turn = canvas.uniform(1.8, 7), canvas.uniform(-0.02, 0.08), canvas.uniform(-0.15, 0.15)
    shapes = []
    for eye, sign in ((right, -1), (left, 1)):
        x, y = eye.mean(0)
        size = width * max(float(np.ptp(eye[:, 0])), 0.2)
        shapes.append(ellipse(x + sign * 0.01, y + drop, size, size * height, power, sign * turn))
    return shapes


def bridge(canvas: Canvas, lenses: list[Shape], thick: float) -> Array:
    """Return (H, W) the bridge between two lenses, sometimes with the temples."""
    inner = np.array([[lenses[0][:, 0].max(), 0], [lenses[1][:, 0].min(), 0]])
    inner[:, 1] = [shape[:, 1].mean() - canvas.uniform(0, 0.08) for shape in lenses]
    mask = canvas.fill(band(inner, thick))
    if canvas.chance(0.5):
        for shape, end, x in (
            (lenses[0], lenses[0][:, 0].min(), -1.0),
            (lenses[1], lenses[1][:, 0].max(), 1.0),
        ):
            ends = np.array([[end, shape[:, 1].mean() - 0.05], [x, canvas.uniform(-0.15, 0.05)]])
            mask = np.maximum(mask, canvas.fill(band(ends, thick)))
    return mask


def grown(shape: Shape, by: float) -> Shape:
    """Return the shape enlarged by a length in each direction."""
    middle = shape.mean(0)
    size = np.abs(shape - middle).max(0)
    return np.asarray((shape - middle) * ((size + by) / size) + middle)
