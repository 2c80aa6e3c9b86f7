"""Fit heads to the tower of a checkpoint, so that a corpus can be written for what it sees.

A checkpoint keeps of its tower's heads the one for action units alone, within its evidence.
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
    """Whose heads to fit, on what.

    sources: tables of faces; checkpoint: folder of the model; out: where its tower, the heads and the
    evidence are written, as a corpus asks for; views: random views of faces to fit the emotion head on, with
    a table's rarer emotions drawn more often (frequency to the power ``balance``); penalty: weight of the
    squared weights over features of unit variance.
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
    """Fit by multinomial logistic regression, and write the tower with its heads, and figures, to ``out``.

    Raises CheckpointError for a checkpoint that cannot be loaded, or whose tower was not trained here.
    """
    model = _tower_of(recipe.checkpoint)
    evidence = AUEvidence.load(recipe.checkpoint / EVIDENCE_NAME)
    torch.manual_seed(recipe.seed)  # after loading, which draws numbers of its own
    features, emotions = _views(model, recipe)
    fit_emotions(model.emotion_head, features, emotions, recipe.label_smoothing, recipe.penalty)
    _take_over(model.au_head, evidence)
    save_measured(model, evidence, recipe.sources, recipe.out)


def fit_emotions(
    head: nn.Linear, features: torch.Tensor, emotions: torch.Tensor, smoothing: float, penalty: float
) -> None:
    """Give ``head`` the weights of a penalised multinomial logistic regression.

    features: (N, F), scaled to unit variance for the penalty; emotions: (N,) classes.
    """
    mean, deviation = features.mean(0), features.std(0) + 1e-6
    scaled = (features - mean) / deviation
    weight = torch.zeros_like(head.weight, requires_grad=True)
    bias = torch.zeros_like(head.bias, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        fit = F.cross_entropy(scaled @ weight.T + bias, emotions, label_smoothing=smoothing)
        total = fit + penalty * weight.square().sum()
        total.backward()
        return total

    optimizer.step(loss)
    with torch.no_grad():
        head.weight.copy_(weight / deviation)
        head.bias.copy_(bias - (weight / deviation) @ mean)


@torch.no_grad()
def _views(model: TowerWithHeads, recipe: HeadsRecipe) -> tuple[torch.Tensor, torch.Tensor]:
    """What the tower makes of random views of labelled faces, (N, F), and their emotions, (N,)."""
    tables = [source.load().with_emotions() for source in recipe.sources]
    places = draw(tables, recipe.sources, recipe.views, recipe.balance, recipe.seed)
    augment = Augment(model.tower.config.image_size)
    parts = []
    for start in range(0, len(places), _BATCH):
        crops = np.stack([tables[table].crops[row] for table, row in places[start : start + _BATCH]])
        parts.append(model.pooled(augment(torch.from_numpy(crops))))
    emotions = [EMOTIONS.index(str(tables[table].emotions[row])) for table, row in places]
    return torch.cat(parts), torch.tensor(emotions)


def _tower_of(checkpoint: Path) -> TowerWithHeads:
    """The tower of a checkpoint folder, with heads that know nothing yet."""
    config = read_config(checkpoint).vision_config
    if not isinstance(config, ResNetConfig):
        raise CheckpointError(f"{checkpoint} has no vision tower that was trained here; give Nano's folder.")
    found, _ = load_checkpoint(checkpoint, device="cpu", dtype="float32")
    model = TowerWithHeads(config)
    model.tower.load_state_dict(found.model.vision_tower.state_dict())
    return model.eval()


@torch.no_grad()
def _take_over(head: nn.Linear, evidence: AUEvidence) -> None:
    """The weights of the evidence over the tower's features; its bias covers the landmarks as well."""
    head.weight.copy_(torch.from_numpy(evidence.weights[:, PRIOR_DIM:]))
    head.bias.copy_(torch.from_numpy(evidence.bias))
