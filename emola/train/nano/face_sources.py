"""Faces to train on: tables, who is kept out of each, drawing from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emola.train.nano.face_table import FaceTable


@dataclass(frozen=True)
class FaceSource:
    """A table of faces.

    faces: its folder; hold_out: one person in so many is kept out, 0 for none; weight: how often
    each face counts.
    """

    faces: Path
    hold_out: int = 0
    weight: float = 1.0

    def load(self) -> FaceTable:
        """The faces to train on; people kept out are not among them."""
        return FaceTable.load(self.faces).split(self.hold_out)[0]


def draw(
    tables: Sequence[FaceTable], sources: Sequence[FaceSource], count: int, balance: float, seed: int
) -> list[tuple[int, int]]:
    """``count`` faces as (table, row); a table is drawn from by its length and its source's weight.

    Within a table rarer emotions are favoured, by frequency to the power ``balance``: balanced over all
    tables together, a rare emotion would hardly come up in the tables that have few of it, and the kind of
    picture would tell the emotion. Systematic sampling over a shuffled list: each face is drawn as often as
    its weight asks for, give or take one.
    """
    rng = np.random.default_rng(seed)
    places = [(t, row) for t, table in enumerate(tables) for row in range(len(table))]
    weights = np.concatenate(
        [len(t) * s.weight * _shares(t.emotions, balance) for t, s in zip(tables, sources, strict=True)]
    )
    order = rng.permutation(len(places))
    steps = np.cumsum(weights[order]) / weights.sum()
    picks = np.searchsorted(steps, (np.arange(count) + rng.random()) / count).clip(max=len(places) - 1)
    return [places[order[i]] for i in rng.permutation(picks)]


def _shares(emotions: np.ndarray, balance: float) -> np.ndarray:
    """How often each face of one table is drawn, (N,), summing to one."""
    _, classes, counts = np.unique(emotions, return_inverse=True, return_counts=True)
    weights = counts[classes].astype(np.float64) ** balance
    return weights / weights.sum()
