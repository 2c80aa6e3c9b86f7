"""Averaging of the weights from two stages of a training."""

from __future__ import annotations

from collections.abc import Iterable

import torch


@torch.no_grad()
def average(weights: Iterable[torch.Tensor], earlier: Iterable[torch.Tensor]) -> None:
    """Replace each of ``weights``, in place, by its mean with the corresponding one of ``earlier``.

    The mean generalises better to different kinds of pictures than either set of weights (Wortsman et al.,
    "Robust fine-tuning of zero-shot models", CVPR 2022). Raises ValueError for different numbers of tensors.
    """
    for weight, before in zip(weights, earlier, strict=True):
        weight.lerp_(before.to(weight.device), 0.5)
