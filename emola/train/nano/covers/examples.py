"""Faces with covers drawn on them: what the network that sees covers learns from and is judged by.

Each picture of a labelled set gives the face as it is, the face with a cover of a random kind, and some of
them the face with a decoy. A covered picture goes through the landmarker again: its landmarks are then as
wrong as they are under a real cover.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from PIL import Image

from emola.data.hold_out import is_held_out
from emola.data.labels import label_folder
from emola.data.records import Record
from emola.face.crop import CROP_MARGIN, CROP_SIZE, UprightSquare
from emola.face.landmarker import FaceLandmarker
from emola.files import replacing
from emola.train.nano.covers import COVERS, DECOYS, UNSEEN, Canvas, cover, decoy

log = logging.getLogger(__name__)

PLAIN = "none"
SURROUND = 1.25
"""Side of a stored crop over the side of ``Face.crop``, which is its centre."""
STORED = 80
"""Side of a stored crop in pixels."""

_PART = 500
_DECOYED = 0.4  # of the plain faces, and of the covered ones
_COVERED_KEPT_OUT = 2  # covers for each face that judges


@dataclass(frozen=True)
class CoverExamples:
    """Faces, row by row.

    images, groups: (N,) str, file name and person. kinds: (N,) str, the cover or decoy, or ``PLAIN``.
    kept_out: (N,) bool, whether the person is kept out of training. crops: (N, STORED, STORED) uint8, grey,
    with surroundings. covers: the same shape, how much of each pixel is hidden, 0 to 255. landmarks:
    (N, 478, 2) float32 in pixels of the stored crop.
    """

    images: np.ndarray
    groups: np.ndarray
    kinds: np.ndarray
    kept_out: np.ndarray
    crops: np.ndarray
    covers: np.ndarray
    landmarks: np.ndarray

    def __len__(self) -> int:
        return len(self.images)

    def where(self, rows: np.ndarray) -> CoverExamples:
        """The rows that a boolean mask or an array of row numbers picks."""
        return CoverExamples(**{name: column[rows] for name, column in vars(self).items()})

    @classmethod
    def load(cls, folder: Path) -> CoverExamples:
        """All parts that ``build_cover_examples`` wrote."""
        parts = []
        for path in sorted(folder.glob("covers-*.npz")):
            with np.load(path, allow_pickle=False) as archive:
                parts.append({column.name: archive[column.name] for column in fields(cls)})
        return cls(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})

    def save(self, path: Path) -> None:
        """Write one part; it appears whole or not at all."""
        with replacing(path) as partial, partial.open("wb") as file:
            np.savez_compressed(file, **vars(self))


def build_cover_examples(data: Path, hold_out: int, out: Path, seed: int) -> None:
    """Draw covers on every face of a labelled set and write ``covers-*.npz`` parts to ``out``.

    hold_out: one person in so many is kept out, see ``is_held_out``. Parts that are there are not made again.
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
    """The examples of some records."""
    pixels = [np.asarray(record.image.open().convert("L"), dtype=np.float64) for record in records]
    rows: list[dict[str, object]] = []
    for record, grey in zip(records, pixels, strict=True):
        points = _landmarks(landmarker, grey)
        if points is None:
            continue
        kept_out = is_held_out(record.subject or "", hold_out)
        person = {"images": record.id, "groups": record.subject or "", "kept_out": kept_out}
        rows.append({**person, "kinds": PLAIN, **_stored(grey, np.zeros_like(grey), points)})
        other = pixels[int(rng.integers(len(pixels)))]
        kinds = [*COVERS, *UNSEEN] if kept_out else [*COVERS]
        drawn = [str(kind) for kind in rng.choice(kinds, _COVERED_KEPT_OUT if kept_out else 1)]
        drawn += [str(rng.choice([*DECOYS]))] * bool(rng.random() < _DECOYED)
        for kind in drawn:
            changed, hidden = _drawn(Canvas(grey, points, other, rng), kind)
            seen = _landmarks(landmarker, changed)
            if seen is not None and np.abs(seen.mean(0) - points.mean(0)).max() < 0.3 * np.ptp(points[:, 0]):
                rows.append({**person, "kinds": kind, **_stored(changed, hidden, seen)})
    return CoverExamples(**{c.name: np.array([row[c.name] for row in rows]) for c in fields(CoverExamples)})


def _drawn(canvas: Canvas, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """The picture with a cover or decoy, and what is hidden of it, 0 to 1."""
    if kind in DECOYS:
        return decoy(canvas, kind).clip(0, 255), np.zeros_like(canvas.pixels)
    if canvas.chance(_DECOYED):
        pixels = decoy(canvas, str(canvas.rng.choice([*DECOYS]))).clip(0, 255)
        canvas = Canvas(pixels, canvas.points, canvas.other, canvas.rng)
    return cover(canvas, kind)


def _landmarks(landmarker: FaceLandmarker, grey: np.ndarray) -> np.ndarray | None:
    """(478, 2) landmarks of the largest face, None when there is none."""
    faces = landmarker.detect(Image.fromarray(grey.astype(np.uint8)).convert("RGB"))
    return faces[0].landmarks.astype(np.float64) if faces else None


def _stored(grey: np.ndarray, hidden: np.ndarray, points: np.ndarray) -> dict[str, np.ndarray]:
    square = UprightSquare.around(points, CROP_MARGIN * SURROUND)
    crops, covers = (
        np.asarray(_small(square.crop(Image.fromarray(part.astype(np.uint8)), round(CROP_SIZE * SURROUND))))
        for part in (grey, hidden * 255)
    )
    return {"crops": crops, "covers": covers, "landmarks": square.to_crop(points, STORED)}


def _small(crop: Image.Image) -> Image.Image:
    return crop.convert("L").resize((STORED, STORED), Image.Resampling.BICUBIC)
