"""Tower stage: trains Nano's vision tower, a small ResNet that reads emotion and action units from pixels.

Two linear heads on the pooled features learn emotion labels and action units, the latter from FACS codes or,
without codes, from the evidence of the landmarks. The language model does not use the heads but the feature
map below them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F
from transformers import ResNetConfig, ResNetModel, Trainer, TrainingArguments

from emola.errors import RecipeError
from emola.faba.action_units import NANO_AUS
from emola.faba.emotions import EMOTIONS
from emola.face.evidence import EVIDENCE_NAME, AUEvidence
from emola.files import replacing
from emola.model.devices import trainer_options
from emola.model.integrity import load_errors, read_json
from emola.train.nano.augment import Augment, centre_crops
from emola.train.nano.averaging import average
from emola.train.nano.evidence import unit_f1
from emola.train.nano.face_sources import FaceSource, draw
from emola.train.nano.face_table import FaceTable
from emola.train.resume import CHECKPOINTS, checkpoint_to_resume

log = logging.getLogger(__name__)

IGNORE = -100

STATISTICS_BATCHES = 64
"""Number of batches that set the normalisation statistics of an averaged tower."""

LEAST_ACTIVE = 5
"""Lowest number of active held-out faces from which the F1 of a unit is reported."""

LEAST_CHANNELS = 16
"""Least number of channels of a convolution. With fewer, the gradient of a strided 1x1 convolution in oneDNN
writes past a buffer (github.com/uxlfoundation/oneDNN, issue 6035)."""

HEADS = "heads.safetensors"
"""File of the two heads beside the tower; they initialise the image projector and the corpus uses them."""


@dataclass(frozen=True)
class TowerRecipe:
    """Settings of the tower stage.

    sources: face tables; evidence: file of the evidence stage; start: folder of a trained tower of the same
    shape to continue from; average: whether the result is the mean of the weights before and after;
    image_size: side of the input in pixels; stem, widths, depths: of the ResNet; epoch_faces: faces per
    epoch, sampled with ``balance`` as by ``face_sources.draw``; au_weight: weight of the units' loss.

    Raises RecipeError for a convolution of less than ``LEAST_CHANNELS`` channels.
    """

    sources: tuple[FaceSource, ...]
    evidence: Path
    out: Path
    start: Path | None = None
    average: bool = False
    image_size: int = 64
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

    def __post_init__(self) -> None:
        if min(self.stem, *self.widths) < LEAST_CHANNELS:
            given = f"'stem' is {self.stem} and 'widths' are {[*self.widths]}"
            raise RecipeError(f"{given}; each must be {LEAST_CHANNELS} or more.")


class TowerWithHeads(nn.Module):
    """The tower and its two heads; ``image_size`` in its config is the side of its input."""

    def __init__(self, config: ResNetConfig, label_smoothing: float = 0.0, au_weight: float = 1.0) -> None:
        super().__init__()
        self.tower = ResNetModel(config)
        self.emotion_head = nn.Linear(config.hidden_sizes[-1], len(EMOTIONS))
        self.au_head = nn.Linear(config.hidden_sizes[-1], len(NANO_AUS))
        self.dropout = nn.Dropout(0.2)
        self.label_smoothing, self.au_weight = label_smoothing, au_weight
        self.register_state_dict_post_hook(_make_contiguous)  # type: ignore[no-untyped-call]

    def forward(
        self, pixel_values: torch.Tensor, emotion: torch.Tensor, units: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Return the loss.

        pixel_values: (B, 1, S, S); emotion: (B,) class or IGNORE; units: (B, A), nan if unknown.
        """
        pooled = self.dropout(self.pooled(pixel_values))
        au_logits = self.au_head(pooled)
        loss = F.cross_entropy(
            self.emotion_head(pooled), emotion, ignore_index=IGNORE, label_smoothing=self.label_smoothing
        )
        known = ~units.isnan()
        if known.any():
            loss = loss + self.au_weight * F.binary_cross_entropy_with_logits(au_logits[known], units[known])
        return {"loss": loss}

    def save(self, folder: Path) -> None:
        """Write the tower, and the heads beside it."""
        weights = self.state_dict()
        tower = {name.removeprefix("tower."): weights[name] for name in weights if name.startswith("tower.")}
        self.tower.save_pretrained(folder, state_dict=tower)
        save_file({name: weights[name] for name in weights if "_head." in name}, folder / HEADS)

    def load(self, folder: Path) -> TowerWithHeads:
        """Load the weights that ``save`` wrote, of the same shape, and return the model."""
        read_json(folder / "config.json")
        with load_errors(folder):
            tower = ResNetModel.from_pretrained(folder).state_dict()
            weights = {f"tower.{name}": tensor for name, tensor in tower.items()}
            self.load_state_dict(weights | load_file(folder / HEADS))
        return self

    @torch.no_grad()
    def features(self, crops: npt.NDArray[np.uint8]) -> torch.Tensor:
        """Return the features, (N, F), of table crops, averaged with those of their mirror images."""
        self.eval()
        parts = torch.split(centre_crops(crops, self.tower.config.image_size), 256)
        return torch.cat([(self.pooled(part) + self.pooled(part.flip(3))) / 2 for part in parts])

    @torch.no_grad()
    def beliefs(self, features: torch.Tensor) -> npt.NDArray[np.float32]:
        """Return the probabilities of the emotions, (N, 7), for (N, F) features."""
        return np.asarray(self.emotion_head(features).softmax(1).numpy())

    def evidence(self, landmarks: AUEvidence) -> AUEvidence:
        """Return the evidence of the landmarks combined with the head for action units."""
        weight, bias = self.au_head.weight.detach(), self.au_head.bias.detach()
        return landmarks.with_tower(weight.double().numpy(), bias.double().numpy())

    def pooled(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """Return the pooled features, (B, F), of (B, 1, S, S) pixel values: the input of the heads."""
        pooled: torch.Tensor = self.tower(pixel_values).pooler_output.flatten(1)
        return pooled


def _make_contiguous(
    module: nn.Module, weights: dict[str, Any], prefix: str, metadata: dict[str, Any]
) -> None:
    """Make saved tensors contiguous, as safetensors requires; training uses another memory layout."""
    weights.update((name, tensor.contiguous()) for name, tensor in weights.items())


def load_tower(folder: Path) -> TowerWithHeads:
    """Return a trained tower with its heads."""
    return TowerWithHeads(ResNetConfig.from_pretrained(folder)).load(folder)


def tower_targets(
    table: FaceTable, evidence: AUEvidence
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Return the emotion classes, (N,), and the unit probabilities, (N, A), of a table."""
    emotions = np.array([EMOTIONS.index(e) if e in EMOTIONS else IGNORE for e in table.emotions])
    units = 1 / (1 + np.exp(-evidence.logits(table.priors)))
    units[~table.found] = np.nan
    units[table.coded] = table.active()[table.coded]
    return emotions.astype(np.int64), units.astype(np.float32)


class TowerCollate:
    """Makes augmented batches with targets from faces given as (table, row)."""

    def __init__(self, tables: Sequence[FaceTable], evidence: AUEvidence, size: int) -> None:
        self.tables = tables
        self.targets = [tower_targets(table, evidence) for table in tables]
        self.augment = Augment(size)

    def __call__(self, faces: Sequence[tuple[int, int]]) -> dict[str, torch.Tensor]:
        crops = np.stack([self.tables[table].crops[row] for table, row in faces])
        return {
            "pixel_values": self.augment(torch.from_numpy(crops)),
            "emotion": torch.tensor([self.targets[table][0][row] for table, row in faces]),
            "units": torch.from_numpy(np.stack([self.targets[table][1][row] for table, row in faces])),
        }


def train_tower(recipe: TowerRecipe) -> None:
    """Train, resuming from the last checkpoint, and write the tower to ``recipe.out``."""
    checkpoint = checkpoint_to_resume(recipe)
    torch.manual_seed(recipe.seed)
    evidence = AUEvidence.load(recipe.evidence)
    tables = [source.load() for source in recipe.sources]
    config = ResNetConfig(
        num_channels=1,
        embedding_size=recipe.stem,
        hidden_sizes=list(recipe.widths),
        depths=list(recipe.depths),
        layer_type="basic",
        image_size=recipe.image_size,
    )
    model = TowerWithHeads(config, recipe.label_smoothing, recipe.au_weight)
    if recipe.start:
        model.load(recipe.start)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    count = recipe.epoch_faces * recipe.epochs
    trainer = Trainer(
        model=model,
        args=_arguments(recipe),
        train_dataset=draw(tables, recipe.sources, count, recipe.balance, recipe.seed),
        data_collator=TowerCollate(tables, evidence, recipe.image_size),
    )
    trainer.train(resume_from_checkpoint=checkpoint)
    if recipe.start and recipe.average:
        batches = islice(trainer.get_train_dataloader(), STATISTICS_BATCHES)
        average_towers(model, load_tower(recipe.start), batches)
    save_measured(model, model.evidence(evidence), recipe.sources, recipe.out)


def save_measured(
    model: TowerWithHeads, evidence: AUEvidence, sources: Sequence[FaceSource], out: Path
) -> None:
    """Write a tower, its heads and its evidence, and their figures on held-out people (``figures.json``)."""
    model.save(out)
    evidence.save(out / EVIDENCE_NAME)
    figures = {}
    for source in sources:
        held_out = FaceTable.load(source.faces).split(source.hold_out)[1]
        if len(held_out):
            figures[source.faces.name] = measure_tower(model, evidence, held_out)
    with replacing(out / "figures.json") as partial:
        partial.write_text(json.dumps(figures, indent=1))
    log.info("On held-out people: %s", figures)


def _arguments(recipe: TowerRecipe) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(recipe.out / CHECKPOINTS),
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
        **trainer_options(),
    )


@torch.no_grad()
def average_towers(
    model: TowerWithHeads, other: TowerWithHeads, batches: Iterable[dict[str, torch.Tensor]]
) -> None:
    """Set ``model`` to the mean of its weights and those of ``other``, and renew its batch statistics."""
    average(model.parameters(), other.parameters())
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.reset_running_stats()
            layer.momentum = None  # the plain mean over all batches
    model.train()
    for batch in batches:
        model.tower(batch["pixel_values"].to(next(model.parameters()).device))


def measure_tower(model: TowerWithHeads, evidence: AUEvidence, table: FaceTable) -> dict[str, Any]:
    """Return accuracy and class mean of the emotion head on labelled faces, and the evidence's F1."""
    labelled = table.with_emotions()
    emotions = np.array([EMOTIONS.index(emotion) for emotion in labelled.emotions])
    hit = model.beliefs(model.features(labelled.crops)).argmax(1) == emotions
    recalls = [hit[emotions == label].mean() for label in np.unique(emotions)]
    figures: dict[str, Any] = {"n": len(labelled), "accuracy": float(hit.mean())}
    figures["class_mean"] = float(np.mean(recalls))
    coded = table.where(table.coded & table.found)
    if len(coded):
        predicted = evidence.logits(coded.priors, model.features(coded.crops).numpy()) >= 0
        scores = unit_f1(coded.active(), predicted, LEAST_ACTIVE)
        figures["units"] = {f"AU{au}": f1 for au, f1 in scores.items()}
    return figures
