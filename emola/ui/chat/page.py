"""The chat page: its layout, events and endpoints put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from emola.limits import DEFAULT, Limits
from emola.ui.chat.chat_events import ChatEvents
from emola.ui.chat.chat_panel import ChatPanel
from emola.ui.chat.endpoints import Endpoints, add_endpoints
from emola.ui.chat.layout import Components, lay_out
from emola.ui.chat.photo_events import PhotoEvents
from emola.ui.chat.reading_events import ReadingEvents
from emola.ui.chat.session_events import SessionEvents
from emola.ui.serving.questions import PHOTOS, Questions
from emola.ui.serving.uploads import Uploads
from emola.ui.shared.example_photos import ExamplePhoto
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.visits.answer_queue import AnswerQueue
from emola.ui.visits.visit_store import VisitStore

_FOCUS_QUESTION: dict[str, Any] = {
    "fn": None,
    "js": "() => document.querySelector('#question textarea').focus()",
}

_KEY = "emola-visit"
"""Name of the key of the visit in the ``sessionStorage`` of the tab."""
_RECALL = f"() => {{ try {{ return sessionStorage.getItem('{_KEY}'); }} catch {{ return null; }} }}"
_KEEP = f"""(key) => {{
  try {{
    if (key) sessionStorage.setItem("{_KEY}", key);
    else sessionStorage.removeItem("{_KEY}");
  }} catch {{}} // storage is blocked: a reload begins anew
}}"""


class ChatPage:
    """The chat page of a model.

    examples: example photos by title. concurrency: answers generated at the same time, see ``AnswerQueue``.
    movement_only: emotion words are withheld, and visitors cannot change that. questions: admits the
    questions.
    """

    def __init__(
        self,
        model: ModelHandle,
        examples: Mapping[str, ExamplePhoto],
        visits: VisitStore,
        uploads: Uploads,
        *,
        concurrency: int = 8,
        limits: Limits = DEFAULT,
        movement_only: bool = False,
        questions: Questions | None = None,
    ) -> None:
        self._model = model
        self._examples = examples
        self._visits = visits
        self._uploads = uploads
        self._concurrency = concurrency
        self._limits = limits
        self._movement_only = movement_only
        self._queue = AnswerQueue(concurrency, max_waiting=limits.queue)
        self._questions = questions or Questions(limits)
        self.endpoints = Endpoints(
            model,
            visits,
            uploads,
            self._queue,
            limits,
            movement_only=movement_only,
            questions=self._questions,
        )

    def build(self, page: gr.Blocks) -> None:
        """Create the components and events in an open ``gr.Blocks``."""
        key = gr.State(None, delete_callback=self._visits.leave)
        session = gr.State(None, delete_callback=self._visits.opened.drop)
        parts = lay_out(
            self._model, self._examples, key, session, self._limits, movement_only=self._movement_only
        )
        # The endpoints come first, so that Gradio gives their names to them and not to events of the page.
        add_endpoints(self.endpoints, key, PHOTOS)
        private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        options = {**private, "outputs": parts.changeable}
        panel = ChatPanel(parts, self._model, self._limits, movement_only=self._movement_only)
        photos = PhotoEvents(
            self._model,
            self._visits,
            self._uploads,
            parts,
            panel,
            self._examples,
            PHOTOS,
            self._questions,
        )
        reading = ReadingEvents(self._model, self._visits, parts, panel, self._concurrency, self._questions)
        self._connect_photo_events(photos, reading, parts, options)
        chat = ChatEvents(self._model, self._visits, self._queue, parts, panel, self._questions)
        _connect_answers(chat, parts, options)
        _connect_changes(chat, parts, options)
        sessions = SessionEvents(self._visits, self._uploads, parts, panel)
        opened = [parts.session_file, parts.visit, parts.movement_only, parts.session]
        parts.session_file.upload(sessions.open, opened, **options)
        outputs = [parts.model_status, parts.masthead, parts.photo_notice]
        page.load(photos.open_page, None, outputs, concurrency_limit=None, **private)
        page.load(photos.resume, [parts.kept], js=_RECALL, concurrency_limit=None, **options)
        parts.kept.change(None, [parts.kept], None, js=_KEEP, api_visibility="private")

    def _connect_photo_events(
        self, photos: PhotoEvents, reading: ReadingEvents, parts: Components, options: dict[str, Any]
    ) -> None:
        progress: dict[str, Any] = {
            **options,
            "concurrency_limit": None,  # the handlers limit themselves, after the model is loaded
            "show_progress": "full",
            "show_progress_on": [parts.photo, parts.view],
            "trigger_mode": "multiple",  # a later photo replaces one that is not read yet
        }
        select: dict[str, Any] = {
            **options,
            "concurrency_limit": PHOTOS,
            "concurrency_id": "select",
        }
        look = [parts.visit, parts.movement_only, parts.session]
        # By default Gradio drops a click while an earlier one is processed.
        chosen = [
            parts.photo.input(photos.look, [parts.photo, *look], **progress),
            parts.view.select(photos.select, [parts.visit], trigger_mode="multiple", **select),
        ]
        if parts.examples is not None:
            chosen.append(parts.examples.click(photos.look_at_example, [parts.examples, *look], **progress))
        about = [parts.visit, *parts.settings.inputs]
        read: dict[str, Any] = {**options, "concurrency_limit": None, "trigger_mode": "multiple"}
        for event in chosen:
            event.then(reading.read, about, **read)
        changes = [setting.input for setting in parts.settings.of_reading]
        gr.on(changes, reading.read, about, **read)
        parts.another.click(photos.another, None, **options)
        parts.keep.click(photos.keep, [parts.visit], **options)
        held = [parts.visit, parts.session]
        parts.erase.click(photos.erase, [*held, parts.movement_only], **options)
        parts.privacy_drawer.expand(photos.show_holdings, held, **options)


def _connect_answers(chat: ChatEvents, parts: Components, options: dict[str, Any]) -> None:
    # Questions wait in our own queue, which the page shows and can leave. By default Gradio drops a question
    # that is sent between the last update of an answer and the end of its event.
    answer: dict[str, Any] = {
        **options,
        "concurrency_limit": None,
        "concurrency_id": "answer",
        "trigger_mode": "multiple",
    }
    about = [parts.visit, *parts.settings.inputs]
    gr.on([parts.question.submit, parts.send.click], chat.ask, [parts.question, *about], **answer)
    parts.retry.click(chat.retry, about, **answer)
    parts.view.ask(chat.ask_about, about, **answer)
    for button in parts.offers:
        button.click(chat.ask_offered, [button, *about], **answer)
    parts.stop.click(chat.stop, [parts.visit], concurrency_limit=None, **options)


def _connect_changes(chat: ChatEvents, parts: Components, options: dict[str, Any]) -> None:
    def connect(button: gr.Button, handler: Callable[..., Any], *, focus: bool = False) -> None:
        event = button.click(handler, [parts.visit], **options)
        if focus:
            event.then(**_FOCUS_QUESTION)

    connect(parts.undo, chat.undo, focus=True)
    connect(parts.edit, chat.edit, focus=True)
    connect(parts.leave_edit, chat.leave_edit, focus=True)  # the button that had the focus disappears
    connect(parts.clear, chat.clear)
    connect(parts.back, chat.back)
    switched = [parts.movement_only, parts.visit, parts.session]
    parts.movement_only.input(chat.show_movements_only, switched, trigger_mode="always_last", **options)
