"""Faces in a picture, by MediaPipe's face landmarker.

Landmark model: "Attention Mesh" (Grishchenko et al., 2020), 478 points; blendshape model: the 52
ARKit-like coefficients of MediaPipe's Face Landmarker model card. Coordinates are picture pixels,
x to the right, y down. "Left" and "right" are the subject's, as in FACS.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from emola.face.crop import CROP_SIZE, UprightSquare, aligned_crop
from emola.face.lids import Lids, lids
from emola.face.prior import PRIOR_DIM, PRIOR_EXPERT, face_prior, head_angles
from emola.face.visibility import Visibility, visibility

_LONGEST_SIDE = 1280
_SHORTEST_SIDE = 192
_SAME_FACE = 0.3  # overlap over union
_GROUP_SIDE = 480  # pictures at least so large may hold small faces
_NEAR = 0.4  # a face at least this much of the picture's shorter side was seen from near


class Pose(NamedTuple):
    """Head pose in degrees: yaw > 0 to the picture's right, pitch > 0 down, roll > 0 clockwise."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, eq=False)
class Face:
    """One face of a picture.

    box: (4,) float32, x0 y0 x1 y1 in picture pixels.
    landmarks: (N, 2) float32 in picture pixels, the points of the prior expert: N is 478 for
        MediaPipe's, 106 for InsightFace's, 0 when they were not found.
    prior: (prior_dim,) float32, what the prior expert says of the face; None when there is none.
    crop: square RGB picture, upright and centred on the face: what the model sees.
    blendshapes: MediaPipe's 52 coefficients by name, each 0 to 1; empty when not found.
    pose: head pose, None when not found.
    visibility: how well the face can be seen, None where it was not assessed.
    lids: how likely each eye is closed, by its pixels; None where it was not assessed.
    """

    box: np.ndarray
    landmarks: np.ndarray
    prior: np.ndarray | None
    crop: Image.Image
    blendshapes: Mapping[str, float] = field(default_factory=dict)
    pose: Pose | None = None
    visibility: Visibility | None = None
    lids: Lids | None = None

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

    One detector, guarded by a lock: MediaPipe's own task object may not be entered twice. ``close()``
    frees it. Where the model is missing it is fetched, which may raise DownloadError.
    """

    name = PRIOR_EXPERT
    dim = PRIOR_DIM
    missing: str | None = None  # what it needs is fetched when it is made

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
        self.max_faces = max_faces
        self._detector = vision.FaceLandmarker.create_from_options(options)
        self._lock = threading.Lock()
        self.close = weakref.finalize(self, _release, self._detector)

    def detect(self, image: Image.Image) -> list[Face]:
        """Every face of an RGB picture, largest first; an empty list when there is none."""
        faces = [_face(image, found) for found in self._detect(image)]
        return sorted(faces, key=lambda face: face.area, reverse=True)

    def _detect(self, image: Image.Image) -> list[_Found]:
        width, height = image.size
        border = min(width, height) // 4
        views = [(0, 0, width, height), (-border, -border, width + border, height + border)]
        # A face that fills its picture is often missed: the detector expects surroundings. Small
        # pictures are nearly always such crops, so they get a black border first, others second.
        if min(width, height) < _SHORTEST_SIDE:
            views.reverse()
        found = self._detect_in(image, views[0]) or self._detect_in(image, views[1])
        if min(width, height) >= _GROUP_SIDE:
            found = self._with_small_faces(image, found)
        return _distinct(found)[: self.max_faces]

    def _with_small_faces(self, image: Image.Image, found: list[_Found]) -> list[_Found]:
        """Faces of the picture and of its overlapping parts, the small ones seen again from near.

        From afar, small faces are missed or their landmarks are off.
        """
        width, height = image.size
        parts = [
            (x, y, x + width // 2, y + height // 2)
            for x in (0, width // 4, width // 2)
            for y in (0, height // 4, height // 2)
        ]
        candidates = _distinct([*found, *(one for part in parts for one in self._detect_in(image, part))])
        sure = []
        for one in candidates:
            side = float((one.box[2:] - one.box[:2]).max())
            if side > _NEAR * min(width, height):
                sure.append(one)
                continue
            (x, y), reach = (one.box[:2] + one.box[2:]) / 2, 1.25 * side
            near = self._detect_in(image, (int(x - reach), int(y - reach), int(x + reach), int(y + reach)))
            near.sort(key=lambda other: _overlap(one.box, other.box))
            if near and _overlap(one.box, near[-1].box) > 0:
                sure.append(near[-1])
        return sure

    def _detect_in(self, image: Image.Image, region: tuple[int, int, int, int]) -> list[_Found]:
        """Faces in a region (x0, y0, x1, y1) of the picture; black where it reaches beyond."""
        import mediapipe as mp

        view = image.convert("RGB").crop(region)
        scale = min(_LONGEST_SIDE / max(view.size), max(1.0, _SHORTEST_SIDE / min(view.size)))
        if scale != 1:
            resampling = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.LANCZOS
            view = view.resize((round(view.width * scale), round(view.height * scale)), resampling)
        with self._lock:
            result = self._detector.detect(
                mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(view))
            )
        x0, y0, x1, y1 = region
        found = []
        for points, shapes, matrix in zip(
            result.face_landmarks,
            result.face_blendshapes,
            result.facial_transformation_matrixes,
            strict=True,
        ):
            # MediaPipe gives fractions of the view; its z has the scale of x.
            xyz = np.array([[p.x, p.y, p.z] for p in points]) * [x1 - x0, y1 - y0, x1 - x0] + [x0, y0, 0]
            found.append(
                _Found(
                    xyz=xyz.astype(np.float32),
                    blendshapes={shape.category_name: float(shape.score) for shape in shapes},
                    matrix=np.asarray(matrix, dtype=np.float32),
                )
            )
        return found


def _release(detector: Any) -> None:
    """Free a detector; MediaPipe cannot while the interpreter shuts down, and would complain then."""
    try:
        detector.close()
    except RuntimeError:
        detector._handle = None


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


def _distinct(found: list[_Found]) -> list[_Found]:
    """Largest first, without those that mostly cover a larger one."""
    kept: list[_Found] = []
    for one in sorted(found, key=lambda one: float(np.prod(one.box[2:] - one.box[:2])), reverse=True):
        if not any(_overlap(one.box, other.box) > _SAME_FACE for other in kept):
            kept.append(one)
    return kept


def _overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union of two boxes."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    common = float(np.prod(np.clip(high - low, 0, None)))
    union = float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - common
    return common / union if union > 0 else 0.0


def _face(image: Image.Image, found: _Found) -> Face:
    crop, pose = aligned_crop(image, found.xyz[:, :2]), Pose(*head_angles(found.matrix))
    return Face(
        box=found.box,
        landmarks=np.ascontiguousarray(found.xyz[:, :2]),
        prior=face_prior(found.blendshapes, found.xyz, found.matrix),
        crop=crop,
        blendshapes=found.blendshapes,
        pose=pose,
        visibility=visibility(crop, found.xyz[:, :2], pose.yaw, pose.pitch),
        lids=lids(crop, UprightSquare.around(found.xyz[:, :2]).within(found.xyz[:, :2], crop.width)),
    )
