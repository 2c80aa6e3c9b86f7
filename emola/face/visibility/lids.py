"""Probability that each eye is closed, from its pixels.

The landmarks follow a closing lid only half-way: closed eyes appear merely narrowed. A small convolutional
network reads the grey values around each eye. It was trained on open, narrowed and closed eyes and on lids
drawn over eyes (``emola train recipes/lids.yaml``), and runs in NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from emola.face.arrays import ByteArray, FloatArray
from emola.face.visibility.numpy_network import conv2d, load_tensors, save_tensors, sigmoid
from emola.files import asset

LIDS_FILE = asset("lids.safetensors")
"""The shipped network."""
WIDTH, HEIGHT = 24, 16
"""Size of the crop of one eye, in pixels."""

SHAPES: dict[str, tuple[int, ...]] = {
    "first.weight": (16, 1, 5, 5),
    "first.bias": (16,),
    "second.weight": (32, 16, 3, 3),
    "second.bias": (32,),
    "inner.weight": (32, 32 * WIDTH // 4 * HEIGHT // 4),
    "inner.bias": (32,),
    "outer.weight": (1, 32),
    "outer.bias": (1,),
}
"""Tensors of two convolutions of stride 2 and two linear layers; each but the last is followed by a ReLU."""

_CORNERS = {"right": (33, 133), "left": (263, 362)}  # outer, inner
_CROP_MARGIN = 1.5  # width of the crop divided by the width of the eye
_MIN_DEVIATION = 3.0


class Lids(NamedTuple):
    """Probability that each eye is closed, 0 to 1; right and left are the subject's."""

    right: float
    left: float


class LidNet:
    """The network as NumPy arrays, see ``SHAPES``."""

    def __init__(self, tensors: Mapping[str, FloatArray]) -> None:
        self.tensors = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}

    @classmethod
    def load(cls, path: Path) -> LidNet:
        """Read a trained network. Raises CheckpointError if the file is missing or does not hold one."""
        return cls(load_tensors(path, SHAPES, "the network for closed eyes"))

    def save(self, path: Path) -> None:
        """Write the network as safetensors in half precision."""
        save_tensors(self.tensors, path)

    def closed_probability(self, eye: FloatArray) -> float:
        """Return the probability that an eye is closed. eye: (HEIGHT, WIDTH), from ``eye_crop``."""
        t = self.tensors
        x = np.maximum(conv2d(eye[None].astype(np.float32), t["first.weight"], t["first.bias"], 2), 0)
        x = np.maximum(conv2d(x, t["second.weight"], t["second.bias"], 2), 0)
        inner = np.maximum(t["inner.weight"] @ x.ravel() + t["inner.bias"], 0)
        return float(sigmoid(t["outer.weight"] @ inner + t["outer.bias"])[0])


def read_lids(crop: Image.Image, landmarks: FloatArray) -> Lids:
    """Return the probability that each eye is closed.

    crop: the aligned crop. landmarks: (478, 2) pixels of the crop.
    """
    grey = np.asarray(crop.convert("L"))
    right, left = (shipped_network().closed_probability(eye_crop(grey, landmarks, side)) for side in _CORNERS)
    return Lids(right, left)


def eye_crop(
    grey: ByteArray, landmarks: FloatArray, side: str, shift: FloatArray | None = None, scale: float = 1.0
) -> FloatArray:
    """Crop one eye, upright, with its outer corner to the left, and standardise it.

    grey: (H, W). landmarks: (478, 2) pixels. side: "right" or "left". shift: (2,), in widths of the eye, and
    scale move and enlarge the crop, for augmentation. Returns (HEIGHT, WIDTH) float32 with mean 0 and
    standard deviation 1.
    """
    outer, inner = (landmarks[i].astype(np.float64) for i in _CORNERS[side])
    width = max(float(np.linalg.norm(inner - outer)), 1.0)
    across = (inner - outer) / width
    down = np.array([-across[1], across[0]]) * (1 if side == "right" else -1)
    middle = (outer + inner) / 2 + (0 if shift is None else shift * width)
    step = width * scale * _CROP_MARGIN / WIDTH
    if step > 1:  # antialiasing, for lashes and noise
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.45 * step), dtype=np.uint8)
    start = middle - step * (across * (WIDTH - 1) + down * (HEIGHT - 1)) / 2
    matrix = np.column_stack([across * step, down * step, start])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    crop = cv2.warpAffine(grey, matrix, (WIDTH, HEIGHT), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    values = crop.astype(np.float32)
    return np.asarray((values - values.mean()) / max(float(values.std()), _MIN_DEVIATION))


@lru_cache(maxsize=1)
def shipped_network() -> LidNet:
    """Return the network in ``LIDS_FILE``, read once."""
    return LidNet.load(LIDS_FILE)
