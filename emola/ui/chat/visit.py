"""What the server keeps for one open page: a photo, its faces, and the conversation about one of them."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from typing import Any, Protocol

from PIL import Image

from emola.chat import ChatSession
from emola.errors import ChatError, CheckpointError, NoFaceError
from emola.face import AUEstimate, Face, PriorExpert, draw_overlay
from emola.face.overlay import OVERLAY_STYLES
from emola.ui import messages

SHOWN_SIDE = (900, 1400)
"""The longer side of the shown photo, in pixels: a small one is enlarged, so that what is drawn on it is
sharp, and a large one shrunk. The model always sees the original."""

CROP_SHOWN = (168, 168)
"""Pixels of the cut-out face on the page."""


class AffectModel(Protocol):
    """What the page asks of a model; :class:`emola.EmoLA` has it."""

    @property
    def name(self) -> str:
        """The model's name as people say it."""

    @property
    def info(self) -> Mapping[str, Any]:
        """Facts: "parameters" (int), "device" (str), "quantize" (str or None)."""

    @property
    def adapters(self) -> Sequence[str]:
        """The names of the adapters that can be chosen between; empty when there is no choice."""

    @property
    def prior(self) -> PriorExpert:
        """What finds the faces."""

    def look(self, image: Any) -> list[Face]:
        """The faces in a picture, largest first."""

    def evidence(self, face: Face) -> Mapping[int, AUEstimate]:
        """What is measured of each action unit apart from the words; CheckpointError if nothing is."""

    def chat(self, face: Face) -> ChatSession:
        """A new conversation about a face."""


class Visit:
    """One photo and the conversation about it."""

    def __init__(self, model: AffectModel, photo: Image.Image) -> None:
        """Find the faces of ``photo``; NoFaceError when there is none."""
        self._model = model
        self.faces = model.look(photo)
        if not self.faces:
            raise NoFaceError(messages.NO_FACE)
        least, most = (side / max(photo.size) for side in SHOWN_SIDE)
        scale = min(most, max(1.0, least))
        size = (max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
        self._shown = photo.resize(size, Image.Resampling.LANCZOS) if scale != 1.0 else photo
        self._shown_faces = [
            replace(face, box=face.box * scale, landmarks=face.landmarks * scale) for face in self.faces
        ]
        self.token = secrets.token_urlsafe(18)
        """By which the browser fetches the pictures of this visit."""
        self.selected = 0
        self.editing = False
        """The next question sent takes the place of the last one."""
        self.chat = model.chat(self.faces[0])
        self._asked: threading.Event | None = None  # the question that waits or is answered; set to end it

    @property
    def face(self) -> Face:
        """The face that is chosen."""
        return self.faces[self.selected]

    def measured(self) -> Mapping[int, AUEstimate]:
        """What is measured of each action unit in the chosen face; nothing where the model measures none."""
        try:
            return self._model.evidence(self.face)
        except CheckpointError:
            return {}

    @property
    def busy(self) -> bool:
        """Whether a question waits for its turn or is being answered."""
        return self._asked is not None

    @contextmanager
    def asking(self) -> Iterator[Callable[[], bool]]:
        """Be busy with a question; what is handed out tells whether it was stopped."""
        if self.busy:
            raise ChatError(messages.STILL_WRITING)
        asked = self._asked = threading.Event()
        try:
            yield asked.is_set
        finally:
            if self._asked is asked:  # otherwise another face was chosen, and maybe asked about
                self._asked = None

    def stop(self) -> None:
        """End the question that waits or is being answered; without one, do nothing."""
        if (asked := self._asked) is not None:
            asked.set()
        self.chat.stop()

    def select(self, index: int) -> bool:
        """Turn to another face of the photo, which begins a new conversation; False for the same one."""
        if not isinstance(index, int) or index not in range(len(self.faces)):
            number = index + 1 if isinstance(index, int) else index
            raise ChatError(messages.no_such_face(number, len(self.faces)))
        if index == self.selected:
            return False
        self.selected = index
        self.editing = False
        self.stop()
        self._asked = None
        self.chat.set_face(self.faces[index])
        return True

    def face_at(self, x: float, y: float) -> int | None:
        """The face under a point of the shown photo, the smallest where several overlap."""
        under = [
            index
            for index, face in enumerate(self._shown_faces)
            if face.box[0] <= x <= face.box[2] and face.box[1] <= y <= face.box[3]
        ]
        return min(under, key=lambda index: self._shown_faces[index].area, default=None)

    @property
    def memory(self) -> int:
        """Bytes of the pictures that are kept."""
        pictures = [self._shown, *(face.crop for face in self.faces)]
        return sum(picture.width * picture.height * len(picture.getbands()) for picture in pictures)

    def overlay_address(self, style: str) -> str:
        """Where the browser fetches the photo with landmarks in a style and the chosen face."""
        return f"visit/{self.token}/photo?style={style}&face={self.selected}"

    def crop_address(self) -> str:
        """Where the browser fetches the chosen face, cut out as the model sees it."""
        return f"visit/{self.token}/face?face={self.selected}"

    def picture(self, kind: str, query: Mapping[str, str]) -> bytes | None:
        """The "photo" with its landmarks or a "face" as a JPEG.

        query: "face", its index, and for the photo "style", see ``draw_overlay``. None for other values.
        """
        number, style = query.get("face", ""), query.get("style", "")
        if not number.isdecimal() or len(number) > 4 or int(number) >= len(self.faces):
            return None
        if kind == "face":
            return _as_jpeg(self.faces[int(number)].crop.resize(CROP_SHOWN))
        if style not in OVERLAY_STYLES:
            return None
        return _as_jpeg(draw_overlay(self._shown, self._shown_faces, style=style, selected=int(number)))

    def close(self) -> None:
        """End the conversation."""
        self.stop()
        self.chat.close()


def _as_jpeg(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def describe(model: AffectModel, faces: Sequence[Face]) -> dict[str, Any]:
    """What was found, as plain numbers in pixels: for programs."""
    found = []
    for number, face in enumerate(faces, start=1):
        pose = None if face.pose is None else {k: round(v, 1) for k, v in face.pose._asdict().items()}
        landmarks = [[round(float(x), 1), round(float(y), 1)] for x, y in face.landmarks]
        box = [round(float(side), 1) for side in face.box]
        seen = None if face.visibility is None else face.visibility.as_dict()
        found.append({"face": number, "box": box, "pose": pose, "visibility": seen, "landmarks": landmarks})
    return {"model": model.name, "faces": found}
