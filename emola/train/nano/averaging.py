"""The mean of two sets of weights from one training."""

from __future__ import annotations

from collections.abc import Iterable

import torch


@torch.no_grad()
def average(weights: Iterable[torch.Tensor], earlier: Iterable[torch.Tensor]) -> None:
    """Give each of ``weights`` the mean with its like in ``earlier``, in place.

    Of weights from two stages of one training the mean reads unlike pictures more evenly than either, after
    Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022. Raises ValueError unless there are
    as many of both.
    """
    for mine, before in zip(weights, earlier, strict=True):
        mine.lerp_(before.to(mine.device), 0.5)
