"""Augmentation of face crops, and the crops that the model sees at run time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F

from emola.train.nano.face_table import SURROUND


class Augment:
    """Rotates, shifts, scales, flips, relights, blurs and partly erases crops at random.

    size: side of the result in pixels.
    """

    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, crops: torch.Tensor) -> torch.Tensor:
        """(B, TABLE_CROP, TABLE_CROP) uint8 -> (B, 1, size, size), normalised."""
        count = len(crops)
        images = F.grid_sample(
            crops[:, None].float() / 255,
            self._grid(count),
            mode="bilinear",
            padding_mode="zeros",
            align_corners=False,
        )
        gain, bias = 0.6 + 0.8 * torch.rand(count, 1, 1, 1), 0.3 * (torch.rand(count, 1, 1, 1) - 0.5)
        images = ((images - 0.5) * gain + 0.5 + bias).clamp(0, 1)
        self._coarsen(images, share=0.25, factor=0.4)  # like crops of distant faces
        self._erase(images)
        return normalise(images).contiguous(memory_format=torch.channels_last)

    def _grid(self, count: int) -> torch.Tensor:
        """Return (B, size, size, 2) sampling positions of random similarity transforms."""
        angle = (torch.rand(count) - 0.5) * 0.4
        scale = (0.88 + 0.27 * torch.rand(count)) / SURROUND
        mirror = torch.where(torch.rand(count) < 0.5, -1.0, 1.0)
        shift = (torch.rand(count, 2) - 0.5) * 0.2 / SURROUND
        cos, sin = scale * angle.cos(), scale * angle.sin()
        rows = [[cos * mirror, -sin, shift[:, 0]], [sin * mirror, cos, shift[:, 1]]]
        theta = torch.stack([torch.stack(row, 1) for row in rows], 1)
        return F.affine_grid(theta, [count, 1, self.size, self.size], align_corners=False)

    def _coarsen(self, images: torch.Tensor, share: float, factor: float) -> None:
        coarse = torch.rand(len(images)) < share
        if coarse.any():
            small = F.interpolate(images[coarse], scale_factor=factor, mode="area")
            images[coarse] = F.interpolate(small, size=self.size, mode="bilinear", align_corners=False)

    def _erase(self, images: torch.Tensor) -> None:
        for i in torch.nonzero(torch.rand(len(images)) < 0.3).flatten().tolist():
            side = self.size * (0.1 + 0.25 * torch.rand(2))
            y, x = (int(torch.rand(()) * (self.size - s)) for s in side)
            images[i, :, y : y + int(side[0]), x : x + int(side[1])] = torch.rand(())


def normalise(images: torch.Tensor) -> torch.Tensor:
    """Scale values from 0 to 1 to about unit variance, as Nano's image processor does."""
    return (images - 0.5) / 0.25


def centre_crops(crops: npt.NDArray[np.uint8], size: int) -> torch.Tensor:
    """(N, TABLE_CROP, TABLE_CROP) uint8 -> (N, 1, size, size): the crops that the model sees at run time."""
    side = round(crops.shape[1] / SURROUND)
    start = (crops.shape[1] - side) // 2
    middle = np.ascontiguousarray(
        crops[:, None, start : start + side, start : start + side], dtype=np.float32
    )
    images = torch.from_numpy(middle) / 255
    if side != size:
        images = F.interpolate(images, size=size, mode="bicubic", antialias=True).clamp(0, 1)
    return normalise(images)
