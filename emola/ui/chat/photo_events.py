"""The events of the photo side of the page.

Handlers return updates as ``{component: update}``; those that read a photo yield such updates.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from emola.errors import EmolaError
from emola.face import load_image
from emola.ui.chat.chat_panel import Changes, ChatPanel, no_change, with_visit
from emola.ui.chat.layout import Components
from emola.ui.serving.uploads import Uploads
from emola.ui.shared import fragments, messages
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.visits.visit import Visit
from emola.ui.visits.visit_store import VisitStore

log = logging.getLogger(__name__)

STATUS_INTERVAL = 0.25
"""Polling interval of an open page while the model is loading, in seconds."""


class PhotoEvents:
    """The handlers of the photo side."""

    def __init__(
        self,
        model: ModelHandle,
        visits: VisitStore,
        uploads: Uploads,
        parts: Components,
        examples: Mapping[str, Path],
        concurrency: int,
    ) -> None:
        self._model = model
        self._visits = visits
        self._uploads = uploads
        self._panel = ChatPanel(parts, model)
        self._parts = parts
        self._examples = list(examples.values())
        self._threads = ThreadPoolExecutor(concurrency, "look")
        self._readers = ThreadPoolExecutor(concurrency, "read")

    async def open_page(self) -> AsyncIterator[Changes]:
        """Show whether the model is loading until it is ready, then any missing file."""
        parts = self._parts
        if self._model.loading:
            yield {parts.model_status: fragments.loading(self._model.name)}
        while self._model.loading:
            await asyncio.sleep(STATUS_INTERVAL)
        if (model := self._model.model) is None:
            failure = messages.load_failed(self._model.name)
            yield {parts.model_status: fragments.notice(failure, "error")}
            return
        changes = {parts.model_status: "", parts.masthead: fragments.header(model.name, model.info)}
        if model.prior.missing:
            changes[parts.photo_notice] = fragments.notice(model.prior.missing, "error")
        yield changes

    async def look(self, path: str | None, key: str | None, style: str) -> AsyncIterator[Changes]:
        """Find the faces in an uploaded photo and start a conversation, or show why it cannot be read."""
        if path is None:
            yield no_change(self._parts)
            return
        async for changes in self._look(lambda: load_image(self._uploads.take(path)), key, style):
            yield changes

    async def look_at_example(self, index: int, key: str | None, style: str) -> AsyncIterator[Changes]:
        """Find the faces in an example photo and start a conversation."""
        if not isinstance(index, int) or index not in range(len(self._examples)):
            yield no_change(self._parts)
            return
        async for changes in self._look(lambda: load_image(self._examples[index]), key, style):
            yield changes

    async def _look(
        self, read: Callable[[], Image.Image], key: str | None, style: str
    ) -> AsyncIterator[Changes]:
        """Wait for the model without holding a thread, then read the photo in the thread pool."""
        reserved = None
        if self._model.loading:
            reserved = self._visits.reserve(key)  # so that questions can wait for the photo
            waits = fragments.notice(messages.photo_waits(self._model.name))
            yield {self._parts.visit: reserved, self._parts.photo_notice: waits}
            while self._model.loading:
                await asyncio.sleep(STATUS_INTERVAL)
        read_photo = partial(self._read_photo, read, key, reserved, style)
        yield await asyncio.get_running_loop().run_in_executor(self._threads, read_photo)

    def _read_photo(
        self, read: Callable[[], Image.Image], key: str | None, reserved: str | None, style: str
    ) -> Changes:
        """Return the page with a photo. reserved: key of an announced visit, see ``VisitStore``."""
        pending = self._visits.pending(reserved)
        if reserved is not None and pending is None:  # the page was closed meanwhile
            return no_change(self._parts)
        try:
            visit = Visit(self._model.wait(), read())
            seen = fragments.face_details(visit.face, visit.crop_address(), visit.measured())
        except Exception as error:
            if reserved is not None:
                self._visits.give_up(reserved)
            return self._failed(error, forget=reserved is not None and key is None)
        new = {} if pending and pending.asked else self._new_conversation(visit, replaced=key is not None)
        return {
            self._parts.visit: self._visits.add(visit, reserved or key),
            **self._shown(visit, style, seen),
            **new,
            **self._panel.reading(visit, begins=True),
        }

    async def read(self, key: str | None) -> Changes:
        """Let the model read the selected face, and show the reading.

        A question meanwhile waits for it. If it fails, the first question repeats it.
        """
        parts, nothing = self._parts, no_change(self._parts)
        try:
            visit = self._visits.find(key)
        except EmolaError:
            return nothing
        if not visit.chat.reads:
            return nothing
        face = visit.face
        try:
            await asyncio.get_running_loop().run_in_executor(self._readers, visit.chat.read)
        except EmolaError:
            pass
        except Exception:
            log.exception("reading a face failed")
        if not self._visits.holds(key, visit, face):  # deleted, or another face is selected
            return nothing
        return self._panel.reading(visit) or {parts.reading: ""}

    def _failed(self, error: Exception, *, forget: bool) -> Changes:
        """Return the photo side after a photo that could not be read."""
        text = str(error) if isinstance(error, EmolaError) else messages.DEFECT
        if not isinstance(error, EmolaError):
            log.error("looking at a photo failed", exc_info=error)
        parts = self._parts
        notice = {parts.photo: None, parts.photo_notice: fragments.notice(text, "error")}
        return {**notice, parts.visit: None} if forget else notice

    def _shown(self, visit: Visit, style: str, seen: str) -> Changes:
        """Return the photo side with a photo and its faces."""
        parts, count = self._parts, len(visit.faces)
        return {
            parts.photo: gr.update(value=None, visible=False),
            parts.gallery: gr.update(visible=False),
            parts.keep: gr.update(visible=False),
            parts.overlay: self._picture(visit, style, visible=True),
            **_visible((parts.style, parts.another, parts.erase), True),
            parts.picker: gr.update(
                choices=[(f"{number}", number - 1) for number in range(1, count + 1)],
                value=0,
                visible=count > 1,
            ),
            parts.seen: gr.update(value=seen, visible=True),
            parts.photo_notice: fragments.notice(messages.found(count)),
        }

    def _new_conversation(self, visit: Visit, *, replaced: bool) -> Changes:
        """Return the chat side for a new photo. A draft is kept unless it was about the previous photo."""
        parts = self._parts
        return {
            **self._panel.idle(visit, fragments.notice(messages.NEW_CONVERSATION) if replaced else ""),
            parts.chat: gr.update(value=[], placeholder=messages.BEFORE_QUESTION),
            **({parts.question: ""} if replaced else {}),
        }

    def erase(self, key: str | None) -> Changes:
        """Delete the photo and the conversation from the server and the page."""
        parts = self._parts
        self._visits.dismiss(key)
        hidden = (parts.style, parts.another, parts.picker, parts.keep, parts.erase)
        return {
            **_visible(hidden, False),
            parts.visit: None,
            parts.overlay: gr.update(value=None, visible=False),
            parts.seen: gr.update(value="", visible=False),
            parts.photo: gr.update(value=None, visible=True),
            parts.gallery: gr.update(visible=True),
            parts.photo_notice: fragments.notice(messages.ERASED),
            **self._panel.empty(),
            parts.question: "",
        }

    def another(self) -> Changes:
        """Show the photo input again; the conversation stays until another photo is chosen."""
        parts = self._parts
        hidden = (parts.overlay, parts.style, parts.another, parts.picker, parts.seen, parts.reading)
        shown = (parts.photo, parts.gallery, parts.keep)
        return {**_visible(hidden, False), **_visible(shown, True), parts.photo_notice: ""}

    def keep(self, key: str | None) -> Changes:
        """Show the current photo again instead of the photo input."""
        parts = self._parts

        def back(visit: Visit) -> Changes:
            hidden = (parts.photo, parts.gallery, parts.keep)
            shown = (parts.overlay, parts.style, parts.another, parts.seen)
            picker = gr.update(visible=len(visit.faces) > 1)
            return {
                **_visible(hidden, False),
                **_visible(shown, True),
                parts.picker: picker,
                parts.reading: gr.update(visible=visit.chat.reads),
                parts.photo_notice: "",
            }

        return with_visit(self._visits, key, parts.photo_notice, back)

    def restyle(self, style: str, key: str | None) -> Changes:
        """Draw the landmarks in another style."""
        parts = self._parts
        return with_visit(
            self._visits, key, parts.photo_notice, lambda visit: {parts.overlay: self._picture(visit, style)}
        )

    def pick(self, index: int, key: str | None, style: str) -> Changes:
        """Select another face by its index."""
        return with_visit(
            self._visits, key, self._parts.photo_notice, lambda visit: self._select(visit, index, style)
        )

    def pick_by_click(self, key: str | None, style: str, click: gr.SelectData) -> Changes:
        """Select the face at a clicked point."""

        def select(visit: Visit) -> Changes:
            x, y = click.index if _is_point(click.index) else (-1, -1)
            index = visit.face_at(x, y)
            return no_change(self._parts) if index is None else self._select(visit, index, style)

        return with_visit(self._visits, key, self._parts.photo_notice, select)

    def _select(self, visit: Visit, index: int, style: str) -> Changes:
        parts = self._parts
        if not visit.select(index):
            return {parts.picker: visit.selected}
        return {
            parts.overlay: self._picture(visit, style),
            parts.picker: index,
            parts.seen: fragments.face_details(visit.face, visit.crop_address(), visit.measured()),
            parts.photo_notice: fragments.notice(messages.chosen(index + 1)),
            **self._panel.idle(visit),
            **self._panel.reading(visit, begins=True),
        }

    def _picture(self, visit: Visit, style: str, **options: Any) -> Any:
        alt = f"Your photo; face {visit.selected + 1} of {len(visit.faces)} is selected"
        return gr.update(value=visit.overlay_address(style), alt_text=alt, **options)


def _is_point(value: Any) -> bool:
    return (
        isinstance(value, (list, tuple))
        and len(value) == 2
        and all(isinstance(n, (int, float)) for n in value)
    )


def _visible(parts: Iterable[Any], visible: bool) -> Changes:
    return {part: gr.update(visible=visible) for part in parts}
