"""The events of the photo side of the page.

Handlers return updates as ``{component: update}``; those that read a photo yield such updates.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from emola.errors import EmolaError
from emola.face import load_image
from emola.ui.chat.chat_panel import Changes, ChatPanel, detail, no_change, with_visit
from emola.ui.chat.layout import Components
from emola.ui.chat.session_events import continue_session
from emola.ui.serving.limits import Limits
from emola.ui.serving.uploads import Uploads
from emola.ui.shared import failures, fragments, labels, messages
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.shared.privacy import privacy_panel
from emola.ui.visits.visit import Holding, Visit
from emola.ui.visits.visit_store import VisitStore

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
        panel: ChatPanel,
        examples: Mapping[str, Path],
        concurrency: int,
        limits: Limits,
    ) -> None:
        self._limits = limits
        self._model = model
        self._visits = visits
        self._uploads = uploads
        self._parts = parts
        self._panel = panel
        self._examples = list(examples.values())
        self._threads = ThreadPoolExecutor(concurrency, "look")

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

    def resume(self, kept: str | None) -> Changes:
        """Show the visit of a page that was reloaded, if the server still holds it. kept: its key."""
        parts = self._parts
        try:
            key = self._visits.resume(kept)
            visit = self._visits.find(key)
        except EmolaError:
            return {parts.kept: ""}
        return {
            parts.visit: key,
            parts.kept: key,
            **self._shown(visit),
            **self._panel.idle(visit, fragments.notice(messages.RESTORED)),
            **self._panel.reading(visit, begins=True),
            **self._panel.banner(movement_only=visit.movement_only),
            parts.movement_only: visit.movement_only,
        }

    async def look(
        self, path: str | None, key: str | None, movement_only: bool, session: str | None
    ) -> AsyncIterator[Changes]:
        """Find the faces in an uploaded photo and start a conversation, or show why it cannot be read.

        session: key of a session file that was opened before; it continues if it is about this photo.
        """
        if path is None:
            yield no_change(self._parts)
            return

        def read() -> Image.Image:
            return load_image(self._uploads.take(path))

        async for changes in self._look(read, key, movement_only, session):
            yield changes

    async def look_at_example(
        self, index: int, key: str | None, movement_only: bool, session: str | None
    ) -> AsyncIterator[Changes]:
        """Find the faces in an example photo and start a conversation."""
        if not isinstance(index, int) or index not in range(len(self._examples)):
            yield no_change(self._parts)
            return

        def read() -> Image.Image:
            return load_image(self._examples[index])

        async for changes in self._look(read, key, movement_only, session):
            yield changes

    async def _look(
        self,
        read: Callable[[], Image.Image],
        key: str | None,
        movement_only: bool,
        session: str | None,
    ) -> AsyncIterator[Changes]:
        """Wait for the model without holding a thread, then read the photo in the thread pool."""
        reserved = None
        if self._model.loading:
            reserved = self._visits.reserve(key)  # so that questions can wait for the photo
            waits = fragments.notice(messages.photo_waits(self._model.name))
            yield {self._parts.visit: reserved, self._parts.photo_notice: waits}
            while self._model.loading:
                await asyncio.sleep(STATUS_INTERVAL)
        withhold = bool(movement_only) or self._panel.movement_only
        read_photo = partial(self._read_photo, read, key, reserved, withhold, session)
        yield await asyncio.get_running_loop().run_in_executor(self._threads, read_photo)

    def _read_photo(
        self,
        read: Callable[[], Image.Image],
        key: str | None,
        reserved: str | None,
        movement_only: bool,
        session: str | None,
    ) -> Changes:
        """Return the page with a photo. reserved: key of an announced visit, see ``VisitStore``."""
        pending = self._visits.pending(reserved)
        if reserved is not None and pending is None:  # the page was closed meanwhile
            return no_change(self._parts)
        try:
            visit = Visit(self._model.wait(), read())
            visit.movement_only = movement_only
            continued = continue_session(visit, self._visits.opened.find(session))
            shown = self._shown(visit)
        except Exception as error:
            if reserved is not None:
                self._visits.give_up(reserved)
            return self._failed(error, forget=reserved is not None and key is None)
        new = {}
        if continued:
            new = self._panel.idle(visit)
        elif not (pending and pending.asked):
            new = self._new_conversation(visit, replaced=key is not None)
        added = self._visits.add(visit, reserved or key)
        self._visits.opened.drop(session)
        return {
            **dict.fromkeys((self._parts.visit, self._parts.kept), added),
            self._parts.session: None,
            **shown,
            **new,
            **self._panel.reading(visit, begins=True),
        }

    def _failed(self, error: Exception, *, forget: bool) -> Changes:
        """Return the photo side after a photo that could not be read."""
        parts = self._parts
        notice = {parts.photo: None, parts.photo_notice: fragments.notice(failures.explain(error), "error")}
        return {**notice, parts.visit: None, parts.kept: ""} if forget else notice

    def _shown(self, visit: Visit) -> Changes:
        """Return the photo side with a photo and its faces."""
        parts = self._parts
        return {
            parts.photo: gr.update(value=None, visible=False),
            parts.gallery: gr.update(visible=False),
            parts.keep: gr.update(visible=False),
            **_visible((parts.another, parts.erase), True),
            **self._panel.view_of(visit, visible=True),
            parts.photo_notice: fragments.notice(messages.found(len(visit.faces))),
        }

    def _new_conversation(self, visit: Visit, *, replaced: bool) -> Changes:
        """Return the chat side for a new photo. A draft is kept unless it was about the previous photo."""
        parts = self._parts
        return {
            **self._panel.idle(visit, fragments.notice(messages.NEW_CONVERSATION) if replaced else ""),
            parts.chat: gr.update(value=[], placeholder=labels.BEFORE_QUESTION),
            **({parts.question: ""} if replaced else {}),
        }

    def erase(self, key: str | None, session: str | None = None) -> Changes:
        """Delete the photo and the conversations from the server and the page. session: see ``look``."""
        parts = self._parts
        self._visits.dismiss(key)
        self._visits.opened.drop(session)
        return {
            **_visible((parts.another, parts.keep, parts.erase), False),
            parts.visit: None,
            parts.kept: "",
            parts.session: None,
            parts.view: gr.update(value="", visible=False),
            parts.seen: gr.update(value="", visible=False),
            parts.photo: gr.update(value=None, visible=True),
            parts.gallery: gr.update(visible=True),
            parts.photo_notice: fragments.notice(messages.ERASED),
            parts.privacy: privacy_panel([], self._limits),
            **self._panel.empty(),
            parts.question: "",
        }

    def another(self) -> Changes:
        """Show the photo input again; the conversation stays until another photo is chosen."""
        parts = self._parts
        hidden = (parts.view, parts.another, parts.seen, parts.reading)
        shown = (parts.photo, parts.gallery, parts.keep)
        return {**_visible(hidden, False), **_visible(shown, True), parts.photo_notice: ""}

    def keep(self, key: str | None) -> Changes:
        """Show the current photo again instead of the photo input."""
        parts = self._parts

        def back(visit: Visit) -> Changes:
            return {
                **_visible((parts.photo, parts.gallery, parts.keep), False),
                **_visible((parts.view, parts.another, parts.seen), True),
                parts.reading: gr.update(visible=visit.chat.reads),
                parts.photo_notice: "",
            }

        return with_visit(self._visits, key, parts.photo_notice, back)

    def select(self, event: gr.EventData, key: str | None) -> Changes:
        """Select the face that was pressed; its conversation continues."""
        parts = self._parts

        def choose(visit: Visit) -> Changes:
            if not visit.select(detail(event, "face")):
                return no_change(parts)
            return {
                **self._panel.view_of(visit),
                parts.photo_notice: fragments.notice(
                    messages.chosen(visit.selected + 1, again=bool(visit.chat.turns))
                ),
                **self._panel.idle(visit),
                **self._panel.reading(visit, begins=True),
            }

        return with_visit(self._visits, key, parts.photo_notice, choose)

    def show_holdings(self, key: str | None, session: str | None = None) -> Changes:
        """Show what the server holds of this visit, and of a session file without its photo, see ``look``."""
        holdings = self._visits.find(key).holdings() if key and key in self._visits else []
        if size := self._visits.opened.size(session):
            holdings.append(Holding("conversations", size))
        return {self._parts.privacy: privacy_panel(holdings, self._limits)}


def _visible(parts: Iterable[Any], visible: bool) -> Changes:
    return {part: gr.update(visible=visible) for part in parts}
