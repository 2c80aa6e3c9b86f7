"""The events of the photo side of the page.

Handlers return updates as ``{component: update}``; those that read a photo yield such updates.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import gradio as gr
from PIL import Image

from emola.errors import EmolaError
from emola.face import load_image
from emola.ui.chat.chat_panel import Changes, ChatPanel, detail, no_change, with_visit
from emola.ui.chat.layout import Components
from emola.ui.chat.session_events import continue_session
from emola.ui.serving.questions import Questions
from emola.ui.serving.uploads import Uploads
from emola.ui.shared import failures, fragments, labels, messages
from emola.ui.shared.example_photos import ExamplePhoto
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.visits.visit import Visit
from emola.ui.visits.visit_store import ChosenPhoto, VisitStore

STATUS_INTERVAL = 0.25
"""Polling interval of an open page while the model is loading, in seconds."""

ENDING_INTERVAL, ENDING_POLLS = 0.05, 60
"""Polling interval in seconds, and number of polls, of a reloaded page whose answer is ending."""


class PhotoEvents:
    """The handlers of the photo side. concurrency: photos read at the same time. questions: limits photos."""

    def __init__(
        self,
        model: ModelHandle,
        visits: VisitStore,
        uploads: Uploads,
        parts: Components,
        panel: ChatPanel,
        examples: Mapping[str, ExamplePhoto],
        concurrency: int,
        questions: Questions | None = None,
    ) -> None:
        self._model = model
        self._visits = visits
        self._uploads = uploads
        self._parts = parts
        self._panel = panel
        self._examples = [photo.path for photo in examples.values()]
        self._threads = ThreadPoolExecutor(concurrency, "look")
        self._questions = questions or Questions()

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

    async def resume(self, kept: str | None) -> Changes:
        """Show the visit of a page that was reloaded, if the server still holds it. kept: its key.

        An answer that was being written is stopped, and its text kept.
        """
        try:
            key = self._visits.resume(kept)
            visit = self._visits.find(key)
            for _ in range(ENDING_POLLS):
                if not visit.busy:
                    break
                visit.stop()
                await asyncio.sleep(ENDING_INTERVAL)
            visit.editing = False  # the text box is empty or holds a draft
            return self._resumed(visit, key)
        except EmolaError:
            return {self._parts.kept: ""}

    def _resumed(self, visit: Visit, key: str) -> Changes:
        parts = self._parts
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

        movement_only: the switch of the page. session: key of a session file that was opened before; it
        continues if it is about this photo.
        """
        if path is None:  # the photo was removed from the input
            yield self._withdrawn(key)
            return

        def read() -> Image.Image:
            return load_image(self._uploads.take(path), max_pixels=self._questions.limits.photo_pixels)

        with self._uploads.held(path):  # a photo that was removed or replaced is never read
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
        """Wait for the model without holding a thread, then read the photo in the thread pool.

        Questions can wait for the photo. Of several photos that are chosen meanwhile, the last one is shown.
        """
        try:
            self._questions.admit_photo()
        except EmolaError as error:
            notice = fragments.notice(failures.explain(error), "error")
            yield {self._parts.photo: None, self._parts.photo_notice: notice}
            return
        photo = self._visits.announce(key)
        photo.pending.movement_only = bool(movement_only) or self._panel.movement_only
        photo.pending.session = session
        waits = fragments.notice(messages.photo_waits(self._model.name)) if self._model.loading else ""
        try:
            yield {self._parts.visit: photo.key, self._parts.photo_notice: waits}
            while self._model.loading and self._visits.awaits(photo):
                await asyncio.sleep(STATUS_INTERVAL)
            read_photo = partial(self._read_photo, read, photo)
            yield await asyncio.get_running_loop().run_in_executor(self._threads, read_photo)
        finally:
            if self._visits.awaits(photo):  # the event was cancelled: no question may wait for the photo
                self._visits.give_up(photo.key)

    def _read_photo(self, read: Callable[[], Image.Image], photo: ChosenPhoto) -> Changes:
        """Return the page with a photo; no change when it is not awaited any more."""
        if not self._visits.awaits(photo):
            return no_change(self._parts)
        try:
            with self._questions.reading_photo:
                visit = Visit(self._model.wait(), read())
            visit.movement_only = photo.pending.movement_only
            session = photo.pending.session
            notice = continue_session(visit, self._visits.opened.find(session))
            begun = self._begun(visit, photo, notice)
        except Exception as error:
            return self._failed(error, photo)
        if not self._visits.add_awaited(visit, photo):
            return no_change(self._parts)
        self._visits.opened.drop(session)
        return {self._parts.kept: photo.key, self._parts.session: None, **begun}

    def _begun(self, visit: Visit, photo: ChosenPhoto, notice: str) -> Changes:
        """Return the page with a photo that was read. notice: for the chat side, empty without one."""
        # A question that waits for the photo changes the chat side itself.
        chat = {} if photo.pending.asked else self._new_conversation(visit, photo.key in self._visits, notice)
        return {**self._shown(visit), **chat, **self._panel.reading(visit, begins=True)}

    def _failed(self, error: Exception, photo: ChosenPhoto) -> Changes:
        """Return the photo side after a photo that could not be read."""
        if not self._visits.awaits(photo):
            return no_change(self._parts)
        parts = self._parts
        notice = {parts.photo: None, parts.photo_notice: fragments.notice(failures.explain(error), "error")}
        return {**self._withdrawn(photo.key), **notice}

    def _withdrawn(self, key: str | None) -> Changes:
        """End the wait for a photo, and return the page with the one before, if there is one."""
        parts = self._parts
        if key is None or self._visits.pending(key) is None:
            return no_change(parts)
        self._visits.give_up(key)
        forgotten = {} if key in self._visits else {parts.visit: None, parts.kept: ""}
        return {parts.photo_notice: "", **forgotten}

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

    def _new_conversation(self, visit: Visit, replaced: bool, notice: str) -> Changes:
        """Return the chat side for a new photo. A draft is kept unless it was about the previous photo."""
        parts = self._parts
        notice = notice or (messages.NEW_CONVERSATION if replaced else "")
        changes = self._panel.idle(visit, fragments.notice(notice))
        return {
            **changes,
            parts.chat: gr.update(value=changes[parts.chat], placeholder=labels.BEFORE_QUESTION),
            **({parts.question: ""} if replaced else {}),
        }

    def erase(self, key: str | None, session: str | None = None, movement_only: bool = False) -> Changes:
        """Delete the photo and the conversations from the server and the page, see ``look``."""
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
            **self._panel.held(),
            **self._panel.empty(movement_only=bool(movement_only)),
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
            told = messages.chosen(visit.selected + 1, again=bool(visit.chat.turns))
            return {
                **self._panel.view_of(visit),
                parts.photo_notice: fragments.notice(told),
                **self._panel.idle(visit),
                **self._panel.reading(visit, begins=True),
            }

        return with_visit(self._visits, key, parts.photo_notice, choose)

    def show_holdings(self, key: str | None, session: str | None = None) -> Changes:
        """Show what the server holds of this visit, and of a session file without its photo, see ``look``."""
        visit = self._visits.find(key) if key and key in self._visits else None
        return self._panel.held(visit, session_bytes=self._visits.opened.size(session))


def _visible(parts: Iterable[Any], visible: bool) -> Changes:
    return {part: gr.update(visible=visible) for part in parts}
