"""Faces with drawn covers, for training and testing the covers network.

Each picture of a labelled set yields the unaltered face, the face with a cover of a random kind, and
sometimes the face with a decoy. The landmarks are detected again on the altered picture, so that they are
as inaccurate as under a real cover.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from emola.data.hold_out import is_held_out
from emola.data.labels import label_folder
from emola.data.records import Record
from emola.face.crop import CROP_MARGIN, CROP_SIZE, UprightSquare
from emola.face.landmarker import FaceLandmarker
from emola.files import replacing
from emola.train.nano.covers import DECOYS, HELD_OUT_COVERS, TRAINING_COVERS, Canvas, cover, decoy
from emola.train.nano.covers.canvas import Array

log = logging.getLogger(__name__)

PLAIN = "none"
SURROUND = 1.25
"""Ratio of the sides of a stored crop and of ``Face.crop``, which is its centre."""
STORED = 80
"""Side of a stored crop in pixels."""

_PART = 500
_DECOY_SHARE = 0.4  # of the plain faces, and of the covered ones
_HELD_OUT_COVERED = 2  # covers per held-out face


@dataclass(frozen=True)
class CoverExamples:
    """Faces, row by row.

    images, groups: (N,) file name and person. kinds: (N,) the cover or decoy, or ``PLAIN``. held_out: (N,)
    whether the person is held out. crops: (N, STORED, STORED) grey, with surroundings. covers: the same
    shape, how much of each pixel is hidden, 0 to 255. landmarks: (N, 478, 2) in pixels of the stored crop.
    """

    images: npt.NDArray[np.str_]
    groups: npt.NDArray[np.str_]
    kinds: npt.NDArray[np.str_]
    held_out: npt.NDArray[np.bool_]
    crops: npt.NDArray[np.uint8]
    covers: npt.NDArray[np.uint8]
    landmarks: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.images)

    def where(self, rows: npt.NDArray[Any]) -> CoverExamples:
        """Return the rows of a boolean mask or an array of row numbers."""
        return CoverExamples(**{name: column[rows] for name, column in vars(self).items()})

    @classmethod
    def load(cls, folder: Path) -> CoverExamples:
        """Read all parts that ``build_cover_examples`` wrote."""
        parts = []
        for path in sorted(folder.glob("covers-*.npz")):
            with np.load(path, allow_pickle=False) as archive:
                parts.append({column.name: archive[column.name] for column in fields(cls)})
        return cls(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})

    def save(self, path: Path) -> None:
        """Write the rows as one part, atomically."""
        with replacing(path) as partial, partial.open("wb") as file:
            np.savez_compressed(file, **vars(self))


def build_cover_examples(data: Path, hold_out: int, out: Path, seed: int) -> None:
    """Draw covers on every face of a labelled set and write ``covers-*.npz`` parts to ``out``.

    hold_out: one person in this many is held out, see ``is_held_out``. Existing parts are not made again.
    """
    landmarker = FaceLandmarker()
    with label_folder(data) as records:
        for start in range(0, len(records), _PART):
            path = out / f"covers-{data.stem}-{start // _PART:03d}.npz"
            if not path.exists():
                rng = np.random.default_rng([seed, start])
                draw_covers(records[start : start + _PART], hold_out, landmarker, rng).save(path)
            log.info(
                "%s: covers drawn on %d of %d", data.name, min(start + _PART, len(records)), len(records)
            )


def draw_covers(
    records: Sequence[Record], hold_out: int, landmarker: FaceLandmarker, rng: np.random.Generator
) -> CoverExamples:
    """Return the examples of some records."""
    pixels = [np.asarray(record.image.open().convert("L"), dtype=np.float64) for record in records]
    rows: list[dict[str, object]] = []
    for record, grey in zip(records, pixels, strict=True):
        points = _landmarks(landmarker, grey)
        if points is None:
            continue
        held_out = is_held_out(record.subject or "", hold_out)
        person = {"images": record.id, "groups": record.subject or "", "held_out": held_out}
        rows.append({**person, "kinds": PLAIN, **_stored(grey, np.zeros_like(grey), points)})
        other = pixels[int(rng.integers(len(pixels)))]
        kinds = [*TRAINING_COVERS, *HELD_OUT_COVERS] if held_out else [*TRAINING_COVERS]
        drawn = [str(kind) for kind in rng.choice(kinds, _HELD_OUT_COVERED if held_out else 1)]
        drawn += [str(rng.choice([*DECOYS]))] * bool(rng.random() < _DECOY_SHARE)
        for kind in drawn:
            changed, hidden = _drawn(Canvas(grey, points, other, rng), kind)
            detected = _landmarks(landmarker, changed)
            if detected is not None and np.abs(detected.mean(0) - points.mean(0)).max() < 0.3 * np.ptp(
                points[:, 0]
            ):
                rows.append({**person, "kinds": kind, **_stored(changed, hidden, detected)})
    return CoverExamples(**{c.name: np.array([row[c.name] for row in rows]) for c in fields(CoverExamples)})


def _drawn(canvas: Canvas, kind: str) -> tuple[Array, Array]:
    """Return the picture with a cover or decoy, and how much of each pixel is hidden, 0 to 1."""
    if kind in DECOYS:
        return decoy(canvas, kind).clip(0, 255), np.zeros_like(canvas.pixels)
    if canvas.chance(_DECOY_SHARE):
        pixels = decoy(canvas, str(canvas.rng.choice([*DECOYS]))).clip(0, 255)
        canvas = Canvas(pixels, canvas.points, canvas.other, canvas.rng)
    return cover(canvas, kind)


def _landmarks(landmarker: FaceLandmarker, grey: Array) -> Array | None:
    """Return the landmarks of the largest face, (478, 2), None if no face is detected."""
    faces = landmarker.detect(Image.fromarray(grey.astype(np.uint8)).convert("RGB"))
    return faces[0].landmarks.astype(np.float64) if faces else None


def _stored(grey: Array, hidden: Array, points: Array) -> dict[str, npt.NDArray[Any]]:
    """Return the columns crops, covers and landmarks of an example."""
    square = UprightSquare.around(points, CROP_MARGIN * SURROUND)
    crops, covers = (
        np.asarray(_small(square.crop(Image.fromarray(part.astype(np.uint8)), round(CROP_SIZE * SURROUND))))
        for part in (grey, hidden * 255)
    )
    return {"crops": crops, "covers": covers, "landmarks": square.to_crop(points, STORED)}


def _small(crop: Image.Image) -> Image.Image:
    return crop.convert("L").resize((STORED, STORED), Image.Resampling.BICUBIC)
