"""A fake model for the page, which finds faces in drawings and plays back answers."""

from __future__ import annotations

import threading
import time
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from mean_face import mean_face
from PIL import Image, ImageDraw
from scripted_model import ByteProcessor, ScriptedModel

from emola.chat import ChatSession, Engine
from emola.errors import CheckpointError, DownloadError
from emola.face import AUEstimate, Face
from emola.ui.shared.model_handle import ModelHandle

ANSWERS = (
    "The face is smiling. AU6 (cheek raiser) and AU12 (lip corner puller) are active.",
    "Yes, AU12 is active and strong.",
    "It looks like happiness.",
)


def drawing(faces: int = 1, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Return a picture of simple faces, side by side."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for x0, y0, x1, y1 in _boxes(faces, size):
        width, height = x1 - x0, y1 - y0
        draw.ellipse((x0, y0, x1, y1), fill="#e8c9a8", outline="#6b4f3a", width=3)
        for eye in (0.32, 0.68):
            cx, cy, r = x0 + eye * width, y0 + 0.4 * height, width * 0.06
            draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill="#3a2c22")
        mouth = (x0 + 0.28 * width, y0 + 0.5 * height, x0 + 0.72 * width, y0 + 0.8 * height)
        draw.arc(mouth, 20, 160, fill="#8c3b3b", width=5)
    return image


def _boxes(faces: int, size: tuple[int, int]) -> list[tuple[float, float, float, float]]:
    column = size[0] / max(faces, 1)
    side = min(column, size[1]) * 0.8
    top = (size[1] - side) / 2
    return [
        (column * (i + 0.5) - side / 2, top, column * (i + 0.5) + side / 2, top + side) for i in range(faces)
    ]


class FakeModel:
    """Finds ``faces`` faces in a picture that is not white; writes a character every ``pause`` seconds."""

    name = "EmoLA-Nano"
    info = {"parameters": 142_300_000, "device": "cpu", "quantize": None}

    def __init__(
        self,
        faces: int = 1,
        pause: float = 0.0,
        answers: tuple[Any, ...] = ANSWERS,
        adapters: tuple[str, ...] = (),
        given: str | None = None,
    ) -> None:
        """given: the line that the model is told of a face; it then reads each face with its next answer."""
        self.faces = faces
        self.measures = True
        self.adapters = adapters
        self.prior = FakeExpert(self)
        self.scripted = ScriptedModel()
        self.scripted.peft_config = dict.fromkeys(adapters)
        self.say(*answers)
        self.pause(pause)
        reader = None if given is None else lambda *_: given
        self.engine = Engine(self.scripted, _FaceProcessor(), max_context=4000, given=reader)
        self.chats: list[ChatSession] = []

    def say(self, *answers: Any) -> None:
        """Set the answers, which repeat in order."""
        self.scripted.answers = _RepeatingQueue(answers)  # type: ignore[assignment]

    def pause(self, seconds: float) -> None:
        """Set the seconds per character."""
        self.scripted.on_step = lambda: time.sleep(seconds)

    def identity(self) -> dict[str, str]:
        return {"weights": "0123456789abcdef", "evidence": "fedcba9876543210"}

    def evidence(self, face: Face) -> dict[int, AUEstimate]:
        """Return AU12 as active, and AU25 too for a face on the right."""
        if not self.measures:
            raise CheckpointError("This model has no evidence.")
        likely = {4: 0.03, 12: 0.97, 25: 0.6 if face.box[0] > 300 else 0.4}
        return {au: AUEstimate(p, p, p >= 0.5, None, None) for au, p in likely.items()}

    def chat(self, face: Face) -> ChatSession:
        self.chats.append(ChatSession(self.engine, face))
        return self.chats[-1]

    def close(self) -> None:
        self.engine.close()

    def face(self, image: Image.Image, box: tuple[float, float, float, float]) -> Face:
        crop = image.crop(tuple(round(side) for side in box)).resize((240, 240))
        return mean_face(box, crop=crop)


class FakeExpert:
    """The landmark expert of a fake model."""

    def __init__(self, model: FakeModel) -> None:
        self.missing: str | None = None
        self._model = model

    def detect(self, image: Image.Image) -> list[Face]:
        if self.missing:
            raise DownloadError(self.missing)
        if np.asarray(image).min() == 255:
            return []
        return [self._model.face(image, box) for box in _boxes(self._model.faces, image.size)]


class LoadingModel:
    """A model that loads until ``finish`` is called, and fails if given an error."""

    def __init__(self, model: FakeModel) -> None:
        self._model = model
        self._finished = threading.Event()
        self._error: Exception | None = None
        self.handle = ModelHandle(self._load, name=model.name, adapters=model.adapters)
        self.handle.start()

    def finish(self, error: Exception | None = None) -> None:
        self._error = error
        self._finished.set()

    def _load(self) -> FakeModel:
        assert self._finished.wait(60)
        if self._error:
            raise self._error
        return self._model


class _FaceProcessor(ByteProcessor):
    """A byte processor that reads the mean level of a crop."""

    def __call__(self, images: list[Any], **options: Any) -> dict[str, Any]:
        return super().__call__([float(np.asarray(images[0]).mean())], **options)


class _RepeatingQueue:
    """A queue that repeats its answers."""

    def __init__(self, answers: tuple[Any, ...]) -> None:
        self._answers = cycle(answers)

    def popleft(self) -> list[Any]:
        answer = next(self._answers)
        return [*answer.encode(), 259] if isinstance(answer, str) else list(answer)


def save(image: Image.Image, folder: Path, name: str = "face.png", **options: Any) -> Path:
    path = folder / name
    image.save(path, **options)
    return path
