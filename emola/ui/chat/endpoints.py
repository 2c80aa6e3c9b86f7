"""The endpoints for programs: ``/look`` and ``/ask``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from emola.errors import ChatError, EmolaError
from emola.face import load_image
from emola.ui.chat.transcript import accumulated
from emola.ui.serving.limits import Limits
from emola.ui.serving.uploads import Uploads
from emola.ui.shared import messages
from emola.ui.shared.image_components import Photo
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.visits.answer_queue import POLL_INTERVAL, AnswerQueue
from emola.ui.visits.visit import Visit, describe
from emola.ui.visits.visit_store import VisitStore


class Endpoints:
    """The handlers of the endpoints. The session of a client holds the photo and the conversation."""

    def __init__(
        self, model: ModelHandle, visits: VisitStore, uploads: Uploads, queue: AnswerQueue, limits: Limits
    ) -> None:
        self._model = model
        self._visits = visits
        self._uploads = uploads
        self._queue = queue
        self._limits = limits

    def look(self, photo: str | None, key: str | None) -> tuple[dict[str, Any], str]:
        """Find the faces in a photo; waits for a model that is loading."""
        if photo is None:
            raise gr.Error(messages.PHOTO_NEEDED, print_exception=False)
        try:
            image = load_image(self._uploads.take(photo))
            model = self._model.wait(self._limits.model_wait)
            visit = Visit(model, image)
        except EmolaError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return describe(model, visit.faces), self._visits.add(visit, key)

    def ask(self, question: str, face: Any, key: str | None) -> Iterator[str]:
        """Stream the answer to a question."""
        try:
            visit = self._visits.find(key)
            visit.select(_face_index(face))
            pieces = visit.chat.ask(question)
            with visit.asking() as stopped, self._queue.enter() as wait:
                while wait(POLL_INTERVAL) and not stopped():
                    yield ""  # Gradio ends the handler here when the client has disconnected
                if stopped():
                    raise ChatError(messages.NOT_ASKED)
                yield from accumulated(pieces)
        except EmolaError as error:
            raise gr.Error(str(error), print_exception=False) from error


def add_endpoints(handlers: Endpoints, key: gr.State, concurrency: int) -> None:
    """Register the endpoints in an open ``gr.Blocks``, on components that the page does not show."""
    photo = Photo(type="filepath", image_mode=None, visible=False, label="photo")
    faces = gr.JSON(visible=False, label="faces")
    question = gr.Textbox(visible=False, label="question")
    face = gr.Number(
        1, visible=False, label="face"
    )  # without bounds, so that our own message reports the error
    answer = gr.Textbox(visible=False, label="answer")
    trigger = gr.Button(visible=False)
    trigger.click(
        handlers.look,
        [photo, key],
        [faces, key],
        api_name="look",
        api_description="Find the faces in a photo, largest first, and start a conversation about the first.",
        concurrency_id="look",
        concurrency_limit=concurrency,
    )
    trigger.click(
        handlers.ask,
        [question, face, key],
        answer,
        api_name="ask",
        api_description="Ask about a face of the photo that /look was given; the answer is streamed.",
        concurrency_id="ask",
        concurrency_limit=concurrency,
    )


def _face_index(number: Any) -> int:
    """Return the index of a face from its number, counted from 1; the largest face without a number."""
    if number is None or number == "":
        return 0
    try:
        value = float(number)
    except (TypeError, ValueError):
        value = 0.5
    if not value.is_integer():
        raise ChatError(messages.no_face_number(number))
    return int(value) - 1
