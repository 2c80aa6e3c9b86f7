"""MediaPipe's face landmarker and face detector, both from the bundle ``face_landmarker.task``.

The landmarker is "Attention Mesh" (Grishchenko et al., 2020) with 478 points, plus the 52 ARKit-like
blendshapes of its model card. The detector is the short-range "BlazeFace" (Bazarevsky et al., 2019), which
gives a score and six key points for each face.
"""

from __future__ import annotations

import threading
import weakref
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

import numpy as np
from PIL import Image

from emola.errors import CheckpointError
from emola.face.arrays import FloatArray
from emola.face.detection.startup_log import suppress_startup_lines

LOWEST_SCORE = 0.4
"""Score below which the detector reports no face."""
_MAX_FACES = 50
"""Maximum number of faces that the landmarker reports for a view."""
_DETECTOR = "face_detector.tflite"


class Mesh(NamedTuple):
    """A face that the landmarker reports for one view.

    xyz: (478, 3) float64, fractions of the view; z has the scale of x and is negative towards
    the camera. blendshapes: the 52 coefficients by name, 0 to 1. matrix: (4, 4) float32, maps the canonical
    face to camera coordinates.
    """

    xyz: FloatArray
    blendshapes: dict[str, float]
    matrix: FloatArray


class Detection(NamedTuple):
    """A face that the detector reports for one view, in fractions of the view.

    centre: (2,). size: (2,), width and height of the box, which reaches from the brows to the chin. score: 0
    to 1.
    """

    centre: FloatArray
    size: FloatArray
    score: float


class FaceNetworks:
    """The landmarker and the detector, guarded by a lock because MediaPipe tasks are not reentrant.

    ``close()`` releases them. Raises CheckpointError if the file is not MediaPipe's bundle.
    """

    def __init__(self, bundle: Path) -> None:
        from mediapipe.tasks.python import BaseOptions, vision

        self._lock = threading.Lock()
        try:
            with ZipFile(bundle) as members:
                detector = members.read(_DETECTOR)
            with suppress_startup_lines():
                self._landmarker = vision.FaceLandmarker.create_from_options(
                    vision.FaceLandmarkerOptions(
                        base_options=BaseOptions(model_asset_path=str(bundle)),
                        num_faces=_MAX_FACES,
                        output_face_blendshapes=True,
                        output_facial_transformation_matrixes=True,
                    )
                )
                self._detector = vision.FaceDetector.create_from_options(
                    vision.FaceDetectorOptions(
                        base_options=BaseOptions(model_asset_buffer=detector),
                        min_detection_confidence=LOWEST_SCORE,
                    )
                )
        except (OSError, BadZipFile, KeyError, RuntimeError, ValueError) as error:
            raise CheckpointError(
                f"{bundle} is not MediaPipe's face landmarker ({error}): delete it and fetch it again with "
                "“emola fetch face”."
            ) from error
        self.close = weakref.finalize(self, _release, self._landmarker, self._detector)

    def meshes(self, view: Image.Image) -> list[Mesh]:
        """Return the faces that the landmarker finds in an RGB view."""
        result = self._run(self._landmarker, view)
        return [
            Mesh(
                xyz=np.array([[p.x, p.y, p.z] for p in points]),
                blendshapes={shape.category_name: float(shape.score) for shape in shapes},
                matrix=np.asarray(matrix, dtype=np.float32),
            )
            for points, shapes, matrix in zip(
                result.face_landmarks,
                result.face_blendshapes,
                result.facial_transformation_matrixes,
                strict=True,
            )
        ]

    def detections(self, view: Image.Image) -> list[Detection]:
        """Return the faces that the detector finds in an RGB view, sorted by descending score."""
        found = []
        with suppress_startup_lines():  # the detector may log at any run
            result = self._run(self._detector, view)
        for detection in result.detections:
            box = detection.bounding_box
            corner, size = np.array([box.origin_x, box.origin_y]), np.array([box.width, box.height])
            score = detection.categories[0].score
            found.append(Detection((corner + size / 2) / view.size, size / view.size, score))
        return sorted(found, key=lambda detection: detection.score, reverse=True)

    def _run(self, task: Any, view: Image.Image) -> Any:
        import mediapipe as mp

        with self._lock:
            return task.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(view)))


def _release(*tasks: Any) -> None:
    """Close the tasks, without the error that MediaPipe reports while the interpreter shuts down."""
    with suppress_startup_lines():
        for task in tasks:
            try:
                task.close()
            except RuntimeError:
                task._handle = None
