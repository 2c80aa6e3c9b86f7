"""Face tables: labels, prior and crop of the face in every picture of a labelled set.

A table is a folder of parts, NumPy archives of up to ``PART`` faces, so that an interrupted run resumes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from emola.data.hold_out import is_held_out
from emola.data.labels import label_folder
from emola.data.records import Record
from emola.errors import DataError
from emola.faba import EMOTIONS, NANO_AUS
from emola.face.crop import CROP_MARGIN, CROP_SIZE, aligned_crop
from emola.face.landmarker import Face, FaceLandmarker
from emola.face.prior import PRIOR_DIM
from emola.files import replacing

log = logging.getLogger(__name__)

PART = 500
TABLE_CROP = 128
"""Side of the stored crops in pixels."""
SURROUND = 4 / 3
"""Ratio of the sides of a stored crop and of the model's crop, which is its centre."""


@dataclass(frozen=True)
class FaceTable:
    """Faces with labels, row by row.

    images, groups: (N,) file name and person ("" if unknown). emotions: (N,) "" if unlabelled. units: (N,)
    expert-coded action units such as "1+2+25"; coded: (N,) whether they were coded. found: (N,) whether the
    landmarker detected a face; priors: (N, PRIOR_DIM), zeros otherwise. crops: (N, TABLE_CROP, TABLE_CROP)
    greyscale, with surroundings.
    """

    images: npt.NDArray[np.str_]
    groups: npt.NDArray[np.str_]
    emotions: npt.NDArray[np.str_]
    units: npt.NDArray[np.str_]
    coded: npt.NDArray[np.bool_]
    priors: npt.NDArray[np.float32]
    found: npt.NDArray[np.bool_]
    crops: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.images)

    def where(self, rows: npt.NDArray[Any]) -> FaceTable:
        """Return the rows of a boolean mask or an array of row numbers."""
        return FaceTable(**{name: column[rows] for name, column in vars(self).items()})

    def split(self, one_in: int) -> tuple[FaceTable, FaceTable]:
        """Return the training rows and the rows of held-out people, see ``is_held_out``."""
        out = self.held_out(one_in)
        return self.where(~out), self.where(out)

    def held_out(self, one_in: int) -> npt.NDArray[np.bool_]:
        """Return (N,) whether a row is of a held-out person, see ``is_held_out``."""
        return np.array([is_held_out(str(group), one_in) for group in self.groups], dtype=bool)

    def with_emotions(self) -> FaceTable:
        """Return the faces labelled with one of EMOTIONS."""
        return self.where(np.isin(self.emotions, EMOTIONS))

    def with_known_units(self) -> FaceTable:
        """Return the faces with landmarks and known units: coded by experts, or neutral.

        A neutral face of a coded set shows no unit, whether an expert coded it or not.
        """
        return self.where((self.coded | (self.emotions == "neutral")) & self.found)

    def active(self) -> npt.NDArray[np.bool_]:
        """Return (N, A) which units of NANO_AUS are coded as active."""
        coded = [set(map(int, filter(None, str(units).split("+")))) for units in self.units]
        active = [[au in units for au in NANO_AUS] for units in coded]
        return np.array(active, dtype=bool).reshape(-1, len(NANO_AUS))

    @classmethod
    def load(cls, folder: str | Path) -> FaceTable:
        """Read a table. Raises DataError for a folder without parts."""
        parts = sorted(Path(folder).glob("faces-*.npz"))
        if not parts:
            raise DataError(f"No faces-*.npz in {folder}; make them with the faces stage of a recipe.")
        tables = []
        for part in parts:
            with np.load(part, allow_pickle=False) as archive:
                tables.append(cls(**{column.name: archive[column.name] for column in fields(cls)}))
        return cls.concatenate(tables)

    @classmethod
    def concatenate(cls, tables: Sequence[FaceTable]) -> FaceTable:
        """Return the rows of several tables as one."""
        return cls(**{c.name: np.concatenate([getattr(t, c.name) for t in tables]) for c in fields(cls)})

    def save(self, path: Path) -> None:
        """Write the rows as one part, atomically."""
        with replacing(path) as partial, partial.open("wb") as file:
            np.savez(file, **vars(self))


@dataclass(frozen=True)
class FacesRecipe:
    """Settings of the faces stage.

    data: labelled sets, folders or zips with a labels.csv; out: folder for a table of each, named after it.
    """

    data: tuple[Path, ...]
    out: Path


def build_tables(recipe: FacesRecipe) -> None:
    """Write a face table of every set."""
    for data in recipe.data:
        build_faces(data, recipe.out / data.stem, partial(log.info, "%s: %d of %d pictures"))


def build_faces(
    data: str | Path, out: str | Path, progress: Callable[[str, int, int], None] | None = None
) -> FaceTable:
    """Detect the largest face of every picture of a labelled set, and write and return the table.

    A picture without a face is kept whole, without prior. Existing parts are not made again. progress:
    called with the name of the folder, the pictures done and the total.
    """
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    landmarker = FaceLandmarker()
    with label_folder(data) as records:
        for start in range(0, len(records), PART):
            path = folder / f"faces-{start // PART:05d}.npz"
            part = records[start : start + PART]
            if not path.exists():
                _part(part, landmarker).save(path)
            if progress:
                progress(folder.name, start + len(part), len(records))
    return FaceTable.load(folder)


def _part(records: Sequence[Record], landmarker: FaceLandmarker) -> FaceTable:
    images = [record.image.open() for record in records]
    found = [next(iter(landmarker.detect(image)), None) for image in images]
    unknown = np.zeros(PRIOR_DIM, np.float32)
    return FaceTable(
        images=np.array([record.id for record in records]),
        groups=np.array([record.subject or "" for record in records]),
        emotions=np.array([record.emotion or "" for record in records]),
        units=np.array(["+".join(map(str, record.action_units or ())) for record in records]),
        coded=np.array([record.action_units is not None for record in records]),
        priors=np.stack([unknown if f is None or f.prior is None else f.prior for f in found]),
        found=np.array([face is not None for face in found]),
        crops=np.stack([_crop(image, face) for image, face in zip(images, found, strict=True)]),
    )


def _crop(image: Image.Image, face: Face | None) -> npt.NDArray[np.uint8]:
    """Return (TABLE_CROP, TABLE_CROP) the face with its surroundings."""
    side = round(CROP_SIZE * SURROUND)
    if face is None:
        crop = Image.new("RGB", (side, side))
        crop.paste(Face.whole(image).crop, ((side - CROP_SIZE) // 2,) * 2)
    else:
        crop = aligned_crop(image, face.landmarks, size=side, margin=CROP_MARGIN * SURROUND)
    return np.asarray(crop.convert("L").resize((TABLE_CROP, TABLE_CROP), Image.Resampling.BICUBIC))
