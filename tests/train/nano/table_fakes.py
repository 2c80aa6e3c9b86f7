"""Fake face tables whose priors reveal the active units."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from transformers import ResNetConfig

from emola.faba import EMOTIONS, NANO_AUS
from emola.face.evidence import EVIDENCE_NAME, AUEvidence, measure_weights
from emola.face.prior import PRIOR_DIM
from emola.train.nano.face_table import TABLE_CROP, FaceTable
from emola.train.nano.tower import TowerWithHeads


def face_table(count: int = 60, seed: int = 0, people: int = 12, prefix: str = "p") -> FaceTable:
    """Return fake faces with each unit active in two of five, which adds one to its measure.

    Each crop has the grey level of its row, with a brighter half if AU12 is active.
    """
    rng = np.random.default_rng(seed)
    active = rng.random((count, len(NANO_AUS))) < 0.4
    priors = rng.normal(scale=0.05, size=(count, PRIOR_DIM))
    for i, au in enumerate(NANO_AUS):
        weights = measure_weights(au)
        priors += np.outer(active[:, i], weights / (weights @ weights))
    crops = np.repeat(np.arange(count) % 200, TABLE_CROP * TABLE_CROP).reshape(count, TABLE_CROP, TABLE_CROP)
    crops[active[:, NANO_AUS.index(12)], TABLE_CROP // 2 :] += 55
    emotions = np.array([EMOTIONS[i % len(EMOTIONS)] for i in range(count)])
    return FaceTable(
        images=np.array([f"{prefix}{i}.png" for i in range(count)]),
        groups=np.array([f"{prefix}{i % people}" for i in range(count)]),
        emotions=emotions,
        units=np.array(
            ["+".join(str(au) for au, on in zip(NANO_AUS, row, strict=True) if on) for row in active]
        ),
        coded=np.ones(count, dtype=bool),
        priors=priors.astype(np.float32),
        found=np.ones(count, dtype=bool),
        crops=crops.astype(np.uint8),
    )


def save_table(folder: Path, table: FaceTable) -> Path:
    folder.mkdir(parents=True)
    table.save(folder / "faces-00000.npz")
    return folder


def measured_evidence() -> AUEvidence:
    """Return evidence in which a unit is active if its measure exceeds one half."""
    weights = np.stack([measure_weights(au) for au in NANO_AUS]) * 10
    count = len(NANO_AUS)
    return AUEvidence(weights, np.full(count, -5.0), np.zeros(count), np.ones(count))


def save_evidence(path: Path) -> Path:
    measured_evidence().save(path)
    return path


def save_tower(folder: Path) -> Path:
    """Save a random tower with its heads and evidence."""
    torch.manual_seed(0)
    tower = TowerWithHeads(tower_config())
    tower.save(folder)
    tower.evidence(measured_evidence()).save(folder / EVIDENCE_NAME)
    return folder


def tower_config() -> ResNetConfig:
    return ResNetConfig(
        num_channels=1,
        embedding_size=16,
        hidden_sizes=[16, 24],
        depths=[1, 1],
        layer_type="basic",
        image_size=32,
    )
