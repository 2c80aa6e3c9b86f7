"""The state of one visit: a photo, its faces, and the conversation about one of them."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from typing import Any

from PIL import Image

from emola.errors import ChatError, CheckpointError, NoFaceError
from emola.face import AUEstimate, Face, draw_overlay
from emola.face.overlay import OVERLAY_STYLES
from emola.ui.shared import messages
from emola.ui.shared.model_handle import AffectModel

SHOWN_SIDE = (900, 1400)
"""Range of the longer side of the shown photo, in pixels. A small photo is enlarged, so that lines drawn on
it are sharp, and a large one is reduced. The model always reads the original."""

CROP_SHOWN = (168, 168)
"""Size of the shown crop of a face, in pixels."""


class Visit:
    """One photo and the conversation about it."""

    def __init__(self, model: AffectModel, photo: Image.Image) -> None:
        """Find the faces of an RGB photo; raises NoFaceError when there is none."""
        self._model = model
        self.faces = model.prior.detect(photo)
        if not self.faces:
            raise NoFaceError(messages.NO_FACE)
        smallest, largest = (side / max(photo.size) for side in SHOWN_SIDE)
        scale = min(largest, max(1.0, smallest))
        size = (max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
        self._shown = photo.resize(size, Image.Resampling.LANCZOS) if scale != 1.0 else photo
        self._shown_faces = [
            replace(face, box=face.box * scale, landmarks=face.landmarks * scale) for face in self.faces
        ]
        self.token = secrets.token_urlsafe(18)
        """Part of the addresses of this visit's pictures."""
        self.selected = 0
        self.editing = False
        """Whether the next question replaces the last one."""
        self.chat = model.chat(self.faces[0])
        self._asked: threading.Event | None = None  # the question in the queue or being answered; set to stop

    @property
    def face(self) -> Face:
        """The selected face."""
        return self.faces[self.selected]

    def measured(self) -> Mapping[int, AUEstimate]:
        """Return the evidence for each action unit of the selected face; empty if the model has none."""
        try:
            return self._model.evidence(self.face)
        except CheckpointError:
            return {}

    @property
    def busy(self) -> bool:
        """Whether a question is in the queue or being answered."""
        return self._asked is not None

    @contextmanager
    def asking(self) -> Iterator[Callable[[], bool]]:
        """Mark the visit as busy inside the block; yields a function that tells whether it was stopped.

        Raises ChatError when the visit is busy already.
        """
        if self.busy:
            raise ChatError(messages.STILL_WRITING)
        asked = self._asked = threading.Event()
        try:
            yield asked.is_set
        finally:
            if self._asked is asked:  # otherwise another face was selected, and maybe asked about
                self._asked = None

    def stop(self) -> None:
        """Stop the question in the queue or being answered, if there is one."""
        if (asked := self._asked) is not None:
            asked.set()
        self.chat.stop()

    def select(self, index: int) -> bool:
        """Select a face of the photo, which starts a new conversation.

        Returns False when it is selected already. Raises ChatError when there is no such face.
        """
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
        """Return the index of the face at a point of the shown photo, the smallest if several overlap."""
        hits = [
            index
            for index, face in enumerate(self._shown_faces)
            if face.box[0] <= x <= face.box[2] and face.box[1] <= y <= face.box[3]
        ]
        return min(hits, key=lambda index: self._shown_faces[index].area, default=None)

    @property
    def memory(self) -> int:
        """Size of the pictures in memory, in bytes."""
        pictures = [self._shown, *(face.crop for face in self.faces)]
        return sum(picture.width * picture.height * len(picture.getbands()) for picture in pictures)

    def overlay_address(self, style: str) -> str:
        """Return the address of the photo with its landmarks in a style and the selected face marked."""
        return f"visit/{self.token}/photo?style={style}&face={self.selected}"

    def crop_address(self) -> str:
        """Return the address of the aligned crop of the selected face."""
        return f"visit/{self.token}/face?face={self.selected}"

    def picture(self, kind: str, query: Mapping[str, str]) -> bytes | None:
        """Return a picture of the visit as a JPEG; None when the query names none.

        kind: "photo", with landmarks, or "face", a crop. query: "face", an index, and for the photo "style",
        see ``draw_overlay``.
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
    """Return the faces as JSON-ready values, in pixels: the result of the endpoint ``/look``."""
    described = []
    for number, face in enumerate(faces, start=1):
        pose = None if face.pose is None else {k: round(v, 1) for k, v in face.pose._asdict().items()}
        visibility = None if face.visibility is None else face.visibility.as_dict()
        described.append(
            {
                "face": number,
                "box": [round(float(side), 1) for side in face.box],
                "pose": pose,
                "visibility": visibility,
                "landmarks": [[round(float(x), 1), round(float(y), 1)] for x, y in face.landmarks],
            }
        )
    return {"model": model.name, "faces": described}
