"""Covers drawn on faces, to teach and to judge the network that sees what is covered.

A cover is a mask of opacity and the grey values under it. ``COVERS`` names the kinds that are taught,
``UNSEEN`` those that only judge, ``DECOYS`` what is drawn on faces and covers nothing: rims of clear glasses,
beards, lipstick, shadows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from emola.face.regions import hull

Shape = np.ndarray
"""A polygon, (N, 2) in the face's own units, see :class:`Canvas`."""

_JAW = (234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454)
_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
_EYES = ((33, 133), (362, 263))
_FINE = 8  # OpenCV draws polygons at subpixel positions of 1 / 2 ** 3


@dataclass(frozen=True)
class Canvas:
    """A grey picture of a face, and another one to take textures from.

    pixels, other: (H, W) float, 0 to 255. points: (478, 2) landmarks in pixels. The face's own units have
    their origin between the eyes, x to the picture's right and y down along the face, and the distance of
    the outer corners of the eyes as their length.
    """

    pixels: np.ndarray
    points: np.ndarray
    other: np.ndarray
    rng: np.random.Generator

    @property
    def unit(self) -> float:
        """The distance of the eyes' outer corners in pixels."""
        return float(np.linalg.norm(self._across))

    @property
    def _across(self) -> np.ndarray:
        return np.asarray(self.points[263] - self.points[33], dtype=np.float64)

    def local(self, indices: tuple[int, ...]) -> Shape:
        """Landmarks in the face's own units."""
        x = self._across / self.unit
        away = (self.points[list(indices)] - (self.points[33] + self.points[263]) / 2) / self.unit
        return away @ np.stack([x, [-x[1], x[0]]]).T

    def fill(self, shape: Shape) -> np.ndarray:
        """(H, W) float: 1 inside a polygon, with soft edges."""
        x = self._across
        pixels = shape @ np.stack([x, [-x[1], x[0]]]) + (self.points[33] + self.points[263]) / 2
        mask = np.zeros(self.pixels.shape, np.uint8)
        cv2.fillPoly(mask, [np.round(pixels * _FINE).astype(np.int32)], 255, cv2.LINE_AA, shift=3)
        return mask / 255.0

    def uniform(self, low: float, high: float) -> float:
        """A random number."""
        return float(self.rng.uniform(low, high))

    def chance(self, share: float) -> bool:
        """True so often."""
        return bool(self.rng.random() < share)


Cover = tuple[np.ndarray, np.ndarray]
"""Opacity, (H, W) 0 to 1, and grey values, (H, W)."""


def cover(canvas: Canvas, kind: str) -> Cover:
    """The picture with a cover of some kind on it, and how much is hidden where, 0 to 1; both (H, W)."""
    opacity, values = {**COVERS, **UNSEEN}[kind](canvas)
    opacity = _softened(canvas, opacity)
    return canvas.pixels * (1 - opacity) + values.clip(0, 255) * opacity, opacity


def decoy(canvas: Canvas, kind: str) -> np.ndarray:
    """The picture, (H, W), with something drawn on it that hides nothing."""
    opacity, values = DECOYS[kind](canvas)
    opacity = _softened(canvas, opacity)
    return canvas.pixels * (1 - opacity) + values.clip(0, 255) * opacity


def _softened(canvas: Canvas, opacity: np.ndarray) -> np.ndarray:
    sigma = canvas.unit * canvas.uniform(0.002, 0.02)
    return cv2.GaussianBlur(opacity, (0, 0), max(sigma, 0.1))


# Shapes, in the face's own units.


def _ellipse(x: float, y: float, width: float, height: float, power: float = 2, turn: float = 0) -> Shape:
    """An ellipse; with a power above 2 it turns into a rounded rectangle."""
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    cos, sin = np.cos(angle), np.sin(angle)
    shape = np.stack([np.sign(c) * np.abs(c) ** (2 / power) for c in (cos, sin)], axis=1)
    shape = shape * [width / 2, height / 2]
    c, s = np.cos(turn), np.sin(turn)
    return shape @ np.array([[c, s], [-s, c]]) + [x, y]


def _band(points: Shape, width: float) -> Shape:
    """A band along a line of two points."""
    (a, b), across = points, np.array([points[0][1] - points[1][1], points[1][0] - points[0][0]])
    across = across / max(float(np.linalg.norm(across)), 1e-6) * width / 2
    return np.array([a + across, b + across, b - across, a - across])


def _blob(canvas: Canvas, x: float, y: float, size: float) -> Shape:
    """A random smooth or pointed closed line."""
    count = int(canvas.rng.integers(3, 12))
    angle = np.sort(canvas.rng.uniform(0, 2 * np.pi, count))
    radius = size / 2 * canvas.rng.uniform(0.5, 1.3, count)
    squash = canvas.uniform(0.5, 2)
    return np.stack([radius * np.cos(angle) * squash, radius * np.sin(angle)], axis=1) + [x, y]


# Grey values.


def _noise(canvas: Canvas, size: float) -> np.ndarray:
    """(H, W) smooth noise of mean 0 and deviation 1; size of its spots in the face's units."""
    height, width = canvas.pixels.shape
    step = max(1.0, size * canvas.unit)
    small = canvas.rng.normal(size=(max(2, round(height / step)), max(2, round(width / step))))
    grown = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return (grown - grown.mean()) / max(float(grown.std()), 1e-6)


def _ramp(canvas: Canvas) -> np.ndarray:
    """(H, W): -1 to 1 over the face, in a random direction."""
    height, width = canvas.pixels.shape
    angle = canvas.uniform(0, 2 * np.pi)
    y, x = np.mgrid[:height, :width]
    centre = canvas.points.mean(0)
    return ((x - centre[0]) * np.cos(angle) + (y - centre[1]) * np.sin(angle)) / canvas.unit


def _pattern(canvas: Canvas) -> np.ndarray:
    """(H, W) stripes, checks or dots, -1 or 1 or in between."""
    size = 2 * np.pi / (canvas.unit * canvas.uniform(0.08, 0.4))
    height, width = canvas.pixels.shape
    y, x = np.mgrid[:height, :width] * size
    angle = canvas.uniform(0, np.pi)
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    waves = [np.sin(u), np.sin(u) * np.sin(v), np.sin(u) + np.sin(v)][int(canvas.rng.integers(3))]
    return waves if canvas.chance(0.5) else np.sign(waves)


def _cloth(canvas: Canvas, low: float = 0, high: float = 255) -> np.ndarray:
    """(H, W): plain, patterned or photographed stuff, lit more or less like the face."""
    level = np.full(canvas.pixels.shape, canvas.uniform(low, high))
    kind = canvas.rng.random()
    if kind < 0.3:
        level = level + canvas.uniform(15, 90) * _pattern(canvas)
    elif kind < 0.5:
        level = level + canvas.uniform(5, 50) * _noise(canvas, canvas.uniform(0.02, 0.4))
    elif kind < 0.65:
        level = _photo(canvas)
    level = level + canvas.uniform(0, 60) * _ramp(canvas) * (kind > 0.2)
    if canvas.chance(0.5):  # folds and the shape of the face below
        light = cv2.GaussianBlur(canvas.pixels, (0, 0), canvas.unit * 0.2)
        level = level * (0.4 + 0.6 * light / max(float(light.max()), 1))
        level = level + canvas.uniform(0, 12) * _noise(canvas, 0.25)
    return level + canvas.rng.normal(size=level.shape) * canvas.uniform(0, 5)


def _photo(canvas: Canvas) -> np.ndarray:
    """(H, W): a part of the other picture, enlarged, turned over or not."""
    height, width = canvas.other.shape
    side = int(min(height, width) * canvas.uniform(0.15, 0.7))
    y, x = (int(canvas.rng.integers(0, limit - side + 1)) for limit in (height, width))
    part = canvas.other[y : y + side, x : x + side][:: int(canvas.rng.choice([-1, 1]))]
    part = cv2.resize(part, canvas.pixels.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return part * canvas.uniform(0.6, 1.2) + canvas.uniform(-40, 40)


def _skin(canvas: Canvas) -> np.ndarray:
    """(H, W): grey values like those of the face's own cheeks, softly shaded."""
    x, y = np.round(canvas.points[[50, 280, 151]]).astype(int).T
    height, width = canvas.pixels.shape
    tone = float(np.median(canvas.pixels[y.clip(0, height - 1), x.clip(0, width - 1)]))
    shade = canvas.uniform(0, 18) * _noise(canvas, 0.3) + canvas.uniform(0, 30) * _ramp(canvas)
    return tone * canvas.uniform(0.7, 1.2) + shade


# The kinds of cover.


def _mask_shape(canvas: Canvas) -> Shape:
    jaw = canvas.local(_JAW)
    top = jaw[0][1] + canvas.uniform(0.05, 0.35)
    sides = jaw[(jaw[:, 1] > top)] * [canvas.uniform(0.8, 1.08), 1] + [0, canvas.uniform(-0.1, 0.08)]
    bridge = canvas.local((197,))[0] + [0, canvas.uniform(-0.15, 0.22)]
    return np.concatenate([sides, bridge[None]])


def _surgical_mask(canvas: Canvas) -> Cover:
    shape = _mask_shape(canvas)
    mask, values = canvas.fill(shape), _cloth(canvas, 60, 255)
    lines = np.zeros_like(mask)
    left, right = shape[:, 0].min(), shape[:, 0].max()
    for y in np.linspace(shape[:, 1].min(), shape[:, 1].max(), int(canvas.rng.integers(2, 7)))[1:]:
        lines = np.maximum(lines, canvas.fill(_band(np.array([[left, y], [right, y]]), 0.02)))
    values = values + lines * canvas.uniform(-70, 30)
    if canvas.chance(0.6):
        for x, corner in ((-1, left), (1, right)):
            strap = np.array([[corner, shape[:, 1].min()], [x * 0.85, canvas.uniform(-0.1, 0.3)]])
            mask = np.maximum(mask, canvas.fill(_band(strap, 0.04)))
    return mask, values


def _cloth_mask(canvas: Canvas) -> Cover:
    shape = _mask_shape(canvas)
    if canvas.chance(0.5):
        shape = hull(shape)
    return canvas.fill(shape), _cloth(canvas)


def _scarf(canvas: Canvas) -> Cover:
    x = np.linspace(-2, 2, 30)
    top = canvas.uniform(0.2, 0.6) + canvas.uniform(0, 0.08) * np.sin(x * canvas.uniform(2, 7))
    top = top + x * canvas.uniform(-0.12, 0.12)
    shape = np.concatenate([np.stack([x, top], axis=1), [[2, 3], [-2, 3]]])
    return canvas.fill(shape), _cloth(canvas)


def _hand(canvas: Canvas) -> Cover:
    part = canvas.local((13, 4, 33, 263, 61, 291, 9, 152))
    at = part[int(canvas.rng.integers(len(part)))] + canvas.rng.normal(size=2) * 0.08
    angle = canvas.uniform(0, 2 * np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    mask, values = np.zeros(canvas.pixels.shape), _skin(canvas)
    thick, count = canvas.uniform(0.16, 0.26), int(canvas.rng.integers(1, 5))
    for i in range(count):
        start = at + across * thick * (i - (count - 1) / 2) - along * canvas.uniform(0.2, 0.5)
        finger = canvas.fill(_band(np.array([start, start + along * 2.5]), thick * 0.97))
        finger = np.maximum(finger, canvas.fill(_ellipse(*start, thick * 0.97, thick * 0.97)))
        edge = finger - cv2.erode(finger, np.ones((3, 3)))
        values = values - edge * canvas.uniform(10, 60)
        mask = np.maximum(mask, finger)
    if canvas.chance(0.4):
        mask = np.maximum(mask, canvas.fill(_ellipse(*(at + along * 0.4), 0.8, 0.7, 2.5, angle)))
    return mask, values


def _lenses(canvas: Canvas, low: float, high: float) -> list[Shape]:
    """The outlines of two glasses, width by the eyes' own."""
    right, left = (canvas.local(eye) for eye in _EYES)
    width, height = canvas.uniform(low, high), canvas.uniform(0.6, 1.05)
    power, drop, turn = canvas.uniform(1.8, 7), canvas.uniform(-0.02, 0.08), canvas.uniform(-0.15, 0.15)
    shapes = []
    for eye, sign in ((right, -1), (left, 1)):
        x, y = eye.mean(0)
        size = width * max(float(np.ptp(eye[:, 0])), 0.2)
        shapes.append(_ellipse(x + sign * 0.01, y + drop, size, size * height, power, sign * turn))
    return shapes


def _bridge(canvas: Canvas, lenses: list[Shape], thick: float) -> np.ndarray:
    """(H, W): the bar between two glasses, and now and then the temples."""
    inner = np.array([[lenses[0][:, 0].max(), 0], [lenses[1][:, 0].min(), 0]])
    inner[:, 1] = [shape[:, 1].mean() - canvas.uniform(0, 0.08) for shape in lenses]
    mask = canvas.fill(_band(inner, thick))
    if canvas.chance(0.5):
        for shape, x, side in ((lenses[0], -1.0, shape_min), (lenses[1], 1.0, shape_max)):
            ends = np.array([[side(shape), shape[:, 1].mean() - 0.05], [x, canvas.uniform(-0.15, 0.05)]])
            mask = np.maximum(mask, canvas.fill(_band(ends, thick)))
    return mask


def shape_min(shape: Shape) -> float:
    """The leftmost x."""
    return float(shape[:, 0].min())


def shape_max(shape: Shape) -> float:
    """The rightmost x."""
    return float(shape[:, 0].max())


def _sunglasses(canvas: Canvas) -> Cover:
    lenses = _lenses(canvas, 1.25, 2.0)
    glass = np.maximum(*(canvas.fill(shape) for shape in lenses))
    kind = canvas.rng.random()
    level = np.full(glass.shape, canvas.uniform(0, 70))
    if kind < 0.3:
        level = level + canvas.uniform(10, 60) * _ramp(canvas)
    elif kind < 0.5:  # mirrored
        level = _photo(canvas) * canvas.uniform(0.4, 1)
    elif kind < 0.7:  # a reflection
        x, y = lenses[int(canvas.rng.integers(2))].mean(0) + canvas.rng.normal(size=2) * 0.08
        spot = canvas.fill(_ellipse(x, y, canvas.uniform(0.03, 0.2), canvas.uniform(0.03, 0.15)))
        level = level + spot * canvas.uniform(50, 200)
    rim = canvas.uniform(0, 0.05)
    outer = np.maximum(*(canvas.fill(_grown(shape, rim)) for shape in lenses))
    frame = np.maximum(np.maximum(outer - glass, 0), _bridge(canvas, lenses, canvas.uniform(0.02, 0.08)))
    values = np.where(frame * (1 - glass) > 0.5, canvas.uniform(0, 120), level)
    return np.maximum(glass * canvas.uniform(0.88, 1), frame), values


def _grown(shape: Shape, by: float) -> Shape:
    middle = shape.mean(0)
    size = np.abs(shape - middle).max(0)
    return (shape - middle) * ((size + by) / size) + middle


def _blindfold(canvas: Canvas) -> Cover:
    tall, y, slope = canvas.uniform(0.28, 0.75), canvas.uniform(-0.12, 0.05), canvas.uniform(-0.05, 0.05)
    x = np.linspace(-1.1, 1.1, 12)
    bend = canvas.uniform(0, 0.15) * x**2
    top = np.stack([x, y - tall / 2 + bend + slope * x], axis=1)
    bottom = np.stack([x, y + tall / 2 - bend * canvas.uniform(0, 1) + slope * x], axis=1)
    return canvas.fill(np.concatenate([top, bottom[::-1]])), _cloth(canvas)


def _patch(canvas: Canvas) -> Cover:
    eye = canvas.local(_EYES[int(canvas.rng.integers(2))])
    x, y = eye.mean(0)
    mask = canvas.fill(
        _ellipse(x, y, canvas.uniform(0.38, 0.62), canvas.uniform(0.32, 0.55), canvas.uniform(2, 5))
    )
    if canvas.chance(0.6):
        strap = np.array([[-1, y + canvas.uniform(-0.6, 0.2)], [1, y + canvas.uniform(-0.6, 0.2)]])
        strap = strap + [0, y - strap[:, 1].mean() + canvas.uniform(-0.15, 0.05)]
        mask = np.maximum(mask, canvas.fill(_band(strap, 0.04)))
    return mask, _cloth(canvas, 0, 255) if canvas.chance(0.5) else _cloth(canvas, 0, 50)


def _bar(canvas: Canvas) -> Cover:
    if canvas.chance(0.5):
        x, y = canvas.uniform(-0.05, 0.05), canvas.uniform(-0.06, 0.06)
        width, height = canvas.uniform(1.05, 1.7), canvas.uniform(0.24, 0.5)
    else:
        (x, y), (width, height) = canvas.local((13,))[0], (canvas.uniform(0.6, 1.1), canvas.uniform(0.4, 0.8))
    shape = _ellipse(x, y, width, height, 60, canvas.uniform(-0.12, 0.12))
    level = canvas.uniform(0, 20) if canvas.chance(0.6) else canvas.uniform(0, 255)
    return canvas.fill(shape), np.full(canvas.pixels.shape, level)


def _part_shape(canvas: Canvas) -> Shape:
    """A rounded shape over the eyes, one eye, the mouth, the nose, the brows, or the middle of the face."""
    eyes = [canvas.local(eye).mean(0) for eye in _EYES]
    mouth, nose, brows = (canvas.local(points)[0] for points in ((13,), (4,), (9,)))
    x, y, width, height = [
        (*(eyes[0] + eyes[1]) / 2, 1.2, 0.42), (*eyes[0], 0.5, 0.42), (*eyes[1], 0.5, 0.42),
        (*mouth, 0.75, 0.65), (*nose, 0.5, 0.5), (*(brows - [0, 0.08]), 1.15, 0.4),
        (*(mouth + nose) / 2, 0.9, 1.1),
    ][int(canvas.rng.integers(7))]  # fmt: skip
    grow = canvas.uniform(0.9, 1.5)
    return _ellipse(x, y, width * grow, height * grow, canvas.uniform(2, 12))


def _blurred(canvas: Canvas) -> Cover:
    blurred = cv2.GaussianBlur(canvas.pixels, (0, 0), canvas.unit * canvas.uniform(0.13, 0.35))
    return canvas.fill(_part_shape(canvas)), blurred


def _pixelated(canvas: Canvas) -> Cover:
    height, width = canvas.pixels.shape
    step = canvas.unit * canvas.uniform(0.15, 0.35)
    small = cv2.resize(
        canvas.pixels, (max(2, round(width / step)), max(2, round(height / step))), interpolation=cv2.INTER_AREA
    )
    return canvas.fill(_part_shape(canvas)), cv2.resize(
        small, (width, height), interpolation=cv2.INTER_NEAREST
    )


def _hair(canvas: Canvas) -> Cover:
    """A fringe that reaches the lids, or a strand over one eye."""
    rng, mask = canvas.rng, np.zeros(canvas.pixels.shape)
    whole, side = canvas.chance(0.6), canvas.rng.choice([-1, 1])
    end = canvas.uniform(-0.14, 0.12)
    for x in np.linspace(-0.75, 0.75, 45) if whole else np.linspace(0.05, 0.65, 25) * side:
        bottom = end + rng.normal() * 0.03 + (0 if whole else canvas.uniform(0.1, 0.4))
        ends = np.array([[x + rng.normal() * 0.05, -1.2], [x, bottom]])
        mask = np.maximum(mask, canvas.fill(_band(ends, canvas.uniform(0.03, 0.08))))
    streaks = cv2.GaussianBlur(rng.normal(size=mask.shape), (0, 0), sigmaX=0.7, sigmaY=canvas.unit * 0.3)
    streaks = streaks / max(float(streaks.std()), 1e-6)
    return mask, canvas.uniform(5, 190) + canvas.uniform(5, 30) * streaks


def _cap(canvas: Canvas) -> Cover:
    x = np.linspace(-1.3, 1.3, 20)
    edge = canvas.uniform(-0.16, 0.03) + canvas.uniform(-0.15, 0.1) * x**2
    shape = np.concatenate([np.stack([x, edge], axis=1), [[1.3, -3], [-1.3, -3]]])
    return canvas.fill(shape), _cloth(canvas)


def _anything(canvas: Canvas) -> Cover:
    """Random shapes of anything, anywhere."""
    mask = np.zeros(canvas.pixels.shape)
    for _ in range(int(canvas.rng.integers(1, 3))):
        x, y, size = canvas.uniform(-0.6, 0.6), canvas.uniform(-0.35, 1.2), canvas.uniform(0.3, 1.2)
        mask = np.maximum(mask, canvas.fill(_blob(canvas, x, y, size)))
    return mask, _skin(canvas) if canvas.chance(0.2) else _cloth(canvas)


# Kinds that are not taught.


def _telephone(canvas: Canvas) -> Cover:
    x, y = canvas.local((13, 4, 33, 263))[int(canvas.rng.integers(4))]
    shape = _ellipse(x, y, canvas.uniform(0.5, 0.8), canvas.uniform(0.9, 1.4), 12, canvas.uniform(-0.6, 0.6))
    mask, inner = canvas.fill(shape), canvas.fill(_grown(shape, -0.06))
    return mask, np.where(inner > 0.5, _photo(canvas), canvas.uniform(0, 60))


def _goggles(canvas: Canvas) -> Cover:
    shape = _ellipse(0, 0.02, canvas.uniform(1.3, 1.6), canvas.uniform(0.55, 0.75), 5)
    mask, inner = canvas.fill(shape), canvas.fill(_grown(shape, -0.08))
    glass = canvas.uniform(20, 160) + canvas.uniform(20, 70) * _ramp(canvas)
    strap = canvas.fill(_band(np.array([[-1.2, 0], [1.2, 0]]), 0.2))
    return np.maximum(mask, strap), np.where(inner > 0.5, glass, canvas.uniform(0, 200))


def _sticker(canvas: Canvas) -> Cover:
    """A drawn face over the mouth or an eye."""
    x, y = canvas.local((13, 159, 386, 4))[int(canvas.rng.integers(4))]
    size = canvas.uniform(0.6, 1)
    mask = canvas.fill(_ellipse(x, y, size, size))
    values = np.full(mask.shape, canvas.uniform(120, 240))
    for dx, dy, w, h in ((-0.18, -0.12, 0.12, 0.18), (0.18, -0.12, 0.12, 0.18), (0, 0.2, 0.45, 0.08)):
        dark = canvas.fill(_ellipse(x + dx * size, y + dy * size, w * size, h * size))
        values = values * (1 - dark) + 20 * dark
    return mask, values


def _cup(canvas: Canvas) -> Cover:
    x, y = canvas.local((13,))[0]
    top, width = y - canvas.uniform(0.1, 0.3), canvas.uniform(0.6, 0.9)
    shape = np.array([[-1, 0], [1, 0], [0.8, 1], [-0.8, 1]]) * [width / 2, canvas.uniform(0.7, 1)] + [x, top]
    shade = np.cos(np.linspace(-1.2, 1.2, canvas.pixels.shape[1]))[None]
    return canvas.fill(shape), canvas.uniform(60, 250) * (0.6 + 0.4 * shade) * np.ones(canvas.pixels.shape)


def _veil(canvas: Canvas) -> Cover:
    y = canvas.uniform(0.2, 0.45)
    shape = np.array([[-1.1, y - 0.3], [0, y], [1.1, y - 0.3], [0.9, 2], [0, 2.6], [-0.9, 2]])
    folds = 12 * np.sin(np.linspace(0, canvas.uniform(20, 60), canvas.pixels.shape[1]))[None]
    return canvas.fill(shape), canvas.uniform(10, 230) + folds + 8 * _noise(canvas, 0.2)


# What covers nothing.


def _clear_glasses(canvas: Canvas) -> Cover:
    lenses = _lenses(canvas, 1.3, 2.0)
    glass = np.maximum(*(canvas.fill(shape) for shape in lenses))
    thick = canvas.uniform(0.015, 0.07)
    outer = np.maximum(*(canvas.fill(_grown(shape, thick)) for shape in lenses))
    frame = np.maximum(np.maximum(outer - glass, 0), _bridge(canvas, lenses, thick) * (1 - glass))
    tint = glass * canvas.uniform(0, 0.25) * canvas.chance(0.5)
    if canvas.chance(0.3):
        x, y = lenses[int(canvas.rng.integers(2))].mean(0) + canvas.rng.normal(size=2) * 0.1
        tint = np.maximum(tint, canvas.fill(_ellipse(x, y, 0.08, 0.05)) * 0.6)
    values = np.where(frame > 0.1, canvas.uniform(0, 180), canvas.uniform(0, 255))
    return np.maximum(frame, tint), values


def _beard(canvas: Canvas) -> Cover:
    jaw, lips = canvas.local(_JAW), canvas.local(_LIPS)
    top = lips[:, 1].min() - canvas.uniform(0, 0.16)
    shape = hull(np.concatenate([jaw[jaw[:, 1] > top + canvas.uniform(-0.3, 0.2)], lips + [0, -0.1]]))
    mask = canvas.fill(shape) * (1 - canvas.fill(_grown(lips, -0.02))) * canvas.uniform(0.3, 0.9)
    mask = cv2.GaussianBlur(mask, (0, 0), canvas.unit * canvas.uniform(0.02, 0.08))
    return mask, canvas.uniform(10, 150) + canvas.uniform(5, 30) * _noise(canvas, 0.03)


def _lipstick(canvas: Canvas) -> Cover:
    mask = canvas.fill(canvas.local(_LIPS)) - canvas.fill(
        canvas.local((78, 95, 88, 87, 14, 317, 318, 308, 310, 13, 82, 191))
    )
    return mask.clip(0, 1) * canvas.uniform(0.3, 0.75), np.full(mask.shape, canvas.uniform(0, 120))


def _shadow(canvas: Canvas) -> Cover:
    """Light from one side, or a shadow with a hard edge."""
    sharp = canvas.uniform(1, 4) if canvas.chance(0.6) else canvas.uniform(10, 40)
    dark = 1 / (1 + np.exp(-sharp * (_ramp(canvas) + canvas.uniform(-0.5, 0.5))))
    return np.ones(dark.shape), canvas.pixels * (1 - canvas.uniform(0.3, 0.85) * dark)


Draw = Callable[[Canvas], Cover]

COVERS: dict[str, Draw] = {
    "surgical mask": _surgical_mask,
    "cloth mask": _cloth_mask,
    "scarf": _scarf,
    "hand": _hand,
    "sunglasses": _sunglasses,
    "blindfold": _blindfold,
    "eye patch": _patch,
    "bar": _bar,
    "blur": _blurred,
    "pixels": _pixelated,
    "hair": _hair,
    "cap": _cap,
    "anything": _anything,
}

UNSEEN: dict[str, Draw] = {
    "telephone": _telephone,
    "goggles": _goggles,
    "sticker": _sticker,
    "cup": _cup,
    "veil": _veil,
}

DECOYS: dict[str, Draw] = {
    "clear glasses": _clear_glasses,
    "beard": _beard,
    "lipstick": _lipstick,
    "shadow": _shadow,
}
