"""Decoys: drawn on faces without covering anything."""

from __future__ import annotations

import cv2
import numpy as np

from emola.face.visibility.regions import convex_hull
from emola.train.nano.covers.canvas import (
    JAW,
    LIPS,
    Canvas,
    Cover,
    bridge,
    ellipse,
    grown,
    lens_shapes,
    noise,
    ramp,
)


def clear_glasses(canvas: Canvas) -> Cover:
    """Return glasses with a rim, sometimes slightly tinted or with a reflection."""
    lenses = lens_shapes(canvas, 1.3, 2.0)
    glass = np.maximum(*(canvas.fill(shape) for shape in lenses))
    thick = canvas.uniform(0.015, 0.07)
    outer = np.maximum(*(canvas.fill(grown(shape, thick)) for shape in lenses))
    frame = np.maximum(np.maximum(outer - glass, 0), bridge(canvas, lenses, thick) * (1 - glass))
    tint = glass * canvas.uniform(0, 0.25) * canvas.chance(0.5)
    if canvas.chance(0.3):
        x, y = lenses[int(canvas.rng.integers(2))].mean(0) + canvas.rng.normal(size=2) * 0.1
        tint = np.maximum(tint, canvas.fill(ellipse(x, y, 0.08, 0.05)) * 0.6)
    values = np.where(frame > 0.1, canvas.uniform(0, 180), canvas.uniform(0, 255))
    return np.maximum(frame, tint), values


def beard(canvas: Canvas) -> Cover:
    """Return a beard that leaves the lips free."""
    jaw, lips = canvas.local(JAW), canvas.local(LIPS)
    top = lips[:, 1].min() - canvas.uniform(0, 0.16)
    shape = convex_hull(
        np.concatenate([jaw[jaw[:, 1] > top + canvas.uniform(-0.3, 0.2)], lips - np.array([0, 0.1])])
    )
    mask = canvas.fill(shape) * (1 - canvas.fill(grown(lips, -0.02))) * canvas.uniform(0.3, 0.9)
    soft = cv2.GaussianBlur(mask, (0, 0), canvas.unit * canvas.uniform(0.02, 0.08))
    return np.asarray(soft, dtype=np.float64), canvas.uniform(10, 150) + canvas.uniform(5, 30) * noise(
        canvas, 0.03
    )


def lipstick(canvas: Canvas) -> Cover:
    """Return darker lips."""
    mask = canvas.fill(canvas.local(LIPS)) - canvas.fill(
        canvas.local((78, 95, 88, 87, 14, 317, 318, 308, 310, 13, 82, 191))
    )
    return mask.clip(0, 1) * canvas.uniform(0.3, 0.75), np.full(mask.shape, canvas.uniform(0, 120))


def shadow(canvas: Canvas) -> Cover:
    """Return light from one side, or a shadow with a hard edge."""
    sharp = canvas.uniform(1, 4) if canvas.chance(0.6) else canvas.uniform(10, 40)
    dark = 1 / (1 + np.exp(-sharp * (ramp(canvas) + canvas.uniform(-0.5, 0.5))))
    return np.ones(dark.shape), canvas.pixels * (1 - canvas.uniform(0.3, 0.85) * dark)
