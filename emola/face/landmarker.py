"""Faces in a picture, by MediaPipe's face landmarker.

Coordinates are picture pixels,
x to the right, y down. "Left" and "right" are the subject's, as in FACS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from emola.face.crop import CROP_SIZE, UprightSquare, aligned_crop
from emola.face.detection import DetectedFace, FaceNetworks, Levels, find_faces
from emola.face.prior import PRIOR_DIM, PRIOR_EXPERT, face_prior, head_angles
from emola.face.visibility import COVERS_FILE, LIDS_FILE, Lids, Visibility, assess_visibility, read_lids

MAX_FACES = 50
"""At most so many faces of a picture are reported, the largest; a picture with so many may hold more."""


class Pose(NamedTuple):
    """Head pose in degrees: yaw > 0 to the picture's right, pitch > 0 down, roll > 0 clockwise."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, eq=False, repr=False)
class Face:
    """One face of a picture.

    box: (4,) float32, x0 y0 x1 y1 in picture pixels.
    landmarks: (N, 2) float32 in picture pixels, the points of the prior expert: N is 478 for
        MediaPipe's, 106 for InsightFace's, 0 when they were not found.
    prior: (prior_dim,) float32, what the prior expert says of the face; None when there is none.
    crop: square RGB picture, upright and centred on the face: what the model sees.
    blendshapes: MediaPipe's 52 coefficients by name, each 0 to 1; empty when not found.
    pose: head pose, None when not found.
    levels: the grey levels that were stretched to black and white before a dark or flat face was read, in
        the crop too; None for a face that was read as it is.
    visibility: how well the face can be seen, None where it was not assessed.
    lids: how likely each eye is closed, by its pixels; None where it was not assessed.
    """

    box: np.ndarray
    landmarks: np.ndarray
    prior: np.ndarray | None
    crop: Image.Image
    blendshapes: Mapping[str, float] = field(default_factory=dict)
    pose: Pose | None = None
    levels: Levels | None = None
    visibility: Visibility | None = None
    lids: Lids | None = None

    def __repr__(self) -> str:
        x0, y0, x1, y1 = (round(float(v)) for v in self.box)
        pose = "none" if self.pose is None else "yaw {:.0f} pitch {:.0f} roll {:.0f}".format(*self.pose)
        prior = "none" if self.prior is None else f"{len(self.prior)} numbers"
        return (
            f"<Face: box {x0} {y0} {x1} {y1}, {len(self.landmarks)} landmarks, pose {pose}, prior {prior}"
            f"{'' if self.levels is None else ', stretched'}>"
        )

    @classmethod
    def whole(cls, image: Image.Image) -> Face:
        """The whole picture taken as a face, without landmarks or prior."""
        width, height = image.size
        side = max(width, height)
        square = Image.new("RGB", (side, side))
        square.paste(image.convert("RGB"), ((side - width) // 2, (side - height) // 2))
        return cls(
            box=np.array([0, 0, width, height], dtype=np.float32),
            landmarks=np.zeros((0, 2), dtype=np.float32),
            prior=None,
            crop=square.resize((CROP_SIZE, CROP_SIZE), Image.Resampling.BICUBIC),
        )

    @property
    def area(self) -> float:
        """Area of the box in square pixels."""
        x0, y0, x1, y1 = (float(v) for v in self.box)
        return (x1 - x0) * (y1 - y0)


class FaceLandmarker:
    """MediaPipe's face landmarker over still pictures.

    At most ``max_faces`` faces are reported; a picture with that many may hold more. ``close()`` frees the
    networks. Where the model is missing it is fetched, which may raise DownloadError.
    """

    name = PRIOR_EXPERT
    dim = PRIOR_DIM
    missing: str | None = None  # what it needs is fetched when it is made

    def __init__(self, model_path: str | Path | None = None, max_faces: int = MAX_FACES) -> None:
        if model_path is None:
            from emola import downloads

            model_path = downloads.path("face_landmarker.task")
        self.max_faces = max_faces
        self.files: tuple[Path, ...] = (Path(model_path), COVERS_FILE, LIDS_FILE)
        self._networks = FaceNetworks(Path(model_path))
        self.close = self._networks.close

    def detect(self, image: Image.Image) -> list[Face]:
        """The faces of an RGB picture, largest first; an empty list when there is none."""
        return [_face(image, found) for found in find_faces(self._networks, image, self.max_faces)]


def _face(image: Image.Image, found: DetectedFace) -> Face:
    yaw, pitch, _ = head_angles(found.matrix)
    crop = aligned_crop(image, found.points)
    read = crop if found.levels is None else found.levels.stretch(crop)
    inside = UprightSquare.around(found.points).to_crop(found.points, crop.width)
    return Face(
        box=found.box,
        landmarks=found.points,
        prior=face_prior(found.blendshapes, found.xyz, found.matrix),
        crop=read,
        blendshapes=found.blendshapes,
        pose=Pose(yaw, pitch, found.roll),
        levels=found.levels,
        visibility=assess_visibility(crop, found.points, yaw, pitch, image.size),
        lids=read_lids(read, inside),
    )
