"""What is covered in a face: masks, dark glasses, hands, hair, bars, blurring.

The landmarker finds landmarks under a cover, too, so the pixels have to be looked at. A small convolutional
network, taught with drawn covers (``emola train recipes/covers.yaml``), says for each pixel of the
aligned crop how likely it is hidden; a region is covered when the mean over its pixels is above the
region's threshold. The network reads grey values alone and runs in numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from emola.errors import CheckpointError
from emola.faba.regions import REGIONS
from emola.face.visibility.regions import face_mask, lips_mask, region_masks
from emola.files import asset, replacing

COVERS_FILE = asset("covers.safetensors")
"""The shipped network."""
INPUT_SIDE = 64
"""Side of the crop that the network reads, in pixels."""

STAGES: dict[str, tuple[int, int, int, int]] = {  # name: in, out, kernel, stride
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
"""The network's convolutions in order; a ReLU follows each but the last.

``mix2`` reads ``deep2`` enlarged twice and ``same2``, ``mix1`` reads ``up2`` enlarged twice and ``same1``.
"""
_TWIN = 0.6
_LIPS_COVERED = 0.6
_PLAIN = 0.08  # of the face's contrast: uncovered regions of 399 press photos have 0.20 and more
_LEAST_CONTRAST, _BURNT_OUT = 8.0, 250.0  # grey values
JOINS = {"mix2": "same2", "mix1": "same1"}
"""The earlier stage whose output a stage reads beside the enlarged output of the stage before it."""


class CoverNet:
    """The network as numpy arrays.

    tensors: for each of ``STAGES`` "<name>.weight" (out, in, k, k) and "<name>.bias" (out,), and "thresholds"
    (R,), for each of ``REGIONS`` the mean probability from which it is covered.
    """

    def __init__(self, tensors: dict[str, np.ndarray]) -> None:
        self.tensors = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}

    @classmethod
    def load(cls, path: Path) -> CoverNet:
        """Read a fitted network. Raises CheckpointError when the file is absent or holds something else."""
        return cls(load_tensors(path, tensor_shapes(), "the network for covered parts"))

    def save(self, path: Path) -> None:
        """Write it as safetensors in half precision."""
        with replacing(path) as partial:
            save_file(
                {n: np.ascontiguousarray(t, dtype=np.float16) for n, t in self.tensors.items()}, partial
            )

    def probabilities(self, crop: np.ndarray) -> np.ndarray:
        """How likely each part of a crop is hidden, 0 to 1.

        crop: (INPUT_SIDE, INPUT_SIDE) grey values. Returns (INPUT_SIDE / 2, INPUT_SIDE / 2) float32.
        """
        x = standardise(crop.astype(np.float32))[None]
        outputs: dict[str, np.ndarray] = {}
        for name, (_, _, _, stride) in STAGES.items():
            if name in JOINS:
                x = np.concatenate([x.repeat(2, axis=1).repeat(2, axis=2), outputs[JOINS[name]]])
            x = conv2d(x, self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"], stride)
            if name != "head":
                x = outputs[name] = np.maximum(x, 0)
        return np.asarray(1 / (1 + np.exp(-x[0])))

    def shares(self, crop: Image.Image, landmarks: np.ndarray) -> dict[str, float]:
        """The mean probability that a pixel of each region is hidden.

        crop: the aligned crop, square. landmarks: (478, 2) pixels of the crop.
        """
        _, hidden = self._read(crop)
        masks = region_masks(landmarks * (INPUT_SIDE / crop.width), INPUT_SIDE)
        return {name: _mean(hidden, mask) for name, mask in masks.items()}

    def _read(self, crop: Image.Image) -> tuple[np.ndarray, np.ndarray]:
        """(INPUT_SIDE, INPUT_SIDE) grey values of a crop, and how likely each pixel is hidden."""
        small = crop.convert("L").resize((INPUT_SIDE, INPUT_SIDE), Image.Resampling.BICUBIC)
        grey = np.asarray(small)
        return grey, self.probabilities(grey).repeat(2, axis=0).repeat(2, axis=1)

    def covered(self, crop: Image.Image, landmarks: np.ndarray) -> frozenset[str]:
        """The regions that are covered; arguments as for ``shares``.

        A cover usually hides both sides: where one side is covered, ``_TWIN`` of the threshold is enough for
        the other. A bar over the lips alone leaves the chin free, so that lips count by themselves. A region
        without any detail is covered, too: a plain dark surface looks like a cast shadow to the network.
        """
        grey, hidden = self._read(crop)
        points = landmarks * (INPUT_SIDE / crop.width)
        masks, face = region_masks(points, INPUT_SIDE), face_mask(points, INPUT_SIDE)
        shares = {name: _mean(hidden, mask) for name, mask in masks.items()}
        least = dict(zip(REGIONS, self.tensors["thresholds"], strict=True))
        sure = {name for name in REGIONS if shares[name] >= least[name]}
        sure |= {name for name, mask in masks.items() if _is_plain(grey, mask, face)}
        if _mean(hidden, lips_mask(points, INPUT_SIDE)) >= _LIPS_COVERED:
            sure |= {"mouth_right", "mouth_left"}
        twins = {_twin(name) for name in sure} & set(REGIONS)
        return frozenset(sure | {name for name in twins if shares[name] >= _TWIN * least[name]})


def _mean(values: np.ndarray, mask: np.ndarray) -> float:
    return float(values[mask].mean()) if mask.any() else 0.0


def _is_plain(grey: np.ndarray, region: np.ndarray, face: np.ndarray) -> bool:
    """Whether a region shows a plain surface in a face that shows details; burnt-out skin is no surface."""
    contrast = float(grey[face].std())
    if contrast < _LEAST_CONTRAST or not region.any() or grey[region].mean() >= _BURNT_OUT:
        return False
    return float(grey[region].std()) < _PLAIN * contrast


def _twin(region: str) -> str:
    """The region on the other side; a region without sides is its own twin."""
    part, _, side = region.partition("_")
    return f"{part}_{'left' if side == 'right' else 'right'}" if side else region


@lru_cache(maxsize=1)
def shipped_network() -> CoverNet:
    """The network in ``COVERS_FILE``; read once."""
    return CoverNet.load(COVERS_FILE)


def tensor_shapes() -> dict[str, tuple[int, ...]]:
    """The tensors of a ``CoverNet`` and their shapes."""
    shapes: dict[str, tuple[int, ...]] = {"thresholds": (len(REGIONS),)}
    for name, (channels, out, kernel, _) in STAGES.items():
        shapes |= {f"{name}.weight": (out, channels, kernel, kernel), f"{name}.bias": (out,)}
    return shapes


def load_tensors(path: Path, shapes: Mapping[str, tuple[int, ...]], what: str) -> dict[str, np.ndarray]:
    """The tensors of a safetensors file, by name. Raises CheckpointError unless their shapes are these."""
    if not path.is_file():
        raise CheckpointError(f"{path} is missing ({what}); restore it.")
    try:
        tensors = load_file(path)
    except SafetensorError as error:
        raise CheckpointError(f"{path} is damaged ({error}); restore it or fit it again.") from error
    if {name: tensor.shape for name, tensor in tensors.items()} != dict(shapes):
        raise CheckpointError(f"{path} does not hold {what}; restore it or fit it again.")
    if not all(np.isfinite(tensor).all() for tensor in tensors.values()):
        raise CheckpointError(f"{path} is damaged (not a number); restore it or fit it again.")
    return dict(tensors)


def save_tensors(tensors: Mapping[str, np.ndarray], path: Path) -> None:
    """Write tensors as safetensors in half precision."""
    with replacing(path) as partial:
        save_file({n: np.ascontiguousarray(t, dtype=np.float16) for n, t in tensors.items()}, partial)


def standardise(crop: np.ndarray) -> np.ndarray:
    """Grey values with mean 0 and deviation 1, so that light and contrast drop out."""
    return (crop - crop.mean()) / max(float(crop.std()), 1.0)


def conv2d(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int) -> np.ndarray:
    """(C, H, W) -> (O, H / stride, W / stride), zeros beyond the edges."""
    out, channels, kernel, _ = weight.shape
    height, width = (side // stride for side in x.shape[1:])
    edge = kernel // 2
    padded = np.pad(x, ((0, 0), (edge, edge), (edge, edge)))
    columns = np.empty((kernel, kernel, channels, height, width), np.float32)
    for i in range(kernel):
        for j in range(kernel):
            columns[i, j] = padded[:, i : i + height * stride : stride, j : j + width * stride : stride]
    rows = weight.transpose(0, 2, 3, 1).reshape(out, -1)
    result = rows @ columns.reshape(-1, height * width) + bias[:, None]
    return np.asarray(result).reshape(out, height, width)
