"""The prior expert ``mediapipe-face``: MediaPipe's face landmarker over still images.

Coordinates are image pixels, x to the right and y down. Left and right are the subject's, as in FACS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from emola.face.arrays import FloatArray
from emola.face.crop import CROP_SIZE, UprightSquare, aligned_crop
from emola.face.detection import DetectedFace, FaceNetworks, Levels, find_faces
from emola.face.prior import PRIOR_DIM, PRIOR_EXPERT, face_prior, head_angles
from emola.face.visibility import COVERS_FILE, LIDS_FILE, Lids, Visibility, assess_visibility, read_lids

MAX_FACES = 50
"""Maximum number of faces reported for an image; an image with that many may hold more."""


class Pose(NamedTuple):
    """Head pose in degrees: yaw > 0 to the image's right, pitch > 0 down, roll > 0 clockwise."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, eq=False, repr=False)
class Face:
    """One face of an image.

    box: (4,) float32, x0, y0, x1, y1 in image pixels.
    landmarks: (N, 2) float32 image pixels, the points of the prior expert: N is 478 for MediaPipe, 106 for
        InsightFace, 0 if no landmarks were found.
    prior: (prior_dim,) float32, feature vector of the prior expert; None without landmarks.
    crop: square RGB image, upright and centred on the face; the input of the model.
    blendshapes: MediaPipe's 52 coefficients by name, 0 to 1; empty without landmarks.
    pose: head pose, None without landmarks.
    levels: grey levels that were stretched to black and white before a dark or flat face was read; ``crop``
        is stretched too. None for a face read from the original image.
    visibility: how well the face can be seen; None if not assessed.
    lids: probability that each eye is closed, from its pixels; None if not assessed.
    """

    box: FloatArray
    landmarks: FloatArray
    prior: FloatArray | None
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
        """Treat the whole image as a face, without landmarks or prior."""
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
    """MediaPipe's face landmarker. It is thread-safe.

    model_path: the bundle ``face_landmarker.task``; downloaded if None, which may raise DownloadError.
    max_faces: maximum number of faces reported for an image; an image with that many may hold more.
    ``close()`` releases the networks. Raises CheckpointError if the file is not MediaPipe's bundle.
    """

    name = PRIOR_EXPERT
    dim = PRIOR_DIM
    missing: str | None = None  # the constructor downloads a missing file

    def __init__(self, model_path: str | Path | None = None, max_faces: int = MAX_FACES) -> None:
        if model_path is None:
            from emola import downloads

            model_path = downloads.path("face_landmarker.task")
        self.max_faces = max_faces
        self.files: tuple[Path, ...] = (Path(model_path), COVERS_FILE, LIDS_FILE)
        self._networks = FaceNetworks(Path(model_path))
        self.close = self._networks.close

    def detect(self, image: Image.Image) -> list[Face]:
        """Return the faces of an RGB image, largest first; an empty list if there is none."""
        return [_to_face(image, found) for found in find_faces(self._networks, image, self.max_faces)]


def _to_face(image: Image.Image, found: DetectedFace) -> Face:
    yaw, pitch, _ = head_angles(found.matrix)
    original = aligned_crop(image, found.points)
    crop = original if found.levels is None else found.levels.stretch(original)
    points = UprightSquare.around(found.points).to_crop(found.points, crop.width)
    return Face(
        box=found.box,
        landmarks=found.points,
        prior=face_prior(found.blendshapes, found.xyz, found.matrix),
        crop=crop,
        blendshapes=found.blendshapes,
        pose=Pose(yaw, pitch, found.roll),
        levels=found.levels,
        visibility=assess_visibility(original, found.points, yaw, pitch, image.size),
        lids=read_lids(crop, points),
    )
