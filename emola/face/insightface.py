"""The prior expert ``insightface-2d106``: the 106-point network that the published EmoLA was trained with.

The network is ``2d106det.onnx`` of InsightFace's model packs (github.com/deepinsight/insightface,
alignment/coordinate_reg); its weights are for non-commercial research only.

**The prior** is made as the published code makes it (github.com/JackYFL/EmoLA,
feature_extraction/landmark/landmark_features.py): the whole aligned face image is resized to 192 by
192 with OpenCV's bilinear filter, kept in OpenCV's order blue, green, red, divided by 255, and the 212
numbers that come out are the prior as they are. This is not how InsightFace uses its network: the
network itself subtracts 127.5 and divides by 128, so that it sees next to nothing of a picture whose
values end at 1, and its points then say little about the face. EmoLA's projector was trained on just
these numbers.

**The landmarks** are the 106 points of the same network on the same aligned face, fed as its makers do:
red, green, blue, 0 to 255. They show a person where the network finds the face.
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
from emola.face.crop import UprightSquare
from emola.face.landmarker import Face, FaceLandmarker

INSIGHTFACE_EXPERT = "insightface-2d106"
INSIGHTFACE_DIM = 212
NETWORK_FILE = "2d106det.onnx"
NETWORK_PATH_VARIABLE = "EMOLA_2D106DET"
"""An environment variable that may name the file, wherever it is kept."""
ALIGNED_SIZE = 336
"""Side of the aligned crop, in pixels: what the vision tower of LLaVA-1.5 takes in."""

_INPUT_SIDE = 192


class InsightFaceExpert:
    """Faces found by MediaPipe's landmarker, aligned, and read by InsightFace's 106-point network.

    EmoLA was trained on the aligned faces of AffectNet: each face upright, alone in its picture and
    filling it from the hairline to the chin. Neither AffectNet nor FABA-Instruct publishes the exact
    cut, so ours is that of :class:`UprightSquare` around MediaPipe's landmarks: eyes level, the
    face's longer side a tenth short of the picture's. It is ``Face.crop``: what the model and the
    user see.

    path: the network's file; else ``EMOLA_2D106DET``, else where ``emola fetch insightface`` puts
    it. Without the file the expert can be made and :attr:`missing` says what to do. Raises
    CheckpointError for a file that is not such a network.
    """

    name = INSIGHTFACE_EXPERT
    dim = INSIGHTFACE_DIM

    def __init__(self, path: Path | None = None, finder: FaceLandmarker | None = None) -> None:
        self._path = path
        self._finder = finder or FaceLandmarker()
        self._lock = threading.Lock()  # guards the making of the session, which may run in parallel
        self._session: Any = None
        self._load()

    @property
    def missing(self) -> str | None:
        """What is not on this machine and how to get it; None when all is here."""
        return None if self._load() else self._how_to_get_it()

    @property
    def files(self) -> tuple[Path, ...]:
        """The finder's files, and the network where it is on this machine."""
        wanted = self._wanted()
        return (*self._finder.files, wanted) if wanted and wanted.is_file() else self._finder.files

    def _how_to_get_it(self) -> str:
        wanted = self._wanted()
        absent = "is not on this machine" if wanted is None else f"is not at {wanted}"
        return (
            f"The landmark network {NETWORK_FILE}, which this model needs to see a face, {absent}: get it "
            f"with “emola fetch insightface” (5 MB; its terms: non-commercial research only), or name your "
            f"copy in {NETWORK_PATH_VARIABLE}."
        )

    def detect(self, image: Image.Image) -> list[Face]:
        """Every face of an RGB picture, largest first; an empty list when there is none.

        ``Face.prior`` is (212,), ``Face.landmarks`` (106, 2), ``Face.crop`` the aligned face. Raises
        DownloadError while the network is missing.
        """
        self._network()
        return [self._read(image, face) for face in self._finder.detect(image)]

    def features(self, aligned: Image.Image) -> np.ndarray:
        """The prior of a picture that is an aligned face as a whole, as those of FABA-Instruct are.

        Returns (212,) float32. Raises DownloadError while the network is missing.
        """
        return self._run(_resized(aligned)[..., ::-1].astype(np.float32) / 255.0)

    def _read(self, image: Image.Image, found: Face) -> Face:
        square = UprightSquare.around(found.landmarks)
        aligned = square.crop(image, ALIGNED_SIZE)
        if found.levels is not None:
            aligned = found.levels.stretch(aligned)
        points = self._run(_resized(aligned).astype(np.float32)).reshape(-1, 2)  # -1 to 1 over the square
        return replace(
            found,
            crop=aligned,
            prior=self.features(aligned),
            landmarks=square.to_image((points + 1) / 2),
        )

    def _run(self, pixels: np.ndarray) -> np.ndarray:
        """(192, 192, 3) float32 -> (212,) float32."""
        session = self._network()
        values = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])
        (outputs,) = session.run(None, {session.get_inputs()[0].name: values})
        return np.asarray(outputs[0], dtype=np.float32)

    def _network(self) -> Any:
        """The session; DownloadError while there is no file."""
        session = self._load()
        if session is None:
            raise DownloadError(self._how_to_get_it())
        return session

    def _load(self) -> Any:
        """The session; None while there is no file. One that was put there meanwhile is found."""
        with self._lock:
            if self._session is None and (file := self._wanted()) is not None and file.is_file():
                self._session = _session(file)
            return self._session

    def _wanted(self) -> Path | None:
        """Where the file should be: as told, or where it was fetched to; None when it was not."""
        told = self._path or os.environ.get(NETWORK_PATH_VARIABLE)
        return Path(told).expanduser() if told else downloads.cached(NETWORK_FILE)


def _resized(image: Image.Image) -> np.ndarray:
    """(192, 192, 3) uint8 in red, green, blue: the whole picture, whatever its proportions."""
    import cv2

    # Pillow's bilinear filter averages when it shrinks, OpenCV's does not: on a portrait of 512 pixels
    # they differ by up to 88 of 255.
    return cv2.resize(np.asarray(image.convert("RGB")), (_INPUT_SIDE, _INPUT_SIDE))


def _session(file: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # a few milliseconds on one core; threads would only get in the way
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        takes, gives = session.get_inputs(), session.get_outputs()
    except Exception as error:  # onnxruntime raises a class of its own for each way a file can be wrong
        raise CheckpointError(
            f"{file} is not an ONNX network that can be read ({first_line(error)})."
        ) from error
    shapes = [list(part.shape) for part in (*takes, *gives)]
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
