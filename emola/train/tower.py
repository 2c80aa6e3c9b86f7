"""Train Nano's vision tower: a small ResNet that reads emotion and action units from pixels.

Two linear heads on the pooled features learn human emotion labels and the action units: the
experts' codes where there are any, else the evidence over the landmarker's numbers. The heads are
only the tower's teachers; the language model reads the feature map under them.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import Dataset
from transformers import ResNetConfig, ResNetModel, Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

from emola.data.faces import SURROUND, FaceTable
from emola.faba.action_units import NANO_AUS
from emola.faba.emotions import EMOTIONS
from emola.face.evidence import AUEvidence

log = logging.getLogger(__name__)

IGNORE = -100


@dataclass(frozen=True)
class FaceSource:
    """A table of faces to train on: its folder, the share of people kept out (one in so many, 0 for
    none), and how often each face counts."""

    faces: Path
    hold_out: int = 0
    weight: float = 1.0


@dataclass(frozen=True)
class TowerRecipe:
    """sources: tables of faces; evidence: fitted evidence; image_size: side of the input in pixels;
    the ResNet's widths and depths; epoch_faces: faces drawn for one epoch, with rarer emotions drawn
    more often (frequency to the power ``balance``); the usual optimisation settings."""

    sources: tuple[FaceSource, ...]
    evidence: Path
    out: Path
    image_size: int = 96
    stem: int = 32
    widths: tuple[int, ...] = (48, 96, 192, 320)
    depths: tuple[int, ...] = (2, 2, 2, 2)
    epochs: int = 10
    epoch_faces: int = 30000
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    au_weight: float = 1.0
    balance: float = -0.5
    seed: int = 0


class TowerWithHeads(nn.Module):
    """The tower and the two heads that teach it."""

    def __init__(self, config: ResNetConfig, label_smoothing: float, au_weight: float) -> None:
        super().__init__()
        self.tower = ResNetModel(config)
        self.emotion_head = nn.Linear(config.hidden_sizes[-1], len(EMOTIONS))
        self.au_head = nn.Linear(config.hidden_sizes[-1], len(NANO_AUS))
        self.dropout = nn.Dropout(0.2)
        self.label_smoothing, self.au_weight = label_smoothing, au_weight

    def forward(
        self, pixel_values: torch.Tensor, emotion: torch.Tensor, units: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """pixel_values: (B, 1, S, S); emotion: (B,) class or IGNORE; units: (B, A) probability, nan where unknown."""
        pooled = self.dropout(self.tower(pixel_values).pooler_output.flatten(1))
        emotion_logits, au_logits = self.emotion_head(pooled), self.au_head(pooled)
        loss = F.cross_entropy(
            emotion_logits, emotion, ignore_index=IGNORE, label_smoothing=self.label_smoothing
        )
        known = ~units.isnan()
        if known.any():
            loss = loss + self.au_weight * F.binary_cross_entropy_with_logits(au_logits[known], units[known])
        return {"loss": loss, "emotion_logits": emotion_logits, "au_logits": au_logits}


def tower_targets(table: FaceTable, evidence: AUEvidence) -> tuple[np.ndarray, np.ndarray]:
    """Emotion classes (N,) int64 and unit probabilities (N, A) float32 of a table."""
    emotions = np.array([EMOTIONS.index(e) if e in EMOTIONS else IGNORE for e in table.emotions])
    units = 1 / (1 + np.exp(-evidence.logits(table.priors.astype(np.float64))))
    units[~table.found] = np.nan
    for row in np.flatnonzero(table.coded):
        active = set(map(int, filter(None, str(table.units[row]).split("+"))))
        units[row] = [float(au in active) for au in NANO_AUS]
    return emotions.astype(np.int64), units.astype(np.float32)


class FaceDataset(Dataset[int]):
    """Row numbers, drawn by weight; the collator turns them into an augmented batch at once."""

    def __init__(self, weights: np.ndarray, draws: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        probabilities = weights / weights.sum()
        self.rows = rng.choice(len(weights), size=draws, p=probabilities)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> int:
        return int(self.rows[index])


class Augment:
    """Collate row numbers into a batch of randomly turned, shifted, scaled, flipped and lit crops."""

    def __init__(self, crops: np.ndarray, emotions: np.ndarray, units: np.ndarray, size: int) -> None:
        self.crops, self.emotions, self.units, self.size = crops, emotions, units, size

    def __call__(self, rows: list[int]) -> dict[str, torch.Tensor]:
        images = torch.from_numpy(self.crops[rows]).float()[:, None] / 255
        count = len(rows)
        images = F.grid_sample(
            images, self._grid(count), mode="bilinear", padding_mode="zeros", align_corners=False
        )
        gain, bias = 0.6 + 0.8 * torch.rand(count, 1, 1, 1), 0.3 * (torch.rand(count, 1, 1, 1) - 0.5)
        images = ((images - 0.5) * gain + 0.5 + bias).clamp(0, 1)
        coarse = torch.rand(count) < 0.25  # crops of distant faces are coarse
        if coarse.any():
            small = F.interpolate(images[coarse], scale_factor=0.4, mode="area")
            images[coarse] = F.interpolate(small, size=self.size, mode="bilinear", align_corners=False)
        self._erase(images)
        return {
            "pixel_values": normalise(images).contiguous(memory_format=torch.channels_last),
            "emotion": torch.from_numpy(self.emotions[rows]),
            "units": torch.from_numpy(self.units[rows]),
        }

    def _grid(self, count: int) -> torch.Tensor:
        """(B, size, size, 2) sampling positions of random similarity transforms."""
        angle = (torch.rand(count) - 0.5) * 0.4
        scale = (0.88 + 0.27 * torch.rand(count)) / SURROUND
        flip = torch.where(torch.rand(count) < 0.5, -1.0, 1.0)
        shift = (torch.rand(count, 2) - 0.5) * 0.2 / SURROUND
        cos, sin = scale * angle.cos(), scale * angle.sin()
        theta = torch.stack(
            [torch.stack([cos * flip, -sin, shift[:, 0]], 1), torch.stack([sin * flip, cos, shift[:, 1]], 1)],
            1,
        )
        return F.affine_grid(theta, [count, 1, self.size, self.size], align_corners=False)

    def _erase(self, images: torch.Tensor) -> None:
        for i in torch.nonzero(torch.rand(len(images)) < 0.3).flatten().tolist():
            side = self.size * (0.1 + 0.25 * torch.rand(2))
            y, x = (int(torch.rand(()) * (self.size - s)) for s in side)
            images[i, :, y : y + int(side[0]), x : x + int(side[1])] = torch.rand(())


def normalise(images: torch.Tensor) -> torch.Tensor:
    """0 to 1 -> about unit variance, as the image processor does."""
    return (images - 0.5) / 0.25


def centre_crops(crops: np.ndarray, size: int) -> torch.Tensor:
    """(N, TABLE_CROP, TABLE_CROP) uint8 -> (N, 1, size, size): what the model sees at run time."""
    side = round(crops.shape[1] / SURROUND)
    start = (crops.shape[1] - side) // 2
    images = torch.from_numpy(crops[:, start : start + side, start : start + side]).float()[:, None] / 255
    if side != size:
        images = F.interpolate(images, size=size, mode="bicubic", antialias=True).clamp(0, 1)
    return normalise(images)


def train_tower(recipe: TowerRecipe) -> None:
    """Train, resuming from the last checkpoint in ``recipe.out``, and write the tower there."""
    evidence = AUEvidence.load(recipe.evidence)
    splits = [(FaceTable.load(s.faces).split(s.hold_out), s.weight) for s in recipe.sources]
    table = FaceTable.concatenate([kept for (kept, _), _ in splits])
    emotions, units = tower_targets(table, evidence)
    weights = np.concatenate([np.full(len(kept), weight) for (kept, _), weight in splits])
    frequency = np.bincount(emotions[emotions >= 0], minlength=len(EMOTIONS)) / len(emotions)
    weights = weights * np.where(emotions >= 0, frequency[emotions] ** recipe.balance, 1.0)

    torch.manual_seed(recipe.seed)
    config = ResNetConfig(
        num_channels=1,
        embedding_size=recipe.stem,
        hidden_sizes=list(recipe.widths),
        depths=list(recipe.depths),
        layer_type="basic",
    )
    model = TowerWithHeads(config, recipe.label_smoothing, recipe.au_weight)
    trainer = Trainer(
        model=model,
        args=_arguments(recipe),
        train_dataset=FaceDataset(weights, recipe.epoch_faces * recipe.epochs, recipe.seed),
        data_collator=Augment(table.crops, emotions, units, recipe.image_size),
    )
    trainer.train(resume_from_checkpoint=get_last_checkpoint(str(recipe.out / "checkpoints")))
    model.tower.save_pretrained(recipe.out)
    held = [out for (_, out), _ in splits if len(out)]
    figures = (
        {
            str(s.faces.name): measure_tower(model, out, evidence, recipe.image_size)
            for s, ((_, out), _) in zip(recipe.sources, splits, strict=True)
            if len(out)
        }
        if held
        else {}
    )
    (recipe.out / "figures.json").write_text(json.dumps(figures, indent=1))


def _arguments(recipe: TowerRecipe) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(recipe.out / "checkpoints"),
        num_train_epochs=1,
        per_device_train_batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        lr_scheduler_type="cosine",
        warmup_steps=0.05,
        logging_steps=50,
        save_strategy="steps",
        save_steps=200,
        save_total_limit=1,
        seed=recipe.seed,
        report_to=[],
        remove_unused_columns=False,
        dataloader_num_workers=0,
        use_cpu=not torch.cuda.is_available(),
    )


@torch.no_grad()
def measure_tower(model: TowerWithHeads, table: FaceTable, evidence: AUEvidence, size: int) -> dict[str, Any]:
    """Emotion accuracy and class mean of the emotion head on a table of faces."""
    model.eval()
    emotions, units = tower_targets(table, evidence)
    outputs = [
        model(
            centre_crops(table.crops[i : i + 256], size),
            torch.from_numpy(emotions[i : i + 256]),
            torch.from_numpy(units[i : i + 256]),
        )
        for i in range(0, len(table), 256)
    ]
    guess = torch.cat([o["emotion_logits"] for o in outputs]).argmax(1).numpy()
    labelled = emotions >= 0
    hit = (guess == emotions)[labelled]
    per_class = [hit[emotions[labelled] == c].mean() for c in np.unique(emotions[labelled])]
    return {"n": int(labelled.sum()), "accuracy": float(hit.mean()), "class_mean": float(np.mean(per_class))}
