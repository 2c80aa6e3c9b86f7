"""The prior expert ``insightface-2d106``: the 106-point network that the published EmoLA was trained with.

The network is ``2d106det.onnx`` from InsightFace's model packs (github.com/deepinsight/insightface,
alignment/coordinate_reg). Its weights are for non-commercial research only.

**Prior.** As in the published code (github.com/JackYFL/EmoLA,
feature_extraction/landmark/landmark_features.py), the whole aligned face image is resized to 192 x 192 pixels
with OpenCV's bilinear filter, kept in BGR order and divided by 255; the 212 outputs are the prior. This is
not how InsightFace uses its network, which subtracts 127.5 and divides by 128 itself: an input from 0 to 1 is
nearly uniform after that, and the outputs say little about the face. EmoLA's projector was trained on exactly
these outputs.

**Landmarks.** The 106 points of the same network on the same aligned face, with the input that InsightFace
uses: RGB, 0 to 255. They show the user where the network finds the face.
"""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from emola import downloads
from emola.errors import CheckpointError, DownloadError, first_line
from emola.face.arrays import ByteArray, FloatArray
from emola.face.crop import UprightSquare
from emola.face.landmarker import Face, FaceLandmarker

INSIGHTFACE_EXPERT = "insightface-2d106"
INSIGHTFACE_DIM = 212
NETWORK_FILE = "2d106det.onnx"
NETWORK_PATH_VARIABLE = "EMOLA_2D106DET"
"""Environment variable with the path of the network."""
ALIGNED_SIZE = 336
"""Side of the aligned crop, in pixels: the input size of LLaVA-1.5's vision tower."""

_INPUT_SIDE = 192


class InsightFaceExpert:
    """Faces found by MediaPipe's landmarker, aligned, and read by InsightFace's 106-point network.

    EmoLA was trained on the aligned faces of AffectNet: each upright, alone in its image and filling it from
    the hairline to the chin. Neither AffectNet nor FABA-Instruct publishes the exact alignment, so this class
    uses :class:`UprightSquare` around MediaPipe's landmarks: eyes level, and the side of the image 1.1 times
    the longer side of the face. The result is ``Face.crop``, which the model and the user see.

    path: the network file; by default the value of ``EMOLA_2D106DET``, else the file that ``emola fetch
    insightface`` downloads. finder: the landmarker. If the file is missing, the constructor succeeds and
    :attr:`missing` says what to do. Raises CheckpointError if the file is not this network.
    """

    name = INSIGHTFACE_EXPERT
    dim = INSIGHTFACE_DIM

    def __init__(self, path: Path | None = None, finder: FaceLandmarker | None = None) -> None:
        self._path = path
        self._finder = finder or FaceLandmarker()
        self._lock = threading.Lock()  # guards the creation of the session; running it is thread-safe
        self._session: Any = None
        self._load()

    @property
    def missing(self) -> str | None:
        """A sentence that names the missing file and how to get it; None if no file is missing."""
        return None if self._load() else self._missing_message()

    @property
    def files(self) -> tuple[Path, ...]:
        """The landmarker's files and, if present, the network."""
        path = self._expected_path()
        return (*self._finder.files, path) if path and path.is_file() else self._finder.files

    def _missing_message(self) -> str:
        path = self._expected_path()
        absent = "is not on this machine" if path is None else f"is not at {path}"
        return (
            f"The landmark network {NETWORK_FILE}, which this model needs to see a face, {absent}: get it "
            f"with “emola fetch insightface” (5 MB; its terms: non-commercial research only), or name your "
            f"copy in {NETWORK_PATH_VARIABLE}."
        )

    def detect(self, image: Image.Image) -> list[Face]:
        """Return the faces of an RGB image, largest first; an empty list if there is none.

        ``Face.prior`` is (212,), ``Face.landmarks`` (106, 2), ``Face.crop`` the aligned face. Raises
        DownloadError if the network is missing.
        """
        self._network()
        return [self._read(image, face) for face in self._finder.detect(image)]

    def features(self, aligned: Image.Image) -> FloatArray:
        """Return the prior of an aligned face image, such as those of FABA-Instruct, (212,) float32.

        Raises DownloadError if the network is missing.
        """
        return self._run(_resize(aligned)[..., ::-1].astype(np.float32) / 255.0)

    def _read(self, image: Image.Image, found: Face) -> Face:
        square = UprightSquare.around(found.landmarks)
        aligned = square.crop(image, ALIGNED_SIZE)
        if found.levels is not None:
            aligned = found.levels.stretch(aligned)
        points = self._run(_resize(aligned).astype(np.float32)).reshape(-1, 2)  # -1 to 1 over the square
        return replace(
            found,
            crop=aligned,
            prior=self.features(aligned),
            landmarks=square.to_image((points + 1) / 2),
        )

    def _run(self, pixels: FloatArray) -> FloatArray:
        """Run the network. pixels: (192, 192, 3) float32. Returns (212,) float32."""
        session = self._network()
        values = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])
        (outputs,) = session.run(None, {session.get_inputs()[0].name: values})
        return np.asarray(outputs[0], dtype=np.float32)

    def _network(self) -> Any:
        """Return the session. Raises DownloadError if the file is missing."""
        session = self._load()
        if session is None:
            raise DownloadError(self._missing_message())
        return session

    def _load(self) -> Any:
        """Return the session, None while the file is missing; each call looks for it again."""
        with self._lock:
            if self._session is None and (file := self._expected_path()) is not None and file.is_file():
                self._session = _create_session(file)
            return self._session

    def _expected_path(self) -> Path | None:
        """Return the given path, else that of the downloaded file, None if it was not downloaded."""
        given = self._path or os.environ.get(NETWORK_PATH_VARIABLE)
        return Path(given).expanduser() if given else downloads.cached(NETWORK_FILE)


def _resize(image: Image.Image) -> ByteArray:
    """Resize the whole image to (192, 192, 3) RGB, ignoring its aspect ratio."""
    import cv2

    # Pillow's bilinear filter averages when reducing, OpenCV's does not: on a portrait of 512 pixels they
    # differ by up to 88 of 255.
    resized = cv2.resize(np.asarray(image.convert("RGB")), (_INPUT_SIDE, _INPUT_SIDE))
    return np.asarray(resized, dtype=np.uint8)


def _create_session(file: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # a run takes a few milliseconds on one core
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        inputs, outputs = session.get_inputs(), session.get_outputs()
    except Exception as error:  # onnxruntime has a separate exception class for each kind of invalid file
        raise CheckpointError(
            f"{file} is not an ONNX network that can be read ({first_line(error)})."
        ) from error
    shapes = [list(part.shape) for part in (*inputs, *outputs)]
    if (
        len(shapes) != 2
        or shapes[0][1:] != [3, _INPUT_SIDE, _INPUT_SIDE]
        or shapes[1][1:] != [INSIGHTFACE_DIM]
    ):
        raise CheckpointError(
            f"{file} is not {NETWORK_FILE}: its inputs and outputs have the shapes {shapes}, and "
            f"{[['N', 3, _INPUT_SIDE, _INPUT_SIDE], ['N', INSIGHTFACE_DIM]]} are needed."
        )
    return session
