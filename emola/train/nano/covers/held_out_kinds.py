"""Covers for testing only."""

from __future__ import annotations

import numpy as np

from emola.train.nano.covers.canvas import (
    Canvas,
    Cover,
    band,
    ellipse,
    grown,
    noise,
    photo,
    ramp,
)


def telephone(canvas: Canvas) -> Cover:
    """Return a telephone in front of the face."""
    x, y = canvas.local((13, 4, 33, 263))[int(canvas.rng.integers(4))]
    shape = ellipse(x, y, canvas.uniform(0.5, 0.8), canvas.uniform(0.9, 1.4), 12, canvas.uniform(-0.6, 0.6))
    mask, inner = canvas.fill(shape), canvas.fill(grown(shape, -0.06))
    return mask, np.where(inner > 0.5, photo(canvas), canvas.uniform(0, 60))


def goggles(canvas: Canvas) -> Cover:
    """Return goggles over both eyes."""
    shape = ellipse(0, 0.02, canvas.uniform(1.3, 1.6), canvas.uniform(0.55, 0.75), 5)
    mask, inner = canvas.fill(shape), canvas.fill(grown(shape, -0.08))
    glass = canvas.uniform(20, 160) + canvas.uniform(20, 70) * ramp(canvas)
    strap = canvas.fill(band(np.array([[-1.2, 0], [1.2, 0]]), 0.2))
    return np.maximum(mask, strap), np.where(inner > 0.5, glass, canvas.uniform(0, 200))


def sticker(canvas: Canvas) -> Cover:
    """Return a drawn face over the mouth or an eye."""
    x, y = canvas.local((13, 159, 386, 4))[int(canvas.rng.integers(4))]
    size = canvas.uniform(0.6, 1)
    mask = canvas.fill(ellipse(x, y, size, size))
    values = np.full(mask.shape, canvas.uniform(120, 240))
    for dx, dy, w, h in ((-0.18, -0.12, 0.12, 0.18), (0.18, -0.12, 0.12, 0.18), (0, 0.2, 0.45, 0.08)):
        dark = canvas.fill(ellipse(x + dx * size, y + dy * size, w * size, h * size))
        values = values * (1 - dark) + 20 * dark
    return mask, values


def cup(canvas: Canvas) -> Cover:
    """Return a cup at the mouth."""
    x, y = canvas.local((13,))[0]
    top, width = y - canvas.uniform(0.1, 0.3), canvas.uniform(0.6, 0.9)
    shape = np.array([[-1, 0], [1, 0], [0.8, 1], [-0.8, 1]]) * [width / 2, canvas.uniform(0.7, 1)] + [x, top]
    shade = np.cos(np.linspace(-1.2, 1.2, canvas.pixels.shape[1]))[None]
    return canvas.fill(shape), canvas.uniform(60, 250) * (0.6 + 0.4 * shade) * np.ones(canvas.pixels.shape)


def veil(canvas: Canvas) -> Cover:
    """Return a veil from the nose down."""
    y = canvas.uniform(0.2, 0.45)
    shape = np.array([[-1.1, y - 0.3], [0, y], [1.1, y - 0.3], [0.9, 2], [0, 2.6], [-0.9, 2]])
    folds = 12 * np.sin(np.linspace(0, canvas.uniform(20, 60), canvas.pixels.shape[1]))[None]
    return canvas.fill(shape), canvas.uniform(10, 230) + folds + 8 * noise(canvas, 0.2)
