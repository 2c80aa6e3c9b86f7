"""The kinds of cover by name, and drawing one."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from emola.train.covers import decoys, taught, unseen
from emola.train.covers.canvas import Canvas, Cover

Draw = Callable[[Canvas], Cover]

COVERS: dict[str, Draw] = {
    "surgical mask": taught.surgical_mask,
    "cloth mask": taught.cloth_mask,
    "scarf": taught.scarf,
    "hand": taught.hand,
    "sunglasses": taught.sunglasses,
    "blindfold": taught.blindfold,
    "eye patch": taught.patch,
    "bar": taught.bar,
    "blur": taught.blurred,
    "pixels": taught.pixelated,
    "hair": taught.hair,
    "cap": taught.cap,
    "anything": taught.anything,
}

UNSEEN: dict[str, Draw] = {
    "telephone": unseen.telephone,
    "goggles": unseen.goggles,
    "sticker": unseen.sticker,
    "cup": unseen.cup,
    "veil": unseen.veil,
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
