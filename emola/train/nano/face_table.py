"""Tables of faces: what the landmarker found in each picture of a labelled set, kept for training.

Written by ``emola data faces`` as a folder of parts, each a NumPy archive of up to ``PART`` faces,
so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
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
"""Side of the stored crops."""
SURROUND = 4 / 3
"""Side of a stored crop over the side of the model's crop, which is its centre."""


@dataclass(frozen=True)
class FaceTable:
    """Faces with labels, row by row.

    images, groups: (N,) str, file name and person ("" when unknown). emotions: (N,) str, "" when
    unlabelled. units: (N,) str, expert-coded action units such as "1+2+25"; coded: (N,) bool,
    whether they were coded at all. priors: (N, PRIOR_DIM) float32, zeros where found, (N,) bool,
    is false. crops: (N, TABLE_CROP, TABLE_CROP) uint8, greyscale, with surroundings.
    """

    images: np.ndarray
    groups: np.ndarray
    emotions: np.ndarray
    units: np.ndarray
    coded: np.ndarray
    priors: np.ndarray
    found: np.ndarray
    crops: np.ndarray

    def __len__(self) -> int:
        return len(self.images)

    def where(self, rows: np.ndarray) -> FaceTable:
        """The rows that a boolean mask or an array of row numbers picks."""
        return FaceTable(**{name: column[rows] for name, column in vars(self).items()})

    def split(self, one_in: int) -> tuple[FaceTable, FaceTable]:
        """The rows to train on and the rows of the people kept out, see ``is_held_out``."""
        out = self.kept_out(one_in)
        return self.where(~out), self.where(out)

    def kept_out(self, one_in: int) -> np.ndarray:
        """(N,) bool: the rows of the people kept out of training, see ``is_held_out``."""
        return np.array([is_held_out(str(group), one_in) for group in self.groups], dtype=bool)

    def with_emotions(self) -> FaceTable:
        """The faces labelled with one of EMOTIONS."""
        return self.where(np.isin(self.emotions, EMOTIONS))

    def with_known_units(self) -> FaceTable:
        """The faces with landmarks whose units are known: coded by experts, or at rest.

        The resting faces of a coded set show no unit, whether or not an expert wrote that down.
        """
        return self.where((self.coded | (self.emotions == "neutral")) & self.found)

    def active(self) -> np.ndarray:
        """(N, A) bool: which units of NANO_AUS are coded as active."""
        units = [set(map(int, filter(None, str(units).split("+")))) for units in self.units]
        return np.array([[au in those for au in NANO_AUS] for those in units]).reshape(-1, len(NANO_AUS))

    @classmethod
    def load(cls, folder: str | Path) -> FaceTable:
        """Read a folder that ``emola data faces`` wrote."""
        parts = sorted(Path(folder).glob("faces-*.npz"))
        if not parts:
            raise DataError(f"No faces-*.npz in {folder}; make them with `emola data faces`.")
        tables = []
        for part in parts:
            with np.load(part, allow_pickle=False) as archive:
                tables.append(cls(**{column.name: archive[column.name] for column in fields(cls)}))
        return cls.concatenate(tables)

    @classmethod
    def concatenate(cls, tables: Sequence[FaceTable]) -> FaceTable:
        """One table of several."""
        return cls(**{c.name: np.concatenate([getattr(t, c.name) for t in tables]) for c in fields(cls)})

    def save(self, path: Path) -> None:
        """Write one part; it appears whole or not at all."""
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
        table = build_faces(data, recipe.out / data.stem)
        log.info("%s: %d faces in %d pictures", data.name, table.found.sum(), len(table))


def build_faces(
    data: str | Path, out: str | Path, progress: Callable[[str, int, int], None] | None = None
) -> FaceTable:
    """Find the largest face of every picture in a label folder and write the table.

    A picture without a face is kept whole, with no prior. Parts that are there already are not made
    again. progress: called with the folder's name, pictures done, and pictures in all.
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


def _crop(image: Image.Image, face: Face | None) -> np.ndarray:
    """(TABLE_CROP, TABLE_CROP) uint8: the face with its surroundings."""
    side = round(CROP_SIZE * SURROUND)
    if face is None:
        crop = Image.new("RGB", (side, side))
        crop.paste(Face.whole(image).crop, ((side - CROP_SIZE) // 2,) * 2)
    else:
        crop = aligned_crop(image, face.landmarks, size=side, margin=CROP_MARGIN * SURROUND)
    return np.asarray(crop.convert("L").resize((TABLE_CROP, TABLE_CROP), Image.Resampling.BICUBIC))
