"""The events of saved conversations: opening a session file."""

from __future__ import annotations

from typing import Any

from emola.errors import EmolaError
from emola.ui.chat import transcript
from emola.ui.chat.chat_panel import Changes, ChatPanel, no_change
from emola.ui.chat.layout import Components
from emola.ui.exports.record import SessionRecord, read_session
from emola.ui.serving.uploads import Uploads
from emola.ui.shared import failures, fragments, messages
from emola.ui.visits.visit import Visit
from emola.ui.visits.visit_store import VisitStore


class SessionEvents:
    """The handlers of saved conversations."""

    def __init__(self, visits: VisitStore, uploads: Uploads, parts: Components, panel: ChatPanel) -> None:
        self._visits = visits
        self._uploads = uploads
        self._parts = parts
        self._panel = panel

    def open(self, path: str | None, key: str | None) -> Changes:
        """Open a session file: continue its conversations, or show them until their photo is chosen."""
        parts = self._parts
        if path is None:
            return no_change(parts)
        try:
            record = read_session(self._uploads.take(path))
            if not key or key not in self._visits:
                return self._preview(record)
            visit = self._visits.find(key)
            count = visit.restore(record)
        except EmolaError as error:
            return {parts.chat_notice: fragments.notice(failures.explain(error), "error")}
        return {
            **self._panel.idle(visit, fragments.notice(messages.session_opened(count))),
            **self._panel.view_of(visit),
        }

    def _preview(self, record: SessionRecord) -> Changes:
        """Return the first conversation of a record for reading; its photo continues it."""
        conversation = next((each for each in record.conversations if each.turns), None)
        turns = [turn.turn() for turn in conversation.turns] if conversation else []
        context = transcript.AnswerContext(
            model=record.model.name,
            measured=conversation.estimates() if conversation else None,
            movement_only=record.movement_only or self._panel.movement_only,
        )
        photo = record.photo
        wanted = messages.session_needs_photo(photo.width, photo.height)
        return {
            self._parts.session: record,
            self._parts.chat: transcript.chat_messages(turns, context),
            self._parts.chat_notice: fragments.notice(wanted),
        }


def continue_session(visit: Visit, record: Any) -> bool:
    """Continue a session file that was opened before its photo; returns whether it is about this photo."""
    if not isinstance(record, SessionRecord):
        return False
    try:
        return visit.restore(record) > 0
    except EmolaError:
        return False
