"""The event that lets the model read the selected face before the first question."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gradio as gr

from emola.errors import EmolaError
from emola.ui.chat.chat_panel import Changes, ChatPanel, no_change
from emola.ui.chat.layout import Components
from emola.ui.chat.settings import Settings
from emola.ui.serving.questions import Questions
from emola.ui.shared import fragments
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.visits.visit import Visit
from emola.ui.visits.visit_store import VisitStore

log = logging.getLogger(__name__)


class ReadingEvents:
    """The handler of the reading. concurrency: faces read at the same time. questions: limits readings."""

    def __init__(
        self,
        model: ModelHandle,
        visits: VisitStore,
        parts: Components,
        panel: ChatPanel,
        concurrency: int,
        questions: Questions | None = None,
    ) -> None:
        self._model = model
        self._visits = visits
        self._parts = parts
        self._panel = panel
        self._threads = ThreadPoolExecutor(concurrency, "read")
        self._questions = questions or Questions()

    async def read(self, key: str | None, *settings: Any) -> AsyncIterator[Changes]:
        """Let the model read the selected face with the settings of the drawer, and show the reading.

        A question meanwhile waits for it. If it fails, beyond the limit on readings, and when a question is
        being answered, the next question reads the face.
        """
        parts = self._parts
        visit = self._reader(key, Settings(*settings))
        if visit is None:
            yield no_change(parts)
            return
        chat, face = visit.chat, visit.face
        if chat.reading is None:
            yield {parts.reading: gr.update(value=fragments.reading_now(self._model.name))}
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, chat.read)
        except EmolaError:
            pass
        except Exception:
            log.exception("reading a face failed")
        if self._visits.holds(key, visit, face):  # not deleted, and no other face is selected
            yield self._panel.reading(visit) or {parts.reading: ""}
        else:
            yield no_change(parts)

    def _reader(self, key: str | None, settings: Settings) -> Visit | None:
        """Return the visit whose face is to be read with these settings; None if there is nothing to read."""
        try:
            visit = self._visits.find(key)
            if not visit.busy:
                settings.apply(visit, self._model.adapters, self._questions.limits.answer_tokens)
            known = visit.chat.reading is not None
            return visit if visit.chat.reads and (known or self._questions.admit_reading()) else None
        except EmolaError:
            return None
