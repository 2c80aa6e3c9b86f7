"""The kinds of cover by name, and drawing one."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from emola.train.nano.covers import decoys, held_out_kinds, training_kinds
from emola.train.nano.covers.canvas import Canvas, Cover

Draw = Callable[[Canvas], Cover]

COVERS: dict[str, Draw] = {
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

UNSEEN: dict[str, Draw] = {
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
    return np.asarray(cv2.GaussianBlur(opacity, (0, 0), max(sigma, 0.1))).clip(0, 1)
