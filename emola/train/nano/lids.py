"""Lids stage: trains the network that detects closed eyes, on eyes and on lids drawn over eyes."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from emola.data.hold_out import is_held_out
from emola.data.labels import label_folder
from emola.errors import DataError
from emola.face.landmarker import Face, FaceLandmarker
from emola.face.visibility.lids import HEIGHT, WIDTH, LidNet, eye_crop
from emola.files import replacing
from emola.train.nano.face_sources import PictureSource

log = logging.getLogger(__name__)

Grey = npt.NDArray[np.uint8]
Points = npt.NDArray[np.floating[Any]]

SIDES = ("right", "left")
STYLES = ("flat", "inpainted", "pulled")
"""Styles of drawn lids: one grey, inpainted from the surroundings, or the upper lid pulled down."""
CLOSED, OPEN = 0.64, 0.5
"""Mean blink from which the eyes of a face count as closed, and below which they count as open."""

_UPPER = {
    "right": (33, 246, 161, 160, 159, 158, 157, 173, 133),
    "left": (263, 466, 388, 387, 386, 385, 384, 398, 362),
}
_LOWER = {
    "right": (33, 7, 163, 144, 145, 153, 154, 155, 133),
    "left": (263, 249, 390, 373, 374, 380, 381, 382, 362),
}


@dataclass(frozen=True)
class LidsRecipe:
    """Settings of the lids stage.

    sources: labelled sets; share: fraction of the faces that get drawn lids, and of those with wide open
    eyes that are used at all; narrow: ratio of height to width below which eyes are narrow, all of which are
    used; false_alarms: share of the open training eyes that may be reported as closed.
    """

    sources: tuple[PictureSource, ...]
    out: Path
    share: float = 0.1
    narrow: float = 0.2
    epochs: int = 25
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    false_alarms: float = 0.005
    seed: int = 0


@dataclass(frozen=True)
class LidExamples:
    """Eyes, row by row.

    pictures: (N, HEIGHT, WIDTH). closed, held_out: (N,). kinds: (N,) a style of ``STYLES``, "closed", "open"
    or "narrow".
    """

    pictures: npt.NDArray[np.float32]
    closed: npt.NDArray[np.bool_]
    kinds: npt.NDArray[np.str_]
    held_out: npt.NDArray[np.bool_]


def train_lids(recipe: LidsRecipe) -> LidNet:
    """Train, write the network to ``recipe.out`` and its held-out figures to a JSON file beside it."""
    rng, landmarker, parts = np.random.default_rng(recipe.seed), FaceLandmarker(), []
    for source in recipe.sources:
        with label_folder(source.data) as records:
            for record in records:
                image = record.image.open()
                if faces := landmarker.detect(image):
                    held_out = is_held_out(record.subject or "", source.hold_out)
                    parts.append(eyes_of(image, faces[0], held_out, recipe, rng))
            log.info("%s: eyes of %d faces", source.data.name, len(records))
    return fit_lids(recipe, joined([part for part in parts if len(part.closed)]))


def eyes_of(
    image: Image.Image, face: Face, held_out: bool, recipe: LidsRecipe, rng: np.random.Generator
) -> LidExamples:
    """Return the eyes of a face, and those with drawn lids; none of a face that is not sampled."""
    blink = np.mean([face.blendshapes["eyeBlinkLeft"], face.blendshapes["eyeBlinkRight"]])
    narrow = max(_height(face.landmarks, side) for side in SIDES) < recipe.narrow
    chosen = rng.random() < recipe.share
    grey = np.asarray(image.convert("L"))
    kinds: list[tuple[str, Grey]] = []
    if blink >= CLOSED:
        kinds.append(("closed", grey))
    elif blink < OPEN and (narrow or chosen):
        kinds.append(("narrow" if narrow else "open", grey))
    if blink < OPEN and chosen:
        style = str(rng.choice(STYLES))
        kinds.append((style, with_lids(grey, face.landmarks, style, rng)))
    eyes = [
        eye_crop(pixels, face.landmarks, side, rng.normal(0, 0.04, 2), rng.uniform(0.9, 1.12))
        for _, pixels in kinds
        for side in SIDES
    ]
    names = np.array([kind for kind, _ in kinds for _ in SIDES], dtype="<U9")
    return LidExamples(
        pictures=np.array(eyes, dtype=np.float32).reshape(-1, HEIGHT, WIDTH),
        closed=~np.isin(names, ["open", "narrow"]),
        kinds=names,
        held_out=np.full(len(names), held_out),
    )


def joined(parts: Sequence[LidExamples]) -> LidExamples:
    """Return the examples as one. Raises DataError if there are none."""
    if not parts:
        raise DataError("No eyes were found to learn from; give other sources.")
    return LidExamples(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in vars(parts[0])})


def with_lids(grey: Grey, points: Points, style: str, rng: np.random.Generator) -> Grey:
    """Return the picture, (H, W), with closed lids drawn over both eyes. points: (478, 2) in pixels."""
    drop, dark = rng.uniform(0.6, 1), rng.uniform(0.2, 0.6)
    for side in SIDES:
        upper, lower = (points[list(part[side])].astype(np.float64) for part in (_UPPER, _LOWER))
        width = max(float(np.linalg.norm(upper[0] - upper[-1])), 1.0)
        outline = np.concatenate([upper, lower[::-1]])
        outline = (outline - outline.mean(0)) * [1.08, 1.3] + outline.mean(0)
        mask = np.zeros(grey.shape, np.uint8)
        cv2.fillPoly(mask, [_subpixels(outline)], 255, cv2.LINE_AA, shift=3)
        around = cv2.dilate(mask, np.ones((3, 3)), iterations=max(1, int(0.15 * width))) > mask
        tone = float(np.median(grey[around])) if around.any() else 128.0
        skin = _skin(grey, mask, upper, lower, style, tone, width)
        soft = cv2.GaussianBlur(mask, (0, 0), max(0.04 * width, 0.3)) / 255.0
        grey = (grey * (1 - soft) + skin * soft).clip(0, 255).astype(np.uint8)
        if rng.random() < 0.9:
            line = _subpixels(upper * (1 - drop) + lower * drop)
            thick = max(1, round(width * rng.uniform(0.03, 0.09)))
            cv2.polylines(grey, [line], False, (tone * dark,), thick, cv2.LINE_AA, shift=3)
    return grey


def _skin(
    grey: Grey, mask: Grey, upper: Points, lower: Points, style: str, tone: float, width: float
) -> npt.NDArray[Any]:
    """Return (H, W) the grey values of a drawn lid."""
    if style == "flat":
        return np.full(grey.shape, tone)
    if style == "inpainted":
        grown = cv2.dilate(mask, np.ones((3, 3)))
        return np.asarray(cv2.inpaint(grey, grown, 0.2 * width, cv2.INPAINT_TELEA))
    y, x = np.mgrid[: grey.shape[0], : grey.shape[1]].astype(np.float32)
    top = float(upper[:, 1].mean() + lower[:, 1].mean()) / 2 - 0.45 * width
    bottom = float(lower[:, 1].max())
    lid = float(upper[:, 1].min()) - 0.06 * width
    along = ((y - top) / (bottom - top)).clip(0, 1)
    source = np.where((y > top) & (y < bottom), top + along * (lid - top), y).astype(np.float32)
    return np.asarray(cv2.remap(grey, x, source, cv2.INTER_LINEAR))


def _subpixels(points: Points) -> npt.NDArray[np.int32]:
    return np.round(points * 8).astype(np.int32)  # OpenCV draws at multiples of 1/8 pixel


def _height(points: Points, side: str) -> float:
    """Return the ratio of an eye's height to its width."""
    upper, lower = (points[list(part[side])] for part in (_UPPER, _LOWER))
    width = float(np.linalg.norm(upper[0] - upper[-1]))
    return float(np.linalg.norm(upper[4] - lower[4])) / max(width, 1e-6)


def fit_lids(recipe: LidsRecipe, examples: LidExamples) -> LidNet:
    """Train on the people who are not held out, test on the others, and write network and figures."""
    torch.manual_seed(recipe.seed)
    rng, training = np.random.default_rng(recipe.seed), np.flatnonzero(~examples.held_out)
    labels = examples.closed[training]
    if labels.all() or not labels.any():
        raise DataError("Closed and open eyes are needed to learn from; give other sources.")
    model = _network()
    optimiser = torch.optim.AdamW(model.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay)
    for _ in range(recipe.epochs):
        order = rng.permutation(training)
        for start in range(0, len(order), recipe.batch_size):
            rows = order[start : start + recipe.batch_size]
            closed = torch.from_numpy(examples.closed[rows].astype(np.float32))
            logits = model(_varied(examples.pictures[rows], rng))[:, 0]
            optimiser.zero_grad()
            torch.autograd.backward(F.binary_cross_entropy_with_logits(logits, closed))
            optimiser.step()
    model.eval()
    with torch.no_grad():
        logits = model(torch.from_numpy(examples.pictures)[:, None])[:, 0].numpy()
    half = max(0.0, float(np.quantile(logits[training][~labels], 1 - recipe.false_alarms)))
    network = _exported(model, half)
    network.save(recipe.out)
    figures = _figures(examples, logits >= half)
    with replacing(recipe.out.with_suffix(".json")) as partial:
        partial.write_text(json.dumps(figures, indent=1))
    log.info("Reported as closed, on held-out people: %s", figures)
    return network


def _network() -> nn.Sequential:
    inner = 32 * WIDTH // 4 * HEIGHT // 4
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, 2, 2), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Flatten(),
        nn.Dropout(0.4), nn.Linear(inner, 32), nn.ReLU(), nn.Linear(32, 1),
    )  # fmt: skip


def _exported(model: nn.Sequential, half: float) -> LidNet:
    """Return the network in numpy; ``half``: log odds that it reports as a probability of one half."""
    layers = [layer for layer in model if isinstance(layer, (nn.Conv2d, nn.Linear))]
    tensors: dict[str, npt.NDArray[np.float32]] = {}
    for name, layer in zip(("first", "second", "inner", "outer"), layers, strict=True):
        for part, values in layer.state_dict().items():
            tensors[f"{name}.{part}"] = values.numpy().copy()
    tensors["outer.bias"] -= half
    return LidNet(tensors)


def _varied(pictures: npt.NDArray[np.float32], rng: np.random.Generator) -> torch.Tensor:
    """Shift (B, HEIGHT, WIDTH) by up to two pixels, blur and add noise; return (B, 1, HEIGHT, WIDTH)."""
    moved = np.stack(
        [np.roll(eye, (rng.integers(-1, 2), rng.integers(-2, 3)), axis=(0, 1)) for eye in pictures]
    )
    if rng.random() < 0.5:
        sigma = rng.uniform(0.3, 1.2)
        moved = np.stack([cv2.GaussianBlur(eye, (0, 0), sigma) for eye in moved])
    moved = moved + rng.normal(size=moved.shape) * rng.uniform(0, 0.2)
    moved = (moved - moved.mean((1, 2), keepdims=True)) / moved.std((1, 2), keepdims=True).clip(1e-3)
    return torch.from_numpy(moved.astype(np.float32))[:, None]


def _figures(examples: LidExamples, closed: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Return the share of each kind of eye that is reported as closed, on held-out people."""
    figures = {}
    for kind in sorted(set(examples.kinds.tolist())):
        rows = examples.held_out & (examples.kinds == kind)
        if rows.any():
            figures[kind] = {"share": round(float(closed[rows].mean()), 4), "n": int(rows.sum())}
    return figures
