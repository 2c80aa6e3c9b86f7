"""Covers for training."""

from __future__ import annotations

import cv2
import numpy as np

from emola.face.visibility.regions import convex_hull
from emola.train.nano.covers.canvas import (
    EYES,
    JAW,
    Canvas,
    Cover,
    Shape,
    band,
    blob,
    bridge,
    cloth,
    ellipse,
    grown,
    lens_shapes,
    photo,
    ramp,
    skin,
)


def _mask_shape(canvas: Canvas) -> Shape:
    jaw = canvas.local(JAW)
    top = jaw[0][1] + canvas.uniform(0.05, 0.35)
    sides = jaw[(jaw[:, 1] > top)] * [canvas.uniform(0.8, 1.08), 1] + [0, canvas.uniform(-0.1, 0.08)]
    bridge = canvas.local((197,))[0] + [0, canvas.uniform(-0.15, 0.22)]
    return np.concatenate([sides, bridge[None]])


def surgical_mask(canvas: Canvas) -> Cover:
    """Return a mask with pleats, sometimes with straps."""
    shape = _mask_shape(canvas)
    mask, values = canvas.fill(shape), cloth(canvas, 60, 255)
    lines = np.zeros_like(mask)
    left, right = shape[:, 0].min(), shape[:, 0].max()
    for y in np.linspace(shape[:, 1].min(), shape[:, 1].max(), int(canvas.rng.integers(2, 7)))[1:]:
        lines = np.maximum(lines, canvas.fill(band(np.array([[left, y], [right, y]]), 0.02)))
    values = values + lines * canvas.uniform(-70, 30)
    if canvas.chance(0.6):
        for x, corner in ((-1, left), (1, right)):
            strap = np.array([[corner, shape[:, 1].min()], [x * 0.85, canvas.uniform(-0.1, 0.3)]])
            mask = np.maximum(mask, canvas.fill(band(strap, 0.04)))
    return mask, values


def cloth_mask(canvas: Canvas) -> Cover:
    """Return a mask of any material."""
    shape = _mask_shape(canvas)
    if canvas.chance(0.5):
        shape = convex_hull(shape)
    return canvas.fill(shape), cloth(canvas)


def scarf(canvas: Canvas) -> Cover:
    """Return a scarf up to the nose."""
    x = np.linspace(-2, 2, 30)
    top = canvas.uniform(0.2, 0.6) + canvas.uniform(0, 0.08) * np.sin(x * canvas.uniform(2, 7))
    top = top + x * canvas.uniform(-0.12, 0.12)
    shape = np.concatenate([np.stack([x, top], axis=1), [[2, 3], [-2, 3]]])
    return canvas.fill(shape), cloth(canvas)


def hand(canvas: Canvas) -> Cover:
    """Return fingers, sometimes with the palm, in the grey of the face."""
    part = canvas.local((13, 4, 33, 263, 61, 291, 9, 152))
    centre = part[int(canvas.rng.integers(len(part)))] + canvas.rng.normal(size=2) * 0.08
    angle = canvas.uniform(0, 2 * np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    mask, values = np.zeros(canvas.pixels.shape), skin(canvas)
    thick, count = canvas.uniform(0.16, 0.26), int(canvas.rng.integers(1, 5))
    for i in range(count):
        start = centre + across * thick * (i - (count - 1) / 2) - along * canvas.uniform(0.2, 0.5)
        finger = canvas.fill(band(np.array([start, start + along * 2.5]), thick * 0.97))
        finger = np.maximum(finger, canvas.fill(ellipse(start[0], start[1], thick * 0.97, thick * 0.97)))
        edge = finger - cv2.erode(finger, np.ones((3, 3)))
        values = values - edge * canvas.uniform(10, 60)
        mask = np.maximum(mask, finger)
    if canvas.chance(0.4):
        x, y = centre + along * 0.4
        mask = np.maximum(mask, canvas.fill(ellipse(x, y, 0.8, 0.7, 2.5, angle)))
    return mask, values


def sunglasses(canvas: Canvas) -> Cover:
    """Return dark or mirrored glasses with a rim."""
    lenses = lens_shapes(canvas, 1.25, 2.0)
    glass = np.maximum(*(canvas.fill(shape) for shape in lenses))
    kind = canvas.rng.random()
    level = np.full(glass.shape, canvas.uniform(0, 70))
    if kind < 0.3:
        level = level + canvas.uniform(10, 60) * ramp(canvas)
    elif kind < 0.5:  # mirrored
        level = photo(canvas) * canvas.uniform(0.4, 1)
    elif kind < 0.7:  # a reflection
        x, y = lenses[int(canvas.rng.integers(2))].mean(0) + canvas.rng.normal(size=2) * 0.08
        spot = canvas.fill(ellipse(x, y, canvas.uniform(0.03, 0.2), canvas.uniform(0.03, 0.15)))
        level = level + spot * canvas.uniform(50, 200)
    rim = canvas.uniform(0, 0.05)
    outer = np.maximum(*(canvas.fill(grown(shape, rim)) for shape in lenses))
    frame = np.maximum(np.maximum(outer - glass, 0), bridge(canvas, lenses, canvas.uniform(0.02, 0.08)))
    values = np.where(frame * (1 - glass) > 0.5, canvas.uniform(0, 120), level)
    return np.maximum(glass * canvas.uniform(0.88, 1), frame), values


def blindfold(canvas: Canvas) -> Cover:
    """Return a band over both eyes."""
    tall, y, slope = canvas.uniform(0.28, 0.75), canvas.uniform(-0.12, 0.05), canvas.uniform(-0.05, 0.05)
    x = np.linspace(-1.1, 1.1, 12)
    bend = canvas.uniform(0, 0.15) * x**2
    top = np.stack([x, y - tall / 2 + bend + slope * x], axis=1)
    bottom = np.stack([x, y + tall / 2 - bend * canvas.uniform(0, 1) + slope * x], axis=1)
    return canvas.fill(np.concatenate([top, bottom[::-1]])), cloth(canvas)


def patch(canvas: Canvas) -> Cover:
    """Return a patch over one eye, sometimes with a strap."""
    eye = canvas.local(EYES[int(canvas.rng.integers(2))])
    x, y = eye.mean(0)
    mask = canvas.fill(
        ellipse(x, y, canvas.uniform(0.38, 0.62), canvas.uniform(0.32, 0.55), canvas.uniform(2, 5))
    )
    if canvas.chance(0.6):
        strap = np.array([[-1, y + canvas.uniform(-0.6, 0.2)], [1, y + canvas.uniform(-0.6, 0.2)]])
        strap[:, 1] += y - strap[:, 1].mean() + canvas.uniform(-0.15, 0.05)
        mask = np.maximum(mask, canvas.fill(band(strap, 0.04)))
    return mask, cloth(canvas, 0, 255) if canvas.chance(0.5) else cloth(canvas, 0, 50)


def bar(canvas: Canvas) -> Cover:
    """Return a censor bar over the eyes or the mouth."""
    if canvas.chance(0.5):
        x, y = canvas.uniform(-0.05, 0.05), canvas.uniform(-0.06, 0.06)
        width, height = canvas.uniform(1.05, 1.7), canvas.uniform(0.24, 0.5)
    else:
        (x, y), (width, height) = canvas.local((13,))[0], (canvas.uniform(0.6, 1.1), canvas.uniform(0.4, 0.8))
    shape = ellipse(x, y, width, height, 60, canvas.uniform(-0.12, 0.12))
    level = canvas.uniform(0, 20) if canvas.chance(0.6) else canvas.uniform(0, 255)
    return canvas.fill(shape), np.full(canvas.pixels.shape, level)


def _part_shape(canvas: Canvas) -> Shape:
    """Return a rounded shape over the eyes, one eye, mouth, nose, brows, or the middle of the face."""
    eyes = [canvas.local(eye).mean(0) for eye in EYES]
    mouth, nose, brows = (canvas.local(points)[0] for points in ((13,), (4,), (9,)))
    x, y, width, height = [
        (*(eyes[0] + eyes[1]) / 2, 1.2, 0.42), (*eyes[0], 0.5, 0.42), (*eyes[1], 0.5, 0.42),
        (*mouth, 0.75, 0.65), (*nose, 0.5, 0.5), (*(brows - [0, 0.08]), 1.15, 0.4),
        (*(mouth + nose) / 2, 0.9, 1.1),
    ][int(canvas.rng.integers(7))]  # fmt: skip
    grow = canvas.uniform(0.9, 1.5)
    return ellipse(x, y, width * grow, height * grow, canvas.uniform(2, 12))


def blurred(canvas: Canvas) -> Cover:
    """Return a blurred part of the face."""
    soft = cv2.GaussianBlur(canvas.pixels, (0, 0), canvas.unit * canvas.uniform(0.13, 0.35))
    return canvas.fill(_part_shape(canvas)), np.asarray(soft, dtype=np.float64)


def pixelated(canvas: Canvas) -> Cover:
    """Return a part of the face in large pixels."""
    height, width = canvas.pixels.shape
    step = canvas.unit * canvas.uniform(0.15, 0.35)
    small = cv2.resize(
        canvas.pixels,
        (max(2, round(width / step)), max(2, round(height / step))),
        interpolation=cv2.INTER_AREA,
    )
    large = cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)
    return canvas.fill(_part_shape(canvas)), np.asarray(large, dtype=np.float64)


def hair(canvas: Canvas) -> Cover:
    """Return a fringe down to the lids, or a strand over one eye."""
    rng, mask = canvas.rng, np.zeros(canvas.pixels.shape)
    fringe, side = canvas.chance(0.6), canvas.rng.choice([-1, 1])
    end = canvas.uniform(-0.14, 0.12)
    for x in np.linspace(-0.75, 0.75, 45) if fringe else np.linspace(0.05, 0.65, 25) * side:
        bottom = end + rng.normal() * 0.03 + (0 if fringe else canvas.uniform(0.1, 0.4))
        ends = np.array([[x + rng.normal() * 0.05, -1.2], [x, bottom]])
        mask = np.maximum(mask, canvas.fill(band(ends, canvas.uniform(0.03, 0.08))))
    grain = np.asarray(rng.normal(size=mask.shape))
    streaks = np.asarray(cv2.GaussianBlur(grain, (0, 0), 0.7, sigmaY=canvas.unit * 0.3), dtype=np.float64)
    streaks = streaks / max(float(streaks.std()), 1e-6)
    return mask, canvas.uniform(5, 190) + canvas.uniform(5, 30) * streaks


def cap(canvas: Canvas) -> Cover:
    """Return a cap down to the brows or lids."""
    x = np.linspace(-1.3, 1.3, 20)
    edge = canvas.uniform(-0.16, 0.03) + canvas.uniform(-0.15, 0.1) * x**2
    shape = np.concatenate([np.stack([x, edge], axis=1), [[1.3, -3], [-1.3, -3]]])
    return canvas.fill(shape), cloth(canvas)


def anything(canvas: Canvas) -> Cover:
    """Return random shapes at random places."""
    mask = np.zeros(canvas.pixels.shape)
    for _ in range(int(canvas.rng.integers(1, 3))):
        x, y, size = canvas.uniform(-0.6, 0.6), canvas.uniform(-0.35, 1.2), canvas.uniform(0.3, 1.2)
        mask = np.maximum(mask, canvas.fill(blob(canvas, x, y, size)))
    return mask, skin(canvas) if canvas.chance(0.2) else cloth(canvas)
