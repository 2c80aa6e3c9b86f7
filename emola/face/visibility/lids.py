"""Whether each eye is closed, from its pixels.

The landmarks follow closed lids only half-way, so that closed eyes look like narrowed ones to them. A small
convolutional network reads the grey values around each eye; it was taught with open, narrowed and closed eyes
and lids drawn over eyes (``emola train recipes/lids.yaml``). It runs in numpy.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image
from safetensors.numpy import save_file

from emola.face.visibility.covers import conv2d, load_tensors
from emola.files import asset, replacing

LIDS_FILE = asset("lids.safetensors")
"""The shipped network."""
WIDTH, HEIGHT = 24, 16
"""Size of the picture of one eye in pixels."""

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
"""The network's tensors: two convolutions of stride 2, two linear layers, a ReLU after each but the last."""

_CORNERS = {"right": (33, 133), "left": (263, 362)}  # outer, inner
_AROUND = 1.5  # width of the picture of an eye over the width of the eye
_LEAST_DEVIATION = 3.0


class Lids(NamedTuple):
    """How likely each eye is closed, 0 to 1; the subject's own sides."""

    right: float
    left: float


class LidNet:
    """The network as numpy arrays, see ``SHAPES``."""

    def __init__(self, tensors: dict[str, np.ndarray]) -> None:
        self.tensors = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}

    @classmethod
    def load(cls, path: Path) -> LidNet:
        """Read a fitted network. Raises CheckpointError when the file is absent or holds something else."""
        return cls(load_tensors(path, SHAPES, "the network for closed eyes"))

    def save(self, path: Path) -> None:
        """Write it as safetensors in half precision."""
        with replacing(path) as partial:
            save_file(
                {n: np.ascontiguousarray(t, dtype=np.float16) for n, t in self.tensors.items()}, partial
            )

    def closed_probability(self, eye: np.ndarray) -> float:
        """How likely an eye is closed. eye: (HEIGHT, WIDTH), what ``eye_crop`` gives."""
        t = self.tensors
        x = np.maximum(conv2d(eye[None].astype(np.float32), t["first.weight"], t["first.bias"], 2), 0)
        x = np.maximum(conv2d(x, t["second.weight"], t["second.bias"], 2), 0)
        inner = np.maximum(t["inner.weight"] @ x.ravel() + t["inner.bias"], 0)
        return float(1 / (1 + np.exp(-(t["outer.weight"] @ inner + t["outer.bias"])[0])))


def read_lids(crop: Image.Image, landmarks: np.ndarray) -> Lids:
    """How likely each eye is closed.

    crop: the aligned crop. landmarks: (478, 2) pixels of the crop.
    """
    grey = np.asarray(crop.convert("L"))
    right, left = (shipped_network().closed_probability(eye_crop(grey, landmarks, side)) for side in _CORNERS)
    return Lids(right, left)


def eye_crop(
    grey: np.ndarray, landmarks: np.ndarray, side: str, shift: np.ndarray | None = None, scale: float = 1.0
) -> np.ndarray:
    """(HEIGHT, WIDTH) float32: an eye upright, its outer corner to the left; mean 0 and deviation 1.

    grey: (H, W) uint8. landmarks: (478, 2) pixels. shift: (2,), in widths of the eye, and scale change what
    is cut out.
    """
    outer, inner = (landmarks[i].astype(np.float64) for i in _CORNERS[side])
    width = max(float(np.linalg.norm(inner - outer)), 1.0)
    across = (inner - outer) / width
    down = np.array([-across[1], across[0]]) * (1 if side == "right" else -1)
    middle = (outer + inner) / 2 + (0 if shift is None else shift * width)
    step = width * scale * _AROUND / WIDTH
    if step > 1:  # shrunk: without a filter, lashes and noise would alias
        grey = cv2.GaussianBlur(grey, (0, 0), 0.45 * step)
    start = middle - step * (across * (WIDTH - 1) + down * (HEIGHT - 1)) / 2
    matrix = np.column_stack([across * step, down * step, start])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = cv2.warpAffine(grey, matrix, (WIDTH, HEIGHT), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    values = cut.astype(np.float32)
    return np.asarray((values - values.mean()) / max(float(values.std()), _LEAST_DEVIATION))


@lru_cache(maxsize=1)
def shipped_network() -> LidNet:
    """The network in ``LIDS_FILE``; read once."""
    return LidNet.load(LIDS_FILE)
