"""Covers stage: trains the network that detects covered regions, on faces with drawn covers."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import nn

from emola.errors import DataError
from emola.faba.regions import REGIONS
from emola.face.visibility.covers import INPUT_SIDE, JOINS, STAGES, CoverNet
from emola.face.visibility.regions import face_mask, region_masks
from emola.files import replacing
from emola.model.devices import computes_in_bfloat16
from emola.train.nano.covers import DECOYS, HELD_OUT_COVERS, TRAINING_COVERS
from emola.train.nano.covers.canvas import Array
from emola.train.nano.covers.examples import PLAIN, STORED, CoverExamples, build_cover_examples
from emola.train.nano.face_sources import PictureSource

log = logging.getLogger(__name__)

Rows = npt.NDArray[np.int64]

COVERED = 0.6
"""A region hidden to at least this share counts as covered."""
UNCOVERED = 0.1
"""A region hidden to at most this share counts as uncovered; those in between count as neither."""

_EDGE = (STORED - INPUT_SIDE) // 2


@dataclass(frozen=True)
class CoversRecipe:
    """Settings of the covers stage.

    sources: labelled sets; examples: folder for the faces with drawn covers, made if missing; false_alarms:
    share of the uncovered training faces that may exceed a region's threshold; doubtful: probability above
    which, after ``clean_after`` epochs, faces without a drawn cover are left out, because some of them
    really are covered.
    """

    sources: tuple[PictureSource, ...]
    examples: Path
    out: Path
    epochs: int = 20
    clean_after: int = 8
    doubtful: float = 0.5
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    false_alarms: float = 0.0005
    seed: int = 0


class CoverTrainNet(nn.Module):
    """The ``CoverNet`` with batch normalisation, which ``exported`` folds into the convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.stages = nn.ModuleDict()
        for name, (channels, out, kernel, stride) in STAGES.items():
            stage = nn.Conv2d(channels, out, kernel, stride, kernel // 2)
            self.stages[name] = (
                stage if name == "head" else nn.Sequential(stage, nn.BatchNorm2d(out), nn.ReLU())
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return log odds that a pixel is hidden, (B, S / 2, S / 2), for (B, S, S) standardised greys."""
        x = x[:, None]
        outputs: dict[str, torch.Tensor] = {}
        for name, stage in self.stages.items():
            if name in JOINS:
                x = torch.cat([F.interpolate(x, scale_factor=2, mode="nearest"), outputs[JOINS[name]]], dim=1)
            x = outputs[name] = stage(x)
        return x[:, 0]

    def exported(self, thresholds: Array) -> CoverNet:
        """Return the same network in numpy, with the thresholds of the regions."""
        tensors = {"thresholds": thresholds}
        for name, stage in self.stages.items():
            weight, bias = _folded(stage)
            tensors |= {f"{name}.weight": weight.numpy(), f"{name}.bias": bias.numpy()}
        return CoverNet(tensors)


@torch.no_grad()
def _folded(stage: nn.Module) -> tuple[torch.Tensor, torch.Tensor]:
    """Return weight and bias of a convolution, with the following batch normalisation folded in."""
    convolution, *rest = [stage] if isinstance(stage, nn.Conv2d) else stage.children()
    weight, bias = (part.detach().clone() for part in convolution.parameters())
    if rest:
        norm: Any = rest[0]
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weight, bias = weight * scale[:, None, None, None], (bias - norm.running_mean) * scale + norm.bias
    return weight, bias


def train_covers(recipe: CoversRecipe) -> CoverNet:
    """Train, write the network to ``recipe.out`` and its held-out figures to a JSON file beside it.

    Raises DataError if no face was detected, or if all people are held out.
    """
    for source in recipe.sources:
        build_cover_examples(source.data, source.hold_out, recipe.examples, recipe.seed)
    examples = CoverExamples.load(recipe.examples)
    training = examples.where(~examples.held_out)
    if not len(training):
        raise DataError(f"{recipe.examples} holds no faces to learn from; give other sources.")
    torch.manual_seed(recipe.seed)
    model, left_out = _fit(recipe, training)
    shares = measured_shares(model, training)
    thresholds = _thresholds(shares[~left_out], hidden_shares(training)[~left_out], recipe.false_alarms)
    network = model.exported(thresholds)
    network.save(recipe.out)
    tested = examples.where(examples.held_out)
    if len(tested):
        figures = judge(tested, measured_shares(model, tested) >= thresholds)
        with replacing(recipe.out.with_suffix(".json")) as partial:
            partial.write_text(json.dumps(figures, indent=1))
        log.info("On held-out people: %s", figures)
    return network


def _fit(recipe: CoversRecipe, examples: CoverExamples) -> tuple[CoverTrainNet, npt.NDArray[np.bool_]]:
    """Return the trained network, and (N,) which faces were left out as really covered."""
    model = CoverTrainNet()
    torch.nn.utils.convert_conv2d_weight_memory_format(model, torch.channels_last)
    fast = computes_in_bfloat16("cpu")
    optimiser = torch.optim.AdamW(model.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay)
    steps = recipe.epochs * (len(examples) // recipe.batch_size + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.learning_rate, steps, pct_start=0.1)
    rng = np.random.default_rng(recipe.seed)
    left_out = np.zeros(len(examples), dtype=bool)
    masks = _face_masks(examples)
    for epoch in range(recipe.epochs):
        if epoch == recipe.clean_after:
            undrawn = hidden_shares(examples).max(1) == 0
            left_out = undrawn & (measured_shares(model, examples).max(1) > recipe.doubtful)
            log.info("%d faces seem to be really covered; leaving them out", left_out.sum())
        losses = []
        model.train()
        for rows in _batches(np.flatnonzero(~left_out), recipe.batch_size, rng):
            x, hidden, weight = varied(examples.crops[rows], examples.covers[rows], masks[rows], rng)
            with torch.autocast("cpu", torch.bfloat16, enabled=fast):
                logits = model(x).float()
            each = F.binary_cross_entropy_with_logits(logits, hidden, reduction="none")
            loss = (each * weight).sum() / weight.sum()
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        log.info("epoch %d of %d: loss %.4f", epoch + 1, recipe.epochs, np.mean(losses))
    return model.eval(), left_out


def _batches(rows: Rows, size: int, rng: np.random.Generator) -> Iterator[Rows]:
    rows = rng.permutation(rows)
    for start in range(0, len(rows), size):
        if len(batch := rows[start : start + size]) > 1:  # batch normalisation needs two
            yield batch


def _face_masks(examples: CoverExamples) -> npt.NDArray[np.uint8]:
    """Return (N, STORED, STORED) 255 within the face and 0 outside."""
    return np.stack([face_mask(points, STORED) for points in examples.landmarks]).astype(np.uint8) * 255


def varied(
    crops: npt.NDArray[np.uint8],
    covers: npt.NDArray[np.uint8],
    masks: npt.NDArray[np.uint8],
    rng: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Augment stored crops.

    Returns the standardised grey values, (B, S, S); how much is hidden, (B, S / 2, S / 2), 0 to 1; and the
    weights of the pixels, (B, S / 2, S / 2). The crops are flipped, shifted, rotated and scaled a little,
    and get a lower resolution, other light and noise.
    """
    count = len(crops)
    maps = torch.from_numpy(np.stack([crops, covers, masks], axis=1).astype(np.float32))
    angle, scale = rng.normal(0, 0.06, count), rng.normal(1, 0.05, count) * INPUT_SIDE / STORED
    mirror = rng.choice([-1, 1], count)
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    shift = rng.normal(0, 0.03, (2, count))
    grid = np.array([[cos * mirror, -sin, shift[0]], [sin * mirror, cos, shift[1]]]).transpose(2, 0, 1)
    views = F.grid_sample(
        maps,
        F.affine_grid(torch.from_numpy(grid.astype(np.float32)), [count, 3, INPUT_SIDE, INPUT_SIDE], False),
        align_corners=False,
    )
    grey = _degraded(views[:, 0], rng)
    halves = F.avg_pool2d(views[:, 1:] / 255, 2)
    return _standardised(grey), halves[:, 0].clamp(0, 1), 0.02 + halves[:, 1]


def _degraded(grey: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Return (B, S, S) grey values with lower resolution, other light and noise."""
    side = int(rng.integers(20, 3 * INPUT_SIDE))  # the same for a batch
    if side < INPUT_SIDE:
        coarse = F.interpolate(grey[:, None], (side, side), mode="area")
        grey = F.interpolate(coarse, grey.shape[-2:], mode="bicubic", align_corners=False)[:, 0]
    gamma, noise = (torch.from_numpy(rng.uniform(low, high, (len(grey), 1, 1)).astype(np.float32))
                    for low, high in ((0.5, 1.9), (0, 0.06)))  # fmt: skip
    grey = (grey / 255).clamp(0, 1) ** gamma
    light = torch.from_numpy(rng.uniform(0.2, 1.3, (len(grey), 1, 1)).astype(np.float32))
    seed = torch.from_numpy(rng.standard_normal(grey.shape).astype(np.float32))
    return ((grey * light + seed * noise * light).clamp(0, 1)) * 255


def _standardised(grey: torch.Tensor) -> torch.Tensor:
    """Standardise (B, S, S) like ``emola.face.visibility.covers.standardise``."""
    mean = grey.mean((1, 2), keepdim=True)
    return (grey - mean) / grey.std((1, 2), correction=0, keepdim=True).clamp(min=1.0)


def _centres(crops: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return crops[:, _EDGE:-_EDGE, _EDGE:-_EDGE]


def _means(values: npt.NDArray[Any], examples: CoverExamples) -> Array:
    """Return the means, (N, R), of (N, S, S) values over the regions."""
    means = np.zeros((len(examples), len(REGIONS)))
    for row, points in enumerate(examples.landmarks):
        for column, mask in enumerate(region_masks(points - _EDGE, INPUT_SIDE).values()):
            means[row, column] = values[row][mask].mean() if mask.any() else 0
    return means


def hidden_shares(examples: CoverExamples) -> Array:
    """Return (N, R) how much of each region the drawn cover hides."""
    return _means(_centres(examples.covers) / 255.0, examples)


@torch.no_grad()
def measured_shares(model: CoverTrainNet, examples: CoverExamples) -> Array:
    """Return (N, R) the network's mean probability over each region."""
    model.eval()
    crops = torch.from_numpy(_centres(examples.crops).astype(np.float32))
    hidden = [torch.sigmoid(model(_standardised(part))) for part in torch.split(crops, 256)]
    return _means(torch.cat(hidden).numpy().repeat(2, axis=1).repeat(2, axis=2), examples)


def _thresholds(shares: Array, hidden: Array, false_alarms: float) -> Array:
    """Return (R,) thresholds that ``false_alarms`` of the uncovered faces exceed, from 1/2 to 2/3."""
    thresholds = [
        np.quantile(share[truth <= UNCOVERED], 1 - false_alarms)
        for share, truth in zip(shares.T, hidden.T, strict=True)
    ]
    return np.clip(thresholds, 1 / 2, 2 / 3)


def judge(examples: CoverExamples, covered: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Return the recall of covered regions, and the false alarms on faces without a cover.

    covered: (N, R) predictions.
    """
    hidden, undrawn = hidden_shares(examples), ~np.isin(examples.kinds, [*TRAINING_COVERS, *HELD_OUT_COVERS])
    figures: dict[str, Any] = {"recall": {}, "recall_by_kind": {}, "false_alarms": {}}
    for title, kinds in (("training kinds", TRAINING_COVERS), ("held-out kinds", HELD_OUT_COVERS)):
        rows = np.isin(examples.kinds, [*kinds])
        truth = hidden >= COVERED
        figures["recall"][title] = {
            name: _share(covered[rows, i][truth[rows, i]]) for i, name in enumerate(REGIONS)
        }
        for kind in kinds:
            of_kind = examples.kinds == kind
            figures["recall_by_kind"][kind] = _share(covered[of_kind][truth[of_kind]])
    for kind in (PLAIN, *DECOYS):
        figures["false_alarms"][kind] = _share(covered[undrawn & (examples.kinds == kind)].any(1))
    beside = ~undrawn[:, None] & (hidden <= UNCOVERED)
    figures["false_alarms"]["regions beside a cover"] = _share(covered[beside])
    return figures


def _share(flags: npt.NDArray[np.bool_]) -> dict[str, float | int]:
    """Return the share of true flags, and their number."""
    return {"share": round(float(flags.mean()), 4) if flags.size else 0.0, "n": int(flags.size)}
