"""Faces in a picture: MediaPipe's face landmarker and the aligned crop that the model sees.

Landmark model: "Attention Mesh" (Grishchenko et al., 2020), 478 points; blendshape model: the 52
ARKit-like coefficients of MediaPipe's Face Landmarker model card. Coordinates are picture pixels,
x to the right, y down. "Left" and "right" are the subject's, as in FACS.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from emola.face.prior import face_prior, head_angles

LANDMARKS = 478
CROP_SIZE = 240
"""Side of the aligned crop, in pixels."""
CROP_MARGIN = 1.1
"""Side of the crop over the longer side of the landmarks' upright bounding box."""

_LONGEST_SIDE = 1280
_SHORTEST_SIDE = 192
_EYE_OUTER_CORNERS = (33, 263)
_SAME_FACE_OVERLAP = 0.5


class Pose(NamedTuple):
    """Head pose in degrees: yaw > 0 to the picture's right, pitch > 0 down, roll > 0 clockwise."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, eq=False)
class Face:
    """One face of a picture.

    box: (4,) float32, x0 y0 x1 y1 in picture pixels.
    landmarks: (478, 2) float32 in picture pixels; (0, 2) when they were not found.
    prior: (prior_dim,) float32, what the prior expert says of the face; None when there is none.
    crop: square RGB picture, upright and centred on the face: what the model sees.
    blendshapes: MediaPipe's 52 coefficients by name, each 0 to 1; empty when not found.
    pose: head pose, None when not found.
    """

    box: np.ndarray
    landmarks: np.ndarray
    prior: np.ndarray | None
    crop: Image.Image
    blendshapes: Mapping[str, float] = field(default_factory=dict)
    pose: Pose | None = None

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

    One detector, guarded by a lock: MediaPipe's own task object may not be entered twice.
    """

    def __init__(self, model_path: str | Path | None = None, max_faces: int = 10) -> None:
        from mediapipe.tasks.python import BaseOptions, vision

        if model_path is None:
            from emola import downloads

            model_path = downloads.path("face_landmarker.task")
        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model_path)),
            num_faces=max_faces,
            output_face_blendshapes=True,
            output_facial_transformation_matrixes=True,
        )
        self._detector = vision.FaceLandmarker.create_from_options(options)
        self._lock = threading.Lock()

    def detect(self, image: Image.Image) -> list[Face]:
        """Every face of an RGB picture, largest first; an empty list when there is none."""
        faces = [_face(image, found) for found in self._detect(image)]
        return sorted(faces, key=lambda face: face.area, reverse=True)

    def close(self) -> None:
        """Free the detector."""
        with self._lock:
            self._detector.close()

    def _detect(self, image: Image.Image) -> list[_Found]:
        # A face that fills its picture is often missed: the detector expects surroundings. Small
        # pictures are nearly always such crops, so they get a black border first, others second.
        width, height = image.size
        scale = min(_LONGEST_SIDE / max(width, height), max(1.0, _SHORTEST_SIDE / min(width, height)))
        resampling = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.LANCZOS
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        pixels = np.asarray(image.convert("RGB").resize(size, resampling))
        borders = [min(size) // 4, 0] if scale > 1 else [0, min(size) // 4]
        for border in borders:
            if found := self._detect_with_border(pixels, border, (width, height)):
                return found
        return []

    def _detect_with_border(self, pixels: np.ndarray, border: int, size: tuple[int, int]) -> list[_Found]:
        import mediapipe as mp

        padded = np.ascontiguousarray(np.pad(pixels, ((border, border), (border, border), (0, 0))))
        with self._lock:
            result = self._detector.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=padded))
        height, width = padded.shape[:2]
        inner = np.array([pixels.shape[1], pixels.shape[0]], dtype=np.float64)
        to_picture = np.array(size, dtype=np.float64) / inner
        found: list[_Found] = []
        for points, shapes, matrix in zip(
            result.face_landmarks,
            result.face_blendshapes,
            result.facial_transformation_matrixes,
            strict=True,
        ):
            # MediaPipe's z has the scale of x: both are fractions of the width.
            xyz = np.array([[p.x * width, p.y * height, p.z * width] for p in points])
            xyz[:, :2] = (xyz[:, :2] - border) * to_picture
            xyz[:, 2] *= to_picture[0]
            one = _Found(
                xyz=xyz.astype(np.float32),
                blendshapes={shape.category_name: float(shape.score) for shape in shapes},
                matrix=np.asarray(matrix, dtype=np.float32),
            )
            if not any(_overlap(one.box, other.box) > _SAME_FACE_OVERLAP for other in found):
                found.append(one)
        return found


class _Found(NamedTuple):
    """What the landmarker says of one face.

    xyz: (478, 3) float32, picture pixels, z towards the camera negative.
    matrix: (4, 4) float32, canonical face to camera.
    """

    xyz: np.ndarray
    blendshapes: dict[str, float]
    matrix: np.ndarray

    @property
    def box(self) -> np.ndarray:
        return np.concatenate([self.xyz[:, :2].min(0), self.xyz[:, :2].max(0)])


def _overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union of two boxes."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    common = float(np.prod(np.clip(high - low, 0, None)))
    union = float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - common
    return common / union if union > 0 else 0.0


def _face(image: Image.Image, found: _Found) -> Face:
    return Face(
        box=found.box,
        landmarks=np.ascontiguousarray(found.xyz[:, :2]),
        prior=face_prior(found.blendshapes, found.xyz, found.matrix),
        crop=aligned_crop(image, found.xyz[:, :2]),
        blendshapes=found.blendshapes,
        pose=Pose(*head_angles(found.matrix)),
    )


def aligned_crop(
    image: Image.Image, landmarks: np.ndarray, size: int = CROP_SIZE, margin: float = CROP_MARGIN
) -> Image.Image:
    """The upright square around a face; black where the picture ends.

    landmarks: (478, 2) picture pixels. The eyes' outer corners are made level, the bounding box of
    the turned landmarks is centred, and the side is ``margin`` times its longer side.
    """
    right, left = (landmarks[i].astype(np.float64) for i in _EYE_OUTER_CORNERS)
    angle = math.atan2(left[1] - right[1], left[0] - right[0])
    cos, sin = math.cos(angle), math.sin(angle)
    upright = landmarks @ np.array([[cos, -sin], [sin, cos]])
    low, high = upright.min(0), upright.max(0)
    side = margin * float((high - low).max())
    x, y = (low + high) / 2
    centre = np.array([cos * x - sin * y, sin * x + cos * y])

    image, centre, side = _shrunk(image.convert("RGB"), centre, side, size)
    step = side / size
    dx, dy = np.array([cos, sin]) * step, np.array([-sin, cos]) * step
    start = centre - (dx + dy) * size / 2
    coefficients: Any = (dx[0], dy[0], start[0], dx[1], dy[1], start[1])
    return image.transform(
        (size, size), Image.Transform.AFFINE, coefficients, resample=Image.Resampling.BICUBIC
    )


def _shrunk(
    image: Image.Image, centre: np.ndarray, side: float, size: int
) -> tuple[Image.Image, np.ndarray, float]:
    """Shrink with a proper filter first: an affine warp alone would alias a large face."""
    if side <= 1.5 * size:
        return image, centre, side
    reach = side * 0.75  # half the diagonal, and a little
    x0, y0 = (max(0, int(c - reach)) for c in centre)
    x1, y1 = (min(limit, int(c + reach) + 1) for c, limit in zip(centre, image.size, strict=True))
    scale = size / side
    width, height = (max(1, round((b - a) * scale)) for a, b in ((x0, x1), (y0, y1)))
    part = image.resize((width, height), Image.Resampling.LANCZOS, box=(x0, y0, x1, y1))
    ratio = np.array([width / (x1 - x0), height / (y1 - y0)])
    return part, (centre - np.array([x0, y0])) * ratio, side * float(ratio.mean())
