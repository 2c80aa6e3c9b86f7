"""The endpoints for programs: ``/look``, ``/ask`` and ``/evidence``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

import gradio as gr

from emola.errors import ChatError, CheckpointError, EmolaError, ImageError
from emola.faba import ACTION_UNITS
from emola.faba.movement_only import asks_for_emotion, mask_stream
from emola.face import AUEstimate, Face, load_image
from emola.face.evidence import HIDDEN
from emola.face.face_reading import level
from emola.limits import Limits
from emola.ui.chat.settings import Settings
from emola.ui.chat.transcript import accumulated
from emola.ui.exports.record import MAX_ANSWER
from emola.ui.serving.questions import Questions
from emola.ui.serving.uploads import Uploads
from emola.ui.serving.visitors import current_visitor
from emola.ui.shared import law, messages
from emola.ui.shared.evidence import EvidenceRow, compare
from emola.ui.shared.model_handle import AffectModel, ModelHandle
from emola.ui.shared.upload_inputs import Photo
from emola.ui.visits.answer_queue import POLL_INTERVAL, AnswerQueue
from emola.ui.visits.visit import Visit, describe
from emola.ui.visits.visit_store import VisitStore

SECOND_OPINION = "Measured from landmarks and pixels, without the model: a second opinion, not the truth."
"""The note in the result of ``/evidence``."""

_DECIMALS = 3


class Endpoints:
    """The functions for programs. All raise EmolaError for mistakes of the caller.

    A key stands for a photo and the conversations about its faces. Gradio keeps it in the session of a
    client. movement_only: questions about emotions are refused, and emotion words in answers are masked.
    """

    def __init__(
        self,
        model: ModelHandle,
        visits: VisitStore,
        uploads: Uploads,
        queue: AnswerQueue,
        limits: Limits,
        *,
        movement_only: bool = False,
        questions: Questions | None = None,
    ) -> None:
        self._model = model
        self._visits = visits
        self._uploads = uploads
        self._queue = queue
        self._limits = limits
        self._movement_only = movement_only
        self._questions = questions or Questions(limits)

    def look(self, photo: str | None, key: str | None) -> tuple[dict[str, Any], str]:
        """Find the faces in a photo and start a conversation about each; waits for a model that is loading.

        photo: path of an upload. key: of the photo to replace, if any. Returns the faces and the key.
        """
        if photo is None:
            raise ImageError(messages.PHOTO_NEEDED)
        self._questions.admit_photo()
        return self.look_at(self._uploads.take(photo), key)

    def look_at(self, photo: bytes, key: str | None) -> tuple[dict[str, Any], str]:
        """Do as ``look`` for the content of an image file."""
        model = self._model.wait(self._limits.model_wait)
        with self._questions.reading_photo:
            visit = Visit(model, load_image(photo, max_pixels=self._limits.photo_pixels))
        visit.movement_only = self._movement_only
        return describe(model, visit.faces), self._visits.add(visit, key)

    def ask(self, question: str, face: Any, key: str | None) -> Iterator[str]:
        """Stream the answer to a question: each item is the whole text so far.

        face: its number, from 1. Yields empty texts while the question waits in the queue. An answer that
        reaches the time limit of the server ends there.
        """
        self._questions.admit(question)
        visit = self._visits.find(key)
        if visit.movement_only and asks_for_emotion(question):
            raise ChatError(law.EMOTION_REFUSED)
        index = _face_index(face, len(visit.faces))
        # Before anything of the visit changes, since another call may ask too.
        with visit.asking(question, index) as stopped:
            self._questions.admit_turn(len(visit.chat.turns))
            Settings().apply(visit, self._model.adapters, self._limits.answer_tokens)
            pieces = visit.chat.ask(question)
            asking = self._questions.answering(visit.chat)
            with asking as answer, self._queue.enter(current_visitor()) as wait:
                while wait(POLL_INTERVAL) and not stopped():
                    yield ""  # Gradio ends the handler here when the client has disconnected
                if stopped():
                    raise ChatError(messages.NOT_ASKED)
                pieces = answer.watch(pieces)
                yield from accumulated(mask_stream(pieces) if visit.movement_only else pieces)

    def evidence(self, face: Any, answer: str | None, key: str | None) -> dict[str, Any]:
        """Return what was measured in a face, and whether an answer agrees with it.

        face: its number, from 1. answer: any text about the face, of up to ``MAX_ANSWER`` characters; empty
        for the measurements alone. The conversations stay as they are.
        """
        if answer and len(answer) > MAX_ANSWER:
            raise ChatError(
                f"The answer is too long: it has {len(answer):,} characters, and at most {MAX_ANSWER:,} are "
                "compared; give a part of it."
            )
        faces = self._visits.find(key).faces
        index = _face_index(face, len(faces))
        model = self._model.wait(self._limits.model_wait)
        measured = _measured(model, faces[index])
        rows = {row.code: row for row in compare(answer, measured)} if answer else {}
        estimates = measured or {}
        return {
            "model": model.name,
            "face": index + 1,
            "measured": measured is not None,
            "units": [
                _unit(code, estimates.get(code), rows.get(code)) for code in sorted({*estimates, *rows})
            ],
            "note": SECOND_OPINION,
        }


def add_endpoints(handlers: Endpoints, key: gr.State, photos: int) -> None:
    """Register the endpoints, which read ``photos`` photos at a time, on components that are not shown."""
    photo = Photo(type="filepath", image_mode=None, visible=False, label="photo")
    question = gr.Textbox(visible=False, label="question")
    # Without bounds, so that our own message reports the error.
    face = gr.Number(1, visible=False, label="number of the face, from 1, the largest")
    said = gr.Textbox("", visible=False, label="answer to compare with the measurements")
    faces = gr.JSON(visible=False, label="faces")
    answer = gr.Textbox(visible=False, label="answer")
    evidence = gr.JSON(visible=False, label="evidence")
    trigger = gr.Button(visible=False)
    reading: dict[str, Any] = {"concurrency_id": "look", "concurrency_limit": photos}
    trigger.click(
        _with_readable_errors(handlers.look),
        [photo, key],
        [faces, key],
        api_name="look",
        api_description="Find the faces in a photo, largest first, and start a conversation about each.",
        **reading,
    )
    trigger.click(
        _with_readable_errors(handlers.ask),
        [question, face, key],
        answer,
        api_name="ask",
        api_description="Ask about a face of the photo that /look was given; the answer is streamed.",
        concurrency_id="ask",
        concurrency_limit=None,  # questions wait in our own queue
    )
    trigger.click(
        _with_readable_errors(handlers.evidence),
        [face, said, key],
        evidence,
        api_name="evidence",
        api_description="Measure the action units of a face of the photo that /look was given, without the "
        "language model, and compare them with an answer.",
        **reading,
    )


def _with_readable_errors(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return a handler whose errors Gradio passes on to the client.

    They are raised outside of the ``except`` block, without the error of the handler: its traceback refers to
    the photo, and Gradio keeps an error in a cycle of references until the next garbage collection.
    """
    if inspect.isgeneratorfunction(handler):

        @wraps(handler)
        def stream(*arguments: Any) -> Iterator[Any]:
            try:
                yield from handler(*arguments)
                return
            except EmolaError as error:
                reason = str(error)
            raise gr.Error(reason, print_exception=False)

        return stream

    @wraps(handler)
    def call(*arguments: Any) -> Any:
        try:
            return handler(*arguments)
        except EmolaError as error:
            reason = str(error)
        raise gr.Error(reason, print_exception=False)

    return call


def _face_index(number: Any, count: int) -> int:
    """Return the index of one of ``count`` faces from its number, from 1; without a number, the largest."""
    try:
        value = 1.0 if number in (None, "") else float(number)
    except (TypeError, ValueError):
        value = 0.5
    if not value.is_integer():
        raise ChatError(messages.no_face_number(number))
    if not 1 <= value <= count:
        raise ChatError(messages.no_such_face(int(value), count))
    return int(value) - 1


def _measured(model: AffectModel, face: Face) -> Mapping[int, AUEstimate] | None:
    """Return the evidence of a face; None for a model that measures none."""
    try:
        return model.evidence(face)
    except CheckpointError:
        return None


def _unit(code: int, estimate: AUEstimate | None, row: EvidenceRow | None) -> dict[str, Any]:
    """Return the measurement of a unit and what an answer says about it as JSON-ready values.

    estimate: None for a unit that is not measured. row: None for a unit that no row compares.
    """
    found = estimate or HIDDEN
    return {
        "au": code,
        "name": ACTION_UNITS[code].name,
        "visible": None if estimate is None else estimate.visible,
        "active": found.active if found.visible else None,
        "probability": _rounded(found.probability),
        "intensity": _rounded(found.intensity),
        "level": level(found.intensity) if found.active and found.intensity is not None else None,
        "left": _rounded(found.left),
        "right": _rounded(found.right),
        "said": row.said if row else None,
        "verdict": row.verdict if row else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), _DECIMALS)
