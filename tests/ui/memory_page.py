"""The chat page without a browser: its handlers and the resulting state of the components."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import astuple
from html import unescape
from pathlib import Path
from typing import Any

import gradio as gr
from ui_fakes import FakeModel, drawing, save

from emola.limits import DEFAULT
from emola.ui.chat.chat_events import ChatEvents
from emola.ui.chat.chat_panel import ChatPanel
from emola.ui.chat.layout import Components, lay_out
from emola.ui.chat.photo_events import PhotoEvents
from emola.ui.chat.reading_events import ReadingEvents
from emola.ui.chat.session_events import SessionEvents
from emola.ui.chat.settings import Settings
from emola.ui.serving.uploads import Uploads
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.visits.answer_queue import AnswerQueue
from emola.ui.visits.visit_store import VisitStore

_LAYOUTS: dict[tuple[Any, ...], Components] = {}


def layout(handle: ModelHandle, *, movement_only: bool) -> Components:
    """Return the components of a page. Equal pages share them, since handlers change no component."""
    key = (handle.name, handle.adapters, handle.model is None, movement_only)
    if key not in _LAYOUTS:
        with gr.Blocks():
            _LAYOUTS[key] = lay_out(handle, {}, gr.State(None), gr.State(None), movement_only=movement_only)
    return _LAYOUTS[key]


class Page:
    """A page in memory that applies the updates of the handlers, as a browser would."""

    def __init__(
        self,
        tmp_path: Path,
        model: FakeModel | None = None,
        handle: ModelHandle | None = None,
        *,
        movement_only: bool = False,
    ) -> None:
        self.model = model or FakeModel()
        self.handle = handle or ModelHandle.of(self.model)
        self.movement_only = movement_only
        self.visits = VisitStore()
        self.folder = tmp_path
        self.parts = layout(self.handle, movement_only=movement_only)
        self.queue = AnswerQueue(1)
        self.uploads = Uploads(tmp_path, DEFAULT)
        self.connect()
        self.state: dict[Any, dict[str, Any]] = {}

    def connect(self) -> None:
        """Create the handlers for the current visits, queue and uploads."""
        panel = ChatPanel(self.parts, self.handle, movement_only=self.movement_only)
        self.photos = PhotoEvents(self.handle, self.visits, self.uploads, self.parts, panel, {}, 1)
        self.reading = ReadingEvents(self.handle, self.visits, self.parts, panel, 1)
        self.chat = ChatEvents(self.handle, self.visits, self.queue, self.parts, panel)
        self.sessions = SessionEvents(self.visits, self.uploads, self.parts, panel)

    def apply(self, changes: dict[Any, Any]) -> None:
        assert changes, "Gradio treats an empty dict as a missing value"
        for part, change in changes.items():
            component = self.state.setdefault(part, {})
            is_update = isinstance(change, dict) and change.get("__type__") == "update"  # also gr.skip()
            component.update(change if is_update else {"value": change})

    def run(self, stream: Any) -> None:
        for changes in stream:
            self.apply(changes)

    def run_async(self, stream: AsyncIterator[dict[Any, Any]]) -> None:
        async def run() -> None:
            async for changes in stream:
                self.apply(changes)

        asyncio.run(run())

    def value(self, part: Any) -> Any:
        return self.state.get(part, {}).get("value")

    def visible(self, part: Any) -> Any:
        return self.state.get(part, {}).get("visible")

    @property
    def key(self) -> Any:
        return self.value(self.parts.visit)

    def look(self, faces: int = 1, **options: Any) -> None:
        self.upload(save(drawing(faces, **options), self.folder))

    def upload(self, photo: Path) -> None:
        """Upload a photo and detect its faces."""
        chosen = self.value(self.parts.movement_only)
        session = self.value(self.parts.session)
        self.run_async(self.photos.look(self.file(photo.read_bytes()), self.key, chosen, session))

    def file(self, data: bytes) -> str:
        """Upload a file; return its path."""
        return self.uploads.add(data, "127.0.0.1")

    def select(self, index: Any) -> None:
        """Press a face of the photo."""
        self.apply(self.photos.select(gr.EventData(None, {"face": index}), self.key))

    @property
    def address(self) -> str:
        """The address of the photo that is shown."""
        found = re.search(r'<image href="([^"]+)"', self.value(self.parts.view) or "")
        return found[1] if found else ""

    def read(self, **settings: Any) -> None:
        """Let the model read the selected face, as the page does after each choice of a face.

        settings: values of the drawer that are not the defaults.
        """
        self.run_async(self.reading.read(self.key, *astuple(Settings(**settings))))

    def ask(self, question: str) -> None:
        self.run(self.chat.ask(question, self.key))

    @property
    def messages(self) -> list[str]:
        """The texts of the conversation, without chips, evidence and the line under an answer."""
        return [texts(message["content"])[0] for message in self.value(self.parts.chat) or []]

    @property
    def notes(self) -> list[str]:
        """The lines under the messages; empty for a message without one."""
        return [texts(message["content"])[1] for message in self.value(self.parts.chat) or []]

    @property
    def offered(self) -> list[str]:
        return [self.value(button) for button in self.parts.offers if self.visible(button)]


def texts(content: str) -> tuple[str, str]:
    """Return the text of a message without markup, and the line under it."""
    content = content.partition('<details class="evidence">')[0]
    answer, _, note = content.partition('<p class="made-by">')
    plain = [unescape(re.sub(r"<[^>]+>", "", part.replace("<br>", "\n"))) for part in (answer, note)]
    return plain[0], plain[1]
