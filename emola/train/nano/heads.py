"""Heads stage: fits classification heads to the tower of a checkpoint, as the corpus stage needs them.

Of the tower's heads a checkpoint keeps only the one for action units, as part of its evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from transformers import ResNetConfig

from emola.errors import CheckpointError
from emola.faba import EMOTIONS
from emola.face.evidence import EVIDENCE_NAME, AUEvidence
from emola.face.prior import PRIOR_DIM
from emola.model.loading import load_checkpoint, read_config
from emola.train.nano.augment import Augment
from emola.train.nano.face_sources import FaceSource, draw
from emola.train.nano.tower import TowerWithHeads, save_measured

_BATCH = 256


@dataclass(frozen=True)
class HeadsRecipe:
    """Settings of the heads stage.

    sources: face tables; checkpoint: folder of the model; out: folder for its tower, the heads and the
    evidence; views: number of augmented faces for the emotion head, sampled with ``balance`` as by
    ``face_sources.draw``; penalty: L2 penalty on the weights, for features of unit variance.
    """

    sources: tuple[FaceSource, ...]
    checkpoint: Path
    out: Path
    views: int = 36000
    label_smoothing: float = 0.1
    penalty: float = 1e-3
    balance: float = -0.5
    seed: int = 0


def train_heads(recipe: HeadsRecipe) -> None:
    """Fit the emotion head by logistic regression and write the tower, its heads and figures to ``out``.

    Raises CheckpointError for a checkpoint that cannot be loaded, or that has another kind of tower.
    """
    model = _tower_of(recipe.checkpoint)
    evidence = AUEvidence.load(recipe.checkpoint / EVIDENCE_NAME)
    torch.manual_seed(recipe.seed)  # after loading, which draws random numbers, too
    features, emotions = _views(model, recipe)
    fit_emotions(model.emotion_head, features, emotions, recipe.label_smoothing, recipe.penalty)
    _copy_au_head(model.au_head, evidence)
    save_measured(model, evidence, recipe.sources, recipe.out)


def fit_emotions(
    head: nn.Linear, features: torch.Tensor, emotions: torch.Tensor, smoothing: float, penalty: float
) -> None:
    """Set the weights of ``head`` by a penalised multinomial logistic regression.

    features: (N, F), internally scaled to unit variance; emotions: (N,) classes; smoothing: of the labels.
    """
    mean, deviation = features.mean(0), features.std(0) + 1e-6
    scaled = (features - mean) / deviation
    weight = torch.zeros_like(head.weight, requires_grad=True)
    bias = torch.zeros_like(head.bias, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        fit = F.cross_entropy(scaled @ weight.T + bias, emotions, label_smoothing=smoothing)
        total = fit + penalty * weight.square().sum()
        torch.autograd.backward(total)
        return total

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        head.weight.copy_(weight / deviation)
        head.bias.copy_(bias - (weight / deviation) @ mean)


@torch.no_grad()
def _views(model: TowerWithHeads, recipe: HeadsRecipe) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the tower's features of augmented faces, (N, F), and their emotions, (N,)."""
    tables = [source.load().with_emotions() for source in recipe.sources]
    faces = draw(tables, recipe.sources, recipe.views, recipe.balance, recipe.seed)
    augment = Augment(model.tower.config.image_size)
    parts = []
    for start in range(0, len(faces), _BATCH):
        crops = np.stack([tables[table].crops[row] for table, row in faces[start : start + _BATCH]])
        parts.append(model.pooled(augment(torch.from_numpy(crops))))
    emotions = [EMOTIONS.index(str(tables[table].emotions[row])) for table, row in faces]
    return torch.cat(parts), torch.tensor(emotions)


def _tower_of(checkpoint: Path) -> TowerWithHeads:
    """Return the tower of a checkpoint folder, with untrained heads."""
    config = read_config(checkpoint).vision_config
    if not isinstance(config, ResNetConfig):
        raise CheckpointError(f"{checkpoint} has no vision tower that was trained here; give Nano's folder.")
    found, _ = load_checkpoint(checkpoint, device="cpu", dtype="float32")
    model = TowerWithHeads(config)
    model.tower.load_state_dict(found.model.vision_tower.state_dict())
    return model.eval()


@torch.no_grad()
def _copy_au_head(head: nn.Linear, evidence: AUEvidence) -> None:
    """Copy the evidence's weights of the tower's features; its bias includes that of the landmarks."""
    head.weight.copy_(torch.from_numpy(evidence.weights[:, PRIOR_DIM:]))
    head.bias.copy_(torch.from_numpy(evidence.bias))
