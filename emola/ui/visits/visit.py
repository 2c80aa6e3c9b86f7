"""The state of one visit: a photo, its faces, and a conversation about each face that was selected."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image

from emola.errors import ChatError, CheckpointError, NoFaceError
from emola.face import AUEstimate, Face
from emola.ui.exports.record import PhotoRecord, SessionRecord
from emola.ui.exports.recording import record_conversation, record_session
from emola.ui.shared import failures, messages
from emola.ui.shared.model_handle import AffectModel
from emola.ui.visits.files import EXPORTS, ServedFile, exported, figure, picture
from emola.ui.visits.matching import matching_face
from emola.ui.visits.pictures import CROP_SIDE, PHOTO_SIDE, REPORT_SIDE, as_jpeg, photo_digest, smaller

if TYPE_CHECKING:
    from emola.chat import ChatSession

HOLDINGS = ("photo", "faces", "conversations", "readings", "encodings", "prefix_caches")
"""What a visit holds in memory: the photo as a JPEG; crops, landmarks and priors of its faces; the text of
the conversations and of the readings; the embeddings of the faces; the keys and values of the prompts."""


class Holding(NamedTuple):
    """Something that the server holds in memory. bytes: its size.

    what: one of ``HOLDINGS``, or "session", a session file that was opened before its photo.
    """

    what: str
    bytes: int


class _Question(NamedTuple):
    text: str
    stopped: threading.Event


class Visit:
    """One photo and the conversations about its faces. Thread-safe."""

    def __init__(self, model: AffectModel, photo: Image.Image) -> None:
        """Find the faces of an RGB photo; raises NoFaceError when there is none."""
        self.faces: Sequence[Face] = tuple(model.prior.detect(photo))
        if not self.faces:
            raise NoFaceError(failures.no_face(*photo.size))
        self.size = photo.size
        """Width and height of the photo, in pixels; the faces have its coordinates."""
        self.sha256 = photo_digest(photo)
        self.started = datetime.now(timezone.utc)
        self.token = secrets.token_urlsafe(18)
        """Part of the addresses of this visit's files."""
        self.selected = 0
        self.editing = False
        """Whether the next question replaces the last one."""
        self.movement_only = False
        """Whether emotion words are withheld; applies to the exports."""
        self._model = model
        self._photo = as_jpeg(photo, PHOTO_SIDE)
        self._lock = threading.Lock()  # guards the conversations against close(), and the start of a question
        self._closed = False
        self._chats: dict[int, ChatSession] = {}
        self._asked: _Question | None = None  # the question in the queue or being answered
        self._chat_about(0)

    @property
    def face(self) -> Face:
        """The selected face. Raises ChatError after :meth:`close`."""
        try:
            return self.faces[self.selected]
        except IndexError:
            raise ChatError(messages.IDLE_TOO_LONG) from None

    @property
    def chat(self) -> ChatSession:
        """The conversation about the selected face. Raises ChatError after :meth:`close`."""
        return self._chat_about(self.selected)

    @property
    def chats(self) -> Mapping[int, ChatSession]:
        """The conversations by the index of their face; a face has one once it was selected."""
        return dict(self._chats)

    def is_about(self, face: object) -> bool:
        """Return whether a face of this visit is selected."""
        faces, selected = self.faces, self.selected
        return selected < len(faces) and faces[selected] is face

    def measured(self) -> Mapping[int, AUEstimate]:
        """Return the evidence for each action unit of the selected face; empty if the model has none."""
        return self._measured(self.face)

    @property
    def busy(self) -> bool:
        """Whether a question is in the queue or being answered."""
        return self._asked is not None

    def is_answering(self, question: str | None) -> bool:
        """Return whether this question is in the queue or being answered; None: any question."""
        return (asked := self._asked) is not None and question in (None, asked.text)

    @contextmanager
    def asking(self, question: str, index: int | None = None) -> Iterator[Callable[[], bool]]:
        """Mark the visit as busy inside the block; yields a function that tells whether it was stopped.

        index: of a face of the photo to select for the question. Raises ChatError when the visit is busy
        already.
        """
        asked = _Question(question, threading.Event())
        with self._lock:
            if self.busy:
                raise ChatError(messages.STILL_WRITING)
            self._asked = asked
        try:
            if index is not None:
                self._switch(index)
            yield asked.stopped.is_set
        finally:
            if self._asked is asked:  # otherwise another face was selected, and maybe asked about
                self._asked = None

    def stop(self) -> None:
        """Stop the question in the queue or being answered, if there is one."""
        if (asked := self._asked) is not None:
            asked.stopped.set()
        if (chat := self._chats.get(self.selected)) is not None:
            chat.stop()

    def select(self, index: int) -> bool:
        """Select a face of the photo and its conversation, which begins when the face is selected first.

        An answer about the previous face is stopped and keeps its text. Returns False when the face is
        selected already. Raises ChatError when there is no such face.
        """
        if not isinstance(index, int) or index not in range(len(self.faces)):
            number = index + 1 if isinstance(index, int) else index
            raise ChatError(messages.no_such_face(number, len(self.faces)))
        if index == self.selected:
            return False
        self.stop()
        self._switch(index)
        self._asked = None
        return True

    def _switch(self, index: int) -> None:
        self._chat_about(index)
        self.selected = index
        self.editing = False

    def holdings(self) -> list[Holding]:
        """Return what the visit holds in memory; empty after :meth:`close`."""
        sizes = Counter(photo=len(self._photo), faces=sum(map(_face_size, self.faces)))
        for chat in self.chats.values():
            sizes.update(chat.holdings())
        return [Holding(what, sizes[what]) for what in HOLDINGS if sizes[what]]

    @property
    def memory(self) -> int:
        """Size of the photo and of the faces in memory, in bytes."""
        return len(self._photo) + sum(map(_face_size, self.faces))

    def record(self) -> SessionRecord:
        """Return the conversations in the form in which they are saved."""
        # In this order, because close() deletes the conversations first.
        faces, chats = self.faces, self.chats
        conversations = [
            record_conversation(
                index + 1, faces[index], chat, self._measured(faces[index]), movement_only=self.movement_only
            )
            for index, chat in sorted(chats.items())
            if chat.turns
        ]
        photo = PhotoRecord(sha256=self.sha256, width=self.size[0], height=self.size[1])
        return record_session(
            self._model, photo, self.started, conversations, movement_only=self.movement_only
        )

    def restore(self, record: SessionRecord) -> int:
        """Continue the conversations of a saved session; returns how many.

        Each replaces the conversation about the face at the same place of the photo, and the first restored
        one is selected unless the selected face has one.

        Raises ChatError for a session about another photo, without a conversation, and during an answer.
        """
        if record.photo.sha256 != self.sha256:
            raise ChatError(messages.OTHER_PHOTO)
        if self.busy:
            raise ChatError(messages.STILL_WRITING)
        restored = []
        for conversation in record.conversations:
            index = matching_face(conversation.box, self.faces)
            if index is not None and conversation.turns and index not in restored:
                self._chat_about(index).restore([turn.turn() for turn in conversation.turns])
                restored.append(index)
        if not restored:
            raise ChatError(messages.NOTHING_SAVED)
        if self.selected not in restored:
            self.select(restored[0])
        self.editing = False
        return len(restored)

    def photo_address(self) -> str:
        """Return the address of the photo."""
        return f"visit/{self.token}/photo"

    def crop_address(self) -> str:
        """Return the address of the aligned crop of the selected face."""
        return f"visit/{self.token}/face?face={self.selected}"

    def export_address(self, suffix: str) -> str:
        """Return the address of an export. suffix: "md", "json" or "html"."""
        return f"visit/{self.token}/conversation.{suffix}"

    def file(self, kind: str, query: Mapping[str, str]) -> ServedFile | None:
        """Return a file of the visit; None when the query names none, and after :meth:`close`.

        kind: "photo"; "face", the crop of the face with the index "face" of the query; or a key of
        ``EXPORTS``. With ``picture=0`` in the query, an HTML report has no photo.
        """
        photo, faces = self._photo, self.faces  # read once: close() may run meanwhile
        if not (photo and faces):
            return None
        if kind in EXPORTS:
            shown = b"" if query.get("picture") == "0" else photo
            return exported(kind, self.record(), lambda: self._figures(shown))
        if kind == "photo":
            return None if query else picture(photo)
        number = query.get("face", "")
        if kind != "face" or not number.isdecimal() or len(number) > 4 or int(number) >= len(faces):
            return None
        return picture(as_jpeg(faces[int(number)].crop, CROP_SIDE))

    def close(self) -> None:
        """End the conversations and delete everything that :meth:`holdings` lists."""
        self.stop()
        with self._lock:
            self._closed = True
            chats, self._chats = self._chats, {}
            self._photo, self.faces = b"", ()
        for chat in chats.values():
            chat.close()

    def _chat_about(self, index: int) -> ChatSession:
        with self._lock:
            if self._closed:
                raise ChatError(messages.IDLE_TOO_LONG)
            if index not in self._chats:
                self._chats[index] = self._model.chat(self.faces[index])
            return self._chats[index]

    def _measured(self, face: Face) -> Mapping[int, AUEstimate]:
        try:
            return self._model.evidence(face)
        except CheckpointError:
            return {}

    def _figures(self, photo: bytes) -> dict[int, str]:
        """Return the faces with a conversation as SVG, by their numbers. photo: as a JPEG, or empty."""
        photo = smaller(photo, REPORT_SIDE) if photo else b""
        faces, chats = self.faces, self.chats
        return {
            index + 1: figure(photo, self.size, faces, index, self._measured(faces[index]))
            for index, chat in chats.items()
            if chat.turns
        }


def _face_size(face: Face) -> int:
    """Return the size of a face in memory, in bytes."""
    crop = face.crop.width * face.crop.height * len(face.crop.getbands())
    prior = 0 if face.prior is None else face.prior.nbytes
    return int(crop + face.landmarks.nbytes + face.box.nbytes + prior)


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
