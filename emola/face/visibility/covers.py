"""Covered regions of a face: masks, dark glasses, hands, hair, bars, blurring.

The landmarker places landmarks under a cover too, so covers are found in the pixels. A small convolutional
network, trained on drawn covers (``emola train recipes/covers.yaml``), estimates for each pixel of the
aligned crop the probability that it is covered. A region counts as covered if the mean over its pixels
reaches the region's threshold. The network reads grey values and runs in NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from emola.faba.regions import REGIONS
from emola.face.arrays import AnyArray, BoolArray, ByteArray, FloatArray
from emola.face.visibility.numpy_network import conv2d, load_tensors, save_tensors, sigmoid
from emola.face.visibility.regions import face_mask, lips_mask, region_masks
from emola.files import asset

COVERS_FILE = asset("covers.safetensors")
"""The shipped network."""
INPUT_SIDE = 64
"""Side of the network's input, in pixels."""

STAGES: dict[str, tuple[int, int, int, int]] = {  # name: input channels, output channels, kernel, stride
    "down1": (1, 24, 5, 2),
    "same1": (24, 32, 3, 1),
    "down2": (32, 48, 3, 2),
    "same2": (48, 64, 3, 1),
    "down3": (64, 64, 3, 2),
    "deep1": (64, 64, 3, 1),
    "deep2": (64, 64, 3, 1),
    "mix2": (128, 48, 1, 1),
    "up2": (48, 48, 3, 1),
    "mix1": (80, 32, 1, 1),
    "up1": (32, 32, 3, 1),
    "head": (32, 1, 1, 1),
}
"""Convolutions in order (a small U-Net); each but the last is followed by a ReLU."""
JOINS = {"mix2": "same2", "mix1": "same1"}
"""Skip connections: these stages read the previous output, upsampled by two, and the output of that stage."""
_OTHER_SIDE = 0.6
_LIPS_COVERED = 0.6
_PLAIN = 0.08  # fraction of the face's contrast; uncovered regions of 399 press photos have 0.20 and more
_MIN_CONTRAST, _OVEREXPOSED = 8.0, 250.0  # grey values


class CoverNet:
    """The network as NumPy arrays.

    tensors: "<stage>.weight" (out, in, k, k) and "<stage>.bias" (out,) for each of ``STAGES``, and
    "thresholds" (R,), the mean probability from which each of ``REGIONS`` counts as covered.
    """

    def __init__(self, tensors: Mapping[str, FloatArray]) -> None:
        self.tensors = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}

    @classmethod
    def load(cls, path: Path) -> CoverNet:
        """Read a trained network. Raises CheckpointError if the file is missing or does not hold one."""
        return cls(load_tensors(path, tensor_shapes(), "the network for covered parts"))

    def save(self, path: Path) -> None:
        """Write the network as safetensors in half precision."""
        save_tensors(self.tensors, path)

    def probabilities(self, crop: AnyArray) -> FloatArray:
        """Return the probability that each pixel is covered, at half the resolution of the crop.

        crop: (INPUT_SIDE, INPUT_SIDE) grey values. Returns (INPUT_SIDE / 2, INPUT_SIDE / 2) float32.
        """
        x = standardise(crop.astype(np.float32))[None]
        outputs: dict[str, FloatArray] = {}
        for name, (_, _, _, stride) in STAGES.items():
            if name in JOINS:
                x = np.concatenate([x.repeat(2, axis=1).repeat(2, axis=2), outputs[JOINS[name]]])
            x = conv2d(x, self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"], stride)
            if name != "head":
                x = outputs[name] = np.maximum(x, 0)
        return sigmoid(x[0])

    def covered(self, crop: Image.Image, landmarks: FloatArray) -> frozenset[str]:
        """Return the covered regions of a face.

        crop: the aligned crop, square. landmarks: (478, 2) pixels of the crop.

        A cover usually hides both sides, so if one side is covered, ``_OTHER_SIDE`` of the threshold is
        enough for the other. A bar over the lips leaves the chin free, so the lips are measured separately. A
        region without detail counts as covered, because the network takes a plain dark surface for a shadow.
        """
        small = crop.convert("L").resize((INPUT_SIDE, INPUT_SIDE), Image.Resampling.BICUBIC)
        grey = np.asarray(small)
        probabilities = self.probabilities(grey).repeat(2, axis=0).repeat(2, axis=1)
        points = landmarks * (INPUT_SIDE / crop.width)
        masks, face = region_masks(points, INPUT_SIDE), face_mask(points, INPUT_SIDE)
        means = {name: _mean(probabilities, mask) for name, mask in masks.items()}
        thresholds = dict(zip(REGIONS, self.tensors["thresholds"], strict=True))
        covered = {name for name in REGIONS if means[name] >= thresholds[name]}
        covered |= {name for name, mask in masks.items() if _is_plain(grey, mask, face)}
        if _mean(probabilities, lips_mask(points, INPUT_SIDE)) >= _LIPS_COVERED:
            covered |= {"mouth_right", "mouth_left"}
        opposite = {_other_side(name) for name in covered}
        return frozenset(covered | {n for n in opposite if means[n] >= _OTHER_SIDE * thresholds[n]})


def _mean(values: FloatArray, mask: BoolArray) -> float:
    return float(values[mask].mean()) if mask.any() else 0.0


def _is_plain(grey: ByteArray, region: BoolArray, face: BoolArray) -> bool:
    """Whether a region has no detail although the face has; overexposed skin does not count as plain."""
    contrast = float(grey[face].std())
    if contrast < _MIN_CONTRAST or not region.any() or grey[region].mean() >= _OVEREXPOSED:
        return False
    return float(grey[region].std()) < _PLAIN * contrast


def _other_side(region: str) -> str:
    """Return the same region on the other side of the face; the region itself if it has no side."""
    part, _, side = region.partition("_")
    return f"{part}_{'left' if side == 'right' else 'right'}" if side else region


@lru_cache(maxsize=1)
def shipped_network() -> CoverNet:
    """Return the network in ``COVERS_FILE``, read once."""
    return CoverNet.load(COVERS_FILE)


def tensor_shapes() -> dict[str, tuple[int, ...]]:
    """Return the names and shapes of the tensors of a ``CoverNet``."""
    shapes: dict[str, tuple[int, ...]] = {"thresholds": (len(REGIONS),)}
    for name, (channels, out, kernel, _) in STAGES.items():
        shapes |= {f"{name}.weight": (out, channels, kernel, kernel), f"{name}.bias": (out,)}
    return shapes


def standardise(crop: FloatArray) -> FloatArray:
    """Scale grey values to mean 0 and standard deviation 1, so brightness and contrast have no effect."""
    return np.asarray((crop - crop.mean()) / max(float(crop.std()), 1.0))
