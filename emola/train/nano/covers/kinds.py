"""The kinds of covers and decoys by name, and drawing them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from emola.train.nano.covers import decoys, held_out_kinds, training_kinds
from emola.train.nano.covers.canvas import Array, Canvas, Cover

Draw = Callable[[Canvas], Cover]

TRAINING_COVERS: dict[str, Draw] = {
    "surgical mask": training_kinds.surgical_mask,
    "cloth mask": training_kinds.cloth_mask,
    "scarf": training_kinds.scarf,
    "hand": training_kinds.hand,
    "sunglasses": training_kinds.sunglasses,
    "blindfold": training_kinds.blindfold,
    "eye patch": training_kinds.patch,
    "bar": training_kinds.bar,
    "blur": training_kinds.blurred,
    "pixels": training_kinds.pixelated,
    "hair": training_kinds.hair,
    "cap": training_kinds.cap,
    "anything": training_kinds.anything,
}

HELD_OUT_COVERS: dict[str, Draw] = {
    "telephone": held_out_kinds.telephone,
    "goggles": held_out_kinds.goggles,
    "sticker": held_out_kinds.sticker,
    "cup": held_out_kinds.cup,
    "veil": held_out_kinds.veil,
}

DECOYS: dict[str, Draw] = {
    "clear glasses": decoys.clear_glasses,
    "beard": decoys.beard,
    "lipstick": decoys.lipstick,
    "shadow": decoys.shadow,
}


def cover(canvas: Canvas, kind: str) -> tuple[Array, Array]:
    """Return the picture with a cover, and how much of each pixel is hidden, 0 to 1; both (H, W)."""
    opacity, values = {**TRAINING_COVERS, **HELD_OUT_COVERS}[kind](canvas)
    opacity = _softened(canvas, opacity)
    return canvas.pixels * (1 - opacity) + values.clip(0, 255) * opacity, opacity


def decoy(canvas: Canvas, kind: str) -> Array:
    """Return the picture, (H, W), with a decoy."""
    opacity, values = DECOYS[kind](canvas)
    opacity = _softened(canvas, opacity)
    return canvas.pixels * (1 - opacity) + values.clip(0, 255) * opacity


def _softened(canvas: Canvas, opacity: Array) -> Array:
    sigma = canvas.unit * canvas.uniform(0.002, 0.02)
    return np.asarray(cv2.GaussianBlur(opacity, (0, 0), max(sigma, 0.1)), dtype=np.float64).clip(0, 1)
