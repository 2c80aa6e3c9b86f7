"""Training faces: labelled sets and face tables with their held-out people, and sampling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from emola.train.nano.face_table import FaceTable


@dataclass(frozen=True)
class PictureSource:
    """A labelled set of pictures, and its held-out people: one in ``hold_out``, 0 for none."""

    data: Path
    hold_out: int


@dataclass(frozen=True)
class FaceSource:
    """A face table.

    faces: its folder; hold_out: one person in this many is held out, 0 for none; weight: relative
    frequency of its faces.
    """

    faces: Path
    hold_out: int = 0
    weight: float = 1.0

    def load(self) -> FaceTable:
        """Return the training faces, without those of held-out people."""
        return FaceTable.load(self.faces).split(self.hold_out)[0]


def draw(
    tables: Sequence[FaceTable], sources: Sequence[FaceSource], count: int, balance: float, seed: int
) -> list[tuple[int, int]]:
    """Return ``count`` sampled faces as (table, row); a table's share is its length times its weight.

    Within a table, an emotion's share is its frequency times its frequency to the power ``balance``.
    Balancing each table by itself keeps the kind of picture from revealing the emotion. Systematic sampling
    over a shuffled list: each face is drawn as often as its weight demands, give or take one.
    """
    rng = np.random.default_rng(seed)
    faces = [(t, row) for t, table in enumerate(tables) for row in range(len(table))]
    weights = np.concatenate(
        [len(t) * s.weight * _shares(t.emotions, balance) for t, s in zip(tables, sources, strict=True)]
    )
    order = rng.permutation(len(faces))
    steps = np.cumsum(weights[order]) / weights.sum()
    picks = np.searchsorted(steps, (np.arange(count) + rng.random()) / count).clip(max=len(faces) - 1)
    return [faces[order[i]] for i in rng.permutation(picks)]


def _shares(emotions: npt.NDArray[np.str_], balance: float) -> npt.NDArray[np.float64]:
    """Return each face's share within its table, (N,), summing to one."""
    _, classes, counts = np.unique(emotions, return_inverse=True, return_counts=True)
    weights = counts[classes].astype(np.float64) ** balance
    return np.asarray(weights / weights.sum())
