"""MediaPipe's two face networks, both from the file ``face_landmarker.task``.

The landmarker: "Attention Mesh" (Grishchenko et al., 2020), 478 points, and the 52 ARKit-like blendshapes of
its model card. The detector: "BlazeFace" (Bazarevsky et al., 2019), the short-range network of the same
bundle, with a score and six key points for each face.
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
from emola.face.detection.startup_log import suppress_startup_lines

LOWEST_SCORE = 0.4
"""The detector reports no face below this score."""
_MOST_FACES = 50
"""The landmarker reports at most so many faces of a view."""
_DETECTOR = "face_detector.tflite"


class Mesh(NamedTuple):
    """A face as the landmarker reports it for one view.

    xyz: (478, 3) float64, fractions of the view; z, towards the camera negative, has the scale of x.
    blendshapes: the 52 coefficients by name, 0 to 1. matrix: (4, 4) float32, canonical face to camera.
    """

    xyz: np.ndarray
    blendshapes: dict[str, float]
    matrix: np.ndarray


class Detection(NamedTuple):
    """A face as the detector reports it for one view, in fractions of the view.

    centre: (2,). size: (2,), width and height of the box, from the brows to the chin. score: 0 to 1.
    """

    centre: np.ndarray
    size: np.ndarray
    score: float


class FaceNetworks:
    """Both networks, guarded by a lock: a MediaPipe task may not be entered twice.

    ``close()`` frees them. Raises CheckpointError for a file that is not such a bundle.
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
                        num_faces=_MOST_FACES,
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
        """The faces that the landmarker finds in an RGB view."""
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
        """The faces that the detector finds in an RGB view, the likeliest first."""
        found = []
        with suppress_startup_lines():  # it may write a line at any run
            result = self._run(self._detector, view)
        for one in result.detections:
            box = one.bounding_box
            corner, size = np.array([box.origin_x, box.origin_y]), np.array([box.width, box.height])
            found.append(
                Detection((corner + size / 2) / view.size, size / view.size, one.categories[0].score)
            )
        return sorted(found, key=lambda detection: detection.score, reverse=True)

    def _run(self, task: Any, view: Image.Image) -> Any:
        import mediapipe as mp

        with self._lock:
            return task.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(view)))


def _release(*tasks: Any) -> None:
    """Free the tasks; MediaPipe cannot while the interpreter shuts down, and would complain then."""
    with suppress_startup_lines():  # and the last lines
        for task in tasks:
            try:
                task.close()
            except RuntimeError:
                task._handle = None
